"""Finding backend terms in words."""

from __future__ import annotations

import pytest

from voice_coach.core.content import Lexicon, Term
from voice_coach.core.lexicon import Phrases, is_near, mentions, singulars, spelling, tokens_of
from voice_coach.core.transcript import laid_out

LEXICON = Lexicon(
    term=(
        Term(id="cache", text="cache", category="cache", also=("caching layer",)),
        Term(id="cache-key", text="cache key", category="mechanism"),
        Term(id="read-replica", text="read replica", category="replica"),
        Term(id="replica", text="replica", category="replica"),
        Term(
            id="spark",
            text="Spark",
            category="product",
            also=("pyspark",),
            doubtful=("spark",),
            context=("job",),
            is_product=True,
        ),
        Term(id="index", text="index", category="index", also=("indices",)),
        Term(id="wal", text="write-ahead log", category="mechanism"),
        Term(id="box", text="box", category="store"),
        Term(id="db", text="DynamoDB", category="store"),
    )
)


def found(text: str) -> list[tuple[str, str]]:
    words = laid_out(text, 0.0, 10.0)
    return [
        (
            mention.term.id,
            " ".join(word.text for word in words[mention.span.first : mention.span.end]),
        )
        for mention in mentions(words, LEXICON)
    ]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The cache, the caches, the cache's key and a cache key.", ["cache"] * 2 + ["cache-key"] * 2),
        ("read replicas and a replica", ["read-replica", "replica"]),
        ("read-replica lag", ["read-replica"]),
        ("one caching layer; two caching layers", ["cache", "cache"]),
        ("indexes, indices and an index", ["index", "index", "index"]),
        ("a write ahead log, a Write-Ahead Log", ["wal", "wal"]),
        ("boxes of dynamodb’s", ["box", "db"]),
        ("a spark, then Spark, sparks and Spark's jobs in pyspark", ["spark"] * 3),
        ("cached cashes of replicants ...", []),
        ("", []),
    ],
)
def test_terms_are_found_longest_first(text: str, terms: list[str]) -> None:
    assert [term for term, _ in found(text)] == terms


def test_a_mention_names_its_words() -> None:
    assert found("Our read replicas, and the cache!") == [
        ("read-replica", "read replicas,"),
        ("cache", "cache!"),
    ]


def test_letters_and_digits_are_what_counts() -> None:
    assert spelling("Write-ahead, “log’s” S3 don't p99's") == ("write", "ahead", "log", "s3", "don't", "p99")
    assert spelling("...") == ()
    assert [token.word for token in tokens_of(laid_out("a-b -- c", 0.0, 1.0))] == [0, 0, 2]


@pytest.mark.parametrize(
    ("plural", "forms"),
    [
        ("queues", ("queue",)),
        ("retries", ("retrie", "retry")),
        ("caches", ("cache", "cach")),
        ("boxes", ("boxe", "box")),
        ("redis", ()),
        ("bus", ()),
        ("access", ()),
        ("is", ()),
        ("cache", ()),
    ],
)
def test_plurals(plural: str, forms: tuple[str, ...]) -> None:
    assert singulars(plural) == forms


def test_context_is_near_and_may_be_the_beginning_of_a_word() -> None:
    tokens = tokens_of(laid_out("workers read the cue of invalidated things", 0.0, 1.0))
    assert is_near(tokens, 3, 4, ("worker",))
    assert is_near(tokens, 3, 4, ("invalidat*",))
    assert not is_near(tokens, 3, 4, ("cue", "kafka"))
    assert not is_near(tokens, 3, 4, ("invalidat*",), reach=1)


def test_of_equal_phrases_the_first_counts_and_a_longer_one_wins() -> None:
    phrases = Phrases([("hash", 1), ("hash", 2), ("hash ring", 3)])
    tokens = tokens_of(laid_out("hash rings hash", 0.0, 1.0))
    first = phrases.longest(tokens, 0)
    last = phrases.longest(tokens, 2)
    assert first is not None
    assert (first.value, first.end, first.is_plural) == (3, 2, True)
    assert last is not None
    assert (last.value, last.end, last.is_plural) == (1, 3, False)
    assert phrases.longest(tokens, 1) is None
