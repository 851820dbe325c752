from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.speaker_pace import SpeakerPace, SpeakerPaceSettings

SETTINGS = SpeakerPaceSettings()
PAUSES = st.lists(st.floats(0.0, 30.0), max_size=100)


def paced(pauses: list[float], *, is_short: bool = False) -> float | None:
    """The wait that follows from *pauses*, heard one after the other."""

    def heard(pace: SpeakerPace, pause_s: float) -> SpeakerPace:
        return pace.after(pause_s, is_short=is_short, settings=SETTINGS)

    return reduce(heard, pauses, SpeakerPace()).wait_s(is_short=is_short, settings=SETTINGS)


@pytest.mark.parametrize(
    ("pauses", "wait_s"),
    [
        ([], None),
        ([3.0] * 7, None),
        ([3.0] * 8, 3.6),
        # Too short to tell anything: they neither count nor make up the number.
        ([3.0] * 7 + [0.9] * 50, None),
        ([3.0] * 8 + [0.9] * 50, 3.6),
        # Of few the longest, of many the one that 95 % are no longer than.
        ([2.0] * 18 + [5.0], 6.0),
        ([2.0] * 19 + [5.0], 2.4),
        ([1.0] * 8, 1.5),
        ([12.0] * 8, 8.0),
        # The newest count.
        ([12.0] * 30 + [2.0] * 60, 2.4),
    ],
)
def test_what_follows_from_the_pauses_in_a_monologue(pauses: list[float], wait_s: float | None) -> None:
    assert paced(pauses) == (None if wait_s is None else pytest.approx(wait_s))


def test_short_answers_are_learnt_apart() -> None:
    pace = SpeakerPace(monologue=(4.0,) * 10)
    assert pace.wait_s(is_short=True, settings=SETTINGS) is None
    assert paced([1.0] * 8, is_short=True) == pytest.approx(1.2)
    assert paced([9.0] * 8, is_short=True) == 2.5
    assert paced([0.5] * 8, is_short=True) == 0.8


@given(PAUSES, st.booleans())
def test_it_stays_within_its_limits(pauses: list[float], is_short: bool) -> None:  # noqa: FBT001 - drawn
    limits = SETTINGS.short if is_short else SETTINGS.monologue
    wait_s = paced(pauses, is_short=is_short)
    assert wait_s is None or limits.shortest_s <= wait_s <= limits.longest_s


@given(PAUSES, st.data())
def test_longer_pauses_never_make_a_shorter_wait(pauses: list[float], data: st.DataObject) -> None:
    """Each as long or longer: the wait too, once there is one."""
    more = data.draw(st.lists(st.floats(0.0, 10.0), min_size=len(pauses), max_size=len(pauses)))
    pauses = [max(pause_s, SETTINGS.monologue.from_s) for pause_s in pauses]
    longer = [pause_s + added_s for pause_s, added_s in zip(pauses, more, strict=True)]
    before_s, after_s = paced(pauses), paced(longer)
    assert (before_s is None) is (after_s is None)
    assert before_s is None or after_s is None or before_s <= after_s


@given(PAUSES)
def test_no_more_are_kept_than_are_wanted(pauses: list[float]) -> None:
    pace = SpeakerPace()
    for pause_s in pauses:
        pace = pace.after(pause_s, is_short=False, settings=SETTINGS)
    assert len(pace.monologue) <= SETTINGS.kept
    assert pace.short == ()
