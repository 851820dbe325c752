"""What is said in the set-up check."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from voice_coach.core.counting import counted
from voice_coach.core.lexicon import spelling
from voice_coach.prompts.folder import Problem, list_problems, load_checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_WORDS = 10
"""Of what is said in one go: the whole check has 20 s."""
FEWEST_WORDS = 6
"""Of the sentence: fewer tell little."""
_SENTENCE = "{sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said in the end: a line for each :class:`~voice_coach.core.sound_check.Problem`, and for none."""

    __pydantic_config__ = {"extra": "forbid"}

    good: str
    dead: str
    unheard: str
    lost: str
    faint: str
    clipped: str
    noisy: str
    echo: str
    deaf: str
    misheard: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundCheckTexts:
    """The lines of the set-up check."""

    __pydantic_config__ = {"extra": "forbid"}

    opening: str
    """The room is listened to after it."""
    ask: str
    """Asks for the ``{sentence}``."""
    sentence: str
    told: Told

    @property
    def asked(self) -> str:
        """``ask``, the sentence in it."""
        return self.ask.replace(_SENTENCE, self.sentence)


def load_sound_check(path: Path) -> SoundCheckTexts:
    """The lines in the file at *path*. Raises PromptError."""
    return load_checked(path, SoundCheckTexts, _problems)


def check_sound_check(path: Path) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, SoundCheckTexts, _problems)


def _problems(texts: SoundCheckTexts) -> Iterator[Problem]:
    lines: dict[tuple[str, ...], str] = {("opening",): texts.opening, ("sentence",): texts.sentence}
    lines |= {("told", item.name): getattr(texts.told, item.name) for item in fields(Told)}
    for location, text in lines.items():
        words = len(text.split())
        fewest = FEWEST_WORDS if location == ("sentence",) else 1
        if not fewest <= words <= LONGEST_WORDS:
            yield Problem(location, f"{counted(words, 'word')} spoken; {fewest} to {LONGEST_WORDS}")
        if "{" in text or "}" in text:
            yield Problem(location, "nothing is filled in here; leave the braces out")
    if texts.ask.count(_SENTENCE) != 1 or len(spelling(texts.ask)) > FEWEST_WORDS:
        yield Problem(
            ("ask",), f"must hold {_SENTENCE} once, and no more than {FEWEST_WORDS - 1} words besides"
        )
