"""What the coach says of the time: asked for, or by itself.

Two ends are in sight, and it is always said which: the target M, and past it what the range around M allows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.events import CommandName, Intent
from voice_coach.core.speakable_time import spoken_length, spoken_moment

if TYPE_CHECKING:
    from voice_coach.core.clock import PaceSettings
    from voice_coach.core.interview_state import InterviewState, Line, Moment
    from voice_coach.core.wording import Wording

NONE_LEFT_S = 5.0
"""Less time than this is none worth naming."""
CUE_LEFT_S = 60.0
"""With less than this left to the target no cue is given: the wrap-up is near enough."""
_LONG_S = 120.0
_COARSE_S = 30.0
_FINE_S = 10.0


TIME_KINDS = ("time_left", "time_past", "time_over")
"""Of lines: before the target has passed, within the range around it, and past that."""


def time_asked_for(
    moment: Moment, pace: PaceSettings, wording: Wording, kinds: tuple[str, str, str] = TIME_KINDS
) -> tuple[Line, InterviewState]:
    """The reply to "how much time do I have", by a line of one of *kinds*."""
    elapsed_s = moment.elapsed_s
    for kind, end_s in zip(kinds, (pace.target_s, pace.range_s[1]), strict=False):
        if end_s - elapsed_s >= NONE_LEFT_S:
            elapsed, left = _told(elapsed_s, end_s - elapsed_s)
            slots = {"elapsed": elapsed, "left": left}
            return wording.line(kind, Intent.REPLY, CommandName.TIME, moment.state, **slots)
    elapsed = _spoken(round(elapsed_s / _FINE_S) * _FINE_S)
    return wording.line(kinds[-1], Intent.REPLY, CommandName.TIME, moment.state, elapsed=elapsed)


def time_cue(moment: Moment, pace: PaceSettings, wording: Wording) -> tuple[tuple[Line, ...], InterviewState]:
    """The cue that is due by now, if one is, and the state that remembers it."""
    marks, state = pace.time_cues, moment.state
    if state.time_cues >= len(marks):
        return (), state
    passed = sum(moment.elapsed_s >= mark * pace.target_s for mark in marks)
    left_s = pace.target_s - moment.elapsed_s
    if passed <= state.time_cues or left_s < CUE_LEFT_S:
        return (), replace(state, time_cues=max(passed, state.time_cues))
    _, left = _told(left_s, left_s)
    line, state = wording.line("time_cue", Intent.TIME_CUE, None, state, left=left)
    return (line,), replace(state, time_cues=passed)


def _told(elapsed_s: float, left_s: float) -> tuple[str, str]:
    """Both in words, as coarse as the shorter of them allows, so that they add up for the ear."""
    step_s = _COARSE_S if min(elapsed_s, left_s) >= _LONG_S else _FINE_S

    def rounded(seconds: float) -> float:
        return max(step_s, round(seconds / step_s) * step_s)

    left = rounded(left_s)
    return _spoken(rounded(elapsed_s + left_s - left)), _spoken(left)


def _spoken(seconds: float) -> str:
    return spoken_length(seconds) if seconds % _COARSE_S == 0 else spoken_moment(seconds)
