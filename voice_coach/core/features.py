"""What the detectors see of each sentence: its meaning, its words, its cues and its place.

A sentence alone is often not enough: a remedy follows the failure that the interviewer or the sentence before
named. So three vectors of meaning stand for it: its own, that of itself after its predecessor, and that of the
sentence after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voice_coach.core.content import Lexicon
from voice_coach.core.cue_index import CueIndex
from voice_coach.core.cues import plain_text
from voice_coach.core.heard import Heard, Line
from voice_coach.core.lexicon_cues import BUILDING_BLOCKS, COMPONENT, term_cue, with_lexicon
from voice_coach.core.rubric import Rubric
from voice_coach.core.transcript import laid_out

Matrix = NDArray[np.float32]

DIMENSIONS = 384
"""Of a vector of meaning."""
PLACES = (
    "place",
    "is_opening",
    "is_closing",
    "is_question",
    "is_first_in_reply",
    "is_reply",
    "is_short",
    "is_long",
)
"""Features that are no cue: where the sentence stands and what shape it has."""
NAMED_PRODUCT = "named_product"
_ASKED_WORDS = 40
"""Of the interviewer's last turn, so many words stand before the first sentence of the reply."""
_REPLY_LINES = 6
"""So many sentences of a reply are taken to be about what was asked."""
_OPENING_S = 90.0
"""The time that the rubric gives a roadmap."""
_CLOSING = 0.8
_SHORT_WORDS, _LONG_WORDS = 6, 30
_MOST_HITS = 3

# How much each kind of feature counts against the penalty on weights; found by cross-validation.
_OWN, _AFTER, _NEXT, _WORDS = 1.8, 1.8, 1.0, 0.5


class Encoder(Protocol):
    """Turns texts into vectors of meaning; the same text always into the same vector."""

    def encode(self, texts: Sequence[str]) -> Matrix:
        """One unit vector a text: (texts, DIMENSIONS)."""


def shape_names(rubric: Rubric, lexicon: Lexicon) -> tuple[str, ...]:
    """The names of the places and cues that are features."""
    return (*PLACES, *_cues(rubric, lexicon, with_lexicon(rubric.sets, lexicon)), *_asked(rubric))


def _asked(rubric: Rubric) -> dict[str, Sequence[str]]:
    return {f"asked/{id_}": cues for id_, cues in rubric.asked.items()}


def cues_of_features(rubric: Rubric, lexicon: Lexicon) -> tuple[Mapping[str, Sequence[str]], CueIndex]:
    """All cues that are features, by name, and the index that finds them."""
    sets = with_lexicon(rubric.sets, lexicon)
    cues = _cues(rubric, lexicon, sets)
    return cues, CueIndex(cues, sets)


def _cues(rubric: Rubric, lexicon: Lexicon, sets: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    cues: dict[str, Sequence[str]] = {name: (f"{{{name}}}",) for name in sets if name != COMPONENT}
    cues["number"] = ("#",)
    cues["negation"] = rubric.checklist.negation
    cues["retraction"] = rubric.checklist.retraction
    cues["building_block"] = _terms(lexicon, BUILDING_BLOCKS)
    cues[NAMED_PRODUCT] = tuple(
        term_cue(term) for term in lexicon.term if term.is_product or term.category == "product"
    )
    for stage in rubric.stages.stage:
        cues[f"stage/{stage.id}/strong"] = stage.strong
        cues[f"stage/{stage.id}/weak"] = stage.weak
    for item in rubric.checklist.item:
        cues[f"{item.id}/near"] = item.near
    return cues


class FeatureMaker:
    """Computes the features of an answer's lines."""

    def __init__(
        self, encoder: Encoder, rubric: Rubric, lexicon: Lexicon, vocabulary: Sequence[str] = ()
    ) -> None:
        """*vocabulary*: the words and pairs of words that are features by themselves."""
        tags, self._index = cues_of_features(rubric, lexicon)
        asked = _asked(rubric)
        self._asked_index = CueIndex(asked, rubric.sets)
        self._encoder = encoder
        self.shape_names = (*PLACES, *tags, *asked)
        self._column = {name: number for number, name in enumerate(self.shape_names)}
        self._word = {word: number for number, word in enumerate(vocabulary)}
        self.names = (
            *(f"{kind}[{number}]" for kind in ("own", "after", "next") for number in range(DIMENSIONS)),
            *self.shape_names,
            *(f"word {word}" for word in vocabulary),
        )

    def matrix(self, heard: Heard) -> Matrix:
        """(lines, names): all features, scaled as the detectors expect them."""
        return np.concatenate([self.meaning(heard), self.shape(heard), self.words(heard)], axis=1)

    def meaning(self, heard: Heard) -> Matrix:
        """(lines, 3 x DIMENSIONS)."""
        texts = [_text(line) for line in heard.lines]
        both = [f"{before} {text}".strip() for before, text in zip(_before(heard), texts, strict=True)]
        vectors = self._encoder.encode([*texts, *both])
        own, after = vectors[: len(texts)], vectors[len(texts) :]
        following = np.concatenate([own[1:], np.zeros_like(own[:1])])
        return np.concatenate([own * _OWN, after * _AFTER, following * _NEXT], axis=1, dtype=np.float32)

    def shape(self, heard: Heard) -> Matrix:
        """(lines, shape_names): places and cues, all between 0 and 1."""
        rows = np.zeros((len(heard.lines), len(self.shape_names)), np.float32)
        total = max(1, len(heard.words))
        for number, line in enumerate(heard.lines):
            rows[number, : len(PLACES)] = _places(line, total)
            for hit in self._index.hits(plain_text(line.words)):
                rows[number, self._column[hit.tag]] += 1.0 / _MOST_HITS
            if line.asked and line.place_in_reply < _REPLY_LINES:
                for hit in self._asked_index.hits(plain_text(laid_out(line.asked, 0.0, 1.0))):
                    rows[number, self._column[hit.tag]] = 1.0
        return np.minimum(rows, 1.0)

    def words(self, heard: Heard) -> Matrix:
        """(lines, vocabulary): which of its words and pairs of words each line holds."""
        rows = np.zeros((len(heard.lines), len(self._word)), np.float32)
        for number, line in enumerate(heard.lines):
            for word in words_and_pairs(line):
                if (column := self._word.get(word)) is not None:
                    rows[number, column] = _WORDS
        return rows


def words_and_pairs(line: Line) -> set[str]:
    """Its words, and each two that follow each other joined by a blank, without fillers."""
    words = [word.bare for word in line.words if word.bare and not word.filler]
    return {*words, *(f"{first} {second}" for first, second in pairwise(words))}


def _terms(lexicon: Lexicon, categories: frozenset[str]) -> tuple[str, ...]:
    return tuple(term_cue(term) for term in lexicon.term if term.category in categories)


def _places(line: Line, total: int) -> list[float]:
    place = line.words_before / total
    return [
        place,
        float(line.own_start_s <= _OPENING_S),
        float(place >= _CLOSING),
        float(line.is_question),
        float(line.place_in_reply == 0),
        float(bool(line.asked)),
        float(len(line.words) < _SHORT_WORDS),
        float(len(line.words) > _LONG_WORDS),
    ]


def _text(line: Line) -> str:
    return " ".join(word.text for word in line.words if not word.filler)


def _before(heard: Heard) -> list[str]:
    """What was said right before each line, by the candidate or, where a reply begins, by the interviewer."""
    return [
        " ".join(line.asked.split()[-_ASKED_WORDS:])
        if line.place_in_reply == 0
        else _text(heard.lines[number - 1])
        for number, line in enumerate(heard.lines)
    ]
