"""What any product may be asked about: ``prompts/facts.toml``."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING

from voice_coach.core.content import FactBook, Nouns
from voice_coach.core.fact_finder import noun_sets
from voice_coach.core.rubric_ids import CLARIFICATION
from voice_coach.prompts.folder import Problem, cue_problems, list_problems, load_checked, repeated_ids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AREAS = (*CLARIFICATION, "other")
_NOUN = re.compile(r"[a-z][a-z' ]*")


def load_facts(path: Path) -> FactBook:
    """The standard facts in the file at *path*. Raises PromptError."""
    return load_checked(path, FactBook, _problems)


def check_facts(path: Path) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, FactBook, _problems)


def noun_problems(nouns: Nouns) -> Iterator[Problem]:
    """Nouns that are no plain words."""
    for name in fields(Nouns):
        for index, noun in enumerate(getattr(nouns, name.name)):
            if not _NOUN.fullmatch(noun):
                yield Problem(("nouns", name.name, index), f"{noun!r} is no word in small letters")


def _problems(book: FactBook) -> Iterator[Problem]:
    yield from noun_problems(book.nouns)
    yield from (
        Problem(("nouns", name.name), "needs at least one word")
        for name in fields(Nouns)
        if not getattr(book.nouns, name.name)
    )
    ids = [fact.id for fact in book.fact]
    yield from repeated_ids(("fact",), ids)
    sets = noun_sets(book.nouns)
    for index, fact in enumerate(book.fact):
        where = ("fact", index)
        if fact.area not in AREAS:
            yield Problem((*where, "area"), f"{fact.area!r} is no area; known are {', '.join(AREAS)}")
        if fact.instead is not None and fact.instead not in ids:
            yield Problem((*where, "instead"), f"{fact.instead!r} is the id of no fact")
        for key in ("cues", "asked"):
            if not getattr(fact, key):
                yield Problem((*where, key), "needs at least one")
        yield from cue_problems((*where, "cues"), fact.cues, sets)
