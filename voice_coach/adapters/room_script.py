"""``ROOM.toml``: what a simulated candidate says, and when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.adapters.session_audio import read_candidate
from voice_coach.core.errors import InputError
from voice_coach.toml_file import complaint, load_toml, read_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from voice_coach.core.audio import Pcm
    from voice_coach.ports import TextToSpeech

_STRICT = {"extra": "forbid"}


class When(StrEnum):
    """What an entry waits for."""

    START = "start"
    ASKED = "asked"
    THEN = "then"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class SayTable:
    """One ``[[say]]`` as it is written."""

    __pydantic_config__ = _STRICT

    audio: str | None = None
    """A recording: path relative to the room's file, or absolute. Exactly one of this and *text*."""
    text: str | None = None
    voice: str | None = None
    """The voice that speaks *text*; None for the configured one."""
    when: When = When.ASKED
    wait: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.8
    """Seconds. Has no meaning for ``start``."""
    closing: bool = False
    """The answer to the wrap-up: it waits for that, and what stands before it and was not begun then is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomTable:
    """The whole file as it is written."""

    __pydantic_config__ = _STRICT

    question: str | None = None
    say: tuple[SayTable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A checked ``[[say]]``: a recording that was read, or words for a voice."""

    when: When
    wait_s: float
    pcm: Pcm | None
    """16 kHz mono; None where *text* is to be spoken."""
    text: str
    voice: str | None
    is_closing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomScript:
    """A room whose files are all known to be good."""

    path: Path
    question: str | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry ready to be said."""

    when: When
    wait_s: float
    pcm: Pcm
    """16 kHz mono."""
    is_closing: bool = False
    """It answers the wrap-up."""


def load_room(path: Path) -> RoomScript:
    """The room at *path*, its recordings read. Raises InputError naming file, line and key."""
    table = load_toml(path, RoomTable, InputError)
    toml = read_text(path, InputError)
    entries = tuple(_entry(path, toml, index, say) for index, say in enumerate(table.say))
    return RoomScript(path=path, question=table.question, entries=entries)


def rendered(script: RoomScript, voice_named: Callable[[str | None], TextToSpeech]) -> tuple[Line, ...]:
    """The room's lines, texts spoken by the voices that *voice_named* gives (asked once for each name).

    The voices stay the caller's to close. Blocks; raises TextToSpeechError, and what *voice_named* raises.
    """
    voices: dict[str | None, TextToSpeech] = {}
    lines = []
    for entry in script.entries:
        pcm = entry.pcm
        if pcm is None:
            if entry.voice not in voices:
                voices[entry.voice] = voice_named(entry.voice)
            pcm = at_session_rate(voices[entry.voice].render(entry.text))
        lines.append(Line(when=entry.when, wait_s=entry.wait_s, pcm=pcm, is_closing=entry.is_closing))
    return tuple(lines)


def _entry(path: Path, toml: str, index: int, say: SayTable) -> Entry:
    def wrong(reason: str, *keys: str) -> InputError:
        return InputError(complaint(path, toml, ("say", index, *keys), reason))

    if (say.audio is None) == (say.text is None):
        raise wrong("needs either audio or text, and not both")
    if say.text is not None and not say.text.strip():
        raise wrong("has no words", "text")
    if say.audio is not None and say.voice is not None:
        raise wrong("goes with text only; a recording has its own voice", "voice")
    pcm = None
    if say.audio is not None:
        try:
            pcm = read_candidate(path.parent / say.audio)
        except InputError as err:
            raise wrong(str(err), "audio") from err
    return Entry(
        when=say.when,
        wait_s=say.wait,
        pcm=pcm,
        text=say.text or "",
        voice=say.voice,
        is_closing=say.closing,
    )
