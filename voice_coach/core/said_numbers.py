"""The loads that the candidate stated, and whether anything was made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.cues import plain_text
from voice_coach.core.quantities import Quantity, quantities
from voice_coach.core.said_lines import SaidLine, compiled, ends_clause, said_back, stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.cues import Span
    from voice_coach.core.gap_content import Numbers
    from voice_coach.core.transcript import Word

MOST_WORDS = 6
_MUCH, _MUCH_A_SECOND = 1000.0, 100.0
"""Less is no load to build a design upon."""
_PER = frozenset({"per", "a", "an", "each", "every"})
_SCALES = frozenset(
    {"hundred", "thousand", "million", "billion", "hundreds", "thousands", "millions", "billions"}
)
_FOLLOWING = 2
"""So many sentences after it what follows from a number is still part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidNumber:
    """A load as it was stated."""

    text: str | None
    """In the candidate's words; None where they may not be said back."""
    quantity: Quantity
    of: str
    """What is counted, with what is said of it: "daily users"."""
    line: int
    begin: int
    """The candidate's words before it."""
    end: int
    """The candidate's words up to it."""
    is_qualified: bool
    """It may be another quantity than it seems: at the peak, on each server, a guess."""
    is_withdrawn: bool
    """The candidate put another one in its place."""
    is_used: bool

    @property
    def is_much(self) -> bool:
        """Whether it is enough to shape a design."""
        return self.quantity.value >= (_MUCH_A_SECOND if self.quantity.per == "second" else _MUCH)


class NumberEar:
    """Finds them."""

    def __init__(self, cues: Numbers, corrected: Sequence[str]) -> None:
        self._stated = compiled(cues.stated)
        self._supposed = compiled(cues.supposed)
        self._used = compiled(cues.used)
        self._used_later = compiled(cues.used_later)
        self._qualified = compiled(cues.qualified)
        self._corrected = compiled(corrected)

    def find(self, lines: Sequence[SaidLine], has_part: Sequence[bool]) -> Iterator[SaidNumber]:
        """The loads in *lines*; *has_part*: whether a component or mechanism is named in each line."""
        held = [tuple(quantities(line.text)) for line in lines]
        for number, line in enumerate(lines):
            if line.is_question or line.text in self._supposed:
                continue
            spans = _apart(self._stated.all(line.text))
            for span in spans:
                words = line.words[span.first : span.end]
                quantity = next(iter(quantities(plain_text(words))), None)
                if quantity is None or any(ends_clause(word) for word in words[:-1]):
                    continue
                of = _counted(words)
                yield SaidNumber(
                    text=said_back(_whole(line.words, span), most=MOST_WORDS, begins=span.first <= 1),
                    quantity=quantity,
                    of=of,
                    line=number,
                    begin=line.before + span.first,
                    end=line.before + span.end,
                    is_qualified=line.text in self._qualified or len(spans) > 1,
                    is_withdrawn=self._is_withdrawn(lines, number, span),
                    is_used=has_part[number] or self._is_used(lines, held, number, span, quantity, of),
                )

    def _is_withdrawn(self, lines: Sequence[SaidLine], number: int, span: Span) -> bool:
        """Whether a correction with another number follows: in the sentence or at the start of the next."""
        rest = plain_text(lines[number].words[span.end :])
        following = lines[number + 1 : number + 2]
        return any(
            text in self._corrected and any(quantities(text))
            for text in (rest, *(line.text for line in following))
        )

    def _is_used(
        self,
        lines: Sequence[SaidLine],
        held: Sequence[Sequence[Quantity]],
        number: int,
        span: Span,
        quantity: Quantity,
        of: str,
    ) -> bool:
        """*held*: the numbers in each of *lines*."""
        near = (
            plain_text(lines[number].words[span.end :]),
            *(line.text for line in lines[number + 1 : number + 1 + _FOLLOWING]),
        )
        if any(text in self._used for text in near):
            return True
        if any(_holds(found, quantity) for found in held[:number]):
            # Said again: it was worked out, or agreed upon, before.
            return True
        key = stem(of.rsplit(maxsplit=1)[-1]) if of else ""
        return any(
            line.text in self._used_later or _holds(found, quantity) or (found and _counts(line, key))
            for line, found in zip(lines[number + 1 :], held[number + 1 :], strict=True)
        )


def _holds(found: Sequence[Quantity], quantity: Quantity) -> bool:
    return any(other.fits(quantity) for other in found)


def _counts(line: SaidLine, key: str) -> bool:
    """Whether *line* speaks of the same things: a number in it was worked out from the first."""
    return bool(key) and any(stem(word.bare) == key for word in line.words)


def _whole(words: Sequence[Word], span: Span) -> Sequence[Word]:
    """The words of the number at *span* with its article; none where it begins before ("three and a bit thousand")."""
    if words[span.first].bare not in _SCALES:
        return words[span.first : span.end]
    has_article = span.first > 0 and words[span.first - 1].bare in {"a", "an"}
    return words[span.first - 1 : span.end] if has_article else ()


def _counted(words: Sequence[Word]) -> str:
    """What is counted, without the number and the time: "daily users"."""
    bare = [word.bare for word in words]
    end = next((at for at in range(len(bare) - 1, 0, -1) if bare[at] in _PER), len(bare))
    first = next((at for at in range(end) if not any(quantities(plain_text(words[at : at + 1])))), end)
    return " ".join(bare[first:end])


def _apart(spans: Sequence[Span]) -> list[Span]:
    """The longest of those that overlap."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda item: (item.first - item.end, item.first)):
        if not any(span.first < other.end and other.first < span.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda item: item.first)
