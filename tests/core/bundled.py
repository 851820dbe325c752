"""The bundled content, as the session uses it, for tests of the conversation."""

from __future__ import annotations

from voice_coach.compose.book import book_for
from voice_coach.compose.content import load_content
from voice_coach.config import Config
from voice_coach.core.pressure import Pressure
from voice_coach.core.rule_judge import RuleJudge
from voice_coach.core.session_step import Book

CONTENT = load_content()
RULES = RuleJudge(CONTENT.rubric, CONTENT.lexicon)


def bundled_book(
    question: str = "url-shortener",
    *,
    config: Config | None = None,
    pressure: Pressure = Pressure.NORMAL,
    seed: int = 0,
) -> Book:
    """A book with everything that comes with the program."""
    return book_for(config or Config(), CONTENT, CONTENT.questions[question], pressure, seed, RULES)
