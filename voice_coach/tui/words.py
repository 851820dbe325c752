"""What is going on, in words: the same on every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.core.counting import counted
from voice_coach.core.session_stage import Stage
from voice_coach.core.turn_taking import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voice_coach.core.clock import PaceSettings
    from voice_coach.core.model_state import ModelState
    from voice_coach.core.session_state import SessionState

BREATH_S = 2.0
"""A silence this short is still part of what is being said: the word on the screen does not change for it."""

_ASIDES: Mapping[str, str] = {
    "paused": "p, or “resume”, goes on",
    "speaking": "the coach; then it is your turn",
    "listening": "to you",
    "thinking": "time to think: the coach waits",
    "waiting": "your turn; silence is fine",
    "judging": "your answer is weighed",
    "feedback": "what was good, and what to try",
    "again": "say “again”, or “stop”",
    "ended": "all that was said is kept",
}
_SPEAKS_OVER = "the coach; you may talk over it"


def activity(state: SessionState) -> str:
    """What is going on, in one word where nothing is lost."""
    if missing(state):
        return f"no {' and no '.join(missing(state))}"
    if state.is_paused:
        return "paused"
    match state.stage:
        case Stage.ENDED:
            return "ended"
        case Stage.FEEDBACK:
            return "feedback"
        case Stage.OFFERING if state.speaking is None:
            return "again"
        case _ if state.speaking is not None:
            return "speaking"
        case Stage.CLOSING | Stage.ASSESSING:
            return "judging"
        case _:
            return _turn(state)


def _turn(state: SessionState) -> str:
    """What the candidate does with the turn."""
    if state.voice_since_s is not None or state.pending:
        return "listening"
    if state.last_offset_s > state.reply_from_s:
        return "listening" if state.at_s - state.last_offset_s < BREATH_S else "waiting"
    return "thinking" if state.mode is Mode.THINKING else "waiting"


def aside(state: SessionState) -> str:
    """What that means for the candidate, in a few words."""
    word = activity(state)
    if missing(state):
        return f"{word}; it goes on when that is back"
    return _SPEAKS_OVER if word == "speaking" and state.is_full_duplex else _ASIDES.get(word, "")


def time_told(state: SessionState, pace: PaceSettings) -> str:
    """What belongs beside the clock: the target, and what part of the answer, or round of a drill, it is time for."""
    elapsed_s, target = state.clock.elapsed_s(state.at_s), clock_text(pace.target_s)
    if elapsed_s > pace.target_s:
        return f"{clock_text(elapsed_s - pace.target_s)} past {target}"
    if state.interview.rounds:
        return f"of {target} · round {len(state.interview.rounds)}"
    return f"of {target} · time for: {pace.phase_at(elapsed_s)}"


def model_use(model: ModelState) -> str:
    """What the language model has come to so far; empty where there is none."""
    if not model.name:
        return ""
    cost = f", {model.cost:.3f} spent" if model.cost else ""
    return f"{model.name}: {counted(model.tokens, 'token')}{cost}{', left alone' if model.is_off else ''}"


def missing(state: SessionState) -> list[str]:
    """The roles of the devices that are lost."""
    return [] if state.outage is None else sorted(state.outage.missing)


def clock_text(seconds: float) -> str:
    """``m:ss``."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
