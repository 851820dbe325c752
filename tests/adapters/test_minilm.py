"""The sentence model, with its real weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.adapters.minilm import DIMENSIONS, MiniLm
from voice_coach.compose.judging import sentence_encoder
from voice_coach.config import Config
from voice_coach.core.errors import EngineError

MODEL = sentence_encoder(Config())


def test_it_reproduces_the_published_similarities() -> None:
    """The figures of the model's own card, for its own sentences."""
    vectors = MODEL.encode(["That is a happy person", "That is a happy dog", "That is a very happy person"])
    assert vectors[0] @ vectors[1:].T == pytest.approx([0.695, 0.943], abs=0.001)


def test_what_means_the_same_lies_closer_than_what_shares_words() -> None:
    retry, again, other = MODEL.encode(
        [
            "If the call fails we try it again after a while.",
            "When a request breaks, it is repeated later.",
            "If the caller fails the exam she can try it again.",
        ]
    )
    assert retry @ again > other @ again


@given(st.lists(st.text(max_size=200), max_size=5))
@settings(max_examples=20, deadline=None)
def test_a_text_has_one_unit_vector_whatever_stands_beside_it(texts: list[str]) -> None:
    together = MODEL.encode(texts)
    assert together.shape == (len(texts), DIMENSIONS)
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-4)
    for text, vector in zip(texts, together, strict=True):
        assert MiniLm.encode(MODEL, [text])[0] == pytest.approx(vector, abs=1e-4)


def test_long_texts_are_cut() -> None:
    assert MODEL.encode(["word " * 5000]).shape == (1, DIMENSIONS)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=str(tmp_path)):
        MiniLm(tmp_path).encode(["a"])
