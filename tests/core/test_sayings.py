from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.core.bundled import CONTENT
from tests.core.exemplars import OFF_TOPIC, STRONG
from tests.core.spoken import candidate, judge
from voice_coach.core.advice import Advice, Anchor
from voice_coach.core.findings import Assessment
from voice_coach.core.phrasing import LINE_WORDS, Phrasing, slots_of
from voice_coach.core.quotes import Quotes
from voice_coach.core.sayings import MOST_WORDS, Sayings, listed
from voice_coach.core.transcript import Evidence

TEXTS = CONTENT.rubric.feedback
ADVICE = {advice.item: advice for advice in TEXTS.advice}


def judged(text: str) -> Assessment:
    return judge().assess_ungated(judge().listen(candidate(text)))


def sayings(text: str) -> Sayings:
    assessment = judged(text)
    return Sayings(assessment, TEXTS, CONTENT.lexicon, Quotes(assessment.own.lines))


def tried(text: str, item: str = "failure_mitigation") -> str:
    made = sayings(text)
    return made.try_saying(ADVICE[item], made.part(ADVICE[item]), None, Phrasing([text]))


def test_it_goes_on_from_the_candidates_own_clause() -> None:
    assert tried("A queue takes the clicks to the counting.").startswith(
        "A queue takes the clicks to the counting; "
    )


def test_without_a_clause_the_part_is_named() -> None:
    assert "the queue" in tried("With the queue and all of it, you know, whatever.").lower()


def test_without_a_part_nothing_is_named() -> None:
    assert tried(OFF_TOPIC) in ADVICE["failure_mitigation"].try_saying["any"]


def test_the_store_is_tied_to_the_candidates_own_query() -> None:
    text = "The most common query asks for one short code. The links go into Postgres."
    assert tried(text, "storage_decision").endswith("because the most common query asks for one short code.")


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("One payment changes two balances, and the money of a transaction is never lost.", "together"),
        ("A message stands in the chat, and the history of messages is long.", "newest"),
    ],
)
def test_the_reason_fits_what_the_answer_is_about(said: str, wanted: str) -> None:
    advice = ADVICE["storage_decision"]
    clause = tried(
        f"{said} For all this there is Postgres, um, you know, and the payments.", "storage_decision"
    )
    lines = [re.split(r"\{\w+\}", line)[-1] for line in advice.try_saying[f"store {wanted}"]]
    assert any(clause.endswith(line) for line in lines if line), clause


def test_the_parts_are_listed_as_they_were_called() -> None:
    text = "The gateway calls a service. A queue feeds the worker. Postgres keeps it, on Kubernetes, with an index."
    assert "the gateway, the queue, the worker and Postgres" in tried(text, "high_level_first")


def test_what_is_the_same_thing_is_listed_once() -> None:
    replaced = sayings(
        "The gateway calls the queue. The database is SQLite. Later Postgres keeps it, and Postgres has a replica."
    )
    assert replaced.slots(None)["parts"] == "the gateway, the queue and Postgres"


@pytest.mark.parametrize(
    "text",
    [
        "A read replica stands in each region. A queue takes the edits. Postgres keeps them.",
        "A queue takes the edits. Postgres keeps them. MySQL keeps the rest, in the database.",
    ],
)
def test_fewer_than_three_different_parts_are_not_listed(text: str) -> None:
    assert "parts" not in sayings(text).slots(None)
    assert "the parts are" not in tried(text, "high_level_first").lower()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Cassandra keeps the messages.", "wide"),
        ("The photos go into S3.", "blobs"),
        ("Redis holds it.", "memory"),
    ],
)
def test_what_is_true_of_most_stores_is_not_said_of_all(text: str, wanted: str) -> None:
    for item in ("storage_decision", "tradeoff_summary", "no_tradeoffs"):
        lines = [re.split(r"\{\w+\}", line)[-1] for line in ADVICE[item].try_saying[wanted]]
        said = tried(text, item)
        assert any(line and said.endswith(line) for line in lines), said


def test_redis_is_a_cache_where_caching_is_spoken_of() -> None:
    storage = ADVICE["storage_decision"]
    assert sayings("Redis holds the links, as a cache.").part(storage) is None
    assert sayings("Redis holds the counters.").part(storage) is not None
    for text in ("Redis holds the links, as a cache.", "Redis holds the counters."):
        assert sayings(text).part(ADVICE["unjustified_component"]) is not None


def test_a_requirement_of_the_candidates_own_leads_to_the_part() -> None:
    slots = sayings(STRONG).slots(None)
    assert slots["need"] == "redirects must come back within a hundred milliseconds"
    assert slots["Need"].startswith("Redirects")
    assert slots["load"] == "ten million links a month"


def test_names_are_written_as_in_a_sentence() -> None:
    made = sayings("The API Gateway calls redis. The CDN is in front. Worker takes it.")
    names = {
        part.id: made.name(part)
        for part in judged("The API Gateway calls redis. The CDN is in front. Worker takes it.").own.parts
    }
    assert names == {
        "api-gateway": "the API gateway",
        "redis": "Redis",
        "cdn": "the CDN",
        "worker": "the worker",
    }


def test_the_product_stands_for_the_kind_that_it_is() -> None:
    advice = ADVICE["storage_decision"]
    part = sayings("For the database we use MySQL. It is a database.").part(advice)
    assert part is not None
    assert part.id == "mysql"
    assert part.clause == "for the database we use MySQL"


def test_an_anchor_says_which_part() -> None:
    made = sayings("A cache answers the reads. A queue takes the clicks. The queue feeds the worker.")
    base = Advice(
        item="x", theme="x", value=0.0, alone=("a",), why=(), try_saying={"any": ("b",)}, redo=("c",)
    )
    first = made.part(replace(base, anchor=Anchor.FIRST))
    only = made.part(replace(base, anchor=Anchor.MOST, prefers=("worker",)))
    assert made.part(base) is None
    assert first is not None
    assert only is not None
    assert (first.id, only.id) == ("cache", "worker")
    assert made.part(replace(base, anchor=Anchor.MOST, prefers=("replica",))) is None


def test_the_part_that_a_quote_names_is_the_one_that_the_advice_can_be_about() -> None:
    unjustified = ADVICE["unjustified_component"]
    made = sayings("It asks a cache first, and the links sit in a database.")
    quote = Evidence(start_s=0.0, end_s=5.0, quote="It asks a cache first, and the links sit in a database.")
    for item, wanted in (("unjustified_component", "cache"), ("storage_decision", "database")):
        part = made.named_in(quote, ADVICE[item])
        assert part is not None
        assert part.id == wanted
    assert made.named_in(replace(quote, quote="nothing of it"), ADVICE["storage_decision"]) is None
    made = sayings("Between the gateway and the service there's a RabbitMQ.")
    part = made.named_in(
        replace(quote, quote="between the gateway and the service there's a RabbitMQ"), unjustified
    )
    assert part is not None
    assert part.id == "rabbitmq"


def test_steps_need_three_that_were_taken() -> None:
    assert "steps" in sayings(STRONG).slots(None)
    assert "steps" not in sayings("A queue takes the clicks.").slots(None)


def test_a_line_that_holds_more_of_the_candidates_own_goes_first_and_fits() -> None:
    phrasing = Phrasing(["some", "words"])
    lines = ["{Own}, and so on.", "With {component} it works.", "It works."]
    assert phrasing.part(lines, {"Own": "We keep it", "component": "the queue"}) == "We keep it, and so on."
    assert phrasing.part(lines, {"component": "the queue"}) == "With the queue it works."
    assert phrasing.part(lines, {}) == "It works."
    assert phrasing.part(lines, {"Own": "word " * LINE_WORDS}) == "It works."
    assert phrasing.part(["Far too {long}."], {}, 1) if slots_of("{long}") <= set() else True


def test_no_two_lines_begin_alike_where_that_can_be_helped() -> None:
    phrasing = Phrasing(["some", "words"])
    lines = ["One way.", "Another way."]
    assert {phrasing.line(lines, {}), phrasing.line(lines, {})} == set(lines)


def test_things_are_listed_as_they_are_said() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert MOST_WORDS < LINE_WORDS
