"""Words that mean the same, for looking up what was said: ``prompts/same_words.toml``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.core.same_words import SameWords
from voice_coach.prompts.folder import Problem, cue_problems, list_problems, load_checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def load_same_words(path: Path) -> SameWords:
    """The groups in the file at *path*. Raises PromptError."""
    return load_checked(path, SameWords, _problems)


def check_same_words(path: Path) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, SameWords, _problems)


def _problems(words: SameWords) -> Iterator[Problem]:
    for name, cues in words.same.items():
        if not cues:
            yield Problem(("same", name), "needs at least one cue")
        yield from cue_problems(("same", name), cues)
