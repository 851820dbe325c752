"""Which facts answer a question: by cues, and by how near its meaning is to wordings that are known.

Cues are sure of the words that they know and deaf to all others; a sentence model hears any words and is sure of
none. So every topic gets one score: how near its nearest wording is, and more where one of its cues matches. The
best topic answers if it is good enough and ahead of the next. Topics without an answer compete as well: what the
pack does not know, what one asks oneself, what asks the interviewer to design. Where one of those wins, no fact
answers (docs/adr/0012).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.core.content import Nouns
from voice_coach.core.cues import CueSets, compile_cue, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence, Set

    from voice_coach.core.content import FactBook, Question
    from voice_coach.core.cues import Cue, PlainText, Span
    from voice_coach.core.features import Encoder, Matrix
    from voice_coach.core.transcript import Word

_ONESELF, _DECISION = "<oneself>", "<decision>"
_STRICT = {"extra": "forbid"}
_LEADS = frozenset(
    "okay ok so um uh and also but or well right then now alright first hmm er cool great good sure yeah yes just".split()
)
_JOINTS = frozenset({"and", "or", "plus", "also"})
_FEWEST_WORDS = 3
"""A question keeps so many words, whatever it begins with."""
_REMEMBERED = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchSettings:
    """When a fact is taken for the answer."""

    __pydantic_config__ = _STRICT

    cue_bonus: float = 0.2
    """Added to the likeness (a cosine) where a cue of the topic matches."""
    least: float = 0.65
    """Likeness, with the bonus, under which nothing is answered."""
    margin: float = 0.04
    """By so much the best topic must be ahead of the next."""
    doubt: float = 0.05
    """Added to *least* where it is in doubt whether it was a question at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a question was found to ask."""

    facts: tuple[str, ...] = ()
    """Ids of facts, in the order in which they are asked for."""
    is_sure: bool = False
    """They are clear enough to count where it is in doubt whether it was a question."""
    is_oneself: bool = False
    """It is put to oneself."""


class FactFinder:
    """Finds the facts of one question pack. Without an encoder the cues alone decide."""

    def __init__(
        self,
        question: Question,
        book: FactBook,
        encoder: Encoder | None = None,
        settings: MatchSettings | None = None,
    ) -> None:
        """*book*: the facts that any product may be asked about. Nothing is encoded before the first question."""
        self.answers = {fact.id: fact.answer for fact in question.facts}
        """The answers by the ids of their facts."""
        self._encoder = encoder
        self._settings = settings or MatchSettings()
        self._instead = {fact.id: fact.instead for fact in book.fact}
        topics = (*question.facts, *(fact for fact in book.fact if fact.id not in self.answers))
        sets = CueSets(noun_sets(book.nouns, question.nouns))
        self._cues = [(fact.id, tuple(compile_cue(cue, sets) for cue in fact.cues)) for fact in topics]
        wordings = {fact.id: fact.asked for fact in topics}
        wordings |= {_ONESELF: book.oneself, _DECISION: book.decisions}
        self._wordings = {name: texts for name, texts in wordings.items() if texts}
        self._plainer = _plainer(book.nouns, question.nouns)
        self._memo: dict[str, Found] = {}

    @property
    def wordings(self) -> tuple[str, ...]:
        """Everything that a question is compared with."""
        return tuple(text for texts in self._wordings.values() for text in texts)

    def load(self) -> None:
        """Encodes the wordings and one question; else the first that is asked waits for it. Blocks."""
        if self._encoder is not None:
            self._likeness("how many users do we have")

    def find(self, words: Sequence[Word]) -> Found:
        """What *words*, one question, ask for. The same words always find the same."""
        key = " ".join(word.text for word in words)
        if key not in self._memo:
            if len(self._memo) >= _REMEMBERED:
                self._memo.clear()
            self._memo[key] = self._found(words)
        return self._memo[key]

    def named(self, words: Sequence[Word]) -> tuple[str, ...]:
        """The facts that *words* name by a cue."""
        settled = (self._settled(name) for name, _ in self._hits(plain_text(words)))
        return tuple(dict.fromkeys(name for name in settled if name is not None))

    def _found(self, words: Sequence[Word]) -> Found:
        if self._encoder is None:
            facts = self.named(words)
            return Found(facts=facts, is_sure=bool(facts))
        parts = [self._best(part) for part in self._parts(words)]
        if len(parts) > 1 and all(part.facts for part in parts):
            facts = tuple(dict.fromkeys(name for part in parts for name in part.facts))
            return Found(facts=facts, is_sure=all(part.is_sure for part in parts))
        return self._best(words)

    def _parts(self, words: Sequence[Word]) -> list[Sequence[Word]]:
        """*words* cut at an "and" or a comma between two facts that cues name."""
        spans = [span for _, span in self._hits(plain_text(words))]
        cuts = [0]
        for left, right in pairwise(spans):
            joints = (
                at
                for at in range(left.end, right.first + 1)
                if words[at].bare in _JOINTS or words[at - 1].text.endswith((",", ";", "?", "."))
            )
            cuts.extend([next(joints, 0)])
        ends = sorted({*cuts, len(words)})
        return [words[first:end] for first, end in pairwise(ends)]

    def _best(self, words: Sequence[Word]) -> Found:
        hits = {self._settled(name) or name for name, _ in self._hits(plain_text(words))}
        scores = self._scores(words, hits)
        (best, score), *rest = sorted(scores.items(), key=lambda item: -item[1])
        if best == _ONESELF:
            return Found(is_oneself=True)
        ahead = score - rest[0][1] if rest else score
        is_ahead = ahead >= self._settings.margin or hits == {best}
        if best not in self.answers or score < self._settings.least or not is_ahead:
            return Found()
        return Found(facts=(best,), is_sure=score >= self._settings.least + self._settings.doubt)

    def _scores(self, words: Sequence[Word], hits: Set[str]) -> dict[str, float]:
        """The score of each topic, those that one fact answers taken together under its id.

        *hits*: the topics that a cue names.
        """
        found: dict[str, float] = {}
        for name, likeness in self._likeness(_asked(words)).items():
            # What no fact answers keeps its own name, so that it wins over what is only near.
            topic = self._settled(name) or name
            score = likeness + self._settings.cue_bonus * (topic in hits)
            found[topic] = max(score, found.get(topic, score))
        return found

    def _likeness(self, text: str) -> dict[str, float]:
        """How near *text* is to the nearest wording of each topic (cosine)."""
        assert self._encoder is not None  # noqa: S101 - its callers have looked
        matrix, starts = self._encoded
        asked = self._encoder.encode(list(dict.fromkeys((text, self._plainer(text)))))
        nearest = np.maximum.reduceat((matrix @ asked.T).max(axis=1), starts)
        return {name: float(value) for name, value in zip(self._wordings, nearest, strict=True)}

    @cached_property
    def _encoded(self) -> tuple[Matrix, list[int]]:
        """The vectors of all wordings, and where those of each topic begin."""
        assert self._encoder is not None  # noqa: S101 - its callers have looked
        starts = np.cumsum([0, *(len(texts) for texts in self._wordings.values())])[:-1]
        return self._encoder.encode(self.wordings), [int(start) for start in starts]

    def _hits(self, text: PlainText) -> list[tuple[str, Span]]:
        """The topics whose cues match *text*, in its order; of two that share words the longer match counts."""
        hits = sorted(
            (
                (span.end - span.first, -order, span, name)
                for order, (name, cues) in enumerate(self._cues)
                for cue in cues
                for span in cue.find_all(text)
            ),
            key=lambda hit: hit[:2],
            reverse=True,
        )
        kept: list[tuple[str, Span]] = []
        for _, _, span, name in hits:
            if all(span.end <= other.first or other.end <= span.first for _, other in kept):
                kept.append((name, span))
        return sorted(kept, key=lambda hit: hit[1].first)

    def _settled(self, name: str) -> str | None:
        """The fact that answers for the topic *name*; None where the pack has none."""
        passed: set[str] = set()
        at: str | None = name
        while at is not None and at not in self.answers and at not in passed:
            passed.add(at)
            at = self._instead.get(at)
        return at if at in self.answers else None


def noun_sets(*nouns: Nouns) -> dict[str, tuple[str, ...]]:
    """What ``{item}`` and its like stand for in cues."""
    return {
        kind.name: tuple(dict.fromkeys(noun for each in nouns for noun in getattr(each, kind.name)))
        for kind in fields(Nouns)
    }


def _asked(words: Sequence[Word]) -> str:
    """*words* as the wordings are written: without fillers, and without what only leads in."""
    said = plain_text([word for word in words if not word.filler]).text.split()
    while len(said) > _FEWEST_WORDS and said[0] in _LEADS:
        said = said[1:]
    return " ".join(said)


def _plainer(shared: Nouns, own: Nouns) -> Callable[[str], str]:
    """Puts the nouns of no product in particular in the place of a pack's own: "links" become "items"."""
    plain: dict[str, str] = {}
    for kind in fields(Nouns):
        common = getattr(shared, kind.name)
        for noun in getattr(own, kind.name):
            if common:
                plain[noun] = common[0] if noun.endswith("s") or len(common) == 1 else common[1]
    if not plain:
        return lambda text: text
    longest_first = sorted(plain, key=len, reverse=True)
    nouns = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
    return lambda text: nouns.sub(lambda found: plain[found[0]], text)
