"""``voice-coach recover``: finish sessions that were interrupted."""

from __future__ import annotations

from pathlib import Path

import click

from voice_coach.cli.options import CommandOptions, command_options
from voice_coach.compose.content import load_content
from voice_coach.compose.recover import recover_all


@click.command()
@click.option("--sessions", type=Path, metavar="DIR", help="Where sessions are kept.")
@command_options
def recover(given: CommandOptions, sessions: Path | None) -> None:
    """Finish the sessions that a crash or power cut interrupted: their sound, transcript and analysis."""
    done = recover_all(
        given.config(),
        load_content(),
        sessions,
        on_session=lambda path: click.echo(f"finishing {path}", err=True),
    )
    if given.is_json:
        given.print_json(
            [{"session": str(item.folder), "audio_s": item.audio_s, "words": item.words} for item in done]
        )
        return
    for item in done:
        click.echo(f"{item.folder}: {item.audio_s:.0f} s of sound, {item.words} words")
    if not done:
        click.echo("nothing to recover")
