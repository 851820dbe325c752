"""The journal's language: one JSON object a line, ``{"t": seconds, "kind": ..., ...}``.

Events are what :func:`voice_coach.core.session.step` was given; notes are what it made of them, for people and
programs that read the journal. A session is rebuilt from the events alone; readers ignore kinds they do not know.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

from voice_coach.core import events
from voice_coach.core.transcript import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from voice_coach.core.events import Event

KINDS: Mapping[str, type[Any]] = {
    "session_started": events.SessionStarted,
    "speech_started": events.SpeechStarted,
    "speech_ended": events.SpeechEnded,
    "piece_cut": events.PieceCut,
    "transcript": events.Transcribed,
    "playback_started": events.PlaybackStarted,
    "playback_ended": events.PlaybackEnded,
    "key_pressed": events.CommandGiven,
    "assessed": events.Assessed,
    "engine_fell_back": events.EngineFellBack,
    "input_ended": events.InputEnded,
    "room_said": events.RoomSaid,
    "frames_lost": events.FramesLost,
    "language_heard": events.LanguageHeard,
}
"""Kinds of lines that are events; ticks are not written, they follow from the time."""

_KEYS = {"start_s": "start", "end_s": "end"}
"""Fields that are called otherwise outside."""
_NAMES = {kind: name for name, kind in KINDS.items()}


def encode(event: Event) -> dict[str, object]:
    """*event* as the content of a journal line; what is as usual is left out."""
    line: dict[str, object] = {"t": event.at_s, "kind": _NAMES[type(event)]}
    for item in fields(event):
        value = getattr(event, item.name)
        if item.name != "at_s" and (item.default is MISSING or value != item.default):
            line[_KEYS.get(item.name, item.name)] = _plain(value)
    return line


def decode(line: Mapping[str, Any]) -> Event | None:
    """The event of a journal line; None for a note or an unknown kind. Unknown fields are ignored.

    Raises ValueError when a field is missing that has no default.
    """
    kind = KINDS.get(str(line.get("kind")))
    if kind is None:
        return None
    values: dict[str, Any] = {"at_s": line["t"]}
    for item in fields(kind):
        if item.name == "at_s":
            continue
        key = _KEYS.get(item.name, item.name)
        if key not in line and item.default is not MISSING:
            continue
        if key not in line:
            message = f"a {line['kind']} without {key}"
            raise ValueError(message)
        values[item.name] = _typed(item.name, line[key])
    event: Event = kind(**values)
    return event


def to_line(content: Mapping[str, object]) -> str:
    """One line of the journal, line end included."""
    return json.dumps(content, ensure_ascii=False, separators=(", ", ": ")) + "\n"


def parse(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The contents of journal *lines*; a last line that was cut off in writing ends it."""
    for line in lines:
        try:
            content = json.loads(line)
        except json.JSONDecodeError:
            return
        if not isinstance(content, dict) or "t" not in content:
            return
        yield content


def word_to_dict(word: Word) -> dict[str, object]:
    """A word as the contract spells it."""
    content: dict[str, object] = {
        "text": word.text,
        "start": word.start_s,
        "end": word.end_s,
        "p": word.p,
        "filler": word.filler,
    }
    if word.heard is not None:
        content["heard"] = word.heard
    return content


def word_from_dict(content: Mapping[str, Any]) -> Word:
    """The inverse of :func:`word_to_dict`."""
    return Word(
        text=content["text"],
        start_s=content["start"],
        end_s=content["end"],
        p=content.get("p"),
        filler=bool(content.get("filler", False)),
        heard=content.get("heard"),
    )


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [word_to_dict(item) if isinstance(item, Word) else item for item in value]
    return value


def _typed(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON in, a field's value out
    if name == "words":
        return tuple(word_from_dict(item) for item in value)
    if name == "name" and value in set(events.CommandName):
        return events.CommandName(value)
    return tuple(value) if isinstance(value, list) else value
