"""Finds what the candidate claims to have said among what was heard of them.

Each sentence is compared by the words that it shares with the claim, rare ones first and those that sound alike among
them, and by what it means where there is a sentence model. The stretch that is played is cut at the edges of words.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.core.cues import plain_text
from voice_coach.core.errors import EngineError
from voice_coach.core.features import cues_of_features

if TYPE_CHECKING:
    from voice_coach.core.content import Lexicon
    from voice_coach.core.features import Encoder
    from voice_coach.core.heard import Heard
    from voice_coach.core.review_state import ReviewSettings
    from voice_coach.core.rubric import Rubric
    from voice_coach.core.transcript import Word

Topics = Callable[[Sequence["Word"]], frozenset[str]]
"""What some words are about: the names of the cues that stand in them."""
Alike = Callable[[str, str], bool]
"""Whether two words, as they are written, sound nearly the same."""
_PARTS = re.compile(r"[^\W_]+")
_ENDING = re.compile(r"(ations?|ings?|ers?|ied|ies|ed|es|s|e|y)$")
_SHORTEST_STEM = 3
_SOUND_FROM = 5
"""Letters; shorter words sound like too many others."""
_CLAUSE_END = tuple(",;:–—")
_ALIKE_COUNTS = 0.7
"""A word that only sounds alike counts so much of one that is the same."""
_TOPICS_COUNT = 0.25
"""So much counts that a part is about all that the claim is about, in whatever words."""
_MOST = 0.5
_NEIGHBOUR = 0.35
"""So much of a word counts that stands in the sentence before or behind."""
_DOUBTED = 0.5
"""What is written for a word is doubted below this probability: it may sound less alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A sentence, and how well it fits."""

    number: int
    """Of the line."""
    first: int
    end: int
    """Which of its words are meant: all, or the clauses of a long one that can be played in one go."""
    fit: float
    share: float
    """How much of the claim's words it holds, the rare ones counting more."""
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


def topics_of(rubric: Rubric, lexicon: Lexicon) -> Topics:
    """What the cues of *rubric* tell some words to be about."""
    _, index = cues_of_features(rubric, lexicon)
    return lambda words: frozenset(hit.tag for hit in index.hits(plain_text(words)))


class Recall:
    """Looks claims up in one answer."""

    def __init__(
        self,
        heard: Heard,
        encoder: Encoder | None,
        alike: Alike,
        plain: frozenset[str],
        topics: Topics,
        settings: ReviewSettings,
    ) -> None:
        """Without an *encoder*, or where its files cannot be read, words and *topics* alone are compared; the *plain*
        words tell nothing of what a claim is about.
        """
        self._topics = topics
        self._plain = plain
        self.heard = heard
        """The answer that is looked through."""
        self._encoder = encoder
        self._alike = alike
        self._settings = settings
        self._parts = [
            (number, first, end)
            for number, line in enumerate(heard.lines)
            for first, end in _parts(line.words, settings.replay_s - 2 * settings.edge_s)
        ]
        self._stems = [[_stems(word) for word in line.words] for line in heard.lines]
        self._topics_of = [topics(heard.lines[number].words[first:end]) for number, first, end in self._parts]
        self._parts_with = Counter(topic for held in self._topics_of for topic in held)
        held = Counter(stem for line in self._stems for stem in set().union(*line))
        self._rarity = {stem: math.log1p(len(heard.lines) / count) for stem, count in held.items()}
        self._rarest = math.log1p(max(1, len(heard.lines)))

    def prepare(self) -> None:
        """Has all meanings computed, which an encoder remembers."""
        if self._encoder is not None:
            with suppress(EngineError):
                self._encoder.encode(self.texts)

    def find(self, claim: Sequence[Word]) -> tuple[Found, ...]:
        """All sentences, the one that fits best first; of equal ones the first that was said."""
        wanted = self._wanted(claim)
        held = [self._common(wanted, *part) for part in self._parts]
        meant = self._settings.meaning_weight * self._meaning(claim) + self._same_topics(claim)
        most: dict[int, float] = {}
        for (number, _, _), (share, _) in zip(self._parts, held, strict=True):
            most[number] = max(most.get(number, 0.0), share)
        best: dict[int, Found] = {}
        for (number, first, end), (share, common), likeness in zip(self._parts, held, meant, strict=True):
            beside = max(most.get(number - 1, 0.0), most.get(number + 1, 0.0))
            more = _NEIGHBOUR * max(0.0, beside - share) if share > 0 else 0.0
            fit = share + more + float(likeness)
            if number not in best or fit > best[number].fit:
                best[number] = Found(number=number, first=first, end=end, fit=fit, share=share, common=common)
        return tuple(sorted(best.values(), key=lambda item: (-item.fit, item.number)))

    def best(self, claim: Sequence[Word]) -> Found | None:
        """The sentence that was meant, surely or not; None where none is near enough."""
        found = self.find(claim)
        return found[0] if found and found[0].fit >= self._settings.unsure_from else None

    def is_said(self, found: Found) -> bool:
        """Whether most of the words that are claimed are there, and not only something like them."""
        return found.share >= _MOST and self.is_sure(found)

    def is_sure(self, found: Found) -> bool:
        """Whether it is near enough to be told without doubt."""
        return found.fit >= self._settings.found_from

    def stretch(self, found: Found) -> Stretch:
        """What is played of a sentence."""
        words = self.heard.lines[found.number].words[found.first : found.end]
        common = frozenset(place - found.first for place in found.common)
        return cut_out(self.heard.words, words, common, self._settings)

    def _wanted(self, claim: Sequence[Word]) -> list[str]:
        """The words of a claim that tell what it is about; all where none does."""
        parts = [part for word in claim for part in _PARTS.findall(word.text.lower().replace("'", ""))]
        return [part for part in dict.fromkeys(parts) if part not in self._plain] or list(
            dict.fromkeys(parts)
        )

    def _common(
        self, wanted: Sequence[str], number: int, first: int, end: int
    ) -> tuple[float, frozenset[int]]:
        """What share of the *wanted* words a part of a sentence holds, the rare ones counting more, and where."""
        if not wanted:
            return 0.0, frozenset()
        words, stems = self.heard.lines[number].words, self._stems[number]
        total = got = 0.0
        places: set[int] = set()
        for word in wanted:
            stem = _stem(word)
            weight = self._rarity.get(stem, self._rarest)
            total += weight
            same = [place for place in range(first, end) if stem in stems[place]]
            near = [] if same else [at for at in range(first, end) if self._sounds(word, words[at])]
            got += weight * (1.0 if same else _ALIKE_COUNTS if near else 0.0)
            places.update(same or near)
        return got / total, frozenset(places)

    def _sounds(self, wanted: str, word: Word) -> bool:
        if len(wanted) < _SOUND_FROM:
            return False
        written = [word.bare] if word.heard is None else [word.bare, word.heard.lower()]
        return any(len(text) >= _SOUND_FROM - 1 and self._alike(wanted, text) for text in written)

    def _same_topics(self, claim: Sequence[Word]) -> np.typing.NDArray[np.float64]:
        """How much of what a claim is about each part is about as well, by the rubric's own cues."""
        wanted = {
            topic: math.log1p(len(self._parts) / (1 + self._parts_with[topic]))
            for topic in self._topics(claim)
            if self._parts_with[topic]
        }
        total = sum(wanted.values())
        shares = [sum(wanted.get(topic, 0.0) for topic in held) for held in self._topics_of]
        return _TOPICS_COUNT * np.array(shares) / max(total, 1.0)

    @property
    def texts(self) -> list[str]:
        """What is compared by its meaning."""
        return [
            " ".join(word.text for word in self.heard.lines[number].words[first:end] if not word.filler)
            for number, first, end in self._parts
        ]

    def _meaning(self, claim: Sequence[Word]) -> np.typing.NDArray[np.float64]:
        texts = self.texts
        said = " ".join(word.text for word in dropwhile(lambda word: word.bare in self._plain, claim))
        if self._encoder is None or not texts or not said:
            return np.zeros(len(texts))
        try:
            vectors = self._encoder.encode([said, *texts])
        except EngineError:
            return np.zeros(len(texts))
        likeness: np.typing.NDArray[np.float64] = np.maximum(0.0, vectors[1:] @ vectors[0]).astype(np.float64)
        return likeness


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


def _parts(words: Sequence[Word], most_s: float) -> list[tuple[int, int]]:
    """All of *words*, or, where they last longer than *most_s*, each run of clauses that is as long as can be."""
    if words[-1].end_s - words[0].start_s <= most_s:
        return [(0, len(words))]
    edges = [0, *(at + 1 for at, word in enumerate(words[:-1]) if word.text[-1:] in _CLAUSE_END), len(words)]
    parts: list[tuple[int, int]] = []
    for at, first in enumerate(edges[:-1]):
        ends = [end for end in edges[at + 1 :] if words[end - 1].end_s - words[first].start_s <= most_s]
        end = ends[-1] if ends else edges[at + 1]
        if not parts or end > parts[-1][1]:
            parts.append((first, end))
    return parts


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
