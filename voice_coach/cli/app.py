"""The group of commands, and what becomes of errors."""

from __future__ import annotations

import difflib
import errno
import logging
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from voice_coach import __version__, interruption
from voice_coach.cli import INTERRUPTED, manual
from voice_coach.cli.streams import let_go
from voice_coach.core.errors import CoachError, ConfigError, EngineError, InputError, PromptError

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM = "voice-coach"
DONE, WRONG_USE, FAILED = 0, 2, 3
_UNWRITABLE = frozenset({errno.ENOSPC, errno.EFBIG, errno.EIO})
COMMANDS = {
    "practice": "voice_coach.cli.practice",
    "drill": "voice_coach.cli.drill",
    "tonight": "voice_coach.cli.tonight",
    "analyze": "voice_coach.cli.analyze",
    "report": "voice_coach.cli.report",
    "questions": "voice_coach.cli.questions",
    "devices": "voice_coach.cli.checks",
    "doctor": "voice_coach.cli.checks",
    "history": "voice_coach.cli.history",
    "recover": "voice_coach.cli.recover",
    "models": "voice_coach.cli.models",
    "completion": "voice_coach.cli.completion",
}
"""Name of the command and the module that holds it, imported when it is called."""


class LazyGroup(click.Group):
    """Imports a command's module only when that command is wanted: the first word is spoken sooner."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of ``COMMANDS``."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called *cmd_name*."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        import importlib

        command: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name)
        return manual.described(command, cmd_name)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names of commands, whose modules are not imported for it: a shell waits."""
        names = [CompletionItem(name) for name in COMMANDS if name.startswith(incomplete)]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that *args* name. Raises UsageError that suggests the nearest."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(COMMANDS)}"
            ctx.fail(f"no command is called {name!r}; {hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - Click's own signature
        """As Click does; but Ctrl-C is told on one line, where Click would put an empty one before."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as failure:
            raise click.Abort from failure


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=manual.epilog(),
)
@click.version_option(__version__, message="%(version)s")
@click.option("--debug", is_flag=True, help="Show tracebacks and what happens.")
@click.pass_context
def app(ctx: click.Context, *, debug: bool) -> None:
    """Rehearse backend system-design interviews aloud, on your own machine.

    On a terminal, `voice-coach` alone offers a short menu. Every command has a help of its own.
    """
    del debug  # read before the command line is parsed
    if ctx.invoked_subcommand is not None:
        return
    from voice_coach.cli import menu

    if not menu.is_wanted():
        click.echo(ctx.get_help())
    elif (name := menu.chosen_command(COMMANDS)) is not None:
        click.echo(f"{PROGRAM} {name}", err=True)
        app.main(args=[name], prog_name=PROGRAM, standalone_mode=False)


def main() -> int:
    """The console script, but for what comes before all imports: the exit status."""
    _mend_streams()
    return run(sys.argv[1:])


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit status. Every failure is one line on stderr, unless ``--debug`` is given."""
    debug = "--debug" in arguments
    logging.basicConfig(
        level=logging.DEBUG if debug else logging.ERROR,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    for library in ("faster_whisper", "numba", "urllib3", "httpx", "matplotlib"):
        logging.getLogger(library).setLevel(logging.ERROR)
    try:
        _invoke(arguments)
    except (KeyboardInterrupt, click.Abort):
        return _interrupted()
    except Exception as failure:
        if _is_interruption(failure):
            return _interrupted()
        if debug:
            raise
        return _explained(failure)
    return DONE


def _invoke(arguments: Sequence[str]) -> None:
    try:
        app.main(args=list(arguments), prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as failure:
        click.echo(failure.format_message())
    except BrokenPipeError:
        let_go(sys.stdout)
    except SystemExit:
        """So Click ends when nobody reads what they print: ``voice-coach … | head``. Nothing else does."""


def _is_interruption(failure: Exception) -> bool:
    """Whether *failure* is what an engine or its library made of Ctrl-C. What could not be saved after it is none."""
    return interruption.has_come() and not (
        isinstance(failure, CoachError) and not isinstance(failure, EngineError)
    )


def _interrupted() -> int:
    if sys.stderr.isatty():
        click.echo(err=True)  # ends the line on which the terminal shows ^C
    return _complain("interrupted", INTERRUPTED)


def _explained(failure: Exception) -> int:
    match failure:
        case click.NoSuchOption() if failure.ctx is not None and failure.ctx.parent is None:
            message = f"no option {failure.option_name} before a command; options stand after it"
            return _complain(message, WRONG_USE)
        case click.ClickException():
            return _complain(failure.format_message(), WRONG_USE)
        case ConfigError() | PromptError() | InputError():
            return _complain(str(failure), WRONG_USE)
        case CoachError():
            return _complain(str(failure), FAILED)
        case OSError() if failure.strerror:
            return _complain(f"{_thing(failure)}: {failure.strerror}", FAILED)
        case _:
            reason = str(failure) or type(failure).__name__
            message = f"unexpected failure: {reason} (run again with --debug for the details)"
            return _complain(message, FAILED)


def _thing(failure: OSError) -> str:
    """What could not be opened, read or written."""
    if failure.filename:
        return str(failure.filename)
    # Of all that is written, only what is printed is not translated by the adapter that writes it.
    return "the output cannot be written" if failure.errno in _UNWRITABLE else "the system refused"


def _mend_streams() -> None:
    """Have all three standard streams, and no character that one of them cannot show end a session.

    One that whoever started the program closed would be None here, and its number that of the next file opened.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, number)
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _complain(message: str, status: int) -> int:
    line = " ".join(message.split())
    with suppress(OSError):  # nobody can be told that nobody can be told
        click.echo(f"voice-coach: {line}", err=True)
    return status
