"""How fast the coach speaks: in steps, within limits, from the next line on and for the rest of the session."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voice_coach.core.events import CommandName

if TYPE_CHECKING:
    from voice_coach.core.interview_state import InterviewState


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedSettings:
    """How fast the coach speaks when asked for another speed, as multiples of the configured rate."""

    __pydantic_config__ = {"extra": "forbid"}

    step: float = 0.15
    """About the least that is heard as a change without listening for it."""
    slowest: float = 0.7
    """115 words a minute at the rate of 165: slower, sentences fall apart."""
    fastest: float = 1.3
    """215 words a minute: the fastest tenth of people who explain something articulate at 224."""

    def changed(self, command: CommandName, state: InterviewState) -> tuple[str, InterviewState]:
        """The kind of line that answers *command*, slower or faster, and *state* with the speed from now on."""
        if command is CommandName.SLOWER:
            speed = max(self.slowest, state.speed - self.step)
            kind, at_limit = "slower", "slowest"
        else:
            speed = min(self.fastest, state.speed + self.step)
            kind, at_limit = "faster", "fastest"
        speed = round(speed, 3)
        return (at_limit if speed == state.speed else kind), replace(state, speed=speed)
