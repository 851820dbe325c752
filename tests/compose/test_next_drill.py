"""Which drill is needed most, and why."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sessions_made import NOON, Made, after, analysis_of
from voice_coach.adapters.history_index import SessionRow
from voice_coach.compose.content import Content, load_content
from voice_coach.compose.next_drill import AGAIN_AFTER, REHEARSALS, DrillNeed, needed_drill
from voice_coach.core.drill import KINDS
from voice_coach.core.history import read
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.next_drill import check_next_drill

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FIELDS = (
    "kind",
    "question",
    "drill",
    "origin",
    "words",
    "answer_s",
    "wpm",
    "fillers_per_min",
    "score",
    "passed",
    "verdicts",
    "confidences",
    "speech",
)
SEVEN = ("clarify", "requirements", "estimate", "high_level", "deep_dive", "tradeoffs", "wrap_up")


@cache
def content() -> Content:
    return load_content()


def row(made: Made, folder: Path | None = None) -> SessionRow:
    session = read(analysis_of(made), origin=made.origin)
    fields: dict[str, Any] = {name: getattr(session, name) for name in FIELDS}
    return SessionRow(name=made.name, folder=folder or prompts_folder(), started=made.started, **fields)


def drilled(
    kind: str, days_ago: float, *, passed: bool = True, score: float = 80, missed: int = 0
) -> SessionRow:
    items = [(name, "not_met" if number < missed else "met") for number, name in enumerate(SEVEN)]
    started = after(-days_ago)
    return row(Made(drill=kind, started=started, passed=passed, score=score, items=items))


def rehearsed(days_ago: float, *missed: str, **changes: Any) -> SessionRow:  # noqa: ANN401 - any of them
    return row(Made(started=after(-days_ago), missed=missed, **changes))


def need(*rows: SessionRow, now: datetime = NOON) -> DrillNeed:
    return needed_drill(rows, now, content())


def order(rows: Iterable[SessionRow]) -> list[str]:
    """Which drills come one after the other, each passed at once, an hour apart."""
    known, found, now = list(rows), [], NOON
    for _ in KINDS:
        kind = needed_drill(known, now, content()).kind
        found.append(kind)
        known.append(row(Made(drill=kind, started=now, score=85)))
        now += timedelta(hours=1)
    return found


class TestWhich:
    def test_who_begins_goes_through_all_of_them_in_the_order_of_an_answer(self) -> None:
        assert order([]) == list(KINDS)

    def test_what_a_rehearsal_missed_comes_first_the_weightiest_before(self) -> None:
        missed = ("opening_roadmap", "failure_mitigation", "tradeoff_summary")
        assert order([rehearsed(1, *missed)])[:4] == ["failure-modes", "wrap-up", "opening", "framework"]

    def test_what_was_missed_more_often_comes_before(self) -> None:
        rows = [
            rehearsed(3, "opening_roadmap"),
            rehearsed(2, "opening_roadmap"),
            rehearsed(1, "storage_decision"),
        ]
        assert need(*rows).kind == "opening"

    def test_a_call_is_over_once_the_drill_was_done(self) -> None:
        missed = rehearsed(1, "failure_mitigation")
        assert need(missed, drilled("failure-modes", 0.5)).kind == "framework"
        assert need(missed, drilled("failure-modes", 1.5)).kind == "failure-modes"

    def test_what_was_missed_with_doubt_calls_for_nothing(self) -> None:
        assert need(rehearsed(1, "failure_mitigation", confidence=0.6)).kind == "framework"
        assert needed_drill(
            [rehearsed(1, "failure_mitigation", confidence=0.6)], NOON, content(), 0.5
        ).kind == ("failure-modes")

    @pytest.mark.parametrize(
        "other", [{"at_microphone": False}, {"words": 40}], ids=["a simulated room", "hardly a word"]
    )
    def test_what_was_not_really_rehearsed_calls_for_nothing(self, other: dict[str, Any]) -> None:
        assert need(rehearsed(1, "failure_mitigation", **other)).kind == "framework"

    def test_a_drill_in_a_simulated_room_was_not_done(self) -> None:
        assert need(row(Made(drill="framework", at_microphone=False, started=after(-1)))).kind == "framework"

    def test_only_the_latest_rehearsals_call(self) -> None:
        later = [rehearsed(REHEARSALS - number) for number in range(REHEARSALS)]
        assert need(rehearsed(20, "failure_mitigation"), *later).kind == "framework"
        assert need(rehearsed(20, "failure_mitigation"), *later[1:]).kind == "failure-modes"

    def test_one_that_did_not_pass_comes_again_after_a_while_and_before_new_ones(self) -> None:
        minutes = AGAIN_AFTER / timedelta(days=1)
        failed = drilled("framework", 0, passed=False, score=40)
        assert need(failed).kind == "opening"
        assert need(failed, now=after(0.99 * minutes)).kind == "opening"
        assert need(failed, now=after(1.01 * minutes)).kind == "framework"

    def test_one_that_passed_is_spaced_the_longer_the_better_it_went(self) -> None:
        def comes_again(score: float) -> int:
            known = drilled("framework", 0, score=score)
            return next(day for day in range(60) if need(known, now=after(day)).kind == "framework")

        assert comes_again(95) > comes_again(80) >= comes_again(60) >= 1

    def test_each_success_spaces_it_further(self) -> None:
        once = drilled("framework", 0)
        often = [drilled("framework", days, score=80) for days in (9, 6, 3, 0)]
        for day in range(2, 8):
            if need(once, now=after(day)).kind != "framework":
                assert need(*often, now=after(day)).kind != "framework"
        assert need(once, now=after(3)).kind == "framework"
        assert need(*often, now=after(3)).kind != "framework"

    def test_of_two_that_are_due_the_more_forgotten_comes_first(self) -> None:
        rows = [drilled("framework", 9), drilled("opening", 9, passed=False, score=40)]
        assert need(*rows).kind == "opening"

    def test_where_none_is_due_the_one_that_is_due_first_comes(self) -> None:
        rows = [drilled(kind, 0.1, score=95) for kind in KINDS if kind != "storage"]
        assert need(*rows, drilled("storage", 0.1, score=60)).kind == "storage"

    def test_an_attempt_that_was_not_assessed_is_none(self) -> None:
        silent = row(Made(drill="framework", passed=None, score=None, started=after(-1)))
        assert need(silent) == need()

    def test_a_kind_that_is_not_known_and_times_to_come_are_passed_over(self) -> None:
        assert need(drilled("singing", 1), drilled("framework", -1)).kind == "framework"

    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from([*KINDS, None]),
                st.floats(0, 40),
                st.booleans(),
                st.none() | st.integers(0, 100),
                st.sets(st.sampled_from(["opening_roadmap", "storage_decision", "failure_mitigation"])),
            ),
            max_size=12,
        ),
        st.integers(),
    )
    def test_the_same_rows_in_any_order_lead_to_the_same_drill_and_a_short_reason(
        self, known: list[tuple[str | None, float, bool, int | None, set[str]]], seed: int
    ) -> None:
        made = [
            Made(
                drill=drill,
                started=after(-days),
                passed=passed,
                score=score,
                missed=sorted(missed),
                turns=0,
            )
            for drill, days, passed, score, missed in known
        ]
        # No two folders have one name, though they began in the same second.
        rows = [replace(row(one), name=f"{one.name}-{number}") for number, one in enumerate(made)]
        found = need(*rows)
        random.Random(seed).shuffle(rows)
        assert need(*rows) == found
        assert found.kind in KINDS
        assert 3 <= len(found.why.split()) <= 25
        assert "{" not in found.why


class TestWhy:
    def test_one_that_was_never_done(self) -> None:
        assert need().why == "You have not done this one yet."

    def test_parts_that_were_missed(self) -> None:
        failed = drilled("framework", 3, passed=False, score=60, missed=2)
        assert need(failed).why == "You last did this three days ago and missed two of seven parts."

    def test_the_only_part_that_was_missed_is_not_counted(self) -> None:
        only = row(Made(drill="wrap-up", started=after(-3), passed=False, items=[("price", "not_met")]))
        assert need(only).why == "You last did this three days ago, and there is more to get out of it."

    def test_no_time_ago_is_counted_as_one(self) -> None:
        for days in range(2, 200):
            assert not re.search(r"\bone (days|weeks|months)", need(drilled("framework", days)).why)

    def test_it_passed(self) -> None:
        assert (
            need(drilled("framework", 20)).why
            == "You last did this two weeks ago, so let's see what has stayed."
        )

    def test_it_did_not_pass_for_no_part(self) -> None:
        failed = drilled("framework", 1, passed=False)
        assert need(failed).why == "You last did this yesterday, and there is more to get out of it."

    def test_a_rehearsal_called_for_it(self) -> None:
        missed = rehearsed(1, "failure_mitigation")
        assert need(missed).why == (
            "In your rehearsal yesterday I did not hear a failure and its way out, and you have not done this one yet."
        )
        assert need(missed, drilled("failure-modes", 70)).why == (
            "In your rehearsal yesterday I did not hear a failure and its way out; "
            "you last did this one two months ago."
        )

    def test_nothing_is_due(self) -> None:
        rows = [drilled(kind, 0.01) for kind in KINDS]
        assert need(*rows).why == "Nothing is due yet; you last did this earlier today, and it is due first."

    def test_days_are_those_of_the_place(self) -> None:
        # Half past nine in the evening and eight in the morning, five hours west of Greenwich; in Greenwich one day.
        failed = row(Made(drill="framework", passed=False, started=datetime(2026, 11, 20, 2, 30, tzinfo=UTC)))
        now = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
        assert "earlier today" in need(failed, now=now).why
        assert "yesterday" in need(failed, now=now.astimezone(timezone(timedelta(hours=-5)))).why


class TestFile:
    def test_every_element_of_the_checklist_calls_for_a_drill(self) -> None:
        rubric = content().rubric
        drills = {advice.item: advice.drill for advice in rubric.feedback.advice}
        assert all(drills[item.id] in KINDS for item in rubric.checklist.item)

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            ("{missed} of {parts} parts", "{missed} parts", "must hold {missed}, {parts}, {when}"),
            ("You have not done this one yet.", "You {never} did this.", "must hold no placeholder"),
            ("You have not done this one yet.", "", "0 words spoken; 1 to 25"),
            ("You have not done this one yet.", "No } brace.", "braces: "),
            ("I did not hear {noun}, and", f"I {'really ' * 9}did not hear {{noun}}, and", "words spoken"),
        ],
    )
    def test_what_is_wrong_is_told_with_its_line(
        self, tmp_path: Path, old: str, new: str, reason: str
    ) -> None:
        path = tmp_path / "next_drill.toml"
        text = (prompts_folder() / "next_drill.toml").read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        (complaint,) = check_next_drill(path)
        assert complaint.startswith(f"{path}:")
        assert reason in complaint
