"""What the candidate said would come later, and whether it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.cues import plain_text
from voice_coach.core.said_lines import SaidLine, compiled, ends_clause, said_back, stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.areas import AreaFinder
    from voice_coach.core.cues import PlainText, Span
    from voice_coach.core.gap_content import Promises
    from voice_coach.core.lexicon import TermFinder
    from voice_coach.core.transcript import Word

MOST_WORDS = 6
"""A longer topic is not said back."""
_POINTING = frozenset({"this", "that", "it", "those", "these", "them", "one", "there", "you", "me", "us"})
_UNSAYABLE = frozenset({"i", "we", "my", "our", "me", "us", "you", "than", "they", "it"})
"""With one of these a topic is no name that the coach could say."""
_BREAKS = frozenset(
    [
        "and",
        "or",
        "but",
        "so",
        "because",
        "when",
        "once",
        "while",
        "if",
        "later",
        "after",
        "before",
        "in",
        "at",
        "then",
        "now",
        "as",
        "since",
        "which",
        "that",
        "who",
        "where",
        "for",
        "with",
        "first",
        "again",
        "soon",
        "shortly",
    ]
)
_ARTICLES = frozenset({"the", "a", "an", "our", "my", "how", "what", "why", "your", "all", "some"})
_EMPTY = (
    _ARTICLES
    | _POINTING
    | frozenset(
        ["part", "thing", "bit", "question", "topic", "of", "to", "is", "are", "we", "i", "about", "case"]
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Something that was put off."""

    topic: str
    """In the candidate's words: "the failure case"."""
    area: str | None
    """The area it belongs to, where that is known."""
    end: int
    """The candidate's words up to the promise."""
    is_kept: bool
    """It was spoken of afterwards."""


class PromiseEar:
    """Finds them."""

    def __init__(self, cues: Promises, areas: AreaFinder, terms: TermFinder) -> None:
        self._named = compiled(cues.before_topic)
        self._named_later = compiled(cues.before_topic_later)
        self._later = compiled(cues.later)
        self._pointed = compiled(cues.after_topic)
        self._never = compiled(cues.never)
        self._returned = compiled(cues.returned)
        self._areas = areas
        self._terms = terms

    def find(self, lines: Sequence[SaidLine]) -> Iterator[Promise]:
        """The promises in *lines* whose topic is known."""
        for number, line in enumerate(lines):
            if line.is_question or line.text in self._never:
                continue
            found = self._topic(lines, number)
            if found is None:
                continue
            words, end = found
            begins = any(words[0] is said.words[0] for said in lines[max(0, number - 1) : number + 1])
            topic = said_back(words, most=MOST_WORDS, begins=begins)
            area = self._areas.named_in(words)
            keys = {stem(word.bare) for word in words if word.bare not in _EMPTY}
            is_name = _UNSAYABLE.isdisjoint(word.bare for word in words)
            if topic is not None and is_name and (keys or area):
                rest = line.words[end:]
                later = lines[number + 1 :]
                is_kept = self._is_about(rest, plain_text(rest), keys, area) or any(
                    said.text in self._returned or self._is_about(said.words, said.text, keys, area)
                    for said in later
                )
                yield Promise(topic=topic, area=area, end=line.before + end, is_kept=is_kept)

    def _is_about(self, words: Sequence[Word], text: PlainText, keys: set[str], area: str | None) -> bool:
        return any(stem(word.bare) in keys for word in words) or (
            area is not None and area in self._areas.spoken_of(text)
        )

    def _topic(self, lines: Sequence[SaidLine], number: int) -> tuple[Sequence[Word], int] | None:
        """The words of what is put off, and where in its line the promise ends."""
        line = lines[number]
        for cues, needs_later in ((self._named, False), (self._named_later, True)):
            for span in cues.all(line.text):
                end = _topic_end(line.words, span.end)
                words = line.words[span.end : end]
                if needs_later and not self._is_later(line, end):
                    continue
                if words and words[0].bare not in _POINTING:
                    return words, end
                if words:
                    return self._before(lines, number, span)
        pointed = self._pointed.find(line.text)
        return None if pointed is None else self._before(lines, number, pointed)

    def _is_later(self, line: SaidLine, end: int) -> bool:
        return any(span.first == end for span in self._later.all(line.text))

    def _before(
        self, lines: Sequence[SaidLine], number: int, span: Span
    ) -> tuple[Sequence[Word], int] | None:
        """The area or term that was named last before *span*, in its sentence or the one before it."""
        line = lines[number]
        before = lines[number - 1].words if number and lines[number - 1].turn == line.turn else ()
        for words in (line.words[: span.first], before):
            named = self._areas.last_name(words) or self._last_term(words)
            if named is not None:
                return named, span.end
        return None

    def _last_term(self, words: Sequence[Word]) -> Sequence[Word] | None:
        mentions = self._terms.find(words)
        return words[mentions[-1].span.first : mentions[-1].span.end] if mentions else None


def _topic_end(words: Sequence[Word], first: int) -> int:
    end = first
    while end < len(words):
        word = words[end]
        if end > first and word.bare in _BREAKS:
            break
        end += 1
        if ends_clause(word):
            break
    return end
