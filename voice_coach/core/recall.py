"""Finds what the candidate claims to have said among what was heard of them.

Each part of the answer is compared by the words that it shares with the claim, by those that stand for one another, and
by what it and what stands around it mean where there is a sentence model. What each of these tells was fitted to
questions with known answers (``scripts/fit_recall.py``), and so was how probable it is that the best is what was meant.
The stretch that is played is cut at the edges of words.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.core.errors import EngineError
from voice_coach.core.recall_parts import CLAUSE_END, parts_of
from voice_coach.core.shared_words import SharedWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voice_coach.core.cue_index import CueIndex
    from voice_coach.core.features import Encoder
    from voice_coach.core.heard import Heard
    from voice_coach.core.review_state import ReviewSettings
    from voice_coach.core.shared_words import Alike, Shared, Values
    from voice_coach.core.transcript import Word

SIGNS = ("words", "same", "groups", "part", "sentence", "around")
"""What is known of a part: the share of the claim's words, that of words that stand for them, that of
the groups of such words, and the likeness in meaning of the part, of its sentence, and of that with those beside it."""
WEIGHTS: Mapping[str, float] = {
    "words": 3.33,
    "same": 3.44,
    "groups": 3.47,
    "part": 4.16,
    "sentence": 3.84,
    "around": 2.65,
}
"""What each counts, in natural logarithms of odds."""
BIAS, SCORE, AHEAD = 0.52, 0.18, 1.62
"""The logit of the probability that a part is what was meant: a constant, and what its score and the logarithm of its
share among all parts count."""
FEWEST_PARTS, APART = 26, 2.1
"""The fewest parts of an answer that was fitted to. A shorter one is padded with parts of this score, the median,
by question, of what parts have by their meaning alone; without a sentence model 0."""
ALIKE, ALIKE_ALONE = 0.26, 0.45
"""The likeness in meaning from which a part is told without doubt that only has words that stand for the claim's, and
one is played that has not even those: in those questions what was never said reached 0.25 and 0.43."""
OTHER_WORDS_FROM = 0.3
"""The probability from which a part without a word of the claim is played: in those questions what was meant had 0.42
or more, and whatever had less than 0.3 was wrong or never said."""
_MOST = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A sentence, and how well it fits."""

    number: int
    """Of the line."""
    first: int
    end: int
    """Which of its words are meant: all, or the clauses of a long one that can be played in one go."""
    fit: float
    """What its signs come to."""
    likely: float
    """The probability that it is what was meant."""
    share: float
    """How much of the claim's telling words it holds, the rare ones counting more."""
    same: float
    """The same of those that it holds only by words that stand for them."""
    alike: float
    """How near it, or its sentence, is in meaning; 0 where that is not known."""
    common: frozenset[int]
    """The indices of those words of the line that the claim holds as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What is played: the words and the seconds of the recording."""

    words: tuple[Word, ...]
    start_s: float
    end_s: float

    @property
    def quote(self) -> str:
        """The words, as they are written."""
        return " ".join(word.text for word in self.words)


class Recall:
    """Looks claims up in one answer."""

    def __init__(
        self,
        heard: Heard,
        encoder: Encoder | None,
        alike: Alike,
        plain: frozenset[str],
        same: CueIndex,
        settings: ReviewSettings,
    ) -> None:
        """Without an *encoder*, or where its files cannot be read, words alone are compared; the *plain* words tell
        nothing of what a claim is about, and *same* finds those that stand for one another.
        """
        self.heard = heard
        """The answer that is looked through."""
        self._encoder = encoder
        self._plain = plain
        self._settings = settings
        self.parts = parts_of(heard, settings.replay_s - 2 * settings.edge_s)
        """What of it can be played, in order."""
        self._shared = SharedWords(heard, self.parts, alike, plain, same)
        self._part_texts = [
            _text(heard.lines[part.number].words[part.first : part.end]) for part in self.parts
        ]
        self._line_texts = [_text(line.words) for line in heard.lines]

    def prepare(self) -> None:
        """Has all meanings computed, which an encoder remembers."""
        if self._encoder is not None:
            with suppress(EngineError):
                self._encoder.encode([*self._part_texts, *self._line_texts])

    def find(self, claim: Sequence[Word]) -> tuple[Found, ...]:
        """All sentences, the one that fits best first; of equal ones the first that was said."""
        shared = self._shared.with_claim(claim)
        signs = self._signs(claim, shared)
        fits = signs @ np.array([WEIGHTS[name] for name in SIGNS])
        alike = signs[:, [SIGNS.index("part"), SIGNS.index("sentence")]].max(axis=1, initial=0.0)
        likely = likelihoods(fits, APART if alike.any() else 0.0)
        best: dict[int, Found] = {}
        for index, part in enumerate(self.parts):
            if part.number not in best or fits[index] > best[part.number].fit:
                best[part.number] = Found(
                    number=part.number,
                    first=part.first,
                    end=part.end,
                    fit=float(fits[index]),
                    likely=float(likely[index]),
                    share=float(shared.words[index]) if shared.is_telling else 0.0,
                    same=float(shared.same[index]),
                    alike=float(alike[index]),
                    common=shared.common[index],
                )
        return tuple(sorted(best.values(), key=lambda item: (-item.fit, item.number)))

    def signs(self, claim: Sequence[Word]) -> Values:
        """What each of SIGNS is of each part: (parts, signs)."""
        shared = self._shared.with_claim(claim)
        return self._signs(claim, shared)

    def best(self, claim: Sequence[Word]) -> Found | None:
        """The sentence that was meant, surely or not; None where none is near enough."""
        return self.best_of(self.find(claim))

    def best_of(self, found: Sequence[Found]) -> Found | None:
        """The same of what was *found*."""
        least = self._settings.unsure_from
        if not found or found[0].fit <= 0 or not _is_near(found[0]):
            return None
        if not found[0].share:
            least = max(least, OTHER_WORDS_FROM)
        return found[0] if found[0].likely >= least else None

    def other(self, found: Sequence[Found]) -> Found | None:
        """Another place that may as well be meant, and is not played with the first *found*; None where none is."""
        played = set(self.stretch(found[0], goes_on=True).words)
        for item in found[1:]:
            if item.fit < found[0].fit - self._settings.other_within:
                break
            words = self.heard.lines[item.number].words[item.first : item.end]
            if _is_near(item) and played.isdisjoint(words):
                return item
        return None

    def is_said(self, found: Found) -> bool:
        """Whether most of the words that are claimed are there, and not only something like them."""
        return found.share >= _MOST and self.is_sure(found)

    def is_sure(self, found: Found) -> bool:
        """Whether it is near enough to be told without doubt."""
        is_held = found.share > 0 or found.alike >= ALIKE
        return is_held and found.likely >= self._settings.found_from

    def stretch(self, found: Found, *, goes_on: bool = False) -> Stretch:
        """What is played of a sentence; where it *goes_on*, behind a short one as much of the next as fits, too.

        "Next, the failures." only names what follows.
        """
        words = self.heard.lines[found.number].words[found.first : found.end]
        if goes_on and words[-1].end_s - words[0].start_s < self._settings.short_s:
            words = (*words, *self._behind(found, words[0].start_s))
        common = frozenset(place - found.first for place in found.common)
        return cut_out(self.heard.words, words, common, self._settings)

    def _behind(self, found: Found, start_s: float) -> tuple[Word, ...]:
        """The clauses of the next sentence, in the same turn, that can be played with what starts at *start_s*."""
        lines, number = self.heard.lines, found.number
        is_end = found.end == len(lines[number].words)
        if not is_end or number + 1 == len(lines) or lines[number + 1].turn != lines[number].turn:
            return ()
        words = lines[number + 1].words
        most_s = self._settings.replay_s - 2 * self._settings.edge_s
        ends = [
            end
            for end, word in enumerate(words, start=1)
            if word.end_s - start_s <= most_s and (end == len(words) or word.text.endswith(CLAUSE_END))
        ]
        return words[: ends[-1]] if ends else ()

    def _signs(self, claim: Sequence[Word], shared: Shared) -> Values:
        """(parts, SIGNS)."""
        part, sentence, around = self._meanings(claim)
        lines = [item.number for item in self.parts]
        by_words = (shared.words, shared.same, shared.groups)
        return np.stack([*by_words, part, sentence[lines], around[lines]], axis=1)

    def _meanings(self, claim: Sequence[Word]) -> tuple[Values, Values, Values]:
        """The likeness in meaning of each part, of each line, and of each line with those beside it."""
        parts, lines = len(self.parts), len(self._line_texts)
        unknown = np.zeros(parts), np.zeros(lines), np.zeros(lines)
        said = _text(list(dropwhile(lambda word: word.bare in self._plain, claim)) or claim)
        if self._encoder is None or not parts or not said:
            return unknown
        try:
            vectors = self._encoder.encode([said, *self._part_texts, *self._line_texts]).astype(np.float64)
        except EngineError:
            return unknown
        asked, of_parts, of_lines = vectors[0], vectors[1 : 1 + parts], vectors[1 + parts :]
        around = of_lines.copy()
        around[1:] += of_lines[:-1]
        around[:-1] += of_lines[1:]
        around /= np.maximum(1e-9, np.linalg.norm(around, axis=1, keepdims=True))
        return of_parts @ asked, of_lines @ asked, around @ asked


def _is_near(found: Found) -> bool:
    """Whether anything ties it to the claim, however little else there is to choose from."""
    return found.share > 0 or found.same > 0 or found.alike >= ALIKE_ALONE


def likelihoods(fits: Values, apart: float = 0.0) -> Values:
    """For each of *fits* the probability that it is that of the part that was meant; few are padded with *apart*."""
    if not len(fits):
        return fits
    highest = float(fits.max())
    padding = max(0, FEWEST_PARTS - len(fits)) * math.exp(apart - highest)
    shares = fits - highest - math.log(float(np.exp(fits - highest).sum()) + padding)
    result: Values = 1.0 / (1.0 + np.exp(-(BIAS + SCORE * fits + AHEAD * shares)))
    return result


def cut_out(
    words: Sequence[Word], said: Sequence[Word], common: frozenset[int], settings: ReviewSettings
) -> Stretch:
    """The stretch of *said*, some words in a row, that is played: all of it, or what fits and holds most of its words
    *common*.

    *words*: all of the candidate's, of which none around is touched.
    """
    first, end = _window(said, common, settings.replay_s - 2 * settings.edge_s)
    chosen = said[first:end]
    at = words.index(chosen[0])
    before_s = words[at - 1].end_s if at else 0.0
    behind = words[at + len(chosen)] if at + len(chosen) < len(words) else None
    start_s = max(chosen[0].start_s - settings.edge_s, min(before_s, chosen[0].start_s), 0.0)
    end_s = chosen[-1].end_s + settings.edge_s
    if behind is not None:
        end_s = min(end_s, max(behind.start_s, chosen[-1].end_s))
    return Stretch(words=tuple(chosen), start_s=round(start_s, 3), end_s=round(end_s, 3))


def _window(words: Sequence[Word], common: frozenset[int], most_s: float) -> tuple[int, int]:
    """The longest run of *words* from its first that fits into *most_s*, where it holds most of *common*."""
    best, chosen = (-1, 0), (0, 1)
    for first in range(len(words)):
        end = first + 1
        while end < len(words) and words[end].end_s - words[first].start_s <= most_s:
            end += 1
        value = (sum(first <= place < end for place in common), end - first)
        if value > best:
            best, chosen = value, (first, end)
        if end == len(words):
            break
    return chosen


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words if not word.filler)
