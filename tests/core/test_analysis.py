from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.exemplars import MET, NOT_MET, OFF_TOPIC, STRONG, WEAK
from tests.core.spoken import candidate, dialogue, judge, shifted, subtitles
from voice_coach.core import rubric_ids
from voice_coach.core.analysis import Answer, Engines, Source, SourceKind, build, to_json
from voice_coach.core.clock import PaceSettings
from voice_coach.core.transcript import Speaker, Transcript, Word, turn_of

CANDIDATE, COACH = Speaker.CANDIDATE, Speaker.COACH
KEYS = [
    "schema",
    "question",
    "source",
    "engines",
    "transcript",
    "speech",
    "pacing",
    "checklist",
    "mistakes",
    "delivery",
    "clarification",
    "deep_dives",
    "adaptation",
    "score",
    "feedback",
]
SENTENCES = [text for group in (*MET.values(), *NOT_MET.values()) for text in group]
SENTENCES += [
    "Um, so.",
    "What if a node fails?",
    "Does that make sense?",
    OFF_TOPIC,
    "the the cache",
    "…",
    "—",
]


def document(transcript: Transcript, question: str | None = None) -> dict[str, Any]:
    answer = Answer(
        transcript=transcript, source=Source(kind=SourceKind.TRANSCRIPT), engines=Engines(), question=question
    )
    made: dict[str, Any] = to_json(build(answer, judge(), PaceSettings()))
    return made


talks = st.lists(
    st.tuples(st.sampled_from([CANDIDATE, CANDIDATE, COACH]), st.sampled_from(SENTENCES)),
    min_size=1,
    max_size=14,
)


def assert_verbatim(evidence: dict[str, Any], turns: list[dict[str, Any]]) -> None:
    """The quote is a run of one candidate turn's words, and starts and ends with them."""
    wanted = evidence["quote"].split()
    for turn in turns:
        texts = [word["text"] for word in turn["words"]]
        for first in range(len(texts) - len(wanted) + 1):
            run = turn["words"][first : first + len(wanted)]
            if turn["speaker"] == "candidate" and texts[first : first + len(wanted)] == wanted:
                times = (run[0]["start"], run[-1]["end"])
                if times == (evidence["start"], evidence["end"]):
                    return
    pytest.fail(f"not in the transcript: {evidence}")


@settings(max_examples=60, deadline=None)
@given(talks, st.sampled_from([dialogue, subtitles]))
def test_every_quote_is_in_the_transcript_with_its_words_times(
    talk: list[tuple[Speaker, str]], timed: Callable[..., Transcript]
) -> None:
    made = document(timed(*talk))
    turns = made["transcript"]["turns"]
    groups = ("checklist", "mistakes", "delivery", "clarification", "deep_dives")
    found = [evidence for group in groups for item in made[group] for evidence in item["evidence"]]
    found += [evidence for item in made["feedback"]["improvements"] for evidence in item["evidence"]]
    for item in made["adaptation"]:
        found += [*item["first_content"], *item["taken_up"]["evidence"], *item["defended"]["evidence"]]
        found += [evidence for part in item["touched"] for evidence in part["evidence"]]
        found += [evidence for part in item["revisited"] for evidence in (*part["before"], *part["after"])]
    for evidence in found:
        assert_verbatim(evidence, turns)


@settings(max_examples=60, deadline=None)
@given(talks)
def test_met_has_evidence_and_not_met_says_what_was_looked_for(talk: list[tuple[Speaker, str]]) -> None:
    for item in document(dialogue(*talk))["checklist"]:
        assert bool(item["evidence"]) == (item["verdict"] == "met")
        assert item["why"].endswith(".")
        assert 0.0 <= item["confidence"] <= 1.0
        assert item["prompted"] is False or item["verdict"] == "met"


@settings(max_examples=40, deadline=None)
@given(talks, st.integers(1, 4000))
def test_shifting_all_times_changes_no_metric(talk: list[tuple[Speaker, str]], by_s: int) -> None:
    here, there = document(dialogue(*talk)), document(shifted(dialogue(*talk), float(by_s)))
    for part in (
        "words",
        "speaking_s",
        "wpm",
        "articulation_wpm",
        "pause_share",
        "longest_monologue_s",
        "restarts",
    ):
        rounding = 0.11 if part.endswith("wpm") else 0.02
        assert here["speech"][part] == pytest.approx(there["speech"][part], abs=rounding)
    assert [item["verdict"] for item in here["checklist"]] == [item["verdict"] for item in there["checklist"]]
    assert here["pacing"]["answer_s"] == pytest.approx(there["pacing"]["answer_s"], abs=0.02)
    assert [p["seconds"] for p in here["pacing"]["phases"]] == pytest.approx(
        [p["seconds"] for p in there["pacing"]["phases"]], abs=0.02
    )
    assert here["score"] == there["score"]


@settings(max_examples=40, deadline=None)
@given(talks)
def test_the_same_answer_gives_the_same_bytes(talk: list[tuple[Speaker, str]]) -> None:
    assert json.dumps(document(dialogue(*talk))) == json.dumps(document(dialogue(*talk)))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([CANDIDATE, COACH]), st.text(max_size=60)), max_size=8))
def test_any_text_is_analysed(talk: list[tuple[Speaker, str]]) -> None:
    made = document(dialogue(*[(speaker, text) for speaker, text in talk if text.split()]))
    json.dumps(made, allow_nan=False)
    assert list(made) == KEYS


@pytest.mark.parametrize("text", [STRONG, WEAK, OFF_TOPIC])
def test_all_ids_once_in_order(text: str) -> None:
    made = document(candidate(text))
    for key, ids in (
        ("checklist", rubric_ids.CHECKLIST),
        ("mistakes", rubric_ids.MISTAKES),
        ("delivery", rubric_ids.DELIVERY),
        ("clarification", rubric_ids.CLARIFICATION),
        ("deep_dives", rubric_ids.DEEP_DIVES),
    ):
        assert tuple(item["id"] for item in made[key]) == ids
    assert tuple(phase["id"] for phase in made["pacing"]["phases"]) == rubric_ids.PHASES


def test_the_shape_of_the_contract() -> None:
    made = document(candidate(STRONG), question="url-shortener")
    assert list(made) == KEYS
    assert made["schema"] == 1
    assert made["question"] == "url-shortener"
    assert made["source"] == {
        "kind": "transcript",
        "duration_s": made["transcript"]["turns"][0]["end"],
        "sample_rate": None,
    }
    assert list(made["speech"])[:10] == [
        "words",
        "speaking_s",
        "wpm",
        "articulation_wpm",
        "pause_share",
        "longest_pause_s",
        "longest_monologue_s",
        "fillers",
        "fillers_per_100_words",
        "restarts",
    ]
    assert list(made["checklist"][0]) == ["id", "verdict", "confidence", "prompted", "evidence", "why"]
    assert list(made["mistakes"][0]) == ["id", "verdict", "confidence", "evidence", "why"]
    assert list(made["feedback"]) == ["strengths", "improvements", "next_drill", "spoken", "lines"]
    assert " ".join(made["feedback"]["lines"]) == made["feedback"]["spoken"]
    assert made["speech"]["words"] == len(STRONG.split())


def test_estimated_times_are_said_and_null_what_they_cannot_tell() -> None:
    made = document(Transcript(turns=candidate(STRONG).turns, times_estimated=True))
    assert made["source"]["times"] == "estimated"
    assert made["speech"]["wpm"] is None
    assert [(item["text"], item["start"], item["end"]) for item in made["speech"]["fillers"]] == [
        ("um", None, None)
    ]
    assert made["checklist"] == document(candidate(STRONG))["checklist"]


def test_the_heard_form_stands_beside_the_corrected_one() -> None:
    words = [
        Word(text="charted", start_s=0.0, end_s=0.5),
        Word(text="Redis,", start_s=0.5, end_s=1.0, p=0.987, heard="riddies"),
    ]
    turn = document(Transcript(turns=(turn_of(CANDIDATE, words),)))["transcript"]["turns"][0]
    assert turn["text"] == "charted Redis,"
    assert turn["heard"] == "charted riddies"
    assert turn["words"][1] == {
        "text": "Redis,",
        "start": 0.5,
        "end": 1.0,
        "p": 0.99,
        "filler": False,
        "heard": "riddies",
    }


def test_one_heard_word_that_became_two_stands_once_in_the_heard_form() -> None:
    words = [
        Word(text="a", start_s=0.0, end_s=0.2),
        Word(text="cache", start_s=0.2, end_s=0.5, heard="cachekey"),
        Word(text="key", start_s=0.5, end_s=0.8, heard=""),
        Word(text="here", start_s=0.8, end_s=1.0),
    ]
    turn = document(Transcript(turns=(turn_of(CANDIDATE, words),)))["transcript"]["turns"][0]
    assert (turn["text"], turn["heard"]) == ("a cache key here", "a cachekey here")


def test_the_score_counts_the_checklist_mistakes_delivery_and_length() -> None:
    made = document(candidate(STRONG))
    parts = made["score"]["parts"]
    judged = [*made["checklist"], *made["mistakes"], *made["delivery"]]
    assert [part["id"] for part in parts] == [
        *(item["id"] for item in judged if item["verdict"] != "not_assessed"),
        "pacing",
    ]
    assert sum(part["of"] for part in parts[: len(rubric_ids.CHECKLIST)]) == 100
    assert made["score"]["total"] == min(100, sum(part["points"] for part in parts))
    assert parts[-1] == {"id": "pacing", "points": -5, "of": 0}


def test_the_questions_words_are_judged_with_the_answer() -> None:
    answer = Answer(
        transcript=candidate(STRONG),
        source=Source(kind=SourceKind.TRANSCRIPT),
        engines=Engines(),
        asked="Design a URL shortener for the whole world.",
    )
    mistakes = build(answer, judge(), PaceSettings()).assessment.mistakes
    assert next(item for item in mistakes if item.id == "planet_scale").why.startswith("The question asks")


def test_nothing_judged_is_no_score() -> None:
    assert document(candidate(OFF_TOPIC))["score"] == {"total": None, "parts": []}


def test_silence_is_analysed() -> None:
    made = document(Transcript())
    assert {item["verdict"] for item in made["checklist"]} == {"not_assessed"}
    assert made["pacing"]["stages"] == []
    assert made["feedback"]["next_drill"] is None
    assert made["source"]["duration_s"] == 0.0
