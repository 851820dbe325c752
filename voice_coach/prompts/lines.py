"""The coach's sentences that belong to no question."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from voice_coach.core.content import Lines
from voice_coach.core.counting import counted
from voice_coach.prompts.folder import Problem, list_problems, load_checked, placeholder_problems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_LINE = 30
"""Words of a line."""
_PLACEHOLDERS = {
    "rules": {"minutes"},
    "time_left": {"elapsed", "left"},
    "time_past": {"elapsed", "left"},
    "time_over": {"elapsed"},
    "status_left": {"elapsed", "left"},
    "status_past": {"elapsed", "left"},
    "status_over": {"elapsed"},
    "status_parts": {"parts"},
    "time_cue": {"left"},
}
"""What each line must hold; all others hold none."""


def load_lines(path: Path) -> Lines:
    """The lines in the file at *path*. Raises PromptError."""
    return load_checked(path, Lines, _problems)


def check_lines(path: Path) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, Lines, _problems)


def _problems(lines: Lines) -> Iterator[Problem]:
    for field in fields(Lines):
        variants: tuple[str, ...] = getattr(lines, field.name)
        if not variants:
            yield Problem((field.name,), "needs at least one variant")
        for index, text in enumerate(variants):
            yield from _line_problems((field.name, index), text, _PLACEHOLDERS.get(field.name, set()))


def _line_problems(location: tuple[str, int], text: str, wanted: set[str]) -> Iterator[Problem]:
    words = len(text.split())
    if not 1 <= words <= LONGEST_LINE:
        yield Problem(location, f"{counted(words, 'word')} spoken; 1 to {LONGEST_LINE}")
    yield from placeholder_problems(location, text, wanted)
