from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sounds import noise, silence, tone
from voice_coach.adapters.frame_player import FramePlayer
from voice_coach.adapters.room import Room, Said
from voice_coach.adapters.room_script import Line, When
from voice_coach.core.audio import Clip, Pcm


@dataclass
class Hearing:
    """A room and a coach who speaks at given frames, run for some seconds."""

    lines: list[Line]
    coach: dict[int, float] = field(default_factory=dict)
    """Frame before which an utterance starts, and its seconds."""
    stops: set[int] = field(default_factory=set)
    wraps_up: int | None = None
    """Frame before which the wrap-up is asked for."""

    def run(self, seconds: float) -> tuple[Pcm, list[Said]]:
        player = FramePlayer()
        room = Room(self.lines, player)
        said: list[Said] = []
        heard = []
        for frame in range(round(seconds / 0.02)):
            if frame in self.coach:
                player.start(frame, Clip(pcm=silence(self.coach[frame]), rate_hz=16_000))
            if frame in self.stops:
                player.stop()
            if frame == self.wraps_up:
                room.wrap_up()
            read = room.read()
            assert read.index == frame
            heard.append(read.pcm)
            said.extend(room.take_said())
            player.advance()
        return np.concatenate(heard), said


def line(seconds: float, when: When, wait_s: float = 0.0, seed: int = 1) -> Line:
    return Line(when=when, wait_s=wait_s, pcm=noise(seconds, seed=seed))


def closing(seconds: float, when: When, wait_s: float = 0.0) -> Line:
    return replace(line(seconds, when, wait_s, seed=7), is_closing=True)


def starts(said: list[Said]) -> list[float]:
    return [entry.start_s for entry in said]


def test_start_is_at_once() -> None:
    heard, said = Hearing([line(1.0, When.START, 0.8)]).run(2.0)
    assert said == [Said(index=0, start_s=0.0, end_s=1.0)]
    assert np.array_equal(heard[:16_000], noise(1.0))
    assert not heard[16_000:].any()


def test_then_waits_after_the_previous_entry_to_the_sample() -> None:
    first, second = noise(0.5003, seed=2), noise(0.3, seed=3)
    lines = [
        Line(when=When.THEN, wait_s=0.1001, pcm=first),
        Line(when=When.THEN, wait_s=0.2503, pcm=second),
    ]
    heard, said = Hearing(lines).run(2.0)
    begin = 1602
    later = begin + len(first) + 4005
    assert np.array_equal(heard[begin : begin + len(first)], first)
    assert np.array_equal(heard[later : later + len(second)], second)
    assert np.count_nonzero(heard) == np.count_nonzero(first) + np.count_nonzero(second)
    assert said[1].start_s == later / 16_000
    assert said[1].end_s == (later + len(second)) / 16_000


def test_two_entries_may_share_a_frame() -> None:
    lines = [Line(when=When.THEN, wait_s=0.0, pcm=noise(0.003, seed=seed)) for seed in (1, 2, 3)]
    heard, said = Hearing(lines).run(0.1)
    assert np.array_equal(heard[:144], np.concatenate([entry.pcm for entry in lines]))
    assert [entry.index for entry in said] == [0, 1, 2]


def test_asked_waits_until_the_coach_has_finished_and_been_silent() -> None:
    _, said = Hearing([line(0.5, When.ASKED, 0.8)], coach={50: 2.0}).run(6.0)
    assert starts(said) == [3.8]


def test_asked_starts_over_when_the_coach_goes_on() -> None:
    coach = {0: 1.0, 70: 1.0}
    _, said = Hearing([line(0.5, When.ASKED, 0.8)], coach=coach).run(6.0)
    assert starts(said) == [pytest.approx(1.4 + 1.0 + 0.8)]


def test_asked_does_not_count_what_the_coach_said_before_the_previous_end() -> None:
    lines = [line(1.0, When.START), line(0.5, When.ASKED, 0.2)]
    _, said = Hearing(lines, coach={5: 0.5, 100: 0.5}).run(5.0)
    assert starts(said) == [0.0, pytest.approx(2.0 + 0.5 + 0.2)]


def test_asked_counts_speech_that_began_before_the_previous_end_and_finished_after() -> None:
    lines = [line(1.0, When.START), line(0.5, When.ASKED, 0.2)]
    _, said = Hearing(lines, coach={40: 0.5}).run(5.0)
    assert starts(said) == [0.0, pytest.approx(0.8 + 0.5 + 0.2)]


def test_asked_counts_a_coach_who_was_stopped() -> None:
    _, said = Hearing([line(0.5, When.ASKED, 0.2)], coach={0: 5.0}, stops={50}).run(3.0)
    assert starts(said) == [pytest.approx(1.2)]


def test_over_speaks_into_the_coach() -> None:
    _, said = Hearing([line(0.5, When.OVER, 0.3)], coach={100: 3.0}).run(6.0)
    # The beginning is seen at the frame's start, so it is known to 20 ms.
    assert starts(said) == [pytest.approx(2.3, abs=0.021)]


def test_over_waits_for_the_next_beginning() -> None:
    lines = [line(1.0, When.START), line(0.5, When.OVER, 0.3)]
    _, said = Hearing(lines, coach={40: 1.0, 150: 1.0}).run(6.0)
    assert starts(said) == [0.0, pytest.approx(3.3, abs=0.021)]


def test_over_holds_though_the_coach_is_brief_and_begins_again() -> None:
    _, said = Hearing([line(0.5, When.OVER, 1.0)], coach={50: 0.2, 80: 1.0}).run(6.0)
    assert starts(said) == [pytest.approx(2.0, abs=0.021)]


@pytest.mark.parametrize("when", [When.ASKED, When.OVER])
def test_without_a_cue_for_a_minute_this_and_all_later_entries_stay_unsaid(when: When) -> None:
    lines = [line(1.0, When.START), line(0.5, when), line(0.5, When.THEN)]
    heard, said = Hearing(lines, coach={round(61.2 / 0.02): 1.0}).run(70.0)
    assert starts(said) == [0.0]
    assert not heard[16_000:].any()


@pytest.mark.parametrize(("coach_s", "is_said"), [(55.5, True), (58.5, False)])
@pytest.mark.parametrize("when", [When.ASKED, When.OVER])
def test_a_cue_has_come_when_its_wait_is_over(when: When, coach_s: float, is_said: bool) -> None:  # noqa: FBT001
    lines = [line(1.0, When.START), line(0.5, when, 3.0), line(0.5, When.START)]
    _, said = Hearing(lines, coach={round(coach_s / 0.02): 1.0}).run(70.0)
    assert len(said) == (3 if is_said else 1)


def test_a_coach_who_begins_again_after_the_minute_takes_the_cue_back() -> None:
    coach = {round(56.0 / 0.02): 1.0, round(58.5 / 0.02): 1.0}
    _, said = Hearing([line(0.5, When.ASKED, 2.5)], coach=coach).run(80.0)
    assert said == []


@pytest.mark.parametrize(("wait_s", "said_at"), [(60.0, [1.0 + 60.0, 61.5]), (60.001, []), (75.0, [])])
def test_a_wait_of_its_own_is_no_longer_than_a_minute(wait_s: float, said_at: list[float]) -> None:
    lines = [line(1.0, When.START), line(0.5, When.THEN, wait_s), line(0.5, When.THEN)]
    _, said = Hearing(lines).run(140.0)
    assert starts(said) == [0.0, *said_at]


def test_when_all_is_said_there_is_silence_for_ever() -> None:
    room = Room([line(0.1, When.START)], FramePlayer())
    told = []
    for _ in range(6):
        told.append(room.is_exhausted)
        room.read()
    assert told == [False] * 5 + [True]
    assert not any(room.read().pcm.any() for _ in range(500))


@settings(max_examples=50)
@given(
    lines=st.lists(
        st.tuples(st.sampled_from(When), st.integers(0, 3000), st.integers(1, 4000)),
        max_size=5,
    ),
    coach=st.dictionaries(st.integers(0, 150), st.floats(0.0, 0.6), max_size=4),
)
def test_law_entries_are_said_whole_in_order_and_never_overlap(
    lines: list[tuple[When, int, int]], coach: dict[int, float]
) -> None:
    made = [
        Line(when=when, wait_s=wait / 10_000, pcm=tone(length / 16_000, peak=1000 + index) | 1)
        for index, (when, wait, length) in enumerate(lines)
    ]
    heard, said = Hearing(made, coach).run(4.0)
    assert [entry.index for entry in said] == list(range(len(said)))
    rest = heard.copy()
    for entry, spoken in zip(said, made, strict=False):
        first = round(entry.start_s * 16_000)
        assert np.array_equal(heard[first : first + len(spoken.pcm)], spoken.pcm)
        rest[first : first + len(spoken.pcm)] = 0
    assert all(before.end_s <= after.start_s for before, after in pairwise(said))
    if len(said) == len(made):
        assert not rest.any()


ANSWERS = [
    line(0.5, When.ASKED),
    line(0.5, When.ASKED),
    line(0.5, When.ASKED),
    closing(0.5, When.ASKED),
    line(0.5, When.ASKED),
]
QUESTIONS = {0: 0.2, 60: 0.2, 120: 0.2, 180: 0.2, 240: 0.2}


@pytest.mark.parametrize(
    ("wraps_up", "said"),
    [
        (None, [0, 1, 2]),  # it waits, and all behind it
        (61, [0, 3, 4]),  # asked after the first answer
        (75, [0, 1, 3, 4]),  # while the second is being said, which is said to its end
        (181, [0, 1, 2, 3, 4]),
        (241, [0, 1, 2, 3]),  # after a question to which there was no answer
    ],
)
def test_the_wrap_up_is_answered_with_the_closing(wraps_up: int | None, said: list[int]) -> None:
    _, heard = Hearing(ANSWERS, QUESTIONS, wraps_up=wraps_up).run(8.0)
    assert [entry.index for entry in heard] == said


def test_a_room_without_a_closing_goes_on_as_it_is_written() -> None:
    lines = [line(0.5, When.ASKED), line(0.5, When.ASKED)]
    _, heard = Hearing(lines, QUESTIONS, wraps_up=1).run(8.0)
    assert [entry.index for entry in heard] == [0, 1]


def test_the_closing_waits_for_longer_than_any_other_entry() -> None:
    coach = {0: 0.2, 3600: 0.2}  # at 72 s
    _, heard = Hearing([line(0.5, When.ASKED), closing(0.5, When.ASKED)], coach, wraps_up=3599).run(75.0)
    assert [entry.index for entry in heard] == [0, 1]


WRAPS_UP = 1000
"""At 20 s."""


@pytest.mark.parametrize(
    ("when", "said_at"),
    [(When.START, 20.0), (When.THEN, 20.1), (When.ASKED, 20.1 + 1.0 + 0.1), (When.OVER, 20.1 + 0.1)],
)
def test_the_closing_has_its_time_from_the_wrap_up_on_and_is_heard_whole(when: When, said_at: float) -> None:
    lines = [line(1.0, When.START), closing(3.0, when, 0.1)]
    coach = {100: 0.5, WRAPS_UP + 5: 1.0}
    heard, said = Hearing(lines, coach, wraps_up=WRAPS_UP).run(30.0)
    assert starts(said) == [0.0, pytest.approx(said_at, abs=0.021)]
    first = round(said[1].start_s * 16_000)
    assert np.array_equal(heard[first : first + len(lines[1].pcm)], lines[1].pcm)


def test_what_waits_when_the_wrap_up_comes_was_not_begun() -> None:
    lines = [line(1.0, When.START), line(1.0, When.THEN, 25.0), closing(1.0, When.THEN)]
    _, said = Hearing(lines, wraps_up=WRAPS_UP).run(30.0)
    assert [(entry.index, entry.start_s) for entry in said] == [(0, 0.0), (2, 20.0)]


def test_the_closing_has_a_cue_of_its_own() -> None:
    lines = [line(1.0, When.START), line(1.0, When.OVER, 25.0), closing(1.0, When.OVER)]
    _, said = Hearing(lines, {100: 0.5, WRAPS_UP + 50: 0.5}, wraps_up=WRAPS_UP).run(30.0)
    assert [(entry.index, entry.start_s) for entry in said] == [(0, 0.0), (2, pytest.approx(21.0, abs=0.021))]
