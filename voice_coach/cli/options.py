"""What all commands share: their options, consoles and the configuration."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import click
from rich.console import Console

from voice_coach.cli.streams import let_go
from voice_coach.compose.options import Speed
from voice_coach.config import Config, load_config
from voice_coach.core.errors import ConfigError
from voice_coach.toml_file import read_text

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

    @property
    def is_watched(self) -> bool:
        """Whether somebody sits before a terminal: a script neither answers nor presses keys."""
        return not self.is_json and sys.stdin.isatty() and sys.stdout.isatty()

    def console(self) -> Console:
        """Where people read: stdout, or stderr when stdout is for JSON."""
        return plain_console(stderr=self.is_json)

    def print_json(self, document: object) -> None:
        """The one JSON document of ``--json``: UTF-8, whatever stdout is set to. Half a character is escaped."""
        text = json.dumps(document, ensure_ascii=False, indent=1)
        click.echo(text.encode(errors="backslashreplace"))


def command_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds ``--config``, ``--json`` and ``--debug``; the command gets a :class:`CommandOptions` first."""

    @click.option(
        "--config",
        "config_path",
        metavar="FILE",
        type=NamedPath(),
        help="Settings laid over the bundled ones.",
    )
    @click.option("--json", "is_json", is_flag=True, help="One JSON document on stdout, nothing else.")
    @click.option("--debug", is_flag=True, help="Show tracebacks and what happens.")
    @wraps(command)
    def with_options(*, config_path: Path | None, is_json: bool, debug: bool, **arguments: Any) -> None:  # noqa: ANN401 - click hands the command's own options on
        del debug  # read before the command line is parsed
        if config_path is not None:
            read_text(config_path, ConfigError)  # commands that need no setting leave it at that
        command(CommandOptions(config_path=config_path, is_json=is_json), **arguments)

    return with_options


def sound_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds ``--input``, ``--output`` and ``--speed``, as a rehearsal and a drill have them."""
    heard = click.option(
        "--input",
        type=DeviceOrFile(),
        metavar="DEVICE|FILE|ROOM.toml",
        help="Microphone, recording or simulated room.",
    )
    spoken = click.option(
        "--output",
        type=DeviceOrFile(),
        metavar="DEVICE|FILE.wav|none",
        help="Loudspeaker, or a file for both channels.",
    )
    speed = click.option(
        "--speed",
        type=click.Choice([item.value for item in Speed]),
        help="How fast a recording or room is played.",
    )
    return heard(spoken(speed(command)))


def progress_console() -> Console:
    """For progress: stderr."""
    return plain_console(stderr=True)


class _PatientConsole(Console):
    """Falls silent when nobody reads it any more, and lets the command go on: a rehearsal is heard all the same."""

    def on_broken_pipe(self) -> None:
        """In place of Rich's, which ends the program."""
        self.quiet = True
        let_go(self.file)


def plain_console(*, stderr: bool = False) -> Console:
    """Shows text as it is: brackets and colons in a transcript or a path are no markup."""
    return _PatientConsole(stderr=stderr, highlight=False, markup=False, emoji=False)


class NamedPath(click.ParamType[Path]):
    """A file or folder that somebody named; ``~`` is their home, also where no shell has seen it."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ANN401 - Click's own signature
        """*value* as a path. Fails for an empty one, which would be the current folder."""
        if not str(value).strip():
            self.fail("it is empty; name a file or folder", param, ctx)
        return _at_home(Path(value))


class DeviceOrFile(click.ParamType[str]):
    """A device's name, or a file in which ``~`` is somebody's home."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401 - Click's own signature
        """*value* as it is, but for the home."""
        del param, ctx
        return str(_at_home(Path(value))) if str(value).startswith("~") else str(value)


def _at_home(path: Path) -> Path:
    """*path* with ``~`` put in full, if there is such a home."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path
