from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.core.exemplars import MET, OFF_TOPIC, QUEUE, STRONG, VAGUE, WEAK
from tests.core.spoken import candidate, dialogue, judge
from voice_coach.core.analysis import Analysis, Answer, Engines, Source, SourceKind, build
from voice_coach.core.clock import PaceSettings
from voice_coach.core.feedback import Feedback
from voice_coach.core.transcript import Speaker, Transcript, turn_of
from voice_coach.prompts.rubric import strings_of

LINE_WORDS = 25
MOST_WORDS = 180
"""90 s at about 150 words a minute."""
GRADES = re.compile(
    r"\b(excellent|perfect|great|good|bad|poor|weak|strong|brilliant|amazing|awesome|terrible|wrong|"
    r"score|points?|grade|senior|junior|accent|nervous|confident|confused|personality|emotion|smart|talent)\b",
    re.IGNORECASE,
)


def analysed(transcript: Transcript) -> Analysis:
    source = Source(kind=SourceKind.TRANSCRIPT)
    return build(Answer(transcript=transcript, source=source, engines=Engines()), judge(), PaceSettings())


def given(text: str) -> Feedback:
    return analysed(candidate(text)).feedback


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w']+", " ", text.lower()).split())


ANSWERS = [
    STRONG,
    WEAK,
    " ".join(text for texts in MET.values() for text in texts[:2]),
    *(" ".join([WEAK, *MET[item][:2]]) for item in MET),
    WEAK * 3,
    STRONG * 5,
]


@pytest.mark.parametrize("text", ANSWERS)
def test_one_strength_two_fixes_one_redo_within_ninety_seconds(text: str) -> None:
    feedback = given(text)
    assert len(feedback.strengths) == 1
    assert len(feedback.improvements) == 2
    assert len({improvement.item for improvement in feedback.improvements}) == 2
    assert all(len(line.split()) <= LINE_WORDS for line in feedback.lines)
    assert 130 <= len(feedback.spoken.split()) <= MOST_WORDS
    assert feedback.spoken == " ".join(feedback.lines)
    assert feedback.next_drill is not None


@pytest.mark.parametrize("text", ANSWERS)
def test_quotes_are_verbatim_and_at_most_twelve_words(text: str) -> None:
    for line in given(text).lines:
        for quote in re.findall(r'"([^"]+)"', line):
            assert len(quote.split()) <= 12
            assert plain(quote) in plain(text)


@pytest.mark.parametrize("text", ANSWERS)
def test_each_line_is_a_sentence_and_no_two_begin_alike(text: str) -> None:
    lines = given(text).lines
    assert len({tuple(line.lower().split()[:2]) for line in lines}) == len(lines)
    assert all(line[0].isupper() and line.rstrip('"')[-1] in ".?" for line in lines)
    assert all(len(line.split()) >= 4 for line in lines)


@pytest.mark.parametrize("text", ANSWERS)
def test_no_quote_is_read_twice(text: str) -> None:
    quotes = re.findall(r'"([^"]+)"', given(text).spoken)
    assert len(quotes) == len(set(quotes))


@pytest.mark.parametrize("text", ANSWERS)
def test_no_slot_is_left_open(text: str) -> None:
    assert "{" not in given(text).spoken


def test_no_grades_and_nothing_about_the_person() -> None:
    texts = judge().rubric.feedback
    for line in strings_of(texts):
        assert not GRADES.search(line), line


def test_try_saying_is_about_the_candidates_own_component() -> None:
    fix = next(item for item in given(QUEUE).improvements if item.item == "failure_mitigation")
    assert "queue" in fix.try_saying


OWN = (
    "We get 4,000 reads per second, and the most common query asks for one short code. There is a client, and it "
    "calls a service. A queue takes the clicks, and a worker counts the clicks. The links go into Postgres. "
)


def saying(text: str, item: str) -> str:
    return next(fix.try_saying for fix in given(text).improvements if fix.item == item)


def test_try_saying_goes_on_from_the_candidates_own_clause() -> None:
    assert saying(OWN * 2, "failure_mitigation").startswith("A queue takes the clicks; if ")


def test_try_saying_ties_the_store_to_the_candidates_own_query() -> None:
    start, end = STRONG.index("I'd use Postgres"), STRONG.index("The table has a code")
    text = (
        STRONG[:start]
        + "The most common query asks for one short code. The links go into Postgres. "
        + STRONG[end:]
    )
    assert saying(text, "storage_decision").endswith(
        ", because the most common query asks for one short code."
    )


def test_try_saying_holds_the_candidates_own_number() -> None:
    text = " ".join([OWN * 2, MET["failure_mitigation"][0], MET["storage_decision"][0]])
    assert "4,000 reads per second" in saying(text, "explicit_requirements")


def test_what_was_met_is_never_called_missing() -> None:
    feedback = given(STRONG)
    for fix in feedback.improvements:
        assert "did not hear" not in fix.text
        assert fix.evidence
    assert len({fix.item for fix in feedback.improvements}) == 2


def test_what_came_late_is_called_late() -> None:
    start, end = STRONG.index("Users can create"), STRONG.index("Um, a link")
    late = STRONG[:start] + STRONG[end:].replace(
        "To sum up", MET["explicit_requirements"][1] + " To sum up"
    ).replace("Um, a link that was handed out must never be lost. ", "")
    fix = next(fix for fix in given(late).improvements if fix.item == "explicit_requirements")
    assert "requirements" in fix.text.lower()
    assert "under way" in fix.text or "already stood" in fix.text


def test_the_summary_is_asked_of_everyone_and_that_is_no_fault() -> None:
    summary = STRONG[STRONG.index("To sum up") :]
    talk = dialogue(
        (Speaker.CANDIDATE, STRONG.replace(summary, "")),
        (Speaker.COACH, "Let's wrap up. What are the main tradeoffs in your design?"),
        (Speaker.CANDIDATE, summary),
    )
    assert not any("ask" in fix.text for fix in analysed(talk).feedback.improvements)


def test_a_doubtful_verdict_is_said_as_doubt() -> None:
    kept = STRONG[: STRONG.index("If the cache goes down")] + STRONG[STRONG.index("To sum up") :]
    text = kept.replace("To sum up", "The worker could crash at night. To sum up")
    fix = next(item for item in given(text).improvements if item.item == "failure_mitigation")
    assert "missed it" in fix.text
    assert fix.evidence


def test_prompted_is_said() -> None:
    talk = dialogue(
        (Speaker.CANDIDATE, WEAK),
        (Speaker.COACH, "What happens when the mail provider times out?"),
        (Speaker.CANDIDATE, "Then the worker retries with backoff and gives up after five attempts."),
    )
    strengths = analysed(talk).feedback.strengths[0]
    assert "asked" in strengths or "question" in strengths


def test_a_monologue_is_mentioned_when_nothing_is_missing() -> None:
    long = STRONG.replace("Does that match what you have in mind?", "") + " It is so. " * 160
    text = long + STRONG[STRONG.index("To sum up") :] * 12
    assert "monologue" in {improvement.item for improvement in given(text).improvements}


def test_fillers_and_pace_are_mentioned_when_nothing_is_missing() -> None:
    slow = STRONG.replace("Does that", "Um, uh, um, er, does that") + " Um, uh."
    turn = candidate(slow).turns[0]
    words = [replace(w, start_s=w.start_s * 2, end_s=w.end_s * 2) for w in turn.words]
    feedback = analysed(Transcript(turns=(turn_of(Speaker.CANDIDATE, words),))).feedback
    assert [item.item for item in feedback.improvements] == ["pace", "explicit_requirements"]
    quick = STRONG.replace(". ", ". Um, uh, er. ")
    assert "fillers" in {item.item for item in given(quick).improvements}


def test_a_strength_is_found_where_nothing_was_met_or_named() -> None:
    feedback = given(VAGUE)
    assert "twenty-five seconds" in feedback.strengths[0]
    assert len(feedback.improvements) == 2


@pytest.mark.parametrize("text", ["um", "A database and a cache.", OFF_TOPIC])
def test_not_assessed_is_said_kindly(text: str) -> None:
    feedback = given(text)
    assert feedback.strengths == ()
    assert feedback.improvements == ()
    assert feedback.lines
    assert "?" not in feedback.spoken


def test_different_answers_get_different_feedback() -> None:
    assert len({given(text).spoken for text in ANSWERS}) == len(ANSWERS)


def test_the_same_answer_gets_the_same_feedback() -> None:
    assert given(WEAK) == given(WEAK)
