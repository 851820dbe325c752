"""What was said, found by what is claimed of it, and the stretch that is played; here by words alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.bundled import CONTENT, RULES
from voice_coach.adapters.word_sounds import alike
from voice_coach.core.recall import Recall, cut_out, likelihoods
from voice_coach.core.recall_parts import parts_of
from voice_coach.core.review_state import ReviewSettings
from voice_coach.core.same_words import same_index
from voice_coach.core.transcript import Speaker, Transcript, Word, laid_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.features import Encoder, Matrix

SETTINGS = ReviewSettings()
SAME = same_index(CONTENT.same_words, CONTENT.lexicon)
SAID = (
    "The links are kept in one table. A cache answers most of the reads. "
    "If the provider times out, we retry with the same key, so nobody is charged twice. "
    "A queue takes the clicks, and a worker counts them in the background."
)


class AsNear:
    """A sentence model to which all is as near to the first as it is told."""

    def __init__(self, near: float) -> None:
        self._near = near

    def encode(self, texts: Sequence[str]) -> Matrix:
        far = [self._near, math.sqrt(1.0 - self._near**2)]
        return np.array([[1.0, 0.0], *[far] * (len(texts) - 1)], np.float32)


def recall(text: str = SAID, encoder: Encoder | None = None) -> Recall:
    words = laid_out(text, 10.0, 10.0 + len(text.split()) / 2.5)
    heard = RULES.listen(Transcript().with_words(Speaker.CANDIDATE, words))
    plain = frozenset(CONTENT.review.when.plain)
    return Recall(heard, encoder, alike, plain, SAME, SETTINGS)


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


@pytest.mark.parametrize("said", [SAID, "We use one table.", "Good. It is so."])
@pytest.mark.parametrize("claim", ["penguins on icebergs", "that it is so"])
def test_what_has_no_telling_word_in_common_is_not_found(said: str, claim: str) -> None:
    assert recall(said).best(laid_out(claim, 0.0, 1.0)) is None


@pytest.mark.parametrize("said", [SAID, "The clicks go into a queue."])
def test_what_only_stands_for_the_words_of_the_claim_is_never_told_without_doubt(said: str) -> None:
    looked = recall(said)
    found = looked.best(laid_out("that I would use kafka and zookeeper", 0.0, 1.0))
    assert found is None or not looked.is_sure(found)
    queue = looked.best(laid_out("that the clicks go into a queue", 0.0, 1.0))
    assert queue is not None
    assert looked.is_sure(queue)


@pytest.mark.parametrize(("near", "is_played"), [(0.44, False), (0.8, True)])
def test_meaning_alone_is_played_only_where_it_is_near(near: float, *, is_played: bool) -> None:
    looked = recall("We use one table.", AsNear(near))
    assert (looked.best(laid_out("penguins on icebergs", 0.0, 1.0)) is not None) == is_played


@pytest.mark.parametrize(("near", "is_sure"), [(0.2, False), (0.6, True)])
def test_words_that_stand_for_the_claim_are_sure_only_with_the_meaning(near: float, *, is_sure: bool) -> None:
    looked = recall("The clicks go into a queue.", AsNear(near))
    found = looked.best(laid_out("kafka", 0.0, 1.0))
    assert found is not None
    assert looked.is_sure(found) == is_sure


@pytest.mark.parametrize("fits", [[0.05], [1.0, 1.0, 1.0]])
def test_a_short_answer_does_not_make_a_weak_fit_likely(fits: list[float]) -> None:
    assert likelihoods(np.array(fits)).max() < SETTINGS.unsure_from


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("how we avoid charging somebody two times", "so nobody is charged twice."),
        ("asynchronous work", "a worker counts them in the background."),
        ("who reads from memory", "A cache answers most of the reads."),
    ],
)
def test_words_that_stand_for_those_of_the_claim_find_it(claim: str, said: str) -> None:
    looked = recall()
    assert said in looked.stretch(looked.find(laid_out(claim, 0.0, 1.0))[0]).quote


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    looked = recall("The cache is small. The cache is near. The cache has a lease. The cache is cheap.")
    found = looked.find(laid_out("the lease of the cache", 0.0, 1.0))
    assert found[0].number == 2
    assert found[0].likely > found[1].likely


def test_another_place_is_told_of_only_where_it_fits_as_well() -> None:
    twice = "We retry with a key. Then there is the shop. It sells shoes. Later we retry with a key."
    looked = recall(twice)
    claim = laid_out("that we retry with a key", 0.0, 1.0)
    found = looked.find(claim)
    other = looked.other(found)
    assert other is not None
    assert {found[0].number, other.number} == {0, 3}
    looked = recall("Retries with a key. We retry with a key. Then there is a shop that sells shoes.")
    best, second = found = looked.find(claim)[:2]
    assert (best.number, second.number) == (0, 1)
    assert second.fit >= best.fit - SETTINGS.other_within
    assert looked.other(found) is None  # it is played behind the first
    shoes = laid_out("the shoes", 0.0, 1.0)
    assert looked.other(looked.find(shoes)) is None


def test_a_third_place_is_told_of_where_the_second_is_played_with_the_first() -> None:
    looked = recall(
        "Retries with a key. We retry with a key. The shop sells shoes. Later we retry with a key."
    )
    found = looked.find(laid_out("that we retry with a key", 0.0, 1.0))
    assert [item.number for item in found[:2]] == [0, 1]
    other = looked.other(found)
    assert other is not None
    assert other.number == 3


def test_a_heading_is_played_with_what_follows_it_and_a_sentence_alone() -> None:
    looked = recall("Next, the failures. If the queue is full, we turn callers away. The disk is mirrored.")
    found = looked.find(laid_out("the failures", 0.0, 1.0))[0]
    assert looked.stretch(found).quote == "Next, the failures."
    assert looked.stretch(found, goes_on=True).quote == (
        "Next, the failures. If the queue is full, we turn callers away."
    )
    long = "The queue is full of clicks that nobody has counted since the night before. The disk is mirrored."
    looked = recall(long)
    found = looked.find(laid_out("the queue", 0.0, 1.0))[0]
    assert looked.stretch(found, goes_on=True).quote == looked.stretch(found).quote


@settings(deadline=None)
@given(steps=st.lists(st.integers(-50, 200), min_size=1, max_size=30), more=st.floats(0.1, 5.0))
def test_what_stands_out_is_likelier(steps: list[int], more: float) -> None:
    fits = np.array(steps) / 10.0
    likely = likelihoods(fits)
    assert list(np.argsort(likely, kind="stable")) == list(np.argsort(fits, kind="stable"))
    assert all(0.0 <= value <= 1.0 for value in likely)
    best = int(np.argmax(fits))
    raised = fits.copy()
    raised[best] += more
    assert likelihoods(raised)[best] > likely[best]


@settings(deadline=None)
@given(
    words=st.lists(
        st.tuples(st.sampled_from(["so", "and", "box,", "disk", "queue", "shop."]), st.floats(0.05, 1.5)),
        min_size=1,
        max_size=120,
    ),
    most_s=st.floats(2.0, 10.0),
)
def test_all_that_was_said_is_in_some_part_and_no_part_is_too_long(
    words: list[tuple[str, float]], most_s: float
) -> None:
    spoken: list[Word] = []
    for text, long_s in words:
        start_s = spoken[-1].end_s if spoken else 0.0
        spoken.append(Word(text=text, start_s=start_s, end_s=start_s + long_s))
    heard = RULES.listen(Transcript().with_words(Speaker.CANDIDATE, spoken))
    parts = parts_of(heard, most_s)
    for number, line in enumerate(heard.lines):
        own = [part for part in parts if part.number == number]
        assert {place for part in own for place in range(part.first, part.end)} == set(range(len(line.words)))
        assert all(line.words[part.end - 1].end_s - line.words[part.first].start_s <= most_s for part in own)


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
