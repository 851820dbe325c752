"""What the feedback says of a change of scope: one line, and only what was measured."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.bundled import CONTENT
from tests.core.exemplars import STRONG
from tests.core.feedback_laws import LINE_WORDS, quotes_in
from tests.core.spoken import judge
from voice_coach.core.analysis import Analysis, Answer, Engines, Source, SourceKind, build, to_json
from voice_coach.core.clock import PaceSettings
from voice_coach.core.rubric_ids import SCOPE_CHANGE
from voice_coach.core.transcript import Speaker, Transcript, laid_out, turn_of

CHANGES = CONTENT.questions["url-shortener"].scope_change
EUROPE = next(change for change in CHANGES if change.id == "stored_in_europe")
TEXTS = CONTENT.rubric.feedback.adaptation


def analysed(reply: str, *, after_s: float = 2.0) -> Analysis:
    first = laid_out(STRONG, 5.0, 5.0 + len(STRONG.split()) / 2.5)
    asked = laid_out(EUROPE.text, first[-1].end_s + 2.0, first[-1].end_s + 9.0)
    start_s = asked[-1].end_s + after_s
    said = laid_out(reply, start_s, start_s + len(reply.split()) / 2.5)
    turns = (
        turn_of(Speaker.CANDIDATE, first),
        turn_of(Speaker.COACH, asked, (SCOPE_CHANGE,)),
        turn_of(Speaker.CANDIDATE, said),
    )
    answer = Answer(
        transcript=Transcript(turns=turns),
        source=Source(kind=SourceKind.TRANSCRIPT),
        engines=Engines(),
        question="url-shortener",
        changes=CHANGES,
    )
    return build(answer, judge(), PaceSettings())


def openings(variants: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text.split("{")[0] for text in variants)


@pytest.mark.parametrize(
    ("reply", "after_s", "variants"),
    [
        ("The numbers stay as they were, and the service does the same as before.", 2.0, TEXTS.not_taken_up),
        ("European links get a store of their own in that region.", 14.0, TEXTS.slow),
        ("European links are written where they were made, and read there.", 2.0, TEXTS.taken_up),
    ],
)
def test_one_line_says_how_it_was_taken_up(reply: str, after_s: float, variants: tuple[str, ...]) -> None:
    analysis = analysed(reply, after_s=after_s)
    said = [line.text for line in analysis.feedback.said if line.about == "defends_first_design"]
    assert len(said) == 1
    assert said[0].startswith(openings(variants))
    assert len(said[0].split()) <= LINE_WORDS


def test_a_choice_that_moved_is_quoted() -> None:
    reply = "For European links we move that database to a second region and change how the cache finds it."
    analysis = analysed(reply)
    assert analysis.adaptation[0].revisited
    said = [line.text for line in analysis.feedback.said if line.about == "defends_first_design"]
    for line in said:
        assert all(quote in reply for quote in quotes_in(line))


def test_without_a_change_nothing_is_said_of_one() -> None:
    words = laid_out(STRONG, 0.0, len(STRONG.split()) / 2.5)
    answer = Answer(
        transcript=Transcript(turns=(turn_of(Speaker.CANDIDATE, words),)),
        source=Source(kind=SourceKind.TRANSCRIPT),
        engines=Engines(),
    )
    analysis = build(answer, judge(), PaceSettings())
    assert to_json(analysis)["adaptation"] == []
    assert "defends_first_design" not in [line.about for line in analysis.feedback.said]


def test_the_analysis_tells_it_with_its_quotes() -> None:
    made: dict[str, Any] = to_json(
        analysed("European links get a store of their own in that region.", after_s=4.0)
    )
    (told,) = made["adaptation"]
    assert told["change"] == "stored_in_europe"
    assert told["first_content_s"] == 4.0
    assert told["taken_up"]["verdict"] == "met"
    assert (
        told["taken_up"]["evidence"][0]["quote"] == "European links get a store of their own in that region."
    )
