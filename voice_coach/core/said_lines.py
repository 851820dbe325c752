"""The candidate's sentences, each with its place, ready for cues; and which of their words may be said back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from voice_coach.core.clarity import is_sure
from voice_coach.core.cues import Cue, PlainText, Span, compile_cue, plain_text
from voice_coach.core.transcript import Speaker

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voice_coach.core.transcript import Transcript, Word

_EDGES = " ,;:.!?\"'“”…-–—"
_CLAUSE_END = (",", ";", ":", ".", "?", "!", "–", "…")
_SAME_LETTERS = 5


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


@dataclass(frozen=True, slots=True)
class Cues:
    """Some cues that are looked for together."""

    cues: tuple[Cue, ...]

    def find(self, text: PlainText) -> Span | None:
        """The first match of the first cue that matches."""
        return next((span for cue in self.cues if (span := cue.find(text)) is not None), None)

    def all(self, text: PlainText) -> tuple[Span, ...]:
        """Every match, in order; overlapping ones of different cues included."""
        found = (span for cue in self.cues for span in cue.find_all(text))
        return tuple(sorted(found, key=lambda span: (span.first, -span.end)))

    def __contains__(self, text: PlainText) -> bool:
        return self.find(text) is not None


def compiled(*sources: Iterable[str]) -> Cues:
    """All *sources* as one."""
    return Cues(tuple(compile_cue(cue) for source in sources for cue in source))


def lines_of(transcript: Transcript) -> tuple[SaidLine, ...]:
    """The candidate's sentences in *transcript*."""
    lines: list[SaidLine] = []
    before = 0
    for sentence in transcript.sentences(may_think=True):
        if sentence.speaker is Speaker.CANDIDATE:
            words = sentence.words
            lines.append(
                SaidLine(
                    turn=sentence.turn,
                    words=words,
                    text=_text_of(words),
                    before=before,
                    is_question=words[-1].text.rstrip("\"')]”").endswith("?"),
                )
            )
            before += len(words)
    return tuple(lines)


@lru_cache(maxsize=1024)
def _text_of(words: tuple[Word, ...]) -> PlainText:
    """All sentences but the last few are read again with each piece."""
    return plain_text(words)


def said_back(words: Sequence[Word], *, most: int, begins: bool = False) -> str | None:
    """*words* as the coach may say them; None where one is doubted or filled, or there are more than *most*.

    *begins*: they begin a sentence, so that a capital letter may mean nothing.
    """
    if not words or len(words) > most or not is_sure(words) or any(word.filler for word in words):
        return None
    text = " ".join(word.text for word in words).strip(_EDGES)
    is_common = begins and text[1:] == text[1:].lower() and text[:2] != "I "
    return (text[:1].lower() + text[1:] if is_common else text) or None


def ends_clause(word: Word) -> bool:
    """Whether a clause is over after *word*."""
    return word.text.rstrip("\"')]”’").endswith(_CLAUSE_END)


def stem(word: str) -> str:
    """What words of one family begin with, roughly: "conflict" and "conflicts"."""
    return word.removesuffix("'s").rstrip("s")[:_SAME_LETTERS]
