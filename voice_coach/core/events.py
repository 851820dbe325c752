"""The vocabulary of a rehearsal: events say what happened, commands say what to do.

Every event carries ``at_s``, seconds of microphone audio since the session's start. Events and nothing else
change the state of a session (:mod:`voice_coach.core.session`), and every one but :class:`Tick` is journalled.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from voice_coach.core.model_state import Job
from voice_coach.core.transcript import Word

TICK_S = 0.2
"""Session seconds between ticks: a whole number of frames."""


class Intent(StrEnum):
    """Why the coach speaks."""

    QUESTION = "question"
    ANSWER = "answer"
    FOLLOW_UP = "follow_up"
    BRIDGE = "bridge"
    INTERRUPTION = "interruption"
    SCOPE_CHANGE = "scope_change"
    TIME_CUE = "time_cue"
    CHECK = "check"
    WRAP_UP = "wrap_up"
    REPLY = "reply"
    FEEDBACK = "feedback"


class CommandName(StrEnum):
    """What a candidate can tell the coach to do, by voice or key."""

    REPEAT_QUESTION = "repeat_question"
    SAY_AGAIN = "say_again"
    SAY_SLOWER = "say_slower"
    SLOWER = "slower"
    FASTER = "faster"
    TIME = "time"
    HOW_AM_I_DOING = "how_am_i_doing"
    THINK = "think"
    SKIP = "skip"
    DONE = "done"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    # after the answer alone
    WHY = "why"
    WHEN = "when"
    CLAIM = "claim"
    REDO = "redo"
    READ_AGAIN = "read_again"
    NEXT_POINT = "next_point"


REVIEW_COMMANDS = frozenset(
    {
        CommandName.WHY,
        CommandName.WHEN,
        CommandName.CLAIM,
        CommandName.REDO,
        CommandName.READ_AGAIN,
        CommandName.NEXT_POINT,
    }
)
"""Those that mean something only once the answer is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted:
    """The first event."""

    at_s: float
    question: str
    target_s: float
    pressure: str
    seed: int
    is_full_duplex: bool
    reads_feedback: bool
    digest: str
    """Identifies the configuration and content the session ran with."""
    may_echo: bool = False
    """The microphone hears the coach, and what it hears of it is cancelled (docs/adr/0003)."""
    pauses: tuple[float, ...] = ()
    """The speaker's, of earlier sessions: seconds after which they went on in a monologue."""
    short_pauses: tuple[float, ...] = ()
    """The same in short answers."""
    keeps_pace: bool = False
    """The speaker's pauses, and what was asked, are noted at the end, for the next session: who speaks is no
    recording."""
    asked_before: tuple[str, ...] = ()
    """Ids of follow-ups and wordings of the latest sessions: not asked again."""
    model: str = ""
    """The language model that may be asked; empty: none."""
    review_s: float = 0.0
    """How long somebody may be silent after the feedback before the session ends; 0: it ends with it, and nothing can
    be asked about it."""
    attempt: int = 1
    """Of a drill, in a row."""
    why: str = ""
    """Why this drill was chosen, as it is said first; empty: it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """``TICK_S`` seconds of audio have passed."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted:
    """The candidate began to speak; *onset_s* is when, *at_s* when it was noticed."""

    at_s: float
    onset_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechEnded:
    """The candidate fell silent; *offset_s* is when, *at_s* when it was noticed. Says nothing of the turn."""

    at_s: float
    offset_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HintHeard:
    """How probable it is, by its sound alone, that the utterance that ended at *offset_s* was the speaker's last."""

    at_s: float
    offset_s: float
    complete: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceCut:
    """Audio between two pauses is ready to be transcribed."""

    at_s: float
    piece: int
    start_s: float
    end_s: float
    voiced_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcribed:
    """The words of a piece, terms corrected; empty when there were none."""

    at_s: float
    piece: int
    words: tuple[Word, ...]
    has_failed: bool = False
    """The recogniser failed: there may have been words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """What a quicker recogniser makes of sound that is not transcribed yet: all words from *start_s* to *end_s*.

    They stand in for the words that are to come. None of them is ever judged.
    """

    at_s: float
    start_s: float
    end_s: float
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackStarted:
    """The first sample of an utterance left the loudspeaker."""

    at_s: float
    utterance: int
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackEnded:
    """An utterance was played to its end, or stopped after *played_s*. *played_s* 0: it could not be spoken."""

    at_s: float
    utterance: int
    played_s: float
    was_stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandGiven:
    """A key was pressed (spoken commands are found in the transcript by the core itself)."""

    at_s: float
    name: CommandName


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """The analysis is on disk; *feedback* is what to read out, sentence by sentence."""

    at_s: float
    feedback: tuple[str, ...]
    about: tuple[str | None, ...] = ()
    """The rubric id, or other name, that each sentence is about; empty where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """The answer to a LookUp with the same *request*."""

    at_s: float
    request: int
    lines: tuple[str, ...] = ()
    """What the coach says, the goal of a redo last."""
    about: str | None = None
    """The rubric id, or other name, that it is about."""
    start_s: float | None = None
    """Of the candidate's own voice, which is played behind the lines; None: nothing is."""
    end_s: float | None = None
    quote: str = ""
    """The candidate's words that are played, that correct the record, or that show it best in a redo."""
    other_line: str = ""
    """What the coach says before another place that may as well be meant, which is played behind the first …"""
    other_start_s: float | None = None
    """… from here …"""
    other_end_s: float | None = None
    other_quote: str = ""
    """… and these words of it; None and empty where there is none."""
    quote_before: str = ""
    """Of a redo: what was said of it in the answer; empty where nothing was."""
    before: str = ""
    """The verdict that stood."""
    after: str = ""
    """The verdict that stands now; of a redo, that on it alone."""
    has_failed: bool = False
    """It could not be looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFellBack:
    """An engine failed and another took its place; *to* is None when nothing could."""

    at_s: float
    role: str
    name: str
    to: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InputEnded:
    """The source of audio is exhausted, or was lost for good."""

    at_s: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSaid:
    """A simulated candidate's entry was played: session times of its first and last sample."""

    at_s: float
    index: int
    start_s: float
    end_s: float
    is_recorded: bool = True
    """False where a part of it fell into a pause on command, of which the recording holds silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FramesLost:
    """The device or this program was late, and frames never came. Time goes on over them."""

    at_s: float
    frames: int
    """Of 20 ms, since the last such event."""


MICROPHONE, LOUDSPEAKER = "microphone", "loudspeaker"
"""What a lost device was used for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLost:
    """A sound device gives or takes no sound any more. Time goes on in silence until it is back."""

    at_s: float
    role: str
    """``MICROPHONE`` or ``LOUDSPEAKER``; anything else where it is not known which."""
    name: str
    reason: str
    """As told to the candidate, with the mend."""
    heard_until_s: float
    """What the coach said after this was perhaps not heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceBack:
    """A lost device works again, or another one in its place."""

    at_s: float
    role: str
    name: str
    is_replaced: bool = False
    """It is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSlept:
    """The machine slept, or stood still for as long."""

    at_s: float
    until_s: float
    """Session time when it woke: often *at_s*, as the samples are the clock and none came meanwhile."""
    asleep_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageHeard:
    """A piece was listened to for its language."""

    at_s: float
    other: str | None
    """By two letters, where it clearly was not English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWrote:
    """A language model answered *request*; nobody has checked yet whether that may be said."""

    at_s: float
    request: int
    job: Job
    text: str = ""
    """Empty: it had nothing to say, or it is no line of the coach."""
    tokens: int = 0
    cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFailed:
    """Nothing that can be used came of *request*."""

    at_s: float
    request: int
    job: Job
    fault: str
    """What kind of failure it was."""
    is_final: bool = False
    """There is no use in asking again."""
    tokens: int = 0
    cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReady:
    """The line that was written to *request* lies rendered."""

    at_s: float
    request: int


Event = (
    SessionStarted
    | Tick
    | SpeechStarted
    | SpeechEnded
    | HintHeard
    | PieceCut
    | Transcribed
    | Drafted
    | PlaybackStarted
    | PlaybackEnded
    | CommandGiven
    | Assessed
    | Reviewed
    | EngineFellBack
    | InputEnded
    | RoomSaid
    | FramesLost
    | DeviceLost
    | DeviceBack
    | MachineSlept
    | LanguageHeard
    | ModelWrote
    | ModelFailed
    | LineReady
)
