"""Everything that is known of a rehearsal, as one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import inf

from voice_coach.core.candidate_time import candidate_time
from voice_coach.core.clock import AnswerClock
from voice_coach.core.interview_state import InterviewState, Line, Moment
from voice_coach.core.session_stage import Stage
from voice_coach.core.transcript import Speaker, Transcript, Word
from voice_coach.core.turn_taking import Heard, Mode

WORD_LEAD_S = 0.3
"""A recogniser may place a word this much too early: half a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """An utterance of the coach that was ordered and has not ended."""

    utterance: int
    line: Line
    because: Mapping[str, object]
    started_s: float | None = None
    """When it became audible; None before."""
    duration_s: float = 0.0
    is_stopping: bool = False
    """It was told to fall silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeReply:
    """What was before the coach replied: if that was a false cut-off, it counts again."""

    interview: InterviewState
    mode: Mode
    turn_from_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A device is lost, or the machine slept: the session stands still."""

    from_s: float
    missing: frozenset[str] = frozenset()
    """The roles of the devices that are lost."""
    reason: str = ""
    """Why the last of them is."""
    asleep_until_s: float | None = None
    is_replaced: bool = False
    """Another device has taken the place of one of them."""
    has_paused: bool
    """It paused the session, which was not paused before."""
    breaks_off: bool
    """It cut the coach short, who owes the rest."""
    keeps_turn: bool
    """It came in the candidate's turn, which goes on behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """Everything that is known of the rehearsal."""

    stage: Stage = Stage.OPENING
    at_s: float = 0.0
    is_full_duplex: bool = False
    reads_feedback: bool = True
    transcript: Transcript = field(default_factory=Transcript)
    covered: frozenset[str] = frozenset()
    clock: AnswerClock = field(default_factory=AnswerClock)
    is_paused: bool = False
    pauses: tuple[tuple[float, float], ...] = ()
    """From when to when it was paused; one that still lasts ends never."""
    outage: Outage | None = None
    # the candidate
    mode: Mode = Mode.MONOLOGUE
    turn_from_s: float = 0.0
    """Candidate words that start from here on belong to the open turn."""
    keeps_turn: bool = False
    """What the coach says now leaves that turn open."""
    voice_since_s: float | None = None
    """Onset of the speech that is going on; None in silence."""
    silent_from_s: float = 0.0
    """Since when nobody speaks."""
    last_offset_s: float = 0.0
    cut_until_s: float = 0.0
    pending: frozenset[int] = frozenset()
    """Pieces that are being transcribed."""
    failed: frozenset[int] = frozenset()
    """Pieces at which the recogniser failed. They hold nothing up; their words may come after the end."""
    heard: Heard | None = None
    """The tail of the open turn; None until it is next read."""
    # the coach
    speaking: Speaking | None = None
    queue: tuple[Line, ...] = ()
    because: Mapping[str, object] = field(default_factory=dict)
    """The cues of the decision that filled the queue."""
    utterances: int = 0
    interview: InterviewState = field(default_factory=InterviewState)
    before_reply: BeforeReply | None = None
    """While the first line of a reply to the candidate's talk is spoken, or was cut short at its start."""
    was_talked_over: bool = False
    """The candidate's voice has stopped the coach, which has not replied since."""
    armed: str | None = None
    """The text of the follow-up that was rendered ahead."""
    # turn-taking
    wait_factor: float = 1.0
    false_cut_offs: int = 0
    lost_frames: int = 0
    """Of the microphone, that never came."""
    is_assessed: bool = False
    end_reason: str | None = None

    @property
    def words(self) -> tuple[Word, ...]:
        """The candidate's words of the open turn."""
        return tuple(
            word
            for word in self.transcript.by(Speaker.CANDIDATE)
            if word.start_s >= self.turn_from_s - WORD_LEAD_S
        )

    @property
    def answer_s(self) -> float:
        """How long the answer is so far, as the analysis measures it: the candidate's time up to the last word."""
        return candidate_time(self.transcript, self.clock.all_holds(self.at_s)).total_s

    def moment(self, heard: Heard) -> Moment:
        """What the interviewer is told when the open turn ends as *heard*."""
        return Moment(
            stage=self.stage,
            elapsed_s=self.clock.elapsed_s(self.at_s),
            transcript=self.transcript,
            words=self.words,
            heard=heard,
            covered=self.covered,
            state=self.interview,
        )

    def paused(self) -> SessionState:
        """The session paused from now on."""
        return replace(self, is_paused=True, pauses=(*self.pauses, (self.at_s, inf)))

    def resumed(self) -> SessionState:
        """The session with its last pause ended now."""
        start_s, _ = self.pauses[-1]
        return replace(self, is_paused=False, pauses=(*self.pauses[:-1], (start_s, self.at_s)))
