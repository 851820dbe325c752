"""What was said and when: the only record that anything is judged by.

Times are seconds since the session's (or recording's) start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

_SENTENCE_END = re.compile(r"[.!?…][\"')\]]*$")
_I = re.compile(r"i(['’]\w+)?$")
_EDGE = re.compile(r"^\W+|\W+$")


class Speaker(StrEnum):
    """Who is talking."""

    CANDIDATE = "candidate"
    COACH = "coach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word as it is shown: spelling and punctuation included, terms corrected."""

    text: str
    start_s: float
    end_s: float
    p: float | None = None
    """The recogniser's probability in [0, 1]; None where the words came as text."""
    filler: bool = False
    """A filled pause: um, uh, er, hmm."""
    heard: str | None = None
    """What the recogniser wrote, where a term was corrected. The first word of the term carries it all, the rest
    nothing (an empty text)."""

    @property
    def bare(self) -> str:
        """Lower case, punctuation at the edges removed; may be empty."""
        return _EDGE.sub("", self.text).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One speaker's words until the other speaks."""

    speaker: Speaker
    words: tuple[Word, ...]
    start_s: float
    end_s: float
    asked_about: tuple[str, ...] | None = None
    """Rubric ids that a turn of the coach asked about; None where only its words can tell."""

    @property
    def text(self) -> str:
        """The words joined by blanks."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A run of words of one turn, ended by punctuation, a long pause or the turn's end."""

    turn: int
    """Index of its turn in the transcript."""
    first: int
    """Index of its first word in the turn."""
    speaker: Speaker
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words joined by blanks."""
        return " ".join(word.text for word in self.words)

    @property
    def start_s(self) -> float:
        """Start of its first word."""
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        """End of its last word."""
        return self.words[-1].end_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A verbatim stretch of the candidate's words, with its times."""

    start_s: float
    end_s: float
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Turns in time order."""

    turns: tuple[Turn, ...] = ()
    times_estimated: bool = False
    """True where word times were laid out by rule, so that pauses and rates mean nothing."""
    pauses_known: bool = True
    """False where words were spread over given stretches of many seconds, so that pauses within are not known."""
    languages: tuple[str | None, ...] = ()
    """Of the stretches that were listened to for it: by two letters where it clearly is not English, else None."""

    def by(self, speaker: Speaker) -> Iterator[Word]:
        """All words of *speaker* in order."""
        return (word for turn in self.turns if turn.speaker is speaker for word in turn.words)

    def sentences(self, pause_s: float = 1.5, *, may_think: bool = False) -> tuple[Sentence, ...]:
        """All turns cut into sentences at punctuation and at gaps of *pause_s* or more between words.

        *may_think*: in a turn with stops such a gap ends a sentence only where the next one begins with a capital
        letter; else somebody thinks in the middle of it.
        """
        return tuple(
            sentence
            for index, turn in enumerate(self.turns)
            for sentence in _cut(turn, index, pause_s, may_think=may_think)
        )

    def with_words(
        self,
        speaker: Speaker,
        words: Sequence[Word],
        asked_about: tuple[str, ...] | None = None,
        *,
        is_apart: bool = False,
    ) -> Transcript:
        """A copy with *words* said by *speaker*, who *asked_about* rubric ids, added in their place in time.

        They join the turn of the same speaker that they follow when nobody spoke between; else, or where they are
        *is_apart* because words of the other are still to come between, they are a turn of their own. Words may
        come late: a piece is transcribed after the coach has already spoken.
        """
        if not words:
            return self
        turns = list(self.turns)
        position = len(turns)
        while position > 0 and turns[position - 1].start_s > words[0].start_s:
            position -= 1
        if is_apart:
            turns.insert(position, turn_of(speaker, words, asked_about))
        elif position > 0 and turns[position - 1].speaker is speaker:
            turns[position - 1] = _joined(turns[position - 1], words, asked_about)
        elif position < len(turns) and turns[position].speaker is speaker:
            turns[position] = _joined(turns[position], words, asked_about)
        else:
            turns.insert(position, turn_of(speaker, words, asked_about))
        return replace(self, turns=tuple(turns))

    def with_language(self, other: str | None) -> Transcript:
        """A copy with the language of one more stretch."""
        return replace(self, languages=(*self.languages, other))

    @property
    def is_other_language(self) -> bool:
        """Whether most stretches that were listened to for it clearly are not English."""
        return 2 * sum(other is not None for other in self.languages) > len(self.languages)

    def without(self, words: Iterable[Word]) -> Transcript:
        """A copy without *words*; a turn of which nothing is left goes."""
        gone = frozenset(words)
        left = ((turn, [word for word in turn.words if word not in gone]) for turn in self.turns)
        turns = (
            turn if len(kept) == len(turn.words) else turn_of(turn.speaker, kept)
            for turn, kept in left
            if kept
        )
        return replace(self, turns=tuple(turns))


def turn_of(speaker: Speaker, words: Sequence[Word], asked_about: tuple[str, ...] | None = None) -> Turn:
    """A turn of *words* (at least one) with the times of its first and last word."""
    return Turn(
        speaker=speaker,
        words=tuple(words),
        start_s=words[0].start_s,
        end_s=words[-1].end_s,
        asked_about=asked_about,
    )


def evidence(words: Sequence[Word]) -> Evidence:
    """The quote of adjacent *words* of one turn (at least one)."""
    return Evidence(
        start_s=words[0].start_s, end_s=words[-1].end_s, quote=" ".join(word.text for word in words)
    )


def laid_out(text: str, start_s: float, end_s: float) -> tuple[Word, ...]:
    """The words of *text* spread over a stretch of time in proportion to their length."""
    texts = text.split()
    weights = [len(item) + 1 for item in texts]
    total = sum(weights)
    words: list[Word] = []
    done = 0
    for item, weight in zip(texts, weights, strict=True):
        begin = start_s + (end_s - start_s) * done / total
        done += weight
        finish = start_s + (end_s - start_s) * done / total
        words.append(Word(text=item, start_s=round(begin, 3), end_s=round(finish, 3)))
    return tuple(words)


def _joined(turn: Turn, words: Iterable[Word], asked_about: tuple[str, ...] | None) -> Turn:
    if turn.asked_about is not None:
        asked_about = tuple(dict.fromkeys((*turn.asked_about, *(asked_about or ()))))
    return turn_of(turn.speaker, sorted((*turn.words, *words), key=lambda word: word.start_s), asked_about)


def _cut(turn: Turn, index: int, pause_s: float, *, may_think: bool) -> Iterator[Sentence]:
    thinks = may_think and any(_SENTENCE_END.search(word.text) for word in turn.words)
    first = 0
    for position, word in enumerate(turn.words):
        is_last = position + 1 == len(turn.words)
        if (
            is_last
            or _SENTENCE_END.search(word.text)
            or _is_cut(turn.words, position, pause_s, thinks=thinks)
        ):
            yield Sentence(
                turn=index, first=first, speaker=turn.speaker, words=turn.words[first : position + 1]
            )
            first = position + 1


def _is_cut(words: Sequence[Word], at: int, pause_s: float, *, thinks: bool) -> bool:
    """Whether the pause behind ``words[at]`` ends its sentence."""
    after = words[at + 1]
    return after.start_s - words[at].end_s >= pause_s and (not thinks or _begins(after))


def _begins(word: Word) -> bool:
    """Whether *word* is written as the first of a sentence; "I" is written so everywhere."""
    return _EDGE.sub("", word.text)[:1].isupper() and not _I.match(word.bare)
