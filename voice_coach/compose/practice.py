"""A whole rehearsal: set up, run, judge, clean up."""

from __future__ import annotations

import hashlib
import queue
import secrets
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice_coach.adapters import session_folder
from voice_coach.adapters.coach_track import CoachTrack
from voice_coach.adapters.keyboard import keys
from voice_coach.adapters.session_audio import SessionAudio, StereoWav
from voice_coach.compose.book import book_for
from voice_coach.compose.engines import engine_needs, make_ears, make_stt, make_voice, room_voice
from voice_coach.compose.judging import Judging
from voice_coach.compose.options import OutputKind, PracticeOptions, check
from voice_coach.compose.scene import HEADLESS_MINUTES, Scene, choose_scene, open_scene
from voice_coach.config import session_folder as sessions_root
from voice_coach.config import with_pace
from voice_coach.core.events import SessionStarted
from voice_coach.prompts.questions import find_question
from voice_coach.runtime import Mouth, Records, Rehearsal, Shell, Snapshot
from voice_coach.workers import InlineWorkers, ThreadWorkers

if TYPE_CHECKING:
    from collections.abc import Callable

    from voice_coach.adapters.session_folder import SessionFolder
    from voice_coach.compose.content import Content
    from voice_coach.config import Config
    from voice_coach.core.content import Question
    from voice_coach.tui import Screen
    from voice_coach.workers import Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A rehearsal that can begin: everything named was found and checked."""

    config: Config
    content: Content
    question: Question
    scene: Scene
    options: PracticeOptions
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A finished rehearsal."""

    folder: Path
    analysis: dict[str, Any]


def plan(config: Config, content: Content, options: PracticeOptions) -> Plan:
    """Checks everything that can be checked before the first word.

    Raises ConfigError, InputError or PromptError (wrong use), AudioDeviceError or EngineError (something is missing).
    """
    check(options)
    scene = choose_scene(options, config, content.headless_room)
    named = options.question or (scene.room.question if scene.room else None) or config.session.question
    question = find_question(content.questions, named)
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
    return Plan(config=config, content=content, question=question, scene=scene, options=options, seed=seed)


def rehearse(plan: Plan, screen: Screen, on_folder: Callable[[SessionFolder], None]) -> Outcome:
    """Runs the rehearsal of *plan* to its end.

    *on_folder* is told where the session is kept as soon as that is known. What ends the session early is raised
    after everything that was heard has been saved.
    """
    config, scene = plan.config, plan.scene
    needs = engine_needs(config, plan.content)
    notices: queue.SimpleQueue[Any] = queue.SimpleQueue()
    with ExitStack() as stack:
        stt = make_stt(needs)
        workers = ThreadWorkers() if scene.is_live else InlineWorkers()
        stack.callback(workers.close)
        voice = make_voice(needs, notices.put)
        stack.callback(voice.close)
        stage = open_scene(scene, config, lambda name: stack.enter_context(closing(room_voice(needs, name))))
        stack.callback(stage.player.close)
        stack.callback(stage.source.close)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{plan.question.id}"  # noqa: TID251 - names the folder
        folder = session_folder.create(sessions_root(config, plan.options.sessions), name)
        on_folder(folder)
        journal = session_folder.JournalFile(folder.journal_path)
        stack.callback(journal.close)
        tape = SessionAudio(folder.audio_path)
        stack.callback(tape.close)
        tapes: list[SessionAudio | StereoWav] = [tape]
        if scene.output is OutputKind.FILE and plan.options.output is not None:
            wav = StereoWav(Path(plan.options.output))
            stack.callback(wav.close)
            tapes.append(wav)
        judging = Judging(config=config, content=plan.content)
        shell = Shell(
            source=stage.source,
            ears=make_ears(config),
            mouth=Mouth(voice=voice, player=stage.player, track=CoachTrack()),
            stt=stt,
            workers=workers,
            records=Records(journal=journal, tapes=tapes),
            assess=lambda state: judging.write(folder, state, question=plan.question.id, stt=stt.name),
            show=_Shown(screen, workers, stt.load),
            notices=notices,
            said=stage.said,
        )
        book = book_for(
            config, plan.content, plan.question, config.session.pressure, plan.seed, judging.judge
        )
        rehearsal = Rehearsal(shell, book)
        screen.start()
        stack.callback(screen.stop)
        stack.enter_context(keys(notices.put))
        rehearsal.run(_started(plan))
    if not config.session.keeps_audio:
        folder.audio_path.unlink()
    return Outcome(folder=folder.path, analysis=judging.last)


def _started(plan: Plan) -> SessionStarted:
    config = plan.config
    return SessionStarted(
        at_s=0.0,
        question=plan.question.id,
        target_s=config.pace.target_s,
        pressure=config.session.pressure,
        seed=plan.seed,
        is_full_duplex=config.audio.headphones or not plan.scene.may_echo,
        reads_feedback=config.session.reads_feedback and plan.options.reads_feedback,
        digest=hashlib.sha256(repr((config, plan.question)).encode()).hexdigest()[:16],
    )


class _Shown:
    """Passes what happens to the screen, and has the recogniser loaded as soon as the coach is heard.

    Loading it takes a second or two of all processors: before, it would hold up the first word.
    """

    def __init__(self, screen: Screen, workers: Workers, load: Callable[[], object]) -> None:
        self._screen = screen
        self._workers = workers
        self._load: Callable[[], object] | None = load

    def __call__(self, snapshot: Snapshot) -> None:
        speaking = snapshot.state.speaking
        if self._load is not None and speaking is not None and speaking.started_s is not None:
            self._workers.submit("ears", None, self._load)
            self._load = None
        self._screen.show(snapshot.state, snapshot.level_dbfs)
