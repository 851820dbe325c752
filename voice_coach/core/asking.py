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
from typing import TYPE_CHECKING

from voice_coach.core.cues import Cue, Span, at_end, compile_cue, plain_text, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.content import Question, TurnCues
    from voice_coach.core.cues import PlainText
    from voice_coach.core.transcript import Sentence, Word

MOST_EXPLANATIONS = 2
"""So many explaining sentences leave the question before them standing."""
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
    """Agreement, or a choice of where to go: "does that sound right"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to the interviewer."""

    kind: AskedKind
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the fact sheet says to a question."""

    fact: str | None
    """None: nothing; the candidate decides."""
    text: str | None
    """The words to say; None where there is no fact."""


def find_questions(
    sentences: Sequence[Sentence], cues: TurnCues, question: Question | None = None
) -> tuple[Asked, ...]:
    """The questions to the interviewer with which *sentences*, the candidate's since the coach spoke, end.

    What may be talk to oneself counts only where the fact sheet of *question* answers it.
    """
    compiled = _turn_cues(cues)
    facts = _fact_cues(question) if question else ()
    found: list[Asked] = []
    explanations = 0
    for index in range(len(sentences) - 1, -1, -1):
        words = sentences[index].words
        is_last = index == len(sentences) - 1
        kind = _kind(words, compiled, is_last=is_last)
        kind = _settled(kind, has_fact=bool(kind and _matched(plain_text(words), facts)))
        if kind is not None:
            found.append(Asked(kind=kind, words=words))
            explanations = 0
        elif explanations < MOST_EXPLANATIONS and _explains(sentences[index], compiled):
            explanations += 1
        else:
            break
    return tuple(reversed(found))


def answer_facts(asked: Sequence[Asked], question: Question) -> tuple[Answer, ...]:
    """What the fact sheet of *question* says to what was *asked*, in that order, each fact once.

    Questions that no fact answers get one Answer without a fact, once for all of them.
    """
    facts = _fact_cues(question)
    texts = {fact.id: fact.answer for fact in question.facts}
    answers: list[Answer] = []
    for item in asked:
        if item.kind is AskedKind.CHECK:
            continue
        matched = _matched(plain_text(item.words), facts)
        if not matched:
            answers.append(Answer(fact=None, text=None))
        answers.extend(Answer(fact=name, text=texts[name]) for name in matched)
    return _each_once(answers)[:MOST_ANSWERS]


# -- is it a question ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _TurnCues:
    question: tuple[Cue, ...]
    aside: tuple[Cue, ...]
    hand_over: tuple[Cue, ...]
    hand_over_at_end: tuple[Cue, ...]
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

    FACT_OR_TALK = "fact or talk"
    FACT_OR_CHECK = "fact or check"


def _settled(kind: AskedKind | _Guess | None, *, has_fact: bool) -> AskedKind | None:
    match kind:
        case _Guess.FACT_OR_TALK:
            return AskedKind.FACT if has_fact else None
        case _Guess.FACT_OR_CHECK:
            return AskedKind.FACT if has_fact else AskedKind.CHECK
        case _:
            return kind


def _kind(words: tuple[Word, ...], cues: _TurnCues, *, is_last: bool) -> AskedKind | _Guess | None:
    text = plain_text(words)
    has_mark = words[-1].text.rstrip("\"')]").endswith("?")
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
        return None if asides else _Guess.FACT_OR_TALK
    if has_mark or (is_last and any(_begins_sentence(span, words, cues) for span in openings)):
        return AskedKind.FACT
    return _Guess.FACT_OR_TALK if openings else None


def _first(cues: Sequence[Cue], text: PlainText) -> Span | None:
    return next((span for cue in cues if (span := cue.find(text)) is not None), None)


def _is_tag(check: Span, words: Sequence[Word]) -> bool:
    """Whether *check* only confirms the short statement before it: "it's read heavy, is that right"."""
    return 3 <= check.first <= LONGEST_TAG_QUESTION and _ends_clause(words[: check.first])  # noqa: PLR2004


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


@lru_cache(maxsize=4)
def _fact_cues(question: Question) -> tuple[tuple[str, tuple[Cue, ...]], ...]:
    return tuple((fact.id, _compiled(fact.asked)) for fact in question.facts)


def _matched(text: PlainText, facts: Sequence[tuple[str, tuple[Cue, ...]]]) -> list[str]:
    """The facts asked for in *text*, in that order; of two that share words the longer match counts."""
    hits = sorted(
        (
            (span.end - span.first, -order, span, name)
            for order, (name, cues) in enumerate(facts)
            for cue in cues
            for span in cue.find_all(text)
        ),
        key=lambda hit: hit[:2],
        reverse=True,
    )
    kept: list[tuple[Span, str]] = []
    for _, _, span, name in hits:
        if all(span.end <= other.first or other.end <= span.first for other, _ in kept):
            kept.append((span, name))
    kept.sort(key=lambda hit: hit[0].first)
    return list(dict.fromkeys(name for _, name in kept))


def _each_once(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    seen: dict[str | None, Answer] = {}
    for answer in answers:
        seen.setdefault(answer.fact, answer)
    return tuple(seen.values())
