"""What the core runs a drill with, from content and configuration."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.compose.book import understanding
from voice_coach.core.drill_interview import DrillInterviewer, DrillScript
from voice_coach.core.drill_judge import DrillEar
from voice_coach.core.errors import InputError
from voice_coach.core.fact_finder import FactFinder
from voice_coach.core.pressure import Pressure
from voice_coach.core.session_step import Book
from voice_coach.core.spoken_commands import CommandReader
from voice_coach.core.turn_taking import TailReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voice_coach.compose.content import Content
    from voice_coach.config import Config
    from voice_coach.core.drill import Drill, DrillBook
    from voice_coach.core.features import Encoder

_ROUND_S = 600.0
"""A round of a drill never becomes a monologue, whose pauses are waited for longer."""


def drill_named(book: DrillBook, kind: str) -> Drill:
    """The drill called *kind*. Raises InputError that suggests the nearest."""
    name = "-".join(kind.strip().lower().replace("_", "-").split())
    if name in book.drills:
        return book.drills[name]
    near = difflib.get_close_matches(name, book.drills, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(book.drills)}"
    message = f"no drill is called {kind!r}; {hint}"
    raise InputError(message)


def finders_for(
    drill: Drill, content: Content, config: Config, encoder: Encoder | None
) -> dict[str, FactFinder]:
    """What answers questions about each pack of the rounds in which questions are asked."""
    packs = dict.fromkeys(part.pack for part in drill.round if part.kind.asks)
    meaning = understanding(content, encoder) if packs else None
    return {
        pack: FactFinder(content.questions[pack], content.facts, meaning, config.matching) for pack in packs
    }


def drill_book_for(
    config: Config,
    content: Content,
    drill: Drill,
    finders: Mapping[str, FactFinder],
    seed: int,
    why: str = "",
) -> Book:
    """The book of one attempt at *drill*, whose rounds are drawn; the same arguments give the same session.

    *why* it was chosen is said first.
    """
    settings = config.drill
    turn_taking = replace(
        config.turn_taking,
        open_short_s=settings.open_wait_s,
        covered_short_s=settings.covered_wait_s,
        short_answer_s=_ROUND_S,
    )
    commands = CommandReader(
        content.commands, gap_s=turn_taking.utterance_gap_s, doubt=turn_taking.misheard_probability
    )
    script = DrillScript(
        drill=drill,
        texts=content.drills.lines,
        lines=content.lines,
        cues=content.turn_cues,
        why=why,
        finders={part.pack: finders[part.pack] for part in drill.round if part.kind.asks},
    )
    return Book(
        interviewer=DrillInterviewer(
            script,
            settings,
            config.interview.speed,
            is_strict=config.session.pressure is not Pressure.GENTLE,
            seed=seed,
        ),
        reader=TailReader(content.turn_cues, commands),
        turn_taking=turn_taking,
        pace=config.pace,
        steering=replace(config.steering, after_withdrawal_s=settings.after_withdrawal_s),
        echo=config.echo,
        covered=DrillEar(drill, content.rubric, content.lexicon).covered_so_far,
        topics=lambda _: 0,
    )
