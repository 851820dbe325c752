"""What can be said to the coach rather than in the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.content import SpokenCommand
from voice_coach.core.events import CommandName
from voice_coach.prompts.folder import Problem, cue_problems, list_problems, load_checked, repeated_ids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Commands:
    __pydantic_config__ = {"extra": "forbid"}

    command: tuple[SpokenCommand, ...]


def load_commands(path: Path) -> tuple[SpokenCommand, ...]:
    """The spoken commands in the file at *path*. Raises PromptError."""
    return load_checked(path, _Commands, _problems).command


def check_commands(path: Path) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, _Commands, _problems)


def _problems(commands: _Commands) -> Iterator[Problem]:
    yield from repeated_ids(("command",), [command.id for command in commands.command])
    for index, command in enumerate(commands.command):
        if command.id not in set(CommandName):
            known = ", ".join(CommandName)
            yield Problem(("command", index, "id"), f"{command.id!r} is no command; known are {known}")
        yield from cue_problems(("command", index, "cues"), command.cues)
