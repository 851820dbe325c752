"""A candidate who talks and talks, clause after clause, with pauses too short for the words to be known in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING

from tests.scenario import WORDS_PER_S, Scenario
from voice_coach.core import events
from voice_coach.core.session_stage import TALKING
from voice_coach.core.transcript import Word, laid_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLAUSES = (
    "there is one more thing to say about that part.",
    "it takes what comes in and hands it to the next one.",
    "after that the other side looks at it once more.",
    "I would keep it as small as I can for now.",
)
"""Ten words or so, of which the small judge hears nothing."""
YIELDS_AFTER_S = 0.8
"""So long people need to stop when they are interrupted."""


@dataclass(slots=True)
class Talker(Scenario):
    """Talks on whatever the coach does, or stops when interrupted."""

    clauses: Iterator[str] = field(default_factory=lambda: cycle(CLAUSES))
    pause_s: float = 0.5
    yields: bool = True
    clauses_in_piece: int = 5
    _said: list[Word] = field(default_factory=list)
    _clauses_said: int = 0
    _heard_from_s: float | None = None

    def start(self) -> Talker:
        """Begin, and let the coach ask the question."""
        Scenario.start(self)
        return self

    def talks(self, seconds: float) -> Talker:
        """Talks for so long, or until the coach has ended the interview."""
        end_s = self.now_s + seconds
        while self.now_s < end_s and self.state.stage in TALKING:
            is_interrupted = self._clause()
            if is_interrupted:
                self._cut()
                self.until(lambda: self.state.speaking is None)
                self.passes(1.0)
            elif self.pause_s > 1.0:
                self._cut()
                self.passes(self.pause_s - 0.4)
        self._cut()
        return self

    def _clause(self) -> bool:
        """One clause; whether it was broken off because the coach speaks."""
        start_s, text = self.now_s, next(self.clauses)
        words = laid_out(text, start_s, start_s + len(text.split()) / WORDS_PER_S)
        self._at(start_s + 0.1, lambda: events.SpeechStarted(at_s=self.now_s, onset_s=start_s))
        self.until(lambda: self.now_s >= words[-1].end_s or (self.yields and self._is_told_to_stop()))
        said = [word for word in words if word.start_s < self.now_s]
        is_interrupted = self.yields and self._is_told_to_stop()
        end_s = self.now_s
        self._said += said
        self._clauses_said += 1
        self._at(end_s + 0.3, lambda: events.SpeechEnded(at_s=self.now_s, offset_s=end_s))
        self.passes(0.4)
        if not is_interrupted and self.pause_s <= 1.0:
            if self._clauses_said >= self.clauses_in_piece:
                # A cutter that waits for the longest gap finds it when the next clause is under way.
                self._at(end_s + self.pause_s + 0.4, self._piece())
            self.passes(self.pause_s - 0.3)
        return is_interrupted

    def _is_told_to_stop(self) -> bool:
        speaking = self.state.speaking
        if speaking is None:
            self._heard_from_s = None
        elif self._heard_from_s is None:
            self._heard_from_s = speaking.started_s
        return self._heard_from_s is not None and self.now_s - self._heard_from_s >= YIELDS_AFTER_S

    def _cut(self) -> None:
        if self._said:
            self.post(self._piece()())

    def _piece(self) -> Callable[[], events.PieceCut]:
        words, self._said, self._clauses_said = tuple(self._said), [], 0
        piece = next(self._pieces)
        self._texts[piece] = words
        end_s = words[-1].end_s
        return lambda: events.PieceCut(
            at_s=self.now_s, piece=piece, start_s=words[0].start_s, end_s=end_s + 0.1, voiced_s=1.0
        )
