"""What the coach says about the feedback."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from voice_coach.core.counting import counted
from voice_coach.core.review_texts import ReviewTexts
from voice_coach.prompts.folder import Problem, list_problems, load_checked, placeholder_problems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_WORDS = 25
"""Of a line, as it stands."""
_PLACEHOLDERS = {
    ("why", "quote"): {"time", "quote"},
    ("why", "quote_doubt"): {"time", "quote"},
    ("why", "corrected"): {"quote"},
    ("why", "length"): {"length", "low", "high"},
    ("why", "score"): {"total", "noun", "lost"},
    ("why", "score_full"): {"total"},
    ("when", "found"): {"time"},
    ("when", "unsure"): {"time"},
    ("when", "more"): {"time"},
    ("when", "nothing"): {"claim"},
    ("claim", "corrected"): {"time"},
    ("claim", "known"): {"time"},
    ("claim", "short"): {"time"},
    ("claim", "nearest"): {"time"},
    ("redo", "goal"): {"noun"},
    ("redo", "before"): {"quote"},
    ("redo", "now_met"): {"quote"},
    ("redo", "still_met"): {"quote"},
    ("redo", "now_not_met"): {"quote"},
    ("redo", "now_unjudged"): {"quote"},
}
"""What each line must hold; all others hold none."""


def load_review(path: Path) -> ReviewTexts:
    """The texts in the file at *path*. Raises PromptError."""
    return load_checked(path, ReviewTexts, _problems)


def check_review(path: Path) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, ReviewTexts, _problems)


def _problems(texts: ReviewTexts) -> Iterator[Problem]:
    for section in fields(ReviewTexts):
        part = getattr(texts, section.name)
        for item in fields(part):
            variants: tuple[str, ...] = getattr(part, item.name)
            if not variants:
                yield Problem((section.name, item.name), "needs at least one variant")
            for index, text in enumerate(variants):
                wanted = _PLACEHOLDERS.get((section.name, item.name), set())
                yield from _line_problems((section.name, item.name, index), text, wanted)


def _line_problems(location: tuple[str, str, int], text: str, wanted: set[str]) -> Iterator[Problem]:
    words = len(text.split())
    if not 1 <= words <= LONGEST_WORDS:
        yield Problem(location, f"{counted(words, 'word')}; 1 to {LONGEST_WORDS}")
    yield from placeholder_problems(location, text, wanted)
