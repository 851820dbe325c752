"""A whole rehearsal: set up, run, judge, clean up."""

from __future__ import annotations

import hashlib
import queue
import secrets
import threading
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice_coach.adapters import session_folder
from voice_coach.adapters.coach_track import CoachTrack
from voice_coach.adapters.disk_sync import DiskSync
from voice_coach.adapters.keyboard import keys
from voice_coach.adapters.session_audio import SessionAudio, StereoWav
from voice_coach.compose.book import book_for
from voice_coach.compose.candidate import question_for
from voice_coach.compose.earlier import earlier_asked, earlier_pace
from voice_coach.compose.engines import (
    engine_needs,
    make_canceller,
    make_drafter,
    make_ears,
    make_hint,
    make_stt,
    make_voice,
    not_on_gpu,
    optional,
    room_voice,
)
from voice_coach.compose.forget import keep_to_retention
from voice_coach.compose.judging import Judging
from voice_coach.compose.language_model import make_desk, make_writer
from voice_coach.compose.options import InputKind, OutputKind, PracticeOptions, check
from voice_coach.compose.report import reported
from voice_coach.compose.review import ReviewDesk, review_wait_s
from voice_coach.compose.scene import HEADLESS_MINUTES, Scene, can_cancel, choose_scene, open_scene
from voice_coach.compose.sound_check import CheckNeeds, check_sound, is_due, report
from voice_coach.config import model_key, with_pace
from voice_coach.config import session_folder as sessions_root
from voice_coach.core.errors import LanguageModelError, SpeechToTextError
from voice_coach.core.events import EngineFellBack, SessionStarted
from voice_coach.core.session_stage import Stage
from voice_coach.core.speaker_pace import SpeakerPace
from voice_coach.prompts.questions import find_question
from voice_coach.runtime import Rehearsal
from voice_coach.shell import Mouth, Records, Shell
from voice_coach.tui import Look
from voice_coach.workers import InlineWorkers, ThreadWorkers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voice_coach.adapters.session_folder import SessionFolder
    from voice_coach.compose.content import Content
    from voice_coach.compose.engines import CorrectedSpeech, EngineNeeds
    from voice_coach.compose.language_model import ModelWriter
    from voice_coach.compose.scene import Stage as Scenery
    from voice_coach.config import Config
    from voice_coach.core.content import Question
    from voice_coach.core.fact_finder import FactFinder
    from voice_coach.model_desk import Desk
    from voice_coach.ports import TextToSpeech
    from voice_coach.shell import Ears, Snapshot
    from voice_coach.tui import Screen
    from voice_coach.workers import Workers


LOADED_WITHIN_S = 4.0
"""So long the recogniser is waited for before the coach speaks. A bigger one is read on while the coach asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A rehearsal that can begin: everything named was found and checked."""

    config: Config
    content: Content
    question: Question
    scene: Scene
    options: PracticeOptions
    seed: int
    cancels_echo: bool
    """The microphone hears the coach, and that can be helped."""
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
    if options.pressure is not None:
        config = replace(config, session=replace(config.session, pressure=options.pressure))
    seed = options.seed
    if seed is None:
        seed = secrets.randbelow(1000) if scene.is_live else 0
    return Plan(
        config=config,
        content=content,
        question=question,
        scene=scene,
        options=options,
        seed=seed,
        cancels_echo=can_cancel(scene, config.audio),
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
    needs = engine_needs(config, plan.content)
    notices: queue.SimpleQueue[Any] = queue.SimpleQueue()
    failures = Failures(tell)
    judging = Judging(config=config, content=plan.content)
    with ExitStack() as stack:
        # All that can fail comes before the folder: a session that never began leaves nothing behind.
        stt = make_stt(needs)
        workers = ThreadWorkers() if scene.is_live else InlineWorkers()
        stack.callback(workers.close)
        drafter = quick_ears(needs, stt, notices.put) if scene.is_live else None
        is_loaded = load_ears(workers, stt, drafter, notices.put)
        voice = make_voice(needs, notices.put)
        stack.callback(voice.close)
        stack.callback(workers.stop)
        ears = make_ears(config)
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
        load_meaning(workers, book.interviewer.finder if scene.is_live else None)
        # Reading a model keeps Python from everything else for up to 0.3 s, which was heard in the question.
        is_loaded.wait(LOADED_WITHIN_S)
        check_sound_first(plan, voice, drafter or stt, tell)
        stage = open_scene(
            scene,
            config,
            lambda name: stack.enter_context(closing(room_voice(needs, name))),
            cancels_echo=plan.cancels_echo,
        )
        stack.callback(stage.player.close)
        stack.callback(stage.source.close)
        if plan.cancels_echo and stage.far is not None:
            ears = replace(ears, canceller=make_canceller(stage.far, tell))
        tapes = extra_tapes(scene, stack)
        root = sessions_root(config, plan.options.sessions)
        now = datetime.now(UTC)  # noqa: TID251 - names the folder
        keep_to_retention(root, config.history, now, tell)
        pace, asked = _known_of(scene, root)
        name = f"{now:%Y%m%dT%H%M%SZ}-{plan.question.id}"
        folder = session_folder.create(root, name)
        on_folder(folder)
        if not config.session.keeps_audio:
            # Whatever ends the session; sound that was not judged stays, for `recover`.
            stack.callback(lambda: folder.drop_audio() if judging.last and not folder.heard_nothing else None)
        journal = session_folder.JournalFile(folder.journal_path)
        stack.callback(journal.close)
        review = ReviewDesk(judging, folder, tell, is_open=review_wait_s(scene, config) > 0)
        tape = SessionAudio(folder.audio_path)
        stack.callback(DiskSync(folder.audio_path).close)
        stack.callback(tape.close)
        shell = Shell(
            source=stage.source,
            ears=ears,
            mouth=Mouth(voice=voice, player=stage.player, track=CoachTrack()),
            stt=stt,
            drafter=drafter,
            workers=workers,
            records=Records(journal=journal, tapes=[tape, *tapes, *review.tapes]),
            assess=lambda state: judging.write(
                folder,
                state,
                question=plan.question.id,
                stt=stt.name,
                fell_back=failures.known,
                model=model.writer if model is not None else None,
            ),
            show=lambda snapshot: _show(snapshot, screen, stage),
            tell=failures.add,
            notices=notices,
            said=stage.said,
            model=None if model is None else model.desk,
            hint=optional("hint", config.turn_hint.model, lambda: make_hint(needs), notices.put),
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
        raise SpeechToTextError(heard_nothing(failures.known))
    return Outcome(
        folder=folder.path, analysis=judging.last, report=reported(folder.path, plan.content, tell)
    )


def _show(snapshot: Snapshot, screen: Screen, stage: Scenery) -> None:
    """To the candidate; a simulated one learns from it that the wrap-up is asked for."""
    screen.show(snapshot.state, snapshot.level_dbfs)
    if snapshot.state.stage is Stage.WRAPPING_UP:
        stage.wrap_up()


def extra_tapes(scene: Scene, stack: ExitStack) -> list[StereoWav]:
    """What both channels are written to besides the session's folder."""
    if scene.output is not OutputKind.FILE or scene.output_name is None:
        return []
    wav = StereoWav(Path(scene.output_name))
    stack.callback(wav.close)
    return [wav]


def _known_of(scene: Scene, root: Path) -> tuple[SpeakerPace, tuple[str, ...]]:
    """How the speaker pauses, and what they were asked lately; of a room or recording nothing, since those repeat
    exactly, whoever practised before.
    """
    if scene.input is not InputKind.DEVICE:
        return SpeakerPace(), ()
    return earlier_pace(root), earlier_asked(root)


def check_sound_first(
    plan: Plan, voice: TextToSpeech, stt: CorrectedSpeech, tell: Callable[[str], None]
) -> None:
    """The set-up check, where it is due."""
    if not plan.checks_sound:
        return
    texts = plan.content.sound_check
    needs = CheckNeeds(config=plan.config, texts=texts, scene=plan.scene, voice=voice, stt=stt)
    checked = check_sound(needs, tell)
    for line in () if checked is None else report(checked):
        tell(line)


def heard_nothing(known: Sequence[EngineFellBack]) -> str:
    reason = next(event.reason for event in reversed(known) if event.role == "ears")
    return (
        f"nothing that was said could be transcribed: {reason}; the sound is kept: once that is mended, "
        "`voice-coach recover` judges it"
    )


class Failures:
    """The engines that failed in this session, each told once."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._known: dict[tuple[str, str, str | None, str], EngineFellBack] = {}

    @property
    def known(self) -> tuple[EngineFellBack, ...]:
        """In the order in which they came."""
        return tuple(self._known.values())

    def add(self, event: EngineFellBack) -> None:
        """Take *event* and tell it, unless it is known."""
        key = (event.role, event.name, event.to, event.reason)
        if key not in self._known:
            self._known[key] = event
            self._tell(_told(event))


def _told(event: EngineFellBack) -> str:
    if event.to is not None:
        return f"{event.name} cannot be used, {event.to} takes its place: {event.reason}"
    if event.role == "drafts":
        return f"Words are shown, and questions answered, a little later: {event.reason}"
    if event.role == "model":
        return f"Language model {event.name}: {event.reason}; the rehearsal goes on without what it would have written."
    if event.role == "hint":
        return f"When a turn is over is judged without how it sounds: {event.reason}"
    if event.role == "ears":
        return f"Something could not be transcribed: {event.reason}"
    return f"A line could not be spoken and is only shown: {event.reason}"


def quick_ears(
    needs: EngineNeeds, stt: CorrectedSpeech, on_notice: Callable[[EngineFellBack], None]
) -> CorrectedSpeech | None:
    return optional("drafts", needs.config.stt.draft_model, lambda: make_drafter(needs, stt), on_notice)


def load_ears(
    workers: Workers,
    stt: CorrectedSpeech,
    drafter: CorrectedSpeech | None,
    on_notice: Callable[[EngineFellBack], None],
) -> threading.Event:
    """Has the recognisers loaded; set once the one that is believed is, or cannot be."""
    is_loaded = threading.Event()

    def load() -> None:
        try:
            stt.load()
        finally:
            is_loaded.set()
        if stt.fallback is not None:
            on_notice(not_on_gpu(stt.name, stt.fallback))

    workers.submit("ears", None, load)
    if drafter is not None:
        workers.submit("drafts", None, drafter.load)
    return is_loaded


def load_meaning(workers: Workers, finder: FactFinder | None) -> None:
    """Has that loaded with which the candidate's questions are compared."""
    if finder is not None:
        workers.submit("meaning", None, finder.load)


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
