"""Where the speaker went back: words said again, begun anew, broken off or taken back.

Told from the words alone. Fillers between the two halves are passed over ("the, um, the cache"), and nothing is
found across the end of a sentence. What is repeated on purpose ("very very") or by grammar ("had had") is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from voice_coach.core.cues import Span, compile_cue, plain_text
from voice_coach.core.fillers import ends_sentence
from voice_coach.core.spoken_words import (
    ARTICLES,
    AUXILIARIES,
    HANDED_ON,
    MEANT_TWICE,
    NO_NOUNS,
    OPENERS,
    PREPOSITIONS,
    SUBJECTS,
    SUBORDINATE,
)
from voice_coach.core.transcript import Word

LONGEST_REPEAT = 4
"""Words."""
_LOOK_BACK = 3
_CONTRACTED = re.compile(r"^(\w+)'(?:d|ll|s|m|re|ve)$")
_STAMMERED = re.compile(r"^([b-df-hj-np-tv-z])-\1\w")
"""Without vowels: "e-email" is none, and "re-read" is a word."""


class RepairKind(StrEnum):
    """How the speaker went back."""

    REPEAT = "repeat"
    """The same words again."""
    RESTART = "restart"
    """The same beginning with another end: "I'd, I'll"."""
    CUT_OFF = "cut_off"
    """A word broken off."""
    CORRECTION = "correction"
    """Taken back in so many words: "no, scratch that"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A place where the speaker went back. Times are None where they were laid out by rule."""

    kind: RepairKind
    text: str
    """The words concerned, verbatim."""
    start_s: float | None
    end_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairSpan:
    """The words concerned by index: ``words[first:end]``."""

    first: int
    end: int
    kind: RepairKind


class RepairFinder:
    """Finds repairs. *corrections* are cues of what takes something back. Raises ValueError for a malformed one."""

    def __init__(self, corrections: Sequence[str] = ()) -> None:
        self._corrections = [compile_cue(source) for source in corrections]

    def corrections(self, words: Sequence[Word]) -> tuple[Span, ...]:
        """Where something is taken back in so many words; none overlap."""
        found: list[Span] = []
        for first, end in _sentences(words):
            text = plain_text(words[first:end])
            for cue in self._corrections:
                found += [Span(first=first + span.first, end=first + span.end) for span in cue.find_all(text)]
        kept: list[Span] = []
        for span in sorted(found, key=lambda item: (item.first, -item.end)):
            if not kept or span.first >= kept[-1].end:
                kept.append(span)
        return tuple(kept)

    def find(self, words: Sequence[Word], skipped: Sequence[Span] = ()) -> tuple[RepairSpan, ...]:
        """All repairs in *words*, which were said in one go, in order; *skipped* are its fillers."""
        corrections = self.corrections(words)
        left_out = {index for span in (*skipped, *corrections) for index in range(span.first, span.end)}
        plain = [
            index
            for index, word in enumerate(words)
            if index not in left_out and word.bare and not word.filler
        ]
        found = [
            RepairSpan(first=span.first, end=span.end, kind=RepairKind.CORRECTION) for span in corrections
        ]
        for kind, first, last in _repairs([words[index] for index in plain]):
            found.append(RepairSpan(first=plain[first], end=plain[last] + 1, kind=kind))
        return tuple(sorted(found, key=lambda span: (span.first, span.end)))


def repair(words: Sequence[Word], span: RepairSpan, *, is_timed: bool) -> Repair:
    """The repair at *span*; without times unless *is_timed*."""
    said = words[span.first : span.end]
    return Repair(
        kind=span.kind,
        text=" ".join(word.text for word in said),
        start_s=said[0].start_s if is_timed else None,
        end_s=said[-1].end_s if is_timed else None,
    )


def _repairs(words: Sequence[Word]) -> Iterator[tuple[RepairKind, int, int]]:
    """Each repair with its first and its last word."""
    at = 0
    while at < len(words):
        length = _repeat_at(words, at)
        if length:
            first = at
            at += length
            while _repeat_at(words, at) == length:
                at += length
            yield RepairKind.REPEAT, first, at + length - 1
        elif length := _restart_at(words, at):
            yield RepairKind.RESTART, at, at + length - 1
            at += length - 1
        elif _is_cut_off(words[at]):
            yield RepairKind.CUT_OFF, at, at
        at += 1


def _sentences(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    first = 0
    for index, word in enumerate(words):
        if ends_sentence(word) or index + 1 == len(words):
            yield first, index + 1
            first = index + 1


def _repeat_at(words: Sequence[Word], at: int) -> int:
    """The length of the stretch that is repeated right after *at*, or 0."""
    for length in range(LONGEST_REPEAT, 0, -1):
        first, second = words[at : at + length], words[at + length : at + 2 * length]
        if len(second) < length or [w.bare for w in first] != [w.bare for w in second]:
            continue
        if any(ends_sentence(word) for word in first) or (length == 1 and _is_meant(words, at)):
            continue
        if not _is_handed_on(words, at, length):
            return length
    return 0


def _is_meant(words: Sequence[Word], at: int) -> bool:
    """Whether one word is said twice on purpose: "very very", "5 5", "nobody, nobody."."""
    word, again = words[at : at + 2]
    is_for_effect = word.text[-1] in ",;" and ends_sentence(again)
    return is_for_effect or word.bare in MEANT_TWICE or any(character.isdigit() for character in word.bare)


def _is_handed_on(words: Sequence[Word], at: int, length: int) -> bool:
    """Whether one clause ends with what the next begins with: "it asks the server, the server asks the database"."""
    last, behind = words[at + length - 1], words[at + 2 * length : at + 2 * length + 1]
    if not behind or ends_sentence(words[at + 2 * length - 1]):
        return False
    if last.bare in HANDED_ON:
        before = _clause_before(words, at)
        return length == 1 and bool(before) and before[-1].bare not in OPENERS | SUBORDINATE
    goes_on = behind[0].bare == "to" or behind[0].bare in AUXILIARIES or behind[0].bare.endswith("s")
    return last.bare not in NO_NOUNS and goes_on


def _restart_at(words: Sequence[Word], at: int) -> int:
    """The length of the two beginnings at *at*, or 0."""
    return _new_clause_at(words, at) or _new_article_at(words, at)


def _new_clause_at(words: Sequence[Word], at: int) -> int:
    """The length of "we can, we could", "I'd, I'll" or "it, it's" at *at*, or 0."""
    subject = _subject(words[at])
    before = _clause_before(words, at)
    if subject is None or any(word.bare in SUBORDINATE for word in before):
        return 0
    begun = 1
    if _plain(words[at]) == subject:
        if at + 1 < len(words) and _plain(words[at + 1]) in AUXILIARIES:
            begun = 2
        elif before and before[-1].bare not in OPENERS:
            return 0
    second = words[at + begun : at + begun + 2]
    if any(ends_sentence(word) for word in words[at : at + begun]) or not second:
        return 0
    if _subject(second[0]) != subject:
        return 0
    if _plain(second[0]) != subject:
        return begun + 1
    return begun + 2 if len(second) > 1 and _plain(second[1]) in AUXILIARIES else 0


def _new_article_at(words: Sequence[Word], at: int) -> int:
    """The length of "the, a" or "in the, in our" at *at*, or 0."""
    for length in (2, 1):
        first, second = words[at : at + length], words[at + length : at + 2 * length]
        if len(second) < length or any(ends_sentence(word) for word in first):
            continue
        if [word.bare for word in first[:-1]] != [word.bare for word in second[:-1]]:
            continue
        are_articles = first[-1].bare != second[-1].bare and {first[-1].bare, second[-1].bare} <= ARTICLES
        if (
            are_articles
            and not _is_letter(words, at + 2 * length - 1)
            and all(word.bare in PREPOSITIONS for word in first[:-1])
        ):
            return 2 * length
    return 0


def _is_letter(words: Sequence[Word], at: int) -> bool:
    """Whether the "a" at *at* is read out as a letter: "the A P I", "an a p i"."""
    behind = words[at + 1 : at + 2]
    is_spelt_on = bool(behind) and len(behind[0].bare) == 1
    return words[at].bare == "a" and (words[at].text[0] == "A" or is_spelt_on)


def _clause_before(words: Sequence[Word], at: int) -> Sequence[Word]:
    """The few words before *at* in its sentence."""
    first = at
    while first > max(0, at - _LOOK_BACK) and not ends_sentence(words[first - 1]):
        first -= 1
    return words[first:at]


def _subject(word: Word) -> str | None:
    contracted = _CONTRACTED.match(_plain(word))
    subject = contracted[1] if contracted else _plain(word)
    return subject if subject in SUBJECTS else None


def _plain(word: Word) -> str:
    return word.bare.replace("’", "'")


def _is_cut_off(word: Word) -> bool:
    return word.text.endswith(("-", "–", "—")) or _STAMMERED.match(word.bare) is not None
