"""Looking up backend terms in what was said.

Words are compared by their letters and digits: case, punctuation, hyphens and a possessive do not count.
The longest term wins, and the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from voice_coach.core.content import Lexicon, Term
from voice_coach.core.cues import Span
from voice_coach.core.transcript import Word

V = TypeVar("V")

_PARTS = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_POSSESSIVE = re.compile(r"'s?$")
_ENDING_IN_S = ("ss", "us", "is")


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a word between blanks and hyphens."""

    text: str
    """Lower case letters and digits, possessive removed."""
    word: int
    """Index of its word."""


@dataclass(frozen=True, slots=True)
class Match(Generic[V]):
    """A phrase found among tokens."""

    value: V
    end: int
    """Index after its last token."""
    is_plural: bool
    """Whether it was found by its plural only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A term that was said."""

    term: Term
    span: Span
    """Its words."""


class Phrases(Generic[V]):
    """Phrases of one or more tokens and what they stand for; of equal phrases the first counts."""

    def __init__(self, phrases: Iterable[tuple[str, V]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], V]]] = {}
        self._known: dict[str, tuple[str, ...]] = {}
        for phrase, value in phrases:
            parts = spelling(phrase)
            self._by_first.setdefault(parts[0], []).append((parts, value))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def longest(self, tokens: Sequence[Token], at: int) -> Match[V] | None:
        """The longest phrase that begins at token *at*; its last token may be a plural."""
        return next(self.all_at(tokens, at), None)

    def all_at(self, tokens: Sequence[Token], at: int) -> Iterator[Match[V]]:
        """All phrases that begin at token *at*, longest first."""
        found = [
            Match(value, end, is_plural)
            for first in self._firsts(tokens[at].text)
            for parts, value in self._by_first[first]
            if (end := at + len(parts)) <= len(tokens)
            and (is_plural := _compare(parts, tokens[at:end])) is not None
        ]
        return iter(sorted(found, key=lambda match: (-match.end, match.is_plural)))

    def may_begin(self, token: Token) -> bool:
        """Whether any phrase begins with *token*: most words are passed over by this."""
        return bool(self._firsts(token.text))

    def _firsts(self, text: str) -> tuple[str, ...]:
        """What *text* may be as the first token of a phrase: itself, or what it is the plural of."""
        if text not in self._known:
            forms = dict.fromkeys((text, *singulars(text)))
            self._known[text] = tuple(form for form in forms if form in self._by_first)
        return self._known[text]


class TermFinder:
    """Finds the terms of a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._phrases = Phrases((phrase, term) for term in lexicon.term for phrase in (term.text, *term.also))

    def find(self, words: Sequence[Word]) -> tuple[Mention, ...]:
        """The terms in *words*, in order; no two share a word."""
        tokens = tokens_of(words)
        found: list[Mention] = []
        at = 0
        while at < len(tokens):
            if not self._phrases.may_begin(tokens[at]):
                at += 1
                continue
            match = next(
                (item for item in self._phrases.all_at(tokens, at) if _counts(item, tokens, at, words)), None
            )
            if match is None:
                at += 1
                continue
            span = Span(first=tokens[at].word, end=tokens[match.end - 1].word + 1)
            found.append(Mention(term=match.value, span=span))
            at = match.end
        return tuple(found)


def mentions(words: Sequence[Word], lexicon: Lexicon) -> tuple[Mention, ...]:
    """The terms of *lexicon* in *words* (corrected ones), in order; no two share a word."""
    return _finder(lexicon).find(words)


@lru_cache(maxsize=4096)
def spelling(text: str) -> tuple[str, ...]:
    """The parts that *text* is compared by."""
    return tuple(_POSSESSIVE.sub("", part) or part for part in _PARTS.findall(text.lower().replace("’", "'")))


def tokens_of(words: Sequence[Word]) -> tuple[Token, ...]:
    """The parts of all *words*, each with the index of its word."""
    return tuple(Token(part, index) for index, word in enumerate(words) for part in spelling(word.text))


def singulars(token: str) -> tuple[str, ...]:
    """What *token* may be the plural of, by its letters."""
    if not token.endswith("s") or token.endswith(_ENDING_IN_S) or len(token) < 3:  # noqa: PLR2004 - "is"
        return ()
    forms = [token[:-1]]
    if token.endswith("ies"):
        forms.append(token[:-3] + "y")
    elif token.endswith(("ches", "shes", "xes", "sses", "zes")):
        forms.append(token[:-2])
    return tuple(forms)


def is_near(tokens: Sequence[Token], start: int, end: int, context: Sequence[str], reach: int = 8) -> bool:
    """Whether a word of *context* stands within *reach* tokens before *start* or from *end* on.

    ``cach*`` stands for every word that begins so.
    """
    around = [token.text for token in (*tokens[max(0, start - reach) : start], *tokens[end : end + reach])]
    exact = {item for item in context if not item.endswith("*")}
    begins = tuple(item[:-1] for item in context if item.endswith("*"))
    return any(
        text in exact or exact.intersection(singulars(text)) or (begins and text.startswith(begins))
        for text in around
    )


def _compare(parts: tuple[str, ...], tokens: Sequence[Token]) -> bool | None:
    """Whether *tokens* are the plural of *parts*; None where they are neither that nor *parts* themselves."""
    if any(part != token.text for part, token in zip(parts[:-1], tokens[:-1], strict=True)):
        return None
    last = tokens[-1].text
    if last == parts[-1]:
        return False
    return True if parts[-1] in singulars(last) else None


def _counts(match: Match[Term], tokens: Sequence[Token], at: int, words: Sequence[Word]) -> bool:
    """Whether a term that is ordinary English as well is written as the term."""
    term = match.value
    own, said = spelling(term.text), tokens[at : match.end]
    if " ".join(own) not in term.doubtful or len(own) != len(said) or _compare(own, said) is None:
        return True
    written = " ".join(word.text for word in words[tokens[at].word : tokens[match.end - 1].word + 1])
    return term.text in written


@lru_cache(maxsize=4)
def _finder(lexicon: Lexicon) -> TermFinder:
    return TermFinder(lexicon)
