#!/usr/bin/env bash
# Everything that a fresh clone needs, into .venv/ and the user's cache folder. Does nothing when nothing changed.
#   scripts/setup.sh run     what a rehearsal needs
#   scripts/setup.sh test    that, and what the tests need
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

purpose=${1:?usage: scripts/setup.sh run|test}
venv=.venv
stamp=$venv/.set-up-for-$purpose

say() { printf 'set-up: %s\n' "$*" >&2; }
fail() { say "$*"; exit 3; }

# A set-up is as good as what it was made from, where it stands, and the weights that it brought.
fingerprint() {
  { printf '%s\n' "$PWD" "${VOICE_COACH_CACHE:-}"; cat requirements.lock pyproject.toml models.lock scripts/setup.sh; } | cksum
}
is_done() {
  local made weights
  { read -r made && read -r weights; } 2>/dev/null <"$1" || return 1
  [[ $made == "$(fingerprint)" && -d $weights && -x $venv/bin/voice-coach ]]
}
is_done "$stamp" && exit 0
# The tests' set-up contains a rehearsal's.
[[ $purpose == run ]] && is_done "$venv/.set-up-for-test" && exit 0

started=$SECONDS

new_enough() { command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
    if new_enough "$name"; then command -v "$name"; return; fi
  done
}

# --- the system's packages -------------------------------------------------------------------------------------

debian_packages() {
  # Sound through PortAudio; espeak-ng is the voice that is always there (pyttsx3 loads its library).
  printf '%s\n' libportaudio2 espeak-ng libespeak-ng1
  if [[ $purpose == test ]]; then
    # A virtual sound card, a terminal to draw the screen in, and a browser for the report.
    printf '%s\n' pulseaudio pulseaudio-utils libasound2-plugins tmux chromium
  fi
  # Making an environment needs one of these two.
  if [[ ! -x $venv/bin/python ]] && ! command -v uv >/dev/null; then
    local python
    python=$(find_python)
    if [[ -z $python ]]; then
      printf '%s\n' python3 python3-venv
    elif ! "$python" -c 'import ensurepip' 2>/dev/null; then
      printf '%s\n' python3-venv
    fi
  fi
}

install_debian_packages() {
  local missing=() package
  while read -r package; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done < <(debian_packages)
  [[ ${#missing[@]} -eq 0 ]] && return

  local as_root=()
  if [[ $EUID -ne 0 ]]; then
    # Without a terminal nobody can type a password.
    if command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
      as_root=(sudo)
    else
      fail "these system packages are missing; type: su -c 'apt-get install -y ${missing[*]}'"
    fi
  fi
  say "installing with ${as_root[*]:+sudo }apt-get: ${missing[*]}"
  local log
  log=$(mktemp)
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq)
  if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
    tail -n 3 "$log" >&2
    rm -f "$log"
    fail "apt-get failed; type: ${as_root[*]:+sudo }apt-get install -y ${missing[*]}"
  fi
  rm -f "$log"
}

if command -v apt-get >/dev/null; then
  install_debian_packages
elif [[ $(uname -s) == Linux ]]; then
  if ! command -v espeak-ng >/dev/null || ! { ldconfig -p 2>/dev/null | grep -q libportaudio; }; then
    fail "PortAudio and espeak-ng are missing; install both with your system's package manager (often named portaudio and espeak-ng)"
  fi
fi

# --- Python --------------------------------------------------------------------------------------------------

if [[ ! -x $venv/bin/python ]]; then
  python=$(find_python)
  say "making $venv/"
  if [[ -n $python ]] && "$python" -c 'import ensurepip' 2>/dev/null; then
    "$python" -m venv "$venv"
  elif command -v uv >/dev/null; then
    uv venv --quiet --python "${python:-3.11}" "$venv"
  else
    fail "Python 3.11 or newer with its venv module is missing; install it (on Debian: apt-get install python3 python3-venv)"
  fi
fi

# The lock file's own uv, unless there is one: one tool for everybody, and nothing outside .venv/.
if [[ -x $venv/bin/uv ]]; then
  uv=$venv/bin/uv
elif command -v uv >/dev/null; then
  uv=$(command -v uv)
else
  say "installing uv into $venv/"
  locked_uv=$(mktemp)
  awk '/^uv==/ { on = 1 } on { print } on && !/\\$/ { exit }' requirements.lock >"$locked_uv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes -r "$locked_uv" ||
    fail "uv could not be installed from the package index; check the network and try again"
  rm -f "$locked_uv"
  uv=$venv/bin/uv
fi

say "installing the locked Python packages"
# Compiled now, every start is half a second quicker.
"$uv" pip install --quiet --compile-bytecode --python "$venv/bin/python" --require-hashes -r requirements.lock ||
  fail "the locked packages could not be installed; check the network and try again"
"$uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation --editable . ||
  fail "voice-coach itself could not be installed"
"$venv/bin/python" -m compileall -q voice_coach

# --- weights --------------------------------------------------------------------------------------------------

say "fetching the speech models (about 200 MB the first time)"
"$venv/bin/python" -m voice_coach models fetch || exit $?

weights=$("$venv/bin/python" -c 'from voice_coach.config import environment; print(environment().cache / "models")')
# Empty when the models were found elsewhere; its going is a sign that the cache was cleared.
mkdir -p "$weights"
{ fingerprint; printf '%s\n' "$weights"; } >"$stamp.new"
mv "$stamp.new" "$stamp"
say "ready after $((SECONDS - started)) s"
