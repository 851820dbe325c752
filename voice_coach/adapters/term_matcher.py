"""Puts backend terms right that a recogniser misheard: known mishearings first, then what sounds the same.

What is put right keeps what was heard. A word that was put right is never touched again, so that correcting
twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import jellyfish
from rapidfuzz import fuzz

from voice_coach.core.content import Lexicon, Term
from voice_coach.core.lexicon import Phrases, Token, is_near, spelling, tokens_of
from voice_coach.core.transcript import Word, laid_out

MAX_PARTS = 3
"""How many words one misheard term may have become."""
MIN_LETTERS = 5
"""Shorter words sound like too many others."""
SAME_SOUND = 62.0
"""Likeness in letters (0 to 100) that two words of the same metaphone need."""
NEAR_SOUND = 82.0
"""The same where the metaphones differ by one sound but begin alike."""

_LEADING = re.compile(r"^[^\w]*")
_TRAILING = re.compile(r"((?:['’]s)?[^\w]*)$")
_SENTENCE_END = re.compile(r"[.!?…][\"')\]]*$")


@dataclass(frozen=True, slots=True)
class _Alias:
    term: Term
    is_doubtful: bool
    is_own: bool
    """Whether it is the term's own spelling, which only gets its capitals."""


@dataclass(frozen=True, slots=True)
class _Sound:
    """A term that may be found by its sound."""

    letters: str
    sound: str
    """Its metaphone."""
    text: str


@dataclass(frozen=True, slots=True)
class _Fix:
    """Words ``[first, end)`` are to become *text*."""

    first: int
    end: int
    text: str


class TermMatcher:
    """Corrects words by a lexicon. Deterministic; well under 5 ms for a piece."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._aliases = Phrases(_aliases(lexicon))
        self._everyday = frozenset(lexicon.everyday)
        self._sounds = _sounds(lexicon)
        self._known = {"".join(spelling(text)) for term in lexicon.term for text in (term.text, *term.also)}
        self._sound_of: dict[tuple[str, int], str | None] = {}

    def correct(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """*words* with terms put right. Nothing else changes, and no time is lost.

        A term put right may be the context that a doubtful word was lacking, so it looks again until nothing
        changes.
        """
        current = tuple(words)
        while True:
            corrected = self._once(current)
            if corrected == current:
                return current
            current = corrected

    def _once(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        tokens = tokens_of(words)
        fixed = _fixed_words(words)
        result: list[Word] = []
        done = 0
        for fix in self._fixes(words, tokens, fixed):
            result += words[done : fix.first]
            result += _rewritten(words[fix.first : fix.end], fix.text, _begins_sentence(words, fix.first))
            done = fix.end
        return (*result, *words[done:])

    def _fixes(self, words: Sequence[Word], tokens: Sequence[Token], fixed: frozenset[int]) -> Iterator[_Fix]:
        at = 0
        while at < len(tokens):
            found = self._by_alias(words, tokens, at) or self._by_sound(words, tokens, at)
            if found is None or fixed.intersection(range(found.first, found.end)):
                at += 1
                continue
            yield found
            while at < len(tokens) and tokens[at].word < found.end:
                at += 1

    def _by_alias(self, words: Sequence[Word], tokens: Sequence[Token], at: int) -> _Fix | None:
        for match in self._aliases.all_at(tokens, at):
            alias, end = match.value, match.end
            if not _is_whole(tokens, at, end) or _spans_sentences(words, tokens[at:end]):
                continue
            if alias.is_doubtful and not is_near(tokens, at, end, alias.term.context):
                continue
            text = alias.term.text + ("s" if match.is_plural else "")
            fix = _Fix(tokens[at].word, tokens[end - 1].word + 1, text)
            if alias.is_own and _is_written(words[fix.first : fix.end], text):
                return None
            return fix
        return None

    def _by_sound(self, words: Sequence[Word], tokens: Sequence[Token], at: int) -> _Fix | None:
        for end in range(min(at + MAX_PARTS, len(tokens)), at, -1):
            if not _is_whole(tokens, at, end) or not self._may_be_one(words, tokens[at:end]):
                continue
            text = self._sounding_like("".join(token.text for token in tokens[at:end]), end - at)
            if text is not None:
                return _Fix(tokens[at].word, tokens[end - 1].word + 1, text)
        return None

    def _may_be_one(self, words: Sequence[Word], tokens: Sequence[Token]) -> bool:
        """Whether several words may be one term misheard: not when one of them is a term by itself."""
        if len(tokens) == 1:
            return True
        return not _spans_sentences(words, tokens) and not any(
            token.text in self._known or self._sounding_like(token.text, 1) for token in tokens
        )

    def _sounding_like(self, letters: str, parts: int) -> str | None:
        """The term that *letters*, heard in so many *parts*, sound like; None where there is none."""
        key = (letters, parts)
        if key not in self._sound_of:
            self._sound_of[key] = self._search(letters, parts)
        return self._sound_of[key]

    def _search(self, letters: str, parts: int) -> str | None:
        if len(letters) < MIN_LETTERS or letters in self._known or letters in self._everyday:
            return None
        sound = jellyfish.metaphone(letters)
        best = max(
            (
                (_likeness(letters, sound, known, is_split=parts > 1), known.text)
                for known in self._sounds.get(sound[:1], ())
            ),
            default=(0.0, ""),
        )
        return best[1] if best[0] > 0 else None


def _aliases(lexicon: Lexicon) -> Iterator[tuple[str, _Alias]]:
    for term in lexicon.term:
        for text in term.aliases:
            yield text, _Alias(term, is_doubtful=False, is_own=False)
        own = " ".join(spelling(term.text))
        for text in term.doubtful:
            yield text, _Alias(term, is_doubtful=True, is_own=text == own)
        if term.text != term.text.lower() and own not in term.doubtful:
            yield term.text, _Alias(term, is_doubtful=False, is_own=True)


def _sounds(lexicon: Lexicon) -> dict[str, list[_Sound]]:
    """The terms that may be found by sound, by the first letter of their sound."""
    found: dict[str, list[_Sound]] = {}
    for term in lexicon.term:
        if term.by_sound:
            letters = "".join(spelling(term.text))
            sound = jellyfish.metaphone(letters)
            found.setdefault(sound[:1], []).append(_Sound(letters, sound, term.text))
    return found


def _likeness(letters: str, sound: str, known: _Sound, *, is_split: bool) -> float:
    """How like *letters* are to a *known* term, 0 where that is not enough; split words must sound alike."""
    ratio = fuzz.ratio(letters, known.letters)
    if sound == known.sound:
        return ratio if ratio >= (NEAR_SOUND if is_split else SAME_SOUND) else 0.0
    if is_split or ratio < NEAR_SOUND or jellyfish.levenshtein_distance(sound, known.sound) > 1:
        return 0.0
    return ratio


def _is_whole(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether tokens ``[at, end)`` are whole words."""
    begins = at == 0 or tokens[at - 1].word != tokens[at].word
    return begins and (end == len(tokens) or tokens[end].word != tokens[end - 1].word)


def _spans_sentences(words: Sequence[Word], tokens: Sequence[Token]) -> bool:
    return any(
        _SENTENCE_END.search(words[token.word].text) for token in tokens if token.word < tokens[-1].word
    )


def _is_written(words: Sequence[Word], text: str) -> bool:
    written = " ".join(word.text for word in words)
    return text in written


def _fixed_words(words: Sequence[Word]) -> frozenset[int]:
    """Words that came out of a correction: those that carry what was heard, and the rest of their term."""
    return frozenset(index for index, word in enumerate(words) if word.heard is not None)


def _begins_sentence(words: Sequence[Word], at: int) -> bool:
    return at == 0 or _SENTENCE_END.search(words[at - 1].text) is not None


def _rewritten(words: Sequence[Word], text: str, begins_sentence: bool) -> Iterator[Word]:  # noqa: FBT001 - one use
    """The words of *text* in the place of *words*: punctuation at the edges, times and the lowest p kept."""
    first, last = words[0].text, words[-1].text
    parts = text.split()
    if begins_sentence and first[:1].isupper() and not first.isupper() and text == text.lower():
        parts[0] = parts[0][0].upper() + parts[0][1:]
    leading, trailing = _LEADING.search(first), _TRAILING.search(last)
    parts[0] = (leading.group() if leading else "") + parts[0]
    parts[-1] += trailing.group() if trailing else ""
    spread: Sequence[Word] = words
    if len(parts) != len(words):
        spread = laid_out(" ".join(parts), words[0].start_s, words[-1].end_s)
    known = [word.p for word in words if word.p is not None]
    for index, (part, place) in enumerate(zip(parts, spread, strict=True)):
        yield replace(
            place,
            text=part,
            p=min(known) if known else None,
            filler=False,
            heard=" ".join(word.text for word in words) if index == 0 else "",
        )
