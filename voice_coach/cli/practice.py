"""``voice-coach practice``: a full spoken rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from voice_coach.cli.completion import question_ids
from voice_coach.cli.options import CommandOptions, NamedPath, command_options, sound_options
from voice_coach.compose.consent import YES, Use, agreed
from voice_coach.compose.content import content_for
from voice_coach.compose.named import check_named
from voice_coach.compose.options import Llm, PracticeOptions, Speed
from voice_coach.compose.practice import Outcome, Plan, look_of, plan, rehearse
from voice_coach.compose.scene import is_deaf_while_speaking
from voice_coach.core.counting import counted
from voice_coach.core.pressure import Pressure
from voice_coach.tui import screen_for, summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from voice_coach.adapters.session_folder import SessionFolder


@click.command()
@click.argument("question", required=False, shell_complete=question_ids)
@click.option("--minutes", type=float, metavar="M", help="Target length of the answer; 12.5 gives 10 to 15.")
@click.option(
    "--pressure",
    type=click.Choice([item.value for item in Pressure]),
    help="How hard the interviewer pushes.",
)
@sound_options
@click.option("--seed", type=int, metavar="N", help="Repeat the same choice of words.")
@click.option("--no-feedback-speech", is_flag=True, help="Show the feedback without reading it out.")
@click.option(
    "--llm",
    type=click.Choice([item.value for item in Llm]),
    help="off does without a language model; auto, as usual, asks the one that is configured under [llm].",
)
@click.option(
    "--check/--no-check",
    default=None,
    help="Check the sound by voice first; by default on a terminal with devices that are new.",
)
@click.option("--sessions", type=NamedPath(), metavar="DIR", help="Where sessions are kept.")
@command_options
def practice(
    given: CommandOptions,
    *,
    no_feedback_speech: bool,
    pressure: str | None,
    speed: str | None,
    llm: str | None,
    check: bool | None,
    **options: Any,  # noqa: ANN401 - click checked them
) -> None:
    """Rehearse one QUESTION (an id, a title or its words) aloud.

    The coach asks, answers what you ask back, follows up, keeps the time and reads out feedback that quotes you. Say
    "pause", "skip" or "I'm done", or press a key; the screen names them. With neither a microphone nor a loudspeaker
    a bundled candidate is rehearsed instead.
    """
    asked = PracticeOptions(
        reads_feedback=not no_feedback_speech,
        pressure=None if pressure is None else Pressure(pressure),
        speed=None if speed is None else Speed(speed),
        checks_sound=check if check is not None or given.is_watched else False,
        llm=None if llm is None else Llm(llm),
        **options,
    )
    console = given.console()
    config = given.config()
    content = content_for(config)
    check_named(asked, config, content.questions, given.config_path)
    rehearsal = plan(config, content, asked, given.config_path)
    consent = agreed(config, asked.llm, rehearsal.scene, asks(console) if given.is_watched else None)
    if consent.told:
        click.echo(f"voice-coach: {consent.told}", err=True)
    _announce(console, rehearsal)
    screen = screen_for(console, look_of(rehearsal))
    kept: list[SessionFolder] = []
    try:
        outcome = rehearse(rehearsal, screen, kept.append, screen.tell, with_model=consent.use is Use.ON)
    except BaseException:
        if kept and not kept[0].is_empty:
            console.print(f"Kept what was recorded: {kept[0].path}", soft_wrap=True)
        raise
    if given.is_json:
        given.print_json(outcome.analysis)
    else:
        _conclude(console, outcome, content.rubric.checklist.doubt_below)


def asks(console: Console) -> Callable[[str], bool]:
    """Puts a question to whoever sits at the terminal; only a yes is one."""

    def ask(text: str) -> bool:
        console.print(Text(text), soft_wrap=True)
        try:
            answer = console.input("Use it from now on? [y/N] ", markup=False, emoji=False)
        except EOFError:
            return False
        return answer.strip().lower() in YES

    return ask


def _on_its_clock(rehearsal: Plan) -> str:
    is_ahead = not rehearsal.scene.is_live
    return " on the session's own clock, which runs faster than yours" if is_ahead else ""


def _announce(console: Console, rehearsal: Plan) -> None:
    if rehearsal.scene.is_headless:
        console.print(
            "No microphone and no loudspeaker found: rehearsing with the bundled simulated candidate, "
            f"who has {counted(rehearsal.config.pace.minutes, 'minute')}{_on_its_clock(rehearsal)}.",
            soft_wrap=True,
        )
    if is_deaf_while_speaking(rehearsal.scene, rehearsal.config.audio):
        console.print(
            "The coach does not listen while it speaks. With headphones, set headphones = true "
            "under [audio] in config.toml; over loudspeakers, install the extra `speakers`: then you can talk over it.",
            soft_wrap=True,
        )
    console.print(
        f"Question: {rehearsal.question.title}. Ctrl-C ends it and keeps what was said.", soft_wrap=True
    )


def _conclude(console: Console, outcome: Outcome, doubt_below: float) -> None:
    for line in summary(outcome.analysis, doubt_below):
        console.print(line, soft_wrap=not console.is_terminal)
    console.print(f"\nSession kept in {outcome.folder}", soft_wrap=True)
    if outcome.report is not None:
        console.print(f"Report: {outcome.report}", soft_wrap=True)
