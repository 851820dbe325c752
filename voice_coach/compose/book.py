"""What the core runs a session with, from content and configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.core.fact_finder import FactFinder, Understanding
from voice_coach.core.interview import Interviewer, Script
from voice_coach.core.pressure import Pressure
from voice_coach.core.review_book import ReviewBook
from voice_coach.core.review_words import ReviewReader
from voice_coach.core.session_step import Book
from voice_coach.core.spoken_commands import CommandReader
from voice_coach.core.turn_taking import TailReader

if TYPE_CHECKING:
    from voice_coach.compose.content import Content
    from voice_coach.config import Config
    from voice_coach.core.content import Question
    from voice_coach.core.features import Encoder
    from voice_coach.core.model_guard import ModelGuard
    from voice_coach.core.rule_judge import RuleJudge


def understanding(content: Content, encoder: Encoder | None) -> Understanding | None:
    """With what questions are understood by *encoder*; None without one."""
    if encoder is None:
        return None
    return Understanding(encoder=encoder, model=content.question_model, sayings=content.sayings)


def book_for(  # noqa: PLR0913, PLR0917 - all that a session depends on
    config: Config,
    content: Content,
    question: Question,
    pressure: Pressure,
    seed: int,
    judge: RuleJudge,
    encoder: Encoder | None = None,
    guard: ModelGuard | None = None,
) -> Book:
    """The book of one session; the same arguments give the same session.

    *encoder* compares the candidate's questions with those that are known; without it cues alone do. *guard* checks
    what a language model writes; without it none is asked.
    """
    script = Script(
        question=question,
        bank=content.bank,
        gaps=content.gaps,
        risks=content.risks,
        lines=content.lines,
        cues=content.turn_cues,
        lexicon=content.lexicon,
        level=config.candidate.asked_as,
        finder=FactFinder(question, content.facts, understanding(content, encoder), config.matching),
    )
    turn_taking = config.turn_taking
    commands = CommandReader(
        content.commands, gap_s=turn_taking.utterance_gap_s, doubt=turn_taking.misheard_probability
    )
    return Book(
        interviewer=Interviewer(
            script, config.pace, config.interview, config.steering, pressure=pressure, seed=seed
        ),
        reader=TailReader(content.turn_cues, commands),
        turn_taking=turn_taking,
        pace=config.pace,
        steering=config.steering,
        echo=config.echo,
        covered=judge.covered_so_far,
        topics=judge.topics,
        model=config.llm,
        review=ReviewBook(
            reader=ReviewReader(content.commands, doubt=turn_taking.misheard_probability),
            lines=content.review.lines,
            settings=config.review,
        ),
        guard=guard,
    )
