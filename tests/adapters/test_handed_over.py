"""The far end stays where it is in the microphone, whenever blocks are handed over and frames are read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sounds import found_at, noise, tone
from voice_coach.adapters.handed_over import (
    HELD_BLOCKS,
    KEPT_BLOCKS,
    LATE_BLOCKS,
    SETTLING_FRAMES,
    SPARE_BLOCKS,
    WATCHED_FRAMES,
    HandedOver,
)
from voice_coach.core.audio import FRAME_SAMPLES, RATE_HZ, Pcm

BLOCKS = noise(12.0).reshape(-1, FRAME_SAMPLES)


def read(handed: HandedOver, frames: int) -> Pcm:
    return np.concatenate([handed.frame() for _ in range(frames)])


def begun(blocks: int = HELD_BLOCKS) -> HandedOver:
    """Somebody reads, and so many blocks are held."""
    handed = HandedOver(RATE_HZ)
    for block in BLOCKS[:blocks]:
        handed.put(block)
    return handed


def test_what_was_handed_over_before_anybody_read_is_past() -> None:
    handed = begun(20)
    assert np.array_equal(read(handed, 1), BLOCKS[20 - HELD_BLOCKS])


def test_a_few_blocks_are_held_back() -> None:
    handed = begun(HELD_BLOCKS - 1)
    assert not read(handed, 1).any()
    handed.put(BLOCKS[HELD_BLOCKS - 1])
    assert np.array_equal(read(handed, 1), BLOCKS[0])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-HELD_BLOCKS + 1, 60), min_size=1, max_size=SETTLING_FRAMES - 1))
def test_bursts_of_either_side_do_not_move_it(leads: list[int]) -> None:
    """The driver is ahead of the reader by as many blocks as each of *leads* says, or behind."""
    handed, put = begun(), HELD_BLOCKS
    heard = [handed.frame()]
    for number, lead in enumerate(leads):
        while put < min(len(BLOCKS), number + 1 + HELD_BLOCKS + lead):
            handed.put(BLOCKS[put])
            put += 1
        heard.append(handed.frame())
    assert np.array_equal(np.concatenate(heard), BLOCKS[: len(leads) + 1].reshape(-1))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 5), st.integers(0, 5))
def test_once_it_has_settled_the_usual_bursts_leave_no_hole(
    handed_at_once: int, read_at_once: int, handed_first: int, read_first: int
) -> None:
    handed, put, heard = HandedOver(RATE_HZ), 0, []
    for moment in range(300):
        for _ in range(handed_at_once if (moment + handed_first) % handed_at_once == 0 else 0):
            handed.put(BLOCKS[put])
            put += 1
        due = (moment + read_first) % read_at_once == 0
        heard += [handed.frame() for _ in range(read_at_once if due else 0)]
    settled = np.concatenate(heard[SETTLING_FRAMES + HELD_BLOCKS + KEPT_BLOCKS + 3 :])
    start, alike = found_at(BLOCKS.reshape(-1), settled[: 5 * FRAME_SAMPLES])
    assert alike > 0.99
    assert np.array_equal(settled, BLOCKS.reshape(-1)[start : start + len(settled)])
    assert put - KEPT_BLOCKS - 4 <= (start + len(settled)) / FRAME_SAMPLES < put


def test_a_card_that_falls_behind_leaves_few_holes() -> None:
    """One block in five hundred is missing: ten times worse than any card."""
    handed, holes = begun(), 0
    for number in range(8 * WATCHED_FRAMES):
        if number % 500:
            handed.put(BLOCKS[number % len(BLOCKS)])
        holes += not handed.frame().any()
    assert holes <= 8 * WATCHED_FRAMES // 100


@pytest.mark.parametrize("late", [1, 5, LATE_BLOCKS])
def test_late_blocks_are_past_when_they_come(late: int) -> None:
    handed = begun()
    read(handed, HELD_BLOCKS)
    assert not read(handed, late).any()
    for block in BLOCKS[HELD_BLOCKS : HELD_BLOCKS + late + 2]:
        handed.put(block)
    assert np.array_equal(read(handed, 2), BLOCKS[HELD_BLOCKS + late : HELD_BLOCKS + late + 2].reshape(-1))


def test_a_card_that_had_stopped_is_begun_with_again() -> None:
    handed = begun()
    read(handed, HELD_BLOCKS + LATE_BLOCKS + 1)
    for block in BLOCKS[100 : 100 + HELD_BLOCKS]:
        handed.put(block)
    assert np.array_equal(read(handed, 1), BLOCKS[100])


def test_frames_that_had_waited_do_not_move_it() -> None:
    """The microphone was opened long before anybody read: its first frames come all at once."""
    handed = begun(20)
    read(handed, 8)
    found = []
    for block in BLOCKS[20:60]:
        handed.put(block)
        found.append(handed.frame())
    assert np.array_equal(found[-1], BLOCKS[60 - HELD_BLOCKS])


def test_a_card_that_runs_ahead_is_caught_up_with() -> None:
    handed = begun()
    read(handed, 1)
    for block in BLOCKS[: 4 * SPARE_BLOCKS]:
        handed.put(block)
    for number in range(2 * WATCHED_FRAMES):
        handed.put(BLOCKS[number % len(BLOCKS)])
        handed.frame()
    left = 0
    while handed.frame().any():
        left += 1
    assert left <= KEPT_BLOCKS + 1, left


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000])
def test_another_rate_is_converted_without_a_seam(rate_hz: int) -> None:
    handed, sound = HandedOver(rate_hz), tone(4.0, rate_hz=rate_hz)
    heard = []
    for block in sound.reshape(-1, rate_hz // 50):
        handed.put(block)
        heard.append(handed.frame())
    steady = np.concatenate(heard)[20 * FRAME_SAMPLES :]
    _, alike = found_at(tone(1.0), steady[: RATE_HZ // 2])
    assert alike > 0.95
    assert int(np.abs(np.diff(steady.astype(np.int32))).max()) < 8000 * 2 * np.pi * 440 / RATE_HZ * 1.05
