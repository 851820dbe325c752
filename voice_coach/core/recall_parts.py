"""Cuts what was said into parts that can be played in one go."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.heard import Heard
    from voice_coach.core.transcript import Word

CLAUSE_END = tuple(",;:–—")
_BEGIN = frozenset(
    {"and", "but", "so", "because", "then", "if", "when", "since", "or", "which", "where", "while", "once"}
)
"""A clause may begin with one of them where nobody wrote a comma."""
_FEWEST_WORDS = 4
"""Such a clause follows on so many words, or more."""
_PIECES = 3
"""So many pieces of a clause that has no end can be played in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A sentence, or some clauses of a long one."""

    number: int
    """Of its line."""
    first: int
    end: int
    """``line.words[first:end]``."""


def parts_of(heard: Heard, most_s: float) -> tuple[Part, ...]:
    """All parts in order, none longer than *most_s*, but for a single word that is.

    A sentence that is longer is cut at clauses, each part as long as can be and the next beginning inside it.
    """
    return tuple(
        Part(number=number, first=first, end=end)
        for number, line in enumerate(heard.lines)
        for first, end in _runs(line.words, most_s)
    )


def _runs(words: Sequence[Word], most_s: float) -> Iterator[tuple[int, int]]:
    edges = [0, len(words)] if _length_s(words, 0, len(words)) <= most_s else _edges(words, most_s)
    reached = 0
    for at, first in enumerate(edges[:-1]):
        ends = [end for end in edges[at + 1 :] if _length_s(words, first, end) <= most_s]
        end = ends[-1] if ends else edges[at + 1]
        if end > reached:
            yield first, end
            reached = end


def _edges(words: Sequence[Word], most_s: float) -> list[int]:
    """Where clauses begin, and the end; a clause that is too long is cut into even pieces."""
    edges = [0]
    for at in range(1, len(words)):
        is_new = words[at].bare in _BEGIN and at - edges[-1] >= _FEWEST_WORDS
        if is_new or words[at - 1].text[-1:] in CLAUSE_END:
            edges.append(at)
    fine = [0]
    for edge in (*edges[1:], len(words)):
        while _length_s(words, fine[-1], edge) > most_s and edge - fine[-1] > 1:
            ends = [words[at].end_s for at in range(fine[-1], edge)]
            fits = bisect_right(ends, words[fine[-1]].start_s + most_s)
            fine.append(fine[-1] + max(1, fits // _PIECES))
        fine.append(edge)
    return fine


def _length_s(words: Sequence[Word], first: int, end: int) -> float:
    return words[end - 1].end_s - words[first].start_s
