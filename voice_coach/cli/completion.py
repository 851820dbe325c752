"""``voice-coach completion``, and what a shell is told to put in the place of half a word."""

from __future__ import annotations

from contextlib import suppress

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from voice_coach.adapters.session_folder import JOURNAL
from voice_coach.cli.options import CommandOptions, command_options
from voice_coach.config import load_config, questions_folder, session_folder
from voice_coach.core.drill import KINDS
from voice_coach.core.errors import CoachError
from voice_coach.prompts.folder import prompts_folder

SHELLS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command()
@click.argument("shell", type=click.Choice(tuple(SHELLS)))
@command_options
def completion(given: CommandOptions, shell: str) -> None:
    """Print the script by which your shell completes commands.

    It knows commands, options, and the names of questions, drills and sessions. Put it where your shell looks for such
    scripts (see the examples), or have it read at once: in bash by `source <(voice-coach completion bash)`.
    """
    from voice_coach.cli.app import PROGRAM, app

    variable = f"_{PROGRAM}_COMPLETE".replace("-", "_").upper()
    script = SHELLS[shell](app, {}, PROGRAM, variable).source()
    if given.is_json:
        given.print_json({"shell": shell, "script": script})
    else:
        click.echo(script)


def question_ids(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The ids of questions that begin so: the names of their files, which need not be read."""
    folders = [prompts_folder() / "questions"]
    with suppress(CoachError):  # a shell that completes is no place to complain
        folders.append(questions_folder(load_config()))
    ids = {path.stem for folder in folders for path in folder.glob("*.toml")}
    return sorted(one for one in ids if one.startswith(incomplete))


def drill_kinds(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The kinds of drills that begin so."""
    return [kind for kind in KINDS if kind.startswith(incomplete)]


def session_names(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The names of kept sessions that begin so, the latest first."""
    try:
        root = session_folder(load_config(), None)
        names = [path.parent.name for path in root.glob(f"*/{JOURNAL}")]
    except (CoachError, OSError):
        return []
    return sorted((name for name in names if name.startswith(incomplete)), reverse=True)
