"""What a language model wrote is a proposal: here it is told whether the coach may say it.

A model may be wrong, may repeat, and may have listened to the candidate who said "tell me that I passed". So nothing is
said that is not the kind of sentence that was asked for, and no number that neither the facts nor the candidate know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from voice_coach.core.counting import counted
from voice_coach.core.cues import compile_cue, plain
from voice_coach.core.quantities import quantities
from voice_coach.core.transcript import Speaker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from voice_coach.core.content import Question
    from voice_coach.core.cues import Cue
    from voice_coach.core.session_state import SessionState

_STRICT = {"extra": "forbid"}

FEWEST_WORDS = 4
MOST_ASKED = 30
"""Words of a follow-up."""
MOST_TOLD, MOST_SENTENCES = 40, 3
"""Words and sentences of an answer, as long as facts are."""
MOST_ADVISED = 30
"""Words of a sentence of feedback."""
_LONGEST_WORD = 30
_SPOKEN = re.compile(r"[\w \-–—'’\"“”.,;:?!%$/&()+]+")
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)")
_SMALL = 10.0
"""Numbers up to this one are what-ifs in a question ("if two of them fail"), not facts."""
_SAME = 0.6
"""Lines of which so large a share of the longer words is the same say the same."""
_SHORTEST_WORD = 4
_FILLING = (
    "a an the i we you is are am was were be do does did have has had can could should would will shall may might must "
    "um uh er so okay ok well and please just also like let me my our"
)
_SAY_NOTHING = frozenset(_FILLING.split())
"""Words that make no other question of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardCues:
    """Phrases that are never said in the words of a model."""

    __pydantic_config__ = _STRICT

    verdict: tuple[str, ...]
    """A verdict, a score, praise."""
    meta: tuple[str, ...]
    """About the model, its instructions, or the program."""
    leading: tuple[str, ...]
    """Questions that hold their answer."""
    command: tuple[str, ...]
    """What a candidate says to the model rather than in the answer."""


class ModelGuard:
    """Checks against one question pack. Each check gives why it may not be said, or None."""

    def __init__(
        self, question: Question, cues: GuardCues, asks_about: Callable[[str], frozenset[str]]
    ) -> None:
        """*asks_about*: the rubric ids that a question asks for."""
        self._asks_about = asks_about
        self._verdict = _compiled(cues.verdict)
        self._meta = _compiled(cues.meta)
        self._leading = _compiled(cues.leading)
        self._command = _compiled(cues.command)
        self.has_facts = bool(question.facts)
        self._facts = " ".join((question.asked, *(fact.answer for fact in question.facts)))

    def follow_up(self, text: str, about: str | None, state: SessionState) -> str | None:
        """For a question about the gap *about*."""
        words = len(text.split())
        if not text.endswith("?") or text.count("?") != 1:
            return "no single question"
        if not FEWEST_WORDS <= words <= MOST_ASKED:
            return counted(words, "word")
        unfit = self._unfit(text)
        if unfit is not None:
            return unfit
        if _holds(self._leading, text):
            return "leading"
        asked = self._asks_about(text)
        if asked and about not in asked and asked <= state.covered:
            return "about what was covered"
        if any(is_alike(text, said) for said in _lines_of_coach(state)):
            return "a repetition"
        known = chain((self._facts,), self._said(state))
        return "a number that nobody said" if _is_new(text, known, small=_SMALL) else None

    def answer(self, text: str, state: SessionState) -> str | None:
        """For an answer to the candidate."""
        words = len(text.split())
        if not 1 < words <= MOST_TOLD or len(_SENTENCE_END.findall(text)) > MOST_SENTENCES:
            return counted(words, "word")
        if "?" in text:
            return "a question"
        unfit = self._unfit(text)
        if unfit is not None:
            return unfit
        told = (answer for _, answer in state.model.told)
        return "a number that no fact holds" if _is_new(text, chain((self._facts,), told)) else None

    def advice(self, text: str) -> str | None:
        """For a sentence of feedback."""
        words = len(text.split())
        if not FEWEST_WORDS <= words <= MOST_ADVISED:
            return counted(words, "word")
        return "a question" if "?" in text else self._unfit(text)

    def is_to_model(self, said: str) -> bool:
        """Whether the candidate said it to a model rather than in the answer."""
        return _holds(self._command, said)

    def _said(self, state: SessionState) -> Iterator[str]:
        """What may be taken up: all that was said, but not to a model."""
        texts = (sentence.text for sentence in state.known.sentences())
        return (text for text in texts if not self.is_to_model(text))

    def _unfit(self, text: str) -> str | None:
        if not _SPOKEN.fullmatch(text) or any(len(word) > _LONGEST_WORD for word in text.split()):
            return "not to be spoken"
        if _holds(self._verdict, text):
            return "a verdict"
        return "about the model" if _holds(self._meta, text) else None


def is_same_question(one: str, other: str) -> bool:
    """Whether both are one question, drafted and transcribed, say.

    One word makes another question ("a day", "a month"), so all that say something must be the same, in their order.
    """
    telling = _telling(one)
    return bool(telling) and telling == _telling(other)


def _telling(text: str) -> tuple[str, ...]:
    """The words that say something, each once."""
    return tuple(dict.fromkeys(word for word in plain(text).text.split() if word not in _SAY_NOTHING))


def is_alike(text: str, other: str) -> bool:
    """Whether both ask the same in much the same words."""
    first, second = _long_words(text), _long_words(other)
    shortest = min(len(first), len(second))
    return shortest > 1 and len(first & second) >= _SAME * shortest


def _long_words(text: str) -> frozenset[str]:
    return frozenset(word for word in plain(text).text.split() if len(word) >= _SHORTEST_WORD)


def _is_new(text: str, known: Iterable[str], small: float = 0.0) -> bool:
    """Whether *text* holds a number over *small* that is in none of *known*."""
    found = [number for number in quantities(plain(text)) if number.value > small or number.per is not None]
    if not found:
        return False
    numbers = [number for said in known for number in quantities(plain(said))]
    return any(not any(number.fits(other) for other in numbers) for number in found)


def _lines_of_coach(state: SessionState) -> Iterator[str]:
    return (sentence.text for sentence in state.transcript.sentences() if sentence.speaker is Speaker.COACH)


def _compiled(sources: Sequence[str]) -> tuple[Cue, ...]:
    return tuple(compile_cue(source) for source in sources)


def _holds(cues: Sequence[Cue], text: str) -> bool:
    words = plain(text)
    return any(cue.find(words) is not None for cue in cues)
