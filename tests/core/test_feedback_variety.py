"""What is said of the labelled answers: nothing is boilerplate, and the laws hold of every one."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from scripts.labelled import Labelled, read_answers
from tests.core.feedback_laws import laws
from tests.core.spoken import judge
from voice_coach.core.analysis import Answer, Engines, Source, SourceKind, build
from voice_coach.core.clock import PaceSettings
from voice_coach.core.feedback import MOST_WORDS, Feedback

ANSWERS = Path(__file__).parents[2] / "evaluation" / "answers" / "tuning"
_SENTENCES = re.compile(r'(?<=[.?]) (?=[A-Z"])')
_OPENERS = re.compile(r"^[^:\"]{1,45}: ")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(800)]


@cache
def given() -> tuple[tuple[Labelled, Feedback], ...]:
    """Every ninth of the labelled answers, which is enough, with what is said of it."""
    source = Source(kind=SourceKind.TRANSCRIPT)
    return tuple(
        (
            labelled,
            build(
                Answer(transcript=labelled.transcript, source=source, engines=Engines()),
                judge(),
                PaceSettings(),
            ).feedback,
        )
        for labelled in read_answers(ANSWERS, judge().lexicon)[::9]
    )


def sentences(feedback: Feedback) -> set[str]:
    """What is said, sentence by sentence, with and without what only leads to it ("Try saying:")."""
    whole = {sentence for line in feedback.lines for sentence in _SENTENCES.split(line)}
    return whole | {_OPENERS.sub("", sentence).lower() for sentence in whole}


def test_no_sentence_is_said_of_more_than_a_fifth_of_the_answers() -> None:
    counts = Counter(sentence for _, feedback in given() for sentence in sentences(feedback))
    assert counts
    for sentence, count in counts.most_common(5):
        assert count <= len(given()) / 5, sentence


def test_different_answers_get_different_feedback() -> None:
    assert len({feedback.spoken for _, feedback in given()}) == len(given())


def test_the_laws_hold() -> None:
    for labelled, feedback in given():
        assert len(feedback.improvements) == 2, labelled.id
        assert 130 <= len(feedback.spoken.split()) <= MOST_WORDS, labelled.id
        laws(feedback, labelled.transcript)


def test_what_is_worked_on_is_not_always_the_same() -> None:
    items = Counter(fix.item for _, feedback in given() for fix in feedback.improvements)
    assert len(items) >= 12
    assert items.most_common(1)[0][1] <= len(given()) / 2
