"""What all commands share: their options, consoles and the configuration."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import click
from rich.console import Console

from voice_coach.config import Config, load_config

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOptions:
    """The options that every command has."""

    config_path: Path | None
    is_json: bool

    def config(self) -> Config:
        """The configuration. Raises ConfigError."""
        return load_config(self.config_path)

    def console(self) -> Console:
        """Where people read: stdout, or stderr when stdout is for JSON."""
        return Console(stderr=self.is_json, highlight=False)

    def print_json(self, document: object) -> None:
        """The one JSON document of ``--json``."""
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))


def command_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds ``--config``, ``--json`` and ``--debug``; the command gets a :class:`CommandOptions` first."""

    @click.option(
        "--config", "config_path", metavar="FILE", type=Path, help="Settings laid over the bundled ones."
    )
    @click.option("--json", "is_json", is_flag=True, help="One JSON document on stdout, nothing else.")
    @click.option("--debug", is_flag=True, help="Show tracebacks and what happens.")
    @wraps(command)
    def with_options(*, config_path: Path | None, is_json: bool, debug: bool, **arguments: Any) -> None:  # noqa: ANN401 - click hands the command's own options on
        del debug  # read before the command line is parsed
        command(CommandOptions(config_path=config_path, is_json=is_json), **arguments)

    return with_options


def progress_console() -> Console:
    """For progress: stderr."""
    return Console(stderr=True, highlight=False)
