"""What was said, found by what is claimed of it, and the stretch that is played; here by words alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.bundled import CONTENT, RULES
from voice_coach.adapters.word_sounds import alike
from voice_coach.core.recall import Recall, cut_out
from voice_coach.core.review_state import ReviewSettings
from voice_coach.core.transcript import Speaker, Transcript, Word, laid_out

SETTINGS = ReviewSettings()
SAID = (
    "The links are kept in one table. A cache answers most of the reads. "
    "If the provider times out, we retry with the same key, so nobody is charged twice. "
    "A queue takes the clicks, and a worker counts them in the background."
)


def recall(text: str = SAID) -> Recall:
    words = laid_out(text, 10.0, 10.0 + len(text.split()) / 2.5)
    heard = RULES.listen(Transcript().with_words(Speaker.CANDIDATE, words))
    plain = frozenset(CONTENT.review.when.plain)
    return Recall(heard, None, alike, plain, lambda _: frozenset(), SETTINGS)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("the backround", "and a worker counts them in the background."),
        ("something about caching", "A cache answers most of the reads."),
        ("that we retry", "we retry with the same key,"),
        ("the workers", "and a worker counts them"),
    ],
)
def test_words_find_their_sentence_however_they_end_or_sound(claim: str, said: str) -> None:
    looked = recall()
    found = looked.best(laid_out(claim, 0.0, 1.0))
    assert found is not None
    assert said in looked.stretch(found).quote


def test_what_has_no_word_in_common_is_not_found() -> None:
    assert recall().best(laid_out("penguins on icebergs", 0.0, 1.0)) is None


def test_nothing_is_found_where_nothing_was_said() -> None:
    assert recall("").best(laid_out("the cache", 0.0, 1.0)) is None


@settings(deadline=None)
@given(
    gaps=st.lists(st.tuples(st.floats(0.0, 3.0), st.floats(0.01, 3.0)), min_size=3, max_size=40),
    common=st.sets(st.integers(0, 39)),
    edges=st.tuples(st.integers(0, 39), st.integers(0, 39)),
)
def test_a_stretch_is_whole_words_and_touches_none_of_the_others(
    gaps: list[tuple[float, float]], common: set[int], edges: tuple[int, int]
) -> None:
    words: list[Word] = []
    at_s = 0.0
    for number, (gap_s, long_s) in enumerate(gaps):
        start_s = round(at_s + gap_s, 3)
        at_s = round(start_s + long_s, 3)
        words.append(Word(text=f"w{number}", start_s=start_s, end_s=at_s))
    first, last = sorted(edge % len(words) for edge in edges)
    said = words[first : last + 1]
    stretch = cut_out(words, said, frozenset(place for place in common if place < len(said)), SETTINGS)
    played = list(stretch.words)
    begin = words.index(played[0])
    assert words[begin : begin + len(played)] == played
    assert stretch.end_s - stretch.start_s <= SETTINGS.replay_s + 1e-6
    assert stretch.start_s <= played[0].start_s < played[-1].end_s <= stretch.end_s
    others = [*words[:begin], *words[begin + len(played) :]]
    assert not any(
        min(word.end_s, stretch.end_s) - max(word.start_s, stretch.start_s) > 1e-6 for word in others
    )
