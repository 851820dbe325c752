"""What is known of the review: the feedback as it is read, what is asked about it, and what came of that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voice_coach.core.feedback_line import FeedbackLine
    from voice_coach.core.interview_state import Line
    from voice_coach.core.transcript import Word


class Ask(StrEnum):
    """What is looked up."""

    WHY = "why"
    WHEN = "when"
    CLAIM = "claim"
    REDO = "redo"
    COMPARE = "compare"
    """What was said again against what was said before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSettings:
    """How long the coach listens around the feedback, and from when on something counts as found."""

    __pydantic_config__ = {"extra": "forbid"}

    wait_s: float = 20.0
    """A silence after the feedback, or an answer about it, that ends the session."""
    room_wait_s: float = 2.0
    """The same where a simulated candidate talks; a recording cannot ask, and is not waited for."""
    between_lines_s: float = 0.8
    """Where the ears are closed while the coach speaks, they are open for so long between two lines."""
    ask_s: float = 0.6
    """A question is over after so much silence."""
    longest_s: float = 120.0
    """Talk that asks nothing holds the session open for no longer than this."""
    replay_s: float = 8.0
    """The longest stretch of the candidate's own voice that is played."""
    edge_s: float = 0.12
    """So much sound is played before its first and after its last word, never any of the words around."""
    short_s: float = 3.0
    """Behind what is shorter the next sentence is played, too, as much of it as fits."""
    found_from: float = 0.5
    """The probability that what was found is what was meant: what has less is told as doubt …"""
    unsure_from: float = 0.2
    """… and what has less than this is not what was claimed."""
    other_within: float = 0.6
    """Another place is told of that is no more than so much behind the best, in natural logarithms of odds."""
    claim_probability: float = 0.3
    """A sentence that the candidate points at counts as showing an element from here on (unasked, from 0.5)."""
    bare_claim_probability: float = 0.5
    """The same where the candidate names no words, so that the coach has to find the sentence itself."""
    redo_probability: float = 0.5
    """A sentence of what is said again shows its element from here on."""
    redo_silence_s: float = 3.0
    """What is said again is over after so much silence behind a finished sentence."""
    redo_longest_s: float = 75.0
    """It is judged at the first pause after so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A verdict that was set anew, by words that the candidate pointed at."""

    item: str
    before: str
    after: str
    quote: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Redo:
    """Something that was said again."""

    item: str
    goal: str
    before: str
    """What was said of it in the answer; empty where nothing was."""
    after: str
    verdict_before: str
    verdict_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redoing:
    """What is being said again."""

    item: str
    goal: str
    before: str
    verdict_before: str
    is_thinking: bool = False
    """Time to think was asked for, and nothing was said since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewState:
    """The review so far."""

    wait_s: float = 0.0
    """How long a silence ends it; 0: nothing can be asked."""
    between_lines_s: float = 0.0
    """How long the coach listens between two lines."""
    feedback: tuple[FeedbackLine, ...] = ()
    """All that is read out."""
    read: Line | None = None
    """The line that is being read, or was read last."""
    next_line_s: float | None = None
    """When the next line is read, unless somebody speaks; None: it need not be waited for."""
    words: tuple[Word, ...] = ()
    """What was said since the coach last answered."""
    answered: tuple[Line, ...] = ()
    """What it answered last, for who did not catch it."""
    since_s: float = 0.0
    """When it last did, or had read the last line."""
    is_offered: bool = False
    """The candidate was told what can be asked."""
    requests: int = 0
    ask: Ask | None = None
    """What is being looked up, as the last request; None: nothing is."""
    redoing: Redoing | None = None
    redone: bool = False
    """The last answer compared what was said again, so that "again" means once more of that."""
    corrections: tuple[Correction, ...] = ()
    redos: tuple[Redo, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether anything can be asked."""
        return self.wait_s > 0
