from __future__ import annotations

from tests.core.spoken import LEXICON, candidate, marked
from voice_coach.core.filler_burst import WINDOW_S, FillerBurst, Said, densest
from voice_coach.core.fillers import FillerFinder, FillerPhrases
from voice_coach.core.lexicon import TermFinder
from voice_coach.core.transcript import Speaker, Word

TERMS = TermFinder(LEXICON)
FINDER = FillerFinder(FillerPhrases())


def said(text: str, start_s: float = 0.0) -> Said:
    words = list(candidate(text, start_s).by(Speaker.CANDIDATE))
    return Said(words=words, fillers=FINDER.find(words))


def burst(*texts: str) -> FillerBurst:
    found = densest([said(text, 100.0 * index) for index, text in enumerate(texts)], TERMS)
    assert found is not None
    return found


def quote(found: FillerBurst) -> str | None:
    return found.topic.quote if found.topic else None


def test_two_fillers_are_no_burst() -> None:
    assert densest([said("um we uh shard it")], TERMS) is None
    assert densest([], TERMS) is None


def test_the_half_minute_with_the_most_is_taken_and_the_first_of_several() -> None:
    found = burst("um um um we go", "we um um um um go", "um um um um")
    assert (found.start_s, found.count) == (100.4, 4)
    assert found.end_s == 102.4


def test_half_a_minute_is_not_exceeded_and_fillers_beyond_it_do_not_count() -> None:
    words = marked([Word(text="um", start_s=at, end_s=at + 0.5) for at in (0.0, 10.0, 29.9, 30.0, 45.0)])
    found = densest([Said(words=words, fillers=FINDER.find(words))], TERMS)
    assert found is not None
    assert (found.start_s, found.end_s, found.count) == (0.0, WINDOW_S, 3)


def test_the_topic_is_the_term_that_belongs_there_most() -> None:
    plain = "the cache is warm and the cache is small and the queue is fine"
    found = burst(plain, "um the cache um and the idempotency key, uh is kept")
    assert quote(found) == "idempotency key"


def test_without_a_term_it_is_the_noun_that_belongs_there_most() -> None:
    found = burst(
        "the message and the message is small", "um the message um needs a fair ranking, uh of hits"
    )
    assert quote(found) == "fair ranking"


def test_a_noun_ends_with_its_clause() -> None:
    assert quote(burst("um um um for the ranking, users")) == "ranking"


def test_where_nothing_is_named_there_is_no_topic() -> None:
    assert burst("um um um we do that with it, it is so 5").topic is None


def test_the_topic_has_the_times_of_its_words() -> None:
    spoken = said("um um um Redis")
    found = densest([spoken], TERMS)
    assert found is not None
    assert found.topic is not None
    last = spoken.words[-1]
    assert (found.topic.quote, found.topic.start_s, found.topic.end_s) == ("Redis", last.start_s, last.end_s)
