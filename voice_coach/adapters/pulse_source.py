"""Notices that the sound server has moved the microphone's stream to what the loudspeaker plays.

PulseAudio (and PipeWire in its place) does that when the last microphone is unplugged. The stream goes on, so
no heartbeat stops, and the coach would listen to itself. PortAudio cannot tell; ``pactl`` can. Where there is
no ``pactl`` or no such server, nothing is watched.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading

_TIMEOUT_S = 2.0
_EVENT = re.compile(r"on (?:source|source-output|server)\b")
_STREAM = re.compile(r"^Source Output #\d+$", re.MULTILINE)


class MonitorWatch:
    """Knows whether this process records a loudspeaker's monitor. Close it."""

    def __init__(self) -> None:
        """Looks once (about 20 ms), then whenever the server says that something changed."""
        self._events: subprocess.Popen[str] | None = None
        self.is_on_monitor = False
        """Whether what is recorded is what a loudspeaker plays. Set by another thread."""
        if shutil.which("pactl") is None:
            return
        self.is_on_monitor = _is_on_monitor()
        self._events = subprocess.Popen(
            ["pactl", "subscribe"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=_plain_environment(),
        )
        self._thread = threading.Thread(target=self._follow, name="microphone-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching. May be called twice."""
        if self._events is None:
            return
        self._events.terminate()
        self._events.wait()
        self._thread.join()
        if self._events.stdout is not None:
            self._events.stdout.close()
        self._events = None

    def _follow(self) -> None:
        assert self._events is not None  # noqa: S101 - tells the type checker
        assert self._events.stdout is not None  # noqa: S101
        for line in self._events.stdout:
            if _EVENT.search(line):
                self.is_on_monitor = _is_on_monitor()


def _is_on_monitor() -> bool:
    return records_monitor(_pactl("list", "source-outputs"), _pactl("list", "short", "sources"), os.getpid())


def records_monitor(source_outputs: str, sources: str, pid: int) -> bool:
    """Whether process *pid* records a monitor, by the output of ``pactl list`` for both kinds of thing."""
    monitors = {
        fields[0]
        for fields in (line.split("\t") for line in sources.splitlines())
        if len(fields) > 1 and fields[1].endswith(".monitor")
    }
    return any(
        f'application.process.id = "{pid}"' in stream
        and (match := re.search(r"^\s*Source: (\d+)$", stream, re.MULTILINE)) is not None
        and match.group(1) in monitors
        for stream in _STREAM.split(source_outputs)[1:]
    )


def _pactl(*arguments: str) -> str:
    """What ``pactl`` prints; nothing where no server answers."""
    try:
        result = subprocess.run(
            ["pactl", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
            env=_plain_environment(),
        )
    except subprocess.TimeoutExpired:
        return ""
    return result.stdout


def _plain_environment() -> dict[str, str]:
    """``pactl`` translates its labels."""
    return {**os.environ, "LC_ALL": "C"}
