"""``voice-coach questions``: the question packs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from voice_coach.cli.options import CommandOptions, NamedPath, command_options
from voice_coach.compose.content import load_content
from voice_coach.core.errors import PromptError
from voice_coach.prompts.questions import find_question


@click.group()
def questions() -> None:
    """List, show and check question packs."""


@questions.command("list")
@command_options
def list_(given: CommandOptions) -> None:
    """Every question that can be asked."""
    packs = load_content().questions.values()
    if given.is_json:
        given.print_json([{"id": pack.id, "title": pack.title, "asked": pack.asked} for pack in packs])
        return
    for pack in packs:
        click.echo(f"{pack.id:24} {pack.asked}")


@questions.command()
@click.argument("question")
@command_options
def show(given: CommandOptions, question: str) -> None:
    """One question with its facts and follow-ups."""
    pack = find_question(load_content().questions, question)
    if given.is_json:
        given.print_json(asdict(pack))
        return
    click.echo(f"{pack.title} ({pack.id})\n\n{pack.asked}\n\nWhat makes it hard: {pack.hard}\n\nFacts:")
    for fact in pack.facts:
        click.echo(f"  {fact.id:24} {fact.answer}")
    click.echo("\nFollow-ups:")
    for follow_up in pack.follow_ups:
        click.echo(f"  {follow_up.about:24} {follow_up.text}")


@questions.command()
@click.argument("path", required=False, type=NamedPath())
@command_options
def check(given: CommandOptions, path: Path | None) -> None:
    """Check all content, or the question packs at PATH. Exit status 2 when something is wrong."""
    from voice_coach.compose.content_check import problems

    found = problems(path)
    if given.is_json:
        given.print_json({"problems": found})
    else:
        for problem in found[1:]:
            click.echo(problem, err=True)
    if found:
        raise PromptError(found[0])
    if not given.is_json:
        click.echo("all content is good")
