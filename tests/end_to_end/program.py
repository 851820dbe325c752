"""Runs the program as a user would, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from voice_coach.adapters.sound_card import Role, has_device

_POLL_S = 0.05
PLAIN = """
[voice]
engine = "pyttsx3"
[whisper]
beam = 1
"""
"""Settings for what depends neither on the neural voice nor on the last word: a third of the time."""


def plain_config(folder: Path) -> Path:
    """A file of such settings in *folder*."""
    path = folder / "plain.toml"
    path.write_text(PLAIN, encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a command left behind."""

    status: int
    stdout: str
    stderr: str


def run(*arguments: str, environment: Mapping[str, str] | None = None, timeout_s: float = 600.0) -> Finished:
    """One command, to its end."""
    done = subprocess.run(
        command(*arguments),
        env=dict(os.environ if environment is None else environment),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Finished(status=done.returncode, stdout=done.stdout, stderr=done.stderr)


def command(*arguments: str) -> list[str]:
    """The command line."""
    return [sys.executable, "-m", "voice_coach", *arguments]


@contextmanager
def started(*arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A command that runs meanwhile; killed at the end if it has not ended by itself."""
    process = subprocess.Popen(
        command(*arguments),
        env=dict(os.environ if environment is None else environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def needs_no_sound_device() -> None:
    """Skips the test on a machine with a sound card: it is about machines without."""
    if has_device(Role.MICROPHONE) or has_device(Role.LOUDSPEAKER):
        pytest.skip("this machine has a sound card")


def only_session(sessions: Path) -> Path:
    """The folder of the one session in *sessions*."""
    (folder,) = sessions.iterdir()
    return folder


def journal(folder: Path) -> list[dict[str, Any]]:
    """The complete lines of the journal so far."""
    path = folder / "journal.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def wait_until(is_so: Callable[[], bool], *, limit_s: float, what: str) -> None:
    """Returns once *is_so*; fails after *limit_s*."""
    pause = threading.Event()
    for _ in range(round(limit_s / _POLL_S)):
        if is_so():
            return
        pause.wait(_POLL_S)
    message = f"waited {limit_s:g} s in vain: {what}"
    raise AssertionError(message)
