"""Where the talk between the steps of an evening takes place: devices and engines for as long as it lasts."""

from __future__ import annotations

import queue
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from voice_coach.adapters.coach_track import CoachTrack
from voice_coach.adapters.keyboard import pressed
from voice_coach.compose.engines import engine_needs, make_stt, make_voice
from voice_coach.compose.session_engines import open_stage
from voice_coach.compose.sound_check import CheckNeeds, check_and_report, is_due
from voice_coach.core.evening_said import between_steps, in_a_break
from voice_coach.core.spoken_commands import CommandReader
from voice_coach.evening_talk import Lobby, Talk
from voice_coach.shell import Mouth
from voice_coach.workers import InlineWorkers, ThreadWorkers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voice_coach.compose.engines import CorrectedSpeech
    from voice_coach.compose.evening import Night
    from voice_coach.compose.scene import Scene
    from voice_coach.core.content import SpokenCommands
    from voice_coach.ports import TextToSpeech


class Lobbies:
    """Opens one after the other: while a step is carried out, its session has the devices."""

    def __init__(self, night: Night, scene: Scene, tell: Callable[[str], None]) -> None:
        """*tell* is given each line that the coach says, and what the candidate should know of the engines.

        Raises ConfigError where a check of the sound is wanted and nothing can be checked.
        """
        self._config = night.config
        self._content = night.content
        self._scene = scene
        self._tell = tell
        self._checks_sound = is_due(scene, night.config, wanted=night.options.practice.checks_sound)

    @contextmanager
    def open(self) -> Iterator[Talk]:
        """A talk; the first is after the set-up check, where that is due. Raises EngineError, AudioDeviceError."""
        config, scene = self._config, self._scene
        needs = engine_needs(config, self._content)
        with ExitStack() as stack:
            stt = make_stt(needs)
            workers = ThreadWorkers() if scene.is_live else InlineWorkers()
            stack.callback(workers.close)
            workers.submit("ears", None, stt.load)
            voice = make_voice(needs, lambda event: self._tell(f"{event.name}: {event.reason}"))
            stack.callback(voice.close)
            stack.callback(workers.stop)
            self._check_sound(voice, stt)
            stage, fresh_ears = open_stage(needs, scene, stack, self._tell)
            keys: queue.SimpleQueue[str] = queue.SimpleQueue()
            stack.enter_context(pressed(keys.put))
            lobby = Lobby(
                source=stage.source,
                ears=fresh_ears(),
                mouth=Mouth(voice=voice, player=stage.player, track=CoachTrack()),
                stt=stt,
                workers=workers,
                device_news=stage.device_news,
                look_for_devices=stage.look_for_devices,
                keys=keys,
                reader=self._reader(between_steps(self._content.evening.words, self._content.commands)),
                break_reader=self._reader(in_a_break(self._content.evening.words, self._content.commands)),
                tell=self._tell,
                show=lambda line: self._tell(f"coach: {line}"),
                hears_over=config.audio.headphones or not scene.may_echo,
            )
            yield Talk(lobby, config.evening)

    def _reader(self, commands: SpokenCommands) -> CommandReader:
        turns = self._config.turn_taking
        return CommandReader(commands, gap_s=turns.utterance_gap_s, doubt=turns.misheard_probability)

    def _check_sound(self, voice: TextToSpeech, stt: CorrectedSpeech) -> None:
        if not self._checks_sound:
            return
        self._checks_sound = False
        needs = CheckNeeds(
            config=self._config, texts=self._content.sound_check, scene=self._scene, voice=voice, stt=stt
        )
        check_and_report(needs, self._tell)
