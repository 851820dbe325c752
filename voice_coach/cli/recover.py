"""``voice-coach recover``: finish sessions that were interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from voice_coach.cli.options import CommandOptions, NamedPath, command_options, progress_console
from voice_coach.compose.content import content_for
from voice_coach.compose.named import check_kept
from voice_coach.compose.recover import recover_all
from voice_coach.core.counting import counted

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--sessions", type=NamedPath(), metavar="DIR", help="Where sessions are kept.")
@command_options
def recover(given: CommandOptions, sessions: Path | None) -> None:
    """Finish the sessions that a crash or power cut interrupted.

    Sound, transcript, analysis and report are brought to their end: what was not transcribed yet is, and what could
    not be is tried again. A session that is finished is left alone.
    """
    config = given.config()
    check_kept(config, sessions, given.config_path)
    content = content_for(config)
    console = progress_console()
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("looking for sessions", total=None)

        def begin(path: Path) -> None:
            console.print(f"finishing {path}", soft_wrap=True)
            bar.update(task, description=f"finishing {path.name}")

        def tell(text: str) -> None:
            console.print(text, soft_wrap=True, markup=False)

        recovery = recover_all(config, content, sessions, on_session=begin, tell=tell)
    if given.is_json:
        given.print_json(
            [
                {
                    "session": str(item.folder),
                    "audio_s": item.audio_s,
                    "words": item.words,
                    "failed": item.failed,
                }
                for item in recovery.done
            ]
        )
    else:
        for item in recovery.done:
            told = f"; {item.failed} of its pieces could not be transcribed" if item.failed else ""
            click.echo(f"{item.folder}: {item.audio_s:.0f} s of sound, {counted(item.words, 'word')}{told}")
        if not recovery.done and not recovery.failures:
            click.echo("nothing to recover")
    for failure in recovery.failures[:-1]:
        click.echo(f"voice-coach: {failure}", err=True)
    if recovery.failures:
        raise recovery.failures[-1]
