"""Checks what is said after an answer: short enough for the ear, slots as promised, one advice for each
element.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from voice_coach.core.gate import Reason
from voice_coach.core.pacing import Length
from voice_coach.core.rubric import Advice, FeedbackTexts
from voice_coach.core.rubric_ids import CHECKLIST
from voice_coach.prompts.folder import Problem

if TYPE_CHECKING:
    from voice_coach.toml_lines import Key

    Location = tuple[Key, ...]

MOST_WORDS = 25
"""Of a spoken line."""
_SLOT_WORDS = {
    "time": 3,
    "quote": 12,
    "length": 5,
    "low": 4,
    "high": 4,
    "component": 3,
    "Component": 3,
    "pace": 4,
    "number": 2,
    "missing": 17,
    "try_saying": 23,
    "goal": 22,
}
"""How many words a slot is filled with, at most."""
_HEARD = {"time", "quote"}
_FIELDS: Mapping[str, set[str]] = {
    "strength": _HEARD,
    "strength_unprompted": set(),
    "strength_prompted": set(),
    "strength_none": _HEARD,
    "strength_only_time": {"length"},
    "first_fix": set(),
    "second_fix": set(),
    "heard_near": _HEARD,
    "heard_start": {"quote"},
    "heard_end": {"quote"},
    "doubt": {"missing"},
    "say": {"try_saying"},
    "redo": {"goal"},
    "prompted": set(),
    "sharper": set(),
}
_LENGTH_SLOTS = {
    Length.SHORT: {"length", "low"},
    Length.WITHIN: {"length"},
    Length.LONG: {"length", "high"},
}
_SPEECH_SLOTS = {"monologue": {"length"}, "pace": {"pace"}, "fillers": {"number"}}


def feedback_problems(texts: FeedbackTexts) -> Iterator[Problem]:
    """What is wrong beyond the shape."""
    for name, slots in _FIELDS.items():
        yield from _list_problems((name,), getattr(texts, name), slots)
    for verdict, slots in _LENGTH_SLOTS.items():
        yield from _list_problems(("length", verdict.value), texts.length.get(verdict, ()), slots)
    for reason in Reason:
        yield from _list_problems(("not_assessed", reason.value), texts.not_assessed.get(reason, ()), set())
    for name, slots in _SPEECH_SLOTS.items():
        yield from _advice_problems((name,), getattr(texts, name), slots)
    for index, advice in enumerate(texts.advice):
        yield from _advice_problems(("advice", index), advice, set())
    for index, praise in enumerate(texts.praise):
        yield from _list_problems(("praise", index, "lines"), praise.lines, set())
    for key, items in (
        ("advice", [a.item for a in texts.advice]),
        ("praise", [p.item for p in texts.praise]),
    ):
        if sorted(items) != sorted(CHECKLIST):
            yield Problem((key,), f"needs one table for each of {', '.join(CHECKLIST)}")


def _advice_problems(where: Location, advice: Advice, slots: set[str]) -> Iterator[Problem]:
    yield from _list_problems((*where, "missing"), advice.missing, slots, _SLOT_WORDS["missing"])
    yield from _list_problems((*where, "redo"), advice.redo, set(), _SLOT_WORDS["goal"], {"component"})
    if "any" not in advice.try_saying:
        yield Problem((*where, "try_saying"), "needs the key any, for answers that name no component")
    for category, lines in advice.try_saying.items():
        optional = set() if category == "any" else {"component", "Component"}
        location = (*where, "try_saying", category)
        yield from _list_problems(location, lines, set(), _SLOT_WORDS["try_saying"], optional)


def _list_problems(
    where: Location,
    lines: Sequence[str],
    slots: set[str],
    most: int = MOST_WORDS,
    optional: set[str] | None = None,
) -> Iterator[Problem]:
    if not lines:
        yield Problem(where, "needs at least one line")
    for index, line in enumerate(lines):
        try:
            held = {name for _, name, _, _ in string.Formatter().parse(line) if name is not None}
        except ValueError as error:
            yield Problem((*where, index), f"braces: {error}")
            continue
        if held - (optional or set()) != slots:
            wanted = ", ".join(f"{{{name}}}" for name in sorted(slots)) or "no slot"
            yield Problem((*where, index), f"must hold {wanted} and no other")
        words = spoken_words(line)
        if not 1 <= words <= most:
            yield Problem((*where, index), f"up to {words} words spoken; at most {most}")


def spoken_words(line: str) -> int:
    """The words of *line* with its slots filled as fully as they can be."""
    for slot, words in _SLOT_WORDS.items():
        line = line.replace(f"{{{slot}}}", ("word " * words).strip())
    return len(line.split())
