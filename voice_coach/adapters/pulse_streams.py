"""Notices that the sound server has moved a stream of this process away from the device it was opened on.

PulseAudio (and PipeWire in its place) does that when a device is unplugged: what is heard then is what the loudspeaker
plays, or another microphone, and what is said goes to another loudspeaker. The stream goes on, so no heartbeat stops,
and the coach might listen to itself. PortAudio cannot tell; ``pactl`` can. Where there is no ``pactl`` or no such
server, nothing is watched.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from dataclasses import dataclass

_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Kind:
    """What the server calls streams and devices."""

    streams: str
    devices: str
    title: str
    """Before a stream's number in a long list."""
    device: str
    """Before the number of its device there."""


RECORDING = Kind("source-outputs", "sources", "Source Output", "Source")
PLAYING = Kind("sink-inputs", "sinks", "Sink Input", "Sink")


class StreamWatch:
    """Knows where the stream of a :class:`Kind` that this process has is now. Close it."""

    def __init__(self, kind: Kind) -> None:
        """Looks once (about 20 ms), then whenever the server says that something changed."""
        self._kind = kind
        self._events: subprocess.Popen[str] | None = None
        self._event = re.compile(rf"on (?:{kind.device}|{kind.title.replace(' ', '-')}|server)\b".lower())
        self._home: str | None = None
        self.is_on_monitor = False
        """Whether what is recorded is what a loudspeaker plays. Set by another thread."""
        self.is_away = False
        """Whether the device that the stream was opened on is gone, and it is on another. Set by another thread."""
        if shutil.which("pactl") is None:
            return
        self._look()
        self._events = subprocess.Popen(
            ["pactl", "subscribe"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=_plain_environment(),
        )
        self._thread = threading.Thread(target=self._follow, name=f"{kind.devices}-watch", daemon=True)
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
            if self._event.search(line):
                self._look()

    def _look(self) -> None:
        devices = device_names(_pactl("list", "short", self._kind.devices))
        here = devices.get(own_device(_pactl("list", self._kind.streams), os.getpid(), self._kind) or "")
        if here is None:
            return
        self._home = self._home or here
        self.is_on_monitor = here.endswith(".monitor")
        self.is_away = here != self._home and self._home not in devices.values()


def default_device(kind: Kind) -> str:
    """The name of the device that a new stream of *kind* is put on; empty where no such server tells."""
    if shutil.which("pactl") is None:
        return ""
    return _pactl(f"get-default-{kind.devices.removesuffix('s')}").strip()


def device_names(listed: str) -> dict[str, str]:
    """Names by numbers, of what ``pactl list short`` prints of devices."""
    lines = (line.split("\t") for line in listed.splitlines())
    return {fields[0]: fields[1] for fields in lines if len(fields) > 1}


def own_device(listed: str, pid: int, kind: Kind) -> str | None:
    """The number of the device that a stream of process *pid* is on, by what ``pactl list`` prints of streams."""
    for stream in re.split(rf"^{kind.title} #\d+$", listed, flags=re.MULTILINE)[1:]:
        found = re.search(rf"^\s*{kind.device}: (\d+)$", stream, re.MULTILINE)
        if f'application.process.id = "{pid}"' in stream and found is not None:
            return found.group(1)
    return None


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
