"""Where a rehearsal takes place: a sound card, a recording or a simulated room."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.adapters.frame_player import FramePlayer
from voice_coach.adapters.handed_over import NewestFarEnd
from voice_coach.adapters.livekit_echo import is_installed
from voice_coach.adapters.real_time import RealTime, at_once
from voice_coach.adapters.recording_source import RecordingSource
from voice_coach.adapters.room import Room
from voice_coach.adapters.room_script import RoomScript, load_room, rendered
from voice_coach.adapters.session_audio import read_candidate
from voice_coach.adapters.sound_card import Role, find_device, has_device, hush_library, lasting_name, rescan
from voice_coach.compose.options import (
    InputKind,
    OutputKind,
    PracticeOptions,
    Speed,
    input_kind,
    named,
    output_kind,
)
from voice_coach.core import events
from voice_coach.core.errors import AudioDeviceError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voice_coach.adapters.live_card import LiveCard
    from voice_coach.adapters.speaker import Speaker
    from voice_coach.config import AudioSettings, Config
    from voice_coach.core.audio import Pcm
    from voice_coach.ports import AudioSource, FarEnd, Player, TextToSpeech
    from voice_coach.shell import DeviceNews

HEADLESS_MINUTES = 4.0
"""The target with the bundled candidate, who talks for about so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What was chosen, checked before anything starts; nothing is open yet."""

    input: InputKind
    output: OutputKind
    input_name: str | None
    output_name: str | None
    speed: Speed
    is_headless: bool = False
    """The bundled room, because there is no sound device."""
    room: RoomScript | None = None
    recording: Pcm | None = None

    @property
    def is_live(self) -> bool:
        """Whether time passes by itself: engines must not hold up the loop."""
        return self.speed is Speed.REALTIME

    @property
    def needs_loudspeaker(self) -> bool:
        """Whether the coach is to be heard: a recording or room alone needs no loudspeaker."""
        is_wanted = self.input is InputKind.DEVICE or self.output_name is not None
        return self.output is OutputKind.DEVICE and is_wanted and self.is_live

    @property
    def may_echo(self) -> bool:
        """Whether the microphone may hear the coach: a file or room never does."""
        return self.input is InputKind.DEVICE and self.output is OutputKind.DEVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The scene with everything opened."""

    source: AudioSource
    player: Player
    said: Callable[[], Sequence[events.RoomSaid]] = tuple
    wrap_up: Callable[[], object] = tuple
    """Told, perhaps more than once, that the wrap-up is asked for."""
    device_news: Callable[[], Sequence[DeviceNews]] = tuple
    look_for_devices: Callable[[], object] = tuple
    far: FarEnd | None = None
    """What the microphone may hear of the player."""


def choose_scene(options: PracticeOptions, config: Config, headless_room: Path) -> Scene:
    """The scene that *options* ask for, its files read.

    Raises InputError for a file that cannot be used, ConfigError for a speed that a device does not have,
    AudioDeviceError for a device that is not there.
    """
    input_name, input_said = named("--input", options.input, config.audio.input)
    output_name, output_said = named("--output", options.output, config.audio.output)
    heard_from, spoken_to = input_kind(input_name), output_kind(output_name)
    if heard_from is not InputKind.DEVICE and input_name is not None:
        is_room = heard_from is InputKind.ROOM
        scene = Scene(
            input=heard_from,
            output=spoken_to,
            input_name=input_name,
            output_name=output_name,
            speed=options.speed or Speed.REALTIME,
            room=load_room(Path(input_name)) if is_room else None,
            recording=None if is_room else read_candidate(Path(input_name)),
        )
        if scene.needs_loudspeaker:
            _look_for(Role.LOUDSPEAKER, output_name, output_said)
        return scene
    is_named = input_name is not None or (output_name is not None and spoken_to is OutputKind.DEVICE)
    if not is_named and not has_device(Role.MICROPHONE) and not has_device(Role.LOUDSPEAKER):
        return Scene(
            input=InputKind.ROOM,
            output=spoken_to if spoken_to is OutputKind.FILE else OutputKind.NONE,
            input_name=str(headless_room),
            output_name=output_name,
            speed=options.speed or Speed.MAX,
            is_headless=True,
            room=load_room(headless_room),
        )
    if options.speed is Speed.MAX:
        message = "--speed max: a microphone cannot be sped up; name a file or a room with --input"
        raise ConfigError(message)
    wanted = [(Role.MICROPHONE, input_name, input_said)]
    if spoken_to is OutputKind.DEVICE:
        wanted.append((Role.LOUDSPEAKER, output_name, output_said))
    for role, name, said in sorted(wanted, key=lambda item: item[1] is None):
        _look_for(role, name, said)
    return Scene(
        input=heard_from,
        output=spoken_to,
        input_name=input_name,
        output_name=output_name,
        speed=Speed.REALTIME,
    )


def _look_for(role: Role, name: str | None, said: str) -> None:
    """Raises AudioDeviceError, which tells how a device was named, where it is not there."""
    try:
        find_device(role, name)
    except AudioDeviceError as failure:
        if name is None:
            raise
        message = f"{said}: {failure}"
        raise AudioDeviceError(message) from failure


def seed_for(options: PracticeOptions, scene: Scene) -> int:
    """What lines and prompts are drawn by: as asked for, else of a room or recording the same each time."""
    if options.seed is not None:
        return options.seed
    return secrets.randbelow(1000) if scene.is_live else 0


def can_cancel(scene: Scene, audio: AudioSettings) -> bool:
    """Whether the microphone of *scene* hears the coach, and that can and is to be helped."""
    return scene.may_echo and not audio.headphones and audio.cancels_echo and is_installed()


def is_deaf_while_speaking(scene: Scene, audio: AudioSettings) -> bool:
    """Whether the candidate cannot talk over the coach: it would hear itself."""
    return scene.may_echo and not audio.headphones and not can_cancel(scene, audio)


def open_scene(
    scene: Scene,
    config: Config,
    voice_named: Callable[[str | None], TextToSpeech],
    *,
    cancels_echo: bool = False,
) -> Stage:
    """Opens devices, renders a room's lines; with *cancels_echo* what the loudspeaker is given is kept for that.

    Raises AudioDeviceError or TextToSpeechError.
    """
    pace = RealTime() if scene.is_live else at_once
    if scene.recording is not None:
        return Stage(source=RecordingSource(scene.recording, pace), player=_player(scene, config))
    if scene.room is None:
        far = NewestFarEnd() if cancels_echo else None
        card = _live_card(scene, config, far)
        return Stage(
            source=card, player=card, device_news=card.take_news, look_for_devices=card.look, far=far
        )
    player = _player(scene, config)
    try:
        room = Room(rendered(scene.room, voice_named), player, pace)
    except BaseException:
        player.close()
        raise
    return Stage(source=room, player=player, said=lambda: said_in(room), wrap_up=room.wrap_up)


def _live_card(scene: Scene, config: Config, far: NewestFarEnd | None) -> LiveCard:
    """The microphone, and the loudspeaker where there is one to be heard through."""
    from voice_coach.adapters import live_card, microphone, speaker

    hush_library()
    wanted = lasting_name(Role.MICROPHONE, scene.input_name)
    needs_loudspeaker = scene.needs_loudspeaker
    spoken_to = lasting_name(Role.LOUDSPEAKER, scene.output_name) if needs_loudspeaker else None

    def open_microphone() -> microphone.Microphone:
        return microphone.Microphone(config.microphone, find_device(Role.MICROPHONE, wanted))

    def open_loudspeaker() -> speaker.Speaker | live_card.NoLoudspeaker:
        if not needs_loudspeaker:
            return live_card.NoLoudspeaker()
        opened = speaker.Speaker(config.speaker, find_device(Role.LOUDSPEAKER, spoken_to))
        if far is not None:
            far.renew(opened.handed_over())
        return opened

    opening = live_card.Opening(microphone=open_microphone, loudspeaker=open_loudspeaker, rescan=rescan)
    return live_card.LiveCard(opening, config.live_card)


def _player(scene: Scene, config: Config) -> FramePlayer | Speaker:
    """The loudspeaker where there is one to be heard through; a recording or room alone needs none."""
    if not scene.needs_loudspeaker:
        return FramePlayer()
    from voice_coach.adapters import speaker

    return speaker.Speaker(config.speaker, find_device(Role.LOUDSPEAKER, scene.output_name))


def said_in(room: Room) -> list[events.RoomSaid]:
    """What has been said in *room* since the last call."""
    return [
        events.RoomSaid(at_s=round(said.end_s, 3), index=said.index, start_s=said.start_s, end_s=said.end_s)
        for said in room.take_said()
    ]
