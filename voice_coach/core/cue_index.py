"""Finds many cues in a sentence quickly.

Each cue is filed under words of which every match must hold one, so a sentence tries only the few cues whose
words it has: a quarter of an hour of speech is searched for a thousand cues in some tens of milliseconds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from voice_coach.core.cues import Cue, CueSets, PlainText, Span, compile_cue

_TOKEN = re.compile(r"\.\.\.|\{\w+\}|[()|?^$#]|(?:(?!\.\.\.)[^\s()|?^$#{}])+")
_PREFIX_LETTERS = 3
_ANYWHERE = ""
_REMEMBERED = 1024

Keys = frozenset[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue that matched."""

    tag: str
    """What the cue stands for."""
    cue: int
    """Which of the tag's cues it was."""
    span: Span


class CueIndex:
    """Cues by tag. Raises ValueError for a cue that is malformed."""

    def __init__(self, cues: Mapping[str, Sequence[str]], sets: Mapping[str, Sequence[str]]) -> None:
        """*cues* by tag; *sets* are what ``{name}`` stands for inside them."""
        self._filed: defaultdict[str, list[tuple[int, str, int, Cue]]] = defaultdict(list)
        self._memo: dict[PlainText, tuple[Hit, ...]] = {}
        order = 0
        shared = CueSets(sets)
        known: dict[str, Keys] = {}
        for tag, sources in cues.items():
            for number, source in enumerate(sources):
                entry = (order, tag, number, compile_cue(source, shared))
                order += 1
                keys = _Filing(source, shared, known).keys()
                for key in keys:
                    self._filed[key].append(entry)

    def hits(self, text: PlainText) -> tuple[Hit, ...]:
        """Everything that matches in *text*, cue by cue in the order in which the cues were given.

        Remembers some texts: in a session all but the last few sentences are asked for again and again.
        """
        if text not in self._memo:
            if len(self._memo) >= _REMEMBERED:
                self._memo.clear()
            self._memo[text] = self._search(text)
        return self._memo[text]

    def _search(self, text: PlainText) -> tuple[Hit, ...]:
        tried: dict[int, tuple[str, int, Cue]] = {}
        for key in _keys_of(text):
            for order, tag, number, cue in self._filed.get(key, ()):
                tried[order] = (tag, number, cue)
        return tuple(
            Hit(tag, number, span)
            for _, (tag, number, cue) in sorted(tried.items(), key=lambda item: item[0])
            for span in cue.find_all(text)
        )


def _keys_of(text: PlainText) -> Iterator[str]:
    yield _ANYWHERE
    for word in set(text.text.split()):
        yield word
        yield from (word[:length] + "*" for length in range(1, min(_PREFIX_LETTERS, len(word)) + 1))


class _Filing:
    """Walks a cue's grammar (which :func:`compile_cue` has already accepted) and keeps its rarest element."""

    def __init__(self, source: str, sets: Mapping[str, Sequence[str]], known: dict[str, Keys]) -> None:
        """*known* collects the keys of the sets that were met."""
        self._tokens = _TOKEN.findall(source)
        self._sets = sets
        self._known = known
        self._at = 0

    def keys(self) -> Keys:
        found = self._sequence()
        while self._peek() == "|":
            self._at += 1
            found |= self._sequence()
        return found

    def _sequence(self) -> Keys:
        best: Keys | None = None
        while (token := self._peek()) is not None and token not in "|)":
            self._at += 1
            keys = self._item(token)
            if keys is not None and (best is None or _worth(keys) > _worth(best)):
                best = keys
        return frozenset({_ANYWHERE}) if best is None else best

    def _item(self, token: str) -> Keys | None:
        """The keys of one element, or None where it need not stand in the text or may be anything."""
        if token == "(":
            keys = self.keys()
            self._at += 1
            if self._peek() == "?":
                self._at += 1
                return None
            return keys
        if token in {"...", "#", "^", "$"}:
            return None
        if token.startswith("{"):
            return self._set_keys(token[1:-1])
        return _word_keys(token)

    def _set_keys(self, name: str) -> Keys:
        if name not in self._known:
            branches = [_Filing(item, self._sets, self._known).keys() for item in self._sets[name]]
            self._known[name] = frozenset().union(*branches)
        return self._known[name]

    def _peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None


def _word_keys(token: str) -> Keys | None:
    word = next(iter(token.lower().replace("’", "'").replace("-", " ").split()), "*")
    if "*" not in word:
        return frozenset({word})
    head = word.split("*")[0][:_PREFIX_LETTERS]
    return frozenset({head + "*"}) if head else None


def _worth(keys: Keys) -> tuple[bool, int, int]:
    """Fewer keys and longer words are rarer."""
    return (_ANYWHERE not in keys, -len(keys), min(len(key) for key in keys))
