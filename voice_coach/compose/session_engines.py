"""The engines and the sound of a session: opened before it begins, closed when it has ended."""

from __future__ import annotations

import queue
import threading
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice_coach.adapters.session_audio import StereoWav
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
from voice_coach.compose.judging import Judging
from voice_coach.compose.options import OutputKind
from voice_coach.compose.scene import can_cancel, open_scene
from voice_coach.core.events import EngineFellBack
from voice_coach.workers import InlineWorkers, ThreadWorkers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import ExitStack

    from voice_coach.compose.content import Content
    from voice_coach.compose.engines import CorrectedSpeech, EngineNeeds
    from voice_coach.compose.scene import Scene, Stage
    from voice_coach.config import Config
    from voice_coach.core.fact_finder import FactFinder
    from voice_coach.ports import TextToSpeech, TurnEndHint
    from voice_coach.shell import Ears, Tape
    from voice_coach.workers import Workers

LOADED_WITHIN_S = 4.0
"""So long the recogniser is waited for before the coach speaks. A bigger one is read on while the coach asks."""


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

    @property
    def heard_nothing(self) -> str:
        """Why nothing of a session was transcribed, and the mend; where the recogniser is among the failures."""
        reason = next(event.reason for event in reversed(self.known) if event.role == "ears")
        return (
            f"nothing that was said could be transcribed: {reason}; the sound is kept: once that is mended, "
            "`voice-coach recover` judges it"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEngines:
    """What hears, speaks and judges, on the workers that it is run by."""

    needs: EngineNeeds
    scene: Scene
    judging: Judging
    stt: CorrectedSpeech
    drafter: CorrectedSpeech | None
    voice: TextToSpeech
    workers: Workers
    failures: Failures
    notices: queue.SimpleQueue[Any] = field(default_factory=queue.SimpleQueue)
    _is_loaded: threading.Event = field(default_factory=threading.Event)
    """Set once the recogniser that is believed is loaded, or cannot be."""

    @staticmethod
    def opened(
        config: Config, content: Content, scene: Scene, stack: ExitStack, tell: Callable[[str], None]
    ) -> SessionEngines:
        """Those for *scene*, loading; *stack* closes them, *tell* is told of each that fails.

        Raises EngineError or PromptError where one that a session cannot do without is missing.
        """
        needs = engine_needs(config, content)
        notices: queue.SimpleQueue[Any] = queue.SimpleQueue()
        judging = Judging(config=config, content=content)
        stt = make_stt(needs)
        workers = ThreadWorkers() if scene.is_live else InlineWorkers()
        stack.callback(workers.close)
        drafter = _quick_ears(needs, stt, notices.put) if scene.is_live else None
        is_loaded = _load_ears(workers, stt, drafter, notices.put)
        voice = make_voice(needs, notices.put)
        stack.callback(voice.close)
        stack.callback(workers.stop)
        return SessionEngines(
            needs=needs,
            scene=scene,
            judging=judging,
            stt=stt,
            drafter=drafter,
            voice=voice,
            workers=workers,
            failures=Failures(tell),
            notices=notices,
            _is_loaded=is_loaded,
        )

    def load_meaning(self, finder: FactFinder | None) -> None:
        """Has that loaded with which the candidate's questions are compared, where time passes meanwhile."""
        if finder is not None and self.scene.is_live:
            self.workers.submit("meaning", None, finder.load)

    def await_ears(self) -> None:
        """Waits for the recogniser, for a while.

        Reading a model keeps Python from everything else for up to 0.3 s, which was heard in the question.
        """
        self._is_loaded.wait(LOADED_WITHIN_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSound:
    """The open devices or the room, and what listens to them."""

    stage: Stage
    hint: TurnEndHint | None
    tapes: Sequence[Tape]
    """What both channels are written to besides the session's folder."""
    make_ears: Callable[[], Ears]
    """A fresh detector each time, with a canceller where the coach is heard by the microphone."""


def open_sound(engines: SessionEngines, stack: ExitStack, tell: Callable[[str], None]) -> SessionSound:
    """Opens what *engines* hear and speak through; *stack* closes it. Raises AudioDeviceError."""
    needs, scene = engines.needs, engines.scene
    stage, fresh_ears = open_stage(needs, scene, stack, tell)
    hint = optional("hint", needs.config.turn_hint.model, lambda: make_hint(needs), engines.notices.put)
    return SessionSound(stage=stage, hint=hint, tapes=_extra_tapes(scene, stack), make_ears=fresh_ears)


def open_stage(
    needs: EngineNeeds, scene: Scene, stack: ExitStack, tell: Callable[[str], None]
) -> tuple[Stage, Callable[[], Ears]]:
    """The open devices or room of *scene*, which *stack* closes, and what makes fresh ears for them.

    *tell* is told where the echo cannot be cancelled. Raises AudioDeviceError.
    """
    stage = open_scene(
        scene,
        needs.config,
        lambda name: stack.enter_context(closing(room_voice(needs, name))),
        cancels_echo=can_cancel(scene, needs.config.audio),
    )
    stack.callback(stage.player.close)
    stack.callback(stage.source.close)

    def fresh_ears() -> Ears:
        made = make_ears(needs.config)
        return made if stage.far is None else replace(made, canceller=make_canceller(stage.far, tell))

    return stage, fresh_ears


def _extra_tapes(scene: Scene, stack: ExitStack) -> list[StereoWav]:
    if scene.output is not OutputKind.FILE or scene.output_name is None:
        return []
    wav = StereoWav(Path(scene.output_name))
    stack.callback(wav.close)
    return [wav]


def _quick_ears(
    needs: EngineNeeds, stt: CorrectedSpeech, on_notice: Callable[[EngineFellBack], None]
) -> CorrectedSpeech | None:
    return optional("drafts", needs.config.stt.draft_model, lambda: make_drafter(needs, stt), on_notice)


def _load_ears(
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
