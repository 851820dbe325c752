"""The components that the candidate put into the design, and what was said of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.clarity import is_sure
from voice_coach.core.cues import plain_text
from voice_coach.core.said_lines import compiled, ends_clause, in_pairs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from voice_coach.core.content import Term
    from voice_coach.core.cues import Span
    from voice_coach.core.gap_content import PartCues
    from voice_coach.core.lexicon import Mention
    from voice_coach.core.said_lines import SaidLine
    from voice_coach.core.transcript import Word

PARTS = frozenset({"store", "cache", "queue", "index", "balancer", "worker", "replica"})
"""Categories of terms that are components."""
SHAPED = PARTS | {"mechanism", "product"}
"""Those of terms that a number in the same sentence is about."""
REJECTIONS = frozenset(
    {"not", "no", "never", "without", "than", "instead", "over", "unlike", "avoid", "skip"}
)
"""Words that turn a term down when they stand right before it …"""
REJECTION_REACH = 3
"""… or up to so many words before."""
WEIGHED_BEFORE = frozenset(
    {
        "thought",
        "considered",
        "considering",
        "alternative",
        "option",
        "versus",
        "vs",
        "could",
        "might",
        "either",
    }
)
"""Words of the same clause before a term that is only weighed …"""
WEIGHED_REACH = 8
WEIGHED_AFTER = frozenset({"would", "could", "might", "option", "wouldn't", "couldn't"})
"""… and right behind it: "a document database would be more comfortable"."""
BEFORE, AFTER = 12, 20
"""Words around a component among which what is said of it stands: about a sentence either way."""
_PUT_REACH = 8
_ENDS = (".", "?", "!")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidPart:
    """A component."""

    term: Term
    mentions: int
    first_end: int
    """The candidate's words up to where it was first named."""
    is_put: bool
    """It was clearly put into the design: "there's a queue"."""
    has_reason: bool
    has_data: bool
    """What it holds was said."""
    has_failure: bool
    """What happens when it fails was said."""


class PartEar:
    """Finds them, by what the recogniser was sure of and the candidate wants."""

    def __init__(self, reason: Sequence[str], cues: PartCues) -> None:
        self._put = compiled(cues.put)
        self._reason = compiled(reason, cues.reason)
        self._data = compiled(cues.data)
        self._failure = compiled(cues.failure)

    def find(self, lines: Sequence[SaidLine], mentions: Sequence[Sequence[Mention]]) -> Iterator[SaidPart]:
        """The components among *mentions*, those of each of *lines*, in the order of their names."""
        found: dict[str, list[tuple[int, Span]]] = {}
        terms: dict[str, Term] = {}
        for number, line in enumerate(lines):
            for mention in mentions[number]:
                if mention.term.category in PARTS and self._is_named(line, mention.span):
                    terms[mention.term.id] = mention.term
                    found.setdefault(mention.term.id, []).append((number, mention.span))
        texts = {id_: _texts(lines, {number for number, _ in places}) for id_, places in found.items()}
        # What was said of "the cache" was said of Redis; two stores are two things.
        family = {id_: id_ if terms[id_].category == "store" else terms[id_].category for id_ in found}
        for id_, places in found.items():
            said = [text for other in found if family[other] == family[id_] for text in texts[other]]
            number, span = places[0]
            yield SaidPart(
                term=terms[id_],
                mentions=len(places),
                first_end=lines[number].before + span.end,
                is_put=any(self._is_put(lines[number].words, span) for number, span in places),
                has_reason=any(self._reason.are_in(text) for text in said),
                has_data=any(self._data.are_in(text) for text in said),
                has_failure=any(self._failure.are_in(text) for text in said),
            )

    @staticmethod
    def _is_named(line: SaidLine, span: Span) -> bool:
        is_wanted = not line.is_question and is_meant(line.words, span)
        return is_wanted and is_sure(line.words[span.first : span.end])

    def _is_put(self, words: Sequence[Word], span: Span) -> bool:
        return plain_text(words[max(0, span.first - _PUT_REACH) : span.end]) in self._put


def _texts(lines: Sequence[SaidLine], numbers: Collection[int]) -> list[str]:
    """The sentences *numbers* of *lines*, each with the one before and the one after."""
    pairs = in_pairs(lines)
    around = {at for number in numbers for at in (number - 1, number) if 0 <= at < len(pairs)}
    return [pairs[at] for at in sorted(around)]


def around(words: Sequence[Word], span: Span) -> Sequence[Word]:
    """The words about a component at *span*."""
    return words[max(0, span.first - BEFORE) : span.end + AFTER]


def is_meant(words: Sequence[Word], span: Span) -> bool:
    """Whether the term at *span* is wanted: not turned down, only weighed or asked about."""
    return not (is_rejected(words, span) or _is_weighed(words, span) or _is_asked(words, span))


def is_rejected(words: Sequence[Word], span: Span) -> bool:
    """Whether the term at *span* is one that the candidate does not want: "not Mongo", "rather than Mongo"."""
    for word in reversed(words[max(0, span.first - REJECTION_REACH) : span.first]):
        if word.text[-1] in ".,;:?!":
            return False
        if word.bare in REJECTIONS or word.bare.endswith("n't"):
            return True
    return False


def _is_weighed(words: Sequence[Word], span: Span) -> bool:
    for word in reversed(words[max(0, span.first - WEIGHED_REACH) : span.first]):
        if ends_clause(word):
            break
        if word.bare in WEIGHED_BEFORE:
            return True
    is_open = not ends_clause(words[span.end - 1])
    return is_open and span.end < len(words) and words[span.end].bare in WEIGHED_AFTER


def _is_asked(words: Sequence[Word], span: Span) -> bool:
    """Whether the sentence around the term asks."""
    end = next(
        (word.text for word in words[span.end - 1 :] if word.text.rstrip("\"')]”").endswith(_ENDS)), ""
    )
    return end.rstrip("\"')]”").endswith("?")


def noun_of(term: Term) -> str:
    """How the coach refers to *term*."""
    return term.spoken or f"your {term.text}"
