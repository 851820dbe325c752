"""Fillers: filled pauses ("um"), and phrases such as "like" and "you know" where they only fill.

A filled pause is one wherever it stands. Whether a phrase fills is told by what stands around it: the words before
and after, and what parts it from them (punctuation, a pause, a filled pause). Each phrase has rules for that, written
as data (``prompts/fillers.toml``); the first that fits decides. Filled pauses are passed over when neighbours are
looked at, and neighbours end with the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from voice_coach.core.cues import Cue, CueSets, at_end, compile_cue, plain
from voice_coach.core.transcript import Word

CONTEXT_WORDS = 3
"""Shown on either side of a filler."""
_STRICT = {"extra": "forbid"}
_STOP = re.compile(r"(?<!\.)[.!?][\"')\]]*$")
_COMMA = re.compile(r"(?:[,;:…–—-]|\.\.)[\"')\]]*$")


class Edge(StrEnum):
    """What stands between a phrase and its neighbour. Several may hold at once."""

    NONE = "none"
    """Nothing; never together with others."""
    BREAK = "break"
    """Any of the following."""
    COMMA = "comma"
    """Punctuation within a sentence."""
    STOP = "stop"
    """The sentence ends or begins here."""
    QUESTION = "question"
    """The sentence that ends here is a question."""
    TURN = "turn"
    """So does what the candidate said in one go."""
    PAUSE = "pause"
    FILLER = "filler"
    """A filled pause."""


class FillerKind(StrEnum):
    """What a filler is made of."""

    FILLED_PAUSE = "filled_pause"
    VERBAL = "verbal"


@dataclass(frozen=True, slots=True, kw_only=True)
class FillerRule:
    """Decides where all that it names fits."""

    __pydantic_config__ = _STRICT

    fills: bool
    """What is decided."""
    before: str | None = None
    """A cue that the words before must end with."""
    after: str | None = None
    """A cue that the words after must begin with."""
    left: tuple[Edge, ...] = ()
    """One of these must stand before the phrase; empty: anything may."""
    right: tuple[Edge, ...] = ()
    """The same behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbalFiller:
    """A phrase that may only fill, and when it does."""

    __pydantic_config__ = _STRICT

    text: tuple[str, ...]
    """Its spellings, lower case."""
    rule: tuple[FillerRule, ...] = ()
    otherwise: bool = False
    """Whether it fills where no rule fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FillerPhrases:
    """All phrases. Cues may name *sets*."""

    __pydantic_config__ = _STRICT

    pause_s: float = 0.3
    """A gap from here on parts a phrase from its neighbour."""
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    verbal: tuple[VerbalFiller, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filler:
    """A filler that was said. Times are None where they were laid out by rule."""

    text: str
    """Lower case, without punctuation at its edges."""
    start_s: float | None
    end_s: float | None
    kind: FillerKind
    context: str
    """It and a few words around it, verbatim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FillerSpan:
    """The words of a filler by index: ``words[first:end]``."""

    first: int
    end: int
    kind: FillerKind


class FillerFinder:
    """Finds fillers by *phrases*. Raises ValueError for a malformed cue."""

    def __init__(self, phrases: FillerPhrases) -> None:
        sets = CueSets(phrases.sets)
        self._pause_s = phrases.pause_s
        self._by_first: dict[str, list[tuple[tuple[str, ...], _Phrase]]] = {}
        for verbal in phrases.verbal:
            phrase = _Phrase(verbal, sets)
            for text in verbal.text:
                parts = tuple(text.split())
                self._by_first.setdefault(parts[0], []).append((parts, phrase))
        for spellings in self._by_first.values():
            spellings.sort(key=lambda spelling: -len(spelling[0]))

    def find(self, words: Sequence[Word], *, pauses_known: bool = True) -> tuple[FillerSpan, ...]:
        """The fillers in *words*, which were said in one go, in order; no two share a word."""
        around = _Around(words, self._pause_s if pauses_known else None)
        bare = [word.bare.replace("’", "'") for word in words]
        found: list[FillerSpan] = []
        at = 0
        while at < len(words):
            if words[at].filler:
                found.append(FillerSpan(first=at, end=at + 1, kind=FillerKind.FILLED_PAUSE))
            elif (end := self._verbal_end(bare, at, around)) is not None:
                found.append(FillerSpan(first=at, end=end, kind=FillerKind.VERBAL))
                at = end - 1
            at += 1
        return tuple(found)

    def _verbal_end(self, bare: Sequence[str], at: int, around: _Around) -> int | None:
        """Where the phrase that fills from *at* on ends; None where there is none."""
        for parts, phrase in self._by_first.get(bare[at], ()):
            end = at + len(parts)
            if tuple(bare[at:end]) == parts and around.is_one(at, end):
                return end if phrase.fills(around, at, end) else None
        return None


def filler(words: Sequence[Word], span: FillerSpan, *, is_timed: bool) -> Filler:
    """The filler at *span* with its context; without times unless *is_timed*."""
    said = words[span.first : span.end]
    shown = words[max(0, span.first - CONTEXT_WORDS) : span.end + CONTEXT_WORDS]
    return Filler(
        text=" ".join(word.bare for word in said),
        start_s=said[0].start_s if is_timed else None,
        end_s=said[-1].end_s if is_timed else None,
        kind=span.kind,
        context=" ".join(word.text for word in shown),
    )


class _Phrase:
    """A phrase with its cues compiled."""

    def __init__(self, verbal: VerbalFiller, sets: CueSets) -> None:
        self._otherwise = verbal.otherwise
        self._rules = [
            (
                rule,
                None if rule.before is None else compile_cue(at_end(rule.before), sets),
                None if rule.after is None else compile_cue(f"^ ({rule.after})", sets),
            )
            for rule in verbal.rule
        ]

    def fills(self, around: _Around, first: int, end: int) -> bool:
        """Whether the phrase at ``words[first:end]`` only fills."""
        left, right = around.edges_before(first), around.edges_after(end)
        before, after = around.text_before(first), around.text_after(end)
        for rule, before_cue, after_cue in self._rules:
            if (
                (not rule.left or not left.isdisjoint(rule.left))
                and (not rule.right or not right.isdisjoint(rule.right))
                and _matches(before_cue, before)
                and _matches(after_cue, after)
            ):
                return rule.fills
        return self._otherwise


def _matches(cue: Cue | None, text: str) -> bool:
    return cue is None or cue.find(plain(text)) is not None


class _Around:
    """What stands around a place in *words*. *pause_s* None: gaps tell nothing."""

    def __init__(self, words: Sequence[Word], pause_s: float | None) -> None:
        self._words = words
        self._pause_s = pause_s

    def edges_before(self, first: int) -> frozenset[Edge]:
        """What parts ``words[first]`` from the last word before that is no filled pause."""
        found = self._edges(first)
        while first > 0 and self._words[first - 1].filler:
            first -= 1
            found |= {Edge.FILLER, *self._edges(first)}
        return _summed_up(found)

    def edges_after(self, end: int) -> frozenset[Edge]:
        """The same of ``words[end - 1]`` and the words after."""
        found = self._edges(end)
        while end < len(self._words) and self._words[end].filler:
            end += 1
            found |= {Edge.FILLER, *self._edges(end)}
        return _summed_up(found)

    def text_before(self, first: int) -> str:
        """The words of the sentence before *first*."""
        start = first
        while start > 0 and not ends_sentence(self._words[start - 1]):
            start -= 1
        return self._said(start, first)

    def text_after(self, end: int) -> str:
        """The words of the sentence from *end* on."""
        if end > 0 and ends_sentence(self._words[end - 1]):
            return ""
        stop = end
        while stop < len(self._words) and not (stop > end and ends_sentence(self._words[stop - 1])):
            stop += 1
        return self._said(end, stop)

    def is_one(self, first: int, end: int) -> bool:
        """Whether ``words[first:end]`` are one phrase: no sentence ends within, and none is a keyword ("LIKE")."""
        inside = self._words[first:end]
        return not any(ends_sentence(word) for word in inside[:-1]) and not any(
            len(word.bare) > 1 and word.text.isupper() for word in inside
        )

    def _said(self, first: int, end: int) -> str:
        return " ".join(word.text for word in self._words[first:end] if not word.filler)

    def _edges(self, boundary: int) -> set[Edge]:
        """What stands between ``words[boundary - 1]`` and ``words[boundary]``."""
        if not 0 < boundary < len(self._words):
            return {Edge.STOP, Edge.TURN}
        earlier, later = self._words[boundary - 1], self._words[boundary]
        found: set[Edge] = set()
        if ends_sentence(earlier):
            found.add(Edge.STOP)
            if "?" in earlier.text:
                found.add(Edge.QUESTION)
        elif _COMMA.search(earlier.text):
            found.add(Edge.COMMA)
        if self._pause_s is not None and later.start_s - earlier.end_s >= self._pause_s:
            found.add(Edge.PAUSE)
        return found


def _summed_up(edges: set[Edge]) -> frozenset[Edge]:
    return frozenset({Edge.BREAK, *edges}) if edges else frozenset({Edge.NONE})


def ends_sentence(word: Word) -> bool:
    """Whether a sentence ends with *word*: three dots only trail off."""
    return _STOP.search(word.text) is not None
