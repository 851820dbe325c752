"""The components that the candidate put into the design, and what was said of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.clarity import is_sure
from voice_coach.core.cues import plain_text
from voice_coach.core.said_lines import compiled, ends_clause

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.content import Term
    from voice_coach.core.cues import Span
    from voice_coach.core.gap_content import PartCues
    from voice_coach.core.lexicon import Mention
    from voice_coach.core.transcript import Word

PARTS = frozenset({"store", "cache", "queue", "index", "balancer", "worker", "replica"})
"""Categories of terms that are components."""
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

    def find(self, words: Sequence[Word], mentions: Sequence[Mention]) -> Iterator[SaidPart]:
        """The components among *mentions* in *words*, all that the candidate said, in the order of their names."""
        spans: dict[str, list[Span]] = {}
        terms = {mention.term.id: mention.term for mention in mentions}
        for mention in mentions:
            span = mention.span
            is_named = is_sure(words[span.first : span.end]) and is_meant(words, span)
            if mention.term.category in PARTS and is_named:
                spans.setdefault(mention.term.id, []).append(span)
        said = {id_: [plain_text(around(words, span)) for span in found] for id_, found in spans.items()}
        # What was said of "the cache" was said of Redis; two stores are two things.
        family = {id_: id_ if terms[id_].category == "store" else terms[id_].category for id_ in spans}
        for id_, found in spans.items():
            texts = [text for other, heard in said.items() if family[other] == family[id_] for text in heard]
            yield SaidPart(
                term=terms[id_],
                mentions=len(found),
                first_end=found[0].end,
                is_put=any(self._is_put(words, span) for span in found),
                has_reason=any(text in self._reason for text in texts),
                has_data=any(text in self._data for text in texts),
                has_failure=any(text in self._failure for text in texts),
            )

    def _is_put(self, words: Sequence[Word], span: Span) -> bool:
        return plain_text(words[max(0, span.first - _PUT_REACH) : span.end]) in self._put


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
