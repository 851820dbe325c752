"""A set-up check on the virtual card, and a candidate who says what they are asked to."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scripts.bench_card import AUDIBLE, spoken, tapped
from tests.end_to_end.program import started, wait_until
from voice_coach.adapters.audio_file import write_wav
from voice_coach.compose.content import load_content

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import Popen

    from tests import rig

REPORT = "Sound check, "
_ASKED = "coach: Now say"
_LAST = ("good  words", "note  words", "wrong words", "wrong microphone")
"""Beginnings of the report's last line."""


@dataclass(slots=True)
class Answered:
    """What came of it."""

    lines: list[str] = field(default_factory=list)
    """All that the program printed until then."""
    took_s: float = 0.0
    """From the coach's first sound to the report, which comes when its last is over."""

    def found(self, what: str) -> str:
        """The line of the report about *what*."""
        (line,) = (item for item in self.lines if item[6:].startswith(f"{what}:"))
        return line


def sentence(folder: Path, voice: str = "English (America)") -> Path:
    """What the check wants to hear, by a voice of the system, as a file in *folder*."""
    path = folder / "sentence.wav"
    write_wav(path, spoken(load_content().sound_check.sentence, voice))
    return path


def answered_check(card: rig.VirtualSoundCard, data: Path, answer: Path | None, *options: str) -> Answered:
    """Begins a rehearsal with the check, says *answer*, and breaks off when the report is there."""
    environment = {**card.environment, "VOICE_COACH_DATA": str(data)}
    with (
        tapped(card, "--device=coach_speaker.monitor") as loudspeaker,
        started("practice", "--check", *options, environment=environment) as program,
    ):
        heard = _Lines(program)
        begun_s = time.monotonic()
        asked_s = heard.wait_for(_ASKED)
        # People answer about so long after a question as it takes to notice that it is over.
        wait_until(lambda: loudspeaker.silent_from(asked_s + 1.0) is not None, limit_s=30, what="its end")
        if answer is not None:
            card.say(answer)
        told_s = heard.wait_for(REPORT)
        heard.wait_for(_LAST)
        first_s = next(at_s for at_s, peak in loudspeaker.peaks if at_s > begun_s and peak > AUDIBLE)
        return Answered(lines=heard.texts, took_s=told_s - first_s)


class _Lines:
    """What a program prints, as it does."""

    def __init__(self, program: Popen[str]) -> None:
        self._program = program
        self._at: list[tuple[float, str]] = []
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self._at]

    def wait_for(self, beginning: str | tuple[str, ...]) -> float:
        """When the first line with this *beginning* came."""

        def found() -> list[float]:
            return [at_s for at_s, text in self._at if text.startswith(beginning)]

        wait_until(lambda: bool(found()), limit_s=90, what=str(beginning))
        return found()[0]

    def _read(self) -> None:
        assert self._program.stdout is not None
        for line in self._program.stdout:
            self._at.append((time.monotonic(), line.rstrip()))
