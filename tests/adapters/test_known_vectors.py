"""Vectors from a file stand in for the model."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from voice_coach.adapters.known_vectors import KnownVectors, write_vectors
from voice_coach.core.errors import EngineError
from voice_coach.core.features import Matrix


class Counted:
    """Turns a text into a vector of its first letters, and counts how many it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Matrix:
        """One unit vector a text."""
        self.asked += texts
        rows = [np.bincount([ord(letter) % 8 for letter in text], minlength=8) for text in texts]
        vectors: Matrix = np.array(rows, np.float32).reshape(len(texts), 8)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def test_what_is_in_the_file_is_not_encoded_and_the_rest_is_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    write_vectors(path, ["one", "two", "one"], Counted())
    model = Counted()
    known = KnownVectors(path, model)
    found = known.encode(["two", "three", "one"])
    assert model.asked == ["three"]
    assert np.abs(found - Counted().encode(["two", "three", "one"])).max() < 0.01
    assert known.holds("one")
    assert not known.holds("three")


def test_without_a_file_all_is_encoded(tmp_path: Path) -> None:
    model = Counted()
    assert KnownVectors(tmp_path / "none.npz", model).encode(["one"]).shape == (1, 8)
    assert model.asked == ["one"]
    assert KnownVectors(tmp_path / "none.npz", model).encode([]).shape == (0, 8)


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    path.write_bytes(b"no archive")
    with pytest.raises(EngineError, match=r"vectors\.npz"):
        KnownVectors(path, Counted()).encode(["one"])
