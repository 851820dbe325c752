"""How much of a claim's words each part of an answer holds, rare ones counting more.

A word is held as it is, with another ending, by one that sounds alike, or by one that stands for it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.core.cues import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from voice_coach.core.cue_index import CueIndex
    from voice_coach.core.heard import Heard
    from voice_coach.core.recall_parts import Part
    from voice_coach.core.transcript import Word

    Values = np.typing.NDArray[np.float64]

Alike = Callable[[str, str], bool]
"""Whether two words, as they are written, sound nearly the same."""
_PARTS = re.compile(r"[^\W_]+")
_ENDING = re.compile(r"(ations?|ings?|ers?|ied|ies|ed|es|s|e|y)$")
_SHORTEST_STEM = 3
_SOUND_FROM = 5
"""Letters; shorter words sound like too many others."""
_ALIKE_COUNTS = 0.7
"""A word that only sounds alike counts so much of one that is the same …"""
_SAME_COUNTS = 0.6
"""… and one that stands for it so much, times how rare its group is …"""
_EXTRA_COUNTS = 0.5
"""… and what stands for words that tell little one by one ("how many": a number) so much of a word."""
_TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the parts share with a claim; arrays are by part."""

    words: Values
    """The share of the claim's words that a part holds, 0 to 1."""
    same: Values
    """The share that it holds only by words that stand for them."""
    groups: Values
    """The share of the groups of words that the claim names, of those that the answer names at all."""
    is_telling: bool
    """Whether any word of the claim tells what it is about; where none does, all are compared."""
    common: tuple[frozenset[int], ...]
    """The indices of the words of the part's line, inside the part, that the claim holds as well."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A word of a claim."""

    text: str
    at: int
    """The word of the claim that it is a part of."""


class SharedWords:
    """Compares claims with the parts of one answer."""

    def __init__(
        self, heard: Heard, parts: Sequence[Part], alike: Alike, plain: Collection[str], same: CueIndex
    ) -> None:
        """*plain* words tell nothing of what a claim is about; *same* finds words that stand for one another."""
        self._lines = heard.lines
        self._parts = parts
        self._alike = alike
        self._plain = plain
        self._same = same
        self._stems = [[_stems(word) for word in line.words] for line in heard.lines]
        held = Counter(stem for line in self._stems for stem in frozenset().union(*line))
        self._rarity = {stem: math.log1p(len(heard.lines) / count) for stem, count in held.items()}
        self._rarest = math.log1p(max(1, len(heard.lines)))
        self._groups = [
            self._groups_in(heard.lines[part.number].words[part.first : part.end]) for part in parts
        ]
        self._parts_with = Counter(group for groups in self._groups for group in groups)

    def with_claim(self, claim: Sequence[Word]) -> Shared:
        """What the parts share with *claim*."""
        wanted = self._wanted(claim)
        weights = np.array([self._rarity.get(_stem(word.text), self._rarest) for word in wanted])
        places = [self._places(word.text) for word in wanted]
        held = np.array([self._held(word.text, found) for word, found in zip(wanted, places, strict=True)])
        held = held.reshape(len(wanted), len(self._parts))
        covered = np.zeros_like(held)
        extra, groups, extra_weight, known = np.zeros(len(self._parts)), np.zeros(len(self._parts)), 0.0, 0.0
        for group, words in self._grouped(claim, wanted).items():
            rarity = math.log1p(len(self._parts) / (1 + self._parts_with[group]))
            is_named = np.array([float(group in named) for named in self._groups])
            if self._parts_with[group]:
                groups += rarity * is_named
                known += rarity
            worth = min(1.0, rarity / self._rarest)
            covered[list(words)] = np.maximum(covered[list(words)], _SAME_COUNTS * worth * is_named)
            if not words:
                extra += _EXTRA_COUNTS * self._rarest * worth * is_named
                extra_weight += _EXTRA_COUNTS * self._rarest * worth
        total = max(float(weights.sum()), _TINY)
        return Shared(
            words=weights @ held / total,
            same=(weights @ np.maximum(0.0, covered - held) + extra) / (total + extra_weight),
            groups=groups / max(known, 1.0),
            is_telling=any(word.text not in self._plain for word in wanted),
            common=tuple(self._common(part, places) for part in self._parts),
        )

    def _wanted(self, claim: Sequence[Word]) -> list[_Wanted]:
        """The words of a claim that tell what it is about, each once; all where none does."""
        found: dict[str, _Wanted] = {}
        for at, word in enumerate(claim):
            for text in _split(word.text):
                found.setdefault(text, _Wanted(text, at))
        telling = [word for word in found.values() if word.text not in self._plain]
        return telling or list(found.values())

    def _places(self, wanted: str) -> dict[int, tuple[frozenset[int], float]]:
        """By line where a wanted word stands, and what that counts."""
        stem = _stem(wanted)
        found: dict[int, tuple[frozenset[int], float]] = {}
        for number, stems in enumerate(self._stems):
            same = frozenset(at for at, held in enumerate(stems) if stem in held)
            if same:
                found[number] = (same, 1.0)
                continue
            words = self._lines[number].words
            near = frozenset(at for at, word in enumerate(words) if self._sounds(wanted, word))
            if near:
                found[number] = (near, _ALIKE_COUNTS)
        return found

    def _held(self, wanted: str, places: dict[int, tuple[frozenset[int], float]]) -> list[float]:
        is_said = _stem(wanted) in self._rarity
        counts = []
        for part in self._parts:
            at, worth = places.get(part.number, (frozenset(), 0.0))
            is_here = any(part.first <= place < part.end for place in at)
            # A word that was said somewhere is not looked for by its sound elsewhere.
            counts.append(worth if is_here and (worth == 1.0 or not is_said) else 0.0)
        return counts

    def _common(
        self, part: Part, places: Sequence[dict[int, tuple[frozenset[int], float]]]
    ) -> frozenset[int]:
        held = (found[part.number][0] for found in places if part.number in found)
        return frozenset(at for places_ in held for at in places_ if part.first <= at < part.end)

    def _grouped(self, claim: Sequence[Word], wanted: Sequence[_Wanted]) -> dict[str, frozenset[int]]:
        """By group which of the *wanted* words it stands for; none where it stands for words that tell nothing."""
        found: dict[str, frozenset[int]] = {}
        for hit in self._same.hits(plain_text(claim)):
            words = {index for index, word in enumerate(wanted) if hit.span.first <= word.at < hit.span.end}
            found[hit.tag] = found.get(hit.tag, frozenset()) | words
        return found

    def _groups_in(self, words: Sequence[Word]) -> frozenset[str]:
        return frozenset(hit.tag for hit in self._same.hits(plain_text(words)))

    def _sounds(self, wanted: str, word: Word) -> bool:
        if len(wanted) < _SOUND_FROM:
            return False
        written = [word.bare] if word.heard is None else [word.bare, word.heard.lower()]
        return any(len(text) >= _SOUND_FROM - 1 and self._alike(wanted, text) for text in written)


def _stems(word: Word) -> frozenset[str]:
    written = [word.text] if not word.heard else [word.text, word.heard]
    return frozenset(_stem(part) for text in written for part in _split(text))


def _split(text: str) -> Iterator[str]:
    yield from _PARTS.findall(text.lower().replace("'", ""))


def _stem(word: str) -> str:
    """*word* without its ending: "cached", "caches" and "caching" are one."""
    stem = _ENDING.sub("", word)
    return stem if len(stem) >= _SHORTEST_STEM else word
