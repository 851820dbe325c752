"""Chooses how a thing is put: among variants, by the words of the answer alone."""

from __future__ import annotations

import string
import zlib
from collections.abc import Iterator, Mapping, Sequence

from voice_coach.core.own_words import capital

LINE_WORDS = 25
"""A longer line cannot be followed by ear."""
_OWN = {"own": 3, "need": 2, "reason": 2, "said": 2, "parts": 2, "load": 2, "component": 1, "steps": 1}
"""How much a slot makes a line the candidate's own."""


def slots_of(line: str) -> frozenset[str]:
    """The names of the slots in *line*."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(line) if name is not None)


class Phrasing:
    """Chooses for one answer. No two lines begin alike where that can be helped."""

    def __init__(self, words: Sequence[str]) -> None:
        """*words*: those of the answer, by which the choice is made."""
        self.turn = zlib.crc32(" ".join(words).encode())
        """A number that the answer's words alone decide."""
        self._begun: set[str] = set()

    def line(self, variants: Sequence[str], slots: Mapping[str, str]) -> str:
        """One of *variants*, filled, as a line of its own."""
        filled = [(capital(text), own) for text, own in self._filled(variants, slots, LINE_WORDS)]
        chosen = min(filled, key=lambda item: (self._alikeness(item[0]), -item[1]))[0]
        self._begun |= {_beginning(chosen, 1), _beginning(chosen, 2)}
        return chosen

    def part(self, variants: Sequence[str], slots: Mapping[str, str], most: int = LINE_WORDS) -> str:
        """One of *variants*, filled with at most so many words, as a part of a line: the candidate's own first."""
        filled = list(self._filled(variants, slots, most))
        best = max(own for _, own in filled)
        own = [text for text, of in filled if of == best]
        return own[zlib.crc32(variants[0].encode(), self.turn) % len(own)]

    def _filled(
        self, variants: Sequence[str], slots: Mapping[str, str], most: int
    ) -> Iterator[tuple[str, int]]:
        """What can be filled, and how much it is the candidate's own; the last of *variants* if nothing can."""
        first = zlib.crc32(variants[0].encode(), self.turn) % len(variants)
        found = False
        for variant in [*variants[first:], *variants[:first]]:
            held = slots_of(variant)
            if held <= set(slots) and len((text := variant.format(**slots)).split()) <= most:
                found = True
                yield text, sum(_OWN.get(name.lower(), 0) for name in held)
        if not found:
            yield variants[-1].format(**slots), 0

    def _alikeness(self, text: str) -> int:
        return sum(_beginning(text, count) in self._begun for count in (1, 2))


def _beginning(text: str, count: int) -> str:
    return " ".join(text.lower().split()[:count]) + f"/{count}"
