"""What a candidate stated that has a known price, and was not paid for yet: the claims that an interviewer seizes upon.

"Everything goes through one queue" is a claim of which an experienced listener knows at once what to ask. Which
claims those are, and what is asked, is content (``prompts/follow_ups/risks.toml``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.cues import Span, plain_text
from voice_coach.core.english import CLAUSE, DANGLING, LEADING, SUBJECTS, VERBS
from voice_coach.core.quoting import FEWEST_WORDS, MOST_WORDS, cut, whole_quotes
from voice_coach.core.said_lines import compiled, ends_clause, in_stretches, said_back, stem
from voice_coach.core.said_parts import is_meant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.said_lines import Cues, SaidLine
    from voice_coach.core.transcript import Word

_STRICT = {"extra": "forbid"}

SAID = "{said}"
"""In a lead: the candidate's words."""
LONGEST = 25
"""Words of a follow-up, with the candidate's own."""
MOST_SAID, FEWEST_SAID = MOST_WORDS, 7
"""Words of the candidate that are said back at most, and those for which there is always room."""
_FEWEST_PUT_OFF = 2
"""With fewer words before it in its sentence, the sentence before is what was put off."""
_TELLING_LETTERS = 5
"""Shorter words tell nothing of what was put off."""
_CONDITIONS = frozenset({"if", "when", "whenever", "unless", "until", "once", "while"})
"""What begins with one of these was not put off: it is when something else holds."""
_TAKEN_UP = 0.5
"""What was put off is taken up again by a sentence that has more than this share of its telling words."""
_JOINING = frozenset({"and", "so", "but", "because", "or", "well", "oh", "okay"})
"""Nothing is said back with these before it."""
_HEDGES = frozenset({("let's", "say"), ("you", "know"), ("i", "mean")})
_ITEM_WORDS = 2
"""Between commas, so few without a verb are an item of a list."""
_ANSWER_WORDS = 20
"""What answers a risk may reach over so many words behind its sentence, full stops or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A claim with a known price, and the question about it."""

    __pydantic_config__ = _STRICT

    id: str
    about: tuple[str, ...]
    """The rubric ids of which a good reply would meet one: the first that is open is asked about."""
    said: tuple[str, ...]
    """Cues of the claim, within a sentence."""
    text: str
    """One question about what was said back before it."""
    is_whole: bool = False
    """It names what it is about: nothing is said back before it."""
    unless: tuple[str, ...] = ()
    """Cues in the same sentence by which it is no such claim."""
    answered: tuple[str, ...] = ()
    """Cues by which its price was spoken of anywhere in the answer: then it is not asked."""
    needs: tuple[str, ...] = ()
    """Cues of what the question takes for granted: it is only asked where one is in the sentence or the one before."""
    asked: tuple[str, ...] = ()
    """Cues by which the coach has asked about its price already: then it was answered, or will not be."""
    is_of_load: bool = False
    """It costs something only where there is much of it."""
    packs: tuple[str, ...] = ()
    """Only for these questions; empty: for any."""
    is_deferral: bool = False
    """It puts off what was said right before it: that is said back, and answered where it was taken up again."""
    lead: str = ""
    """How the candidate's words are said back; empty: as all are."""
    within_words: int = 0
    """It is only asked while the candidate has said no more words than this since; 0: at any time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskBook:
    """All risks that are known, the most telling first."""

    __pydantic_config__ = _STRICT

    lead: tuple[str, ...] = ("You said “{said}”.",)
    """How the candidate's words are said back, ``{said}`` in their place; used in turn."""
    unless: tuple[str, ...] = ()
    """Cues of a sentence that claims nothing: what if, what others do, what was given up."""
    withdrawn: tuple[str, ...] = ()
    """Cues at the start of a sentence by which the one before was no claim."""
    little: tuple[str, ...] = ()
    """Cues by which there is little of anything: risks of load are not asked about then."""
    risk: tuple[Risk, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A risk with its cues compiled."""

    risk: Risk
    said: Cues
    unless: Cues
    needs: Cues
    answered: Cues
    asked: Cues
    most: int
    """So many of the candidate's words may be said back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRisk:
    """A risk that somebody took."""

    risk: Risk
    said: str
    """The candidate's words."""


class RiskEar:
    """Finds them; holds compiled cues."""

    def __init__(self, book: RiskBook, pack: str) -> None:
        """*pack*: the id of the question that is answered."""
        self._lead = book.lead
        self._withdrawn = compiled(book.withdrawn)
        self._little = compiled(book.little)
        self._known = [
            _Known(
                risk=risk,
                said=compiled(risk.said),
                unless=compiled(risk.unless, book.unless),
                needs=compiled(risk.needs),
                answered=compiled(risk.answered),
                asked=compiled(risk.asked),
                most=self._room(risk),
            )
            for risk in book.risk
            if not risk.packs or pack in risk.packs
        ]

    @property
    def ids(self) -> tuple[str, ...]:
        """Of all that are listened for."""
        return tuple(known.risk.id for known in self._known)

    def find(self, lines: Sequence[SaidLine], coach: Sequence[Word] = ()) -> Iterator[OpenRisk]:
        """What was claimed in *lines* and not answered for, in the order of the book.

        *coach*: what the coach said between them.
        """
        stretches = in_stretches(lines, _ANSWER_WORDS)
        words = lines[-1].end if lines else 0
        is_little = any(line.text in self._little for line in lines)
        by_coach = plain_text(coach)
        for known in self._known:
            risk = known.risk
            claims = [number for number, line in enumerate(lines) if line.text in known.said]
            if not claims:
                continue
            is_paid = any(known.answered.are_in(text) for text in stretches) or by_coach in known.asked
            if is_paid or (risk.is_of_load and is_little):
                continue
            for number in reversed(claims):
                if risk.within_words and words - lines[number].end > risk.within_words:
                    break
                words_said = (
                    self._said(known, lines, number) if self._may_claim(known, lines, number) else None
                )
                if words_said is not None:
                    yield OpenRisk(risk=risk, said=words_said)
                    break

    def _may_claim(self, known: _Known, lines: Sequence[SaidLine], number: int) -> bool:
        """Whether a line may claim something of which all that the question needs was said."""
        line = lines[number]
        if line.is_question or line.text in known.unless:
            return False
        before, after = _beside(lines, number, -1), _beside(lines, number, 1)
        if after is not None and after.text in self._withdrawn:
            return False
        near = (line,) if before is None else (before, line)
        return not known.risk.needs or any(said.text in known.needs for said in near)

    def _said(self, known: _Known, lines: Sequence[SaidLine], number: int) -> str | None:
        """The claim in a line, as it is said back; None where it has none that may be."""
        line, most = lines[number], known.most
        spans = (span for span in known.said.all(line.text) if is_meant(line.words, span))
        quotes = (
            _put_off(lines, number, span, most) if known.risk.is_deferral else _said(line, span, most)
            for span in spans
        )
        told = [quote for quote in quotes if quote is not None]
        return next(
            (quote for quote in told if len(quote.split()) >= FEWEST_WORDS), told[0] if told else None
        )

    def _room(self, risk: Risk) -> int:
        leads = (risk.lead,) if risk.lead else self._lead
        return min(MOST_SAID, LONGEST - max(spoken_words(risk, lead) for lead in leads))

    def put(self, found: OpenRisk, turn: int) -> str:
        """The question about *found*; *turn* chooses how it is led in."""
        if found.risk.is_whole:
            return found.risk.text
        lead = found.risk.lead or self._lead[turn % len(self._lead)]
        return f"{lead.replace(SAID, found.said)} {found.risk.text}"


def _beside(lines: Sequence[SaidLine], number: int, step: int) -> SaidLine | None:
    """The line *step* from a line; None where that is none of the same turn: the coach spoke between."""
    at = number + step
    is_same = 0 <= at < len(lines) and lines[at].turn == lines[number].turn
    return lines[at] if is_same else None


def spoken_words(risk: Risk, lead: str) -> int:
    """How many words are said to ask about *risk*, the candidate's own left out."""
    return len(risk.text.split()) + (0 if risk.is_whole else len(lead.split()) - 1)


def _said(line: SaidLine, span: Span, most: int) -> str | None:
    """What was said at *span* of *line*, with what belongs to it; None where it may not be said back."""
    whole = _clause(line.words, span, most)
    if whole is None:
        best = cut(line.words, (span,), most)
        whole = best if best.first <= span.first and span.end <= best.end else span
    first, end = whole.first, whole.end
    while end - first > 1 and _is_loose(line.words, end):
        end -= 1
    kept = _without_hedges(line.words, Span(first=first, end=end))
    return said_back(line.words[kept.first : kept.end], most=most, begins=kept.first <= 1)


def _is_loose(words: Sequence[Word], end: int) -> bool:
    """Whether the word before *end* wants something behind it, or only joins."""
    return words[end - 1].bare in (LEADING if end == len(words) else DANGLING | LEADING)


def _without_hedges(words: Sequence[Word], span: Span) -> Span:
    """*span* without what only joins or softens at its edges, as long as enough is left."""
    first, end = span.first, span.end
    while end - first > FEWEST_WORDS:
        two = tuple(word.bare for word in words[first : first + 2])
        if words[first].bare in _JOINING:
            first += 1
        elif two in _HEDGES:
            first += len(two)
        elif tuple(word.bare for word in words[end - 2 : end]) in _HEDGES:
            end -= 2
        elif _is_loose(words, end):
            end -= 1
        else:
            break
    return Span(first=first, end=end)


def _put_off(lines: Sequence[SaidLine], number: int, span: Span, most: int) -> str | None:
    """What the words at *span* of a line put off: the end of what was said before them; None where it was taken up
    again, or may not be said back.
    """
    before = lines[number].words[: span.first]
    if sum(word.bare not in CLAUSE for word in before) < _FEWEST_PUT_OFF:
        beside = _beside(lines, number, -1)
        before = () if beside is None else beside.words
    found = max(
        ((clause.end, worth, clause) for worth, clause in whole_quotes(before, most)),
        key=lambda item: item[:2],
        default=None,
    )
    telling = [Span(first=at, end=at + 1) for at, word in enumerate(before) if _tells(word)]
    clause = cut(before, telling, most) if found is None else found[2]
    words = before[clause.first : clause.end]
    if not words or _is_condition(before, clause.first):
        return None
    keys = {stem(word.bare) for word in words if _tells(word)}
    later = ({stem(word.bare) for word in line.words} for line in lines[number + 1 :])
    if not keys or any(len(keys & stems) > _TAKEN_UP * len(keys) for stems in later):
        return None
    return said_back(words, most=most, begins=clause.first <= 1)


def _tells(word: Word) -> bool:
    """Whether *word* is long enough to tell what was put off."""
    return len(word.bare) >= _TELLING_LETTERS


def _is_condition(words: Sequence[Word], first: int) -> bool:
    """Whether the clause that the word at *first* stands in begins with a condition."""
    begins = next((at + 1 for at in range(first - 1, -1, -1) if ends_clause(words[at])), 0)
    opening = next((word.bare for word in words[begins:] if word.bare not in LEADING), "")
    return opening in _CONDITIONS


def _clause(words: Sequence[Word], span: Span, most: int) -> Span | None:
    """The clauses around *span* that can stand by themselves; None where they are too long."""
    found = [
        (worth, -clause.first, clause)
        for worth, clause in whole_quotes(words, most)
        if clause.first <= span.first and span.end <= clause.end and not _is_in_list(words, clause.end)
    ]
    best = max(found, key=lambda item: item[:2], default=None)
    return None if best is None else best[2]


def _is_in_list(words: Sequence[Word], end: int) -> bool:
    """Whether *end* is between the items of a list: "puts post id, author | , time on a topic"."""
    if end >= len(words) or not words[end - 1].text.endswith(","):
        return False
    last = next((end - at - 1 for at in range(end - 2, -1, -1) if ends_clause(words[at])), end)
    rest = words[end:]
    item = rest[: next((at + 1 for at, word in enumerate(rest) if ends_clause(word)), len(rest))]
    is_clause = item[0].bare in CLAUSE | LEADING | SUBJECTS or any(word.bare in VERBS for word in item)
    return not is_clause and min(last, len(item)) <= _ITEM_WORDS
