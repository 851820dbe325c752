"""The backend terms, and what the recogniser is given to read like."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from voice_coach.core.content import Lexicon, Term
from voice_coach.core.counting import counted
from voice_coach.core.lexicon import singulars, spelling
from voice_coach.prompts.folder import Problem, list_problems, load_checked, repeated_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    Parts = tuple[str, ...]

CATEGORIES = (
    "store",
    "cache",
    "queue",
    "index",
    "balancer",
    "worker",
    "replica",
    "mechanism",
    "protocol",
    "product",
    "concept",
)
LONGEST_PROMPT = 120
"""Words; Whisper reads at most 224 tokens of a prompt, and names and hesitations take two or three each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _SpeechToText:
    __pydantic_config__ = {"extra": "forbid"}

    prompt: str


def load_lexicon(folder: Path) -> Lexicon:
    """The terms in *folder*/lexicon.toml. Raises PromptError."""
    return load_checked(folder / "lexicon.toml", Lexicon, _problems)


def check_lexicon(folder: Path) -> list[str]:
    """Every complaint about *folder*/lexicon.toml."""
    return list_problems(folder / "lexicon.toml", Lexicon, _problems)


def load_stt_prompt(folder: Path) -> str:
    """What stands in *folder*/stt.toml for the recogniser to read, on one line. Raises PromptError."""
    content = load_checked(folder / "stt.toml", _SpeechToText, _prompt_problems)
    return " ".join(content.prompt.split())


def _prompt_problems(content: _SpeechToText) -> Iterator[Problem]:
    words = len(content.prompt.split())
    if not 1 <= words <= LONGEST_PROMPT:
        yield Problem(("prompt",), f"{counted(words, 'word')}; 1 to {LONGEST_PROMPT}")


def _problems(lexicon: Lexicon) -> Iterator[Problem]:
    yield from repeated_ids(("term",), [term.id for term in lexicon.term])
    owners: dict[tuple[str, ...], str] = {}
    texts = _texts_around([spelling(term.text) for term in lexicon.term])
    for index, term in enumerate(lexicon.term):
        yield from _term_problems(index, term)
        for key, phrases in (("aliases", term.aliases), ("doubtful", term.doubtful)):
            for at, phrase in enumerate(phrases):
                yield from _phrase_problems(("term", index, key, at), phrase, term, owners, texts)


def _term_problems(index: int, term: Term) -> Iterator[Problem]:
    if term.category not in CATEGORIES:
        known = ", ".join(CATEGORIES)
        yield Problem(("term", index, "category"), f"{term.category!r} is no category; known are {known}")
    if not spelling(term.text):
        yield Problem(("term", index, "text"), "has no letter")
    if term.doubtful and not term.context:
        yield Problem(("term", index, "doubtful"), "needs `context`: the words that settle the doubt")


def _phrase_problems(
    location: tuple[str | int, ...],
    phrase: str,
    term: Term,
    owners: dict[tuple[str, ...], str],
    texts: Mapping[Parts, Sequence[Parts]],
) -> Iterator[Problem]:
    """A mishearing must lead to one term, and never out of a term that was put right already."""
    parts = spelling(phrase)
    if not parts:
        yield Problem(location, f"{phrase!r} has no letter")
        return
    if parts in owners:
        yield Problem(location, f"{phrase!r} already stands under {owners[parts]!r}")
    owners[parts] = term.id
    if parts == spelling(term.text):
        if location[2] == "aliases":
            yield Problem(location, f"{phrase!r} is the term's own spelling")
        return
    # What the phrase is the plural of counts as well.
    for form in (parts, *((*parts[:-1], form) for form in singulars(parts[-1]))):
        for text in texts.get(form, ()):
            yield Problem(location, f"{phrase!r} is part of the term {' '.join(text)!r}")


def _texts_around(texts: Sequence[Parts]) -> Mapping[Parts, Sequence[Parts]]:
    """The *texts* that each run of words stands in."""
    around: dict[Parts, dict[Parts, None]] = {}
    for text in texts:
        for first, end in combinations(range(len(text) + 1), 2):
            around.setdefault(text[first:end], {})[text] = None
    return {run: tuple(found) for run, found in around.items()}
