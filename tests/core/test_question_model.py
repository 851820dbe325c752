"""The classifier's probabilities are probabilities, of words that it knows and of any other."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.compose.content import load_content
from voice_coach.core.features import DIMENSIONS
from voice_coach.core.question_model import LEAST_LOG_PROBABILITY, QuestionModel, tokens

MODEL = load_content().question_model
NOWHERE = np.zeros(DIMENSIONS, np.float32)


def test_tokens_are_words_marks_and_pairs_once_each() -> None:
    assert tokens("How many? Many!") == sorted(
        ["<", ">", "how", "many", "?", "< how", "how many", "many ?", "? many", "many >"]
    )


@given(st.text(max_size=80))
def test_the_probabilities_of_any_text_make_one(text: str) -> None:
    found = MODEL.log_probabilities(NOWHERE, text)
    assert set(found) == set(MODEL.classes)
    assert all(LEAST_LOG_PROBABILITY <= value <= 0.0 for value in found.values())
    floor = len(found) * math.exp(LEAST_LOG_PROBABILITY)
    assert abs(sum(map(math.exp, found.values())) - 1.0) <= floor + 1e-4


@given(st.floats(0.01, 5.0) | st.floats(-5.0, -0.01))
def test_a_word_that_speaks_for_a_class_makes_it_more_probable(strength: float) -> None:
    model = QuestionModel(
        classes=("a", "b"),
        vocabulary=("peak",),
        meaning=np.zeros((2, DIMENSIONS + 1), np.float32),
        words=np.array([[strength], [0.0]], np.float32),
        weights=np.zeros(12, np.float32),
    )
    found = model.log_probabilities(NOWHERE, "the peak")
    assert (found["a"] > found["b"]) == (strength > 0.0)
    assert model.log_probabilities(NOWHERE, "nothing known")["a"] == pytest.approx(math.log(0.5), abs=1e-5)
