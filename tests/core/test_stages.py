from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.core.exemplars import STRONG
from tests.core.spoken import candidate, judge
from voice_coach.core.detectors import Detected
from voice_coach.core.rubric_ids import STAGES
from voice_coach.core.stages import (
    NO_STAGE,
    PLACES,
    REACH,
    Transitions,
    most_likely_stages,
    stretches_of,
    surroundings,
)

NAMES = (*STAGES, NO_STAGE)
EVEN = Transitions(
    stages=NAMES,
    first=(1 / 8,) * 8,
    follows=tuple(tuple(0.72 if row == column else 0.04 for column in range(8)) for row in range(8)),
    usual=(1 / 8,) * 8,
)


def detected(*likely: dict[str, float]) -> Detected:
    rows = [[said.get(name, 0.01) for name in NAMES] for said in likely]
    columns = {f"stage/{name}": number for number, name in enumerate(NAMES)}
    shape = {name: np.zeros(len(rows), np.float32) for name in ("place", *PLACES)}
    return Detected(columns=columns, likely=np.array(rows, np.float32).reshape(-1, 8), shape=shape)


def stages_of(found: Detected) -> tuple[str, ...]:
    """By the sentences alone: what is around them corrects nothing."""
    nothing = np.zeros(((2 * REACH + 1) * 8 + len(PLACES) + 3, 8), np.float32)
    return most_likely_stages(found, nothing, EVEN)


def test_a_strong_answer_goes_through_the_steps() -> None:
    stretches = judge().assess(candidate(STRONG)).stretches
    order = [stretch.stage for stretch in stretches]
    assert {"requirements", "high_level", "deep_dive"} <= set(order)
    assert order[-1] in {"tradeoffs", "wrap_up"}
    moments = [moment for stretch in stretches for moment in (stretch.start_s, stretch.end_s)]
    assert moments == sorted(moments)


def test_one_doubtful_sentence_does_not_change_the_step() -> None:
    sure, doubtful = {"deep_dive": 0.9}, {"deep_dive": 0.3, "clarify": 0.5}
    assert stages_of(detected(sure, doubtful, sure)) == ("deep_dive",) * 3


def test_a_sure_change_is_followed() -> None:
    said = detected({"requirements": 0.9}, {"high_level": 0.9}, {"high_level": 0.9})
    assert stages_of(said) == ("requirements", "high_level", "high_level")


def test_talk_about_the_answer_is_no_stretch() -> None:
    heard = judge().listen(candidate("My plan is this. It needs a table. It needs an index."))
    stretches = stretches_of(heard, (NO_STAGE, "deep_dive", "deep_dive"))
    assert [(item.stage, item.start_s) for item in stretches] == [("deep_dive", heard.lines[1].start_s)]


def test_nothing_said_has_no_stages() -> None:
    assert stages_of(detected()) == ()


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.floats(0.02, 0.99)), max_size=20))
def test_one_known_step_for_each_sentence(said: list[tuple[str, float]]) -> None:
    stages = stages_of(detected(*({name: share} for name, share in said)))
    assert len(stages) == len(said)
    assert set(stages) <= set(NAMES)


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=12))
def test_what_is_around_a_sentence_keeps_its_distance(said: list[str]) -> None:
    """The columns of distance one are the sentence's neighbours, moved by one row."""
    rows = surroundings(detected(*({name: 0.9} for name in said)))
    own, before, after = rows[:, :8], rows[:, 8:16], rows[:, 16:24]
    assert (before[1:] == own[:-1]).all()
    assert (after[:-1] == own[1:]).all()
    assert not before[0].any()
    assert not after[-1].any()
