"""The card of a live session with devices that are plugged and unplugged in simulated time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from tests.sounds import tone
from voice_coach.adapters.frame_player import FramePlayer
from voice_coach.adapters.live_card import (
    LiveCard,
    LiveCardSettings,
    NoLoudspeaker,
    Opening,
    slept_so_far_s,
)
from voice_coach.core.audio import FRAME_S, FRAME_SAMPLES, AudioFrame, Clip
from voice_coach.core.errors import AudioDeviceError
from voice_coach.core.events import LOUDSPEAKER, MICROPHONE, DeviceBack, DeviceLost, MachineSlept
from voice_coach.ports import Progress

LOST_AFTER_S = 0.5
CLIP = Clip(pcm=tone(1.0), rate_hz=16_000)


@dataclass
class World:
    """A clock, and what is plugged in."""

    now_s: float = 100.0
    slept_s: float = 0.0
    microphone: str = "Blue"
    """The name of the one that is there; empty: none."""
    loudspeaker: str = "Box"
    stalled: set[str] = field(default_factory=set)
    skips: int = 0
    """Frames that the microphone loses."""
    opened: int = 0
    """Streams that are open."""
    scans: int = 0
    at: list[tuple[float, Callable[[], object]]] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        self.now_s += seconds
        for due in [item for item in self.at if item[0] <= self.now_s]:
            self.at.remove(due)
            due[1]()

    def rescan(self) -> None:
        assert self.opened == 0, "a stream is open"
        self.scans += 1

    def later(self, seconds: float, **changes: object) -> None:
        """Something changes in so many seconds."""
        for name, value in changes.items():
            self.at.append((self.now_s + seconds, lambda name=name, value=value: setattr(self, name, value)))  # type: ignore[misc]  # bound now


class FakeDevice:
    def __init__(self, world: World, name: str) -> None:
        if not name:
            raise AudioDeviceError("none found; plug one in")
        self.name = name
        self._world = world
        self._is_open = True
        self._opened_s = world.now_s
        world.opened += 1

    def close(self) -> None:
        self._world.opened -= self._is_open
        self._is_open = False


class FakeMicrophone(FakeDevice):
    def __init__(self, world: World) -> None:
        super().__init__(world, world.microphone)
        self._count = 0
        self._read_s = world.now_s

    @property
    def _is_there(self) -> bool:
        return self._world.microphone == self.name and MICROPHONE not in self._world.stalled

    def has_begun(self) -> bool:
        if self._world.microphone != self.name:
            raise AudioDeviceError("moved to a monitor; plug it in")
        return self._is_there and self._world.now_s > self._opened_s

    def read(self) -> AudioFrame:
        assert self._is_open
        if not self._is_there:
            self._world.wait(LOST_AFTER_S)
            raise AudioDeviceError("microphone: gone; plug it in")
        self._read_s = max(self._read_s + FRAME_S, self._world.now_s)
        self._world.wait(max(0.0, self._read_s - self._world.now_s) or FRAME_S)
        skipped, self._world.skips = self._world.skips, 0
        self._count += 1 + skipped
        return AudioFrame(index=self._count - 1, pcm=np.full(FRAME_SAMPLES, 7, np.int16))


class FakeLoudspeaker(FakeDevice):
    def __init__(self, world: World) -> None:
        super().__init__(world, world.loudspeaker)
        self._player = FramePlayer()
        self.unheard_s = LOST_AFTER_S

    def has_begun(self) -> bool:
        self._check()
        return LOUDSPEAKER not in self._world.stalled

    def _check(self) -> None:
        assert self._is_open
        is_stalled = LOUDSPEAKER in self._world.stalled and self._world.now_s > self._opened_s + LOST_AFTER_S
        if self._world.loudspeaker != self.name or is_stalled:
            raise AudioDeviceError("loudspeaker: gone; plug it in")

    def start(self, utterance_id: int, clip: Clip) -> None:
        self._player.start(utterance_id, clip)

    def stop(self) -> None:
        self._player.stop()

    def advance(self) -> Progress:
        self._check()
        return self._player.advance()


@dataclass
class Session:
    """Reads frames as a session does."""

    world: World
    card: LiveCard
    frames: list[AudioFrame] = field(default_factory=list)
    news: list[object] = field(default_factory=list)
    progress: Progress | None = None
    looks: bool = True
    """Has what is lost looked for as soon as it is told."""

    def runs(self, seconds: float) -> Session:
        end_s = self.world.now_s + seconds
        while self.world.now_s < end_s:
            self.frames.append(self.card.read())
            fresh = self.card.take_news()
            self.news += fresh
            if self.looks and any(isinstance(item, DeviceLost) for item in fresh):
                self.card.look()
            self.progress = self.card.advance()
        return self

    def of(self, kind: type) -> list[object]:
        return [item for item in self.news if isinstance(item, kind)]


def session(world: World, **settings: float) -> Session:
    opening = Opening(
        microphone=lambda: FakeMicrophone(world),
        loudspeaker=lambda: FakeLoudspeaker(world),
        rescan=world.rescan,
    )
    card = LiveCard(
        opening,
        replace(LiveCardSettings(), **settings),
        now=lambda: world.now_s,
        wait=world.wait,
        slept_so_far=lambda: world.slept_s,
    )
    return Session(world, card)


def check_clock(done: Session, began_s: float = 100.0) -> None:
    """Every frame comes once and in its time."""
    assert [frame.index for frame in done.frames] == list(range(len(done.frames)))
    assert len(done.frames) * FRAME_S == pytest.approx(done.world.now_s - began_s, abs=0.3)


def test_without_a_fault_it_is_the_devices() -> None:
    done = session(World()).runs(3.0)
    check_clock(done)
    assert done.news == []
    assert all((frame.pcm == 7).all() for frame in done.frames)
    done.card.close()
    done.card.close()
    assert done.world.opened == 0


@pytest.mark.parametrize("role", [MICROPHONE, LOUDSPEAKER])
@pytest.mark.parametrize("away_s", [0.3, 5.0, 60.0])
def test_what_is_lost_is_told_and_found_again(role: str, away_s: float) -> None:
    world = World()
    done = session(world).runs(2.0)
    name = getattr(world, role)
    setattr(world, role, "")
    world.later(away_s, **{role: name})
    done.runs(away_s + 4.0)
    (lost,), (back,) = done.of(DeviceLost), done.of(DeviceBack)
    assert isinstance(lost, DeviceLost)
    assert isinstance(back, DeviceBack)
    assert (lost.role, lost.name) == (role, name)
    assert (back.role, back.name, back.is_replaced) == (role, name, False)
    assert lost.at_s == pytest.approx(2.0, abs=0.1)
    assert lost.heard_until_s == pytest.approx(lost.at_s - (0.5 if role == LOUDSPEAKER else 0.0))
    assert back.at_s - lost.at_s - away_s <= 2.0
    check_clock(done)
    assert (done.frames[-1].pcm == 7).all()
    silent = [frame.index * FRAME_S for frame in done.frames if not frame.pcm.any()]
    assert lost.at_s <= silent[0] < silent[-1] < back.at_s + 0.1


def test_both_are_told_when_the_server_dies() -> None:
    world = World()
    done = session(world).runs(1.0)
    done.looks = False
    world.microphone = world.loudspeaker = ""
    done.runs(1.0)
    done.card.look()
    world.later(3.0, microphone="Blue", loudspeaker="Box")
    done.runs(8.0)
    assert {item.role for item in done.of(DeviceLost)} == {MICROPHONE, LOUDSPEAKER}  # type: ignore[attr-defined]
    assert {item.role for item in done.of(DeviceBack)} == {MICROPHONE, LOUDSPEAKER}  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", [MICROPHONE, LOUDSPEAKER])
def test_a_stalled_device_comes_back_when_it_moves_again_and_not_before(role: str) -> None:
    world = World()
    done = session(world).runs(1.0)
    world.stalled.add(role)
    done.runs(20.0)
    assert len(done.of(DeviceLost)) == 1
    assert done.of(DeviceBack) == []
    world.stalled.clear()
    done.runs(3.0)
    assert len(done.of(DeviceBack)) == 1
    check_clock(done)


def test_another_device_in_its_place_is_told() -> None:
    world = World()
    done = session(world).runs(1.0)
    world.microphone = "Built-in"
    done.runs(3.0)
    (back,) = done.of(DeviceBack)
    assert isinstance(back, DeviceBack)
    assert (back.name, back.is_replaced) == ("Built-in", True)
    world.microphone = "Blue"
    done.runs(3.0)
    assert [item.name for item in done.of(DeviceLost)] == ["Blue", "Built-in"]  # type: ignore[attr-defined]


def test_what_is_lost_is_not_looked_for_before_it_is_wanted() -> None:
    """The loudspeaker that is left may have to say something first."""
    world = World()
    done = session(world).runs(1.0)
    done.looks = False
    world.microphone = ""
    done.runs(1.0)
    done.card.start(5, CLIP)
    done.runs(1.5)
    assert done.progress == Progress(utterance_id=5, played_s=1.0, is_done=True)
    assert world.scans == 0
    done.card.start(6, CLIP)
    done.card.stop()
    assert done.card.advance().is_done
    done.card.look()
    done.card.look()
    done.runs(3.0)
    assert world.scans >= 4
    assert world.opened == 0


def test_without_a_loudspeaker_what_is_to_be_played_is_over_at_once() -> None:
    world = World()
    done = session(world).runs(1.0)
    done.card.start(4, CLIP)
    done.runs(0.5)
    world.loudspeaker = ""
    done.runs(1.0)
    assert done.progress is not None
    assert done.progress.played_s == pytest.approx(0.5, abs=0.05)
    assert not done.progress.is_done
    done.card.stop()
    assert done.card.advance().is_done
    done.card.start(5, CLIP)
    assert done.card.advance() == Progress(utterance_id=5, played_s=0.0, is_done=True)
    world.loudspeaker = "Box"
    done.runs(3.0)
    assert done.card.advance() == Progress(utterance_id=None, played_s=0.0, is_done=True)
    done.card.start(6, CLIP)
    done.runs(1.5)
    assert done.progress == Progress(utterance_id=6, played_s=1.0, is_done=True)


def test_a_device_that_never_worked_fails() -> None:
    for role in (MICROPHONE, LOUDSPEAKER):
        world = World()
        setattr(world, role, "")
        with pytest.raises(AudioDeviceError):
            session(world)
        assert world.opened == 0
    world = World(stalled={MICROPHONE})
    with pytest.raises(AudioDeviceError, match="gone"):
        session(world).runs(1.0)


def test_a_loudspeaker_that_is_not_wanted_is_never_lost() -> None:
    player = NoLoudspeaker()
    assert player.has_begun()
    assert player.advance().is_done


def test_a_machine_that_slept_is_told_and_nothing_else_happens() -> None:
    world = World()
    done = session(world).runs(1.0)
    world.slept_s += 600.0
    done.runs(1.0)
    (slept,) = done.news
    assert isinstance(slept, MachineSlept)
    assert (slept.asleep_s, slept.until_s) == (600.0, slept.at_s)
    world.slept_s += 1.0
    done.runs(1.0)
    assert len(done.news) == 1
    check_clock(done)


def test_a_long_gap_in_the_sound_is_a_sleep_and_a_short_one_is_not() -> None:
    world = World()
    done = session(world).runs(1.0)
    world.skips = 100
    done.runs(1.0)
    assert done.news == []
    world.skips = 1000
    done.runs(1.0)
    (slept,) = done.news
    assert isinstance(slept, MachineSlept)
    assert slept.asleep_s == 20.0
    assert slept.until_s == pytest.approx(slept.at_s + 20.0)


def test_the_system_tells_how_long_it_slept() -> None:
    first = slept_so_far_s()
    assert slept_so_far_s() - first == pytest.approx(0.0, abs=0.5)
