"""What a rehearsal runs in: everything around the session loop, as one value."""

from __future__ import annotations

import queue
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from voice_coach.core import events

if TYPE_CHECKING:
    from voice_coach.core.audio import AudioFrame, Clip, Pcm
    from voice_coach.core.commands import AskModel, LookUp
    from voice_coach.core.endpointing import Endpointer
    from voice_coach.core.feedback_line import FeedbackLine
    from voice_coach.core.session_state import SessionState
    from voice_coach.ports import (
        AudioSource,
        EchoCanceller,
        GatedDetector,
        Player,
        Progress,
        SpeechToText,
        TextToSpeech,
        TurnEndHint,
    )
    from voice_coach.workers import Workers


class Journal(Protocol):
    """Takes lines."""

    def write(self, content: Mapping[str, object]) -> None:
        """Append one line. Raises StorageError."""


DeviceNews = events.DeviceLost | events.DeviceBack | events.MachineSlept
"""What becomes of the sound devices; *at_s* is set when it is taken."""


ModelNews = events.ModelWrote | events.ModelFailed | events.EngineFellBack
"""What comes of a request to a language model, with its time."""


class ModelDesk(Protocol):
    """Takes requests to a language model, and never holds up who asks."""

    def ask(self, command: AskModel, state: SessionState) -> None:
        """Have *command* carried out with what *state* knows; returns at once."""

    def news(self, now_s: float) -> Sequence[ModelNews]:
        """What has come since the last call, and which requests have taken too long by *now_s*."""

    def stop(self) -> None:
        """Send nothing any more, whatever is asked; what is on its way is left to its time limit."""


class Tape(Protocol):
    """Takes both channels, frame by frame."""

    def write(self, frame: AudioFrame, coach: Pcm) -> None:
        """Append the microphone's *frame* and what the coach said during it. Raises StorageError."""


class CoachTrack(Protocol):
    """Lays what the player plays on the microphone's clock."""

    def start(self, utterance_id: int, clip: Clip) -> None:
        """*clip* begins to play."""

    def frame(self, progress: Progress) -> Pcm:
        """The next 20 ms at 16 kHz."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a screen may show."""

    state: SessionState
    level_dbfs: float
    """The loudest frame since the last snapshot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """What frames are listened to with."""

    detector: GatedDetector
    endpointer: Endpointer
    canceller: EchoCanceller | None = None
    """Where the microphone hears the coach and there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mouth:
    """What the coach speaks with."""

    voice: TextToSpeech
    player: Player
    track: CoachTrack


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What is written while the session runs."""

    journal: Journal
    tapes: Sequence[Tape]


class ReviewDesk(Protocol):
    """Answers what is asked about the feedback."""

    def answer(self, asked: LookUp, state: SessionState) -> events.Reviewed:
        """What is said to *asked*; its time is set when it is taken. Blocks."""

    def prepare(self) -> None:
        """What the first question would have to wait for. Blocks."""

    def clip(self, start_s: float, end_s: float) -> Clip:
        """The candidate's own voice, as it was recorded."""

    def keep(self, state: SessionState) -> None:
        """Writes the analysis anew, with what was corrected and said again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """Everything that a rehearsal runs in."""

    source: AudioSource
    ears: Ears
    mouth: Mouth
    stt: SpeechToText
    drafter: SpeechToText | None
    """A quicker recogniser, for a look at what has no transcript yet."""
    workers: Workers
    records: Records
    assess: Callable[[SessionState], tuple[FeedbackLine, ...]]
    """Judges the session so far, writes the analysis and gives what is to be read out."""
    show: Callable[[Snapshot], None]
    """Called every tick and after every change worth seeing."""
    tell: Callable[[events.EngineFellBack], None]
    """Called when an engine has failed, so that the candidate learns of it."""
    notices: queue.SimpleQueue[events.CommandName | events.EngineFellBack]
    """Keys and engines that fell back, from any thread; their times are set when they are taken."""
    said: Callable[[], Sequence[events.RoomSaid]]
    """What a simulated candidate has finished saying since the last call; its time is set when it is taken."""
    hint: TurnEndHint | None = None
    """None: the sound of a voice tells nothing of its turn."""
    model: ModelDesk | None = None
    """None: no language model is ever asked."""
    review: ReviewDesk | None = None
    """None: nothing can be asked about the feedback."""
    device_news: Callable[[], Sequence[DeviceNews]]
    """What has become of the sound devices since the last call, before the frame that was read last."""
    look_for_devices: Callable[[], object]
    """Has what is lost looked for from now on; whatever plays is dropped."""
