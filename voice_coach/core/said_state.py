"""What the candidate said, as far as one can ask about it: rebuilt from the transcript whenever it is needed."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.areas import AreaFinder, Option, Shallow
from voice_coach.core.contradictions import Contradiction, ContradictionEar
from voice_coach.core.cues import Span
from voice_coach.core.lexicon import Mention, TermFinder
from voice_coach.core.promises import Promise, PromiseEar
from voice_coach.core.said_lines import Remembered, SaidLine, lines_of
from voice_coach.core.said_numbers import NumberEar, SaidNumber
from voice_coach.core.said_parts import SHAPED, PartEar, SaidPart
from voice_coach.core.things import ThingEar
from voice_coach.core.transcript import Speaker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.content import Lexicon, Nouns
    from voice_coach.core.gap_content import GapBook, GapSettings
    from voice_coach.core.transcript import Transcript, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said so far."""

    words: int = 0
    """The candidate's."""
    parts: tuple[SaidPart, ...] = ()
    numbers: tuple[SaidNumber, ...] = ()
    promises: tuple[Promise, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    shallow: tuple[Shallow, ...] = ()
    things: tuple[str, ...] = ()
    """What the design is about, in the candidate's nouns, the most telling first: "short link"."""
    dwelt_on: str | None = None
    """The area in which the candidate has been for long."""


class SaidEar:
    """Reads it; holds compiled cues."""

    def __init__(
        self, book: GapBook, reason: Sequence[str], lexicon: Lexicon, settings: GapSettings, nouns: Nouns
    ) -> None:
        """*reason*: cues of a reason; *nouns*: those of the question."""
        self.areas = AreaFinder(book)
        self._terms = TermFinder(lexicon)
        self.mentions = Remembered(self._find_terms)
        """The terms in what the candidate said in a transcript."""
        self._promises = PromiseEar(book.promises, self.areas, self._terms)
        self._numbers = NumberEar(book.numbers, book.claims.corrected)
        self._contradictions = ContradictionEar(book)
        self._parts = PartEar(reason, book.part)
        self._things = ThingEar(nouns, book.no_things)
        self._settings = settings
        self.read = Remembered(self._read)
        """What the candidate said in a transcript."""

    def _find_terms(self, transcript: Transcript) -> tuple[Mention, ...]:
        return self._terms.find(tuple(transcript.by(Speaker.CANDIDATE)))

    def _read(self, transcript: Transcript) -> Said:
        lines = lines_of(transcript)
        words = tuple(transcript.by(Speaker.CANDIDATE))
        mentions = self.mentions(transcript)
        by_line = _by_line(lines, mentions)
        has_part = [any(item.term.category in SHAPED for item in found) for found in by_line]
        numbers = tuple(self._numbers.find(lines, has_part))
        settings = self._settings
        return Said(
            words=len(words),
            parts=tuple(self._parts.find(lines, by_line)),
            numbers=numbers,
            promises=tuple(self._promises.find(lines)),
            contradictions=tuple(self._contradictions.find(transcript, lines, by_line, numbers)),
            shallow=tuple(self.areas.shallow(lines, settings.shallow_words)),
            things=tuple(self._things.find(lines)),
            dwelt_on=self.areas.dwelt_on(lines, settings.dwelt_words, settings.dwelt_share),
        )

    def options(self, words: Sequence[Word]) -> tuple[Option, ...]:
        """The areas that *words*, an offer, leave to choose from."""
        return self.areas.options(words)


def _by_line(lines: Sequence[SaidLine], mentions: Sequence[Mention]) -> list[list[Mention]]:
    """The *mentions* of each line, their places counted from its beginning."""
    found: list[list[Mention]] = [[] for _ in lines]
    begins = [line.before for line in lines]
    for mention in mentions:
        at = bisect_right(begins, mention.span.first) - 1
        begin = begins[at]
        span = Span(first=mention.span.first - begin, end=mention.span.end - begin)
        if span.end <= len(lines[at].words):
            found[at].append(Mention(term=mention.term, span=span))
    return found
