from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sounds import silence, tone
from voice_coach.core.audio import (
    FRAME_SAMPLES,
    RATE_HZ,
    SILENCE_DBFS,
    AudioFrame,
    Clip,
    Piece,
    dbfs,
    duration_s,
    frames_between,
    frames_to_s,
    to_float32,
)


@given(st.integers(0, 1_000_000))
def test_frames_lie_end_to_end_and_their_times_survive_json(index: int) -> None:
    frame = AudioFrame(index=index, pcm=silence(0.02))
    assert frame.start_s == frames_to_s(index)
    assert frame.end_s == AudioFrame(index=index + 1, pcm=frame.pcm).start_s
    assert frame.start_s == round(index * FRAME_SAMPLES / RATE_HZ, 3)


@given(st.integers(0, 100_000), st.integers(1, 100_000))
def test_the_frames_between_two_samples_are_those_that_hold_any_of_them(first: int, count: int) -> None:
    found = frames_between(round(first / RATE_HZ, 7), round((first + count) / RATE_HZ, 7))
    assert list(found) == sorted({at // FRAME_SAMPLES for at in range(first, first + count)})


def test_a_piece_ends_with_its_last_sample() -> None:
    assert Piece(id=0, start_s=1.5, pcm=silence(0.25), voiced_s=0.0).end_s == 1.75


def test_lengths_depend_on_the_rate() -> None:
    assert duration_s(silence(2.0)) == 2.0
    assert Clip(pcm=silence(1.0, 22_050), rate_hz=22_050).duration_s == 1.0


@pytest.mark.parametrize(("peak", "expected"), [(32767, -3.01), (3277, -23.01), (328, -43.0)])
def test_the_level_of_a_sine_is_three_decibels_under_its_peak(peak: int, expected: float) -> None:
    assert dbfs(tone(1.0, peak=peak)) == pytest.approx(expected, abs=0.05)


def test_silence_and_nothing_have_the_lowest_level() -> None:
    assert dbfs(silence(1.0)) == SILENCE_DBFS
    assert dbfs(silence(0.0)) == SILENCE_DBFS


def test_samples_as_floats_stay_below_one() -> None:
    assert to_float32(np.array([-32768, 0, 32767], np.int16)).tolist() == [-1.0, 0.0, 32767 / 32768]
