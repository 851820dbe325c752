"""What can be said to the coach rather than in the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voice_coach.core.content import SpokenCommand
from voice_coach.core.events import CommandName
from voice_coach.prompts.folder import Problem, cue_problems, list_problems, load_checked, repeated_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Commands:
    __pydantic_config__ = {"extra": "forbid"}

    command: tuple[SpokenCommand, ...]
    before: tuple[str, ...] = ()
    """Words that may stand before any command: "okay", "sorry"."""
    after: tuple[str, ...] = ()
    """The same behind it: "please"."""


def load_commands(path: Path) -> tuple[SpokenCommand, ...]:
    """The spoken commands in the file at *path*, polite words at the edges of their cues included.

    Raises PromptError.
    """
    commands = load_checked(path, _Commands, _problems)
    before = _perhaps(commands.before)
    after = _perhaps(commands.after)

    def polite(cues: Sequence[str]) -> tuple[str, ...]:
        return tuple(f"{before} {before} ({cue}) {after}".strip() for cue in cues)

    return tuple(
        replace(command, cues=polite(command.cues), addressed=polite(command.addressed))
        for command in commands.command
    )


def check_commands(path: Path) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, _Commands, _problems)


def _perhaps(cues: Sequence[str]) -> str:
    return f"({'|'.join(cues)})?" if cues else ""


def _problems(commands: _Commands) -> Iterator[Problem]:
    yield from repeated_ids(("command",), [command.id for command in commands.command])
    yield from cue_problems(("before",), commands.before)
    yield from cue_problems(("after",), commands.after)
    for index, command in enumerate(commands.command):
        if command.id not in set(CommandName):
            known = ", ".join(CommandName)
            yield Problem(("command", index, "id"), f"{command.id!r} is no command; known are {known}")
        yield from cue_problems(("command", index, "cues"), command.cues)
        yield from cue_problems(("command", index, "addressed"), command.addressed)
