"""Which of the candidate's sentences are questions to the interviewer, and what the fact sheet answers.

A question stands at the end of what was said: design talk after it means that the candidate moved on, or
answered it alone. A sentence that only explains the question ("because that would change the storage")
leaves it standing.

People think aloud in questions ("so how do we store that"), and recognisers drop question marks. So a
sentence counts when an opening of a question begins one of its clauses, or a question mark ends it, unless
it is put to oneself. Where that leaves a doubt, it counts only if the fact sheet answers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from voice_coach.core.cues import Cue, Span, at_end, compile_cue, plain, plain_text, whole
from voice_coach.core.fact_finder import Found
from voice_coach.core.quantities import Quantity, quantities

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.content import TurnCues
    from voice_coach.core.cues import PlainText
    from voice_coach.core.fact_finder import FactFinder
    from voice_coach.core.transcript import Sentence, Word

MOST_EXPLANATIONS = 2
"""So many explaining sentences leave the question before them standing."""
FEWEST_ASKING = 3
"""Words. A shorter sentence asks nothing by its question mark alone: "again?"."""
LONGEST_TAG_QUESTION = 12
"""Words. A longer sentence that ends in "right?" plays something back rather than asks."""
MOST_ANSWERS = 3
"""Answers given in one breath: more cannot be kept in mind."""
_CLAUSE_END = (",", ";", ":", "–", "-", ".", "?", "!")
_TAGS = frozenset({"right", "correct", "yes", "no", "okay", "ok"})


class AskedKind(StrEnum):
    """What is wanted of the interviewer."""

    FACT = "fact"
    """Something about the product."""
    CHECK = "check"
    """Agreement: "does that sound right"."""
    CHOICE = "choice"
    """Where to go: "shall I go deeper on storage or on failures"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to the interviewer."""

    kind: AskedKind
    words: tuple[Word, ...]
    is_stated: bool = False
    """It is a statement of which was asked whether it is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the fact sheet says to a question."""

    fact: str | None
    """None: nothing; the candidate decides."""
    text: str | None
    """The words to say; None where there is no fact."""
    is_confirmed: bool = False
    """It holds the number that was stated."""


def find_questions(
    sentences: Sequence[Sentence], cues: TurnCues, finder: FactFinder | None = None
) -> tuple[Asked, ...]:
    """The questions to the interviewer with which *sentences*, the candidate's since the coach spoke, end.

    What may be talk to oneself counts only where the fact sheet of *finder* surely answers it.
    """
    compiled = _turn_cues(cues)
    found: list[Asked] = []
    explanations = 0
    index = len(sentences) - 1
    while index >= 0:
        words = sentences[index].words
        untagged = _untagged(words, compiled)
        stated = _stated(sentences[index - 1].words, words, compiled, finder) if index else None
        is_last = index == len(sentences) - 1
        kind = _kind(words, compiled, is_last=is_last)
        is_cut = len(untagged) < len(words)
        if kind is _Guess.FACT_OR_TALK:
            untagged = _last_clause(untagged, compiled)
        asks = finder.find(untagged) if finder and untagged else Found()
        if finder and kind is _Guess.FACT_OR_CHECK and not asks.facts:
            asks = finder.find(words)
        is_approval = _first(compiled.approval, plain_text(words)) is not None
        if kind is AskedKind.FACT and is_approval and not asks.is_certain:
            kind = AskedKind.CHECK
        settled = _settled(kind, asks)
        if stated is not None:
            found.append(stated)
            index -= 1
            explanations = 0
        elif settled is not None:
            is_tagged = is_cut and _first(compiled.unlike, plain_text(words)) is None
            parts = _parts(untagged, compiled) if settled is AskedKind.FACT else (words,)
            found.extend(Asked(kind=settled, words=part, is_stated=is_tagged) for part in reversed(parts))
            explanations = 0
        elif explanations < MOST_EXPLANATIONS and _explains(sentences[index], compiled):
            explanations += 1
        else:
            break
        index -= 1
    return tuple(reversed(found))


def answer_facts(asked: Sequence[Asked], finder: FactFinder) -> tuple[Answer, ...]:
    """What the fact sheet of *finder* says to what was *asked*, in that order, each fact once.

    Questions that no fact answers get one Answer without a fact, once for all of them.
    """
    texts = finder.answers
    answers: list[Answer] = []
    for item in asked:
        if item.kind is not AskedKind.FACT:
            continue
        matched = _facts_of(item.words, finder) if item.is_stated else finder.find(item.words).facts
        if not matched:
            answers.append(Answer(fact=None, text=None))
        stated = tuple(quantities(plain_text(item.words))) if item.is_stated else ()
        answers.extend(
            Answer(fact=name, text=texts[name], is_confirmed=_holds(texts[name], stated)) for name in matched
        )
    return _each_once(answers)[:MOST_ANSWERS]


# -- is it a question ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _TurnCues:
    question: tuple[Cue, ...]
    aside: tuple[Cue, ...]
    hand_over: tuple[Cue, ...]
    hand_over_at_end: tuple[Cue, ...]
    choice: tuple[Cue, ...]
    choice_at_end: tuple[Cue, ...]
    approval: tuple[Cue, ...]
    confirm: tuple[Cue, ...]
    stated: tuple[Cue, ...]
    unlike: tuple[Cue, ...]
    lead_in: tuple[Cue, ...]
    only_lead_in: tuple[Cue, ...]
    explains: tuple[Cue, ...]


@lru_cache(maxsize=4)
def _turn_cues(cues: TurnCues) -> _TurnCues:
    return _TurnCues(
        question=_compiled(cues.question),
        aside=_compiled(cues.aside),
        hand_over=_compiled(cues.hand_over),
        hand_over_at_end=_compiled(at_end(cue) for cue in cues.hand_over),
        choice=_compiled(cues.choice),
        choice_at_end=_compiled(at_end(cue) for cue in cues.choice),
        approval=_compiled(cues.approval),
        confirm=_compiled(whole(cue) for cue in cues.confirm),
        stated=_compiled(cues.stated),
        unlike=_compiled(cues.unlike),
        lead_in=_compiled(at_end(cue) for cue in cues.lead_in),
        only_lead_in=_compiled(_several(cues.lead_in)),
        explains=_compiled(cues.explains),
    )


def _several(lead_in: Sequence[str]) -> Iterator[str]:
    """One to four of them and nothing else."""
    if lead_in:
        one = "|".join(lead_in)
        yield whole(f"({one})" + f" ({one})?" * 3)


def _compiled(sources: Iterator[str] | Sequence[str]) -> tuple[Cue, ...]:
    return tuple(compile_cue(source) for source in sources)


class _Guess(StrEnum):
    """What a sentence is where the fact sheet decides."""

    FACT_OR_NOTHING = "fact or nothing"
    """A question mark, and no opening that is known."""
    FACT_OR_TALK = "fact or talk"
    FACT_OR_CHECK = "fact or check"
    ASIDE_OR_FACT = "aside or fact"
    """Mostly put to oneself: "what if somebody presses twice"."""
    TALK_OR_FACT = "talk or fact"
    """Nothing in it sounds like a question: "I need to know the scale"."""


def _settled(kind: AskedKind | _Guess | None, asks: Found) -> AskedKind | None:
    match kind:
        case _Guess.FACT_OR_NOTHING:
            return AskedKind.FACT if asks.facts or asks.is_asked else None
        case _Guess.FACT_OR_TALK | _Guess.ASIDE_OR_FACT:
            return AskedKind.FACT if asks.is_sure else None
        case _Guess.TALK_OR_FACT:
            return AskedKind.FACT if asks.is_certain else None
        case _Guess.FACT_OR_CHECK:
            return AskedKind.FACT if asks.facts else AskedKind.CHECK
        case AskedKind.CHECK:
            return AskedKind.FACT if asks.is_certain else kind
        case AskedKind.FACT:
            return None if asks.is_oneself else kind
        case _:
            return kind


def _kind(words: tuple[Word, ...], cues: _TurnCues, *, is_last: bool) -> AskedKind | _Guess:
    text = plain_text(words)
    has_mark = words[-1].text.rstrip("\"')]").endswith("?")
    if _first(cues.choice if has_mark else cues.choice_at_end, text) is not None:
        return AskedKind.CHOICE
    check = _first(cues.hand_over if has_mark else cues.hand_over_at_end, text)
    if check is not None:
        return _Guess.FACT_OR_CHECK if _is_tag(check, words) else AskedKind.CHECK
    if has_mark and words[-1].bare in _TAGS:
        is_short = len(words) <= LONGEST_TAG_QUESTION
        return _Guess.FACT_OR_CHECK if is_short else AskedKind.CHECK
    asides = list(_clause_openings(cues.aside, text, words, cues))
    openings = [
        span
        for span in _clause_openings(cues.question, text, words, cues)
        if not any(aside.first <= span.first < aside.end for aside in asides)
    ]
    if has_mark and not openings:
        if asides:
            return _Guess.ASIDE_OR_FACT
        return _Guess.FACT_OR_NOTHING if len(words) >= FEWEST_ASKING else _Guess.TALK_OR_FACT
    if has_mark or (is_last and any(_begins_sentence(span, words, cues) for span in openings)):
        return AskedKind.FACT
    return _Guess.FACT_OR_TALK if openings else _Guess.TALK_OR_FACT


def _first(cues: Sequence[Cue], text: PlainText) -> Span | None:
    return next((span for cue in cues if (span := cue.find(text)) is not None), None)


def _is_tag(check: Span, words: Sequence[Word]) -> bool:
    """Whether *check* only confirms the short statement before it: "it's read heavy, is that right"."""
    return 3 <= check.first <= LONGEST_TAG_QUESTION and _ends_clause(words[: check.first])  # noqa: PLR2004


def _untagged(words: tuple[Word, ...], cues: _TurnCues) -> tuple[Word, ...]:
    """*words* without the "right?" or "is that right?" at their end."""
    ends = (at for at in range(1, len(words)) if _ends_clause(words[:at]))
    tag = next((at for at in ends if _first(cues.confirm, plain_text(words[at:])) is not None), len(words))
    return words[:tag]


def _stated(
    before: tuple[Word, ...], words: Sequence[Word], cues: _TurnCues, finder: FactFinder | None
) -> Asked | None:
    """The statement *before*, of which *words* ask whether it is right and of which *finder* knows; else None."""
    said = plain_text(before)
    if (
        len(before) > LONGEST_TAG_QUESTION
        or _first(cues.confirm, plain_text(words)) is None
        or not (_first(cues.stated, said) or any(quantities(said)))
        or finder is None
        or not _facts_of(before, finder)
    ):
        return None
    return Asked(kind=AskedKind.FACT, words=before, is_stated=_first(cues.unlike, said) is None)


def _facts_of(statement: tuple[Word, ...], finder: FactFinder) -> tuple[str, ...]:
    """The facts that a *statement* is about; as it is no question, a cue alone is enough."""
    return finder.find(statement).facts or finder.named(statement)


def _parts(words: tuple[Word, ...], cues: _TurnCues) -> tuple[tuple[Word, ...], ...]:
    """The questions that *words* join: "does it have to be in order, and can I assume we only do text"."""
    text = plain_text(words)
    openings = {span.first for span in _clause_openings(cues.question, text, words, cues)}
    joints = [at for at, word in enumerate(words) if word.bare == "and" and at and _ends_clause(words[:at])]
    cuts = [at for at in joints if at + 1 in openings and any(first < at for first in openings)]
    return tuple(words[first:end] for first, end in pairwise([0, *cuts, len(words)]))


def _last_clause(words: tuple[Word, ...], cues: _TurnCues) -> tuple[Word, ...]:
    """*words* from where their last question opens: what stands before it is talk."""
    openings = (span.first for span in _clause_openings(cues.question, plain_text(words), words, cues))
    return words[max(openings, default=0) :]


def _clause_openings(
    cues: Sequence[Cue], text: PlainText, words: Sequence[Word], compiled: _TurnCues
) -> Iterator[Span]:
    """Where *cues* match and begin a clause."""
    for cue in cues:
        for span in cue.find_all(text):
            before = words[: span.first]
            if _ends_clause(before) or _first(compiled.lead_in, plain_text(before)) is not None:
                yield span


def _ends_clause(words: Sequence[Word]) -> bool:
    return not words or words[-1].filler or words[-1].text.endswith(_CLAUSE_END)


def _begins_sentence(opening: Span, words: Sequence[Word], cues: _TurnCues) -> bool:
    before = [word for word in words[: opening.first] if not word.filler]
    return not before or _first(cues.only_lead_in, plain_text(before)) is not None


def _explains(sentence: Sentence, cues: _TurnCues) -> bool:
    text = plain_text(sentence.words)
    return any(span.first == 0 for cue in cues.explains if (span := cue.find(text)) is not None)


# -- what answers it -------------------------------------------------------------------------------------


def _holds(answer: str, stated: Sequence[Quantity]) -> bool:
    """Whether *answer* holds a number of those *stated*."""
    known = tuple(quantities(plain(answer)))
    return any(number.fits(other) for number in stated for other in known)


def _each_once(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    seen: dict[str | None, Answer] = {}
    for answer in answers:
        seen.setdefault(answer.fact, answer)
    return tuple(seen.values())
