"""The journal's language: one JSON object a line, ``{"t": seconds, "kind": ..., ...}``.

Events are what :func:`voice_coach.core.session.step` was given; notes are what it made of them, for people and
programs that read the journal. A session is rebuilt from the events alone; readers ignore kinds they do not know.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from reprlib import repr as shortened
from types import UnionType
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from voice_coach.core import events
from voice_coach.core.model_state import Job
from voice_coach.core.transcript import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from voice_coach.core.events import Event

KINDS: Mapping[str, type[Any]] = {
    "session_started": events.SessionStarted,
    "speech_started": events.SpeechStarted,
    "speech_ended": events.SpeechEnded,
    "hint_heard": events.HintHeard,
    "piece_cut": events.PieceCut,
    "transcript": events.Transcribed,
    "drafted": events.Drafted,
    "playback_started": events.PlaybackStarted,
    "playback_ended": events.PlaybackEnded,
    "key_pressed": events.CommandGiven,
    "assessed": events.Assessed,
    "reviewed": events.Reviewed,
    "engine_fell_back": events.EngineFellBack,
    "input_ended": events.InputEnded,
    "room_said": events.RoomSaid,
    "frames_lost": events.FramesLost,
    "device_lost": events.DeviceLost,
    "device_back": events.DeviceBack,
    "machine_slept": events.MachineSlept,
    "language_heard": events.LanguageHeard,
    "model_wrote": events.ModelWrote,
    "model_failed": events.ModelFailed,
    "line_ready": events.LineReady,
}
"""Kinds of lines that are events; ticks are not written, they follow from the time."""

_KEYS = {
    "at_s": "t",
    "start_s": "start",
    "end_s": "end",
    "other_start_s": "other_start",
    "other_end_s": "other_end",
}
"""Fields that are called otherwise outside."""
MOST = 1e6
"""Of seconds, beyond any session: more than eleven days."""
_CALLED: Mapping[Any, str] = {
    float: f"a number up to {MOST:g}",
    int: "a whole number",
    bool: "true or false",
    str: "a text",
}
_TYPES = {kind: get_type_hints(kind) for kind in (*KINDS.values(), Word)}
_NAMES = {kind: name for name, kind in KINDS.items()}
_CHOICES = (events.CommandName, Job)


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

    Raises ValueError when a field is missing that has no default, or holds what is not of its type.
    """
    name = str(line.get("kind"))
    kind = KINDS.get(name)
    event: Event | None = None if kind is None else _filled(kind, line, name)
    return event


def to_line(content: Mapping[str, object]) -> str:
    """One line of the journal, line end included."""
    return json.dumps(content, ensure_ascii=False, separators=(", ", ": ")) + "\n"


def parse(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The contents of journal *lines*; a last line that was cut off in writing ends it."""
    for line in lines:
        try:
            content = json.loads(line)
        except ValueError:
            return
        if (
            not isinstance(content, dict)
            or "t" not in content
            or not isinstance(content.get("kind", ""), str)
        ):
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
    """The inverse of :func:`word_to_dict`. Raises ValueError as :func:`decode` does."""
    word: Word = _filled(Word, content, "word")
    return word


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [word_to_dict(item) if isinstance(item, Word) else item for item in value]
    return value


def _filled(kind: type[Any], content: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - what *kind* is
    """A *kind*, called *name*, with the values of *content*."""
    values: dict[str, Any] = {}
    for item in fields(kind):
        key = _KEYS.get(item.name, item.name)
        if key in content:
            values[item.name] = _typed(key, content[key], _TYPES[kind][item.name])
        elif item.default is MISSING:
            message = f"a {name} without {key}"
            raise ValueError(message)
    return kind(**values)


def _typed(key: str, value: Any, wanted: Any) -> Any:  # noqa: ANN401 - JSON in, a field's value out
    """The *value* of *key* as a *wanted*. Raises ValueError when it is none."""
    if get_origin(wanted) is UnionType:
        return None if value is None else _typed(key, value, get_args(wanted)[0])
    if get_origin(wanted) is tuple and isinstance(value, list):
        return tuple(_typed(key, item, get_args(wanted)[0]) for item in value)
    if wanted is Word and isinstance(value, dict):
        return word_from_dict(value)
    if wanted in _CHOICES and value in tuple(wanted):
        return wanted(value)
    if wanted is float and type(value) in (int, float) and abs(value) <= MOST:
        return float(value)
    if wanted in (bool, int, str) and type(value) is wanted:
        return value
    message = f"{key}: {shortened(value)} is not {_CALLED.get(wanted, 'what belongs there')}"
    raise ValueError(message)
