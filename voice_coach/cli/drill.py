"""``voice-coach drill``: one short timed drill, again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from voice_coach.cli.completion import drill_kinds
from voice_coach.cli.options import CommandOptions, NamedPath, command_options, sound_options
from voice_coach.compose.content import content_for
from voice_coach.compose.drill import DrillOutcome, plan_drill, run_planned, timed
from voice_coach.compose.drill_choice import most_needed
from voice_coach.compose.named import check_named
from voice_coach.compose.options import Llm, PracticeOptions, Speed
from voice_coach.compose.scene import is_deaf_while_speaking
from voice_coach.core.pressure import Pressure
from voice_coach.core.speakable_time import spoken_length
from voice_coach.tui import Screens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from voice_coach.adapters.session_folder import SessionFolder
    from voice_coach.compose.content import Content
    from voice_coach.compose.drill import DrillPlan

_MARKS = {"met": "yes", "not_met": "no "}


@click.command()
@click.argument("kind", required=False, shell_complete=drill_kinds)
@click.option("--list", "lists", is_flag=True, help="Name all drills, and begin none.")
@click.option("--minutes", type=float, metavar="M", help="Your time in all; the rounds share it.")
@click.option(
    "--pressure",
    type=click.Choice([item.value for item in Pressure]),
    help="gentle never interrupts; tough leaves less time.",
)
@sound_options
@click.option("--seed", type=int, metavar="N", help="Repeat the same choice of prompts.")
@click.option("--no-feedback-speech", is_flag=True, help="Show the feedback without reading it out.")
@click.option(
    "--llm",
    type=click.Choice([item.value for item in Llm]),
    help="As for practice; a drill asks no language model.",
)
@click.option("--sessions", type=NamedPath(), metavar="DIR", help="Where sessions are kept.")
@command_options
def drill(  # noqa: PLR0913 - its options
    given: CommandOptions,
    kind: str | None,
    *,
    lists: bool,
    no_feedback_speech: bool,
    pressure: str | None,
    speed: str | None,
    llm: str | None,
    **options: Any,  # noqa: ANN401 - click checked them
) -> None:
    """Drill one thing aloud, for one to four minutes.

    KIND is one of those that --list names; without it, it is the one that your history says is most needed. What you
    say is judged item by item, two sentences say what was heard and what to do next, and "again" begins anew at once.
    """
    config = given.config()
    content = content_for(config)
    if lists:
        _list(given, content)
        return
    asked = PracticeOptions(
        reads_feedback=not no_feedback_speech,
        pressure=None if pressure is None else Pressure(pressure),
        speed=None if speed is None else Speed(speed),
        llm=None if llm is None else Llm(llm),
        **options,
    )
    check_named(asked, config, content.questions, given.config_path)
    console = given.console()
    why = ""
    if kind is None:
        needed = most_needed(config, content, asked.sessions)
        kind, why = needed.kind, needed.why
        console.print(f"Drill chosen: {kind}. {why}", soft_wrap=True)
    plan = plan_drill(config, content, asked, kind, why)
    _announce(console, plan)
    screens = Screens(console)
    kept: list[SessionFolder] = []
    try:
        outcome = run_planned(plan, screens, screens.tell, kept.append)
    except BaseException:
        if kept and not kept[-1].is_empty:
            console.print(f"Kept what was recorded: {kept[-1].path}", soft_wrap=True)
        raise
    if given.is_json:
        given.print_json(outcome.analysis)
        return
    for line in drill_summary(outcome):
        console.print(line, soft_wrap=not console.is_terminal)


def drill_summary(outcome: DrillOutcome) -> Iterator[str]:
    """What came of the last attempt, in a dozen lines."""
    done = outcome.analysis["drill"]
    yield ""
    said = "passed" if done["passed"] else "not passed yet"
    yield f"{done['kind']}: {said}, {done['score']} of 100, after {done['seconds']:.0f} s of your time"
    for item in done["items"]:
        mark = _MARKS.get(item["verdict"], " ? ")
        quoted = f': "{item["evidence"][0]["quote"]}"' if item["evidence"] else ""
        yield f"  {mark}  {item['id'].replace('_', ' ')}{quoted}"
    yield ""
    yield "Feedback:"
    for line in done["said"]:
        yield f"  {line}"
    yield f"\nSession kept in {outcome.folder}"
    if outcome.report is not None:
        yield f"Report: {outcome.report}"


def _list(given: CommandOptions, content: Content) -> None:
    drills = content.drills.drills.values()
    if given.is_json:
        shown = [{"kind": one.kind, "title": one.title, "about": one.about} for one in drills]
        given.print_json(shown)
        return
    width = max(len(one.kind) for one in drills)
    for one in drills:
        click.echo(f"{one.kind:<{width}}  {one.about}")


def _announce(console: Console, plan: DrillPlan) -> None:
    if plan.scene.is_headless:
        console.print(
            "No microphone and no loudspeaker found: the bundled simulated candidate does the drill.",
            soft_wrap=True,
        )
    if is_deaf_while_speaking(plan.scene, plan.config.audio):
        console.print(
            "The coach does not listen while it speaks; wait until it has finished.", soft_wrap=True
        )
    length = spoken_length(timed(plan, plan.drill.drawn(plan.seed)).limit_s)
    console.print(
        f"Drill: {plan.drill.title}, up to {length} of your time. Ctrl-C ends it and keeps what was said.",
        soft_wrap=True,
    )
