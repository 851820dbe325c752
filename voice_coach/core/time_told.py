"""What the coach says of the time: asked for, or by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.events import CommandName, Intent
from voice_coach.core.speakable_time import spoken_length

if TYPE_CHECKING:
    from voice_coach.core.clock import PaceSettings
    from voice_coach.core.interview_state import InterviewState, Line, Moment
    from voice_coach.core.wording import Wording

SAID_AS_OVER_S = 30.0
"""Less time than this is none worth naming."""
CUE_LEFT_S = 60.0
"""With less than this left to the target no cue is given: the wrap-up is near enough."""


def time_asked_for(moment: Moment, pace: PaceSettings, wording: Wording) -> tuple[Line, InterviewState]:
    """The reply to "how much time do I have"."""
    elapsed = spoken_length(rounded(moment.elapsed_s))
    left_s = pace.target_s - moment.elapsed_s
    if left_s < SAID_AS_OVER_S:
        left_s = pace.range_s[1] - moment.elapsed_s
    if left_s < SAID_AS_OVER_S:
        return wording.line("time_over", Intent.REPLY, CommandName.TIME, moment.state, elapsed=elapsed)
    left = spoken_length(rounded(left_s))
    return wording.line("time_left", Intent.REPLY, CommandName.TIME, moment.state, elapsed=elapsed, left=left)


def time_cue(moment: Moment, pace: PaceSettings, wording: Wording) -> tuple[tuple[Line, ...], InterviewState]:
    """The cue that is due by now, if one is, and the state that remembers it."""
    marks, state = pace.time_cues, moment.state
    if state.time_cues >= len(marks):
        return (), state
    passed = sum(moment.elapsed_s >= mark * pace.target_s for mark in marks)
    left_s = pace.target_s - moment.elapsed_s
    if passed <= state.time_cues or left_s < CUE_LEFT_S:
        return (), replace(state, time_cues=max(passed, state.time_cues))
    left = spoken_length(rounded(left_s))
    line, state = wording.line("time_cue", Intent.TIME_CUE, None, state, left=left)
    return (line,), replace(state, time_cues=passed)


def rounded(seconds: float) -> float:
    """To half minutes from two minutes on, to ten seconds below: what a person would say."""
    step_s = 30.0 if seconds >= 120.0 else 10.0  # noqa: PLR2004
    return max(step_s, round(seconds / step_s) * step_s)
