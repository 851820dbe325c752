"""Which step of the answer each sentence belongs to.

A hidden Markov view: detectors say how well a sentence fits each step, corrected by what they say of the sentences
around it; the labelled answers say how often one step follows another; and the likeliest path through all sentences
is taken (Viterbi 1967).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from voice_coach.core.detectors import Detected
from voice_coach.core.heard import Heard

CHECK_IN = "/check_in"
NO_STAGE = "none"
_LEAST = 1e-4
_USUAL_POWER = 0.5
_FOLLOWS_POWER = 0.6
"""How much the shares of the steps and what follows what count; sentences are not independent, so less than
one (by cross-validation over the tuning answers).
"""

REACH = 3
"""How many sentences before and after a sentence bear on its step."""
_SCALE = 3.0
_NEAREST = 0.002
"""Probabilities nearer to 0 or 1 than this weigh no more."""
PLACES = ("is_opening", "is_closing", "is_first_in_reply", "is_reply", "is_question")

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Adjacent sentences of one step."""

    stage: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Transitions:
    """How often one step follows another from sentence to sentence."""

    __pydantic_config__ = {"extra": "forbid"}

    stages: tuple[str, ...]
    first: tuple[float, ...]
    """Probability of each step for the first sentence."""
    follows: tuple[tuple[float, ...], ...]
    """Row by row: from each step to each."""
    usual: tuple[float, ...]
    """The share of each step in all sentences."""


def stretches_of(heard: Heard, stages: Sequence[str]) -> tuple[Stretch, ...]:
    """The answer's stretches in time order; talk that belongs to no step is left out."""
    stretches: list[Stretch] = []
    for stage, group in groupby(zip(heard.lines, stages, strict=True), key=lambda pair: pair[1]):
        lines = [line for line, _ in group]
        if stage != NO_STAGE:
            stretches.append(Stretch(stage=stage, start_s=lines[0].start_s, end_s=lines[-1].end_s))
    return tuple(stretches)


def surroundings(detected: Detected) -> Matrix:
    """(sentences, columns): the log odds of everything that is detected in each sentence and in those around it, where
    it stands, and a one.
    """
    odds = log_odds(detected.likely) / _SCALE
    count = len(odds)
    near = [odds]
    for distance in range(1, REACH + 1):
        nothing = np.zeros((min(distance, count), odds.shape[1]))
        near += [np.vstack([nothing, odds])[:count], np.vstack([odds, nothing])[-count:]]
    place = np.asarray(detected.shape["place"], np.float64)
    stands: list[Matrix] = [place, place**2]
    stands += [np.asarray(detected.shape[name], np.float64) for name in PLACES]
    stands.append(np.ones(count))
    return np.concatenate([*near, np.stack(stands, axis=1)], axis=1)


def log_odds(likely: NDArray[np.float32]) -> Matrix:
    """Of probabilities, kept from the ends."""
    bounded = np.clip(np.asarray(likely, np.float64), _NEAREST, 1.0 - _NEAREST)
    odds: Matrix = np.log(bounded / (1.0 - bounded))
    return odds


def most_likely_stages(
    detected: Detected, context: NDArray[np.float32], transitions: Transitions
) -> tuple[str, ...]:
    """The step of each sentence, or ``none``. *context*: (columns of :func:`surroundings`, steps)."""
    names = transitions.stages
    likely = np.stack([detected.of(f"stage/{name}") for name in names], axis=1)
    if not len(likely):
        return ()
    scores = log_odds(likely) + surroundings(detected) @ context
    fits = np.log(np.maximum(_shares(1.0 / (1.0 + np.exp(-scores))), _LEAST))
    fits -= _USUAL_POWER * np.log(np.array(transitions.usual))
    follows = _FOLLOWS_POWER * np.log(np.maximum(np.array(transitions.follows), _LEAST))
    total = _FOLLOWS_POWER * np.log(np.maximum(np.array(transitions.first), _LEAST)) + fits[0]
    return tuple(names[state] for state in _best_path(total, fits[1:], follows))


def _shares(likely: Matrix) -> Matrix:
    shares: Matrix = likely / likely.sum(axis=1, keepdims=True)
    return shares


def _best_path(total: Matrix, fits: Matrix, follows: Matrix) -> list[int]:
    came: list[NDArray[np.intp]] = []
    for fit in fits:
        ways = total[:, None] + follows
        came.append(ways.argmax(axis=0))
        total = ways.max(axis=0) + fit
    path = [int(total.argmax())]
    for best in reversed(came):
        path.append(int(best[path[-1]]))
    return path[::-1]
