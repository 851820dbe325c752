"""A sound card without hardware: a PulseAudio server of our own, in a temporary folder.

Two null sinks stand for the hardware. What is played into ``voice_in`` comes out of the microphone
``coach_mic``; what the program plays on ``coach_speaker`` can be recorded from that sink's monitor. Programs
see the card through :attr:`VirtualSoundCard.environment`. It needs Debian's pulseaudio, pulseaudio-utils,
libasound2-plugins and libportaudio2.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from voice_coach.adapters.sound_card import has_sound_library, rescan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_ALSA = """\
</usr/share/alsa/alsa.conf>
pcm.!default { type pulse }
ctl.!default { type pulse }
"""
_RATE_HZ = 48_000
_PATIENCE_S = 5.0
_WAIT_S = 0.05


@dataclass(slots=True)
class VirtualSoundCard:
    """Plugged in by :meth:`up`, taken away by :meth:`down`."""

    folder: Path
    _server: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs in its environment to see this card and no other."""
        home = self.folder / "home"
        kept = {key: value for key, value in os.environ.items() if key != "PULSE_LATENCY_MSEC"}
        return {
            **kept,
            "PULSE_RUNTIME_PATH": str(self.folder / "run"),
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_COOKIE": str(home / "cookie"),
            "PULSE_SINK": "coach_speaker",
            "PULSE_SOURCE": "coach_mic",
            "ALSA_CONFIG_PATH": str(self.folder / "alsa.conf"),
        }

    @property
    def _socket(self) -> Path:
        return self.folder / "run" / "native"

    def up(self) -> None:
        """Start the server and plug both devices in."""
        for name in ("run", "home"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "alsa.conf").write_text(_ALSA)
        self._server = subprocess.Popen(
            [
                "pulseaudio",
                "-n",
                "--daemonize=no",
                "--exit-idle-time=-1",
                "--disable-shm=yes",
                "--realtime=no",
                f"--log-target=file:{self.folder / 'server.log'}",
                f"--load=module-native-protocol-unix auth-anonymous=1 socket={self._socket}",
            ],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._await_server()
        self.plug_speaker()
        self.plug_microphone()

    def down(self) -> None:
        """End the server."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(_PATIENCE_S)
            self._server = None

    def kill(self) -> None:
        """The server dies without a word."""
        assert self._server is not None
        self._server.kill()
        self._server.wait(_PATIENCE_S)
        self._server = None
        self._socket.unlink(missing_ok=True)

    def plug_microphone(self) -> None:
        self._sink("voice_in")
        self._load("module-remap-source", "master=voice_in.monitor", "source_name=coach_mic", "remix=no")
        self._control("set-default-source", "coach_mic")

    def unplug_microphone(self) -> None:
        self._unload("source_name=coach_mic")
        self._unload("sink_name=voice_in")

    def plug_speaker(self) -> None:
        self._sink("coach_speaker")
        self._control("set-default-sink", "coach_speaker")

    def unplug_speaker(self) -> None:
        self._unload("sink_name=coach_speaker")

    def stall_microphone(self) -> None:
        """The microphone stays plugged in and gives nothing more."""
        self._control("suspend-source", "coach_mic", "1")
        self._control("suspend-sink", "voice_in", "1")

    def resume_microphone(self) -> None:
        self._control("suspend-sink", "voice_in", "0")
        self._control("suspend-source", "coach_mic", "0")

    def stall_speaker(self) -> None:
        self._control("suspend-sink", "coach_speaker", "1")

    def echo(self, gain: float, delay_s: float) -> None:
        """The microphone hears the loudspeaker from now on, at *gain* and about so much later."""
        self._load(
            "module-loopback",
            "source=coach_speaker.monitor",
            "sink=voice_in",
            f"latency_msec={round(1000 * delay_s)}",
            "source_dont_move=true",
            "sink_dont_move=true",
        )
        _until(lambda: bool(self._control("list", "short", "sink-inputs").strip()))
        loopback = self._control("list", "short", "sink-inputs").splitlines()[-1].split()[0]
        self._control("set-sink-input-volume", loopback, f"{gain:.0%}")

    def voices(self) -> str:
        """What is played now, into the microphone or out of the loudspeaker, as the server tells it."""
        return self._control("list", "sink-inputs")

    def newest_voice(self) -> str:
        """The number of the stream that was last begun."""
        return self._control("list", "short", "sink-inputs").splitlines()[-1].split()[0]

    def resume_speaker(self) -> None:
        self._control("suspend-sink", "coach_speaker", "0")

    def say(self, wav: Path) -> None:
        """Play *wav* into the microphone, to its end."""
        subprocess.run([*self._say, str(wav)], env=self.environment, check=True)

    @contextlib.contextmanager
    def saying(self, wav: Path) -> Iterator[None]:
        """Play *wav* into the microphone meanwhile; it is broken off at the end."""
        player = subprocess.Popen([*self._say, str(wav)], env=self.environment)
        try:
            yield
        finally:
            player.terminate()
            player.wait(_PATIENCE_S)

    @contextlib.contextmanager
    def tapping(self, wav: Path) -> Iterator[None]:
        """Record what the loudspeaker plays meanwhile as 16 kHz mono."""
        recorder = subprocess.Popen(
            [
                "parecord",
                "--device=coach_speaker.monitor",
                "--file-format=wav",
                "--rate=16000",
                "--channels=1",
                "--latency-msec=20",
                str(wav),
            ],
            env=self.environment,
        )
        try:
            _until(lambda: wav.exists() and "parecord" in self._control("list", "source-outputs"))
            yield
        finally:
            recorder.terminate()
            recorder.wait(_PATIENCE_S)

    @property
    def _say(self) -> list[str]:
        return ["paplay", "--device=voice_in"]

    def _await_server(self) -> None:
        def answers() -> bool:
            result = subprocess.run(["pactl", "info"], env=self.environment, capture_output=True, check=False)
            return result.returncode == 0

        _until(answers)

    def _sink(self, name: str) -> None:
        # Rewinding would play parts of the sound twice into the monitor.
        self._load("module-null-sink", f"sink_name={name}", f"rate={_RATE_HZ}", "channels=1", "norewinds=1")

    def _load(self, *arguments: str) -> None:
        self._control("load-module", *arguments)

    def _unload(self, argument: str) -> None:
        for line in self._control("list", "short", "modules").splitlines():
            if argument in line:
                self._control("unload-module", line.split("\t")[0])

    def _control(self, *arguments: str) -> str:
        result = subprocess.run(
            ["pactl", *arguments], env=self.environment, capture_output=True, text=True, check=True
        )
        return result.stdout


def _until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(round(_PATIENCE_S / _WAIT_S)):
        if is_so():
            return
        pause.wait(_WAIT_S)
    pytest.fail(f"the virtual sound card did not get ready within {_PATIENCE_S} s")


def missing() -> str | None:
    """Why there can be no virtual sound card here; None when there can."""
    absent = [name for name in ("pulseaudio", "pactl", "paplay", "parecord") if not shutil.which(name)]
    if absent:
        return f"needs {', '.join(absent)} (Debian: pulseaudio, pulseaudio-utils)"
    return None if has_sound_library() else "needs PortAudio (Debian: libportaudio2)"


@contextlib.contextmanager
def plugged_in(folder: Path) -> Iterator[VirtualSoundCard]:
    """A card that this process sees as well, in place of the machine's own."""
    card = VirtualSoundCard(folder)
    card.up()
    try:
        with pytest.MonkeyPatch.context() as patch:
            for key, value in card.environment.items():
                patch.setenv(key, value)
            patch.delenv("PULSE_LATENCY_MSEC", raising=False)
            rescan()
            yield card
    finally:
        card.down()
        rescan()


def skip_without_card() -> None:
    """Skip where the rig cannot be had; on Debian it can, so there its absence is a failure."""
    reason = missing()
    if reason is None:
        return
    if Path("/etc/debian_version").exists():
        pytest.fail(reason)
    pytest.skip(reason)
