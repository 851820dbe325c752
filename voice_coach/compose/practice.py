"""A whole rehearsal: set up, run, judge, clean up."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice_coach.adapters.coach_track import CoachTrack
from voice_coach.adapters.keyboard import keys
from voice_coach.compose.book import book_for
from voice_coach.compose.candidate import question_for
from voice_coach.compose.earlier import earlier_asked, earlier_pace
from voice_coach.compose.forget import keep_to_retention
from voice_coach.compose.language_model import make_desk, make_writer
from voice_coach.compose.options import InputKind, PracticeOptions, check, under_pressure
from voice_coach.compose.report import reported
from voice_coach.compose.review import ReviewDesk, review_wait_s
from voice_coach.compose.scene import HEADLESS_MINUTES, Scene, choose_scene, seed_for
from voice_coach.compose.session_engines import SessionEngines, open_sound
from voice_coach.compose.session_records import open_folder, open_records
from voice_coach.compose.sound_check import CheckNeeds, check_and_report, is_due
from voice_coach.config import model_key, with_pace
from voice_coach.config import session_folder as sessions_root
from voice_coach.core.errors import LanguageModelError, SpeechToTextError
from voice_coach.core.events import EngineFellBack, SessionStarted
from voice_coach.core.session_stage import Stage
from voice_coach.core.speaker_pace import SpeakerPace
from voice_coach.prompts.questions import find_question
from voice_coach.runtime import Rehearsal
from voice_coach.shell import Mouth, Shell
from voice_coach.tui import Look
from voice_coach.workers import InlineWorkers, ThreadWorkers

if TYPE_CHECKING:
    from collections.abc import Callable

    from voice_coach.adapters.session_folder import SessionFolder
    from voice_coach.compose.content import Content
    from voice_coach.compose.language_model import ModelWriter
    from voice_coach.compose.scene import Stage as Scenery
    from voice_coach.config import Config
    from voice_coach.core.content import Question
    from voice_coach.model_desk import Desk
    from voice_coach.shell import Ears, Snapshot
    from voice_coach.tui import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A rehearsal that can begin: everything named was found and checked."""

    config: Config
    content: Content
    question: Question
    scene: Scene
    options: PracticeOptions
    seed: int
    checks_sound: bool
    """The set-up check comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A finished rehearsal."""

    folder: Path
    analysis: dict[str, Any]
    report: Path | None = None
    """None where it could not be written, which was told."""


def plan(config: Config, content: Content, options: PracticeOptions, config_path: Path | None = None) -> Plan:
    """Checks everything that can be checked before the first word. *config_path*: the file named for settings.

    Raises ConfigError, InputError or PromptError (wrong use), AudioDeviceError or EngineError (something is missing).
    """
    check(options, config.audio)
    scene = choose_scene(options, config, content.headless_room)
    named = options.question or (scene.room.question if scene.room else None) or config.session.question
    question = question_for(config, content, find_question(content.questions, named), config_path)
    minutes = options.minutes
    if minutes is None and scene.is_headless:
        minutes = HEADLESS_MINUTES
    if minutes is not None:
        config = with_pace(config, minutes)
    config = under_pressure(config, options)
    return Plan(
        config=config,
        content=content,
        question=question,
        scene=scene,
        options=options,
        seed=seed_for(options, scene),
        checks_sound=is_due(scene, config, wanted=options.checks_sound),
    )


def look_of(plan: Plan) -> Look:
    """What the screen of the rehearsal is made for."""
    return Look(
        pace=plan.config.pace,
        pressure=plan.config.session.pressure,
        checklist={item.id: item.id.replace("_", " ") for item in plan.content.rubric.checklist.item},
    )


def rehearse(
    plan: Plan,
    screen: Screen,
    on_folder: Callable[[SessionFolder], None],
    tell: Callable[[str], None],
    *,
    with_model: bool = False,
) -> Outcome:
    """Runs the rehearsal of *plan* to its end.

    *on_folder* is told where the session is kept as soon as that is known, *tell* what the candidate should know
    of the engines. *with_model*: the configured language model is asked, which was agreed to. What ends the session
    early is raised after everything that was heard has been saved; so is SpeechToTextError where nothing of it could
    be transcribed.
    """
    config, scene = plan.config, plan.scene
    with ExitStack() as stack:
        # All that can fail comes before the folder: a session that never began leaves nothing behind.
        engines = SessionEngines.opened(config, plan.content, scene, stack, tell)
        judging, notices = engines.judging, engines.notices
        model = _model(plan, stack, notices.put) if with_model else None
        book = book_for(
            config,
            plan.content,
            plan.question,
            config.session.pressure,
            plan.seed,
            judging.rules,
            judging.encoder,
            None if model is None else model.writer.guard,
        )
        engines.load_meaning(book.interviewer.finder)
        engines.await_ears()
        check_sound_first(plan, engines, tell)
        sound = open_sound(engines, stack, tell)
        stage, ears = sound.stage, sound.make_ears()
        root = sessions_root(config, plan.options.sessions)
        keep_to_retention(root, config.history, datetime.now(UTC), tell)  # noqa: TID251 - how old the others are
        pace, asked = _known_of(scene, root)
        folder = open_folder(
            root, plan.question.id, judging, stack, on_folder, keeps_audio=config.session.keeps_audio
        )
        review = ReviewDesk(judging, folder, tell, is_open=review_wait_s(scene, config) > 0)
        shell = Shell(
            source=stage.source,
            ears=ears,
            mouth=Mouth(voice=engines.voice, player=stage.player, track=CoachTrack()),
            stt=engines.stt,
            drafter=engines.drafter,
            workers=engines.workers,
            records=open_records(folder, [*sound.tapes, *review.tapes], stack),
            assess=lambda state: judging.write(
                folder,
                state,
                question=plan.question.id,
                stt=engines.stt.name,
                fell_back=engines.failures.known,
                model=model.writer if model is not None else None,
            ),
            show=lambda snapshot: _show(snapshot, screen, stage),
            tell=engines.failures.add,
            notices=notices,
            said=stage.said,
            model=None if model is None else model.desk,
            hint=sound.hint,
            device_news=stage.device_news,
            look_for_devices=stage.look_for_devices,
            review=review,
        )
        rehearsal = Rehearsal(shell, book)
        screen.start()
        stack.callback(screen.stop)
        stack.enter_context(keys(notices.put))
        judging.complete(folder, rehearsal.run(_started(plan, ears, pace, asked, model)).at_s)
    if rehearsal.heard_nothing:
        raise SpeechToTextError(engines.failures.heard_nothing)
    return Outcome(
        folder=folder.path, analysis=judging.last, report=reported(folder.path, plan.content, tell)
    )


def _show(snapshot: Snapshot, screen: Screen, stage: Scenery) -> None:
    """To the candidate; a simulated one learns from it that the wrap-up is asked for."""
    screen.show(snapshot.state, snapshot.level_dbfs)
    if snapshot.state.stage is Stage.WRAPPING_UP:
        stage.wrap_up()


def _known_of(scene: Scene, root: Path) -> tuple[SpeakerPace, tuple[str, ...]]:
    """How the speaker pauses, and what they were asked lately; of a room or recording nothing, since those repeat
    exactly, whoever practised before.
    """
    if scene.input is not InputKind.DEVICE:
        return SpeakerPace(), ()
    return earlier_pace(root), earlier_asked(root)


def check_sound_first(plan: Plan, engines: SessionEngines, tell: Callable[[str], None]) -> None:
    """The set-up check, where it is due."""
    if not plan.checks_sound:
        return
    needs = CheckNeeds(
        config=plan.config,
        texts=plan.content.sound_check,
        scene=plan.scene,
        voice=engines.voice,
        stt=engines.drafter or engines.stt,
    )
    check_and_report(needs, tell)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    writer: ModelWriter
    desk: Desk


def _model(plan: Plan, stack: ExitStack, on_notice: Callable[[EngineFellBack], None]) -> _Model | None:
    """The configured language model. It has workers of its own, which are never waited for.

    None where it cannot be used: *on_notice* gets why, and the session goes on without it.
    """
    from voice_coach.adapters.openai_model import OpenAiModel, shown_name

    try:
        asked = OpenAiModel(plan.config.llm, model_key(plan.config))
    except LanguageModelError as failure:
        name = shown_name(plan.config.llm)
        on_notice(EngineFellBack(at_s=0.0, role="model", name=name, to=None, reason=str(failure)))
        return None
    writer = make_writer(plan.config, plan.content, plan.question, asked)
    desk = make_desk(writer, ThreadWorkers() if plan.scene.is_live else InlineWorkers(), plan.config.llm)
    stack.callback(asked.close)
    stack.callback(desk.stop)
    return _Model(writer=writer, desk=desk)


def _started(
    plan: Plan, ears: Ears, pace: SpeakerPace, asked: tuple[str, ...] = (), model: _Model | None = None
) -> SessionStarted:
    config = plan.config
    is_apart = config.audio.headphones or not plan.scene.may_echo
    return SessionStarted(
        at_s=0.0,
        question=plan.question.id,
        target_s=config.pace.target_s,
        pressure=config.session.pressure,
        seed=plan.seed,
        is_full_duplex=is_apart or ears.canceller is not None,
        reads_feedback=config.session.reads_feedback and plan.options.reads_feedback,
        pauses=pace.monologue,
        short_pauses=pace.short,
        asked_before=asked,
        keeps_pace=plan.scene.input is InputKind.DEVICE,
        digest=hashlib.sha256(repr((config, plan.question)).encode()).hexdigest()[:16],
        may_echo=ears.canceller is not None,
        model="" if model is None else model.writer.name,
        review_s=review_wait_s(plan.scene, config),
    )
