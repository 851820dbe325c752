"""One running Piper: a line goes in on stdin, a WAV file comes out in a folder of ours, stderr says so."""

from __future__ import annotations

import contextlib
import queue
import re
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.adapters.speech_program import last_line, own_group
from voice_coach.adapters.wave_clip import clip_from
from voice_coach.core.errors import TextToSpeechError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.audio import Clip

_GOODBYE_S = 2.0
_WROTE = re.compile(r"Wrote (.+\.wav)\s*$")
"""Piper's log line once a file is whole; its only sign that a line is done."""


class PiperEndedError(Exception):
    """Piper is gone; the message is its last line."""


class PiperProcess:
    """One running Piper."""

    def __init__(self, command: Sequence[str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="voice-coach-piper-", ignore_cleanup_errors=True)
        self._said: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._last = ""
        try:
            self._process = subprocess.Popen(
                [*command, "--output-dir", self._folder.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                **own_group(),
            )
        except OSError as error:
            self._folder.cleanup()
            raise TextToSpeechError(
                f"the voice piper cannot be started: {error}; choose another engine in config.toml"
            ) from error
        self._listener = threading.Thread(target=self._listen, name="piper-stderr", daemon=True)
        self._listener.start()

    def render(self, line: str, limit_s: float) -> Clip:
        """*line* spoken. Raises TimeoutError, and PiperEndedError when the child is or goes away."""
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - asked for above
        try:
            stdin.write(line.encode() + b"\n")
            stdin.flush()
        except (OSError, ValueError) as error:
            self._listener.join(_GOODBYE_S)
            raise PiperEndedError(last_line(self._last)) from error
        path = self._next_file(limit_s)
        try:
            clip = clip_from(path.read_bytes())
        except (OSError, ValueError) as error:
            raise PiperEndedError(f"{path.name}: {error}") from error
        path.unlink()
        return clip

    def close(self) -> None:
        """End the child: its input closes, and it is killed if that is not enough."""
        process = self._process
        with contextlib.suppress(OSError):
            process.stdin.close()  # type: ignore[union-attr] # asked for above
        try:
            process.wait(_GOODBYE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._listener.join()
        process.stderr.close()  # type: ignore[union-attr] # asked for above
        self._folder.cleanup()

    def _listen(self) -> None:
        for line in self._process.stderr or ():
            said = line.decode(errors="replace")
            self._last = said if said.strip() else self._last
            self._said.put(said)
        self._said.put(None)

    def _next_file(self, limit_s: float) -> Path:
        until = time.monotonic() + limit_s
        while True:
            try:
                line = self._said.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty as error:
                raise TimeoutError from error
            if line is None:
                self._said.put(None)
                raise PiperEndedError(last_line(self._last))
            if (wrote := _WROTE.search(line)) and Path(wrote[1]).parent == Path(self._folder.name):
                return Path(wrote[1])
