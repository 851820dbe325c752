from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.transcript import Word
from voice_coach.core.word_edges import Sound, WordEdgeSettings, fitted, silences

FRAME_S = 0.02
SETTINGS = WordEdgeSettings()
LOUD, QUIET = -20.0, -45.0


def heard(*parts: tuple[str, float], breath_db: float = QUIET) -> list[Sound]:
    """Frames as the detector says them, late by its lag: "voice", "silence" and "breath" for so many seconds."""
    sounds = {
        "voice": Sound(is_voiced=True, level_db=LOUD),
        "silence": Sound(is_voiced=False, level_db=QUIET),
        "breath": Sound(is_voiced=True, level_db=breath_db),
    }
    frames = [sounds[kind] for kind, length_s in parts for _ in range(round(length_s / FRAME_S))]
    lag = round(SETTINGS.lag_s / FRAME_S)
    late = frames[:1] * lag + frames[: len(frames) - lag]
    return [
        Sound(is_voiced=said.is_voiced, level_db=frame.level_db)
        for said, frame in zip(late, frames, strict=True)
    ]


def quiet(frames: list[Sound]) -> list[tuple[float, float]]:
    return [(round(start, 3), round(end, 3)) for start, end in silences(frames, FRAME_S, SETTINGS)]


def spoken(*words: tuple[str, float, float]) -> list[Word]:
    return [Word(text=text, start_s=start, end_s=end) for text, start, end in words]


def times(words: list[Word], frames: list[Sound]) -> list[tuple[float, float]]:
    return [(word.start_s, word.end_s) for word in fitted(words, frames, FRAME_S, SETTINGS)]


def test_silences_stand_where_they_are_and_not_where_they_are_noticed() -> None:
    frames = heard(("silence", 0.5), ("voice", 1.0), ("silence", 0.4), ("voice", 1.0), ("silence", 0.3))
    assert quiet(frames) == [(0.0, 0.5), (1.5, 1.9), (2.9, 3.2)]
    assert quiet([]) == []


def test_a_short_silence_lies_within_a_word() -> None:
    frames = heard(("voice", 1.0), ("silence", 0.08), ("voice", 1.0))
    assert times(spoken(("one", 0.2, 1.0), ("two", 1.1, 1.9)), frames) == [(0.2, 1.1), (1.1, 1.9)]


def test_a_breath_is_silent_and_a_short_word_is_not() -> None:
    words = spoken(("one", 0.2, 0.9), ("two", 1.8, 2.4))
    parts = ("voice", 1.0), ("silence", 0.2), ("breath", 0.2), ("silence", 0.3), ("voice", 1.0)
    assert times(words, heard(*parts)) == [(0.2, 1.0), (1.7, 2.4)]
    assert times(words, heard(*parts, breath_db=LOUD)) == [(0.2, 1.4), (1.7, 2.4)]
    longer = ("voice", 1.0), ("silence", 0.2), ("breath", 0.4), ("silence", 0.3), ("voice", 1.0)
    assert times(words, heard(*longer)) == [(0.2, 1.6), (1.9, 2.4)]


def test_a_breath_that_would_leave_nothing_of_a_word_is_one() -> None:
    frames = heard(("voice", 1.0), ("silence", 0.6), ("breath", 0.2), ("silence", 0.3), ("voice", 1.0))
    words = spoken(("words.", 0.3, 0.8), ("And,", 1.85, 2.1), ("here", 2.1, 2.5))
    assert times(words, frames) == [(0.3, 1.0), (1.6, 2.1), (2.1, 2.5)]


def test_words_end_where_their_voice_ends() -> None:
    frames = heard(("silence", 0.3), ("voice", 1.0), ("silence", 0.5), ("voice", 0.7), ("silence", 0.5))
    words = spoken(("slow", 0.0, 0.9), ("Um,", 1.7, 2.0), ("we", 2.2, 2.3))
    assert times(words, frames) == [(0.3, 1.3), (1.8, 2.2), (2.2, 2.5)]


def test_the_first_word_begins_with_the_voice_unless_something_was_missed_before_it() -> None:
    frames = heard(("silence", 0.4), ("voice", 2.0))
    assert times(spoken(("And,", 0.9, 1.3)), frames) == [(0.4, 1.3)]
    assert times(spoken(("and", 1.9, 2.3)), frames) == [(1.9, 2.3)]


def test_a_pause_that_a_word_swallowed_is_given_back() -> None:
    frames = heard(("voice", 1.0), ("silence", 0.4), ("voice", 1.0))
    assert times(spoken(("slightly", 0.2, 0.8), ("lower", 0.8, 2.3)), frames) == [(0.2, 1.0), (1.4, 2.3)]


def test_words_that_nobody_heard_leave_their_gap() -> None:
    frames = heard(("voice", 3.0))
    assert times(spoken(("one", 0.0, 0.5), ("two", 2.0, 2.5)), frames) == [(0.0, 0.5), (2.0, 2.5)]


def test_a_silence_that_is_far_from_every_gap_changes_nothing() -> None:
    frames = heard(("voice", 2.0), ("silence", 0.3), ("voice", 2.0))
    assert times(spoken(("one", 0.0, 0.5), ("two", 0.5, 4.0)), frames) == [(0.0, 0.5), (0.5, 4.0)]


def test_of_two_silences_at_one_gap_the_longer_is_the_pause() -> None:
    frames = heard(("voice", 1.0), ("silence", 0.2), ("voice", 0.4), ("silence", 0.6), ("voice", 1.0))
    assert times(spoken(("one", 0.5, 0.9), ("two", 2.3, 2.6)), frames)[0][1] == pytest.approx(1.6)


def test_a_word_without_voice_keeps_its_times() -> None:
    frames = heard(("voice", 1.0), ("silence", 0.4), ("voice", 1.0))
    words = spoken(("one", 0.5, 1.0), ("whispered", 1.0, 1.4), ("two", 1.4, 2.4))
    assert times(words, frames) == [(0.5, 1.0), (1.0, 1.4), (1.4, 2.4)]


def test_where_no_voice_is_heard_at_all_words_keep_their_times() -> None:
    words = spoken(("one", 0.1, 0.5), ("two", 0.7, 0.9))
    assert times(words, heard(("silence", 1.0))) == [(0.1, 0.5), (0.7, 0.9)]
    assert times([], heard(("voice", 1.0))) == []


def test_a_single_word_has_no_gap() -> None:
    frames = heard(("silence", 0.2), ("voice", 0.5), ("silence", 0.3), ("voice", 0.4))
    assert times(spoken(("one", 0.0, 0.6)), frames) == [(0.2, 0.6)]


WORDS = st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 0.8)), min_size=1, max_size=12)
FRAMES = st.lists(
    st.tuples(st.booleans(), st.sampled_from([LOUD, -38.0, QUIET]), st.integers(1, 30)), max_size=20
)


@given(WORDS, FRAMES)
def test_words_stay_the_same_and_in_order(
    gaps: list[tuple[float, float]], runs: list[tuple[bool, float, int]]
) -> None:
    words, at_s = [], 0.0
    for gap_s, length_s in gaps:
        start_s = round(at_s + gap_s, 3)
        at_s = round(start_s + length_s, 3)
        words.append(Word(text="word", start_s=start_s, end_s=at_s, p=0.5))
    frames = [
        Sound(is_voiced=is_voiced, level_db=level) for is_voiced, level, count in runs for _ in range(count)
    ]
    found = fitted(words, frames, FRAME_S, SETTINGS)
    assert [word.text for word in found] == [word.text for word in words]
    flat = [moment for word in found for moment in (word.start_s, word.end_s)]
    assert flat == sorted(flat)
    assert all(0.0 <= moment <= max(at_s, len(frames) * FRAME_S) + 1e-6 for moment in flat)
