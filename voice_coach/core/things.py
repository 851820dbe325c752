"""The things that a design is about, in the candidate's nouns: what the question's pack calls so, and what recurs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from voice_coach.core.clarity import is_sure
from voice_coach.core.english import CLAUSE, MODALS, PHRASE, VERBS
from voice_coach.core.said_lines import compiled, ends_clause

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.content import Nouns
    from voice_coach.core.said_lines import SaidLine
    from voice_coach.core.transcript import Word

OFTEN = 3
"""A noun that was said so often where only a noun can stand is one that the design is about."""
_ONE = frozenset({"a", "an", "each", "every", "one", "another"})
_FEWEST_LETTERS = 4
_BEHIND = CLAUSE | PHRASE | VERBS | MODALS


class ThingEar:
    """Finds them."""

    def __init__(self, nouns: Nouns, never: Sequence[str]) -> None:
        """*nouns*: what the question's pack calls things; *never*: nouns of which nothing can be asked."""
        named = [*nouns.item, *nouns.write, *nouns.read]
        # "link" where "links" stands beside it.
        single = [noun for noun in named if f"{noun}s" in named and len(noun) >= _FEWEST_LETTERS]
        self._named = [(noun, compiled([f"({noun}|{noun}s)"])) for noun in single]
        self._never = frozenset(never)

    def find(self, lines: Sequence[SaidLine]) -> Iterator[str]:
        """The things in *lines*: those of the pack, then by how often they were said."""
        known = []
        for noun, cue in self._named:
            if any(
                is_sure(line.words[span.first : span.end]) for line in lines for span in cue.all(line.text)
            ):
                known.append(noun)
                yield noun
        counts = Counter(noun for line in lines for noun in self._nouns(line.words))
        for noun, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            if count >= OFTEN and noun not in known:
                yield noun

    def _nouns(self, words: Sequence[Word]) -> Iterator[str]:
        """Words between "a" or "each" and what can only stand behind a noun."""
        for at in range(1, len(words)):
            if words[at - 1].text.lower() not in _ONE:
                continue
            word, bare = words[at], words[at].bare
            is_last = ends_clause(word) or at + 1 == len(words) or words[at + 1].bare in _BEHIND
            is_word = (
                len(bare) >= _FEWEST_LETTERS and bare.isalpha() and not bare.endswith(("ing", "ly", "s"))
            )
            if is_word and is_last and bare not in VERBS and bare not in self._never and is_sure([word]):
                yield bare
