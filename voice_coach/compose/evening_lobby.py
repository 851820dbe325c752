"""Where the talk between the steps of an evening takes place: devices and engines for as long as it lasts."""

from __future__ import annotations

import queue
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voice_coach.adapters.coach_track import CoachTrack
from voice_coach.adapters.keyboard import pressed
from voice_coach.compose.engines import (
    engine_needs,
    make_canceller,
    make_ears,
    make_stt,
    make_voice,
    room_voice,
)
from voice_coach.compose.scene import can_cancel, open_scene
from voice_coach.core.evening_said import between_steps
from voice_coach.core.spoken_commands import CommandReader
from voice_coach.evening_talk import Lobby, Talk
from voice_coach.shell import Mouth
from voice_coach.workers import InlineWorkers, ThreadWorkers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voice_coach.compose.content import Content
    from voice_coach.compose.scene import Scene
    from voice_coach.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Lobbies:
    """Opens one after the other: while a step is carried out, its session has the devices."""

    config: Config
    content: Content
    scene: Scene
    tell: Callable[[str], None]

    @contextmanager
    def open(self) -> Iterator[Talk]:
        """A talk. Raises EngineError, AudioDeviceError."""
        config = self.config
        needs = engine_needs(config, self.content)
        cancels = can_cancel(self.scene, config.audio)
        with ExitStack() as stack:
            stt = make_stt(needs)
            workers = ThreadWorkers() if self.scene.is_live else InlineWorkers()
            stack.callback(workers.close)
            workers.submit("ears", None, stt.load)
            voice = make_voice(needs, lambda event: self.tell(f"{event.name}: {event.reason}"))
            stack.callback(voice.close)
            stack.callback(workers.stop)
            ears = make_ears(config)
            stage = open_scene(
                self.scene,
                config,
                lambda name: stack.enter_context(closing(room_voice(needs, name))),
                cancels_echo=cancels,
            )
            stack.callback(stage.player.close)
            stack.callback(stage.source.close)
            if stage.far is not None:
                ears = replace(ears, canceller=make_canceller(stage.far, self.tell))
            keys: queue.SimpleQueue[str] = queue.SimpleQueue()
            stack.enter_context(pressed(keys.put))
            lobby = Lobby(
                source=stage.source,
                ears=ears,
                mouth=Mouth(voice=voice, player=stage.player, track=CoachTrack()),
                stt=stt,
                workers=workers,
                device_news=stage.device_news,
                look_for_devices=stage.look_for_devices,
                keys=keys,
                reader=CommandReader(
                    between_steps(self.content.evening.words, self.content.commands),
                    gap_s=config.turn_taking.utterance_gap_s,
                    doubt=config.turn_taking.misheard_probability,
                ),
                show=lambda line: self.tell(f"coach: {line}"),
                hears_over=config.audio.headphones or not self.scene.may_echo,
            )
            yield Talk(lobby, config.evening)
