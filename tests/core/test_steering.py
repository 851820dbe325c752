"""When there is a reason to interrupt, and what holds of interruptions whoever talks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.small_book import QUESTION, small_book
from tests.talker import Talker
from voice_coach.core.clock import PaceSettings
from voice_coach.core.events import Intent
from voice_coach.core.interview import Interviewer
from voice_coach.core.pressure import Pressure
from voice_coach.core.session_stage import Stage
from voice_coach.core.steering import Steering, SteeringSettings, Talk, Why, over_budget, topics_per_100
from voice_coach.core.transcript import Speaker, Transcript, Word, laid_out

if TYPE_CHECKING:
    from collections.abc import Sequence

PACE = PaceSettings()
SETTINGS = SteeringSettings()
ALL = frozenset(
    {
        "explicit_requirements",
        "high_level_first",
        "storage_decision",
        "scaling_strategy",
        "failure_mitigation",
    }
)
TALK = Talk(
    elapsed_s=200.0,
    since_exchange_s=60.0,
    covered=ALL,
    topics_per_100=5.0,
    interruptions=0,
    changes=("second-site",),
)


def steering(pressure: Pressure = Pressure.NORMAL, seed: int = 0) -> Steering:
    return Steering(QUESTION, PACE, SETTINGS, pressure=pressure, seed=seed)


class TestReasons:
    def test_who_is_on_time_and_talks_with_one_is_not_interrupted(self) -> None:
        assert steering().due(TALK) is None

    @pytest.mark.parametrize(
        ("talk", "why"),
        [
            (replace(TALK, elapsed_s=230.0, covered=frozenset({"explicit_requirements"})), Why.OVER_BUDGET),
            (replace(TALK, topics_per_100=0.5), Why.OFF_POINT),
            (replace(TALK, since_exchange_s=181.0), Why.LONG_TALK),
            (replace(TALK, elapsed_s=811.0), Why.OVER_TIME),
        ],
    )
    def test_each_reason_has_its_name(self, talk: Talk, why: Why) -> None:
        due = steering().due(talk)
        assert due is not None
        assert due.why is why
        assert steering(Pressure.GENTLE).due(talk) is None
        assert steering().due(replace(talk, elapsed_s=59.0)) is None
        assert steering().due(replace(talk, since_exchange_s=44.0)) is None

    def test_before_the_wrap_up_the_next_interruption_is_the_one_that_asks_for_it(self) -> None:
        assert steering().due(replace(TALK, elapsed_s=640.0, since_exchange_s=300.0)) is None
        assert (
            steering(Pressure.TOUGH).due(replace(TALK, elapsed_s=640.0, since_exchange_s=300.0)) is not None
        )

    def test_a_reason_that_has_held_for_long_no_longer_waits_for_words(self) -> None:
        limit_s = 0.3 * PACE.target_s
        talk = replace(TALK, covered=frozenset())
        held = [steering().due(replace(talk, elapsed_s=limit_s + more_s)) for more_s in (1.0, 31.0)]
        assert [due is not None and due.is_pressing for due in held] == [False, True]

    @given(st.integers(0, 10_000))
    def test_how_long_one_may_talk_lies_between_its_limits(self, seed: int) -> None:
        steers = steering(seed=seed)
        assert steers.due(replace(TALK, since_exchange_s=89.0)) is None
        assert steers.due(replace(TALK, since_exchange_s=180.0)) is not None

    def test_a_part_is_over_budget_only_while_nothing_of_a_later_one_was_said(self) -> None:
        assert over_budget(frozenset(), 224.0, PACE) is None
        assert over_budget(frozenset(), 226.0, PACE) == "clarify"
        assert over_budget(frozenset({"high_level_first"}), 380.0, PACE) == "outline"
        assert over_budget(frozenset({"storage_decision"}), 740.0, PACE) is None
        assert over_budget(frozenset({"storage_decision"}), 751.0, PACE) == "deepen"
        assert over_budget(ALL, 800.0, PACE) is None

    def test_too_few_words_tell_nothing_of_the_point(self) -> None:
        few, many = laid_out("well " * 99, 0.0, 30.0), laid_out("well " * 200, 0.0, 50.0)
        assert topics_per_100(few, lambda _: 1, SETTINGS) is None
        assert topics_per_100(many, lambda _: 1, SETTINGS) == 0.5
        assert topics_per_100((), lambda _: 1, SETTINGS) is None

    def test_only_the_last_minute_counts(self) -> None:
        words = laid_out("well " * 400, 0.0, 160.0)
        assert topics_per_100(words, len, SETTINGS) == 100.0

        def after(late: Sequence[Word]) -> int:
            assert late[0].start_s >= 99.0
            return 0

        assert topics_per_100(words, after, SETTINGS) == 0.0


class TestScope:
    @given(st.integers(0, 10_000))
    def test_at_tough_there_is_time_for_a_change_between_a_third_and_two(self, seed: int) -> None:
        tough = steering(Pressure.TOUGH, seed)
        shares = [share / 100 for share in range(100) if tough.is_time_for_change(share * 7.5, ())]
        assert shares
        assert min(shares) >= 0.35
        assert max(shares) <= 0.65
        assert not tough.is_time_for_change(0.6 * PACE.target_s, ("second-site",))

    def test_the_moment_and_whether_at_normal_are_drawn(self) -> None:
        openings = {
            sum(steering(Pressure.TOUGH, seed).is_time_for_change(at_s, ()) for at_s in range(260, 490, 5))
            for seed in range(40)
        }
        assert len(openings) > 10
        normal = [steering(seed=seed).is_time_for_change(0.6 * PACE.target_s, ()) for seed in range(200)]
        assert 60 < sum(normal) < 140
        assert not any(
            steering(Pressure.GENTLE, seed).is_time_for_change(0.6 * PACE.target_s, ()) for seed in range(50)
        )

    def test_best_is_what_the_candidate_has_not_spoken_of(self) -> None:
        other = replace(QUESTION.scope_change[0], id="other", named=("never said",))
        question = replace(QUESTION, scope_change=(*QUESTION.scope_change, other))
        steers = Steering(question, PACE, SETTINGS, pressure=Pressure.TOUGH, seed=0)
        assert steers.next_change(Transcript()).id == "second-site"
        words = laid_out("we will have both sites anyway", 0.0, 3.0)
        said = Transcript().with_words(Speaker.CANDIDATE, words)
        assert steers.next_change(said).id == "other"

    def test_a_pack_without_changes_has_none(self) -> None:
        question = replace(QUESTION, scope_change=())
        steers = Steering(question, PACE, SETTINGS, pressure=Pressure.TOUGH, seed=0)
        assert not steers.is_time_for_change(0.6 * PACE.target_s, ())
        assert steers.due(replace(TALK, elapsed_s=450.0, changes=())) is None


TALKERS = st.builds(
    lambda pressure, seed, is_full_duplex, yields, pause_s, in_piece: Talker(
        book=small_book(pressure=pressure, seed=seed),
        is_full_duplex=is_full_duplex,
        yields=yields,
        pause_s=pause_s,
        clauses_in_piece=in_piece,
    ),
    st.sampled_from(Pressure),
    st.integers(0, 1000),
    st.booleans(),
    st.booleans(),
    st.sampled_from([0.5, 0.7, 1.6, 2.4]),
    st.integers(1, 6),
)


def times_of(talker: Talker, kind: str) -> list[float]:
    return [float(str(note.content["t"])) for note in talker.notes if note.kind == kind]


@settings(max_examples=10, deadline=None)
@given(TALKERS)
def test_whoever_talks_for_twenty_minutes(talker: Talker) -> None:
    """Gentle never interrupts; nobody is interrupted often, at once, or again soon after talking on; it ends."""
    interviewer = talker.book.interviewer
    assert isinstance(interviewer, Interviewer)
    steers = interviewer.steering
    talker.start().talks(20 * 60.0)
    talker.until(lambda: talker.state.stage is Stage.ENDED)
    cut, withdrawn = times_of(talker, "interruption"), times_of(talker, "interruption_withdrawn")
    notes = [note for note in talker.notes if note.kind == "interruption"]
    pressure = steers.pressure
    assert all(float(str(note.content["elapsed_s"])) >= 60.0 for note in notes)
    assert all(float(str(note.content["silence_s"])) >= 0.35 for note in notes)
    assert (talker.state.interruptions, talker.state.withdrawn) == (len(cut), len(withdrawn))
    apart_s = SETTINGS.apart_s(pressure)
    assert all(after - before >= apart_s - 1e-6 for before, after in pairwise(cut))
    for at_s in withdrawn:
        assert not [other for other in cut if at_s < other < at_s + SETTINGS.after_withdrawal_s - 1e-6]
    if pressure is Pressure.GENTLE:
        assert not cut
        assert not times_of(talker, "scope_change")
    else:
        assert cut
        assert Intent.WRAP_UP in {line.intent for line in talker.said}
    if pressure is Pressure.TOUGH:
        change = next(note for note in talker.notes if note.kind == "scope_change")
        elapsed = [
            float(str(note.content["elapsed_s"]))
            for note in talker.notes
            if note.kind in ("interruption", "turn_ended") and note.content["t"] == change.content["t"]
        ]
        assert 0.35 * PACE.target_s <= elapsed[0] <= 0.65 * PACE.target_s
    assert talker.state.end_reason == "completed"


@settings(max_examples=8, deadline=None)
@given(
    st.integers(0, 1000),
    st.sampled_from(["and", "let me see", "give me a minute", "so"]),
    st.sampled_from([Pressure.NORMAL, Pressure.TOUGH]),
)
def test_nobody_is_interrupted_while_the_words_ask_for_more(seed: int, tail: str, pressure: Pressure) -> None:
    """Every clause ends in a hold, and each pause is long enough for its words to be known."""
    clauses = iter([f"it goes from the one to the other side {tail}"] * 1000)
    talker = Talker(
        book=small_book(pressure=pressure, seed=seed), is_full_duplex=True, pause_s=3.0, clauses=clauses
    )
    talker.start().talks(14 * 60.0)
    assert not times_of(talker, "interruption")
