from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.exemplars import VAGUE, WEAK
from tests.core.spoken import candidate, dialogue, judge
from voice_coach.core.cues import compile_cue, plain_text
from voice_coach.core.own_words import OwnWords, clause
from voice_coach.core.transcript import Speaker, Transcript, Word, laid_out, turn_of


def own(text: str) -> OwnWords:
    return judge().assess(candidate(text)).own


def clauses(said: OwnWords) -> dict[str, str]:
    """By lexicon id: a clause about that part."""
    return {part.id: part.clause for part in said.parts if part.clause}


@pytest.mark.parametrize(
    ("text", "component", "wanted"),
    [
        ("So, um, a queue takes the, the clicks, and we are done.", "queue", "a queue takes the clicks"),
        (
            "In front of it there is a cache for the popular links.",
            "cache",
            "in front of it there is a cache for the popular links",
        ),
        ("For the history we use Postgres.", "postgres", "for the history we use Postgres"),
        ("The cache answers most reads, it is quick.", "cache", "the cache answers most reads"),
        (
            "In front, there is a cache for the popular links.",
            "cache",
            "there is a cache for the popular links",
        ),
        ("I'd put Redis in too, for caching.", "redis", "I'd put Redis in too"),
        ("With the queue and the other things.", "queue", None),
        ("Should we have a queue here?", "queue", None),
        ("The cache, the queue and the push.", "queue", None),
        ("A queue takes the clicks you know.", "queue", "a queue takes the clicks"),
        ("There is no queue in it.", "queue", None),
        ("The queue was slow.", "queue", None),
        ("The queue keeps it I guess we need it.", "queue", None),
        ("I think the queue keeps it.", "queue", None),
        ("The queue that holds the clicks.", "queue", None),
        ("and the queue takes the clicks and i put a cache there", "queue", None),
    ],
)
def test_a_clause_is_taken_only_where_it_stands_alone(text: str, component: str, wanted: str | None) -> None:
    assert clauses(own(text)).get(component) == wanted


@pytest.mark.parametrize(
    "said",
    [
        "Postgres is the best database.",
        "Postgres is super fast.",
        "Postgres keeps it nicely.",
        "Postgres is very scalable and available.",
        "Postgres is right for six hundred a second.",
        "Postgres has tables.",
    ],
)
def test_what_only_praises_or_describes_a_part_is_not_built_upon(said: str) -> None:
    assert "postgres" not in clauses(own(said))


def test_what_was_heard_badly_is_not_built_upon() -> None:
    clear = laid_out("a queue takes the clicks", 0.0, 2.0)
    said = [Word(text=word.text, start_s=word.start_s, end_s=word.end_s, p=0.2) for word in clear]
    assert clauses(judge().assess(Transcript(turns=(turn_of(Speaker.CANDIDATE, said),))).own) == {}
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
    assert replace(own(VAGUE), lines=()) == OwnWords()
    assert own("Six people work on it.").load is None
    assert own("Five a second come in.").load is None
    assert own("Six hundred requests per second come in.").load == "six hundred requests per second"
    assert own(WEAK).reason is None


def test_a_part_is_called_what_the_candidate_called_it() -> None:
    parts = {
        part.id: part
        for part in own(
            "A queue takes the clicks. The queue feeds a worker. We have a gateway, so that one server can die. "
            "I would not use Kafka. Should we have a cache?"
        ).parts
    }
    assert {id_: part.said for id_, part in parts.items()} == {
        "queue": "queue",
        "worker": "worker",
        "api-gateway": "gateway",
    }
    assert [part.id for part in parts.values() if part.has_reason] == ["api-gateway"]
    assert parts["queue"].mentions == 2
    assert 0.0 < parts["queue"].said_s < 0.5
    assert parts["queue"].quote is not None
    assert parts["queue"].quote.quote in ("A queue takes the clicks.", "The queue feeds a worker.")


@pytest.mark.parametrize(
    "said",
    [
        "The alternative is Postgres with manual sharding.",
        "I take a cache instead of Postgres here.",
        "I'd write to a file rather than to Postgres.",
        "I would not take Postgres.",
        "We will not use Postgres.",
        "Postgres would be too slow for that.",
        "I could use Postgres, but it is too slow.",
        "I was thinking of Postgres, and then left it.",
        "I'd pick a cache over Postgres.",
        "If listing became the main use I'd switch to Postgres.",
        "A cache is quicker than Postgres.",
        "The manager will ask where is Postgres.",
        "I take that back about Postgres.",
        "A real Postgres would answer far cleverer questions.",
    ],
)
def test_what_is_passed_over_or_only_weighed_is_no_part(said: str) -> None:
    assert "postgres" not in {part.id for part in own(f"Well, let me see. {said}").parts}


@pytest.mark.parametrize(
    "said",
    [
        "Edits flow out over Postgres to all of them.",
        "Rather than one file, I use Postgres.",
        "I could use Postgres here.",
        "When it grows, I would move to Postgres.",
        "The alternative is Kafka, and I take Postgres. Postgres keeps it.",
    ],
)
def test_what_is_chosen_is_a_part(said: str) -> None:
    assert "postgres" in {part.id for part in own(f"Well, let me see. {said}").parts}


def test_what_only_the_interviewer_names_is_no_part() -> None:
    talk = dialogue(
        (Speaker.CANDIDATE, "A cache answers the reads."),
        (Speaker.COACH, "Would you put Kafka there?"),
        (Speaker.CANDIDATE, "It works without it."),
    )
    found = judge().assess_ungated(judge().listen(talk)).own
    assert [part.id for part in found.parts] == ["cache"]


def test_a_whole_sentence_of_some_length_is_the_best_clause() -> None:
    said = own("There's a queue. A queue takes the clicks to the counting. I put a queue there, for now.")
    assert clauses(said)["queue"] == "a queue takes the clicks to the counting"


def test_a_name_that_was_hardly_recognised_is_no_part() -> None:
    words = [replace(word, p=0.9) for word in laid_out("A queue takes the clicks to the cache.", 0.0, 3.0)]
    words[1] = replace(words[1], p=0.3)
    found = judge().assess_ungated(judge().listen(Transcript(turns=(turn_of(Speaker.CANDIDATE, words),)))).own
    assert [part.id for part in found.parts] == ["cache"]
