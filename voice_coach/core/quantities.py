"""Numbers in what was said, with the stretch of time that they count for: "40 links a second"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from voice_coach.core.speakable_time import spoken_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.cues import PlainText

SAME = 0.1
"""Numbers that differ by at most this share are the same, said roughly; of shares of a hundred (99.9 is not 99.99) the
smaller side counts."""
_UNIT_WITHIN = 6
"""So many words after a number the time stands that it counts for."""
_ALL = 100.0
_UNITS = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})
_SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
}
_PLAIN = {spoken_number(number): float(number) for number in (*range(20), *range(20, 100, 10))}
_DIGITS = re.compile(r"(\d[\d,]*(?:\.\d+)?)(k|m|b|%)?\+?")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, and the time that it counts for where one was said."""

    value: float
    per: str | None = None

    def fits(self, other: Quantity) -> bool:
        """Whether *other* is about the same."""
        size = max(self.value, other.value)
        near = SAME * (size if size >= _ALL else min(size, _ALL - size))
        is_near = abs(self.value - other.value) <= near
        return is_near and (self.per == other.per or None in (self.per, other.per))


def quantities(text: PlainText) -> Iterator[Quantity]:
    """The numbers in *text*; a bare "one" is none."""
    words = text.text.split()
    at = 0
    while at < len(words):
        value, at_end = _read(words, at)
        if value not in (None, 1.0):
            following = takewhile(
                lambda word: _read([word], 0)[0] is None, words[at_end : at_end + _UNIT_WITHIN]
            )
            yield Quantity(value, next((word for word in following if word in _UNITS), None))
        at = max(at_end, at + 1)


def _read(words: Sequence[str], first: int) -> tuple[float | None, int]:
    """The number that begins at *first*, and where it ends; None where none does."""
    whole, part, at = 0.0, None, first
    decimals: str | None = None
    while at < len(words):
        word = words[at]
        digits = _DIGITS.fullmatch(word)
        if digits is not None and part is None:
            part = float(digits[1].replace(",", "")) * _SCALES.get(digits[2] or "", 1.0)
        elif word in _PLAIN and decimals is not None:
            decimals += str(int(_PLAIN[word]))
        elif word in _PLAIN:
            part = (part or 0.0) + _PLAIN[word]
        elif word in _SCALES and len(word) > 1:
            part = _with(part, decimals) * _SCALES[word]
            decimals = None
            if word != "hundred":
                whole, part = whole + part, 0.0
        elif word == "point" and part is not None:
            decimals = ""
        else:
            break
        at += 1
    if part is None:
        return None, first
    return whole + _with(part, decimals), at


def _with(part: float | None, decimals: str | None) -> float:
    return (1.0 if part is None else part) + (float(f"0.{decimals}") if decimals else 0.0)
