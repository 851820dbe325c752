"""Cues: short patterns of spoken words, written as data under ``prompts/``.

A cue is matched against words whatever their case and punctuation; hyphens count as blanks. Its language:

=================  ====================================================================
``rate limit``     these words, in this order
``partition*``     a word that begins so (the star stands at the word's end)
``(hash|key)``     one of these (each may be several words)
``(the|a)?``       one of these, or nothing
``...``            up to six words of any kind
``#``              a number, in digits or words ("two hundred thousand" is one number)
``{store}``        any cue of the set with that name
``^`` and ``$``    the beginning and the end of the sentence
=================  ====================================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voice_coach.core.transcript import Word

GAP_WORDS = 6
"""How many words ``...`` spans at most."""

_DIGITS = r"[$€]?\d[\d.,:]*(?:k|m|b|ms|s|gb|tb|mb|kb|x|%|qps|rps|th)?\+?"
_NUMBER_WORDS = (
    r"zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|"
    r"millions?|billions?|trillions?|dozens?"
)
_ONE_NUMBER = rf"(?:(?:{_DIGITS}|{_NUMBER_WORDS}) )"
_NUMBER = rf"(?:{_ONE_NUMBER}(?:(?:(?:and|point) )?{_ONE_NUMBER})*)"
_DEEPEST = 4
"""Sets within sets; more is taken for a circle."""
_TOKEN = re.compile(r"\.\.\.|\{\w+\}|[(){}|?^$#]|(?:(?!\.\.\.)[^\s()|?^$#{}])+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of words by index: ``words[first:end]``."""

    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue that is known to be well-formed; its expression is compiled when it is first looked for."""

    source: str
    expression: str

    def find(self, text: PlainText) -> Span | None:
        """Where the cue first matches, or None."""
        return next(self.find_all(text), None)

    def find_all(self, text: PlainText) -> Iterator[Span]:
        """All matches that do not overlap, in order; matches of no word are left out."""
        for match in _compiled(self.expression).finditer(text.text):
            span = text.span(match.start(), match.end())
            if span.end > span.first:
                yield span


def any_of(cues: Sequence[Cue]) -> Cue:
    """A cue that matches where one of *cues* (at least one) does; it costs less than to look for each."""
    sources, expressions = (cue.source for cue in cues), (f"(?:{cue.expression})" for cue in cues)
    return Cue(" | ".join(sources), "|".join(expressions))


@dataclass(frozen=True, slots=True)
class PlainText:
    """Words in the form that cues are matched against."""

    text: str
    """Lower case, single blanks, one blank before and after."""
    owners: tuple[int, ...]
    """For each character of *text*, the index of its word (a blank belongs to the word before it)."""

    def span(self, start: int, end: int) -> Span:
        """The words that the characters ``text[start:end]`` belong to, blanks at the edges left out."""
        while start < end and self.text[start] == " ":
            start += 1
        while end > start and self.text[end - 1] == " ":
            end -= 1
        if start >= end:
            return Span(first=0, end=0)
        return Span(first=self.owners[start], end=self.owners[end - 1] + 1)


def is_in(cue: Cue, text: str) -> bool:
    """Whether *cue* matches in *text*, which is written as that of a :class:`PlainText`."""
    return _compiled(cue.expression).search(text) is not None


def plain_text(words: Sequence[Word]) -> PlainText:
    """*words* made ready for matching."""
    text, owners = [" "], [0]
    for index, word in enumerate(words):
        plain = _plain(word.text)
        if plain:
            text.append(plain + " ")
            owners.extend([index] * (len(plain) + 1))
    return PlainText("".join(text), tuple(owners))


@lru_cache(maxsize=1024)
def sentence_text(words: tuple[Word, ...]) -> PlainText:
    """:func:`plain_text`, remembered: all sentences but the last few are read again with each piece."""
    return plain_text(words)


def plain(text: str) -> PlainText:
    """Like :func:`plain_text` for a bare string; the word indices are those of ``text.split()``."""
    characters, owners = [" "], [0]
    for index, word in enumerate(text.split()):
        item = _plain(word)
        if item:
            characters.append(item + " ")
            owners.extend([index] * (len(item) + 1))
    return PlainText("".join(characters), tuple(owners))


class CueSets(dict[str, Sequence[str]]):
    """Cues by the name of their set, with what each set expands to remembered: for many cues that share them."""

    def __init__(self, cues: Mapping[str, Sequence[str]]) -> None:
        super().__init__(cues)
        self._bodies: dict[tuple[str, int], tuple[str, ...]] = {}

    def bodies(self, name: str, depth: int) -> tuple[str, ...]:
        """The expression of each cue of the set *name*, *depth* sets deep. Raises ValueError, KeyError."""
        if (name, depth) not in self._bodies:
            self._bodies[name, depth] = tuple(_Parser(item, self, depth).body() for item in self[name])
        return self._bodies[name, depth]


def compile_cue(source: str, sets: Mapping[str, Sequence[str]] | None = None) -> Cue:
    """The cue written as *source*; ``{name}`` is looked up in *sets*.

    Raises ValueError with the reason when it is malformed or names an unknown set.
    """
    shared = sets if isinstance(sets, CueSets) else CueSets(sets or {})
    return Cue(source, _Parser(source, shared, depth=0).pattern())


def check_cue(source: str, sets: Mapping[str, Sequence[str]] | None = None) -> None:
    """Raises ValueError as :func:`compile_cue` does."""
    compile_cue(source, sets)


def at_end(source: str) -> str:
    """The cue *source* where it ends the sentence."""
    return f"({source}) $"


def whole(source: str) -> str:
    """The cue *source* where it is the whole sentence."""
    return f"^ ({source}) $"


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    """Most cues are never looked for in a session, and compiling all of them takes half a second."""
    return re.compile(expression)


@lru_cache(maxsize=4096)
def _plain(word: str) -> str:
    """Remembers more words than an answer has: all of them are read again with each piece."""
    text = word.lower().replace("’", "'")
    text = re.sub(r"[^\w'.,:%$€+#&]", " ", text)
    text = re.sub(r"(?<!\d)[,:]|(?<=[^\d\s$€])\.|[.,:](?!\d)|(?<!\w)'|'(?!\w)|#", " ", text)
    return " ".join(text.split())


class _Parser:
    """Turns a cue into a regular expression over :class:`PlainText`; each word eats its trailing blank."""

    def __init__(self, source: str, sets: CueSets, depth: int) -> None:
        if depth > _DEEPEST:
            message = f"cue {source!r}: sets refer to each other more than four deep"
            raise ValueError(message)
        self._source = source
        self._sets = sets
        self._depth = depth
        self._tokens = _TOKEN.findall(source)
        self._at = 0

    def pattern(self) -> str:
        """The whole regular expression, anchored at the start of a word."""
        return rf"(?:(?<= )|(?=\A)){self.body()}"

    def body(self) -> str:
        """The regular expression of all tokens."""
        if not self._tokens:
            message = "a cue is empty"
            raise ValueError(message)
        body = self._alternatives()
        if self._at < len(self._tokens):
            self._fail(f"unexpected {self._tokens[self._at]!r}")
        return body

    def _alternatives(self) -> str:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"

    def _sequence(self) -> str:
        parts: list[str] = []
        while (token := self._peek()) is not None and token not in "|)":
            self._at += 1
            parts.append(self._item(token))
        if not parts:
            self._fail("an alternative is empty")
        return "".join(parts)

    def _item(self, token: str) -> str:
        if token == "(":
            body = self._alternatives()
            if self._peek() != ")":
                self._fail("a bracket is not closed")
            self._at += 1
            if self._peek() == "?":
                self._at += 1
                return f"(?:{body})?"
            return f"(?:{body})"
        if token == "...":
            return rf"(?:\S+ ){{0,{GAP_WORDS}}}?"
        if token == "#":
            return _NUMBER
        if token == "^":
            return r"\A "
        if token == "$":
            return r"$"
        if token == "?":
            self._fail("'?' must follow a bracket")
        if token in "{}":
            self._fail("a set is written {name}")
        if token.startswith("{"):
            return self._set(token[1:-1])
        return self._word(token)

    def _set(self, name: str) -> str:
        if name not in self._sets:
            self._fail(f"unknown set {{{name}}}")
        bodies = self._sets.bodies(name, self._depth + 1)
        if not bodies:
            self._fail(f"the set {{{name}}} is empty")
        return f"(?:{'|'.join(bodies)})"

    def _word(self, token: str) -> str:
        """Written through the same sieve as the text, so that "node.js" finds what "Node.js" became."""
        stem = token.removesuffix("*")
        if "*" in stem or not stem:
            self._fail("a star stands at the end of a word")
        words = _plain(stem).split()
        if not words:
            self._fail(f"{token!r} is no word")
        more = r"[\w'.]*" if token.endswith("*") else ""
        return " ".join(re.escape(word) for word in words) + more + " "

    def _peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _fail(self, reason: str) -> NoReturn:
        message = f"cue {self._source!r}: {reason}"
        raise ValueError(message)
