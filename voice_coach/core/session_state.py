"""Everything that is known of a rehearsal, as one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from math import inf

from voice_coach.core.candidate_time import candidate_time
from voice_coach.core.clock import AnswerClock
from voice_coach.core.drafts import Drafts
from voice_coach.core.interview_state import InterviewState, Line, Moment
from voice_coach.core.model_state import ModelState
from voice_coach.core.review_state import ReviewState
from voice_coach.core.session_stage import TALKING, Stage
from voice_coach.core.speaker_pace import SpeakerPace
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
    pace: SpeakerPace
    wait_factor: float
    cut_off_at_s: float
    false_cut_offs: int
    model: ModelState


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """How an utterance sounded."""

    offset_s: float
    """Where it ended."""
    complete: float
    """How probable it is by that alone that the speaker has finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CuttingIn:
    """The coach interrupts; where the candidate talks on, all is as it was before."""

    before: BeforeReply
    since_s: float | None = None
    """When its first word became audible; None before."""


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
    may_echo: bool = False
    """The microphone hears the coach, whose echo is cancelled."""
    glitch_s: float = 0.0
    reads_feedback: bool = True
    transcript: Transcript = field(default_factory=Transcript)
    covered: frozenset[str] = frozenset()
    topics_per_100: float | None = None
    """Different topics of a design in a hundred words of late; None where too little was said of late."""
    clock: AnswerClock = field(default_factory=AnswerClock)
    is_paused: bool = False
    pauses: tuple[tuple[float, float], ...] = ()
    """From when to when nothing that is said is kept: it was paused, or is over. What still lasts ends never."""
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
    drafts: Drafts = field(default_factory=Drafts)
    """What was said and has no transcript yet."""
    draft_asked_s: float = 0.0
    """When a look at it was last asked for."""
    heard: Heard | None = None
    """The tail of the open turn; None until it is next read."""
    # the coach
    speaking: Speaking | None = None
    queue: tuple[Line, ...] = ()
    reply_from_s: float = 0.0
    """When the coach last took the turn."""
    because: Mapping[str, object] = field(default_factory=dict)
    """The cues of the decision that filled the queue."""
    utterances: int = 0
    interview: InterviewState = field(default_factory=InterviewState)
    before_reply: BeforeReply | None = None
    """While the first line of a reply to the candidate's talk is spoken, or was cut short at its start."""
    was_talked_over: bool = False
    """The candidate's voice has stopped the coach, which has not replied since."""
    is_cut_short: bool = False
    """Pieces end at short pauses, so that it is soon known whether the coach is talked over by words."""
    armed: str | None = None
    """The text of the follow-up that was rendered ahead."""
    ahead: str | None = None
    """The text of the reply that was rendered ahead, to what a draft says was the end."""
    # interruptions
    cutting_in: CuttingIn | None = None
    interruptions: int = 0
    withdrawn: int = 0
    """How many of them the candidate talked over."""
    next_interruption_s: float = 0.0
    """The session time before which there is none."""
    # turn-taking
    hint: Hint | None = None
    """The newest."""
    pace: SpeakerPace = field(default_factory=SpeakerPace)
    keeps_pace: bool = False
    wait_factor: float = 1.0
    """Right after the last false cut-off."""
    cut_off_at_s: float = 0.0
    """When that was, of the candidate's time."""
    false_cut_offs: int = 0
    model: ModelState = field(default_factory=ModelState)
    """The language model, where there is one."""
    lost_frames: int = 0
    """Of the microphone, that never came."""
    is_assessed: bool = False
    review: ReviewState = field(default_factory=ReviewState)
    """What comes after the verdicts."""
    end_reason: str | None = None

    @property
    def words(self) -> tuple[Word, ...]:
        """The candidate's words of the open turn, those that are only drafted yet included."""
        return tuple(
            word
            for word in chain(self.transcript.by(Speaker.CANDIDATE), self.drafts.words)
            if word.start_s >= self.turn_from_s - WORD_LEAD_S
        )

    @property
    def answer_s(self) -> float:
        """How long the answer is so far, as the analysis measures it: the candidate's time up to the last word."""
        return candidate_time(self.transcript, self.clock.all_holds(self.at_s)).total_s

    @property
    def before(self) -> BeforeReply:
        """What is taken back where a reply given now turns out to be a false cut-off."""
        return BeforeReply(
            interview=self.interview,
            mode=self.mode,
            turn_from_s=self.turn_from_s,
            pace=self.pace,
            wait_factor=self.wait_factor,
            cut_off_at_s=self.cut_off_at_s,
            false_cut_offs=self.false_cut_offs,
            model=self.model,
        )

    @property
    def is_listening(self) -> bool:
        """Whether what the candidate says now counts: the ears are open, and it is no pause."""
        hears = self.speaking is None or self.is_full_duplex
        return hears and not self.is_paused and self.stage in TALKING

    @property
    def known(self) -> Transcript:
        """The transcript and, behind it, what is only drafted yet."""
        return self.transcript.with_words(Speaker.CANDIDATE, self.drafts.words)

    def moment(self, heard: Heard) -> Moment:
        """What the interviewer is told when the open turn ends as *heard*."""
        return Moment(
            stage=self.stage,
            at_s=self.at_s,
            elapsed_s=self.clock.elapsed_s(self.at_s),
            transcript=self.known,
            words=self.words,
            heard=heard,
            covered=self.covered,
            state=self.interview,
        )

    def paused(self) -> SessionState:
        """The session paused from now on."""
        return replace(self.off_the_record(), is_paused=True)

    def off_the_record(self) -> SessionState:
        """Nothing that is said from now on is kept."""
        return replace(self, pauses=(*self.pauses, (self.at_s, inf)))

    def resumed(self) -> SessionState:
        """The session with its last pause ended now."""
        start_s, _ = self.pauses[-1]
        return replace(self, is_paused=False, pauses=(*self.pauses[:-1], (start_s, self.at_s)))
