"""Which of two things a reason is given for: "SQL has joins and NoSQL scales" praises each for its own.

A sentence is cut into clauses. A reason belongs to what is named before it in its clause, or else behind it there;
where its clause names neither, to what was named last, or to what the sentence goes on to name. After a pause "when you
need joins" may belong to either side. What something is only compared with ("SQL over NoSQL, because it has joins") is
given no reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.cues import Cue, PlainText, Span, plain_text
from voice_coach.core.english import compares

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.transcript import Word

_ENDS = (",", ";", ":", "–", "—", ".", "?", "!")
_BEGINS = frozenset({"and", "but", "while", "whereas", "if", "when", "where", "although", "though"})
_CONDITIONS = frozenset({"if", "when", "where"})
_RELATIVES = frozenset({"which", "that", "where", "who", "whose"})
"""Right behind a name they go on about it."""
_SENTENCES_BACK = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """One of the two sides is named here."""

    line: int
    span: Span
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clause:
    line: int
    span: Span
    is_condition: bool
    named: tuple[_Named, ...]
    """Those that a reason may be given for."""


def given_for(
    own: Sequence[Cue], rivals: Sequence[Cue], reasons: Sequence[Cue], sentences: Sequence[Sequence[Word]]
) -> Iterator[tuple[tuple[int, Span], tuple[int, Span]]]:
    """Where one of *own* is named and one of *reasons* is given for it, and not for one of *rivals*.

    Each place is a sentence and its words.
    """
    clauses: list[_Clause] = []
    for line, words in enumerate(sentences):
        named = _named(line, own, rivals, plain_text(words))
        clauses += [_clause(line, span, words, named) for span in _cut(words)]
    for at, clause in enumerate(clauses):
        text = plain_text(sentences[clause.line])
        for reason in (span for cue in reasons for span in cue.find_all(text)):
            if not clause.span.first <= reason.first < clause.span.end:
                continue
            for owner in _owners(clauses, at, reason):
                if owner.is_own and not (owner.line == clause.line and _overlap(owner.span, reason)):
                    yield (owner.line, owner.span), (clause.line, reason)


def _owners(clauses: Sequence[_Clause], at: int, reason: Span) -> list[_Named]:
    clause = clauses[at]
    if clause.named:
        before = [one for one in clause.named if one.span.first <= reason.first]
        return [before[-1] if before else clause.named[0]]
    back = [
        one for other in clauses[:at] if other.line >= clause.line - _SENTENCES_BACK for one in other.named
    ][-1:]
    ahead = [one for other in clauses[at + 1 :] if other.line == clause.line for one in other.named][:1]
    if clause.is_condition and ahead:
        return [one for one in back if one.line == clause.line] + ahead
    return back or ahead


def _named(line: int, own: Sequence[Cue], rivals: Sequence[Cue], text: PlainText) -> list[_Named]:
    """All places where a side is named, in order; of two that overlap ("no SQL", "SQL") the longer."""
    found = [
        _Named(line=line, span=span, is_own=is_own)
        for cues, is_own in ((own, True), (rivals, False))
        for cue in cues
        for span in cue.find_all(text)
    ]
    found.sort(key=lambda one: (one.span.first - one.span.end, one.span.first))
    kept: list[_Named] = []
    for one in found:
        if not any(_overlap(one.span, other.span) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.span.first)


def _cut(words: Sequence[Word]) -> list[Span]:
    begins = (
        at for at in range(1, len(words)) if words[at - 1].text.endswith(_ENDS) or words[at].bare in _BEGINS
    )
    edges = [0, *begins]
    return [Span(first=first, end=end) for first, end in zip(edges, [*edges[1:], len(words)], strict=True)]


def _clause(line: int, span: Span, words: Sequence[Word], named: Sequence[_Named]) -> _Clause:
    is_apart = span.first == 0 or words[span.first - 1].text.endswith(_ENDS)
    begins = [word.bare for word in words[span.first : span.end]][:2]
    inside = [one for one in named if span.first <= one.span.first < span.end]
    return _Clause(
        line=line,
        span=span,
        is_condition=is_apart and not _CONDITIONS.isdisjoint(begins),
        named=tuple(
            one for at, one in enumerate(inside) if not _is_compared(one.span, span, words, is_second=at > 0)
        ),
    )


def _is_compared(named: Span, clause: Span, words: Sequence[Word], *, is_second: bool) -> bool:
    """Whether what is named there is only what something else is compared with."""
    if any(word.bare in _RELATIVES for word in words[named.end : named.end + 1]):
        return False
    before = [word.bare for word in words[clause.first : named.first]]
    return compares(before, is_second=is_second)


def _overlap(one: Span, other: Span) -> bool:
    return one.first < other.end and other.first < one.end
