from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.spoken import judge
from voice_coach.core.cue_index import CueIndex, Hit
from voice_coach.core.cues import Span, compile_cue, plain

SETS = {
    "store": ("postgres*", "(key value|graph) store"),
    "odd": ("(the)? ... #", "^ (yes|no) $", "dead-letter queue"),
}
CUES = [
    "rate limit",
    "partition*",
    "(hash|key) ring",
    "(the)? cache",
    "we ... {store}",
    "# users",
    "^ okay",
    "done $",
    "re-try*",
    "{odd}",
    "a b",
]
WORDS = [
    "rate",
    "limit",
    "partitioned",
    "hash",
    "key",
    "ring",
    "the",
    "cache",
    "we",
    "take",
    "Postgres,",
    "graph",
]
WORDS += [
    "store",
    "five",
    "users",
    "okay.",
    "done",
    "re-tried",
    "dead-letter",
    "queue",
    "yes",
    "a",
    "b",
    "value",
]


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_the_index_finds_what_each_cue_alone_finds(words: list[str]) -> None:
    text = plain(" ".join(words))
    index = CueIndex({"x": CUES}, SETS)
    alone = {
        (number, span.first, span.end)
        for number, source in enumerate(CUES)
        for span in compile_cue(source, SETS).find_all(text)
    }
    assert {(hit.cue, hit.span.first, hit.span.end) for hit in index.hits(text)} == alone


def test_hits_know_their_tag_and_place() -> None:
    index = CueIndex({"store": ["postgres*"], "limit": ["rate limit"]}, {})
    assert index.hits(plain("A rate limit in Postgres")) == (
        Hit("store", 0, Span(first=4, end=5)),
        Hit("limit", 0, Span(first=1, end=3)),
    )


def test_a_malformed_cue_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown set"):
        CueIndex({"x": ["{nothing}"]}, {})


def test_the_memory_does_not_grow_for_ever() -> None:
    index = CueIndex({"x": ["word"]}, {})
    for number in range(3000):
        assert len(index.hits(plain(f"word {number}"))) == 1
    assert len(index._memo) <= 1024


def test_the_shipped_rubric_compiles() -> None:
    assert judge().rubric.checklist.item
