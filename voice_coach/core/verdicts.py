"""From what single sentences show to what a whole answer amounts to.

For each rubric element a few numbers are taken from the detectors' view of the answer (the best sentence, the
second best, in the part of the answer that counts) and weighed by a logistic regression of a handful of weights,
which ``prompts/judge/verdicts.toml`` holds. Its output is the probability that a careful annotator would say
"met" (or "made").
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from voice_coach.core.detectors import Detected
from voice_coach.core.features import NAMED_PRODUCT
from voice_coach.core.heard import Heard
from voice_coach.core.stages import NO_STAGE

Vector = NDArray[np.float32]
Mask = NDArray[np.bool_]

OPENING_S = 90.0
"""How long a roadmap counts as one (the rubric)."""
CLOSING_SHARE = 0.2
"""The last part of the words, in which a summary of tradeoffs counts (the rubric)."""
_LEAST = 0.001
"""Probabilities nearer to 0 or 1 than this weigh no more."""
_LIKELY = 0.5


class Where(StrEnum):
    """Which sentences of the answer a feature looks at."""

    ANYWHERE = "anywhere"
    OPENING = "opening"
    CLOSING = "closing"
    BEFORE_DETAIL = "before_detail"
    """Before the first sentence that goes into one component."""
    BEFORE_PRODUCT = "before_product"
    """Before the first named product, and the sentence that names it."""
    REPLY_TO_CHANGE = "reply_to_change"
    """In replies to a change of scope."""


class Kind(StrEnum):
    """What a feature takes from those sentences."""

    BEST = "best"
    """The log odds of the likeliest sentence."""
    SECOND = "second"
    THIRD = "third"
    COUNT = "count"
    """Likely sentences: log(1 + their number)."""
    ENOUGH = "enough"
    """How much of what the rubric asks for in an answer of this length is there, at most 2."""
    CUE = "cue"
    """Sentences in which a cue stands: log(1 + their number)."""
    RULE = "rule"
    """The confidence of the best rule of cues that was met, or 0."""
    WORDS = "words"
    """log(words / 500)."""
    CHANGES = "changes"
    """Changes of step for each 100 words."""
    DESIGN = "design"
    """The log odds that a sentence belongs to a step of a design, 0 where most do: what sounds like a requirement in
    talk of other things is none."""

    @property
    def looks_at_some(self) -> bool:
        """Whether a feature of this kind names what it looks at."""
        return self not in (Kind.RULE, Kind.WORDS, Kind.CHANGES, Kind.DESIGN)

    @property
    def looks_at_cues(self) -> bool:
        """Whether a feature of this kind names cues and not detectors."""
        return self is Kind.CUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A number taken from an answer, and how much it weighs."""

    __pydantic_config__ = {"extra": "forbid"}

    kind: Kind
    of: tuple[str, ...] = ()
    """Detectors or cues; of several the likeliest counts in each sentence."""
    where: Where = Where.ANYWHERE
    weight: float = 0.0

    @property
    def detectors(self) -> tuple[str, ...]:
        """The detectors that it looks at."""
        return () if self.kind.looks_at_cues else self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictModel:
    """How one rubric element is decided."""

    __pydantic_config__ = {"extra": "forbid"}

    id: str
    bias: float = 0.0
    feature: tuple[Feature, ...]

    def probability(self, seen: Seen) -> float:
        """That the element is met (or the mistake made)."""
        score = self.bias + sum(feature.weight * value(feature, seen, self.id) for feature in self.feature)
        return 1.0 / (1.0 + math.exp(-score))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that verdicts are drawn from."""

    heard: Heard
    detected: Detected
    rules: Mapping[str, float]
    """By rubric id."""
    stages: Sequence[str]
    """The step of each sentence."""
    change_turns: frozenset[int]
    """Candidate turns that answer a change of scope."""


def value(feature: Feature, seen: Seen, id_: str) -> float:
    """The number that *feature* takes from an answer."""
    return _KINDS[feature.kind](feature, seen, id_)


def region(where: Where, seen: Seen) -> Mask:
    """Which sentences *where* means; what is said over and over counts once."""
    return _part(where, seen) & _said_first(seen.heard)


def _said_first(heard: Heard) -> Mask:
    first = {
        tuple(word.bare for word in line.words): number
        for number, line in reversed([*enumerate(heard.lines)])
    }
    mask = np.zeros(len(heard.lines), np.bool_)
    mask[list(first.values())] = True
    return mask


def _part(where: Where, seen: Seen) -> Mask:
    lines = seen.heard.lines
    everywhere = np.ones(len(lines), np.bool_)
    match where:
        case Where.ANYWHERE:
            return everywhere
        case Where.OPENING:
            return np.array([line.own_start_s <= OPENING_S for line in lines], np.bool_)
        case Where.CLOSING:
            start = (1.0 - CLOSING_SHARE) * len(seen.heard.words)
            return np.array([line.words_before >= start for line in lines], np.bool_)
        case Where.BEFORE_DETAIL:
            return _until(_first_detail(seen), everywhere)
        case Where.BEFORE_PRODUCT:
            return _until(_first(seen.detected.shape[NAMED_PRODUCT] > 0.0), everywhere)
        case Where.REPLY_TO_CHANGE:
            return np.array([line.turn in seen.change_turns for line in lines], np.bool_)


def _until(first: int | None, everywhere: Mask) -> Mask:
    if first is None:
        return everywhere
    return np.arange(len(everywhere)) <= first


def _first(where: Mask) -> int | None:
    found = np.flatnonzero(where)
    return int(found[0]) if len(found) else None


def _first_detail(seen: Seen) -> int | None:
    detail = seen.detected.of("stage/deep_dive")
    overview = seen.detected.of("high_level_first")
    return _first((detail > _LIKELY) & (overview < _LIKELY))


def _odds(probability: float) -> float:
    bounded = min(max(probability, _LEAST), 1.0 - _LEAST)
    return math.log(bounded / (1.0 - bounded))


def _likely(feature: Feature, seen: Seen) -> Vector:
    return seen.detected.most(feature.of)[region(feature.where, seen)]


def _ranked(rank: int) -> Callable[[Feature, Seen, str], float]:
    def take(feature: Feature, seen: Seen, _: str) -> float:
        likely = np.sort(_likely(feature, seen))[::-1]
        return _odds(float(likely[rank])) if len(likely) > rank else _odds(0.0)

    return take


def _count(feature: Feature, seen: Seen, _: str) -> float:
    return math.log1p(int((_likely(feature, seen) > _LIKELY).sum()))


def _enough(feature: Feature, seen: Seen, _: str) -> float:
    return min(2.0, _ENOUGH[feature.of[0]](seen.detected.most(feature.of) > _LIKELY, seen.heard))


def _cue(feature: Feature, seen: Seen, _: str) -> float:
    hits = np.max([seen.detected.shape[name] for name in feature.of], axis=0)[region(feature.where, seen)]
    return math.log1p(int((hits > 0.0).sum()))


def _rule(_: Feature, seen: Seen, id_: str) -> float:
    return seen.rules.get(id_, 0.0)


def _words(_: Feature, seen: Seen, __: str) -> float:
    return math.log(max(1, len(seen.heard.words)) / 500.0)


def _changes(_: Feature, seen: Seen, __: str) -> float:
    changes = sum(before != after for before, after in zip(seen.stages, seen.stages[1:], strict=False))
    return 100.0 * changes / max(1, len(seen.heard.words))


def _design(_: Feature, seen: Seen, __: str) -> float:
    steps = sum(stage != NO_STAGE for stage in seen.stages)
    return min(0.0, math.log((steps + 0.5) / (len(seen.stages) - steps + 0.5)))


_KINDS: Mapping[Kind, Callable[[Feature, Seen, str], float]] = {
    Kind.BEST: _ranked(0),
    Kind.SECOND: _ranked(1),
    Kind.THIRD: _ranked(2),
    Kind.COUNT: _count,
    Kind.ENOUGH: _enough,
    Kind.CUE: _cue,
    Kind.RULE: _rule,
    Kind.WORDS: _words,
    Kind.CHANGES: _changes,
    Kind.DESIGN: _design,
}


def _share_of_signposts(likely: Mask, heard: Heard) -> float:
    wanted = next(number for least, number in _SIGNPOSTS if len(heard.words) >= least)
    return int(likely.sum()) / wanted


def _share_of_checked_windows(likely: Mask, heard: Heard) -> float:
    starts_s = np.array([line.own_start_s for line in heard.lines])
    windows = max(1, round(float(starts_s[-1]) / _CHECK_WINDOW_S))
    checked = np.minimum(starts_s[likely] // _CHECK_WINDOW_S, windows - 1)
    return len(np.unique(checked)) / windows


_SIGNPOSTS = ((900, 3), (450, 2), (0, 1))
"""From how many words on how many are wanted (the rubric)."""
_CHECK_WINDOW_S = 300.0
"""One check is wanted in each of these (the rubric); a last one of less than half counts with the one before."""
_ENOUGH: Mapping[str, Callable[[Mask, Heard], float]] = {
    "signposts": _share_of_signposts,
    "checks_alignment": _share_of_checked_windows,
}
COUNTED = frozenset(_ENOUGH)
"""What features of the kind ``enough`` may look at."""
