"""What can be told of a follow-up without understanding it: six checks, each a pure function of texts.

They are strict on purpose and know no irony: a question that fails one need not be bad, but an interviewer whose
questions fail often is. ``evaluation/follow_ups/checks.toml`` holds the words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from voice_coach.core.cues import compile_cue, plain
from voice_coach.core.lexicon import TermFinder, spelling
from voice_coach.core.quantities import quantities
from voice_coach.core.transcript import laid_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from voice_coach.core.content import Lexicon, Term
    from voice_coach.core.cues import Cue
    from voice_coach.core.quantities import Quantity

CHECKS = ("question_form", "length", "own_noun", "no_repetition", "not_covered", "not_leading")
"""In the order of the functions below."""
FEWEST_WORDS, MOST_WORDS = 3, 25
SAME_FROM = 0.6
"""Questions that share this part of all their telling words are the same."""
TELLING = 3
"""So many telling words are enough to recognise a question, or its answer, by them alone."""
SMALL = 12.0
"""Numbers up to this are said of anything: two people, ten times the load."""
SOLUTIONS = frozenset(
    {"store", "cache", "queue", "index", "balancer", "worker", "replica", "product", "mechanism", "protocol"}
)
"""Categories of the lexicon that are parts or ways of a design; a concept, such as latency, is neither."""

_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_QUESTION = re.compile(
    r"\b(what|why|how|which|who|whose|whom|where|when)\b"
    r"|^(\w+, )?(do|does|did|is|are|was|were|will|would|can|could|should|has|have|had|may|must)\b"
    r"|, (do|does|did|is|are|will|would|can|could|should|has|have|may|must) |^(and )?(now|then)\?$",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"^(okay, |please |now )?(walk|take|talk|lead) me through |^(tell me|show me|describe|explain|say) ",
    re.IGNORECASE,
)
_UNSPEAKABLE = re.compile(r"[\n*#_`<>{}\[\]|•]|\d\.\s|https?:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Generic:
    """A question that one could ask anybody."""

    __pydantic_config__ = {"extra": "forbid"}

    about: str
    text: str


@dataclass(frozen=True, kw_only=True)
class CheckWords:
    """``checks.toml``; its comments say what each is for."""

    __pydantic_config__ = {"extra": "forbid"}

    generic: tuple[Generic, ...]
    ordinary: str
    asks_reason: tuple[str, ...]
    asks_number: tuple[str, ...]
    puts_off: tuple[str, ...]
    suggests: tuple[str, ...]
    no_solution: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What a pack's question and facts speak of: given, and not the candidate's idea."""

    words: frozenset[str] = frozenset()
    """Telling words that no more than a quarter of all packs have."""
    numbers: tuple[Quantity, ...] = ()
    parts: frozenset[str] = frozenset()
    """Lexicon ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a follow-up is held against."""

    candidate: tuple[str, ...]
    """The candidate's sentences."""
    coach: tuple[str, ...] = ()
    """The interviewer's turns so far, after the question."""
    question: str = ""
    """As it was asked."""
    product: Product = Product()
    """See :meth:`FollowUpChecks.products`."""
    covered: frozenset[str] = frozenset()
    """Rubric ids that are met by now, and mistakes that are not made."""


def has_question_form(text: str) -> bool:
    """One question mark, at the very end, of a sentence that asks; or a request ("walk me through …") without any.

    Before it may stand one sentence. Nothing in it that is seen and not heard: no list, mark-up or address.
    """
    sentences = _SENTENCES.split(text.strip())
    last = sentences[-1]
    if not last or len(sentences) > 2 or _UNSPEAKABLE.search(text.strip()):  # noqa: PLR2004 - what it is about, and it
        return False
    if text.count("?") == 1 and last.endswith("?"):
        return bool(_QUESTION.search(last))
    return "?" not in text and last.endswith(".") and bool(_REQUEST.search(last))


def has_length(text: str) -> bool:
    """From three words to twenty-five."""
    return FEWEST_WORDS <= len(text.split()) <= MOST_WORDS


def stem(word: str) -> str:
    """*word* without the ending of a plural, a past or an "-ing", so that forms of one word compare equal."""
    for ending, instead in (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:  # noqa: PLR2004 - "used", "thing"
            word = word.removesuffix(ending) + instead
            break
    word = word.removesuffix("e") if len(word) > 3 else word  # noqa: PLR2004 - "the"
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word  # noqa: PLR2004 - "all"


class FollowUpChecks:
    """The checks, with the words that they look for compiled."""

    def __init__(self, words: CheckWords, lexicon: Lexicon, reasons: Sequence[str]) -> None:
        """*reasons*: cues of a reason given (those of the bank of follow-ups). Raises ValueError for a broken cue."""
        self._ordinary = frozenset(stem(word) for word in words.ordinary.split())
        self._terms = TermFinder(lexicon)
        self._no_solution = frozenset(words.no_solution)
        self._reasons = _compiled(reasons)
        self._asks_reason = _compiled(words.asks_reason)
        self._asks_number = _compiled(words.asks_number)
        self._puts_off = _compiled(words.puts_off)
        self._suggests = _compiled(words.suggests)

    def passed(self, text: str, about: Iterable[str], said: Said) -> dict[str, bool]:
        """By name of the check whether the follow-up *text*, which is about these rubric ids, passes it."""
        results = (
            has_question_form(text),
            has_length(text),
            self.names_own(text, said),
            not self.repeats(text, said),
            not self.asks_covered(text, about, said),
            not self.leads(text, said),
        )
        return dict(zip(CHECKS, results, strict=True))

    def names_own(self, text: str, said: Said) -> bool:
        """Whether *text* names something of the candidate's or of the question's.

        A part that one of them named (a lexicon term, concepts left out), a number over twelve that the candidate
        or the pack's facts hold, or a telling word of the candidate, of the question or of those facts. Telling are
        words that are not ordinary.
        """
        heard = (*said.candidate, said.question)
        parts = {term.id for term in self._named(text) if term.category in SOLUTIONS}
        if parts & {term.id for sentence in heard for term in self._named(sentence)}:
            return True
        numbers = [number for number in _numbers(text) if number.value > SMALL]
        others = [*said.product.numbers, *(number for sentence in heard for number in _numbers(sentence))]
        if any(number.fits(other) for number in numbers for other in others):
            return True
        known = said.product.words.union(*(self._telling(sentence) for sentence in heard))
        return not known.isdisjoint(self._telling(text))

    def repeats(self, text: str, said: Said) -> bool:
        """Whether the interviewer asked *text* before.

        The same words; or 60 % of the telling words of both together are in both; or three or more telling words,
        each of them in one earlier question. Of the question that opened the session only the first two count.
        """
        own = self._telling(text)
        asked = [turn for turn in said.coach if "?" in turn]
        for turn in (*asked, said.question):
            other = self._telling(turn)
            if spelling(turn) == spelling(text):
                return True
            if own and len(own & other) >= SAME_FROM * len(own | other):
                return True
            if turn is not said.question and len(own) >= TELLING and own <= other:
                return True
        return False

    def asks_covered(self, text: str, about: Iterable[str], said: Said) -> bool:
        """Whether what *text* asks was said: an id in *about* is covered, or the answer stands in the transcript.

        Sentences that ask or put something off are passed over. With a "why" it stands there where a sentence holds
        every telling word of the question, and it or the next a reason; else where two sentences in a row hold every
        such word, and with a "how many" a number, without it three such words.
        """
        if not said.covered.isdisjoint(about):
            return True
        question = _SENTENCES.split(text.strip())[-1]
        asked = self._telling(question)
        tells = [
            line for line in said.candidate if not line.endswith("?") and not _found(self._puts_off, line)
        ]
        pairs = [(one, f"{one} {two}") for one, two in pairwise((*tells, ""))]
        if _found(self._asks_reason, question):
            reasoned = [one for one, pair in pairs if _found(self._reasons, pair)]
            return bool(asked) and any(asked <= self._telling(one) for one in reasoned)
        holding = [pair for _, pair in pairs if asked and asked <= self._telling(pair)]
        if _found(self._asks_number, question):
            return any(next(iter(_numbers(pair)), None) is not None for pair in holding)
        return len(asked) >= TELLING and bool(holding)

    def leads(self, text: str, said: Said) -> bool:
        """Whether *text* suggests an answer.

        By its wording ("wouldn't it be better to", "have you considered a"), or by naming a part or a way of doing
        it that nobody has named so far and the pack's facts do not hold.
        """
        if any(_found(self._suggests, sentence) for sentence in _SENTENCES.split(text.strip())):
            return True
        heard = (*said.candidate, *said.coach, said.question)
        named = (
            {term.id for line in heard for term in self._named(line)} | said.product.parts | self._no_solution
        )
        return any(term.category in SOLUTIONS and term.id not in named for term in self._named(text))

    def products(self, texts: Mapping[str, str]) -> dict[str, Product]:
        """What each pack speaks of, by the texts of all packs."""
        words = {pack: self._telling(text) for pack, text in texts.items()}
        most = max(1, len(words) // 4)
        return {
            pack: Product(
                words=frozenset(
                    word for word in words[pack] if sum(word in other for other in words.values()) <= most
                ),
                numbers=tuple(_numbers(text)),
                parts=frozenset(term.id for term in self._named(text)),
            )
            for pack, text in texts.items()
        }

    def _telling(self, text: str) -> frozenset[str]:
        stems = (stem(word) for word in spelling(text))
        return frozenset(
            item
            for item in stems
            if len(item) > 2 and not item[0].isdigit() and item not in self._ordinary  # noqa: PLR2004
        )

    def _named(self, text: str) -> list[Term]:
        return [mention.term for mention in self._terms.find(laid_out(text, 0.0, 1.0))]


def _compiled(cues: Iterable[str]) -> tuple[Cue, ...]:
    return tuple(compile_cue(cue) for cue in cues)


def _found(cues: Iterable[Cue], text: str) -> bool:
    said = plain(text)
    return any(cue.find(said) for cue in cues)


def _numbers(text: str) -> list[Quantity]:
    return list(quantities(plain(text)))
