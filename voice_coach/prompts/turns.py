"""Phrases that tell whether more is coming, or a question was asked."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from voice_coach.core.content import TurnCues
from voice_coach.prompts.folder import Problem, cue_problems, list_problems, load_checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def load_turn_cues(path: Path) -> TurnCues:
    """The cues in the file at *path*. Raises PromptError."""
    return load_checked(path, TurnCues, _problems)


def check_turn_cues(path: Path) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, TurnCues, _problems)


def _problems(cues: TurnCues) -> Iterator[Problem]:
    for field in fields(TurnCues):
        yield from cue_problems((field.name,), getattr(cues, field.name))
