"""Why a drill comes next, in words."""

from __future__ import annotations

import string
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from voice_coach.core.counting import counted
from voice_coach.prompts.folder import Problem, list_problems, load_checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_LINE = 25
"""Words of a line, each slot counted as one but for a noun."""
NOUN_WORDS = 8
_SLOTS = {
    "unheard_new": {"when", "noun"},
    "unheard": {"when", "noun", "done"},
    "missing": {"when", "missed", "parts"},
    "failed": {"when"},
    "passed": {"when"},
    "first_due": {"when"},
    "days": {"number"},
    "weeks": {"number"},
    "months": {"number"},
}
"""What each line must hold; all others hold none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDrillLines:
    """The file ``next_drill.toml``."""

    __pydantic_config__ = {"extra": "forbid"}

    unheard_new: str
    """Never done; its element was not heard in a rehearsal."""
    unheard: str
    new: str
    missing: str
    """Due; parts were missing."""
    failed: str
    passed: str
    first_due: str
    """None is due."""
    today: str
    yesterday: str
    days: str
    weeks: str
    months: str


def load_next_drill(path: Path) -> NextDrillLines:
    """The lines in the file at *path*. Raises PromptError."""
    return load_checked(path, NextDrillLines, _problems)


def check_next_drill(path: Path) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, NextDrillLines, _problems)


def _problems(lines: NextDrillLines) -> Iterator[Problem]:
    for field in fields(NextDrillLines):
        text: str = getattr(lines, field.name)
        wanted = _SLOTS.get(field.name, set())
        try:
            held = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError as error:
            yield Problem((field.name,), f"braces: {error}")
            continue
        words = len(text.split()) + (NOUN_WORDS - 1 if "noun" in held else 0)
        if not 1 <= words <= LONGEST_LINE:
            yield Problem((field.name,), f"{counted(words, 'word')} spoken; 1 to {LONGEST_LINE}")
        if held != wanted:
            names = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "no placeholder"
            yield Problem((field.name,), f"must hold {names} and nothing else in braces")
