"""What the session tells the runtime to do: the imperative half of the vocabulary (events are the other)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voice_coach.core.model_state import Job
    from voice_coach.core.review_state import Ask
    from voice_coach.core.transcript import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """Render and play *text*; answered by PlaybackStarted and PlaybackEnded with the same *utterance*."""

    utterance: int
    text: str
    speed: float = 1.0
    """How fast, as a multiple of the configured rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Play the candidate's own voice from *start_s* to *end_s* of the recording; answered as Speak is."""

    utterance: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """Find out what was asked about the feedback; answered by Reviewed with the same *request*."""

    request: int
    ask: Ask
    about: str | None = None
    """What the line that was read last is about; of a redo, its item."""
    claim: tuple[Word, ...] = ()
    """What the candidate says to have said, without "when did I say"; of a redo, all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepReview:
    """Write the analysis anew: its record was corrected, or something was said again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """*text* will probably be spoken soon, at *speed*."""

    text: str
    speed: float = 1.0
    request: int | None = None
    """A language model wrote it to that request: answered by LineReady."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskModel:
    """Have a language model write something; answered by ModelWrote or ModelFailed with the same *request*."""

    request: int
    job: Job
    about: str
    """The offline question whose place it would take, or the candidate's question."""
    gap: str | None = None
    """The rubric id that the follow-up is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSpeaking:
    """Fall silent at once."""

    utterance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcribe:
    """Transcribe *piece*; answered by Transcribed."""

    piece: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Have a quick look at what was said since the last cut; answered by Drafted where that is possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HearEnd:
    """Judge the sound of the utterance that ended at *offset_s*; answered by HintHeard where a model can."""

    offset_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Open or close the ears. Closing them cuts the piece that is pending."""

    is_on: bool
    is_short: bool = False
    """A short answer is expected: pieces are cut at shorter pauses."""
    is_recorded: bool = True
    """False while paused on command."""
    is_over_coach: bool = False
    """The coach speaks: a beginning of speech takes a little more voice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookForDevices:
    """Look for what is lost until it is found; nothing is spoken meanwhile. Answered by DeviceBack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """What is lost is not waited for any longer: end as when a device fails, everything saved."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assess:
    """Judge the transcript and write the analysis; answered by Assessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A line for the journal that is no event."""

    kind: str
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The session is over."""

    reason: str


Command = (
    Speak
    | Replay
    | LookUp
    | KeepReview
    | Render
    | AskModel
    | StopSpeaking
    | Transcribe
    | Draft
    | HearEnd
    | Listen
    | LookForDevices
    | GiveUp
    | Assess
    | Note
    | End
)
