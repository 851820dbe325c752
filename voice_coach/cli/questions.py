"""``voice-coach questions``: the question packs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from voice_coach.cli.completion import question_ids
from voice_coach.cli.options import CommandOptions, NamedPath, command_options
from voice_coach.compose.content import content_for, load_content
from voice_coach.config import questions_folder
from voice_coach.core.errors import PromptError
from voice_coach.prompts.questions import find_question


@click.group()
def questions() -> None:
    """List, show, check and scaffold question packs.

    A pack is a TOML file: the question in three wordings, facts, follow-ups and changes of scope. Your own come on
    top of those that are bundled.
    """


@questions.command("list")
@command_options
def list_(given: CommandOptions) -> None:
    """List every question that can be asked."""
    packs = content_for(given.config()).questions.values()
    if given.is_json:
        given.print_json([{"id": pack.id, "title": pack.title, "asked": pack.asked} for pack in packs])
        return
    for pack in packs:
        click.echo(f"{pack.id:24} {pack.asked}")


@questions.command()
@click.argument("question", shell_complete=question_ids)
@command_options
def show(given: CommandOptions, question: str) -> None:
    """Show one question with its facts and follow-ups."""
    pack = find_question(content_for(given.config()).questions, question)
    if given.is_json:
        given.print_json(asdict(pack))
        return
    click.echo(f"{pack.title} ({pack.id})\n\n{pack.asked}")
    for style, asked in (("tersely", pack.terse), ("vaguely", pack.vague)):
        if asked:
            click.echo(f"{style}: {asked}")
    click.echo(f"\nWhat makes it hard: {pack.hard}")
    if pack.levels is not None:
        click.echo("\nWhat is looked for:")
        for level, note in asdict(pack.levels).items():
            click.echo(f"  {level:24} {note}")
    click.echo("\nFacts:")
    for fact in pack.facts:
        click.echo(f"  {fact.id:24} {fact.answer}")
    click.echo("\nFollow-ups:")
    for follow_up in pack.follow_ups:
        click.echo(f"  {follow_up.about:24} {follow_up.text}")
    click.echo("\nWhat may change:")
    for change in pack.scope_change:
        click.echo(f"  {change.text}")


@questions.command()
@click.argument("name", metavar="ID")
@command_options
def new(given: CommandOptions, name: str) -> None:
    """Write a question pack of your own to begin with.

    It is complete, is called ID, and is to be written over; it lies in the folder of your own packs.
    """
    from voice_coach.compose.new_question import write_new

    path = write_new(load_content(), questions_folder(given.config()), name)
    if given.is_json:
        given.print_json({"path": str(path)})
    else:
        click.echo(f"{path}\nwrite it over, then: voice-coach questions check {name}")


@questions.command()
@click.argument("path", required=False, type=NamedPath())
@command_options
def check(given: CommandOptions, path: Path | None) -> None:
    """Check all content, or the packs at PATH.

    PATH is a file, a folder or an id. Exit status 2 when something is wrong.
    """
    from voice_coach.compose.content_check import problems

    found = problems(path, questions_folder(given.config()))
    if given.is_json:
        given.print_json({"problems": found})
    else:
        for problem in found[1:]:
            click.echo(problem, err=True)
    if found:
        raise PromptError(found[0])
    if not given.is_json:
        click.echo("all content is good")
