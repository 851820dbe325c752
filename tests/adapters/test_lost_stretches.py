"""Voice without words inside a piece, and what is heard of it put in its place."""

from __future__ import annotations

import numpy as np
import pytest

from tests.fakes import LevelDetector
from tests.sounds import silence, tone
from voice_coach.adapters.lost_stretches import (
    LostStretchSettings,
    Stretch,
    cut_out,
    lost_stretches,
    put_in,
)
from voice_coach.core.audio import Pcm
from voice_coach.core.transcript import Word, laid_out

SETTINGS = LostStretchSettings()


def words(*spoken: tuple[str, float, float]) -> tuple[Word, ...]:
    """Each text spread over its stretch of time."""
    return tuple(word for text, start_s, end_s in spoken for word in laid_out(text, start_s, end_s))


def lost(found: tuple[Word, ...], pcm: Pcm) -> list[tuple[float, float, int, int]]:
    stretches = lost_stretches(found, pcm, LevelDetector(), SETTINGS)
    return [(item.start_s, item.end_s, item.first, item.end) for item in stretches]


def texts(found: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in found)


class TestLost:
    def test_eight_seconds_of_voice_in_an_otherwise_full_piece_are_noticed(self) -> None:
        found = words(("one two three four", 0.0, 2.0), ("five six seven eight", 10.0, 12.0))
        assert lost(found, tone(12.0)) == [(2.0, 10.0, 4, 4)]

    def test_at_either_end_of_the_piece_too(self) -> None:
        assert lost(words(("five six", 5.0, 6.0)), tone(12.0)) == [(0.0, 12.0, 0, 2)]
        assert lost(words(("a b c d e f", 5.0, 8.0)), tone(12.0)) == [(0.0, 5.0, 0, 0), (8.0, 12.0, 6, 6)]
        assert lost((), tone(3.0)) == [(0.0, 3.0, 0, 0)]

    @pytest.mark.parametrize(("voiced_s", "is_lost"), [(1.3, False), (1.7, True)])
    def test_only_voice_counts(self, voiced_s: float, is_lost: bool) -> None:  # noqa: FBT001
        pcm = np.concatenate([tone(2.0), silence(3.0), tone(voiced_s), silence(3.0), tone(2.0)])
        found = words(("a b c", 0.0, 2.0), ("d e f", 8.0 + voiced_s, 10.0 + voiced_s))
        assert bool(lost(found, pcm)) is is_lost

    def test_a_word_that_is_drawn_out_over_others_hides_none(self) -> None:
        found = words(("one two three", 0.0, 1.5), ("many", 1.5, 6.0), ("more words here", 6.0, 7.5))
        assert lost(found, tone(7.5)) == [(1.5, 6.0, 3, 4)]

    def test_a_long_um_hides_nothing(self) -> None:
        assert lost(words(("um", 0.0, 2.6), ("yes", 2.6, 3.0)), tone(3.0)) == []

    def test_two_that_lie_close_are_one_with_the_words_between(self) -> None:
        found = words(("a b c", 0.0, 2.0), ("How", 6.0, 6.5), ("many", 6.5, 10.0), ("d e f", 10.0, 12.0))
        assert lost(found, tone(12.0)) == [(2.0, 10.0, 3, 5)]

    def test_fluent_talk_needs_no_detector(self) -> None:
        class Broken(LevelDetector):
            def is_speech(self, pcm: Pcm) -> bool:
                raise AssertionError(len(pcm))

        assert lost_stretches(words(("a b c d", 0.0, 3.0)), tone(3.0), Broken(), SETTINGS) == []


class TestCutOut:
    @pytest.mark.parametrize(("pause_at_s", "from_s"), [(3.5, 3.71), (3.95, 3.99), (2.0, 3.01)])
    def test_at_the_quiet_moment_beside_it(self, pause_at_s: float, from_s: float) -> None:
        """Up to a second before it, a little inside it; where there is none, anywhere near."""
        pcm = tone(12.0)
        pcm[round(pause_at_s * 16_000) : round((pause_at_s + 0.22) * 16_000)] = 0
        stretch = Stretch(start_s=4.0, end_s=12.0, first=3, end=3)
        begin_s, end_s = cut_out(pcm, stretch, SETTINGS)
        assert end_s == 12.0
        if pause_at_s < 3.0:
            assert 3.0 <= begin_s <= 4.3
        else:
            assert begin_s == pytest.approx(from_s)

    def test_at_the_ends_of_the_piece_nothing_is_cut(self) -> None:
        whole = Stretch(start_s=0.0, end_s=5.0, first=0, end=0)
        assert cut_out(tone(5.0), whole, SETTINGS) == (0.0, 5.0)

    def test_behind_it_as_before_it(self) -> None:
        pcm = tone(12.0)
        pcm[round(6.5 * 16_000) : round(6.8 * 16_000)] = 0
        begin_s, end_s = cut_out(pcm, Stretch(start_s=0.0, end_s=6.0, first=0, end=0), SETTINGS)
        assert begin_s == 0.0
        assert end_s == pytest.approx(6.51)


GAP = Stretch(start_s=4.0, end_s=10.0, first=3, end=3)
STANDS = words(("we cache reads", 2.0, 4.0), ("and then writes", 10.0, 12.0))


class TestPutIn:
    def test_what_was_lost_comes_in_its_place(self) -> None:
        heard = words(("behind a queue", 5.0, 8.0))
        assert texts(put_in(STANDS, GAP, heard, SETTINGS)) == "we cache reads behind a queue and then writes"

    def test_words_of_the_margins_are_not_doubled(self) -> None:
        heard = words(("Cache reads,", 3.2, 4.2), ("behind a queue", 5.0, 8.0), ("And then", 9.8, 10.8))
        assert texts(put_in(STANDS, GAP, heard, SETTINGS)) == "we cache reads behind a queue and then writes"

    def test_where_the_margins_are_heard_otherwise_times_decide(self) -> None:
        heard = words(("cash beads", 3.1, 3.9), ("behind a queue", 5.0, 8.0), ("end den", 10.1, 10.9))
        assert texts(put_in(STANDS, GAP, heard, SETTINGS)) == "we cache reads behind a queue and then writes"

    def test_the_same_words_far_from_the_seam_were_said_again(self) -> None:
        heard = words(("it reads and then it reads", 5.5, 8.0))
        assert (
            texts(put_in(STANDS, GAP, heard, SETTINGS))
            == "we cache reads it reads and then it reads and then writes"
        )

    def test_a_loud_neighbour_that_is_heard_in_its_place_is_not_doubled(self) -> None:
        """At times that are far off: it is all that the second hearing found."""
        assert put_in(STANDS, GAP, words(("And then", 5.0, 6.0)), SETTINGS) == STANDS
        assert put_in(STANDS, GAP, words(("cache reads.", 7.0, 8.0)), SETTINGS) == STANDS

    def test_words_heard_without_their_context_are_replaced(self) -> None:
        stretch = Stretch(start_s=4.0, end_s=10.0, first=3, end=4)
        stands = words(("we cache reads", 2.0, 4.0), ("many", 4.0, 10.0), ("and then writes", 10.0, 12.0))
        heard = words(("behind a queue of", 4.5, 9.0))
        assert texts(put_in(stands, stretch, heard, SETTINGS)) == (
            "we cache reads behind a queue of and then writes"
        )

    @pytest.mark.parametrize("heard", [(), words(("reads", 3.5, 4.0), ("and then", 10.0, 10.8))])
    def test_where_nothing_more_is_heard_all_stays(self, heard: tuple[Word, ...]) -> None:
        assert put_in(STANDS, GAP, heard, SETTINGS) == STANDS

    def test_at_the_ends_of_a_piece_there_is_one_seam(self) -> None:
        whole = Stretch(start_s=0.0, end_s=10.0, first=0, end=0)
        heard = words(("behind a queue", 5.0, 8.0), ("and then", 9.9, 10.8))
        assert texts(put_in(STANDS[3:], whole, heard, SETTINGS)) == "behind a queue and then writes"
