from __future__ import annotations

import ast
import inspect
from dataclasses import replace

import pytest

from tests.tui.screens import ANSWERING, PACE, WORDS, answering, look, speaking
from voice_coach.core.interview_state import RoundStart
from voice_coach.core.model_state import ModelState
from voice_coach.core.session_state import SessionState
from voice_coach.core.turn_taking import Mode
from voice_coach.tui import words
from voice_coach.tui.parts import phase_bar
from voice_coach.tui.words import BREATH_S, activity, aside, clock_text, model_use, time_told

TALKED = replace(ANSWERING, reply_from_s=20.0, last_offset_s=70.0)


@pytest.mark.parametrize(("state", "expected"), WORDS)
def test_what_is_going_on_is_one_word_with_its_meaning(state: SessionState, expected: str) -> None:
    assert activity(state) == expected
    assert aside(state)


def test_no_word_is_left_out_here() -> None:
    """As far as the code spells them out; the others are of the devices that are lost."""
    spelled = {
        node.value.value
        for node in ast.walk(ast.parse(inspect.getsource(words)))
        if isinstance(node, ast.FunctionDef) and node.name in {"activity", "_turn"}
        for node in ast.walk(node)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant)
    }
    assert {word for _, word in WORDS} >= spelled >= {"again", "ended", "paused"}


def test_a_breath_changes_no_word() -> None:
    assert activity(replace(TALKED, at_s=70.0 + BREATH_S - 0.1)) == "listening"
    assert activity(replace(TALKED, at_s=70.0 + BREATH_S)) == "waiting"
    assert activity(replace(TALKED, at_s=70.5, reply_from_s=70.2)) == "waiting", "the coach spoke since"


def test_time_to_think_is_over_with_the_first_words() -> None:
    asked = replace(TALKED, mode=Mode.THINKING, reply_from_s=70.2)
    assert activity(asked) == "thinking"
    assert activity(replace(asked, last_offset_s=72.0)) == "waiting"


def test_who_may_talk_over_the_coach_is_told_so() -> None:
    spoken = replace(ANSWERING, speaking=speaking())
    assert "talk over" in aside(replace(spoken, is_full_duplex=True))
    assert "talk over" not in aside(spoken)


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.9, "0:59"), (60, "1:00"), (750, "12:30")])
def test_the_clock_is_minutes_and_seconds(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text


@pytest.mark.parametrize(
    ("elapsed_s", "told"),
    [
        (0.0, "of 0:30 · time for: clarify"),
        (7.0, "of 0:30 · time for: outline"),
        (30.0, "of 0:30 · time for: evaluate"),
        (34.0, "0:04 past 0:30"),
    ],
)
def test_where_the_answer_should_be_is_told_in_words(elapsed_s: float, told: str) -> None:
    assert time_told(answering(elapsed_s), PACE) == told


def test_a_drill_tells_its_round_in_place_of_a_phase() -> None:
    start = RoundStart(at_s=0.0, elapsed_s=0.0)
    state = answering(7.0)
    drilled = replace(state, interview=replace(state.interview, rounds=(start, start)))
    assert time_told(drilled, PACE) == "of 0:30 · round 2"
    names, bar = phase_bar(drilled, look(), 48)
    assert (names.plain.strip(), bar.plain.count("█")) == ("", 11)


def test_a_language_model_is_told_with_what_it_cost() -> None:
    assert model_use(ModelState()) == ""
    model = ModelState(name="qwen3:8b", tokens=1234)
    assert model_use(model) == "qwen3:8b: 1,234 tokens"
    assert model_use(replace(model, cost=0.0123, is_off=True)) == (
        "qwen3:8b: 1,234 tokens, 0.012 spent, left alone"
    )
