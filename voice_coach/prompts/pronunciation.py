"""How terms, units and signs are written for the voices."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from voice_coach.core.speakable import Pronunciation
from voice_coach.prompts.folder import Problem, list_problems, load_checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def load_pronunciation(path: Path) -> Pronunciation:
    """The tables in the file at *path*. Raises PromptError."""
    return load_checked(path, Pronunciation, _problems)


def check_pronunciation(path: Path) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, Pronunciation, _problems)


def _problems(pronunciation: Pronunciation) -> Iterator[Problem]:
    for table in fields(Pronunciation):
        for written, spoken in getattr(pronunciation, table.name).items():
            if not written.strip():
                yield Problem((table.name, written), "an empty key stands for nothing; remove it")
            elif not spoken.strip():
                yield Problem((table.name, written), "would not be said at all; write how it sounds")
