"""Garbles labelled answers as a recogniser does, so that the judge learns to hear through it.

Some words become others that sound alike, small words get lost, sentences run together or fall apart. The same
answer is always garbled in the same way.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

import jellyfish

from voice_coach.core.transcript import Speaker, turn_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scripts.labelled import Labelled
    from voice_coach.adapters.term_matcher import TermMatcher
    from voice_coach.core.transcript import Word

# About what the base model makes of a synthetic voice: one word in ten wrong, most of them rare ones.
_MISHEARD, _LOST, _JOINED, _SPLIT = 0.15, 0.02, 0.12, 0.06
_SMALL, _LONG = 3, 5
_STOPS = ".?!"


@dataclass(frozen=True, slots=True)
class Garbler:
    """Mishears words for others of the same answers that sound alike."""

    alike: dict[str, tuple[str, ...]]
    """By word those that sound much like it."""
    matcher: TermMatcher

    def garbled(self, answer: Labelled) -> Labelled:
        """*answer* as it might be recognised; labels and times stay."""
        chance = Random(answer.id)  # noqa: S311 - repeatable, no secret
        turns = []
        for turn in answer.transcript.turns:
            if turn.speaker is Speaker.CANDIDATE:
                words = self.matcher.correct(tuple(self._words(turn.words, chance)))
                turns.append(turn_of(turn.speaker, words))
            else:
                turns.append(turn)
        return replace(answer, transcript=replace(answer.transcript, turns=tuple(turns)), form="garbled")

    def _words(self, words: Sequence[Word], chance: Random) -> Iterable[Word]:
        begins = False
        for number, word in enumerate(words):
            is_last = number + 1 == len(words)
            text, begins = (word.text.capitalize(), False) if begins else (word.text, False)
            if not is_last and word.filler:
                continue
            if not is_last and len(word.bare) <= _SMALL and text[-1].isalpha() and chance.random() < _LOST:
                continue
            if word.bare in self.alike and chance.random() < _MISHEARD:
                edge = text[-1] if text[-1] in f"{_STOPS}," else ""
                text = chance.choice(self.alike[word.bare]) + edge
            if not is_last and text[-1] in _STOPS and chance.random() < _JOINED:
                text = text[:-1] + ","
            elif text[-1] == "," and chance.random() < _SPLIT:
                text, begins = text[:-1] + ".", True
            yield replace(word, text=text, heard=None)


def garbler(answers: Sequence[Labelled], matcher: TermMatcher) -> Garbler:
    """Knows the words of *answers*."""
    words = {word.bare for answer in answers for word in answer.transcript.by(Speaker.CANDIDATE)}
    by_sound: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        if len(word) >= _LONG and word.isalpha():
            by_sound[_sound(word)].append(word)
    return Garbler(
        alike={
            word: tuple(other for other in group if other != word)
            for group in by_sound.values()
            for word in group
            if len(group) > 1
        },
        matcher=matcher,
    )


def _sound(word: str) -> str:
    """Its first consonants, those that are told apart only by the voice taken as one."""
    return jellyfish.metaphone(word).translate(str.maketrans("BDGVZJ", "PTKFSX"))[:3]
