"""The candidate's sentences, each with its place, ready for cues; and which of their words may be said back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Generic, TypeVar

from voice_coach.core.clarity import is_sure
from voice_coach.core.cues import Cue, PlainText, Span, any_of, compile_cue, is_in, sentence_text
from voice_coach.core.transcript import Speaker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from voice_coach.core.transcript import Transcript, Word

V = TypeVar("V")

_EDGES = " ,;:.!?\"'“”…-–—"
_CLAUSE_END = (",", ";", ":", ".", "?", "!", "–", "…")
_SAME_LETTERS = 5
_MOST_KNOWN = 2048
"""Texts of which it is remembered what was found: more than a session has sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLine:
    """A sentence of the candidate."""

    turn: int
    words: tuple[Word, ...]
    text: PlainText
    before: int
    """The candidate's words before it."""
    is_question: bool

    @property
    def end(self) -> int:
        """The candidate's words up to its end."""
        return self.before + len(self.words)


class Cues:
    """Some cues that are looked for together; what was found in a text is remembered.

    A running session reads all sentences again with each piece, and only the last ones are new.
    """

    def __init__(self, cues: Sequence[Cue]) -> None:
        self._cues = tuple(cues)
        self._any = any_of(self._cues) if self._cues else None
        self._known: dict[str, tuple[Span, ...]] = {}
        self._are_in: dict[str, bool] = {}

    def all(self, text: PlainText) -> tuple[Span, ...]:
        """Every match, in order; overlapping ones of different cues included."""
        known = self._known.get(text.text)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            is_there = self._any is not None and is_in(self._any, text.text)
            found = [span for cue in self._cues for span in cue.find_all(text)] if is_there else []
            known = tuple(sorted(found, key=lambda span: (span.first, -span.end)))
            self._known[text.text] = known
        return known

    def find(self, text: PlainText) -> Span | None:
        """The first match, the longest of those that begin there."""
        return next(iter(self.all(text)), None)

    def __contains__(self, text: PlainText) -> bool:
        return bool(self.all(text))

    def are_in(self, text: str) -> bool:
        """Whether one matches in *text*, which is written as that of a :class:`PlainText`."""
        known = self._are_in.get(text)
        if known is None:
            if len(self._are_in) >= _MOST_KNOWN:
                self._are_in.clear()
            known = self._are_in[text] = self._any is not None and is_in(self._any, text)
        return known


def compiled(*sources: Iterable[str]) -> Cues:
    """All *sources* as one."""
    return Cues([compile_cue(cue) for source in sources for cue in source])


class Remembered(Generic[V]):
    """A function of a transcript that remembers its last answer: the same is asked several times in a row."""

    def __init__(self, function: Callable[[Transcript], V]) -> None:
        self._function = function
        self._last: tuple[Transcript, V] | None = None

    def __call__(self, transcript: Transcript) -> V:
        """What the function says of *transcript*."""
        last = self._last
        if last is None or last[0] is not transcript:
            last = self._last = (transcript, self._function(transcript))
        return last[1]


def lines_of(transcript: Transcript) -> tuple[SaidLine, ...]:
    """The candidate's sentences in *transcript*."""
    return _lines_of(transcript)


def _read_lines(transcript: Transcript) -> tuple[SaidLine, ...]:
    lines: list[SaidLine] = []
    before = 0
    for sentence in transcript.sentences(may_think=True):
        if sentence.speaker is Speaker.CANDIDATE:
            words = sentence.words
            lines.append(
                SaidLine(
                    turn=sentence.turn,
                    words=words,
                    text=sentence_text(words),
                    before=before,
                    is_question=words[-1].text.rstrip("\"')]”").endswith("?"),
                )
            )
            before += len(words)
    return tuple(lines)


def in_pairs(lines: Sequence[SaidLine]) -> list[str]:
    """Each of *lines* together with the next: what is said of a thing may go on behind a full stop."""
    texts = [line.text.text for line in lines]
    return [one + other[1:] for one, other in pairwise(texts)] if len(texts) > 1 else texts


def in_stretches(lines: Sequence[SaidLine], words: int) -> list[str]:
    """The same with as many sentences after each as it takes to have so many *words* more."""
    texts = []
    for first, line in enumerate(lines):
        text, end = line.text.text, first + 1
        while end < len(lines) and lines[end].before - line.end < words:
            text, end = text + lines[end].text.text[1:], end + 1
        texts.append(text)
    return texts


_lines_of = Remembered(_read_lines)


def said_back(words: Sequence[Word], *, most: int, begins: bool = False) -> str | None:
    """*words* as the coach may say them; None where one is doubted or filled, or there are more than *most*.

    *begins*: they begin a sentence, so that a capital letter may mean nothing.
    """
    if not words or len(words) > most or not is_sure(words) or any(word.filler for word in words):
        return None
    text = " ".join(word.text for word in words).strip(_EDGES)
    is_common = begins and text[1:] == text[1:].lower() and not text.startswith(("I ", "I'"))
    return (text[:1].lower() + text[1:] if is_common else text) or None


def ends_clause(word: Word) -> bool:
    """Whether a clause is over after *word*."""
    return word.text.rstrip("\"')]”’").endswith(_CLAUSE_END)


def stem(word: str) -> str:
    """What words of one family begin with, roughly: "conflict" and "conflicts"."""
    return word.removesuffix("'s").rstrip("s")[:_SAME_LETTERS]
