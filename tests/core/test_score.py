from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.bundled import CONTENT
from tests.core.exemplars import STRONG, WEAK
from tests.core.spoken import candidate, judge
from voice_coach.core.findings import Assessment, Finding, Verdict
from voice_coach.core.pacing import Length
from voice_coach.core.rubric_ids import CHECKLIST, DELIVERY, MISTAKES
from voice_coach.core.score import Total, total

WEIGHTS = CONTENT.rubric.score
EMPTY = judge().assess(candidate("um"))


def assessed(met: set[str], made: set[str] = frozenset(), confidence: float = 0.9) -> Assessment:  # type: ignore[assignment]
    """What is in *met* is met, what is in *made* was made; the checklist is sure."""

    def verdict(id_: str, yes: Verdict, no: Verdict, of: set[str], how_sure: float) -> Finding:
        return Finding(id=id_, verdict=yes if id_ in of else no, why="", confidence=how_sure)

    return replace(
        EMPTY,
        checklist=tuple(verdict(id_, Verdict.MET, Verdict.NOT_MET, met, 0.9) for id_ in CHECKLIST),
        mistakes=tuple(verdict(id_, Verdict.MADE, Verdict.NOT_MADE, made, confidence) for id_ in MISTAKES),
        delivery=tuple(verdict(id_, Verdict.MET, Verdict.NOT_MET, met, confidence) for id_ in DELIVERY),
    )


def given(assessment: Assessment, length: Length | None = Length.WITHIN) -> Total:
    return total(assessment, length, WEIGHTS)


ALL = {*CHECKLIST, *DELIVERY}


def test_everything_met_is_the_best() -> None:
    assert given(assessed(ALL)).total == 100
    assert given(assessed(set())).total == 0


@pytest.mark.parametrize("item", CHECKLIST)
def test_each_element_carries_its_weight(item: str) -> None:
    lost = given(assessed({*CHECKLIST} - {item}, confidence=0.5))
    assert lost.total == 100 - WEIGHTS.checklist[item]


@pytest.mark.parametrize("item", MISTAKES)
def test_each_mistake_subtracts_if_it_is_sure(item: str) -> None:
    met = {*CHECKLIST, *list(DELIVERY)[:3]}
    assert given(assessed(met, {item})).total == 100 - WEIGHTS.mistakes[item]
    assert given(assessed(met, {item}, confidence=0.6)).total == 100


def test_delivery_and_the_length_adjust() -> None:
    none = {*CHECKLIST}
    assert given(assessed(none)).total == 100 - sum(WEIGHTS.delivery.values())
    assert given(assessed(none, confidence=0.5)).total == 100
    assert given(assessed(none, confidence=0.5), Length.SHORT).total == 100 - WEIGHTS.pacing_outside_target
    assert given(assessed(none, confidence=0.5), Length.LONG).total == 100 - WEIGHTS.pacing_outside_target


def test_a_length_that_nobody_measured_has_no_part() -> None:
    found = given(assessed(ALL, confidence=0.5), None)
    assert found.total == 100
    assert "pacing" not in [part.id for part in found.parts]


def test_the_checklist_outweighs_the_rest() -> None:
    rest = sum(WEIGHTS.mistakes.values()) + 2 * sum(WEIGHTS.delivery.values()) + WEIGHTS.pacing_outside_target
    assert rest < sum(WEIGHTS.checklist.values()) == 100
    assert set(WEIGHTS.mistakes) == set(MISTAKES)
    assert set(WEIGHTS.delivery) == set(DELIVERY)


@pytest.mark.parametrize("text", [STRONG, WEAK])
def test_the_total_is_the_sum_of_its_parts_and_always_the_same(text: str) -> None:
    made = given(judge().assess(candidate(text)), Length.SHORT)
    assert made.total == max(0, min(100, sum(part.points for part in made.parts)))
    assert made == given(judge().assess(candidate(text)), Length.SHORT)
    assert all(part.points <= part.of for part in made.parts)
    ids = [part.id for part in made.parts]
    assert ids == [*CHECKLIST, *MISTAKES[:-1], *DELIVERY, "pacing"]


def test_what_was_not_assessed_has_no_part() -> None:
    made = assessed(ALL)
    unheard = replace(made, delivery=tuple(replace(f, verdict=Verdict.NOT_ASSESSED) for f in made.delivery))
    assert not {part.id for part in given(unheard).parts} & set(DELIVERY)


def test_nothing_is_scored_where_nothing_was_judged() -> None:
    assert given(EMPTY) == Total(total=None, parts=())


def test_a_strong_answer_scores_more_than_a_weak_one() -> None:
    strong, weak = (given(judge().assess(candidate(text)), Length.SHORT).total for text in (STRONG, WEAK))
    assert strong is not None
    assert weak is not None
    assert strong > 80
    assert weak < 40
