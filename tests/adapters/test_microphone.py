from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.rig import VirtualSoundCard, plugged_in, skip_without_card
from tests.sounds import found_at, noise
from voice_coach.adapters import microphone as adapter
from voice_coach.adapters.audio_file import write_wav
from voice_coach.adapters.microphone import (
    Block,
    BlockRing,
    Framer,
    Microphone,
    MicrophoneSettings,
    frames_lost,
)
from voice_coach.adapters.rate_conversion import converted
from voice_coach.adapters.sound_card import Device, Form, Role, find_device, has_device, list_devices, rescan
from voice_coach.core.errors import AudioDeviceError

LOST_WITHIN_S = 0.7


def block(value: int, samples: int = 320) -> np.ndarray:
    return np.full((samples, 1), value, dtype=np.int16)


def test_the_ring_gives_copies_in_order() -> None:
    ring = BlockRing(3, 320, 1)
    for index in range(7):
        assert ring.put(index, block(index))
        got = ring.get(0.0)
        assert got is not None
        assert got.index == index
        assert (got.samples == index).all()


def test_a_full_ring_keeps_the_old_and_refuses_the_new() -> None:
    ring = BlockRing(3, 320, 1)
    assert [ring.put(index, block(index)) for index in range(5)] == [True, True, True, False, False]
    kept = [ring.get(0.0) for _ in range(3)]
    assert [got.samples[0, 0] for got in kept if got] == [0, 1, 2]
    assert ring.put(5, block(5))


def test_an_empty_or_ended_ring_gives_none() -> None:
    ring = BlockRing(3, 320, 1)
    assert ring.get(0.001) is None
    ring.put(0, block(0))
    ring.end()
    assert ring.get(1.0) is not None
    assert ring.get(60.0) is None


def test_a_lost_block_is_a_gap_and_no_shift() -> None:
    framer = Framer(16_000, first_index=100)
    indexes = []
    for index in [0, 1, 4, 5]:
        framer.push(Block(index=index, samples=block(index)))
        frame = framer.pop()
        assert frame is not None
        assert (frame.pcm == index).all()
        indexes.append(frame.index)
    assert indexes == [100, 101, 104, 105]
    assert framer.pop() is None


def test_a_device_of_another_rate_is_converted_frame_by_frame() -> None:
    sound = noise(2.0, 44_100)
    framer = Framer(44_100, first_index=0)
    frames = []
    for index in range(100):
        # Ten blocks are lost after the first second.
        samples = sound[index * 882 : index * 882 + 882, None]
        framer.push(Block(index=index if index < 50 else index + 10, samples=samples))
        while (frame := framer.pop()) is not None:
            frames.append(frame)
    assert len(frames) >= 97
    joined = np.concatenate([frame.pcm for frame in frames])
    start, alike = found_at(joined, converted(sound, 44_100, 16_000)[3200:28_800])
    assert (start, alike > 0.999) == (3200, True)
    assert frames[0].index == 0
    assert frames[-1].index == len(frames) - 1 + 10


def test_a_microphone_whose_watch_fails_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    class Stream:
        def abort(self, *, ignore_errors: bool) -> None:
            assert ignore_errors

        def close(self, *, ignore_errors: bool) -> None:
            closed.append(ignore_errors)

    def broken(_kind: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(adapter, "open_stream", lambda *_: (Stream(), Form(rate_hz=16_000, channels=1)))
    monkeypatch.setattr(adapter, "StreamWatch", broken)
    device = Device(
        index=0,
        name="A",
        host_api="ALSA",
        input_channels=1,
        output_channels=0,
        rate_hz=16_000,
        is_default_input=True,
        is_default_output=False,
    )
    with pytest.raises(OSError, match="no more processes"):
        Microphone(MicrophoneSettings(), device)
    assert closed == [True]


@pytest.fixture
def card(tmp_path: Path) -> Iterator[VirtualSoundCard]:
    skip_without_card()
    with plugged_in(tmp_path) as plugged:
        yield plugged


@pytest.fixture
def microphone(card: VirtualSoundCard) -> Iterator[Microphone]:
    opened = Microphone(MicrophoneSettings())
    opened.read()
    yield opened
    opened.close()
    opened.close()


def read_for(microphone: Microphone, seconds: float) -> tuple[list[int], np.ndarray]:
    frames = [microphone.read() for _ in range(round(seconds / 0.02))]
    return [frame.index for frame in frames], np.concatenate([frame.pcm for frame in frames])


def seconds_to_loss(microphone: Microphone) -> tuple[float, str]:
    """From the last frame that still came."""
    last_s = time.monotonic()
    try:
        while True:
            microphone.read()
            last_s = time.monotonic()
    except AudioDeviceError as err:
        return time.monotonic() - last_s, str(err)


@pytest.mark.slow
@pytest.mark.alone
def test_what_is_said_is_heard_sample_by_sample(
    card: VirtualSoundCard, microphone: Microphone, tmp_path: Path
) -> None:
    sound = noise(2.0)
    write_wav(tmp_path / "said.wav", sound)
    with card.saying(tmp_path / "said.wav"):
        indexes, heard = read_for(microphone, 3.5)
    start, alike = found_at(heard, sound)
    assert alike > 0.95
    # No sample more or less: its end is as far from its beginning as it was.
    tail, _ = found_at(heard, sound[-4000:])
    assert abs(tail - start - (len(sound) - 4000)) <= 2
    assert indexes == list(range(1, 176))
    assert microphone.dropped_frames == 0


@pytest.mark.slow
@pytest.mark.alone
def test_in_a_second_of_nothing_but_listening_no_frame_is_lost(card: VirtualSoundCard) -> None:
    assert frames_lost(MicrophoneSettings(), find_device(Role.MICROPHONE)) == 0


@pytest.mark.slow
@pytest.mark.alone
def test_the_samples_are_the_clock(microphone: Microphone) -> None:
    read_for(microphone, 0.2)
    started_s = time.monotonic()
    read_for(microphone, 3.0)
    assert time.monotonic() - started_s == pytest.approx(3.0, abs=0.15)


@pytest.mark.slow
@pytest.mark.alone
def test_a_reader_who_is_late_finds_a_gap_and_no_shift(card: VirtualSoundCard) -> None:
    microphone = Microphone(MicrophoneSettings(ring_s=0.2), first_index=1000)
    try:
        microphone.read()
        started_s = time.monotonic()
        threading.Event().wait(1.0)
        indexes, _ = read_for(microphone, 0.4)
        passed = (time.monotonic() - started_s) / 0.02
    finally:
        microphone.close()
    assert indexes[0] == 1001
    assert microphone.dropped_frames > 20
    assert indexes[-1] - 1000 == pytest.approx(passed, abs=8)
    assert indexes[-1] - indexes[0] + 1 == len(indexes) + microphone.dropped_frames


@pytest.mark.slow
@pytest.mark.alone
def test_unplugging_is_noticed_though_the_stream_goes_on(
    card: VirtualSoundCard, microphone: Microphone
) -> None:
    started_s = time.monotonic()
    card.unplug_microphone()
    _, complaint = seconds_to_loss(microphone)
    assert time.monotonic() - started_s < LOST_WITHIN_S
    assert "no microphone behind" in complaint


@pytest.mark.slow
@pytest.mark.alone
def test_a_stall_is_noticed(card: VirtualSoundCard, microphone: Microphone) -> None:
    card.stall_microphone()
    silent_s, complaint = seconds_to_loss(microphone)
    assert 0.4 < silent_s < LOST_WITHIN_S
    assert "gives no sound any more" in complaint


@pytest.mark.slow
@pytest.mark.alone
def test_the_server_s_death_is_noticed(card: VirtualSoundCard, microphone: Microphone) -> None:
    card.kill()
    silent_s, _ = seconds_to_loss(microphone)
    assert silent_s < LOST_WITHIN_S


@pytest.mark.slow
@pytest.mark.alone
def test_a_microphone_that_is_plugged_in_again_can_be_opened_again(
    card: VirtualSoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULSE_SOURCE")  # as on a desktop: whatever the server prefers
    first = Microphone(MicrophoneSettings())
    card.unplug_microphone()
    seconds_to_loss(first)
    first.close()
    rescan()
    with pytest.raises(AudioDeviceError, match="no microphone behind"):
        Microphone(MicrophoneSettings())
    rescan()
    card.plug_microphone()
    again = Microphone(MicrophoneSettings(), first_index=500)
    assert again.read().index == 500
    again.close()


@pytest.mark.slow
@pytest.mark.alone
def test_a_monitor_may_be_allowed(card: VirtualSoundCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SOURCE", "coach_speaker.monitor")
    microphone = Microphone(MicrophoneSettings(refuses_monitor=False))
    assert microphone.read().index == 0
    microphone.close()


@pytest.mark.slow
@pytest.mark.alone
def test_the_card_is_listed_and_found_by_name(card: VirtualSoundCard) -> None:
    assert [device.name for device in list_devices()] == ["pulse", "default"]
    assert has_device(Role.MICROPHONE)
    assert find_device(Role.MICROPHONE).name == "default"
    assert find_device(Role.LOUDSPEAKER, "puls").name == "pulse"


@pytest.mark.slow
@pytest.mark.alone
def test_a_failure_in_the_callback_reaches_the_reader(microphone: Microphone) -> None:
    microphone._ring = None  # type: ignore[assignment]  # the callback trips over it
    ring = BlockRing(1, 320, 1)
    waiting = threading.Event()
    while microphone._failure is None:
        waiting.wait(0.01)
    microphone._ring = ring
    ring.end()
    with pytest.raises(AudioDeviceError) as caught:
        read_for(microphone, 60.0)
    assert isinstance(caught.value.__cause__, AttributeError)
