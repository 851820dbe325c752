"""Levels, clipping and echo, measured on sounds of which they are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sounds import clipped, echoed, noise, silence, speech, tone, with_level
from voice_coach.core.audio import FRAME_SAMPLES, SILENCE_DBFS, Pcm, dbfs
from voice_coach.core.sound_measures import clipped_share, echo_of, levels_dbfs

TALK = speech(4.0)
OTHER = speech(4.0, seed=2)


def room(seconds: float, dbfs_: float, seed: int = 3) -> Pcm:
    return with_level(noise(seconds, seed=seed), dbfs_)


class TestLevels:
    def test_of_silence_and_of_a_tone(self) -> None:
        assert levels_dbfs(silence(0.1)).tolist() == [SILENCE_DBFS] * 5
        assert levels_dbfs(tone(0.2, peak=8000)) == pytest.approx(
            np.full(10, 20 * np.log10(8000 / 32768 / np.sqrt(2))), abs=0.2
        )

    def test_a_direct_current_is_no_sound(self) -> None:
        hum = tone(0.2, peak=100)
        assert levels_dbfs(hum + np.int16(3000)) == pytest.approx(levels_dbfs(hum), abs=0.5)

    def test_a_frame_that_is_not_whole_does_not_count(self) -> None:
        assert len(levels_dbfs(tone(0.1)[: 2 * FRAME_SAMPLES + 5])) == 2
        assert len(levels_dbfs(silence(0.0))) == 0


class TestClipping:
    def test_speech_is_not_clipped(self) -> None:
        assert clipped_share(TALK) < 0.001
        assert clipped_share(silence(1.0)) == 0.0
        assert clipped_share(silence(0.0)) == 0.0

    @pytest.mark.parametrize("turned_down", [1.0, 0.3])
    def test_speech_that_was_cut_off_is_whatever_its_level_later(self, turned_down: float) -> None:
        cut = (clipped(TALK, over_db=12.0) * turned_down).astype(np.int16)
        assert clipped_share(cut) > 0.01

    def test_one_side_is_enough(self) -> None:
        assert clipped_share(np.minimum(TALK, TALK.max() // 4)) > 0.005

    @given(over_db=st.tuples(st.floats(0.0, 18.0), st.floats(0.0, 18.0)))
    def test_the_more_is_cut_off_the_more_is_seen(self, over_db: tuple[float, float]) -> None:
        less, more = sorted(over_db)
        assert clipped_share(clipped(TALK, over_db=less)) <= clipped_share(clipped(TALK, over_db=more))


class TestEcho:
    @pytest.mark.parametrize("delay_s", [-0.1, 0.0, 0.06, 0.25, 0.5])
    def test_it_is_found_wherever_it_is(self, delay_s: float) -> None:
        heard = echoed(TALK, gain=0.3, delay_s=delay_s) + room(4.0, -60.0)
        echo = echo_of(TALK, heard, None)
        assert echo.share > 0.7
        assert echo.dbfs == pytest.approx(dbfs(heard), abs=2.0)

    def test_through_the_walls_of_a_room_and_its_noise(self) -> None:
        heard = echoed(TALK, gain=0.1, delay_s=0.1, rings_s=0.06)
        found = echo_of(TALK, heard + room(4.0, dbfs(heard)), None)
        assert 0.1 < found.share < 0.6
        assert found.dbfs == pytest.approx(dbfs(heard), abs=6.0)

    @pytest.mark.parametrize("heard", [room(4.0, -40.0), OTHER, silence(4.0), tone(4.0, hz=100.0)])
    def test_what_is_something_else_is_none(self, heard: Pcm) -> None:
        assert echo_of(TALK, heard, None).share < 0.03

    def test_a_coach_that_says_nothing_has_none(self) -> None:
        assert echo_of(silence(4.0), OTHER, OTHER).share == 0.0
        assert echo_of(silence(0.02), silence(0.02), None).share == 0.0

    def test_who_talks_over_it_hides_little_of_it(self) -> None:
        echo = echoed(TALK, gain=0.5, delay_s=0.06)
        assert echo_of(TALK, with_level(echo, -30) + with_level(OTHER, -36), None).share > 0.5

    def test_what_a_canceller_takes_off(self) -> None:
        heard = echoed(TALK, gain=0.3, delay_s=0.06)
        found = echo_of(TALK, heard, (heard / 10).astype(np.int16))
        assert found.cancelled_db == pytest.approx(20.0, abs=0.5)
        assert found.left_dbfs < dbfs(heard) - 15.0
        assert echo_of(TALK, heard, None).cancelled_db == 0.0

    @given(gains=st.tuples(st.floats(0.001, 1.0), st.floats(0.001, 1.0)))
    def test_a_louder_echo_is_never_taken_for_a_quieter_one(self, gains: tuple[float, float]) -> None:
        quiet, loud = (
            echo_of(TALK, echoed(TALK, gain=gain, delay_s=0.06) + room(4.0, -55.0), None)
            for gain in sorted(gains)
        )
        assert quiet.dbfs <= loud.dbfs + 0.1
        assert quiet.share <= loud.share + 0.01
