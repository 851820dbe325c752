from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.spoken import candidate, dialogue
from voice_coach.core.candidate_time import candidate_time, merged
from voice_coach.core.clock import PaceSettings
from voice_coach.core.pacing import Length, review
from voice_coach.core.rubric_ids import PHASES
from voice_coach.core.stages import Stretch
from voice_coach.core.transcript import Speaker, Transcript, Word, turn_of

CANDIDATE, COACH = Speaker.CANDIDATE, Speaker.COACH


def spoken_for(seconds: float) -> Transcript:
    word = Word(text="word", start_s=0.0, end_s=seconds)
    return Transcript(turns=(turn_of(CANDIDATE, [word]),))


@pytest.mark.parametrize(
    ("minutes", "verdict"), [(9.9, "short"), (10.0, "within"), (15.0, "within"), (15.1, "long")]
)
def test_the_target_is_ten_to_fifteen_minutes(minutes: float, verdict: str) -> None:
    pacing = review(spoken_for(60 * minutes), (), PaceSettings())
    assert pacing.verdict == verdict
    assert [pacing.target_min_s, pacing.target_max_s] == pytest.approx([600, 900])


def test_the_coachs_speech_is_left_out_and_thinking_is_not() -> None:
    talk = dialogue(
        (COACH, "word " * 25), (CANDIDATE, "word " * 50), (COACH, "word " * 25), (CANDIDATE, "word")
    )
    # 0.5 s of thinking before each of the three later turns, and one after the second
    assert review(talk, (), PaceSettings()).answer_s == pytest.approx(20.0 + 0.4 + 3 * 0.5)


def test_pauses_on_command_are_left_out() -> None:
    assert candidate_time(spoken_for(100), excluded=[(10, 30), (20, 40), (95, 200)]).total_s == pytest.approx(
        65
    )


def test_words_over_the_coach_count() -> None:
    coach = turn_of(COACH, [Word(text="So", start_s=0.0, end_s=10.0)])
    mine = turn_of(CANDIDATE, [Word(text="wait", start_s=8.0, end_s=12.0)])
    assert candidate_time(Transcript(turns=(coach, mine))).total_s == pytest.approx(4.0)


def test_silence_is_short_and_every_phase_absent() -> None:
    pacing = review(Transcript(), (), PaceSettings())
    assert (pacing.answer_s, pacing.verdict) == (0.0, Length.SHORT)
    assert [(phase.id, phase.verdict) for phase in pacing.phases] == [(id_, "absent") for id_ in PHASES]


def test_phases_add_up_their_stages_and_the_silence_between_them() -> None:
    stretches = (
        Stretch(stage="clarify", start_s=0, end_s=10),
        Stretch(stage="requirements", start_s=12, end_s=20),
        Stretch(stage="deep_dive", start_s=30, end_s=80),
        Stretch(stage="tradeoffs", start_s=80, end_s=100),
    )
    phases = {phase.id: phase for phase in review(spoken_for(100), stretches, PaceSettings()).phases}
    assert {id_: phase.seconds for id_, phase in phases.items()} == {
        "clarify": pytest.approx(20),
        "outline": 0,
        "deepen": pytest.approx(50),
        "evaluate": pytest.approx(20),
    }
    assert phases["clarify"].verdict is Length.WITHIN
    assert phases["outline"].verdict is Length.ABSENT
    assert phases["deepen"].share == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.09, "short"), (0.11, "within"), (0.29, "within"), (0.31, "long")]
)
def test_a_phase_may_be_off_by_half_its_budget(share: float, verdict: str) -> None:
    stretch = Stretch(stage="clarify", start_s=0, end_s=share * 100)
    assert review(spoken_for(100), (stretch,), PaceSettings()).phases[0].verdict == verdict


spans = st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)).map(sorted).map(tuple), max_size=6)


@given(spans)
def test_candidate_time_is_never_negative_nor_longer_than_the_answer(
    excluded: list[tuple[float, float]],
) -> None:
    time = candidate_time(candidate("word " * 100), excluded)
    assert 0.0 <= time.total_s <= 40.0 + 1e-9
    ends = [moment for span in time.spans for moment in span]
    assert ends == sorted(ends)


@given(spans)
def test_merged_spans_do_not_touch(given_spans: list[tuple[float, float]]) -> None:
    joined = merged(given_spans)
    assert all(before[1] < after[0] for before, after in pairwise(joined))
