"""The judge as it ships, with the real sentence model."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.exemplars import OFF_TOPIC, STRONG, WEAK
from tests.core.spoken import candidate, dialogue, is_said, judge, shifted, subtitles
from voice_coach.core import rubric_ids
from voice_coach.core.findings import Assessment, Finding, Verdict
from voice_coach.core.gate import Reason
from voice_coach.core.transcript import Speaker, Transcript, Word, turn_of

CANDIDATE, COACH = Speaker.CANDIDATE, Speaker.COACH
DEV_DATA = os.environ.get("VOICE_COACH_DEV_DATA")
STUFFED = (
    "It's scalable and highly available. We handle failures. There are tradeoffs. The requirements are clear. "
    "Storage is fine. We use a cache and a queue. It's low latency, it's consistent, it's robust. "
) * 4
SENTENCES = (
    "I'm assuming a hundred million users, and reads are ninety nine percent of it.",
    "If the provider times out, we retry with the same key, so nobody is charged twice.",
    "We need a database.",
    "So a client talks to the gateway, the gateway to the service, and the service to a queue and a store.",
    "Does that make sense so far?",
    "Um, okay, let me think about that for a second.",
    "I'd use Kafka and Redis and Kubernetes.",
    "What we give up is freshness, the counter can be ten seconds behind.",
)


def findings(assessment: Assessment) -> list[Finding]:
    groups = (assessment.checklist, assessment.mistakes, assessment.delivery)
    return [f for group in (*groups, assessment.clarification, assessment.deep_dives) for f in group]


def the(id_: str, assessment: Assessment) -> Finding:
    return next(finding for finding in findings(assessment) if finding.id == id_)


def test_a_strong_answer_meets_the_whole_list() -> None:
    assessment = judge().assess(candidate(STRONG))
    assert {finding.id for finding in assessment.checklist if finding.verdict is Verdict.MET} == set(
        rubric_ids.CHECKLIST
    )


def test_it_is_told_how_likely_the_best_sentence_shows_what_was_not_met() -> None:
    assessment = judge().assess(candidate(WEAK))
    missed = [finding for finding in assessment.checklist if finding.verdict is Verdict.NOT_MET]
    assert missed
    assert all(0.0 < finding.likely < 1.0 for finding in missed)


def test_a_weak_answer_meets_nothing_but_half_an_overview() -> None:
    assessment = judge().assess(candidate(WEAK))
    met = {finding.id for finding in assessment.checklist if finding.verdict is Verdict.MET}
    assert met <= {"high_level_first"}


def test_naming_everything_earns_nothing() -> None:
    assessment = judge().assess_ungated(judge().listen(candidate(STUFFED)))
    assert [finding.id for finding in assessment.checklist if finding.verdict is Verdict.MET] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.SILENT),
        ("um, uh", Reason.SILENT),
        ("I'd use a database and a cache.", Reason.TOO_SHORT),
        (OFF_TOPIC, Reason.OFF_TOPIC),
        (
            "Zuerst möchte ich wissen, wer das System benutzt und wie viele Anfragen pro Sekunde kommen. "
            * 6,
            Reason.OTHER_LANGUAGE,
        ),
    ],
)
def test_too_little_is_not_judged(text: str, reason: Reason) -> None:
    assessment = judge().assess(candidate(text) if text else Transcript())
    assert assessment.refusal is not None
    assert assessment.refusal.reason is reason
    assert {finding.verdict for finding in assessment.checklist} == {Verdict.NOT_ASSESSED}
    assert {finding.why for finding in assessment.checklist} == {assessment.refusal.why}
    assert assessment.stretches == ()


@pytest.mark.parametrize(
    ("languages", "is_other"),
    [
        ((), False),
        (("de", "de", None), True),
        (("de", None), False),
        ((None, None, "la"), False),
        (("de",), True),
    ],
)
def test_sound_in_another_language_is_not_judged_whatever_was_written(
    languages: tuple[str | None, ...], *, is_other: bool
) -> None:
    heard = candidate(STUFFED)
    for language in languages:
        heard = heard.with_language(language)
    refused = judge().assess(heard).refusal
    assert (refused is not None and refused.reason is Reason.OTHER_LANGUAGE) is is_other


def test_a_design_without_jargon_is_judged() -> None:
    text = (
        "Picture a kitchen. The orders come in at the hatch, and somebody pins each one to the rail. If a cook drops "
        "a plate, the slip is still on the rail, so the next cook makes it again, and because the slip has a number "
        "on it nobody gets two dinners. When Friday gets busy I open a second hatch, and each hatch has half of the "
        "tables, so neither of them has to know about the other. We keep the slips for a month, since people come "
        "back and complain. And if the rail is full, we stop taking orders and say so at the door."
    )
    assert judge().assess(candidate(text)).refusal is None


def test_words_that_were_hardly_recognised_are_not_judged() -> None:
    turn = candidate(STRONG).turns[0]
    words = [Word(text=w.text, start_s=w.start_s, end_s=w.end_s, p=0.3) for w in turn.words]
    assessment = judge().assess(Transcript(turns=(turn_of(CANDIDATE, words),)))
    assert assessment.refusal is not None
    assert assessment.refusal.reason is Reason.UNCLEAR


def test_every_id_once_in_order_with_a_reason() -> None:
    assessment = judge().assess(candidate(STRONG))
    for group, ids in (
        (assessment.checklist, rubric_ids.CHECKLIST),
        (assessment.mistakes, rubric_ids.MISTAKES),
        (assessment.delivery, rubric_ids.DELIVERY),
        (assessment.clarification, rubric_ids.CLARIFICATION),
        (assessment.deep_dives, rubric_ids.DEEP_DIVES),
    ):
        assert tuple(finding.id for finding in group) == ids
    assert all(finding.why for finding in findings(assessment))


def test_without_a_change_of_scope_nobody_defends_a_design() -> None:
    finding = the("defends_first_design", judge().assess(candidate(STRONG)))
    assert finding.verdict is Verdict.NOT_ASSESSED
    assert finding.why


def test_what_only_answers_the_question_about_it_is_prompted() -> None:
    own, reply = (
        STRONG.split("If the cache goes down")[0],
        "If it dies, the worker retries with the same key, so nothing is done twice.",
    )
    asked = dialogue(
        (CANDIDATE, own), (COACH, "What happens when the mail provider fails?"), (CANDIDATE, reply)
    )
    handed = dialogue((CANDIDATE, own), (COACH, "That is your call."), (CANDIDATE, reply))
    assert the("failure_mitigation", judge().assess(handed)).prompted is False
    assert the("failure_mitigation", judge().assess(asked)).prompted is True


GLOBAL = "We run it in nine regions on five continents, active active, with every shard copied everywhere. "


@pytest.mark.parametrize(
    ("asked", "opening", "is_excused"),
    [
        ("Design a chat for users all over the world.", None, True),
        ("", "Design a chat that works globally.", True),
        ("chat", "Design a chat for two billion users.", True),
        ("Design a chat for one office.", "Design a chat.", False),
        ("", None, False),
    ],
)
def test_a_global_scale_that_the_question_asks_for_is_no_mistake(
    asked: str, opening: str | None, *, is_excused: bool
) -> None:
    turns = (
        [(CANDIDATE, GLOBAL * 4 + STRONG)] if opening is None else [(COACH, opening), (CANDIDATE, GLOBAL * 4)]
    )
    heard = judge().listen(dialogue(*turns), question=asked)
    finding = the("planet_scale", judge().assess_ungated(heard))
    assert (finding.why == "The question asks for that scale, so it was not assumed.") is is_excused
    assert (finding.verdict is Verdict.NOT_MADE and not finding.evidence) or not is_excused


talks = st.lists(
    st.tuples(
        st.sampled_from([CANDIDATE, CANDIDATE, COACH]),
        st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6).map(" ".join),
    ),
    min_size=1,
    max_size=6,
).filter(lambda talk: any(speaker is CANDIDATE for speaker, _ in talk))


@given(talks, st.sampled_from([dialogue, subtitles]))
@settings(max_examples=30, deadline=None)
def test_every_quote_is_in_the_transcript_and_what_was_said_has_one(
    talk: list[tuple[Speaker, str]], timed: Callable[..., Transcript]
) -> None:
    transcript = timed(*talk)
    absent = {"ignores_non_functional", "no_tradeoffs", "no_failure_modes"}
    for finding in findings(judge().assess_ungated(judge().listen(transcript))):
        is_true = finding.verdict in {Verdict.MET, Verdict.MADE}
        assert bool(finding.evidence) == (is_true and finding.id not in absent)
        assert 0.0 <= finding.confidence <= 1.0
        for item in (*finding.evidence, *([finding.heard] if finding.heard else [])):
            assert is_said(item, transcript), item


@given(st.sets(st.integers(0, 211), max_size=12))
@settings(max_examples=20, deadline=None)
def test_thinking_within_sentences_changes_no_sentence(places: set[int]) -> None:
    spoken = candidate(STRONG).turns[0].words
    words, late_s = [], 0.0
    for number, word in enumerate(spoken):
        late_s += 2.0 * (number in places and word.text[0].islower())
        words.append(replace(word, start_s=word.start_s + late_s, end_s=word.end_s + late_s))
    paused = judge().listen(Transcript(turns=(turn_of(CANDIDATE, words),)))
    fluent = judge().listen(candidate(STRONG))
    assert [len(line.words) for line in paused.lines] == [len(line.words) for line in fluent.lines]


@given(st.floats(0.0, 3600.0))
@settings(max_examples=5, deadline=None)
def test_later_is_the_same(by_s: float) -> None:
    early, late = judge().assess(candidate(STRONG)), judge().assess(shifted(candidate(STRONG), by_s))
    assert [(f.id, f.verdict, f.confidence) for f in findings(early)] == [
        (f.id, f.verdict, f.confidence) for f in findings(late)
    ]


@pytest.mark.skipif(not DEV_DATA, reason="VOICE_COACH_DEV_DATA is not set")
def test_other_peoples_talk_earns_no_credit_even_ungated() -> None:
    assert DEV_DATA is not None
    words = met = 0
    for path in sorted((Path(DEV_DATA) / "talk").glob("*.txt")):
        text = path.read_text().split()
        for start in range(0, len(text), 1500):
            piece = candidate(" ".join(text[start : start + 1500]))
            assessment = judge().assess_ungated(judge().listen(piece))
            met += sum(finding.verdict is Verdict.MET for finding in assessment.checklist)
            words += len(text[start : start + 1500])
    assert 1000 * met / words <= 0.1
