"""When two questions are one."""

from __future__ import annotations

import pytest

from voice_coach.core.model_guard import is_same_question


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How many users do we have a day?", "How many users do we have a month?"),
        (
            "Should we support editing a message after it is sent?",
            "Should we support deleting a message after it is sent?",
        ),
        ("How many users do we have?", "How many users do we have in Europe?"),
        ("Do users follow celebrities?", "Do celebrities follow users?"),
        ("Is it read from the cache?", "Is it not read from the cache?"),
        ("Can I?", "Should we?"),
    ],
)
def test_a_word_that_says_something_makes_another_question(one: str, other: str) -> None:
    assert not is_same_question(one, other)
    assert not is_same_question(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("should i use my own colours", "Should I use my own colours?"),
        ("how many users a day", "Um, how many users do we have a day?"),
        ("Can we assume one region?", "Okay, so could I, um, assume one region please?"),
    ],
)
def test_a_draft_and_its_transcript_are_one_question(one: str, other: str) -> None:
    assert is_same_question(one, other)
    assert is_same_question(other, one)
