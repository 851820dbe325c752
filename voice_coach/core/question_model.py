"""What a sentence asks for, as it was learnt from many: a standard fact, something of the pack, or nothing.

A linear classifier over the sentence's vector, its words and pairs of words gives each class a probability
(``scripts/train_asking.py``). It knows only classes that every pack shares; which of a pack's own facts is meant is
told by likeness. How much each of these tells is learnt as well (``weights``), from sentences of writers that neither
had seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voice_coach.core.features import Matrix

OWN, TALK, DECISION, HANDOVER, NONE = "own", "talk", "decision", "handover", "none"
"""Classes besides the standard facts: a pack's own fact; put to nobody; asks the interviewer to design; gives the turn
away; asks what no fact answers."""
SPECIAL = (TALK, DECISION, HANDOVER, NONE)
FEATURES = (
    "nearest",
    "near",
    "answer",
    "words",
    "cue",
    "standard",
    "own",
    "is_own",
    *(f"is_{name}" for name in SPECIAL),
)
"""Of a topic: likeness with its nearest wording, the mean of the three nearest, that with the answer, the share of
words, whether a cue matches, the log probability of its class (two features: of a standard one or its like, and of a
pack's own), and what kind of topic it is."""
LEAST_LOG_PROBABILITY = -8.0
"""Classes are not told apart further below."""
_TOKENS = re.compile(r"[a-z']+|\?")


@dataclass(frozen=True)
class QuestionModel:
    """What was learnt."""

    classes: tuple[str, ...]
    vocabulary: tuple[str, ...]
    meaning: Matrix
    """(classes, DIMENSIONS + 1): for the sentence's vector, and a constant."""
    words: Matrix
    """(classes, vocabulary)."""
    weights: Matrix
    """(FEATURES,): what makes a topic probable."""

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {word: place for place, word in enumerate(self.vocabulary)}

    def log_probabilities(self, vector: Matrix, text: str) -> dict[str, float]:
        """The log probability of each class for the sentence *text*, whose meaning is *vector*."""
        scores = self.meaning[:, :-1] @ vector + self.meaning[:, -1]
        found = [self._places[token] for token in tokens(text) if token in self._places]
        if found:
            scores = scores + self.words[:, found].sum(axis=1) / np.sqrt(len(found))
        scores = scores - scores.max()
        scores = scores - np.log(np.exp(scores).sum())
        return dict(zip(self.classes, np.maximum(scores, LEAST_LOG_PROBABILITY).tolist(), strict=True))


def tokens(text: str) -> list[str]:
    """The words of *text*, its question marks, and each two that follow each other; once each, sorted."""
    words = ["<", *_TOKENS.findall(text.lower()), ">"]
    return sorted({*words, *(f"{first} {second}" for first, second in pairwise(words))})
