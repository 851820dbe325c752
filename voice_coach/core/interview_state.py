"""What passes between the session and the interviewer: the moment of a decision, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voice_coach.core.events import Intent
from voice_coach.core.session_stage import Stage
from voice_coach.core.talked_over import Owed
from voice_coach.core.transcript import Transcript, Word
from voice_coach.core.turn_taking import Heard, Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something for the coach to say."""

    text: str
    intent: Intent
    about: str | None = None
    """The rubric, fact, follow-up or command id that it is about."""
    replay: tuple[float, float] | None = None
    """It is said in the candidate's own voice: from where to where of the recording, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStart:
    """When a round of a drill began."""

    at_s: float
    """Session seconds: words that start from here on belong to it."""
    elapsed_s: float
    """The candidate's seconds until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewState:
    """What the interviewer remembers having said."""

    said: Mapping[str, int] = field(default_factory=dict)
    """How often each kind of line was spoken, to rotate its variants."""
    asked: tuple[str, ...] = ()
    """Follow-up ids, in order. One about what the candidate left open is "wording/gap"."""
    asked_before: frozenset[str] = frozenset()
    """What was asked in the latest sessions: not asked again, by the ids of follow-ups and wordings."""
    gaps: tuple[str, ...] = ()
    """What those follow-ups were about, in order."""
    unanswered: int = 0
    """Prompts in a row that drew no word."""
    was_prompted: bool = False
    """The last thing said was an invitation to go on."""
    time_cues: int = 0
    is_done: bool = False
    """The candidate said that the answer is over."""
    last: tuple[Line, ...] = ()
    """What was said last, time cues left out: what "say that again" repeats."""
    questions: int = 0
    """Of the candidate that were answered."""
    questions_at_steer: int = 0
    """How many there had been when the coach last led on from questions to the design."""
    changes: tuple[str, ...] = ()
    """Ids of the changes of scope that were put."""
    owed: tuple[Owed, ...] = ()
    """What the candidate talked over and was not settled since."""
    skipped: frozenset[str] = frozenset()
    """What is not asked about any more: its question was skipped."""
    speed: float = 1.0
    """How fast the coach speaks, as a multiple of the configured rate."""
    rounds: tuple[RoundStart, ...] = ()
    """Of a drill: those that have begun, in order."""
    offer: tuple[Line, ...] = ()
    """What is offered once the feedback has been read: another attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The end of a candidate's turn."""

    stage: Stage
    at_s: float = 0.0
    """When it is, in session seconds."""
    elapsed_s: float
    """The candidate's time so far."""
    transcript: Transcript
    words: tuple[Word, ...]
    """What the candidate said since the coach last spoke."""
    heard: Heard
    covered: frozenset[str]
    state: InterviewState


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the coach does at the end of a turn."""

    state: InterviewState
    lines: tuple[Line, ...] = ()
    stage: Stage | None = None
    """The stage from here on; None: as before."""
    mode: Mode | None = Mode.MONOLOGUE
    """What kind of talk is expected next; None: the same as before."""
    pauses: bool | None = None
    """True: the clock and the recording stop; False: they go on."""
    ahead: tuple[str, ...] = ()
    """Texts that are rendered before they are needed."""
