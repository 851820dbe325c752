#!/usr/bin/env bash
# Renews the hash files. The public index is asked whatever this machine's settings are, so that the hashes hold
# everywhere; no host's name gets into the files.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for name in $(compgen -e UV_); do unset "$name"; done
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
{
  echo '# Made by `make lock`; every hash is required when installing. Edit pyproject.toml, not this file.'
  .venv/bin/uv pip compile --quiet --no-config --universal --all-extras --generate-hashes \
    --no-header --no-emit-index-url --no-emit-find-links pyproject.toml
} >"$fresh"
if grep -nE '://|--(index|extra-index|find-links)' "$fresh"; then
  echo 'lock: the lines above name a host; requirements.lock is left as it was' >&2
  exit 3
fi
cat "$fresh" >requirements.lock
.venv/bin/python scripts/lock_models.py
