"""How fast the pure core replays a session."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scripts.bench_answer import entries
from scripts.bench_figure import Figure, load
from tests.scenario import Scenario
from voice_coach.adapters.room_script import When
from voice_coach.compose.book import book_for
from voice_coach.compose.content import load_content
from voice_coach.compose.judging import Judging
from voice_coach.config import load_config
from voice_coach.core import session
from voice_coach.core.journal import decode, encode, parse, to_line
from voice_coach.core.session_stage import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.session_state import SessionState
    from voice_coach.core.session_step import Book

SECONDS = 900.0
GOAL_S = 2.0


def book() -> Book:
    """The bundled question's, made afresh: nothing that was heard before is remembered."""
    config, content = load_config(), load_content()
    question = content.questions["url-shortener"]
    rules = Judging(config=config, content=content).rules
    return book_for(config, content, question, config.session.pressure, 0, rules)


def recorded() -> Scenario:
    """A session in which the whole answer is said sentence by sentence, each transcribed at once."""
    scenario = Scenario(book=book(), target_s=load_config().pace.target_s).start()
    for entry in entries():
        for number, sentence in enumerate(_sentences(entry.text)):
            if scenario.state.stage in (Stage.CLOSING, Stage.ASSESSING, Stage.FEEDBACK, Stage.ENDED):
                break
            if number == 0 and entry.when is not When.THEN:
                scenario.until_it_is_the_candidates_turn()
            scenario.candidate_says(sentence, after_s=entry.wait_s if number == 0 else 0.3)
    return scenario.until_ended()


def journal_lines(scenario: Scenario) -> list[str]:
    """The scenario's events as they stand in a journal."""
    return [to_line(encode(event)) for event in scenario.recorded]


def replayed(lines: Sequence[str], with_book: Book) -> SessionState:
    """The state that a journal leads to."""
    found = (decode(content) for content in parse(lines))
    return session.replay((event for event in found if event is not None), with_book)


def replay_figure() -> Figure:
    """Seconds for a quarter of an hour."""
    at_load = load()
    scenario = recorded()
    lines, length_s = journal_lines(scenario), scenario.state.at_s
    fresh = book()
    # It waits for nothing, so its processor time is its time on a machine that has nothing else to do.
    began_s = time.process_time()
    replayed(lines, fresh)
    took_s = time.process_time() - began_s
    return Figure(
        name="core_replay",
        measured="the pure core replays a journal of 15 minutes",
        on=f"a journal of {length_s / 60:.1f} minutes, {len(lines)} events, in {took_s:.2f} s",
        value=took_s * SECONDS / length_s,
        unit="s",
        at_most=GOAL_S,
        load=at_load,
    )


def _sentences(text: str) -> list[str]:
    return [
        part.strip() for part in " ".join(text.split()).replace("? ", "?\n").replace(". ", ".\n").split("\n")
    ]
