"""``voice-coach tonight``: the plan for the night before, step by step."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from voice_coach.cli.drill import drill_summary
from voice_coach.cli.evening_plan import planned
from voice_coach.cli.options import CommandOptions, DeviceOrFile, NamedPath, command_options
from voice_coach.cli.practice import asks
from voice_coach.compose.consent import Use, agreed
from voice_coach.compose.content import content_for
from voice_coach.compose.drill import DrillOutcome
from voice_coach.compose.evening import EveningOptions, Night, document, prepare
from voice_coach.compose.evening_host import CountedClock, Host, WallClock
from voice_coach.compose.evening_lobby import Lobbies
from voice_coach.compose.evening_steps import Steps
from voice_coach.compose.named import check_named
from voice_coach.compose.options import Llm, PracticeOptions, Speed
from voice_coach.core.evening import LONGEST_HOURS, SHORTEST_HOURS
from voice_coach.core.pressure import Pressure
from voice_coach.tui import Screens, summary

if TYPE_CHECKING:
    from rich.console import Console

    from voice_coach.adapters.evening_file import EveningRecord
    from voice_coach.adapters.session_folder import SessionFolder
    from voice_coach.compose.practice import Outcome as Rehearsed


class Hours(click.ParamType[float]):
    """Hours as a number."""

    name = "hours"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - Click's own signature
        """*value* as a number. Fails for what is none."""
        try:
            return float(value)
        except ValueError:
            self.fail(
                f"{value!r} is no number; give the hours until bed, such as 2 or 1.5, "
                f"from {SHORTEST_HOURS:g} to {LONGEST_HOURS:g}",
                param,
                ctx,
            )


@click.command()
@click.option(
    "--hours", type=Hours(), metavar="H", help="Until bed, 0.25 to 8; without it you are asked on a terminal."
)
@click.option("--morning", is_flag=True, help="The recall in the morning: eight minutes, nothing new.")
@click.option("--dry-run", is_flag=True, help="Show the plan without carrying it out.")
@click.option(
    "--pressure",
    type=click.Choice([item.value for item in Pressure]),
    help="How hard the interviewer pushes in the full answers.",
)
@click.option(
    "--input",
    type=DeviceOrFile(),
    metavar="DEVICE|ROOM.toml",
    help="Microphone; or a room with what is said between the steps, which then have rooms of their own.",
)
@click.option("--output", type=DeviceOrFile(), metavar="DEVICE|none", help="Loudspeaker.")
@click.option("--speed", type=click.Choice([item.value for item in Speed]), help="How fast rooms are played.")
@click.option("--seed", type=int, metavar="N", help="Repeat the same choice of questions and words.")
@click.option("--no-feedback-speech", is_flag=True, help="Show the feedback without reading it out.")
@click.option(
    "--llm",
    type=click.Choice([item.value for item in Llm]),
    help="As for practice, in the full answers.",
)
@click.option(
    "--check/--no-check", default=None, help="Check the sound by voice before a session, as for practice."
)
@click.option(
    "--sessions", type=NamedPath(), metavar="DIR", help="Where sessions, and the evening, are kept."
)
@command_options
def tonight(
    given: CommandOptions,
    *,
    hours: float | None,
    morning: bool,
    dry_run: bool,
    **options: Any,  # noqa: ANN401 - click checked them
) -> None:
    """Get ready the night before, step by step.

    Drills, two full answers under 15 minutes, breaks, and then to bed; what you are weak at comes first, and what goes
    well is not repeated. Before each step it waits for "go", "skip" or "later", by voice or key. Called again the same
    night it goes on where it was left. With --morning it is eight minutes of what you know.
    """
    practice = _of_every_step(given, **options)
    asked = EveningOptions(hours=hours, is_morning=morning, asks=given.is_watched, practice=practice)
    console = given.console()
    config = given.config()
    content = content_for(config)
    check_named(practice, config, content.questions, given.config_path)
    now = datetime.now().astimezone()  # noqa: TID251 - which night it is
    night = prepare(
        config, content, asked, now, lambda text: click.echo(f"voice-coach: {text}", err=True), is_dry=dry_run
    )
    if dry_run:
        if given.is_json:
            given.print_json(document(night, night.record, now))
        else:
            for line in planned(night, now):
                click.echo(line)
        return
    clock = WallClock() if night.passes_by_itself else CountedClock(now)
    record = _led(given, console, night, clock)
    if given.is_json:
        given.print_json(document(night, record, clock.now()))


def _of_every_step(
    given: CommandOptions,
    *,
    no_feedback_speech: bool,
    pressure: str | None,
    speed: str | None,
    llm: str | None,
    check: bool | None,
    **options: Any,  # noqa: ANN401 - click checked them
) -> PracticeOptions:
    return PracticeOptions(
        reads_feedback=not no_feedback_speech,
        pressure=None if pressure is None else Pressure(pressure),
        speed=None if speed is None else Speed(speed),
        checks_sound=check if check is not None or given.is_watched else False,
        llm=None if llm is None else Llm(llm),
        **options,
    )


def _led(
    given: CommandOptions, console: Console, night: Night, clock: WallClock | CountedClock
) -> EveningRecord:
    screens = Screens(console)
    tell = screens.tell
    assert night.scene is not None  # noqa: S101 - not dry
    scene, config = night.scene, night.config
    consent = agreed(config, night.options.practice.llm, scene, asks(console) if given.is_watched else None)
    if consent.told:
        click.echo(f"voice-coach: {consent.told}", err=True)
    if scene.is_headless:
        tell("No microphone and no loudspeaker found: a bundled simulated candidate spends the evening.")
    elif night.is_simulated:
        tell("Between the steps the room speaks; each step has the bundled room of its own.")
    kept: list[SessionFolder] = []

    def conclude(session: DrillOutcome | Rehearsed) -> None:
        kept.clear()
        doubt_below = night.content.rubric.checklist.doubt_below
        for line in (
            drill_summary(session)
            if isinstance(session, DrillOutcome)
            else summary(session.analysis, doubt_below)
        ):
            console.print(line, soft_wrap=not console.is_terminal)

    steps = Steps(
        night=night,
        config_path=given.config_path,
        screens=screens,
        tell=tell,
        on_folder=kept.append,
        conclude=conclude,
        with_model=consent.use is Use.ON,
    )
    lobbies = Lobbies(night, scene, tell)
    try:
        return Host(night, clock, tell).run(steps.carry_out, lobbies.open)
    except BaseException:
        if kept and not kept[-1].is_empty:
            tell(f"Kept what was recorded: {kept[-1].path}")
        raise
