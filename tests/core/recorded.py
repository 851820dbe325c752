"""Journals whose decisions are tested, and the conversation that one of them holds.

``python -m tests.core.recorded`` writes it anew: after a change to what is decided, look at its difference. To make
a test of a bad decision, copy a session's journal to ``tests/core/journals`` and let its ``turn_ended`` lines say
what should have been decided. A session about ``parking`` is replayed with the small interview of the tests, any
other with the program's own content.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.core.bundled import bundled_book
from tests.core.small_book import QUESTION, small_book
from tests.scenario import Scenario
from voice_coach.config import Config, with_pace
from voice_coach.core import events, journal, session
from voice_coach.core.commands import Note
from voice_coach.core.events import CommandName, SessionStarted
from voice_coach.core.pressure import Pressure
from voice_coach.core.speaker_pace import SpeakerPace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from voice_coach.core.session_step import Book

JOURNALS = Path(__file__).parent / "journals"
RECORDED = JOURNALS / "pauses.jsonl"
DECISIONS = frozenset({"turn_ended", "wait_changed", "command"})
"""Kinds of notes that say when the coach speaks, and why."""


def conversation() -> Scenario:
    """A candidate who thinks aloud, is cut off once, sounds finished once, and whom the coach learns to wait for."""
    scenario = Scenario(
        book=small_book(),
        question=QUESTION.id,
        is_full_duplex=True,
        reads_feedback=False,
        coach_words_per_s=1.0,
        pace=SpeakerPace(monologue=(4.0,) * 6),
    ).begin()
    scenario.until(lambda: not scenario.state.queue and scenario.state.speaking is None)
    scenario.candidate_says("How many spaces are there?").until_coach_has_spoken()
    scenario.candidate_says("There is a service for the gates, and").candidate_says("a queue.", after_s=3.4)
    scenario.candidate_says("The requirements are small.", after_s=4.2)
    scenario.until(_is_audible(scenario)).candidate_says("And at a high level there is a store.", after_s=0.2)
    scenario.until_coach_has_spoken()
    scenario.candidate_says("Postgres because it is small.")
    scenario.post(_sounds_finished(scenario))
    scenario.until_coach_has_spoken().presses(CommandName.TIME).until_coach_has_spoken()
    return scenario.candidate_says("That's my design.").until_coach_has_spoken().presses(CommandName.STOP)


def lines_of(scenario: Scenario) -> list[dict[str, Any]]:
    """The journal of a scenario, but for what the coach said."""
    replayed = session.decisions(scenario.recorded, scenario.book)
    notes = [_line(note) for note in replayed if note.kind in DECISIONS]
    return sorted([*map(journal.encode, scenario.recorded), *notes], key=lambda line: float(str(line["t"])))


def decided(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The decisions among the *lines* of a journal."""
    return [line for line in lines if line["kind"] in DECISIONS]


def decided_again(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is decided when the events of a journal's *lines* happen again."""
    recorded = [event for line in lines if (event := journal.decode(line)) is not None]
    notes = session.decisions(recorded, _book(recorded[0]))
    return decided(journal.parse(journal.to_line(_line(note)) for note in notes))


def _book(started: events.Event) -> Book:
    assert isinstance(started, SessionStarted)
    if started.question == QUESTION.id:
        return small_book(seed=started.seed)
    config = with_pace(Config(), started.target_s / 60)
    return bundled_book(
        started.question, config=config, pressure=Pressure(started.pressure), seed=started.seed
    )


def _line(note: Note) -> dict[str, Any]:
    content = dict(note.content)
    return {"t": content.pop("t"), "kind": note.kind, **content}


def _is_audible(scenario: Scenario) -> Callable[[], bool]:
    def is_audible() -> bool:
        return scenario.state.speaking is not None and scenario.state.speaking.started_s is not None

    return is_audible


def _sounds_finished(scenario: Scenario) -> events.HintHeard:
    return events.HintHeard(at_s=scenario.now_s, offset_s=scenario.state.last_offset_s, complete=0.97)


if __name__ == "__main__":
    RECORDED.write_text("".join(map(journal.to_line, lines_of(conversation()))), encoding="utf-8")
