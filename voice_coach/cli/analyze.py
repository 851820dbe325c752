"""``voice-coach analyze``: judge a recording or a transcript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from voice_coach.cli.completion import question_ids
from voice_coach.cli.options import CommandOptions, NamedPath, command_options, progress_console
from voice_coach.compose.analyze import analyze_file
from voice_coach.compose.content import content_for
from voice_coach.compose.keep import keep
from voice_coach.compose.named import check_asked, not_a_pack
from voice_coach.compose.report import reported
from voice_coach.config import session_folder
from voice_coach.tui import summary

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from voice_coach.core.content import Question


@click.command()
@click.argument("path", type=NamedPath())
@click.option(
    "--question",
    metavar="ID|TEXT",
    shell_complete=question_ids,
    help="What was asked: a pack's id, or the question's words.",
)
@click.option("--keep", "keeps", is_flag=True, help="Keep it among the sessions, with its sound.")
@click.option("--sessions", metavar="DIR", type=NamedPath(), help="Where sessions are kept.")
@command_options
def analyze(
    given: CommandOptions, path: Path, question: str | None, sessions: Path | None, *, keeps: bool
) -> None:
    """Judge a recording or a transcript.

    PATH is sound (wav, flac, mp3, m4a, ogg, webm) or text (json, srt, vtt, txt). Where no question is given, what
    needs one is judged from the transcript alone. The result is a summary, or with --json the whole analysis
    (docs/formats.md). With --keep it becomes a session like any other, with a report and a place in the history.
    """
    config = given.config()
    content = content_for(config)
    check_asked(content.questions, question)
    console = progress_console()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(f"reading {path.name}", total=1.0)

        def show(share: float) -> None:
            if share < 1.0:
                bar.update(task, completed=share, description=f"listening to {path.name}")
            else:
                bar.update(task, total=None, description="judging")

        document = analyze_file(path, question, config, content, on_progress=show)
    if question is None:
        _tell_of(document["question"], content.questions)
    if keeps:
        folder = keep(document, path, session_folder(config, sessions), content.questions)
        click.echo(f"voice-coach: kept in {folder.path}", err=True)
        written = reported(folder.path, content, lambda told: click.echo(f"voice-coach: {told}", err=True))
        if written is not None:
            click.echo(f"voice-coach: report: {written}", err=True)
    if given.is_json:
        given.print_json(document)
        return
    out = given.console()
    for line in summary(document, content.rubric.checklist.doubt_below):
        out.print(line, soft_wrap=not out.is_terminal)


def _tell_of(question: str | None, questions: Mapping[str, Question]) -> None:
    """Says so where *question*, which a transcript names, is nearly a pack's id."""
    told = None if question is None else not_a_pack(questions, question)
    if told is not None:
        click.echo(f"voice-coach: {told} judging it as the question's words", err=True)
