from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.speech_metrics import SpeechMetrics
from voice_coach.core.speech_norms import MEASURES, Norm, Own, Place, own, past_values


@pytest.mark.parametrize(
    ("value", "place"),
    [(99.9, Place.BELOW), (100, Place.WITHIN), (185, Place.WITHIN), (185.1, Place.ABOVE)],
)
def test_a_value_on_a_limit_is_within(value: float, place: Place) -> None:
    assert Norm(of="wpm", low=100, high=185, source="a test").place(value) is place


def test_a_limit_that_is_not_there_is_never_passed() -> None:
    norm = Norm(of="fillers_per_min", high=5, source="a test")
    assert norm.place(0.0) is Place.WITHIN
    assert Norm(of="wpm", typical=6, source="a test").place(1e9) is Place.WITHIN


def test_three_sessions_make_a_habit() -> None:
    assert own((150.0, 160.0), 170.0) is None
    assert own((150.0, 160.0, 120.0), 180.0) == Own(median=150.0, sessions=3, deviation=0.2)
    assert own((150.0, 160.0, 120.0, 130.0), 112.0) == Own(median=140.0, sessions=4, deviation=-0.2)


def test_there_may_be_nothing_to_compare() -> None:
    assert own((1.0, 2.0, 3.0), None) == Own(median=2.0, sessions=3, deviation=None)
    assert own((0.0, 0.0, 3.0), 1.0) == Own(median=0.0, sessions=3, deviation=None)


@given(st.lists(st.floats(0.1, 1e4), min_size=3), st.floats(0, 1e4))
def test_the_median_lies_among_the_values_and_their_order_does_not_matter(
    past: list[float], value: float
) -> None:
    found = own(past, value)
    assert found is not None
    assert min(past) <= found.median <= max(past)
    assert found == own(sorted(past), value)
    assert found.deviation is not None
    assert (found.deviation > 0) == (value > found.median)


def test_past_values_are_read_from_earlier_analyses() -> None:
    sessions: list[dict[str, object]] = [
        {"wpm": 150.5, "pause_share": None, "restarts": 3},
        {"wpm": None, "longest_pause_s": 2, "fillers": []},
        {"wpm": True, "pause_share": "much"},
        {"wpm": 140.0},
    ]
    values = past_values(sessions)
    assert set(values) == set(MEASURES)
    assert values["wpm"] == (150.5, 140.0)
    assert values["longest_pause_s"] == (2.0,)
    assert values["pause_share"] == ()


def test_every_measure_is_a_field_of_the_metrics() -> None:
    assert set(MEASURES) <= set(SpeechMetrics.__dataclass_fields__)
