from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.spoken import marked
from voice_coach.core.cues import Span, compile_cue, plain_text
from voice_coach.core.quoting import MOST_WORDS, closing, opening, short_quote
from voice_coach.core.transcript import Word, laid_out

DANGLING = {
    "a",
    "the",
    "of",
    "for",
    "with",
    "in",
    "and",
    "but",
    "popular",
    "single",
    "is",
    "must",
    "our",
    "to",
}

CACHE = (
    "In front of the database, there is a cache for the popular links, a queue takes the clicks, and a worker counts "
    "the clicks in the background."
)
STORE = (
    "I would choose Postgres, because a single index on the short code answers this query, and forty writes per second "
    "are easy for one machine."
)
SOME_WORDS = [
    "and",
    "we",
    "the",
    "cache,",
    "so",
    "it.",
    "um",
    "a",
    "queue",
    "is",
    "fast",
    "for",
    "popular",
    "that",
]


def words(text: str) -> tuple[Word, ...]:
    return marked(laid_out(text, 0.0, float(len(text.split()))))


def around(text: str, *cues: str) -> str:
    said = words(text)
    spans = [span for cue in cues for span in [compile_cue(cue).find(plain_text(said))] if span]
    assert len(spans) == len(cues)
    return short_quote(said, spans).quote


@pytest.mark.parametrize(
    ("text", "cues", "wanted"),
    [
        (
            CACHE,
            ["popular links"],
            "there is a cache for the popular links,",
        ),
        (
            "Our services are stateless, so we can add more servers behind the load balancer when traffic grows.",
            ["add more servers", "when traffic"],
            "we can add more servers behind the load balancer when traffic grows.",
        ),
        (
            STORE,
            ["index on", "answers"],
            "a single index on the short code answers this query,",
        ),
        (
            "I'm assuming a few things here that I'd rather check with you first, and that a link must never be lost.",
            ["must never be lost"],
            "a link must never be lost.",
        ),
        ("Um, if Redis dies we read Postgres, uh", ["dies"], "if Redis dies we read Postgres,"),
        ("It scales.", ["scales"], "It scales."),
    ],
)
def test_whole_clauses_around_what_matters(text: str, cues: list[str], wanted: str) -> None:
    assert around(text, *cues) == wanted


@pytest.mark.parametrize("at", range(36))
def test_a_long_sentence_is_never_cut_within_a_phrase(at: int) -> None:
    said = words(
        "the request goes from the client to the gateway for the popular region and the gateway asks the cache "
        "with a short code before it reads from the relational database behind the balancer at the end of the day"
    )
    quoted = short_quote(said, [Span(first=at, end=at + 1)]).quote.split()
    assert quoted[-1] not in DANGLING
    assert 4 <= len(quoted) <= MOST_WORDS


def test_words_that_were_hardly_recognised_are_not_quoted_where_others_will_do() -> None:
    clear = words("the native ace takes it, the cache answers most of the reads.")
    said = [replace(word, p=0.2 if number < 4 else 0.9) for number, word in enumerate(clear)]
    assert short_quote(said).quote == "the cache answers most of the reads."


def test_the_first_words_are_the_first() -> None:
    first, last = (
        opening(words("Um, okay, so we need links. And more.")),
        closing(words("Well, that is my design.")),
    )
    assert first is not None
    assert last is not None
    assert (first.quote, last.quote) == ("we need links. And more.", "Well, that is my design.")
    assert opening(words("Okay, yes.")) is None
    assert closing(()) is None


@given(
    st.lists(st.sampled_from(SOME_WORDS), min_size=1),
    st.data(),
)
def test_a_quote_is_a_run_of_the_words(texts: list[str], data: st.DataObject) -> None:
    said = words(" ".join(texts))
    first = data.draw(st.integers(0, len(said) - 1))
    quoted = short_quote(said, [Span(first=first, end=first + 1)])
    assert f" {quoted.quote} " in f" {' '.join(texts)} "
    assert 1 <= len(quoted.quote.split()) <= MOST_WORDS
