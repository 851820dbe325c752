from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.clock import AnswerClock, PaceSettings
from voice_coach.core.rubric_ids import PHASES

SWITCHES = st.lists(st.tuples(st.booleans(), st.integers(0, 500)), max_size=30)
"""Run or hold, and how many frames later."""


def driven(switches: list[tuple[bool, int]]) -> tuple[AnswerClock, float, float]:
    """The clock after *switches*, the time, and for how long it should have run."""
    clock, at_s, running, counted_s = AnswerClock(), 0.0, False, 0.0
    for runs, frames in switches:
        gone_s = frames * 0.02
        counted_s += gone_s if running else 0.0
        at_s += gone_s
        clock = clock.run(at_s) if runs else clock.hold(at_s)
        running = runs
    return clock, at_s, counted_s


def test_it_stands_still_until_it_is_told_to_run() -> None:
    assert AnswerClock().elapsed_s(100.0) == 0.0
    assert AnswerClock().run(100.0).elapsed_s(107.5) == 7.5


@given(SWITCHES)
def test_it_counts_what_passed_while_it_ran(switches: list[tuple[bool, int]]) -> None:
    clock, at_s, counted_s = driven(switches)
    assert clock.elapsed_s(at_s) == pytest.approx(counted_s)


@given(SWITCHES)
def test_what_was_held_and_what_was_counted_make_up_all_of_the_time(switches: list[tuple[bool, int]]) -> None:
    clock, at_s, _ = driven(switches)
    holds = clock.all_holds(at_s)
    held_s = sum(end - start for start, end in holds)
    assert held_s + clock.elapsed_s(at_s) == pytest.approx(at_s)
    edges = [edge for hold in holds for edge in hold]
    assert edges == sorted(edges)


@given(SWITCHES, st.booleans())
def test_saying_it_twice_changes_nothing(switches: list[tuple[bool, int]], runs: bool) -> None:  # noqa: FBT001
    clock, at_s, _ = driven(switches)
    once = clock.run(at_s) if runs else clock.hold(at_s)
    assert (once.run(at_s + 3.0) if runs else once.hold(at_s + 3.0)) is once


def test_a_time_before_it_began_to_run_counts_nothing() -> None:
    assert AnswerClock().run(10.0).elapsed_s(9.0) == 0.0


def test_the_default_target_gives_ten_to_fifteen_minutes() -> None:
    assert PaceSettings().range_s == pytest.approx((600.0, 900.0))


@pytest.mark.parametrize(
    ("minutes", "expected_s"),
    [(12.5, 810.0), (10.0, 630.0), (2.0, 144.0 - 18.0), (0.5, 36.0 - 4.5)],
)
def test_the_wrap_up_is_asked_for_90_s_or_15_percent_before_the_range_ends(
    minutes: float, expected_s: float
) -> None:
    assert PaceSettings(minutes=minutes).wrap_up_at_s == pytest.approx(expected_s)


@pytest.mark.parametrize(
    ("share", "phase"),
    [
        (0.0, "clarify"),
        (0.19, "clarify"),
        (0.21, "outline"),
        (0.41, "deepen"),
        (0.79, "deepen"),
        (0.81, "evaluate"),
        (1.0, "evaluate"),
        (3.0, "evaluate"),
    ],
)
def test_the_phase_follows_the_budget(share: float, phase: str) -> None:
    pace = PaceSettings(minutes=10.0)
    assert pace.phase_at(share * pace.target_s) == phase


def test_the_budget_names_every_phase_and_leaves_nothing_over() -> None:
    assert tuple(PaceSettings().budget) == PHASES
    assert sum(PaceSettings().budget.values()) == pytest.approx(1.0)
