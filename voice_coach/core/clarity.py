"""How clearly something was heard: what may be said back to the candidate, and what may not.

Whatever the coach says back has to be what was said. A word that the recogniser was unsure of may be another word,
and a stretch without stops, or with stops in the wrong places, may have been cut anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from voice_coach.core.cues import Span
from voice_coach.core.heard import Line
from voice_coach.core.transcript import Evidence, Word

SURE_P = 0.5
"""A word with less than this is never said back."""
_SMALL_P = 0.3
"""In a quote, which is shown as heard, little words may have as little as this."""
_SMALL_LETTERS = 3
_WORDS_TO_A_STOP = 25
_CAPITALS = 0.7
_RUN_WORDS = 20
_STOPS = (".", "?", "!", ",", ";", ":", "…")
_ENDS = (".", "?", "!")


def is_sure(words: Iterable[Word]) -> bool:
    """Whether every word may be said back in a sentence of the coach's own."""
    return all(word.p is None or word.p >= SURE_P for word in words)


def is_quotable(words: Iterable[Word]) -> bool:
    """Whether the words may be read out as a quote: all that carry meaning are sure."""
    return all(
        word.p is None or word.p >= (_SMALL_P if len(word.bare) <= _SMALL_LETTERS else SURE_P)
        for word in words
    )


def is_fluent(words: Sequence[Word]) -> bool:
    """Whether nothing is said twice in a row or filled in between."""
    bare = [word.bare for word in words if word.bare]
    return not any(word.filler for word in words) and all(before != after for before, after in pairwise(bare))


def unsure_share(words: Sequence[Word]) -> float:
    """How many of *words* may have been other words."""
    return sum(not is_sure([word]) for word in words) / len(words) if words else 0.0


def is_written(words: Sequence[Word]) -> bool:
    """Whether stops and capitals stand where a writer would put them, so that clauses can be told apart.

    *words*: what was said in one go.
    """
    if not words or any(word.text == "i" for word in words):
        return False
    stops = sum(_stops(word) for word in words)
    begins = [after for before, after in pairwise(words) if _ends(before)]
    capitals = sum(not word.text.lstrip("\"'(“")[:1].islower() for word in begins)
    return (stops + 1) * _WORDS_TO_A_STOP >= len(words) and capitals >= _CAPITALS * len(begins)


class SaidBack:
    """What of an answer may be said back."""

    def __init__(self, lines: Sequence[Line]) -> None:
        turns = [list(group) for _, group in groupby(lines, key=lambda line: line.turn)]
        self._words = [word for turn in turns for line in turn for word in line.words]
        self._lines = [
            line
            for turn in turns
            if is_written([word for line in turn for word in line.words])
            for line in turn
        ]

    @property
    def lines(self) -> Sequence[Line]:
        """The sentences in which clauses can be told apart."""
        return self._lines

    def place_of(self, evidence: Evidence) -> tuple[Line, Span] | None:
        """The sentence that *evidence* is from and where it stands there; None where it may not be quoted from.

        Told by its words and not by its time alone: subtitles may last into the next.
        """
        return next(
            ((line, span) for line in self._lines if (span := _place_in(line, evidence)) is not None), None
        )

    def may_quote(self, evidence: Evidence) -> bool:
        """Whether *evidence* may be read out as it stands."""
        place = self.place_of(evidence)
        return place is not None and is_quotable(place[0].words[place[1].first : place[1].end])

    def unsure_shares(self, from_s: float, to_s: float) -> tuple[float, float]:
        """How many of the words that begin in this stretch may have been other words: of all, and of the worst
        twenty.
        """
        words = [word for word in self._words if from_s <= word.start_s < to_s]
        runs = [words[at : at + _RUN_WORDS] for at in range(max(1, len(words) - _RUN_WORDS + 1))]
        return unsure_share(words), max(unsure_share(run) for run in runs)


def _place_in(line: Line, evidence: Evidence) -> Span | None:
    for first, word in enumerate(line.words):
        if word.start_s != evidence.start_s:
            continue
        for end in range(first + 1, len(line.words) + 1):
            said = line.words[first:end]
            if said[-1].end_s == evidence.end_s and evidence.quote in " ".join(item.text for item in said):
                return Span(first=first, end=end)
        rest = " ".join(item.text for item in line.words[first:])
        if evidence.end_s > line.words[-1].end_s and evidence.quote.startswith(f"{rest} "):
            return Span(first=first, end=len(line.words))  # it runs on into the next line
    return None


def _stops(word: Word) -> bool:
    return word.text.rstrip("\"')]”’").endswith(_STOPS)


def _ends(word: Word) -> bool:
    return word.text.rstrip("\"')]”’").endswith(_ENDS)
