"""Checks what is said after an answer: short enough for the ear, slots as promised, one advice for each
element.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from voice_coach.core.gate import Reason
from voice_coach.core.pacing import Length
from voice_coach.core.rubric import Advice, FeedbackTexts, Praise
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
    "items": 16,
    "length": 5,
    "low": 4,
    "high": 4,
    "component": 3,
    "Component": 3,
    "noun": 6,
    "pace": 4,
    "number": 2,
    "missing": 17,
    "stronger": 15,
    "try_saying": 22,
    "goal": 21,
}
"""How many words a slot is filled with, at most."""
_BUILT = {
    "own": 10,
    "Own": 10,
    "said": 10,
    "Said": 10,
    "reason": 10,
    "load": 5,
    "limit": 2,
    "parts": 9,
    "steps": 16,
}
"""The candidate's own words: a clause about the component, the clause that was half of it, how the data is read, a
number of the load, a time limit, the parts and the steps of the answer. A line is used where they fit."""
_HEARD = {"time", "quote"}
_FIELDS: Mapping[str, set[str]] = {
    "strength": _HEARD,
    "strength_unprompted": set(),
    "strength_prompted": set(),
    "also": {"items"},
    "strength_none": _HEARD,
    "strength_only_time": {"length"},
    "first_fix": {"missing"},
    "second_fix": {"missing"},
    "first_doubt": {"missing"},
    "second_doubt": {"missing"},
    "first_stronger": {"stronger"},
    "second_stronger": {"stronger"},
    "heard": _HEARD,
    "heard_start": {"quote"},
    "heard_end": {"quote"},
    "say": {"try_saying"},
    "redo": {"goal"},
    "redo_met": set(),
    "prompted": {"noun"},
    "say_unasked": {"try_saying"},
    "why_unasked": set(),
    "why_early": set(),
    "late": {"noun", "time"},
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
        yield from _met_problems(("advice", index), advice)
    for index, praise in enumerate(texts.praise):
        yield from _praise_problems(("praise", index), praise)
    for key, items in (
        ("advice", [a.item for a in texts.advice]),
        ("praise", [p.item for p in texts.praise]),
    ):
        if sorted(items) != sorted(CHECKLIST):
            yield Problem((key,), f"needs one table for each of {', '.join(CHECKLIST)}")


def _advice_problems(where: Location, advice: Advice, slots: set[str]) -> Iterator[Problem]:
    yield from _list_problems((*where, "missing"), advice.missing, slots, _SLOT_WORDS["missing"])
    yield from _list_problems((*where, "why"), advice.why, set())
    yield from _list_problems((*where, "redo"), advice.redo, set(), _SLOT_WORDS["goal"], {"component"})
    if "any" not in advice.try_saying:
        yield Problem((*where, "try_saying"), "needs the key any, for answers that name no component")
    for category, lines in advice.try_saying.items():
        always = set() if category == "any" else {"component", "Component"}
        if category == "said":
            always |= set(_BUILT)
        yield from _say_problems((*where, "try_saying", category), lines, always)


def _met_problems(where: Location, advice: Advice) -> Iterator[Problem]:
    yield from _list_problems((*where, "stronger"), advice.stronger, set(), _SLOT_WORDS["stronger"])
    yield from _say_problems((*where, "next_saying"), advice.next_saying, set())


def _praise_problems(where: Location, praise: Praise) -> Iterator[Problem]:
    yield from _list_problems((*where, "lines"), praise.lines, set())
    yield from _list_problems((*where, "noun"), [praise.noun], set(), _SLOT_WORDS["noun"])


def _say_problems(where: Location, lines: Sequence[str], always: set[str]) -> Iterator[Problem]:
    """*always*: the slots that the last line may hold; the others may not fit, and it is what is left then."""
    if not lines:
        yield Problem(where, "needs at least one line")
    for index, line in enumerate(lines):
        is_last = index + 1 == len(lines)
        optional = always if is_last else {"component", "Component", *_BUILT}
        most = _SLOT_WORDS["try_saying"] if is_last and not always & set(_BUILT) else None
        yield from _line_problems((*where, index), line, set(), most, optional)


def _list_problems(
    where: Location,
    lines: Sequence[str],
    slots: set[str],
    most: int = MOST_WORDS,
    optional: AbstractSet[str] = frozenset(),
) -> Iterator[Problem]:
    if not lines:
        yield Problem(where, "needs at least one line")
    for index, line in enumerate(lines):
        yield from _line_problems((*where, index), line, slots, most, optional)


def _line_problems(
    where: Location, line: str, slots: set[str], most: int | None, optional: AbstractSet[str]
) -> Iterator[Problem]:
    try:
        held = {name for _, name, _, _ in string.Formatter().parse(line) if name is not None}
    except ValueError as error:
        yield Problem(where, f"braces: {error}")
        return
    if held - optional != slots:
        wanted = ", ".join(f"{{{name}}}" for name in sorted(slots)) or "no slot"
        yield Problem(where, f"must hold {wanted} and no other")
    words = spoken_words(line)
    if most is not None and not 1 <= words <= most:
        yield Problem(where, f"up to {words} words spoken; at most {most}")


def spoken_words(line: str) -> int:
    """The words of *line* with its slots filled as fully as they can be."""
    for slot, words in (_SLOT_WORDS | _BUILT).items():
        line = line.replace(f"{{{slot}}}", ("word " * words).strip())
    return len(line.split())
