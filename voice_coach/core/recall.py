"""Finds what the candidate claims to have said among what was heard of them.

Each sentence is compared by the words that it shares with the claim, rare ones first and those that sound alike among
them, and by what it means where there is a sentence model. The stretch that is played is cut at the edges of words.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.core.errors import EngineError

if TYPE_CHECKING:
    from voice_coach.core.features import Encoder
    from voice_coach.core.heard import Heard, Line
    from voice_coach.core.review_state import ReviewSettings
    from voice_coach.core.transcript import Word

Alike = Callable[[str, str], bool]
"""Whether two words, as they are written, sound nearly the same."""
_PARTS = re.compile(r"[^\W_]+")
_ENDING = re.compile(r"(ations?|ings?|ers?|ied|ies|ed|es|s|e|y)$")
_SHORTEST_STEM = 3
_SOUND_FROM = 5
"""Letters; shorter words sound like too many others."""
_ALIKE_COUNTS = 0.7
"""A word that only sounds alike counts so much of one that is the same."""
_NEIGHBOUR = 0.35
"""So much of a word counts that stands in the sentence before or behind."""
_DOUBTED = 0.5
"""What is written for a word is doubted below this probability: it may sound less alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A sentence, and how well it fits."""

    number: int
    """Of the line."""
    fit: float
    common: frozenset[int]
    """The indices of its words that the claim holds as well."""


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
        settings: ReviewSettings,
    ) -> None:
        """Without an *encoder*, or where its files cannot be read, words alone are compared; the *plain* ones tell
        nothing of what a claim is about.
        """
        self._plain = plain
        self._heard = heard
        self._encoder = encoder
        self._alike = alike
        self._settings = settings
        self._stems = [[_stems(word) for word in line.words] for line in heard.lines]
        held = Counter(stem for line in self._stems for stem in set().union(*line))
        self._rarity = {stem: math.log1p(len(heard.lines) / count) for stem, count in held.items()}
        self._rarest = math.log1p(max(1, len(heard.lines)))

    def find(self, claim: Sequence[Word]) -> tuple[Found, ...]:
        """All sentences, the one that fits best first; of equal ones the first that was said."""
        wanted = self._wanted(claim)
        words = [self._common(wanted, number) for number in range(len(self._heard.lines))]
        shares = np.array([share for share, _ in words], np.float64)
        beside = np.zeros_like(shares)
        if len(shares) > 1:
            beside[:-1] = shares[1:]
            beside[1:] = np.maximum(beside[1:], shares[:-1])
        fits = shares + _NEIGHBOUR * np.maximum(0.0, beside - shares) * (shares > 0)
        fits += self._settings.meaning_weight * self._meaning(claim)
        found = [
            Found(number=number, fit=float(fit), common=common)
            for number, (fit, (_, common)) in enumerate(zip(fits, words, strict=True))
        ]
        return tuple(sorted(found, key=lambda item: (-item.fit, item.number)))

    def best(self, claim: Sequence[Word]) -> Found | None:
        """The sentence that was meant, surely or not; None where none is near enough."""
        found = self.find(claim)
        return found[0] if found and found[0].fit >= self._settings.unsure_from else None

    def is_sure(self, found: Found) -> bool:
        """Whether it is near enough to be told without doubt."""
        return found.fit >= self._settings.found_from

    def stretch(self, found: Found) -> Stretch:
        """What is played of a sentence."""
        return cut_out(self._heard.words, self._heard.lines[found.number], found.common, self._settings)

    def _wanted(self, claim: Sequence[Word]) -> list[str]:
        """The words of a claim that tell what it is about; all where none does."""
        parts = [part for word in claim for part in _PARTS.findall(word.text.lower().replace("'", ""))]
        return [part for part in dict.fromkeys(parts) if part not in self._plain] or list(
            dict.fromkeys(parts)
        )

    def _common(self, wanted: Sequence[str], number: int) -> tuple[float, frozenset[int]]:
        """What share of the *wanted* words the sentence holds, the rare ones counting more, and where."""
        if not wanted:
            return 0.0, frozenset()
        line, stems = self._heard.lines[number], self._stems[number]
        total = got = 0.0
        places: set[int] = set()
        for word in wanted:
            stem = _stem(word)
            weight = self._rarity.get(stem, self._rarest)
            total += weight
            same = [place for place, own in enumerate(stems) if stem in own]
            near = [] if same else [place for place, own in enumerate(line.words) if self._sounds(word, own)]
            got += weight * (1.0 if same else _ALIKE_COUNTS if near else 0.0)
            places.update(same or near)
        return got / total, frozenset(places)

    def _sounds(self, wanted: str, word: Word) -> bool:
        if len(wanted) < _SOUND_FROM:
            return False
        written = [word.bare] if word.heard is None else [word.bare, word.heard.lower()]
        return any(len(text) >= _SOUND_FROM - 1 and self._alike(wanted, text) for text in written)

    def _meaning(self, claim: Sequence[Word]) -> np.typing.NDArray[np.float64]:
        texts = [" ".join(word.text for word in line.words if not word.filler) for line in self._heard.lines]
        said = " ".join(word.text for word in dropwhile(lambda word: word.bare in self._plain, claim))
        if self._encoder is None or not texts or not said:
            return np.zeros(len(texts))
        try:
            vectors = self._encoder.encode([said, *texts])
        except EngineError:
            return np.zeros(len(texts))
        likeness: np.typing.NDArray[np.float64] = np.maximum(0.0, vectors[1:] @ vectors[0]).astype(np.float64)
        return likeness


def cut_out(words: Sequence[Word], line: Line, common: frozenset[int], settings: ReviewSettings) -> Stretch:
    """The stretch of *line* that is played: all of it, or what fits and holds most of its words *common*.

    *words*: all of the candidate's, of which none around is touched.
    """
    first, end = _window(line.words, common, settings.replay_s - 2 * settings.edge_s)
    chosen = line.words[first:end]
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


def _stems(word: Word) -> frozenset[str]:
    written = [word.text] if not word.heard else [word.text, word.heard]
    return frozenset(
        _stem(part) for text in written for part in _PARTS.findall(text.lower().replace("'", ""))
    )


def _stem(word: str) -> str:
    """*word* without its ending: "cached", "caches" and "caching" are one."""
    stem = _ENDING.sub("", word)
    return stem if len(stem) >= _SHORTEST_STEM else word
