"""What drills make of written attempts: good ones pass, weak ones do not, and all is said in two sentences."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tests.compose.small_engines import CONTENT
from voice_coach.compose.drill_document import Drilled
from voice_coach.compose.judging import Judging
from voice_coach.config import Config
from voice_coach.core.drill import KINDS, Drill
from voice_coach.core.drill_judge import DrillResult
from voice_coach.core.findings import Verdict
from voice_coach.core.transcript import Speaker, Transcript, laid_out

ATTEMPTS = tomllib.loads((Path(__file__).parents[1] / "core" / "drill_attempts.toml").read_text())
SINGLE = [
    (kind, name, met, text)
    for kind, rounds in ATTEMPTS.pop("single").items()
    for name, answers in rounds.items()
    for met, texts in answers.items()
    for text in texts
]
"""Drill, round, what is met, and what was said."""
CASES = [(kind, name) for kind, attempts in ATTEMPTS.items() for name in attempts]
GOOD = ("good", "terse", "scale-named-early", "close-named-early", "data-model-in-the-sketch")


@cache
def judging() -> Judging:
    return Judging(config=Config(), content=CONTENT)


def spoken(drill: Drill, texts: dict[str, str]) -> tuple[Transcript, list[float]]:
    """The transcript of an attempt, and when each round began."""
    transcript, starts_s, at_s = Transcript(), [], 0.0
    for part in drill.round:
        starts_s.append(at_s)
        asked = part.ask if part.scope_change is None else part.scope_change.text
        transcript = transcript.with_words(Speaker.COACH, laid_out(asked, at_s + 1, at_s + 4), (part.id,))
        at_s += 5.0
        text = texts.get(part.id, "")
        if text:
            end_s = at_s + 0.4 * len(text.split())
            transcript = transcript.with_words(Speaker.CANDIDATE, laid_out(text, at_s, end_s))
            at_s = end_s + 2.0
    return transcript, starts_s


@cache
def attempt(kind: str, name: str) -> DrillResult:
    return judged(kind, ATTEMPTS[kind][name])


def judged(kind: str, texts: dict[str, str], *, rounds: int | None = None) -> DrillResult:
    return judged_in(CONTENT.drills.drills[kind].drawn(0), texts, rounds=rounds)


def judged_in(drill: Drill, texts: dict[str, str], *, rounds: int | None = None) -> DrillResult:
    drilled = Drilled(drill=drill, texts=CONTENT.drills.lines, settings=Config().drill, attempt=1)
    transcript, starts_s = spoken(drill, texts)
    return drilled.judge(judging().judge).judge(transcript, starts_s[:rounds])


def sentences(text: str) -> int:
    """How many there are; what is quoted counts as a part of the one around it."""
    return len(re.findall(r"[.?!](?= |$)", re.sub(r"“[^”]*”", "", text)))


def test_every_kind_has_good_and_weak_attempts() -> None:
    assert set(ATTEMPTS) == set(KINDS)
    assert all({"good", "weak"} <= set(attempts) for attempts in ATTEMPTS.values())


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_good_attempts_pass_and_weak_ones_do_not(kind: str, name: str) -> None:
    result = attempt(kind, name)
    assert result.passed is (name in GOOD), [(item.id, item.verdict.value) for item in result.items]
    if name == "weak":
        assert result.score <= 35


@pytest.mark.parametrize(("kind", "name", "met", "text"), SINGLE)
def test_an_answer_meets_what_it_says_and_not_what_it_denies_or_does_not_know(
    kind: str, name: str, met: str, text: str
) -> None:
    drill = CONTENT.drills.drills[kind]
    alone = replace(drill, draw=0, round=tuple(part for part in drill.round if part.id == name))
    found = {item.id: item.verdict is Verdict.MET for item in judged_in(alone, {name: text}).items}
    assert found == {item: met in ("all", item) for item in found}


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_the_feedback_is_two_sentences_and_quotes_what_was_said(kind: str, name: str) -> None:
    result = attempt(kind, name)
    assert [sentences(line.text) for line in result.said] == [1, 1]
    assert all(len(line.text.split()) <= 27 for line in result.said)
    (quoted,) = re.findall(r"“([^”]*)”", result.said[0].text)
    said = bare(" ".join(ATTEMPTS[kind][name].values()))
    assert bare(quoted) in said


@pytest.mark.parametrize("attempt_number", [1, 2])
def test_where_one_thing_is_wanted_it_is_not_counted(attempt_number: int) -> None:
    drill = CONTENT.drills.drills["phrases"]
    one = replace(drill, draw=0, round=tuple(part for part in drill.round if part.id == "assumption"))
    drilled = Drilled(drill=one, texts=CONTENT.drills.lines, settings=Config().drill, attempt=attempt_number)
    transcript, starts_s = spoken(one, {"assumption": "I'm assuming that reads are a hundred times as many."})
    said = drilled.judge(judging().judge).judge(transcript, starts_s).said[0].text
    assert "an assumption said as one: “" in said
    assert "one of one" not in said
    assert sentences(said) == 1


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_every_verdict_quotes_or_says_what_was_listened_for(kind: str, name: str) -> None:
    said = bare(" ".join(ATTEMPTS[kind][name].values()))
    for item in attempt(kind, name).items:
        assert all(bare(quote.quote) in said for quote in item.evidence)
        if item.verdict is Verdict.MET and not item.is_rule:
            assert item.evidence
        assert item.why


def test_no_words_are_quoted_twice() -> None:
    result = judged("tradeoffs", {"sql-nosql": "I would go for SQL because. It has transactions and joins."})
    (item,) = (one for one in result.items if one.id == "sql-nosql/one-side")
    assert [one.quote for one in item.evidence] == [
        "I would go for SQL because. It has transactions and joins."
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_judged_where_nothing_was_heard(kind: str) -> None:
    result = judged(kind, {})
    assert {item.verdict for item in result.items} == {Verdict.NOT_ASSESSED}
    assert not result.passed
    assert [sentences(line.text) for line in result.said] == [1, 1]


def test_a_drill_that_was_stopped_is_not_passed_and_says_what_was_not_reached() -> None:
    result = judged("components", ATTEMPTS["components"]["good"], rounds=2)
    assert not result.passed
    assert [item.verdict for item in result.items] == [Verdict.MET] * 2 + [Verdict.NOT_ASSESSED] * 4


def test_an_answer_counts_only_in_the_round_that_asked_for_it() -> None:
    texts = ATTEMPTS["failure-modes"]["good"]
    moved = dict(zip(texts, [*list(texts.values())[1:], texts["retry"]], strict=True))
    assert judged("failure-modes", moved).score < 50


def test_seven_steps_in_another_order_are_told_so() -> None:
    result = judged("framework", ATTEMPTS["framework"]["shuffled"])
    (order,) = (item for item in result.items if item.id == "order")
    assert order.verdict is Verdict.NOT_MET
    assert "order" in result.said[1].text


def bare(text: str) -> str:
    return " ".join(re.sub(r"[^\w' -]", " ", text.lower()).split())
