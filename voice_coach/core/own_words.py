"""What the candidate said that a better sentence can be built from: clauses, reasons, numbers.

Unlike evidence these are tidied: filled pauses and doubled words are left out. A clause is taken only where it
can stand by itself, and only where it was heard clearly, since the coach will say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import mean

from voice_coach.core.cues import Span
from voice_coach.core.english import NO_SUBJECTS, OPEN, SUBJECTS, VERBS
from voice_coach.core.heard import Heard, Line
from voice_coach.core.lexicon_cues import COMPONENT
from voice_coach.core.quoting import whole_clause
from voice_coach.core.transcript import Word

LOAD = "load"
LIMIT = "limit"
REASON = "access_pattern"
MOST_WORDS = 10
_FEWEST_WORDS = 3
_CLEAR_P = 0.6
_MUCH = 1000
_MUCH_WORDS = frozenset({"thousand", "million", "billion", "thousands", "millions", "billions"})
_SMALL = (False, False, _MUCH)
"""What is no load to build a sentence upon: "six people"."""
_LEAST_P = 0.25
_QUERY_WORDS = frozenset({"query", "queries", "reads", "lookup", "lookups"})
_BEFORE_NOUNS = frozenset({"the", "a", "an", "our", "my", "and", "or", "of"})
_BOUND = re.compile(r"^(within|under|below|in|less than|at most|after) ")
_TAIL = (("right",), ("you", "know"), ("so",), ("here",), ("i", "guess"), ("i", "think"), ("like",))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """What there is; anything may be missing."""

    clauses: Mapping[str, str] = field(default_factory=dict)
    """By lexicon id: a clause about that component."""
    reason: str | None = None
    """How the data is read or written."""
    load: str | None = None
    """"40 writes per second"."""
    limit: str | None = None
    """"100 milliseconds"."""


def gather(heard: Heard, terms: Sequence[str]) -> OwnWords:
    """What *heard* holds. *terms*: the lexicon's ids, in the order of the cues of its components."""
    lines = [line for line in heard.lines if not line.is_question]
    clauses: dict[str, str] = {}
    for line in lines:
        hits = line.hits.get(COMPONENT, ())
        for hit in hits:
            rivals = [other.span for other in hits if other.span.end <= hit.span.first]
            if terms[hit.cue] not in clauses and (said := clause(line.words, [hit.span], without=rivals)):
                clauses[terms[hit.cue]] = said
    reasons = [
        said
        for line in lines
        for hit in line.hits.get(REASON, ())
        if not line.hits.get(COMPONENT) and (said := clause(line.words, [hit.span]))
    ]
    return OwnWords(
        clauses=clauses,
        reason=max(reasons, key=_about_queries, default=None),
        load=max((said for said in _said(lines, LOAD) if _load(said) > _SMALL), key=_load, default=None),
        limit=next((_BOUND.sub("", said) for said in _said(lines, LIMIT)), None),
    )


def _about_queries(reason: str) -> int:
    return sum(word.strip(",") in _QUERY_WORDS for word in reason.split())


def _load(said: str) -> tuple[bool, bool, int]:
    """Sorts loads: the heaviest by the second first, then what is by the day or in the thousands."""
    digits = int("".join(character for character in said.split(maxsplit=1)[0] if character.isdigit()) or 0)
    is_much = digits >= _MUCH or bool(_MUCH_WORDS & set(said.split()))
    return said.endswith("second"), is_much, digits


def clause(
    words: Sequence[Word], keys: Sequence[Span], most: int = MOST_WORDS, without: Sequence[Span] = ()
) -> str | None:
    """The clause around the last of *keys*, fit to be built upon, without its full stop; None where there is
    none, or where it holds one of *without*.
    """
    span = whole_clause(words, keys, most)
    if span is None or not (keys[-1].first < span.end and span.first < keys[-1].end):
        return None
    if any(span.first <= rival.first < span.end for rival in without):
        return None
    inside = words[span.first : span.end]
    kept = _tidied(inside)
    if not _is_clear(inside) or len(kept) < _FEWEST_WORDS or not _stands_alone(kept):
        return None
    text = " ".join(word.text for word in kept).strip(" ,;:.!?\"'“”-–—")
    lower = kept[0].bare in SUBJECTS and not (kept[0].bare == "i" or kept[0].bare.startswith("i'"))
    return text[0].lower() + text[1:] if lower else text


def capital(text: str) -> str:
    """*text* with a capital first letter."""
    return text[:1].upper() + text[1:]


def _said(lines: Sequence[Line], tag: str) -> Iterator[str]:
    for line in lines:
        for hit in line.hits.get(tag, ()):
            first = hit.span.first
            has_article = first > 0 and line.words[first - 1].bare == "a"
            inside = line.words[first - has_article : hit.span.end]
            if _is_clear(inside):
                yield " ".join(word.text for word in inside).strip(" ,;:.!?").lower()


def _is_clear(words: Sequence[Word]) -> bool:
    known = [word.p for word in words if word.p is not None and word.heard is None]
    return not known or (min(known) >= _LEAST_P and mean(known) >= _CLEAR_P)


def _tidied(words: Sequence[Word]) -> list[Word]:
    kept: list[Word] = []
    for word in words:
        if word.bare and not word.filler:
            if kept and kept[-1].bare == word.bare:
                kept.pop()
            kept.append(word)
    for tail in _TAIL:
        if tuple(word.bare for word in kept[-len(tail) :]) == tail:
            del kept[-len(tail) :]
    return kept


def _stands_alone(words: Sequence[Word]) -> bool:
    """Whether a subject comes first, as far as that can be told without grammar, and a verb follows it."""
    first = words[0].bare
    begins = first in SUBJECTS or (first not in NO_SUBJECTS and words[0].text[:1].isupper())
    is_said = first.endswith(("'d", "'ll", "'s", "'ve", "'re")) or any(
        word.bare in VERBS and before.bare not in _BEFORE_NOUNS for before, word in pairwise(words)
    )
    return begins and is_said and words[-1].bare not in OPEN
