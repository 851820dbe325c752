"""The steps of the night before, and what is said between them."""

from __future__ import annotations

import string
from dataclasses import fields
from math import isclose
from typing import TYPE_CHECKING

from voice_coach.core.counting import counted
from voice_coach.core.drill import KINDS
from voice_coach.core.evening_content import EveningBook, EveningLines
from voice_coach.prompts.folder import Problem, cue_problems, list_problems, load_checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voice_coach.toml_lines import Key

LONGEST_LINE = 30
"""Words of a line, its slots not counted."""
LONGEST_SENTENCE = 16
"""Words of what is put into a slot: a purpose, or what to keep in mind."""
MORNING_MINUTES = 8.0
"""As the coach announces them: the drills and what is said between come to just that."""
_MORNING_TALK = (0.5, 3.0)
_MINUTES = (0.5, 30.0)
_VALUES = (0.0, 100.0)
_STEP = {"name", "purpose", "length"}
_SLOTS = {
    "hours_taken": {"hours"},
    "opening": {"hours", "steps", "length"},
    "going_on": {"steps", "length"},
    "morning": {"steps"},
    "morning_keep": {"keep"},
    "first": _STEP,
    "next": _STEP,
    "weak": _STEP,
    "again": _STEP,
    "dropped": {"steps"},
    "rest": {"length"},
    "rest_passed": {"length"},
    "well_answer": {"what", "strength"},
    "well_quote": {"what", "quote"},
    "well": {"what"},
    "practised": {"what"},
    "unjudged": {"what"},
    "keep": {"keep"},
}
"""What each line must hold; all others hold none."""


def load_evening(path: Path) -> EveningBook:
    """The evening in the file at *path*. Raises PromptError."""
    return load_checked(path, EveningBook, _problems)


def check_evening(path: Path) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, EveningBook, _problems)


def _problems(book: EveningBook) -> Iterator[Problem]:
    yield from _text_problems(("keep",), book.keep, set(), LONGEST_SENTENCE)
    for name, slots in (("name", set()), ("plural", {"number"}), ("new", set())):
        yield from _text_problems(("answer", name), getattr(book.answer, name), slots, LONGEST_SENTENCE)
    for name in ("familiar", "again"):
        yield from _text_problems(
            ("answer", name), getattr(book.answer, name), {"question"}, LONGEST_SENTENCE
        )
    yield from _drill_problems(book)
    yield from _morning_problems(book)
    for item in fields(book.words):
        cues: tuple[str, ...] = getattr(book.words, item.name)
        if not cues and item.name != "misheard_go":
            yield Problem(("words", item.name), "needs at least one cue")
        yield from cue_problems(("words", item.name), cues)
    for item in fields(EveningLines):
        variants: tuple[str, ...] = getattr(book.line, item.name)
        if not variants:
            yield Problem(("line", item.name), "needs at least one variant")
        for index, text in enumerate(variants):
            where = ("line", item.name, index)
            yield from _text_problems(where, text, _SLOTS.get(item.name, set()), LONGEST_LINE)


def _drill_problems(book: EveningBook) -> Iterator[Problem]:
    kinds = [drill.kind for drill in book.drill]
    yield from _kind_problems("drill", kinds)
    missing = [kind for kind in KINDS if kind not in kinds]
    if missing:
        yield Problem(("drill",), f"needs a table for each kind of drill; there is none for {missing[0]}")
    for index, drill in enumerate(book.drill):
        where = ("drill", index)
        for name in ("name", "purpose", "keep"):
            yield from _text_problems((*where, name), getattr(drill, name), set(), LONGEST_SENTENCE)
        yield from _number_problems((*where, "minutes"), drill.minutes, _MINUTES)
        yield from _number_problems((*where, "value"), drill.value, _VALUES)


def _morning_problems(book: EveningBook) -> Iterator[Problem]:
    yield from _kind_problems("morning", [drill.kind for drill in book.morning])
    if not book.morning:
        yield Problem(("morning",), "needs at least one drill")
    for index, drill in enumerate(book.morning):
        where = ("morning", index)
        yield from _text_problems((*where, "purpose"), drill.purpose, set(), LONGEST_SENTENCE)
        yield from _number_problems((*where, "minutes"), drill.minutes, _MINUTES)
        if drill.items is not None and drill.items < 1:
            yield Problem((*where, "items"), f"{counted(drill.items, 'prompt')}; at least 1")
    yield from _number_problems(("morning_talk_minutes",), book.morning_talk_minutes, _MORNING_TALK)
    minutes = sum(drill.minutes for drill in book.morning) + book.morning_talk_minutes
    if not isclose(minutes, MORNING_MINUTES):
        yield Problem(
            ("morning",),
            f"with the talk between, the drills take {counted(minutes, 'minute')}; {MORNING_MINUTES:g} are announced",
        )


def _kind_problems(table: str, kinds: Sequence[str]) -> Iterator[Problem]:
    for index, kind in enumerate(kinds):
        if kind not in KINDS:
            yield Problem((table, index, "kind"), f"{kind!r} is no drill; known are {', '.join(KINDS)}")
        elif kind in kinds[:index]:
            yield Problem((table, index, "kind"), f"{kind!r} stands here twice; once each")


def _number_problems(where: tuple[Key, ...], value: float, bounds: tuple[float, float]) -> Iterator[Problem]:
    low, high = bounds
    if not low <= value <= high:
        yield Problem(where, f"{value:g} is out of range; choose between {low:g} and {high:g}")


def _text_problems(where: tuple[Key, ...], text: str, slots: set[str], most: int) -> Iterator[Problem]:
    try:
        held = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        yield Problem(where, f"braces: {error}")
        return
    words = sum(not word.startswith("{") for word in text.split())
    if not (text.strip() and words <= most):
        yield Problem(where, f"{counted(words, 'word')} spoken; 1 to {most}")
    if held != slots:
        wanted = ", ".join(f"{{{name}}}" for name in sorted(slots)) or "nothing in braces"
        yield Problem(where, f"must hold {wanted}")
