from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.core.exemplars import STRONG, WEAK
from tests.core.feedback_laws import laws, quotes_in
from tests.core.spoken import candidate, dialogue, judge
from voice_coach.core import pacing, speech_metrics
from voice_coach.core.clock import PaceSettings
from voice_coach.core.faults import IDS
from voice_coach.core.feedback import Feedback, Improvement, Material, compose
from voice_coach.core.findings import Assessment, Finding, Verdict
from voice_coach.core.heard import Line
from voice_coach.core.rubric_ids import CHECKLIST, CLARIFICATION, DEEP_DIVES, DELIVERY, MISTAKES
from voice_coach.core.speech_metrics import SpeechEar, SpeechMetrics
from voice_coach.core.transcript import Evidence, Speaker, Transcript, evidence, turn_of

ASKED = re.compile(r"when I asked|I had to ask|took my question|I had asked|after my question")
DOUBT = re.compile("missed it|slipped past me")
NO_QUOTE = {"evidence": (), "heard": None, "own": None, "whole": None}
GAP = {"verdict": Verdict.NOT_MET, "confidence": 0.95, **NO_QUOTE}
UNSURE_GAP = {**GAP, "confidence": 0.58}
MADE = {"verdict": Verdict.MADE, "confidence": 0.95, **NO_QUOTE}

Changes = dict[str, dict[str, Any]]


def settled(assessment: Assessment, changes: Changes) -> Assessment:
    """*assessment* with *changes*, and everything else met (or not made) for sure."""

    def change(finding: Finding) -> Finding:
        fine = Verdict.NOT_MADE if finding.id in MISTAKES else Verdict.MET
        shown = (
            finding.evidence or (assessment.own.lines and (evidence(assessment.own.lines[0].words),)) or ()
        )
        usual = {"verdict": fine, "confidence": 0.98, "prompted": False, "place": 0.1, "evidence": shown}
        return replace(finding, **{**usual, **changes.get(finding.id, {})})

    return replace(
        assessment,
        checklist=tuple(map(change, assessment.checklist)),
        mistakes=tuple(map(change, assessment.mistakes)),
        delivery=tuple(map(change, assessment.delivery)),
        clarification=tuple(map(change, assessment.clarification)),
        deep_dives=tuple(map(change, assessment.deep_dives)),
    )


def given(transcript: Transcript, changes: Changes, metrics: SpeechMetrics | None = None) -> Feedback:
    assessment = settled(judge().assess(transcript), changes)
    material = Material(
        assessment=assessment,
        metrics=metrics or speech_metrics.measure(transcript),
        pacing=pacing.review(transcript, assessment.stretches, PaceSettings()),
        words=[word.text for word in transcript.by(Speaker.CANDIDATE)],
    )
    feedback = compose(material, judge().rubric, judge().lexicon)
    laws(feedback, transcript)
    return feedback


def fix_of(feedback: Feedback, item: str) -> Improvement:
    return next(fix for fix in feedback.improvements if fix.item == item)


def line_with(words: str, text: str = STRONG) -> Line:
    lines = judge().assess(candidate(text)).own.lines
    return next(line for line in lines if words in " ".join(word.text for word in line.words))


def shown(words: str, text: str = STRONG) -> Evidence:
    """The sentence of *text* that holds *words*."""
    return evidence(line_with(words, text).words)


def heard(transcript: Transcript, p: float, each: int = 2, until_s: float = 1e9) -> Transcript:
    """The same, recognised with a probability of *p* in each so manieth word until then."""
    words = [
        replace(word, p=p if number % each == 0 and word.start_s < until_s else 0.95)
        for number, word in enumerate(transcript.turns[0].words)
    ]
    return Transcript(turns=(turn_of(Speaker.CANDIDATE, words),))


@pytest.mark.parametrize("item", IDS)
@pytest.mark.parametrize("text", [STRONG, WEAK.lower().replace(".", "")], ids=["written", "run together"])
def test_whatever_is_amiss_is_said_with_a_sentence_to_try_and_a_redo(item: str, text: str) -> None:
    if item == "unjustified_component":
        text = WEAK
    changes: Changes = dict.fromkeys(DEEP_DIVES, GAP) if item in DEEP_DIVES else {}
    feedback = given(candidate(text), {**changes, item: MADE if item in MISTAKES else GAP})
    if item not in DEEP_DIVES:
        assert feedback.improvements[0].item == item
    assert not DOUBT.search(feedback.improvements[0].text)
    assert all(fix.try_saying for fix in feedback.improvements)


@pytest.mark.parametrize(
    "item", ["failure_mitigation", "explicit_requirements", "high_level_first", "rambling"]
)
def test_below_the_rubrics_confidence_it_is_said_as_doubt(item: str) -> None:
    verdict = Verdict.MADE if item in MISTAKES else Verdict.NOT_MET
    feedback = given(candidate(STRONG), {item: {**UNSURE_GAP, "verdict": verdict}})
    assert DOUBT.search(fix_of(feedback, item).text)
    assert DOUBT.search(feedback.spoken)


def test_a_quoted_doubt_is_said_as_doubt() -> None:
    changes: Changes = {
        "planet_scale": {**UNSURE_GAP, "verdict": Verdict.MADE, "evidence": (shown("ten times"),)}
    }
    fix = fix_of(given(candidate(STRONG), changes), "planet_scale")
    assert DOUBT.search(fix.text)
    assert quotes_in(fix.text)


@pytest.mark.parametrize(
    ("item", "each", "until_s"),
    [("opening_roadmap", 2, 20.0), ("high_level_first", 2, 30.0), ("failure_mitigation", 3, 1e9)],
)
def test_what_may_have_been_misheard_is_not_said_to_be_missing(item: str, each: int, until_s: float) -> None:
    clear = given(heard(candidate(STRONG), 0.9), {item: GAP})
    garbled = given(heard(candidate(STRONG), 0.3, each, until_s), {item: GAP})
    assert not DOUBT.search(fix_of(clear, item).text)
    assert item not in {fix.item for fix in garbled.improvements} or DOUBT.search(fix_of(garbled, item).text)


def test_the_surer_of_two_gaps_is_spoken_of() -> None:
    changes: Changes = {"failure_mitigation": UNSURE_GAP, "storage_decision": GAP, "scaling_strategy": GAP}
    items = [fix.item for fix in given(candidate(STRONG), changes).improvements]
    assert sorted(items) == ["scaling_strategy", "storage_decision"]


def test_the_two_fixes_are_of_different_themes() -> None:
    changes: Changes = {
        "failure_mitigation": GAP,
        "no_failure_modes": MADE,
        "scale": GAP,
        "read_write_mix": GAP,
    }
    items = {fix.item for fix in given(candidate(STRONG), changes).improvements}
    assert len(items & {"failure_mitigation", "no_failure_modes"}) == 1
    assert len(items & {"scale", "read_write_mix"}) == 1


def test_shallow_areas_are_spoken_of_only_where_hardly_one_was_gone_into() -> None:
    few: Changes = dict.fromkeys(DEEP_DIVES, GAP)
    assert {fix.item for fix in given(candidate(STRONG), few).improvements} <= set(DEEP_DIVES)
    two: Changes = dict.fromkeys(DEEP_DIVES[2:], GAP)
    assert not {fix.item for fix in given(candidate(STRONG), two).improvements} & set(DEEP_DIVES)


def test_a_mistake_is_said_with_its_quote_and_its_part() -> None:
    text = STRONG.replace(
        "Popular links go into the cache so the database", "Popular links stay there. The database"
    )
    text = text.replace("A queue takes the clicks to a worker.", "I'd also have a Kafka.")
    changes: Changes = {"unjustified_component": {**MADE, "evidence": (shown("Kafka", text),)}}
    fix = fix_of(given(candidate(text), changes), "unjustified_component")
    assert fix.evidence[0].quote == "I'd also have a Kafka."
    assert "Kafka" in fix.try_saying


def test_a_product_that_came_first_is_quoted_and_the_need_is_asked_for() -> None:
    changes: Changes = {"tools_too_early": {**MADE, "evidence": (shown("go into Mongo", WEAK),)}}
    fix = fix_of(given(candidate(WEAK), changes), "tools_too_early")
    assert "Mongo" in fix.evidence[0].quote
    assert "Mongo" in fix.try_saying
    assert "Mongo" in given(candidate(WEAK), changes).lines[-1]


def test_nobody_is_told_that_a_part_with_a_reason_has_none() -> None:
    changes: Changes = {"unjustified_component": {**MADE, "evidence": (shown("Popular links"),)}}
    items = {fix.item for fix in given(candidate(STRONG), changes).improvements}
    assert "unjustified_component" not in items


def test_what_was_only_announced_is_no_half_of_it() -> None:
    plan = shown("finish with failures")
    changes: Changes = {
        "failure_mitigation": {**GAP, "heard": plan},
        "opening_roadmap": {"evidence": (plan,)},
    }
    fix = fix_of(given(candidate(STRONG), changes), "failure_mitigation")
    assert all("failures" not in item.quote for item in fix.evidence)


def test_half_of_it_is_quoted() -> None:
    text = STRONG.replace(
        "If the cache goes down we fall back",
        "The cache could go down at night. Nights are long. We fall back",
    )
    near = shown("could go down", text)
    fix = fix_of(given(candidate(text), {"failure_mitigation": {**GAP, "heard": near}}), "failure_mitigation")
    assert fix.evidence[0].quote == "The cache could go down at night."
    assert "cache" in fix.try_saying


@pytest.mark.parametrize(
    "goes_on",
    [
        "nobody can edit, but all regions go on",
        "we read from the copies and limit",
        "all is slow. So we limit",
    ],
)
def test_half_of_it_that_goes_on_is_only_a_doubt(goes_on: str) -> None:
    text = STRONG.replace(
        "If the cache goes down we fall back", f"If the cache goes down {goes_on}, we fall back"
    )
    near = evidence(line_with("If the cache goes down", text).words[:8])
    feedback = given(candidate(text), {"failure_mitigation": {**GAP, "heard": near}})
    fix = fix_of(feedback, "failure_mitigation")
    assert DOUBT.search(fix.text)
    assert "If the cache goes down" not in fix.text


@pytest.mark.parametrize(
    ("item", "is_doubt"), [("failure_mitigation", True), ("explicit_requirements", False)]
)
def test_what_one_sentence_shows_more_likely_than_not_is_only_doubted(item: str, is_doubt: bool) -> None:  # noqa: FBT001
    fix = fix_of(given(candidate(STRONG), {item: {**GAP, "likely": 0.6}}), item)
    assert bool(DOUBT.search(fix.text)) == is_doubt


@pytest.mark.parametrize(
    ("said", "item", "quoted"),
    [
        ("Does a message have to arrive in order?", "guarantees", False),
        ("A message must never be lost on the way.", "guarantees", True),
        ("The server turns each number into letters.", "scaling_strategy", False),
        ("At the peak I add copies of the server.", "scaling_strategy", True),
        ("Does that plan work for you so far?", "checks_alignment", True),
    ],
)
def test_a_strength_is_quoted_only_with_words_that_show_it(said: str, item: str, quoted: bool) -> None:  # noqa: FBT001
    text = f"{said} {STRONG}"
    rest = {"verdict": Verdict.NOT_ASSESSED}
    changes: Changes = dict.fromkeys((*CHECKLIST, *DELIVERY, *CLARIFICATION, *DEEP_DIVES), rest)
    changes |= {
        "api": GAP,
        "data_model": GAP,
        item: {"evidence": (shown(said.split(".", maxsplit=1)[0], text),)},
    }
    strength = given(candidate(text), changes).strengths[0]
    assert bool(quotes_in(strength)) == quoted, strength


def test_what_was_said_when_asked_is_asked_for_unasked() -> None:
    said = {"prompted": True, "whole": "the queue keeps it until the worker is back"}
    changes: Changes = {"failure_mitigation": said, "opening_roadmap": GAP}
    fix = fix_of(given(candidate(STRONG), changes), "failure_mitigation")
    assert ASKED.search(fix.text)
    assert fix.try_saying == "The queue keeps it until the worker is back."
    without = fix_of(
        given(candidate(STRONG), {"scaling_strategy": {"prompted": True, "whole": None, "own": None}}),
        "scaling_strategy",
    )
    assert without.try_saying
    asked_of_everyone = given(candidate(STRONG), {"tradeoff_summary": {"prompted": True}})
    assert not ASKED.search(asked_of_everyone.spoken)


@pytest.mark.parametrize("item", ["failure_mitigation", "storage_decision", "high_level_first"])
def test_a_step_that_the_roadmap_announced_was_not_missing_until_it_was_asked_for(item: str) -> None:
    """STRONG begins: "I'd like to start with the requirements, then sketch the main components, ..."."""
    asked: Changes = {item: {"prompted": True}}
    announced = given(candidate(STRONG), asked)
    assert not ASKED.search(announced.spoken)
    unannounced = given(candidate(STRONG), {**asked, "opening_roadmap": GAP})
    assert ASKED.search(unannounced.spoken)


def test_what_the_roadmap_does_not_name_is_asked_for_all_the_same() -> None:
    assert ASKED.search(given(candidate(STRONG), {"scaling_strategy": {"prompted": True}}).spoken)


def test_a_strength_that_was_asked_for_is_said_to_be() -> None:
    group: Changes = {id_: {"prompted": True} for id_ in (*CHECKLIST, *DEEP_DIVES)}
    group["opening_roadmap"] = GAP
    rest = {"verdict": Verdict.NOT_ASSESSED}
    assessment = judge().assess(candidate(STRONG))
    others = dict.fromkeys([item.id for item in (*assessment.delivery, *assessment.clarification)], rest)
    strength = given(candidate(STRONG), {**group, **others}).strengths[0]
    assert re.search(r"I had asked|my question|I asked", strength)


def test_what_came_late_is_called_late() -> None:
    changes: Changes = {"explicit_requirements": {"place": 0.8, "whole": "nothing may be lost"}}
    fix = fix_of(given(candidate(STRONG), changes), "explicit_requirements")
    assert re.search(r"under way|already stood", fix.text)
    assert fix.try_saying == "Nothing may be lost."


@pytest.mark.parametrize("how", [{"prompted": True}, {"place": 0.95}, {}])
def test_nothing_is_built_on_what_may_not_have_been_met(how: dict[str, Any]) -> None:
    for item in CHECKLIST:
        feedback = given(candidate(STRONG), {item: {**how, "confidence": 0.52}})
        assert item not in {fix.item for fix in feedback.improvements}


def test_what_was_met_is_never_called_missing() -> None:
    feedback = given(candidate(STRONG), {})
    assert "did not hear" not in feedback.spoken
    assert len(feedback.improvements) == 2
    assert feedback.lines[-1].rstrip(".").endswith(("price", "otherwise", "in"))


def measured(**changes: float | None) -> SpeechMetrics:
    return replace(speech_metrics.measure(candidate(STRONG)), **changes)  # type: ignore[arg-type]


def test_a_long_monologue_is_said_with_its_beginning() -> None:
    metrics = measured(longest_monologue_s=250.0, longest_monologue_start_s=31.0)
    fix = fix_of(given(candidate(STRONG), {}, metrics), "monologue")
    assert "four minutes" in fix.text
    unknown = measured(longest_monologue_s=250.0, longest_monologue_start_s=None)
    assert "four minutes" in fix_of(given(candidate(STRONG), {}, unknown), "monologue").text


def test_no_length_is_told_where_times_were_laid_out_by_rule() -> None:
    estimated = replace(candidate(STRONG), times_estimated=True)
    metrics = replace(speech_metrics.measure(estimated), longest_monologue_s=250.0)
    assert "monologue" not in {fix.item for fix in given(estimated, {}, metrics).improvements}


@pytest.mark.parametrize(
    ("wpm", "item", "pace"),
    [(98.7, "pace_slow", "ninety-five"), (185.4, "pace_fast", "one hundred and ninety"), (150.0, None, "")],
)
def test_a_pace_beyond_a_limit_is_never_rounded_to_its_other_side(
    wpm: float, item: str | None, pace: str
) -> None:
    feedback = given(candidate(STRONG), {}, measured(wpm=wpm))
    if item is None:
        assert not {"pace_slow", "pace_fast"} & {fix.item for fix in feedback.improvements}
    else:
        assert pace in fix_of(feedback, item).text


FILLED = STRONG.replace(
    " Now the storage. I'd use Postgres", " Now, um, the, uh, um, storage. I'd use, um, uh, Postgres"
)


def test_fillers_are_counted_in_a_range_with_the_time_of_the_most() -> None:
    transcript = candidate(FILLED)
    metrics = speech_metrics.measure(transcript, SpeechEar(lexicon=judge().lexicon))
    assert metrics.burst is not None
    fix = fix_of(given(transcript, {}, replace(metrics, fillers_per_min=6.0)), "fillers")
    assert re.search(r"five (to|and) ten", fix.text)
    apart = replace(metrics, fillers_per_min=6.0, burst=None)
    assert "fillers" in fix_of(given(transcript, {}, apart), "fillers").text
    unnamed = replace(metrics, fillers_per_min=6.0, burst=replace(metrics.burst, topic=None))
    assert "fillers" in fix_of(given(transcript, {}, unnamed), "fillers").text


def test_fewer_fillers_than_are_counted_in_are_no_fault() -> None:
    transcript = candidate(FILLED)
    metrics = speech_metrics.measure(transcript, SpeechEar(lexicon=judge().lexicon))
    few = replace(metrics, fillers=metrics.fillers[:4], fillers_per_min=6.0)
    assert "fillers" not in {fix.item for fix in given(transcript, {}, few).improvements}


def test_no_pace_is_said_of_a_few_words() -> None:
    few = measured(words=40, wpm=60.0)
    assert "pace_slow" not in {fix.item for fix in given(candidate(STRONG), {}, few).improvements}


def test_a_strength_is_not_about_what_is_to_be_worked_on() -> None:
    feedback = given(candidate(STRONG), {"no_tradeoffs": MADE, "failure_mitigation": GAP})
    themes = {item.item: item.theme for item in judge().rubric.feedback.advice}
    praised = {item.item: item.theme for item in judge().rubric.feedback.praise}
    about = feedback.said[0].about
    assert about is not None
    assert praised[about] not in {themes[fix.item] for fix in feedback.improvements}


def test_talk_in_turns_is_quoted_from_the_candidate_alone() -> None:
    talk = dialogue(
        (Speaker.CANDIDATE, STRONG),
        (Speaker.COACH, "Would you add a Kafka, or a Cassandra?"),
        (Speaker.CANDIDATE, "No, it is fine as it is."),
    )
    assert "Kafka" not in given(talk, {"scaling_strategy": GAP}).spoken
