"""Small trained detectors: for each sentence and each rubric element, how likely the sentence shows it.

Each is a logistic regression over the features of one sentence (:mod:`voice_coach.core.features`), trained by
``scripts/train_judge.py`` on labelled answers. They look at single sentences; what a whole answer amounts to is
decided in :mod:`voice_coach.core.verdicts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice_coach.core.content import Lexicon
from voice_coach.core.features import Encoder, FeatureMaker
from voice_coach.core.heard import Heard
from voice_coach.core.rubric import Rubric

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What was learnt."""

    ids: tuple[str, ...]
    """What is detected: rubric ids, and ``stage/`` and an id for each step of an answer."""
    features: tuple[str, ...]
    """The names of the features in the order of the rows."""
    vocabulary: tuple[str, ...]
    """The words and pairs of words that are features by themselves."""
    matrix: Matrix
    """(features, ids)."""
    bias: Matrix
    """(ids,)."""
    context: Matrix
    """How the sentences around one correct its step: see :func:`voice_coach.core.stages.surroundings`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What the detectors say of an answer's sentences."""

    columns: Mapping[str, int]
    likely: Matrix
    """(sentences, ids), each in [0, 1]."""
    shape: Mapping[str, Matrix]
    """Places and cues by name, a sentence each."""

    def of(self, id_: str) -> Matrix:
        """The probabilities of one id, a sentence each."""
        return self.likely[:, self.columns[id_]]

    def most(self, ids: Sequence[str]) -> Matrix:
        """For each sentence the highest probability of any of *ids*."""
        highest: Matrix = self.likely[:, [self.columns[id_] for id_ in ids]].max(axis=1)
        return highest


class Detectors:
    """Applies the trained weights to what was heard."""

    def __init__(self, weights: Weights, encoder: Encoder, rubric: Rubric, lexicon: Lexicon) -> None:
        self._maker = FeatureMaker(encoder, rubric, lexicon, weights.vocabulary)
        self._columns = {id_: number for number, id_ in enumerate(weights.ids)}
        self._matrix = _aligned(weights, self._maker.names)
        self._bias = weights.bias

    def detect(self, heard: Heard) -> Detected:
        """What each sentence of *heard* shows."""
        shape = self._maker.shape(heard)
        features = np.concatenate([self._maker.meaning(heard), shape, self._maker.words(heard)], axis=1)
        return Detected(
            columns=self._columns,
            likely=_logistic(features @ self._matrix + self._bias),
            shape={name: shape[:, number] for number, name in enumerate(self._maker.shape_names)},
        )


def _aligned(weights: Weights, names: Sequence[str]) -> Matrix:
    """The rows in the order of *names*. A cue set that is newer than the weights counts for nothing yet, and one
    that is gone is left out, so that content can be edited without training again.
    """
    row = {name: number for number, name in enumerate(weights.features)}
    matrix = np.zeros((len(names), len(weights.ids)), np.float32)
    for number, name in enumerate(names):
        if name in row:
            matrix[number] = weights.matrix[row[name]]
    return matrix


def _logistic(scores: Matrix) -> Matrix:
    likely: Matrix = (1.0 / (1.0 + np.exp(-scores.clip(-30.0, 30.0)))).astype(np.float32)
    return likely
