"""What of a second opinion counts: the rule of docs/adr/0013, case by case."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.bundled import CONTENT
from tests.core.exemplars import STRONG
from tests.core.spoken import candidate, judge
from voice_coach.compose.language_model import make_guard
from voice_coach.core.findings import Assessment, Finding, Verdict
from voice_coach.core.heard import Heard
from voice_coach.core.model_state import LanguageModelSettings
from voice_coach.core.second_opinion import IN_DOUBT, Claim, Counted, Opinion, Proposal, SecondOpinion

GUARD = make_guard(CONTENT, CONTENT.questions["url-shortener"])
SETTINGS = LanguageModelSettings()
ID = "failure_mitigation"
SURE, UNSURE = SETTINGS.unsure_below, SETTINGS.unsure_below - 0.01


@cache
def heard() -> Heard:
    return judge().listen(candidate(STRONG))


@cache
def judged() -> Assessment:
    return judge().assess_heard(heard())


def said(number: int = 3) -> str:
    """A sentence of the candidate."""
    return " ".join(word.text for word in heard().lines[number].words)


def assessment(verdict: Verdict, confidence: float, *, likely: float = 1.0, id_: str = ID) -> Assessment:
    """The judged one with one verdict as given, and every sentence so likely to show it."""
    whole = judged()
    detected = whole.detected
    assert detected is not None
    matrix = detected.likely.copy()
    matrix[:, detected.columns[id_]] = np.float32(likely)

    def put(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(
            replace(item, verdict=verdict, confidence=confidence) if item.id == id_ else item
            for item in findings
        )

    return replace(
        whole,
        checklist=put(whole.checklist),
        mistakes=put(whole.mistakes),
        detected=replace(detected, likely=matrix),
    )


def combined(
    opinion: Opinion, before: Assessment, settings: LanguageModelSettings = SETTINGS
) -> tuple[Assessment, Counted]:
    second = SecondOpinion(opinion, GUARD, settings, lambda id_, verdict: f"{id_}: {verdict}")
    return second.combined(before, heard())


def claims(verdict: str, quote: str, id_: str = ID) -> Opinion:
    return Opinion(claims=(Claim(id=id_, verdict=verdict, quote=quote),))


def the(found: Assessment, id_: str = ID) -> Finding:
    return next(item for item in (*found.checklist, *found.mistakes) if item.id == id_)


def test_an_unsure_verdict_is_tipped_by_a_quote_that_is_likely_to_show_it() -> None:
    before = assessment(Verdict.NOT_MET, UNSURE, likely=SETTINGS.likely_from)
    after, counted = combined(claims("met", said()), before)
    finding = the(after)
    assert (finding.verdict, finding.confidence) == (Verdict.MET, IN_DOUBT)
    assert [quote.quote for quote in finding.evidence] == [said()]
    assert finding.why == f"{ID}: met"
    (change,) = counted.changes
    assert (change.id, change.before, change.after) == (ID, Verdict.NOT_MET, Verdict.MET)


@pytest.mark.parametrize(
    ("verdict", "confidence", "likely", "claimed", "quote", "why"),
    [
        (Verdict.NOT_MET, SURE, 1.0, "met", None, "our verdict is sure"),
        (Verdict.NOT_MET, UNSURE, SETTINGS.likely_from - 0.01, "met", None, "an unlikely quote"),
        (Verdict.NOT_MET, UNSURE, 1.0, "met", "nobody ever said these words", "not in the candidate's words"),
        (Verdict.NOT_MET, UNSURE, 1.0, "met", "we retry", "no usable quote"),
        (Verdict.NOT_MET, UNSURE, 1.0, "met", "", "no usable quote"),
        (Verdict.NOT_MET, UNSURE, 1.0, "made", None, "no such id or verdict"),
        (Verdict.NOT_MET, UNSURE, 1.0, "excellent", None, "no such id or verdict"),
        (Verdict.NOT_ASSESSED, 0.0, 1.0, "met", None, "no such id or verdict"),
        (Verdict.MET, SURE, 1.0, "not_met", None, "our verdict is sure"),
    ],
)
def test_what_does_not_count_is_dropped(
    verdict: Verdict, confidence: float, likely: float, claimed: str, quote: str | None, why: str
) -> None:
    before = assessment(verdict, confidence, likely=likely)
    after, counted = combined(claims(claimed, said() if quote is None else quote), before)
    assert after == before
    assert counted.dropped == {why: 1}
    assert not counted.changes


def test_what_our_verdict_rests_on_can_be_doubted_and_nothing_else() -> None:
    before = assessment(Verdict.MET, UNSURE)
    shown = the(before).evidence[0]
    after, _ = combined(claims("not_met", shown.quote), before)
    assert (the(after).verdict, the(after).confidence, the(after).evidence) == (Verdict.NOT_MET, IN_DOUBT, ())
    first = next(
        number
        for number, line in enumerate(heard().lines)
        if len(line.words) > 4 and all(line.end_s <= item.start_s for item in the(before).evidence)
    )
    after, counted = combined(claims("not_met", said(first)), before)
    assert after == before
    assert counted.dropped == {"not what our verdict rests on": 1}


def test_a_mistake_is_never_taken_back() -> None:
    before = assessment(Verdict.MADE, UNSURE, id_="rambling")
    after, counted = combined(claims("not_made", said(), "rambling"), before)
    assert after == before
    assert counted.dropped == {"no such id or verdict": 1}


def test_agreement_is_counted() -> None:
    before = assessment(Verdict.MET, SURE)
    after, counted = combined(claims("met", said()), before)
    assert after == before
    assert counted.agreed == 1


def test_quotes_are_found_whatever_their_case_and_punctuation() -> None:
    before = assessment(Verdict.NOT_MET, UNSURE)
    _, counted = combined(claims("met", said().upper().rstrip(".") + " !"), before)
    assert counted.changes[0].evidence.quote == said()


def test_sentences_need_a_quote_and_are_kept_to_three() -> None:
    proposals = [Proposal(id=ID, text="Next time say what the client sees then.", quote=said())] * 4
    opinion = Opinion(
        claims=(), sentences=(*proposals, Proposal(id=ID, text="Say more about it all.", quote="of course"))
    )
    _, counted = combined(opinion, judged())
    assert len(counted.sentences) == 3
    assert counted.dropped == {"too many": 1, "no usable quote": 1}
    _, counted = combined(
        Opinion(claims=(), sentences=(Proposal(id=ID, text="Great job, well done.", quote=said()),)), judged()
    )
    assert counted.dropped == {"a verdict": 1}


@given(
    st.text(max_size=60), st.text(max_size=20), st.sampled_from(["met", "not_met", "made", "not_made", "x"])
)
def test_whatever_is_claimed_every_quote_is_the_candidates(quote: str, id_: str, verdict: str) -> None:
    opinion = Opinion(
        claims=(Claim(id=id_, verdict=verdict, quote=quote), Claim(id=ID, verdict=verdict, quote=quote)),
        sentences=(Proposal(id=ID, text=quote, quote=quote),),
    )
    before = assessment(Verdict.NOT_MET, UNSURE)
    after, counted = combined(opinion, before)
    assert after == before
    assert not counted.sentences
