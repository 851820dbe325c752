"""How hard the interviewer pushes."""

from __future__ import annotations

from enum import StrEnum


class Pressure(StrEnum):
    """How hard the interviewer pushes."""

    GENTLE = "gentle"
    """No time cue unless asked, no interruption, no change of scope."""
    NORMAL = "normal"
    """Seldom an interruption, and at times a change of scope at the end of a turn."""
    TOUGH = "tough"
    """Follow-ups from the start in place of invitations to go on, put by one who doubts; more interruptions, and a
    change of scope in every session."""
