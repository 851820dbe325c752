"""A small drill for tests of the conversation: a round that is answered, and one in which the candidate asks."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from tests.core.small_book import COMMANDS, CUES, LINES, QUESTION, small_book
from voice_coach.core.clock import PaceSettings
from voice_coach.core.coach_speed import SpeedSettings
from voice_coach.core.content import FactBook
from voice_coach.core.drill import Drill, DrillItem, DrillLines, DrillRound, DrillSettings, RoundKind
from voice_coach.core.drill_interview import DrillInterviewer, DrillScript
from voice_coach.core.fact_finder import FactFinder
from voice_coach.core.session_step import Book
from voice_coach.core.spoken_commands import CommandReader
from voice_coach.core.turn_taking import TailReader, TurnTakingSettings

GATE = DrillItem(id="gate", what="the gate", goal="Name the gate.", cues=("gate",))
SIGN = DrillItem(id="sign", what="the sign", goal="Name the sign.", cues=("sign",))
PLAYED = DrillItem(
    id="played", what="the scope played back", goal="Play it back.", cues=("so we need",), is_required=True
)
DRILL = Drill(
    kind="parking",
    title="Parking",
    about="Parts of a garage.",
    intro="Two rounds.",
    unit="parts",
    pass_score=70,
    carry_on="Next, do it faster.",
    round=(
        DrillRound(id="parts", ask="Name two parts of the garage.", limit_s=20, item=(GATE, SIGN)),
        DrillRound(
            id="questions",
            ask="Design a parking garage.",
            limit_s=30,
            kind=RoundKind.QUESTIONS,
            pack=QUESTION.id,
            item=(GATE, PLAYED),
        ),
    ),
)
_SLOTS = {
    "round_left": "{left}",
    "status": "{number} of {count}",
    "heard": "{count} of {all} {unit}, {what}: “{quote}”.",
    "heard_only": "Just {what}: “{quote}”.",
    "heard_none": "None of the {unit}, but “{quote}”.",
}
_TEXTS: dict[str, Any] = {
    item.name: f"<{item.name}>" if item.type == "str" else (_SLOTS.get(item.name, f"<{item.name}>"),)
    for item in fields(DrillLines)
}
TEXTS = DrillLines(**_TEXTS)
TURN_CUES = replace(CUES, again=("again", "yes (please)?"), no_more=("no (thanks)?",))


def small_drill_book(*, drill: Drill = DRILL, is_strict: bool = True) -> Book:
    """A book with the drill above."""
    turn_taking = replace(TurnTakingSettings(), open_short_s=3.0, covered_short_s=1.2, short_answer_s=600.0)
    script = DrillScript(
        drill=drill,
        texts=TEXTS,
        lines=LINES,
        cues=TURN_CUES,
        finders={QUESTION.id: FactFinder(QUESTION, FactBook())},
    )
    commands = CommandReader(
        COMMANDS, gap_s=turn_taking.utterance_gap_s, doubt=turn_taking.misheard_probability
    )
    return replace(
        small_book(),
        interviewer=DrillInterviewer(script, DrillSettings(), SpeedSettings(), is_strict=is_strict, seed=0),
        reader=TailReader(TURN_CUES, commands),
        turn_taking=turn_taking,
        pace=PaceSettings(minutes=drill.limit_s / 60),
        steering=replace(small_book().steering, after_withdrawal_s=5.0),
        covered=lambda _: frozenset(),
    )
