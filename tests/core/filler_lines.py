"""Sentences in which fillers are marked, and how often they are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.core.spoken import FILLERS
from voice_coach.core.fillers import FillerFinder, FillerKind, FillerPhrases
from voice_coach.core.transcript import Word

HERE = Path(__file__).parent
TUNING, UNSEEN = HERE / "fillers_tuning.txt", HERE / "fillers_unseen.txt"
WORD_S, PAUSE_S = 0.3, 0.4
BEFORE, AFTER = "That was it. ", " Then it goes on."
"""Nothing is told from a line being the first or last that was said."""


@dataclass(frozen=True)
class Line:
    """A sentence within speech and its verbal fillers, by first and last word + 1."""

    phrase: str
    text: str
    words: tuple[Word, ...]
    fillers: frozenset[tuple[int, int]]


@dataclass
class Count:
    """How a phrase was decided over many lines."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)


def lines(path: Path) -> Iterator[Line]:
    phrase = ""
    for text in path.read_text(encoding="utf-8").splitlines():
        if text.startswith("## "):
            phrase = text.removeprefix("## ")
        elif text and not text.startswith("#"):
            yield parsed(phrase, text)


def parsed(phrase: str, text: str) -> Line:
    words: list[Word] = []
    fillers: set[tuple[int, int]] = set()
    at_s, first = 0.0, 0
    for token in (BEFORE + text + AFTER).split():
        if token == "/":
            at_s += PAUSE_S
            continue
        if token.startswith("["):
            first = len(words)
        plain = token.replace("[", "").replace("]", "")
        word = Word(text=plain, start_s=at_s, end_s=at_s + WORD_S)
        words.append(Word(text=plain, start_s=at_s, end_s=word.end_s, filler=word.bare in FILLERS))
        at_s = word.end_s
        if "]" in token:
            fillers.add((first, len(words)))
    return Line(phrase, text, tuple(words), frozenset(fillers))


def counted(path: Path, phrases: FillerPhrases) -> dict[str, Count]:
    """For each section, how its phrase (in all its spellings) was decided in its lines."""
    finder = FillerFinder(phrases)
    spellings = {text: verbal.text for verbal in phrases.verbal for text in verbal.text}
    counts: dict[str, Count] = {}
    for line in lines(path):
        found = {(span.first, span.end) for span in finder.find(line.words) if span.kind is FillerKind.VERBAL}
        count = counts.setdefault(line.phrase, Count())
        for first, end in found | line.fillers:
            said = " ".join(word.bare for word in line.words[first:end])
            if said not in _alike(line.phrase, spellings):
                continue
            count.right += (first, end) in found & line.fillers
            count.wrong += (first, end) in found - line.fillers
            count.missed += (first, end) in line.fillers - found
    return counts


def _alike(phrase: str, spellings: dict[str, tuple[str, ...]]) -> set[str]:
    """*phrase* and its spellings; "kinda" is not asked about under "sort of"."""
    short = {"kind of": "kinda", "sort of": "sorta"}
    return {phrase, short[phrase]} if phrase in short else set(spellings[phrase])
