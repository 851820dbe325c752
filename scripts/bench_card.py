"""A candidate at a virtual sound card: what is said into it, and when it sounds at either end."""

from __future__ import annotations

import queue
import subprocess
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tests import rig
from tests.end_to_end.program import wait_until
from voice_coach.adapters.pyttsx3_tts import Pyttsx3Settings, Pyttsx3Voice
from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.core.audio import FRAME_SAMPLES, RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voice_coach.core.audio import Pcm

AUDIBLE = 300
SILENCE_S = 0.6
"""Longer than between two sentences of the coach."""
_RAW = ("--raw", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1", "--latency-msec=10")
_CHUNK_BYTES = 2 * FRAME_SAMPLES


@dataclass(slots=True)
class Tap:
    """What is played somewhere, as it is played."""

    peaks: list[tuple[float, int]] = field(default_factory=list)
    """When 20 ms had come, and the loudest of their samples."""

    def listen(self, recorder: subprocess.Popen[bytes]) -> None:
        """Until *recorder* ends."""
        assert recorder.stdout is not None  # noqa: S101 - it was started with a pipe
        while data := recorder.stdout.read(_CHUNK_BYTES):
            peak = int(np.abs(np.frombuffer(data, np.int16).astype(np.int32)).max())
            self.peaks.append((time.monotonic(), peak))

    def loud_from(self, from_s: float) -> float | None:
        """The first moment from *from_s* on at which something is heard."""
        return next((at_s for at_s, peak in self._since(from_s) if peak > AUDIBLE), None)

    def silent_from(self, from_s: float) -> float | None:
        """The first moment from *from_s* on since which nothing has been heard for ``SILENCE_S``."""
        since_s = from_s
        for at_s, peak in self._since(from_s):
            if peak > AUDIBLE:
                since_s = at_s
            elif at_s - since_s >= SILENCE_S:
                return since_s
        return None

    def last_loud(self, from_s: float, until_s: float) -> float | None:
        """The last moment between the two at which something is heard."""
        loud = (at_s for at_s, peak in reversed(self.peaks) if peak > AUDIBLE)
        return next((at_s for at_s in loud if from_s <= at_s <= until_s), None)

    def _since(self, from_s: float) -> list[tuple[float, int]]:
        return [item for item in self.peaks[-1500:] if item[0] >= from_s]


class Mouth:
    """A candidate who is there all the time and says something now and then."""

    def __init__(self, card: rig.VirtualSoundCard) -> None:
        self._clips: queue.SimpleQueue[Pcm] = queue.SimpleQueue()
        self._is_over = threading.Event()
        self._player = subprocess.Popen(
            ["pacat", "--playback", "--device=voice_in", *_RAW], env=card.environment, stdin=subprocess.PIPE
        )
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    def say(self, pcm: Pcm) -> None:
        """*pcm*, int16 at 16 kHz; returns at once."""
        self._clips.put(pcm)

    def close(self) -> None:
        """Go away."""
        self._is_over.set()
        self._player.kill()
        self._player.wait()
        self._thread.join()

    def _talk(self) -> None:
        assert self._player.stdin is not None  # noqa: S101 - it was started with a pipe
        silence = np.zeros(FRAME_SAMPLES, np.int16)
        try:
            while not self._is_over.is_set():
                pcm = silence if self._clips.empty() else self._clips.get()
                self._player.stdin.write(pcm.tobytes())
                self._player.stdin.flush()
        except OSError:
            return


@contextmanager
def tapped(card: rig.VirtualSoundCard, *where: str) -> Iterator[Tap]:
    """What is played there meanwhile."""
    tap = Tap()
    with subprocess.Popen(["parec", *where, *_RAW], env=card.environment, stdout=subprocess.PIPE) as recorder:
        thread = threading.Thread(target=tap.listen, args=(recorder,), daemon=True)
        thread.start()
        try:
            yield tap
        finally:
            recorder.kill()
            thread.join()


@contextmanager
def candidate(card: rig.VirtualSoundCard) -> Iterator[tuple[Mouth, Tap, Tap]]:
    """Who talks into *card*, what is heard of that, and what comes out of the loudspeaker."""
    with ExitStack() as stack:
        mouth = stack.enter_context(closing(Mouth(card)))
        wait_until(lambda: "pacat" in card.voices(), limit_s=10, what="the candidate's voice")
        own = stack.enter_context(
            tapped(card, "--device=voice_in.monitor", f"--monitor-stream={card.newest_voice()}")
        )
        yield mouth, own, stack.enter_context(tapped(card, "--device=coach_speaker.monitor"))


def pass_s(seconds: float) -> None:
    """Let *seconds* go by."""
    threading.Event().wait(seconds)


def spoken(text: str, voice_name: str) -> Pcm:
    """*text* by the system's voice of that name."""
    with closing(Pyttsx3Voice(Pyttsx3Settings(voice=voice_name))) as voice:
        return at_session_rate(voice.render(text))
