"""What came of a step, by the analysis of its session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.compose.small_engines import CONTENT, small_config
from tests.compose.test_drill import Watcher
from voice_coach.compose import evening_steps
from voice_coach.compose.evening import EveningOptions, prepare
from voice_coach.compose.evening_steps import Steps, outcome_of_answer, outcome_of_drill
from voice_coach.compose.options import PracticeOptions
from voice_coach.core.evening import Step, StepKind
from voice_coach.core.pressure import Pressure

if TYPE_CHECKING:
    from voice_coach.tui import Look

ANSWER = Step(id="answer-1", kind=StepKind.ANSWER, minutes=18.0, question="news-feed")
DRILL = Step(id="storage", kind=StepKind.DRILL, minutes=4.0, drill="storage")
TEXTS = CONTENT.rubric.feedback


@dataclass
class Session:
    analysis: dict[str, Any]
    folder: Path = Path("sessions/20260302T200000Z-news-feed")


def answered(total: float | None, strengths: list[str]) -> Session:
    return Session(
        {
            "source": {"duration_s": 640.0},
            "score": {"total": total, "parts": []},
            "checklist": [
                {"id": "storage_decision", "verdict": "not_met"},
                {"id": "failure_mitigation", "verdict": "met"},
            ],
            "mistakes": [{"id": "tools_too_early", "verdict": "made"}],
            **{group: [] for group in ("delivery", "clarification", "deep_dives")},
            "feedback": {
                "strengths": strengths,
                "improvements": [
                    {"item": "storage_decision"},
                    {"item": "failure_mitigation"},
                    {"item": "tools_too_early"},
                    {"item": "pacing"},
                ],
            },
        }
    )


def drilled(*items: dict[str, Any], passed: bool = False, said: str = "I heard nothing of it.") -> Session:
    drill = {
        "kind": "storage",
        "passed": passed,
        "score": 70,
        "seconds": 40.0,
        "items": list(items),
        "said": [said, "Next time, say what it costs."],
    }
    return Session({"source": {"duration_s": 95.0}, "drill": drill})


MET = {"id": "a", "verdict": "met", "evidence": [{"start": 1.0, "end": 2.0, "quote": "we read by one key"}]}
BARE = {"id": "b", "verdict": "met", "evidence": []}
NOT_MET = {"id": "c", "verdict": "not_met", "evidence": []}
UNHEARD = {"id": "d", "verdict": "not_assessed", "evidence": []}


def test_an_answer_shows_its_weak_points_and_what_went_well() -> None:
    outcome = outcome_of_answer(ANSWER, answered(60.0, ["I heard, “start simple”."]), TEXTS)
    assert outcome.needs == {"storage": 1.0, "opening": 0.7}
    assert outcome.strength == "I heard, “start simple”."
    assert (outcome.seconds, outcome.score, outcome.passed) == (640.0, 60.0, None)
    assert outcome.folder == "20260302T200000Z-news-feed"


def test_of_one_in_which_nothing_was_met_nothing_is_praised() -> None:
    session = answered(None, ["Your pace was easy to follow."])
    session.analysis["checklist"] = []
    outcome = outcome_of_answer(ANSWER, session, TEXTS)
    assert (outcome.score, outcome.strength) == (None, "")


def test_a_drill_is_quoted_where_it_went_well() -> None:
    outcome = outcome_of_drill(DRILL, drilled(BARE, MET, passed=True))
    assert (outcome.passed, outcome.score, outcome.quote) == (True, 70.0, "we read by one key")
    assert outcome.seconds == 95.0
    missed = outcome_of_drill(DRILL, drilled(NOT_MET))
    assert (missed.passed, missed.quote) == (False, "")


def test_a_fragment_or_a_speech_is_no_quote() -> None:
    def met(*quotes: str) -> dict[str, Any]:
        evidence = [{"start": 1.0, "end": 2.0, "quote": quote} for quote in quotes]
        return {"id": "a", "verdict": "met", "evidence": evidence}

    fragment, speech = met("Clarify"), met("and " * 30)
    assert outcome_of_drill(DRILL, drilled(fragment, speech, passed=True)).quote == ""
    assert outcome_of_drill(DRILL, drilled(fragment, speech, met("Clarify", "I clarify first"))).quote == (
        "I clarify first"
    )
    said = "I heard two of three steps, for example the first: “first I clarify who uses it”."
    assert outcome_of_drill(DRILL, drilled(fragment, MET, said=said)).quote == "first I clarify who uses it"
    said = "You said “well, let me see”, and I heard none of it."
    assert outcome_of_drill(DRILL, drilled(NOT_MET, said=said)).quote == ""


def test_one_that_was_not_judged_is_neither_passed_nor_missed() -> None:
    outcome = outcome_of_drill(DRILL, drilled(UNHEARD))
    assert (outcome.passed, outcome.score) == (None, None)
    assert outcome_of_drill(DRILL, drilled()).passed is None


def test_the_checklist_of_a_full_answer_is_shown_as_the_pressure_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begins(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(evening_steps, "rehearse", begins)
    room = tmp_path / "room.toml"
    room.write_text('[[say]]\ntext = "Go."\nwhen = "asked"\n', encoding="utf-8")
    practice = PracticeOptions(sessions=tmp_path, input=str(room), pressure=Pressure.GENTLE)
    now = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
    night = prepare(small_config(), CONTENT, EveningOptions(hours=2.0, practice=practice), now, print)
    looks: list[Look] = []

    def screens(look: Look) -> Watcher:
        looks.append(look)
        return Watcher()

    steps = Steps(night=night, config_path=None, screens=screens, tell=print, on_folder=print, conclude=print)
    with pytest.raises(KeyboardInterrupt):
        steps.carry_out(ANSWER)
    [shown] = looks
    assert shown.pressure is Pressure.GENTLE
    assert shown.checklist["storage_decision"] == "storage decision"
    assert len(shown.checklist) == len(CONTENT.rubric.checklist.item)
