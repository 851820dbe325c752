"""Cuts a sentence down to words that the ear can recognise: whole clauses, around what they are quoted for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voice_coach.core.clarity import is_fluent, is_quotable
from voice_coach.core.cues import Span
from voice_coach.core.english import (
    CLAUSE,
    DANGLING,
    LEADING,
    MODALS,
    OPEN,
    PERSONS,
    PHRASE,
    SUBJECTS,
    VERBS,
    breaks_off,
)
from voice_coach.core.transcript import Evidence, Word, evidence

MOST_WORDS = 12
"""A longer quote cannot be recognised by ear."""
FEWEST_WORDS = 4
_COORDINATED = frozenset({"and", "or"})
_HARD = -1.5
"""What a cut within a phrase costs; the edge of a sentence earns one."""
_FILLER = 0.5
_UNSURE_P = 0.4
_UNSURE = 0.8
_PER_WORD = 0.08
_VERB = 0.6
_WHOLE_PER_WORD = 0.12
_AT_END = 0.4
_SAYING = frozenset({"says", "say", "said", "that"})
_TELLING = frozenset({"which", "where", "who", "whose", "that"})
_CONDITIONS = frozenset(
    {"if", "when", "while", "until", "unless", "since", "because", "once", "although", "as"}
)
"""What begins with one of these waits for another clause."""


@dataclass(frozen=True, slots=True)
class _Cut:
    at: int
    worth: float


def cut(words: Sequence[Word], keys: Sequence[Span] = (), most: int = MOST_WORDS) -> Span:
    """The run of at most *most* words that holds most of *keys* between the best edges."""
    wanted = keys or (Span(first=0, end=len(words)),)
    runs = list(_runs(words, most))
    if not runs:
        return _trimmed(words, Span(first=0, end=min(most, len(words))))
    start, end = max(
        runs,
        key=lambda run: (
            _value(words, run, wanted) - _noise(words, run) + _PER_WORD * _length(run),
            -run[0].at,
        ),
    )
    return _trimmed(words, Span(first=start.at, end=end.at))


def whole_clause(words: Sequence[Word], keys: Sequence[Span], most: int) -> Span | None:
    """The shortest run of whole clauses that holds most of *keys*; None where none is as short as *most*."""
    runs = [run for run in _runs(words, most) if min(run[0].worth, run[1].worth) > 0]
    if not runs:
        return None
    start, end = max(runs, key=lambda run: (_value(words, run, keys) - _PER_WORD * _length(run), -run[0].at))
    return _trimmed(words, Span(first=start.at, end=end.at))


def whole_quotes(words: Sequence[Word], most: int = MOST_WORDS) -> Iterator[tuple[float, Span]]:
    """Every run of whole clauses of at most *most* words that was said fluently and heard clearly, with how well it
    can stand by itself.
    """
    for start, end in _runs(words, most):
        if min(start.worth, end.worth) <= 0 or _tells_of_it(words, end.at):
            continue
        span = _trimmed(words, Span(first=start.at, end=end.at))
        inside = words[span.first : span.end]
        last = inside[-1]
        is_open = span.end < len(words) and not _ends_clause(last) and last.bare in OPEN | _SAYING
        if len(inside) >= FEWEST_WORDS and not is_open and is_fluent(inside) and is_quotable(inside):
            worth = _value(words, (start, end), ()) + _WHOLE_PER_WORD * len(inside) + _standing(words, span)
            yield worth, span


def whole_quote(words: Sequence[Word], keys: Sequence[Span] = (), most: int = MOST_WORDS) -> Evidence | None:
    """The best of :func:`whole_quotes` that holds one of *keys*, as evidence; None where none does."""
    held = [
        (worth, -span.first, span)
        for worth, span in whole_quotes(words, most)
        if not keys or any(key.first >= span.first and key.end <= span.end for key in keys)
    ]
    best = max(held, key=lambda item: item[:2], default=None)
    return None if best is None else evidence(words[best[2].first : best[2].end])


def _standing(words: Sequence[Word], span: Span) -> float:
    """What it is worth that a quote begins with a sentence or with a subject, and not in the middle of things; that
    it ends with the sentence; and that a condition has with it what depends on it.
    """
    first = words[span.first].bare
    worth = _AT_END if span.end == len(words) else 0.0
    is_alone = not any(
        _ends_clause(words[at]) and words[at + 1].bare not in _COORDINATED
        for at in range(span.first, span.end - 1)
    )
    hangs = any(word.bare in _CONDITIONS for word in words[max(span.first + 1, span.end - 5) : span.end])
    if span.end < len(words) and (hangs or (first in _CONDITIONS and is_alone)):
        return worth - 0.8
    if span.first == 0:
        return worth + 1.0
    if not _ends_clause(words[span.first - 1]) and first not in SUBJECTS | PERSONS:
        return worth - 0.3
    return worth + (0.6 if first in SUBJECTS | PERSONS | _CONDITIONS else -0.6)


def _tells_of_it(words: Sequence[Word], end: int) -> bool:
    """Whether what is left out tells about the last word: "honest people | who"."""
    return end < len(words) and words[end].bare in _TELLING and not _ends_clause(words[end - 1])


def _runs(words: Sequence[Word], most: int) -> Iterator[tuple[_Cut, _Cut]]:
    fewest = FEWEST_WORDS if len(words) > FEWEST_WORDS else 1
    ends = list(_ends(words))
    return ((start, end) for start in _starts(words) for end in ends if fewest <= end.at - start.at <= most)


def _length(run: tuple[_Cut, _Cut]) -> int:
    return run[1].at - run[0].at


def short_quote(words: Sequence[Word], keys: Sequence[Span] = (), most: int = MOST_WORDS) -> Evidence:
    """What :func:`cut` finds, as evidence. *words*: a sentence of at least one word."""
    span = cut(words, keys, most)
    return evidence(words[span.first : span.end])


def run_on(words: Sequence[Word], span: Span, most: int) -> Span:
    """*span* of the sentence *words* up to the end of its clause, if that makes at most *most* words; else as it is."""
    ends = (at for at in range(span.end, len(words) + 1) if at == len(words) or _ends_clause(words[at - 1]))
    end = next(ends)
    return Span(first=span.first, end=end) if end - span.first <= most else span


def _value(words: Sequence[Word], run: tuple[_Cut, _Cut], keys: Sequence[Span]) -> float:
    start, end = run
    covered = sum(
        max(0, min(key.end, end.at) - max(key.first, start.at)) / (key.end - key.first) for key in keys
    )
    has_verb = any(word.bare in VERBS for word in words[start.at + 1 : end.at])
    return 4.0 * covered / max(1, len(keys)) + start.worth + end.worth + (_VERB if has_verb else 0.0)


def _noise(words: Sequence[Word], run: tuple[_Cut, _Cut]) -> float:
    inside = words[run[0].at : run[1].at]
    unsure = sum(_UNSURE for word in inside if word.p is not None and word.p < _UNSURE_P)
    return unsure + sum(_FILLER for word in inside if word.filler)


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
        if at == len(words):
            yield _Cut(at, _HARD if breaks_off(words[at - 1].text, words[at - 1].bare) else 1.0)
        elif words[at - 1].bare in DANGLING | PHRASE:
            continue
        elif _ends_clause(words[at - 1]):
            yield _Cut(at, 1.0)
        elif words[at - 1].bare in OPEN or words[at - 1].filler:
            continue
        elif words[at].bare in CLAUSE and not _is_list(words, at):
            yield _Cut(at, 0.6)
        elif words[at].bare in PHRASE and not _is_verb(words, at - 1):
            yield _Cut(at, -0.2)
        elif words[at].bare in OPEN:
            yield _Cut(at, _HARD)


def _is_list(words: Sequence[Word], at: int) -> bool:
    """Whether "and" joins two words ("fast and cheap") rather than two clauses."""
    follows = [word.bare for word in words[at + 1 : at + 3]]
    return words[at].bare in _COORDINATED and not (set(follows) & (PERSONS | {"a", "an", "then", "so"}))


def _is_verb(words: Sequence[Word], at: int) -> bool:
    """Whether more must follow: "must arrive" wants its "within a second"."""
    return words[at].bare in VERBS or (at > 0 and words[at - 1].bare in MODALS)


def _ends_clause(word: Word) -> bool:
    return word.text.rstrip("\"')]”’").endswith((",", ";", ":", ".", "?", "!", "…", "-", "–", "—"))


def _is_joint(words: Sequence[Word], at: int) -> bool:
    """Whether the word only joins what follows: "and", or "that" before a clause."""
    follows = words[at + 1].bare if at + 1 < len(words) else ""
    return words[at].bare in LEADING or (at > 0 and words[at].bare == "that" and follows in SUBJECTS)


def _trimmed(words: Sequence[Word], span: Span) -> Span:
    """Without what only joins it to the words before and without filled pauses at the edges; never empty."""
    first, end = span.first, span.end
    while end - first > 1 and (words[first].filler or _is_joint(words, first)):
        first += 1
    is_cut = end < len(words) and not _ends_clause(words[end - 1])
    while end - first > 1 and (
        words[end - 1].filler or words[end - 1].bare in CLAUSE or (is_cut and words[end - 1].bare in OPEN)
    ):
        end -= 1
    return Span(first=first, end=end)
