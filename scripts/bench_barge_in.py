"""How soon the coach falls silent and goes on again when it is talked over, live, its echo in the microphone."""

from __future__ import annotations

import queue
import statistics
import subprocess
import tempfile
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scripts.bench_echo import BARGE_IN_S, GAIN, RESUME_S, VOICES, percentile
from scripts.bench_figure import Figure, load
from scripts.bench_start import virtual_card
from tests import rig
from tests.end_to_end.program import journal, only_session, started, wait_until
from voice_coach.adapters.livekit_echo import is_installed
from voice_coach.adapters.pyttsx3_tts import Pyttsx3Settings, Pyttsx3Voice
from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.core.audio import FRAME_SAMPLES, RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voice_coach.core.audio import Pcm

INTERRUPTIONS = 32
LISTENS = "Okay, yeah, okay."
"""What no coach stops for for good."""
AGAIN = "Coach, repeat the question."
_DELAY_S = 0.06
_AUDIBLE = 300
_SILENCE_S = 0.6
"""Longer than between two sentences of the coach."""
_TALKS_S = 3.0
_PATIENCE_S = 4.0
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
        return next((at_s for at_s, peak in self._since(from_s) if peak > _AUDIBLE), None)

    def silent_from(self, from_s: float) -> float | None:
        """The first moment from *from_s* on since which nothing has been heard for ``_SILENCE_S``."""
        since_s = from_s
        for at_s, peak in self._since(from_s):
            if peak > _AUDIBLE:
                since_s = at_s
            elif at_s - since_s >= _SILENCE_S:
                return since_s
        return None

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


@dataclass(slots=True)
class Measured:
    """What came of a live session."""

    to_silence_s: list[float] = field(default_factory=list)
    to_speech_s: list[float] = field(default_factory=list)
    itself: int = 0
    """How often the coach stopped with nobody there."""
    talked_s: float = 0.0


def barge_in_figures() -> Iterator[Figure]:
    """Barge-in and resumption at the virtual loudspeaker, and self-interruptions meanwhile."""
    if rig.missing() is not None or not is_installed():
        return
    at_load = load()
    found = measured(INTERRUPTIONS)
    on = f"{len(found.to_silence_s)} interruptions on a virtual sound card with an echo of {GAIN:.0%}"
    yield Figure(
        name="barge_in", measured="voice onset to the coach silent at the loudspeaker, p95", on=on,
        value=percentile(found.to_silence_s, 0.95), unit="s", at_most=BARGE_IN_S, load=at_load,
    )  # fmt: skip
    yield Figure(
        name="barge_in_median", measured="the same, p50", on=on,
        value=statistics.median(found.to_silence_s), unit="s", at_most=BARGE_IN_S, load=at_load,
    )  # fmt: skip
    yield Figure(
        name="resume", measured="silence of both to the coach going on, p95", on=on,
        value=percentile(found.to_speech_s, 0.95), unit="s", at_most=RESUME_S, load=at_load,
    )  # fmt: skip
    on = f"the same session, {found.talked_s:.0f} s"
    yield Figure(
        name="echo_interruptions_live", measured="the coach interrupts itself", on=on,
        value=found.itself, unit="", at_most=0, load=at_load,
    )  # fmt: skip


def measured(interruptions: int) -> Measured:
    """Talks over the coach so often."""
    found = Measured()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        card = stack.enter_context(virtual_card(folder / "card"))
        card.echo(GAIN, _DELAY_S)
        mouth = stack.enter_context(closing(Mouth(card)))
        wait_until(lambda: "pacat" in card.voices(), limit_s=10, what="the candidate's voice")
        own = stack.enter_context(
            tapped(card, "--device=voice_in.monitor", f"--monitor-stream={card.newest_voice()}")
        )
        loudspeaker = stack.enter_context(tapped(card, "--device=coach_speaker.monitor"))
        sessions = folder / "sessions"
        sessions.mkdir()
        listens, again = [_spoken(LISTENS, name) for name in VOICES], _spoken(AGAIN, VOICES[0])
        stack.enter_context(
            started("practice", "--sessions", str(sessions), "--seed", "1", environment=card.environment)
        )
        wait_until(lambda: loudspeaker.loud_from(0.0) is not None, limit_s=60, what="the coach")
        began_s = time.monotonic()
        number = tries = 0
        while number < interruptions and tries < 3 * interruptions:
            tries += 1
            if not _is_talking(loudspeaker):
                mouth.say(again)
                _pass(8.0)
                continue
            if _interrupted(mouth, own, loudspeaker, listens[number % len(listens)], found):
                number += 1
        found.talked_s = time.monotonic() - began_s
        lines = journal(only_session(sessions))
        found.itself = sum(line["kind"] == "coach_interrupted" for line in lines) - len(found.to_silence_s)
    return found


def _interrupted(mouth: Mouth, own: Tap, loudspeaker: Tap, pcm: Pcm, found: Measured) -> bool:
    """Whether the coach was talked over and fell silent; how soon is added to *found*."""
    asked_s = time.monotonic()
    mouth.say(pcm)
    _pass(len(pcm) / RATE_HZ + 2 * _SILENCE_S)
    onset_s = own.loud_from(asked_s)
    silent_s = None if onset_s is None else loudspeaker.silent_from(onset_s)
    if onset_s is None or silent_s is None or silent_s == onset_s:
        return False
    found.to_silence_s.append(silent_s - onset_s)
    ended_s = own.silent_from(onset_s)
    _pass(_PATIENCE_S)
    again_s = loudspeaker.loud_from(silent_s + _SILENCE_S)
    if again_s is not None:
        found.to_speech_s.append(again_s - max(silent_s, silent_s if ended_s is None else ended_s))
    return True


def _is_talking(loudspeaker: Tap) -> bool:
    """Whether the coach has just talked for a while, after waiting for it for some time."""
    for _ in range(round(_PATIENCE_S / 0.1)):
        _pass(0.1)
        now_s = time.monotonic()
        recent = [peak > _AUDIBLE for at_s, peak in loudspeaker.peaks[-300:] if at_s > now_s - _TALKS_S]
        if (
            recent
            and sum(recent) > 0.6 * len(recent)
            and any(recent[-5:])
            and loudspeaker.silent_from(now_s - _TALKS_S) is None
        ):
            return True
    return False


def _pass(seconds: float) -> None:
    threading.Event().wait(seconds)


def _spoken(text: str, voice_name: str) -> Pcm:
    with closing(Pyttsx3Voice(Pyttsx3Settings(voice=voice_name))) as voice:
        return at_session_rate(voice.render(text))
