"""The set-up check as it goes, in a simulated room on the sample clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from tests.adapters.voices import ToneVoice
from tests.fakes import ListeningPlayer, ScriptedStt
from tests.loudspeaker import EchoPath
from tests.sounds import clipped, noise, silence, speech, with_level
from voice_coach.adapters.coach_track import CoachTrack
from voice_coach.compose.content import load_content
from voice_coach.core.audio import FRAME_SAMPLES, AudioFrame, Clip, Pcm, dbfs
from voice_coach.core.endpointing import Endpointer, EndpointerSettings
from voice_coach.core.errors import AudioDeviceError, SpeechToTextError
from voice_coach.core.events import DeviceLost
from voice_coach.core.sound_check import Finding, SoundCheckSettings, Verdict, Way
from voice_coach.ports import EchoCanceller, Progress
from voice_coach.shell import DeviceNews, Ears, Mouth
from voice_coach.sound_check import Booth, Checked, SoundCheck, Unwanted
from voice_coach.workers import InlineWorkers

TEXTS = load_content().sound_check
SETTINGS = SoundCheckSettings()
SENTENCE = with_level(speech(3.0, seed=5), -24.0)
OPENING = Clip(pcm=speech(2.5, seed=6), rate_hz=16_000)
ASKED = Clip(pcm=speech(3.5, seed=7), rate_hz=16_000)
REACTION_FRAMES = 30
LONG = 30 * 50


class Track(CoachTrack):
    """Remembers what the loudspeaker plays."""

    def __init__(self) -> None:
        super().__init__()
        self.playing: Pcm = silence(0.02)

    def frame(self, progress: Progress) -> Pcm:
        self.playing = super().frame(progress)
        return self.playing


class Louder:
    """A detector: what is louder than so much is a voice."""

    is_gate_open = False

    def is_speech(self, pcm: Pcm) -> bool:
        return dbfs(pcm) > -56.0

    def reset(self) -> None:
        """It has no memory."""


@dataclass
class Room:
    """A source of sound: noise, the echo of what is played, and a candidate who answers the second line."""

    answer: Pcm = field(default_factory=lambda: SENTENCE)
    room_dbfs: float = -65.0
    echo: float = 0.0
    muted: bool = False
    loses_every: int = 0
    """Each so many frames one is lost."""
    is_unwanted: Callable[[int], bool] = lambda _: False
    news: dict[int, DeviceNews] = field(default_factory=dict)
    ends_at: int = LONG
    text: str | Exception = TEXTS.sentence
    canceller: EchoCanceller | None = None
    way: Way = field(default_factory=lambda: Way(headphones=True, is_cancelled=False, wants_cancelling=True))
    shown: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.player = ListeningPlayer()
        self.track = Track()
        self.path = EchoPath(delay_s=0.06, gain=self.echo, noise=0.0)
        self._index = 0
        self._since_asked = 0
        hiss = noise(LONG * 0.02 + 1)
        self._noise = with_level(hiss, self.room_dbfs)

    def read(self) -> AudioFrame | None:
        self._index += 1
        if self.loses_every and self._index % self.loses_every == 0:
            self._index += 1
        assert self._index < LONG, "the check never ends"
        if self._index >= self.ends_at:
            return None
        start = self._index * FRAME_SAMPLES
        near = self._noise[start : start + FRAME_SAMPLES] + self._said()
        heard = self.path.microphone(self.track.playing, near)
        return AudioFrame(index=self._index - 1, pcm=silence(0.02) if self.muted else heard)

    def _said(self) -> Pcm:
        if len(self.player.started) != 2 or self.player.is_speaking:
            return silence(0.02)
        start = (self._since_asked - REACTION_FRAMES) * FRAME_SAMPLES
        self._since_asked += 1
        said = self.answer[max(0, start) : start + FRAME_SAMPLES] if start >= 0 else silence(0.0)
        return np.pad(said, (0, FRAME_SAMPLES - len(said)))

    def close(self) -> None:
        """Nothing is open."""

    def _take_news(self) -> Sequence[DeviceNews]:
        return [self.news.pop(self._index)] if self._index in self.news else []

    def check(self, settings: SoundCheckSettings = SETTINGS) -> Checked:
        ears = Ears(detector=Louder(), endpointer=Endpointer(EndpointerSettings()), canceller=self.canceller)
        booth = Booth(
            source=self,
            ears=ears,
            mouth=Mouth(voice=ToneVoice(), player=self.player, track=self.track),
            stt=ScriptedStt([self.text]),
            workers=InlineWorkers(),
            device_news=self._take_news,
            is_unwanted=lambda: self.is_unwanted(self._index),
            show=self.shown.append,
        )
        return SoundCheck(booth, TEXTS, self.way, settings).run(OPENING, ASKED)

    def found(self, what: str) -> Finding:
        (one,) = (item for item in self.check().findings if item.what == what)
        return one


class Quieter:
    """A canceller that leaves little."""

    def __init__(self) -> None:
        self.missed = 0

    def cancel(self, near: Pcm) -> Pcm:
        return (near / 32).astype(np.int16)

    def miss(self, frames: int) -> None:
        self.missed += frames


def test_all_is_well_and_that_is_said() -> None:
    room = Room()
    checked = room.check()
    assert {item.verdict for item in checked.findings} == {Verdict.GOOD}
    assert room.shown == [TEXTS.opening, TEXTS.asked, TEXTS.told.good]
    assert room.player.started == [1, 2, 3]
    (words,) = (item.found for item in checked.findings if item.what == "words")
    assert words == f"“{TEXTS.sentence}”"


def test_the_voice_and_the_room_have_their_levels() -> None:
    found = Room(room_dbfs=-60.0).found("voice").found
    level, above = (int(part) for part in found.replace(" dBFS,", "").split()[:2])
    assert -26 <= level <= -20
    assert level - above == pytest.approx(-60, abs=1)


@pytest.mark.parametrize(
    ("room", "what", "told"),
    [
        (Room(room_dbfs=-42.0), "noise", TEXTS.told.noisy),
        (Room(room_dbfs=-20.0, answer=with_level(SENTENCE, -14.0)), "noise", TEXTS.told.noisy),
        (Room(answer=clipped(with_level(SENTENCE, -6.0), over_db=3.0)), "clipping", TEXTS.told.clipped),
        (Room(answer=silence(1.0)), "voice", TEXTS.told.unheard),
        (Room(answer=with_level(SENTENCE, -50.0), room_dbfs=-75.0), "voice", TEXTS.told.faint),
        (Room(muted=True), "microphone", TEXTS.told.dead),
        (Room(loses_every=40), "lost sound", TEXTS.told.lost),
        (Room(text="I put some cash in there"), "words", TEXTS.told.misheard),
        (Room(text=SpeechToTextError("no model; fetch it")), "words", TEXTS.told.misheard),
        (Room(echo=0.5), "echo", TEXTS.told.echo),
        (
            Room(echo=0.5, way=Way(headphones=False, is_cancelled=False, wants_cancelling=True)),
            "echo",
            TEXTS.told.deaf,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_worst_is_said(room: Room, what: str, told: str) -> None:
    checked = room.check()
    assert room.shown[-1] == told
    assert next(item for item in checked.findings if item.what == what).verdict is not Verdict.GOOD


def test_an_echo_that_is_cancelled_is_measured_before_and_after() -> None:
    way = Way(headphones=False, is_cancelled=True, wants_cancelling=True)
    good = Room(echo=0.5, canceller=Quieter(), way=way).found("echo")
    assert good.verdict is Verdict.GOOD
    assert "30 dB quieter when cancelled" in good.found


def test_the_canceller_learns_of_lost_frames() -> None:
    canceller = Quieter()
    Room(loses_every=100, canceller=canceller).check()
    assert canceller.missed > 5


def test_the_check_waits_for_who_coughs_first() -> None:
    cough = with_level(noise(0.3), -25.0)
    late = np.concatenate([cough, silence(1.2), SENTENCE[: 16_000 * 2]])
    room = Room(answer=late)
    room.check()
    assert room.shown[-1] == TEXTS.told.good


@pytest.mark.parametrize("answer", [silence(1.0), SENTENCE, np.tile(SENTENCE, 5)])
def test_it_is_over_within_20_seconds_whatever_is_said(answer: Pcm) -> None:
    assert Room(answer=answer).check().took_s < 20.0


def test_words_that_do_not_come_in_time_are_not_waited_for() -> None:
    room = Room()
    checked = room.check(replace(SETTINGS, words_by_s=1.0))
    assert checked.took_s < 20.0


@pytest.mark.parametrize("at", [10, 200, 300, 500])
def test_a_key_ends_it_at_any_time(at: int) -> None:
    room = Room(is_unwanted=lambda index: index >= at)
    with pytest.raises(Unwanted):
        room.check()
    assert room.player.stops == 1


def test_a_lost_device_ends_it() -> None:
    lost = DeviceLost(at_s=2.0, role="microphone", name="Blue", reason="unplugged", heard_until_s=2.0)
    with pytest.raises(AudioDeviceError, match="unplugged"):
        Room(news={100: lost}).check()
    with pytest.raises(AudioDeviceError, match="ended"):
        Room(ends_at=100).check()
