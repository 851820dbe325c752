"""What can be said to the coach rather than in the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.core.content import SpokenCommands
from voice_coach.core.events import REVIEW_COMMANDS, CommandName
from voice_coach.prompts.folder import Problem, cue_problems, list_problems, load_checked, repeated_ids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def load_commands(path: Path) -> SpokenCommands:
    """The spoken commands in the file at *path*. Raises PromptError."""
    return load_checked(path, SpokenCommands, _problems)


def check_commands(path: Path) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, SpokenCommands, _problems)


def _problems(commands: SpokenCommands) -> Iterator[Problem]:
    yield from repeated_ids(("command",), [command.id for command in commands.command])
    if not commands.coach:
        yield Problem(("coach",), "needs at least one name")
    for key in ("coach", "coach_misheard", "opener", "before", "after"):
        yield from cue_problems((key,), getattr(commands, key))
    for index, command in enumerate(commands.command):
        if command.id not in set(CommandName) - REVIEW_COMMANDS:
            known = ", ".join(name for name in CommandName if name not in REVIEW_COMMANDS)
            yield Problem(("command", index, "id"), f"{command.id!r} is no command; known are {known}")
        if not command.cues:
            yield Problem(("command", index, "cues"), "needs at least one cue")
        for key in ("cues", "at_once", "addressed", "misheard", "unbelieved"):
            yield from cue_problems(("command", index, key), getattr(command, key))
    yield from repeated_ids(("review",), [command.id for command in commands.review])
    for index, asked in enumerate(commands.review):
        if asked.id not in REVIEW_COMMANDS:
            known = ", ".join(name for name in CommandName if name in REVIEW_COMMANDS)
            yield Problem(("review", index, "id"), f"{asked.id!r} cannot be asked; known are {known}")
        if not asked.cues:
            yield Problem(("review", index, "cues"), "needs at least one cue")
        for key in ("cues", "begins", "misheard"):
            yield from cue_problems(("review", index, key), getattr(asked, key))
