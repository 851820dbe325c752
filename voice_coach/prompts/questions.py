"""Question packs: one file each under ``prompts/questions/``."""

from __future__ import annotations

import difflib
from functools import partial
from typing import TYPE_CHECKING

from voice_coach.core.content import Lexicon, Question
from voice_coach.core.cues import compile_cue, plain
from voice_coach.core.errors import InputError, PromptError
from voice_coach.core.rubric_ids import CLARIFICATION
from voice_coach.prompts.folder import Problem, cue_problems, list_problems, load_checked, repeated_ids
from voice_coach.prompts.follow_ups import component_problems, follow_up_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LONGEST_QUESTION = 25
"""Words of a question as spoken."""
LONGEST_ANSWER = 40
"""Words of a fact's answer: one or two sentences."""
LONGEST_CHANGE = 25
"""Words of a change of scope."""
_AREAS = (*CLARIFICATION, "other")


def load_question(path: Path, lexicon: Lexicon | None = None) -> Question:
    """The question pack at *path*; its id is the file's name. Raises PromptError.

    With *lexicon*, the components that it names are looked up in it.
    """
    return load_checked(path, Question, _problems(path, lexicon), id=path.stem)


def load_questions(folder: Path, lexicon: Lexicon | None = None) -> dict[str, Question]:
    """The packs in *folder* (``prompts/questions``) by id, sorted. None is a PromptError."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        message = f"{folder}: holds no question packs (*.toml)"
        raise PromptError(message)
    return {path.stem: load_question(path, lexicon) for path in paths}


def check_question(path: Path, lexicon: Lexicon | None = None) -> list[str]:
    """Every complaint about the question pack at *path*, one line each."""
    return list_problems(path, Question, _problems(path, lexicon), id=path.stem)


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
        if wanted.text in {plain(name).text for name in (question.id, question.title, question.asked)}:
            return question
    fitting = [
        question
        for question in questions.values()
        if any(compile_cue(alias).find(wanted) for alias in question.aliases)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _nearest(questions: Mapping[str, Question], text: str) -> str | None:
    names = {
        name.lower(): question.id for question in questions.values() for name in (question.id, question.title)
    }
    near = difflib.get_close_matches(text.lower(), names, n=1)
    return names[near[0]] if near else None


def _problems(path: Path, lexicon: Lexicon | None) -> partial[Iterator[Problem]]:
    return partial(_question_problems, name=path.stem, lexicon=lexicon)


def _question_problems(question: Question, *, name: str, lexicon: Lexicon | None) -> Iterator[Problem]:
    if question.id != name:
        yield Problem(("id",), f"{question.id!r} differs from the file's name, {name!r}")
    words = len(question.asked.split())
    if words > LONGEST_QUESTION:
        yield Problem(("asked",), f"{words} words spoken; at most {LONGEST_QUESTION}")
    yield from cue_problems(("aliases",), question.aliases)
    yield from component_problems(("components",), question.components, lexicon)
    yield from _fact_problems(question)
    yield from follow_up_problems("follow_ups", question.follow_ups, lexicon)
    yield from _scope_change_problems(question)


def _fact_problems(question: Question) -> Iterator[Problem]:
    yield from repeated_ids(("facts",), [fact.id for fact in question.facts])
    for index, fact in enumerate(question.facts):
        where = ("facts", index)
        if fact.area not in _AREAS:
            yield Problem((*where, "area"), f"{fact.area!r} is no area; known are {', '.join(_AREAS)}")
        if not fact.asked:
            yield Problem((*where, "asked"), "needs at least one cue")
        words = len(fact.answer.split())
        if not 1 <= words <= LONGEST_ANSWER:
            yield Problem((*where, "answer"), f"{words} words spoken; 1 to {LONGEST_ANSWER}")
        yield from cue_problems((*where, "asked"), fact.asked)


def _scope_change_problems(question: Question) -> Iterator[Problem]:
    yield from repeated_ids(("scope_change",), [change.id for change in question.scope_change])
    for index, change in enumerate(question.scope_change):
        where = ("scope_change", index)
        words = len(change.text.split())
        if not 1 <= words <= LONGEST_CHANGE:
            yield Problem((*where, "text"), f"{words} words spoken; 1 to {LONGEST_CHANGE}")
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
