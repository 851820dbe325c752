"""A drill, attempt after attempt: the engines and the room stay, each attempt is a session of its own."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice_coach.adapters.coach_track import CoachTrack
from voice_coach.adapters.going_on import GoingOn
from voice_coach.adapters.keyboard import keys
from voice_coach.compose.drill_book import drill_book_for, drill_named, finders_for
from voice_coach.compose.drill_document import Drilled
from voice_coach.compose.forget import keep_to_retention
from voice_coach.compose.options import PracticeOptions, check, under_pressure
from voice_coach.compose.report import reported
from voice_coach.compose.scene import Scene, choose_scene, seed_for
from voice_coach.compose.session_engines import SessionEngines, SessionSound, open_sound
from voice_coach.compose.session_records import open_folder, open_records
from voice_coach.config import session_folder as sessions_root
from voice_coach.config import with_pace
from voice_coach.core import events
from voice_coach.core.drill import PREFIX
from voice_coach.core.errors import SpeechToTextError
from voice_coach.core.offer_turn import AGAIN
from voice_coach.core.pressure import Pressure
from voice_coach.runtime import Rehearsal
from voice_coach.shell import Mouth, Shell
from voice_coach.tui import Look

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voice_coach.adapters.session_folder import SessionFolder
    from voice_coach.compose.content import Content
    from voice_coach.config import Config
    from voice_coach.core.drill import Drill
    from voice_coach.core.fact_finder import FactFinder
    from voice_coach.shell import DeviceNews, Ears
    from voice_coach.tui import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillPlan:
    """A drill that can begin: everything named was found and checked."""

    config: Config
    content: Content
    drill: Drill
    """With all its rounds, none drawn yet."""
    scene: Scene
    options: PracticeOptions
    seed: int
    why: str = ""
    """Why it was chosen, one sentence, which is said first; empty: it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillOutcome:
    """What came of an attempt; of several in a row, of the last one."""

    kind: str
    passed: bool
    score: int
    seconds: float
    """The candidate's time."""
    folder: Path
    analysis: Mapping[str, Any]
    attempts: int = 1
    report: Path | None = None
    """None where it could not be written, which was told."""


def plan_drill(
    config: Config, content: Content, options: PracticeOptions, kind: str, why: str = ""
) -> DrillPlan:
    """Checks everything that can be checked before the first word. *why* the drill was chosen is said first.

    Raises ConfigError, InputError or PromptError (wrong use), AudioDeviceError or EngineError (something is missing).
    """
    drill = drill_named(content.drills, kind)
    check(options, config.audio)
    scene = _as_plain(choose_scene(options, config, content.drill_room(drill.kind)))
    config = under_pressure(config, options)
    if options.minutes is not None:
        with_pace(config, options.minutes)
    return DrillPlan(
        config=config,
        content=content,
        drill=drill,
        scene=scene,
        options=options,
        seed=seed_for(options, scene),
        why=why,
    )


def _as_plain(scene: Scene) -> Scene:
    """*scene*, where no entry of a room waits for a wrap-up: in a drill there is none."""
    if scene.room is None:
        return scene
    entries = tuple(replace(entry, is_closing=False) for entry in scene.room.entries)
    return replace(scene, room=replace(scene.room, entries=entries))


def run_drill(  # noqa: PLR0913 - all that a drill runs in
    kind: str,
    config: Config,
    content: Content,
    options: PracticeOptions,
    screens: Callable[[Look], Screen],
    tell: Callable[[str], None],
    *,
    why: str = "",
    on_folder: Callable[[SessionFolder], None] = lambda _: None,
) -> DrillOutcome:
    """Plans a drill and runs it; see :func:`plan_drill` and :func:`run_planned`."""
    return run_planned(plan_drill(config, content, options, kind, why), screens, tell, on_folder)


def run_planned(
    plan: DrillPlan,
    screens: Callable[[Look], Screen],
    tell: Callable[[str], None],
    on_folder: Callable[[SessionFolder], None] = lambda _: None,
) -> DrillOutcome:
    """Runs attempts until no other one is wanted; what came of the last.

    *screens* makes the screen of an attempt, *tell* is told what the candidate should know between, *on_folder* where
    each is kept. What ends it early is raised after everything that was heard has been saved. The reports of the
    attempts are written at the end, so that nobody waits for one between two attempts.
    """
    ended: list[DrillOutcome] = []
    try:
        _run_attempts(plan, screens, tell, on_folder, ended.append)
    finally:
        reports = [reported(outcome.folder, plan.content, tell) for outcome in ended]
    return replace(ended[-1], report=reports[-1])


def _run_attempts(
    plan: DrillPlan,
    screens: Callable[[Look], Screen],
    tell: Callable[[str], None],
    on_folder: Callable[[SessionFolder], None],
    on_outcome: Callable[[DrillOutcome], None],
) -> None:
    root = sessions_root(plan.config, plan.options.sessions)
    keep_to_retention(root, plan.config.history, datetime.now(UTC), tell)  # noqa: TID251 - how old the others are
    with ExitStack() as stack:
        tools = _Tools.opened(plan, stack, tell)
        number, seed = 1, plan.seed
        while True:
            if number > 1:
                # What the last attempt left unfinished is nobody's any more: its numbers are given anew.
                tools.engines.workers.wait()
            outcome, wants_again = _attempt(plan, tools, _Attempt(number, seed), screens, on_folder)
            on_outcome(outcome)
            if not wants_again:
                return
            tell(_told(outcome))
            # What was missed is tried once more; who passed gets other prompts, where there are any.
            seed += outcome.passed
            number += 1


@dataclass(frozen=True, slots=True)
class _Attempt:
    number: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tools:
    """All that lasts from one attempt to the next."""

    engines: SessionEngines
    sound: SessionSound
    finders: Mapping[str, FactFinder]

    @staticmethod
    def opened(plan: DrillPlan, stack: ExitStack, tell: Callable[[str], None]) -> _Tools:
        """Engines loaded, devices or the room opened; *stack* closes them."""
        engines = SessionEngines.opened(plan.config, plan.content, plan.scene, stack, tell)
        finders = finders_for(plan.drill, plan.content, plan.config, engines.judging.encoder)
        for finder in finders.values():
            engines.load_meaning(finder)
        engines.await_ears()
        return _Tools(engines=engines, sound=open_sound(engines, stack, tell), finders=finders)


def _attempt(
    plan: DrillPlan,
    tools: _Tools,
    attempt: _Attempt,
    screens: Callable[[Look], Screen],
    on_folder: Callable[[SessionFolder], None],
) -> tuple[DrillOutcome, bool]:
    """One attempt, and whether another one is wanted."""
    config, content = plan.config, plan.content
    engines, stage = tools.engines, tools.sound.stage
    drill = timed(plan, plan.drill.drawn(attempt.seed))
    config = replace(config, pace=replace(config.pace, minutes=drill.limit_s / 60.0))
    judging = engines.judging.with_pace(config.pace)
    why = plan.why if attempt.number == 1 else ""
    book = drill_book_for(config, content, drill, tools.finders, attempt.seed, why)
    drilled = Drilled(drill=drill, texts=content.drills.lines, settings=config.drill, attempt=attempt.number)
    ears = tools.sound.make_ears()
    source = GoingOn(stage.source)
    with ExitStack() as stack:
        root = sessions_root(config, plan.options.sessions)
        keeps_audio = config.session.keeps_audio
        folder = open_folder(root, PREFIX + drill.kind, judging, stack, on_folder, keeps_audio=keeps_audio)
        records = open_records(folder, tools.sound.tapes, stack)
        screen = screens(Look(pace=config.pace))
        shell = Shell(
            source=source,
            ears=ears,
            mouth=Mouth(voice=engines.voice, player=stage.player, track=CoachTrack()),
            stt=engines.stt,
            drafter=engines.drafter,
            workers=engines.workers,
            records=records,
            assess=lambda state: judging.write_drill(
                folder, state, drilled, stt=engines.stt.name, fell_back=engines.failures.known
            ),
            show=lambda snapshot: screen.show(snapshot.state, snapshot.level_dbfs),
            tell=engines.failures.add,
            notices=engines.notices,
            said=lambda: _since(stage.said(), source.began_s),
            hint=tools.sound.hint,
            device_news=lambda: _news_since(stage.device_news(), source.began_s),
            look_for_devices=stage.look_for_devices,
        )
        rehearsal = Rehearsal(shell, book)
        screen.start()
        stack.callback(screen.stop)
        stack.enter_context(keys(engines.notices.put))
        ended = rehearsal.run(_started(plan, config, attempt, ears, drill))
        judging.complete(folder, ended.at_s)
    if rehearsal.heard_nothing:
        raise SpeechToTextError(engines.failures.heard_nothing)
    done = judging.last["drill"]
    outcome = DrillOutcome(
        kind=drill.kind,
        passed=done["passed"],
        score=done["score"],
        seconds=done["seconds"],
        folder=folder.path,
        analysis=judging.last,
        attempts=attempt.number,
    )
    return outcome, ended.end_reason == AGAIN


def timed(plan: DrillPlan, drill: Drill) -> Drill:
    """*drill*, its rounds drawn, in the minutes that were asked for; at tough pressure there is less time."""
    if plan.options.minutes is not None:
        drill = drill.within(60.0 * plan.options.minutes)
    if plan.config.session.pressure is Pressure.TOUGH:
        drill = drill.within(plan.config.drill.tough_time_share * drill.limit_s)
    return drill


def _since(said: Sequence[events.RoomSaid], began_s: float) -> list[events.RoomSaid]:
    """What was *said* in a room, on the clock of a session that began at *began_s* of the room's."""
    return [
        replace(item, start_s=round(item.start_s - began_s, 7), end_s=round(item.end_s - began_s, 7))
        for item in said
        if item.start_s >= began_s
    ]


def _news_since(news: Sequence[DeviceNews], began_s: float) -> list[DeviceNews]:
    """The *news* of devices likewise."""
    moved: list[DeviceNews] = []
    for item in news:
        match item:
            case events.DeviceLost():
                moved.append(replace(item, heard_until_s=max(0.0, item.heard_until_s - began_s)))
            case events.MachineSlept():
                moved.append(replace(item, until_s=max(0.0, item.until_s - began_s)))
            case events.DeviceBack():
                moved.append(item)
    return moved


def _started(
    plan: DrillPlan, config: Config, attempt: _Attempt, ears: Ears, drill: Drill
) -> events.SessionStarted:
    is_apart = config.audio.headphones or not plan.scene.may_echo
    return events.SessionStarted(
        at_s=0.0,
        question=PREFIX + drill.kind,
        target_s=config.pace.target_s,
        pressure=config.session.pressure,
        seed=attempt.seed,
        is_full_duplex=is_apart or ears.canceller is not None,
        reads_feedback=config.session.reads_feedback and plan.options.reads_feedback,
        digest=hashlib.sha256(repr((config, drill)).encode()).hexdigest()[:16],
        may_echo=ears.canceller is not None,
        attempt=attempt.number,
        why=plan.why if attempt.number == 1 else "",
    )


def _told(outcome: DrillOutcome) -> str:
    """One line between two attempts."""
    said = "passed" if outcome.passed else "not passed yet"
    return f"Attempt {outcome.attempts}: {said}, {outcome.score} of 100. Kept in {outcome.folder}"
