from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.spoken import candidate
from voice_coach.core.cues import Span
from voice_coach.core.restarts import RepairFinder, RepairKind, repair
from voice_coach.core.transcript import Speaker, Word
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.speech import load_speech

REPEAT, RESTART = RepairKind.REPEAT, RepairKind.RESTART
CUT_OFF, CORRECTION = RepairKind.CUT_OFF, RepairKind.CORRECTION
FINDER = RepairFinder(load_speech(prompts_folder()).corrections)


def words_of(text: str) -> list[Word]:
    return list(candidate(text).by(Speaker.CANDIDATE)) if text else []


def found(text: str) -> list[tuple[RepairKind, str]]:
    words = words_of(text)
    return [(span.kind, repair(words, span, is_timed=True).text) for span in FINDER.find(words)]


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("the the cache is full", REPEAT, "the the"),
        ("we we need a queue", REPEAT, "we we"),
        ("I would, I would shard it", REPEAT, "I would, I would"),
        ("it goes to the, um, to the worker", REPEAT, "to the, um, to the"),
        ("I'd put it in a queue, in a queue", REPEAT, "in a queue, in a queue"),
        ("is it two hundred, two hundred and thirty", REPEAT, "two hundred, two hundred"),
        ("so it, it gets slow", REPEAT, "it, it"),
        ("going on going on", REPEAT, "going on going on"),
        ("we could we should shard it", RESTART, "we could we should"),
        ("I'd, I'll shard it", RESTART, "I'd, I'll"),
        ("it's it was full", RESTART, "it's it was"),
        ("so you you'll see it twice", RESTART, "you you'll"),
        ("it goes in the a cache", RESTART, "the a"),
        ("it goes in the in our cache", RESTART, "in the in our"),
        ("we could- then it is full", CUT_OFF, "could-"),
        ("the c-cache is full", CUT_OFF, "c-cache"),
        ("It is Redis, no, scratch that, Memcached.", CORRECTION, "no, scratch that,"),
        ("It is a leader, sorry, I mean a follower.", CORRECTION, "sorry, I mean"),
        ("Let me start over.", CORRECTION, "Let me start over."),
        ("In the cache, or rather the store.", CORRECTION, "or rather the"),
    ],
)
def test_where_the_speaker_went_back(text: str, kind: RepairKind, said: str) -> None:
    assert found(text) == [(kind, said)]


@pytest.mark.parametrize(
    "text",
    [
        "it is very very large",
        "we had had that that day",
        "5 5",
        "Nobody, nobody.",
        "That is full. Full caches are slow",
        "the cache and the queue",
        "the phone asks the server, the server asks the database",
        "from client to edge, edge to shard",
        "when the phone repeats it, it counts once",
        "if it can it will",
        "I tell you you can",
        "Can we? We could",
        "The A P I is small",
        "there is an a p i for it",
        "Who won the A? The B",
        "No. Sorry, what was the rate?",
        "We can just ignore that bit",
        "I'll restart the worker",
        "we can it is",
        "we can",
        "it",
        "re-read the e-mail",
        "",
    ],
)
def test_what_only_looks_like_it(text: str) -> None:
    assert found(text) == []


def test_fillers_between_are_passed_over() -> None:
    words = words_of("I would, you know, I would shard it")
    (span,) = FINDER.find(words, [Span(first=2, end=4)])
    assert (span.kind, span.first, span.end) == (REPEAT, 0, 6)


def test_what_takes_back_is_no_repeat() -> None:
    assert found("It is full, no no wait, it is empty.") == [(CORRECTION, "no no wait,")]


def test_overlapping_corrections_are_one() -> None:
    finder = RepairFinder(["scratch that", "no scratch", "that please"])
    assert finder.corrections(words_of("oh no scratch that please")) == (
        Span(first=1, end=3),
        Span(first=3, end=5),
    )


def test_times_are_those_of_its_words_where_they_were_measured() -> None:
    words = words_of("so the the cache")
    (span,) = FINDER.find(words)
    said = repair(words, span, is_timed=True)
    assert (said.start_s, said.end_s) == (words[1].start_s, words[2].end_s)
    assert repair(words, span, is_timed=False).start_s is None


SAID = st.lists(
    st.sampled_from(
        [
            "we",
            "can",
            "could",
            "the",
            "a",
            "I",
            "I'd",
            "it",
            "it's",
            "no",
            "scratch",
            "that",
            "um",
            "in",
            "cache",
        ]
    ).flatmap(lambda word: st.sampled_from([word, word, word + ",", word + ".", word + "-"])),
    max_size=40,
).map(" ".join)


@given(SAID)
def test_repairs_are_verbatim_and_in_order(text: str) -> None:
    words = words_of(text)
    spans = FINDER.find(words)
    assert list(spans) == sorted(spans, key=lambda span: span.first)
    for span in spans:
        assert 0 <= span.first < span.end <= len(words)
        assert repair(words, span, is_timed=True).text in text
        assert not words[span.first].filler
        assert not words[span.end - 1].filler
