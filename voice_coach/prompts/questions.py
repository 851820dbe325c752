"""Question packs: one file each under ``prompts/questions/``."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from voice_coach.core.content import (
    Fact,
    FactBook,
    FollowUp,
    LevelNotes,
    Lexicon,
    Nouns,
    Question,
    ScopeChange,
)
from voice_coach.core.counting import counted
from voice_coach.core.cues import compile_cue, plain
from voice_coach.core.errors import InputError, PromptError
from voice_coach.core.fact_finder import noun_sets
from voice_coach.core.question_model import OWN, SPECIAL
from voice_coach.prompts.facts import AREAS, noun_problems
from voice_coach.prompts.folder import Problem, cue_problems, list_problems, load_checked, repeated_ids
from voice_coach.prompts.follow_ups import component_problems, follow_up_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from voice_coach.toml_lines import Key

_STRICT = {"extra": "forbid"}

LONGEST_QUESTION = 25
"""Words of a question as spoken."""
LONGEST_ANSWER = 40
"""Words of a fact's answer: one or two sentences."""
LONGEST_CHANGE = 25
"""Words of a change of scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFact:
    """A fact of a pack's own, or cues and wordings added to a standard one."""

    __pydantic_config__ = _STRICT

    id: str
    area: str | None = None
    cues: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A question pack as its file holds it: the standard facts need only their answers."""

    __pydantic_config__ = _STRICT

    id: str
    title: str
    asked: str
    terse: str = ""
    vague: str = ""
    hard: str
    components: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    levels: LevelNotes | None = None
    nouns: Nouns = field(default_factory=Nouns)
    is_own_system: bool = False
    facts: dict[str, str] = field(default_factory=dict)
    """Answers by the ids of ``facts.toml``."""
    fact: tuple[OwnFact, ...] = ()
    follow_ups: tuple[FollowUp, ...]
    resume_follow_ups: tuple[FollowUp, ...] = ()
    scope_change: tuple[ScopeChange, ...] = ()


def load_question(path: Path, lexicon: Lexicon | None = None, book: FactBook | None = None) -> Question:
    """The question pack at *path*; its id is the file's name. Raises PromptError.

    With *lexicon*, the components that it names are looked up in it. *book*: the standard facts.
    """
    book = book or FactBook()
    pack = load_checked(path, Pack, _problems(path, lexicon, book), id=path.stem)
    return _question(pack, book)


def load_questions(
    folder: Path, lexicon: Lexicon | None = None, book: FactBook | None = None
) -> dict[str, Question]:
    """The packs in *folder* (``prompts/questions``) by id, sorted. None is a PromptError."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        message = f"{folder}: holds no question packs (*.toml)"
        raise PromptError(message)
    return {path.stem: load_question(path, lexicon, book) for path in paths}


def check_question(path: Path, lexicon: Lexicon | None = None, book: FactBook | None = None) -> list[str]:
    """Every complaint about the question pack at *path*, one line each."""
    return list_problems(path, Pack, _problems(path, lexicon, book or FactBook()), id=path.stem)


def _question(pack: Pack, book: FactBook) -> Question:
    """*pack* with the cues and wordings of its standard facts, in the order of *book*, its own after them."""
    known = {fact.id: fact for fact in book.fact}
    added = {fact.id: fact for fact in pack.fact}
    standard = [
        Fact(
            id=fact.id,
            area=fact.area,
            cues=(*added[fact.id].cues, *fact.cues) if fact.id in added else fact.cues,
            asked=(*added[fact.id].asked, *fact.asked) if fact.id in added else fact.asked,
            answer=added[fact.id].answer if fact.id in added else pack.facts[fact.id],
        )
        for fact in book.fact
        if fact.id in pack.facts or fact.id in added
    ]
    own = [
        Fact(id=fact.id, area=fact.area or "other", cues=fact.cues, asked=fact.asked, answer=fact.answer)
        for fact in pack.fact
        if fact.id not in known
    ]
    return Question(
        id=pack.id,
        title=pack.title,
        asked=pack.asked,
        terse=pack.terse,
        vague=pack.vague,
        hard=pack.hard,
        components=pack.components,
        aliases=pack.aliases,
        levels=pack.levels,
        nouns=pack.nouns,
        is_own_system=pack.is_own_system,
        facts=(*standard, *own),
        follow_ups=pack.follow_ups,
        resume_follow_ups=pack.resume_follow_ups,
        scope_change=pack.scope_change,
    )


def find_question(questions: Mapping[str, Question], text: str) -> Question:
    """The question whose id, title or words *text* is. Raises InputError that suggests the nearest."""
    found = match_question(questions, text)
    if found is not None:
        return found
    near = _nearest(questions, text)
    hint = f"did you mean {near}? " if near else ""
    message = f"unknown question {text!r}; {hint}see voice-coach questions list"
    raise InputError(message)


def match_question(questions: Mapping[str, Question], text: str) -> Question | None:
    """Like :func:`find_question`, but None where nothing fits: the question may be one without a pack."""
    wanted = plain(text)
    for question in questions.values():
        if wanted.text in {plain(name).text for name in _names(question)}:
            return question
    fitting = [
        question
        for question in questions.values()
        if any(compile_cue(alias).find(wanted) for alias in question.aliases)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _names(question: Question) -> tuple[str, ...]:
    spoken = (question.asked, question.terse, question.vague)
    return (question.id, question.title, *(text for text in spoken if text))


def _nearest(questions: Mapping[str, Question], text: str) -> str | None:
    names = {
        name.lower(): question.id for question in questions.values() for name in (question.id, question.title)
    }
    near = difflib.get_close_matches(text.lower(), names, n=1)
    return names[near[0]] if near else None


def _problems(path: Path, lexicon: Lexicon | None, book: FactBook) -> partial[Iterator[Problem]]:
    return partial(_question_problems, name=path.stem, lexicon=lexicon, book=book)


def _question_problems(
    pack: Pack, *, name: str, lexicon: Lexicon | None, book: FactBook
) -> Iterator[Problem]:
    if pack.id != name:
        yield Problem(("id",), f"{pack.id!r} differs from the file's name, {name!r}")
    for key in ("asked", "terse", "vague"):
        words = len(getattr(pack, key).split())
        if words > LONGEST_QUESTION:
            yield Problem((key,), f"{counted(words, 'word')} spoken; at most {LONGEST_QUESTION}")
    yield from cue_problems(("aliases",), pack.aliases)
    yield from component_problems(("components",), pack.components, lexicon)
    yield from noun_problems(pack.nouns)
    yield from _fact_problems(pack, book)
    yield from follow_up_problems("follow_ups", pack.follow_ups, lexicon)
    yield from _resume_problems(pack, lexicon)
    yield from _scope_change_problems(pack)


def _fact_problems(pack: Pack, book: FactBook) -> Iterator[Problem]:
    known = [fact.id for fact in book.fact]
    for name, answer in pack.facts.items():
        if name not in known:
            near = "".join(
                f"; did you mean {other}?" for other in difflib.get_close_matches(name, known, n=1)
            )
            reason = f"is no standard fact{near or '; one of its own is a [[fact]] table'}"
            yield Problem(("facts", name), reason)
        yield from _answer_problems(("facts", name), answer)
    yield from repeated_ids(("fact",), [fact.id for fact in pack.fact])
    sets = noun_sets(book.nouns, pack.nouns)
    for index, fact in enumerate(pack.fact):
        where = ("fact", index)
        if fact.id in pack.facts:
            yield Problem((*where, "id"), f"{fact.id!r} has an answer under [facts] already")
        if fact.id in (OWN, *SPECIAL):
            yield Problem((*where, "id"), f"{fact.id!r} has another meaning; choose another id")
        is_own = fact.id not in known
        if fact.area not in AREAS and (is_own or fact.area is not None):
            yield Problem((*where, "area"), f"{fact.area!r} is no area; known are {', '.join(AREAS)}")
        for key, what in (("cues", "cue"), ("asked", "wording")):
            if is_own and not getattr(fact, key):
                yield Problem((*where, key), f"needs at least one {what}")
        yield from _answer_problems((*where, "answer"), fact.answer)
        yield from cue_problems((*where, "cues"), fact.cues, sets)


def _resume_problems(pack: Pack, lexicon: Lexicon | None) -> Iterator[Problem]:
    if bool(pack.resume_follow_ups) != pack.is_own_system:
        yield Problem(("resume_follow_ups",), "goes together with is_own_system: have both or neither")
    for index, item in enumerate(pack.resume_follow_ups):
        if "{named}" not in item.text:
            yield Problem(("resume_follow_ups", index, "text"), "must hold {named}")
    filled = [replace(item, text=item.text.replace("{named}", "thing")) for item in pack.resume_follow_ups]
    yield from follow_up_problems("resume_follow_ups", filled, lexicon)


def _answer_problems(location: tuple[Key, ...], answer: str) -> Iterator[Problem]:
    words = len(answer.split())
    if not 1 <= words <= LONGEST_ANSWER:
        yield Problem(location, f"{counted(words, 'word')} spoken; 1 to {LONGEST_ANSWER}")


def _scope_change_problems(pack: Pack) -> Iterator[Problem]:
    yield from repeated_ids(("scope_change",), [change.id for change in pack.scope_change])
    for index, change in enumerate(pack.scope_change):
        where = ("scope_change", index)
        words = len(change.text.split())
        if not 1 <= words <= LONGEST_CHANGE:
            yield Problem((*where, "text"), f"{counted(words, 'word')} spoken; 1 to {LONGEST_CHANGE}")
        if not change.named:
            yield Problem((*where, "named"), "needs at least one cue")
        yield from cue_problems((*where, "named"), change.named)
        if not change.touches:
            yield Problem((*where, "touches"), "needs at least one area")
        for number, touched in enumerate(change.touches):
            if not touched.area.strip():
                yield Problem((*where, "touches", number, "area"), "is empty")
            if not touched.cues:
                yield Problem((*where, "touches", number, "cues"), "needs at least one cue")
            yield from cue_problems((*where, "touches", number, "cues"), touched.cues)
