"""Two things that the candidate said of the same, and that cannot both be so.

A wrongly claimed one is worse than none, so little counts: the same noun in both sentences, each stated without an
"if" or "but", no correction near, and nothing asked in between that may have changed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.clarity import is_sure
from voice_coach.core.cues import compile_cue, plain_text
from voice_coach.core.quantities import quantities
from voice_coach.core.said_lines import SaidLine, compiled, said_back, stem
from voice_coach.core.said_parts import SHAPED
from voice_coach.core.transcript import Speaker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.gap_content import GapBook, Opposite
    from voice_coach.core.lexicon import Mention
    from voice_coach.core.quantities import Quantity
    from voice_coach.core.said_lines import Cues
    from voice_coach.core.said_numbers import SaidNumber
    from voice_coach.core.transcript import Transcript, Word

OPPOSITE, PLACE, AMOUNT = "opposite", "place", "amount"
_SAID_WORDS = 4
_FEWEST_LETTERS = 4
_STORE = "store"
_ADVERBS = frozenset(
    ["fully", "always", "strictly", "only", "just", "all", "really", "completely", "definitely", "totally"]
)
_DETERMINERS = frozenset(
    ["the", "our", "my", "a", "an", "all", "every", "each", "this", "that", "these", "those", "its", "their"]
)
_EMPTY = frozenset(
    [
        "this",
        "that",
        "those",
        "these",
        "they",
        "them",
        "thing",
        "things",
        "there",
        "here",
        "everything",
        "something",
        "anything",
        "nothing",
        "data",
        "what",
        "which",
        "system",
        "design",
        "part",
        "parts",
        "stuff",
        "both",
        "some",
        "most",
        "rest",
        "other",
        "others",
        "service",
    ]
)
"""What may be another thing each time it is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """What was said of one thing first, and what later."""

    kind: str
    """``OPPOSITE``, ``PLACE`` or ``AMOUNT``."""
    about: str | None
    """The rubric id that the opposites belong to."""
    subject: str
    one: str
    other: str
    key: str
    """Names it, whatever words are used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    kind: str
    about: str | None
    key: str
    subject: str
    value: str
    """Claims of the same thing with other values contradict each other."""
    text: str
    line: int
    quantity: Quantity | None = None

    def fits(self, other: _Claim) -> bool:
        """Whether both can be so."""
        if self.quantity is not None and other.quantity is not None:
            return self.quantity.fits(other.quantity)
        return self.value == other.value


class ContradictionEar:
    """Finds them."""

    def __init__(self, book: GapBook) -> None:
        claims = book.claims
        self._is_so = compiled(f"({cue}) $" for cue in claims.is_so)
        self._kept_in = compiled(f"({cue}) $" for cue in claims.kept_in)
        self._counted = compiled(claims.counted)
        self._hedged = compiled(claims.hedged)
        self._corrected = compiled(claims.corrected)
        self._changed = compiled(claims.changed)
        self._not_stores = frozenset(claims.not_stores)
        self._opposites = [(item, compiled(item.one), compiled(item.other)) for item in book.opposite]
        self._for = compile_cue("^ (for|on|in) (the|our|all|every|each|my)?")

    def find(
        self,
        transcript: Transcript,
        lines: Sequence[SaidLine],
        mentions: Sequence[Sequence[Mention]],
        numbers: Sequence[SaidNumber],
    ) -> Iterator[Contradiction]:
        """The last contradiction of each thing in *lines*; *mentions*: the terms of each line."""
        claims = sorted(
            (*self._stated(lines, mentions), *self._amounts(lines, mentions, numbers)),
            key=lambda claim: claim.line,
        )
        for kind, key in dict.fromkeys((claim.kind, claim.key) for claim in claims):
            known: _Claim | None = None
            found: Contradiction | None = None
            for claim in (item for item in claims if (item.kind, item.key) == (kind, key)):
                if self._is_corrected(lines, claim.line) or (
                    known is not None and self._is_changed(transcript, lines, known, claim)
                ):
                    known = found = None
                elif known is not None and not known.fits(claim):
                    found = Contradiction(
                        kind=kind,
                        about=claim.about,
                        subject=claim.subject,
                        one=known.text,
                        other=claim.text,
                        key=f"{kind}:{key}",
                    )
                known = claim
            if found is not None:
                yield found

    def _stated(self, lines: Sequence[SaidLine], mentions: Sequence[Sequence[Mention]]) -> Iterator[_Claim]:
        for number, line in enumerate(lines):
            if line.is_question or line.text in self._hedged:
                continue
            yield from self._places(number, line, mentions[number])
            for opposite, one, other in self._opposites:
                yield from self._opposed(number, line, opposite, one, other)

    def _opposed(
        self, number: int, line: SaidLine, opposite: Opposite, one: Cues, other: Cues
    ) -> Iterator[_Claim]:
        sides = [
            (name, span) for name, cues in (("one", one), ("other", other)) for span in cues.all(line.text)
        ]
        if len({name for name, _ in sides}) != 1:
            return
        name, span = sides[0]
        text = said_back(line.words[span.first : span.end], most=_SAID_WORDS)
        subject = self._subject_before(line.words[: span.first]) or self._subject_after(
            line.words[span.end :]
        )
        if text is not None and subject is not None:
            yield _Claim(
                kind=OPPOSITE,
                about=opposite.about,
                key=f"{opposite.one[0]}/{stem(subject[-1].bare)}",
                subject=_spoken(subject, line),
                value=name,
                text=text,
                line=number,
            )

    def _places(self, number: int, line: SaidLine, mentions: Sequence[Mention]) -> Iterator[_Claim]:
        """What is kept where; a sentence with two stores may mean either."""
        stores = [item for item in mentions if item.term.category == _STORE]
        if len(stores) != 1 or not stores[0].term.text[:1].isupper() or stores[0].term.id in self._not_stores:
            return
        span, term = stores[0].span, stores[0].term
        text = (term.spoken or term.text) if is_sure(line.words[span.first : span.end]) else None
        before = plain_text(line.words[: span.first])
        kept = self._kept_in.find(before)
        subject = (
            _noun_at_end(line.words[: kept.first]) if kept else self._subject_after(line.words[span.end :])
        )
        if text is not None and subject is not None:
            yield _Claim(
                kind=PLACE,
                about=None,
                key=stem(subject[-1].bare),
                subject=_spoken(subject, line),
                value=term.id,
                text=text,
                line=number,
            )

    def _amounts(
        self, lines: Sequence[SaidLine], mentions: Sequence[Sequence[Mention]], numbers: Sequence[SaidNumber]
    ) -> Iterator[_Claim]:
        """The loads of the whole; one beside a component is what that can take."""
        for item in numbers:
            line = lines[item.line]
            before = plain_text(line.words[: item.begin - line.before])
            is_of_all = before in self._counted
            is_of_all = is_of_all and all(known.term.category not in SHAPED for known in mentions[item.line])
            if is_of_all and item.text and item.of and not (item.is_qualified or item.is_withdrawn):
                yield _Claim(
                    kind=AMOUNT,
                    about=None,
                    key=f"{item.of} {item.quantity.per or ''}".strip(),
                    subject=item.of,
                    value="",
                    quantity=item.quantity,
                    text=item.text,
                    line=item.line,
                )

    def _subject_before(self, words: Sequence[Word]) -> Sequence[Word] | None:
        """The noun of which the rest is said: "the ledger must be"."""
        rest = list(words)
        while rest and (rest[-1].bare in _ADVERBS or rest[-1].filler):
            rest.pop()
        so = self._is_so.find(plain_text(rest))
        return None if so is None else _noun_at_end(rest[: so.first])

    def _subject_after(self, words: Sequence[Word]) -> Sequence[Word] | None:
        """The noun for which it is so: "for the ledger"."""
        lead = self._for.find(plain_text(words))
        if lead is None or lead.end >= len(words):
            return None
        noun = words[lead.end : lead.end + 1]
        is_last = noun[0].text[-1] in ".,;:" or lead.end + 1 == len(words)
        return _noun(noun) if is_last else None

    def _is_corrected(self, lines: Sequence[SaidLine], number: int) -> bool:
        """Whether a correction stands in the sentence or in one beside it."""
        return any(line.text in self._corrected for line in lines[max(0, number - 1) : number + 2])

    def _is_changed(
        self, transcript: Transcript, lines: Sequence[SaidLine], one: _Claim, other: _Claim
    ) -> bool:
        """Whether the coach said something between the two that may have changed it."""
        between = transcript.turns[lines[one.line].turn + 1 : lines[other.line].turn]
        key = stem(other.subject.split()[-1])
        return any(
            plain_text(turn.words) in self._changed
            or any(stem(word.bare) == key for word in turn.words)
            or (other.kind == AMOUNT and any(quantities(plain_text(turn.words))))
            for turn in between
            if turn.speaker is Speaker.COACH
        )


def _noun_at_end(words: Sequence[Word]) -> Sequence[Word] | None:
    if not words:
        return None
    noun = _noun(words[-1:])
    if noun is None:
        return None
    has_determiner = len(words) > 1 and words[-2].bare in _DETERMINERS
    return words[-2:] if has_determiner else noun


def _noun(words: Sequence[Word]) -> Sequence[Word] | None:
    bare = words[-1].bare
    is_noun = len(bare) >= _FEWEST_LETTERS and bare.isalpha() and bare not in _EMPTY
    return words if is_noun and said_back(words, most=1) is not None else None


def _spoken(subject: Sequence[Word], line: SaidLine) -> str:
    """As the coach says it: "the ledger" for "our ledger", "messages" as it is."""
    noun = said_back(subject[-1:], most=1, begins=subject[-1] is line.words[0]) or ""
    return f"the {noun}" if len(subject) > 1 else noun
