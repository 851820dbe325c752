"""What every source of microphone audio promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.rig import plugged_in, skip_without_card
from tests.sounds import noise
from voice_coach.adapters.frame_player import FramePlayer
from voice_coach.adapters.microphone import Microphone, MicrophoneSettings
from voice_coach.adapters.real_time import RealTime
from voice_coach.adapters.recording_source import RecordingSource
from voice_coach.adapters.room import Room
from voice_coach.adapters.room_script import Line, When
from voice_coach.ports import AudioSource


@pytest.fixture(
    params=[
        "recording",
        "room",
        "paced recording",
        pytest.param("microphone", marks=[pytest.mark.slow, pytest.mark.alone]),
    ]
)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AudioSource]:
    match request.param:
        case "recording":
            yield RecordingSource(noise(0.3))
        case "paced recording":
            yield RecordingSource(noise(0.3), RealTime())
        case "room":
            yield Room([Line(when=When.START, wait_s=0.0, pcm=noise(0.3))], FramePlayer())
        case _:
            skip_without_card()
            with plugged_in(tmp_path):
                microphone = Microphone(MicrophoneSettings())
                yield microphone
                microphone.close()


def test_frames_are_20_ms_of_int16_and_count_from_0(source: AudioSource) -> None:
    for index in range(25):
        frame = source.read()
        assert frame is not None
        assert frame.index == index
        assert frame.pcm.shape == (320,)
        assert frame.pcm.dtype == np.int16


def test_a_frame_is_the_reader_s_own(source: AudioSource) -> None:
    first = source.read()
    assert first is not None
    before = first.pcm.copy()
    for _ in range(20):
        source.read()
    assert np.array_equal(first.pcm, before)
    first.pcm[:] = 0


def test_closing_twice_is_fine(source: AudioSource) -> None:
    source.read()
    source.close()
    source.close()


def test_a_recording_is_followed_by_silence_for_ever() -> None:
    sound = noise(0.31)
    source = RecordingSource(sound)
    joined = np.concatenate([source.read().pcm for _ in range(100)])
    assert np.array_equal(joined[: len(sound)], sound)
    assert not joined[len(sound) :].any()
