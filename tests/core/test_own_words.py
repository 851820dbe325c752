from __future__ import annotations

import pytest

from tests.core.exemplars import VAGUE, WEAK
from tests.core.spoken import candidate, judge
from voice_coach.core.cues import compile_cue, plain_text
from voice_coach.core.own_words import OwnWords, clause
from voice_coach.core.transcript import Speaker, Transcript, Word, laid_out, turn_of


def own(text: str) -> OwnWords:
    return judge().assess(candidate(text)).own


@pytest.mark.parametrize(
    ("text", "component", "wanted"),
    [
        ("So, um, a queue takes the, the clicks, and we are done.", "queue", "a queue takes the clicks"),
        ("In front of it there is a cache for the popular links.", "cache", None),
        (
            "In front, there is a cache for the popular links.",
            "cache",
            "there is a cache for the popular links",
        ),
        ("I'd put Redis in too, for caching.", "redis", "I'd put Redis in too"),
        ("With the queue and the other things.", "queue", None),
        ("Should we have a queue here?", "queue", None),
        ("The cache, the queue and the push.", "queue", None),
    ],
)
def test_a_clause_is_taken_only_where_it_stands_alone(text: str, component: str, wanted: str | None) -> None:
    assert own(text).clauses.get(component) == wanted


def test_what_was_heard_badly_is_not_built_upon() -> None:
    clear = laid_out("a queue takes the clicks", 0.0, 2.0)
    said = [Word(text=word.text, start_s=word.start_s, end_s=word.end_s, p=0.2) for word in clear]
    assert judge().assess(Transcript(turns=(turn_of(Speaker.CANDIDATE, said),))).own.clauses == {}
    span = compile_cue("queue").find(plain_text(said))
    assert span is not None
    assert clause(said, [span]) is None


def test_the_reason_and_the_numbers() -> None:
    found = own(
        "There are six people in the team. A hundred thousand users come each day. We get 40 writes per second and "
        "4,000 reads per second, and an answer takes less than 100 milliseconds. The most common query asks for one "
        "short code."
    )
    assert found.load == "4,000 reads per second"
    assert found.limit == "100 milliseconds"
    assert found.reason == "the most common query asks for one short code"


def test_there_may_be_nothing() -> None:
    assert own(VAGUE) == OwnWords()
    assert own("Six people work on it.").load is None
    assert own(WEAK).reason is None
