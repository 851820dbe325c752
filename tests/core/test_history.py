"""What past sessions amount to."""

from __future__ import annotations

import copy
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sessions_made import Made, analysis_of
from voice_coach.core.history import (
    ELEMENTS,
    FEWEST_WORDS,
    RECENT,
    WINDOW,
    Change,
    HistorySettings,
    Kind,
    Origin,
    Session,
    days_in_a_row,
    read,
    trends,
)

STORAGE, ROADMAP = "checklist.storage_decision", "checklist.opening_roadmap"


def session(made: Made | None = None, **changes: Any) -> Session:  # noqa: ANN401 - any of them
    made = made or Made()
    return replace(read(analysis_of(made), origin=made.origin), **changes)


def change_of(name: str, *marks: bool, confidence: float = 0.9) -> Change | None:
    """What is claimed of *name* after sessions in which it was well or not, oldest first."""
    element = name.partition(".")[2]
    made = [Made(missed=() if mark else (element,), confidence=confidence) for mark in marks]
    told = trends([session(item) for item in reversed(made)])
    (found,) = [item.change for item in told.elements if item.of == name]
    return found


class TestReading:
    def test_a_rehearsal(self) -> None:
        found = session(Made(missed=("storage_decision", "rambling")))
        assert (found.kind, found.question, found.drill, found.passed) == (
            Kind.PRACTICE,
            "url-shortener",
            None,
            None,
        )
        assert (found.answer_s, found.wpm, found.fillers_per_min, found.score) == (742.5, 131.0, 3.2, 71.0)
        assert found.verdicts[STORAGE] == "not_met"
        assert found.verdicts["mistakes.rambling"] == "made"
        assert found.confidences[STORAGE] == 0.85
        assert found.speech["articulation_wpm"] == 151.0
        assert found.tells_trend

    def test_a_drill(self) -> None:
        found = session(Made(drill="framework", passed=False, score=43, answer_s=41.0))
        assert (found.kind, found.drill, found.question) == (Kind.DRILL, "framework", "drill-framework")
        assert (found.passed, found.score, found.answer_s) == (False, 43.0, 41.0)
        assert found.verdicts["drill.wrap_up"] == "met"
        assert not found.tells_trend

    def test_what_was_not_assessed_is_none(self) -> None:
        document = analysis_of(Made(score=None))
        document["speech"]["wpm"] = None
        found = read(document, origin=Origin.MICROPHONE)
        assert (found.score, found.wpm) == (None, None)
        assert "wpm" not in found.speech

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, True, "71", [], {}])
    def test_a_number_that_is_none_counts_as_not_measured(self, value: object) -> None:
        document = analysis_of(Made())
        document["score"]["total"] = value
        assert read(document, origin=Origin.MICROPHONE).score is None

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"schema": None}, "schema is missing"),
            ({"question": 3}, "question is no text"),
            ({"speech": None}, "speech is no object"),
            ({"score": []}, "score is no object"),
            ({"checklist": {}}, "checklist is no list"),
            ({"checklist": [3]}, r"checklist\[0\] is no object"),
            ({"checklist": [{"id": "scale"}]}, r"checklist\[0\] has no id or no verdict"),
            ({"checklist": [{"id": "scale", "verdict": []}]}, r"checklist\[0\] has no id or no verdict"),
            ({"drill": []}, "drill is no object"),
            ({"drill": {"kind": None}}, "drill.kind is no text"),
            ({"drill": {"kind": "opening", "items": 3}}, "drill is no list"),
        ],
    )
    def test_what_is_no_analysis_says_why(self, change: dict[str, object], reason: str) -> None:
        with pytest.raises(ValueError, match=reason):
            read({**analysis_of(Made()), **change}, origin=Origin.MICROPHONE)

    @settings(deadline=None)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
            ),
            max_leaves=6,
        ),
        st.sampled_from(sorted(analysis_of(Made(drill="opening")))),
    )
    def test_whatever_the_file_holds_it_is_read_or_refused(self, value: object, key: str) -> None:
        document = copy.deepcopy(analysis_of(Made(drill="opening")))
        document[key] = value
        for content in (value, document):
            with suppress(ValueError):
                assert all(read(content, origin=Origin.MICROPHONE).verdicts.values())


class TestTrends:
    def test_before_there_are_three_others_nothing_is_compared(self) -> None:
        for sessions in range(4):
            assert all(item.usual is None for item in trends([session()] * sessions).measures)
        assert all(item.usual is not None for item in trends([session()] * 4).measures)

    def test_the_latest_stands_against_the_median_of_those_before(self) -> None:
        paces = [150.0, 100.0, 140.0, 120.0]  # newest first
        told = trends([session(wpm=pace) for pace in paces])
        (found,) = [item for item in told.measures if item.of == "wpm"]
        assert found.values == (120.0, 140.0, 100.0, 150.0)
        assert found.usual is not None
        assert (found.usual.median, found.usual.sessions, found.usual.deviation) == (120.0, 3, 0.25)

    def test_what_was_not_measured_is_left_out(self) -> None:
        told = trends([session(score=None), *[session(score=60.0)] * 3, session(score=None)])
        (found,) = [item for item in told.measures if item.of == "score"]
        assert found.values == (60.0,) * 3
        assert found.usual is None

    @pytest.mark.parametrize(
        "other",
        [
            session(Made(drill="opening")),
            session(Made(at_microphone=False)),
            session(Made(words=FEWEST_WORDS - 1)),
        ],
    )
    def test_only_rehearsals_at_a_microphone_count(self, other: Session) -> None:
        told = trends([other] * 9)
        assert told.sessions == 0
        assert all(not item.values for item in told.measures)
        assert all(not item.marks and item.change is None for item in told.elements)

    @pytest.mark.parametrize(
        ("marks", "change"),
        [
            ([], None),
            ([False, False], None),
            ([False, False, False], Change.KEEPS_MISSING),
            ([True, False, False], Change.KEEPS_MISSING),
            ([True, True, True, False, False], None),
            ([False, False, False, False, True], None),
            ([True] * 3, None),
            ([False, False, True, True, True], None),
            ([False, False, False, True, True, True], Change.IMPROVED),
            ([False, False, True, True, False, True], Change.IMPROVED),
            ([True, True, False, True, True, False], None),
            ([True] * 6, None),
        ],
    )
    def test_what_is_claimed_of_an_element(self, marks: list[bool], change: Change | None) -> None:
        assert change_of(STORAGE, *marks) is change

    def test_doubtful_verdicts_count_in_no_claim(self) -> None:
        assert change_of(STORAGE, *[False] * 5, confidence=0.61) is None
        assert change_of(STORAGE, *[False] * 5, confidence=0.62) is Change.KEEPS_MISSING
        surer = trends([session(Made(missed=("scale",)))] * 5, HistorySettings(sure_probability=0.9))
        assert all(not item.marks for item in surer.elements)

    def test_a_mistake_is_well_where_it_was_not_made(self) -> None:
        assert change_of("mistakes.rambling", *[False] * 3) is Change.KEEPS_MISSING
        assert change_of("mistakes.rambling", *[False] * 3, *[True] * 3) is Change.IMPROVED

    def test_of_twins_only_the_first_is_told(self) -> None:
        told = trends([session(Made(missed=("failure_mitigation", "no_failure_modes", "rambling")))] * 3)
        names = [item.of for item in told.told(Change.KEEPS_MISSING)]
        assert names == ["checklist.failure_mitigation", "mistakes.rambling"]

    @settings(deadline=None)
    @given(st.lists(st.booleans(), max_size=12))
    def test_a_claim_rests_on_three_sessions_and_never_contradicts_the_marks(self, marks: list[bool]) -> None:
        made = [session(Made(missed=() if mark else ("opening_roadmap",))) for mark in marks]
        (found,) = [item for item in trends(made[::-1]).elements if item.of == ROADMAP]
        assert list(found.marks) == marks[-WINDOW:]
        assert found.recent == (sum(marks[-RECENT:]), len(marks[-RECENT:]))
        assert found.recent[1] + found.earlier[1] == len(marks)
        if found.change is Change.KEEPS_MISSING:
            assert len(marks) >= 3
            assert not marks[-1]
        if found.change is Change.IMPROVED:
            assert len(marks) >= 6
            assert sum(marks[-3:]) / 3 > sum(marks[:-3]) / len(marks[:-3])

    def test_every_element_is_told_once(self) -> None:
        assert [item.of for item in trends([]).elements] == list(ELEMENTS)


class TestDaysInARow:
    @pytest.mark.parametrize(
        ("days", "count"),
        [
            ([], 0),
            ([10], 1),
            ([9], 1),
            ([8], 0),
            ([10, 9, 8], 3),
            ([9, 8, 7], 3),
            ([10, 8, 7], 1),
            ([11], 0),
            ([10, 10, 9], 2),
        ],
    )
    def test_up_to_today_or_yesterday(self, days: list[int], count: int) -> None:
        assert days_in_a_row(days, today=10) == count
