"""What the session tells the runtime to do: the imperative half of the vocabulary (events are the other)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """Render and play *text*; answered by PlaybackStarted and PlaybackEnded with the same *utterance*."""

    utterance: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """*text* will probably be spoken soon."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSpeaking:
    """Fall silent at once."""

    utterance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcribe:
    """Transcribe *piece*; answered by Transcribed."""

    piece: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Open or close the ears. Closing them cuts the piece that is pending."""

    is_on: bool
    is_short: bool = False
    """A short answer is expected: pieces are cut at shorter pauses."""
    is_recorded: bool = True
    """False while paused on command."""


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


Command = Speak | Render | StopSpeaking | Transcribe | Listen | LookForDevices | GiveUp | Assess | Note | End
