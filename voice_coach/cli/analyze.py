"""``voice-coach analyze``: judge a recording or a transcript."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import Progress

from voice_coach.cli.options import CommandOptions, command_options, progress_console
from voice_coach.compose.analyze import analyze_file
from voice_coach.compose.content import load_content
from voice_coach.tui import summary


@click.command()
@click.argument("path", type=Path)
@click.option("--question", metavar="ID|TEXT", help="What was asked: a pack's id, or the question's words.")
@command_options
def analyze(given: CommandOptions, path: Path, question: str | None) -> None:
    """Judge the recording (wav, flac, mp3, m4a, ogg, webm) or transcript (json, srt, vtt, txt) at PATH."""
    console = progress_console()
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(f"listening to {path.name}", total=1.0)
        document = analyze_file(
            path,
            question,
            given.config(),
            load_content(),
            on_progress=lambda share: bar.update(task, completed=share),
        )
    if given.is_json:
        given.print_json(document)
        return
    out = given.console()
    for line in summary(document):
        out.print(line, soft_wrap=not out.is_terminal)
