"""Cuts a sentence down to words that the ear can recognise: whole clauses, around what they are quoted for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voice_coach.core.cues import Span
from voice_coach.core.english import CLAUSE, LEADING, OPEN, PERSONS, PHRASE, VERBS
from voice_coach.core.transcript import Evidence, Word, evidence

MOST_WORDS = 12
"""A longer quote cannot be recognised by ear."""
FEWEST_WORDS = 4
_COORDINATED = frozenset({"and", "or"})
_HARD = -1.5
"""What a cut within a phrase costs; the edge of a sentence earns one."""
_FILLER = 0.5
_UNSURE_P = 0.4
_UNSURE = 0.4
_PER_WORD = 0.08
_VERB = 0.6


@dataclass(frozen=True, slots=True)
class _Cut:
    at: int
    worth: float


def cut(
    words: Sequence[Word], keys: Sequence[Span] = (), most: int = MOST_WORDS, *, is_whole: bool = False
) -> Span | None:
    """The run of at most *most* words that holds most of *keys* between the best edges.

    *is_whole*: only whole clauses will do; None where there is none.
    """
    wanted = keys or (Span(first=0, end=len(words)),)
    runs = [
        (start, end)
        for start in _starts(words)
        for end in _ends(words)
        if 0 < end.at - start.at <= most and (end.at - start.at >= FEWEST_WORDS or len(words) <= FEWEST_WORDS)
        if not is_whole or min(start.worth, end.worth) > 0
    ]
    if not runs and is_whole:
        return None
    if not runs:
        return _trimmed(words, Span(first=0, end=min(most, len(words))))
    start, end = max(runs, key=lambda run: (_value(words, run, wanted), -run[0].at))
    return _trimmed(words, Span(first=start.at, end=end.at))


def short_quote(words: Sequence[Word], keys: Sequence[Span] = (), most: int = MOST_WORDS) -> Evidence:
    """What :func:`cut` finds, as evidence. *words*: a sentence of at least one word."""
    span = cut(words, keys, most) or Span(first=0, end=len(words))
    return evidence(words[span.first : span.end])


def opening(words: Sequence[Word]) -> Evidence | None:
    """The first words of *words* that say something, to the edge of a clause; None where there are too few."""
    start = next((at for at, word in enumerate(words) if not word.filler and word.bare not in LEADING), 0)
    ends = [end for end in _ends(words[start:]) if FEWEST_WORDS <= end.at <= MOST_WORDS]
    best = max(ends, key=lambda end: (end.worth, end.at), default=None)
    return None if best is None else evidence(words[start : start + best.at])


def closing(words: Sequence[Word]) -> Evidence | None:
    """The last words, from the edge of a clause; None where there are too few."""
    total = len(words)
    starts = [start for start in _starts(words) if FEWEST_WORDS <= total - start.at <= MOST_WORDS]
    best = max(starts, key=lambda start: (start.worth, -start.at), default=None)
    return None if best is None else evidence(words[best.at :])


def _value(words: Sequence[Word], run: tuple[_Cut, _Cut], keys: Sequence[Span]) -> float:
    start, end = run
    covered = sum(
        max(0, min(key.end, end.at) - max(key.first, start.at)) / (key.end - key.first) for key in keys
    )
    inside = words[start.at : end.at]
    noise = sum(_FILLER for word in inside if word.filler)
    noise += sum(_UNSURE for word in inside if word.p is not None and word.p < _UNSURE_P)
    return (
        4.0 * covered / len(keys)
        + start.worth
        + end.worth
        - noise
        + _PER_WORD * len(inside)
        + (_VERB if any(word.bare in VERBS for word in inside[1:]) else 0.0)
    )


def _starts(words: Sequence[Word]) -> Iterator[_Cut]:
    for at, word in enumerate(words):
        if at == 0 or _ends_clause(words[at - 1]):
            yield _Cut(at, 1.0)
        elif word.bare in CLAUSE and not _is_list(words, at):
            yield _Cut(at, 0.6)
        elif word.bare in PERSONS:
            yield _Cut(at, _HARD)


def _ends(words: Sequence[Word]) -> Iterator[_Cut]:
    for at in range(1, len(words) + 1):
        if at == len(words) or _ends_clause(words[at - 1]):
            yield _Cut(at, 1.0)
        elif words[at - 1].bare in OPEN or words[at - 1].filler:
            continue
        elif words[at].bare in CLAUSE and not _is_list(words, at):
            yield _Cut(at, 0.6)
        elif words[at].bare in PHRASE:
            yield _Cut(at, -0.2)
        elif words[at].bare in OPEN:
            yield _Cut(at, _HARD)


def _is_list(words: Sequence[Word], at: int) -> bool:
    """Whether "and" joins two words ("fast and cheap") rather than two clauses."""
    follows = [word.bare for word in words[at + 1 : at + 3]]
    return words[at].bare in _COORDINATED and not (set(follows) & (PERSONS | {"a", "an", "then", "so"}))


def _ends_clause(word: Word) -> bool:
    return word.text.rstrip("\"')]”’").endswith((",", ";", ":", ".", "?", "!", "…", "-", "–", "—"))


def _trimmed(words: Sequence[Word], span: Span) -> Span:
    """Without what only joins it to the words before and without filled pauses at the edges; never empty."""
    first, end = span.first, span.end
    while end - first > 1 and (words[first].filler or words[first].bare in LEADING):
        first += 1
    is_cut = end < len(words) and not _ends_clause(words[end - 1])
    while end - first > 1 and (words[end - 1].filler or (is_cut and words[end - 1].bare in OPEN)):
        end -= 1
    return Span(first=first, end=end)
