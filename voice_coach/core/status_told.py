"""The reply to "how am I doing?": the time, and what was heard so far. It grades nothing and names nothing missing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.events import CommandName, Intent
from voice_coach.core.time_told import time_asked_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voice_coach.core.clock import PaceSettings
    from voice_coach.core.interview_state import InterviewState, Line, Moment
    from voice_coach.core.wording import Wording

PARTS: Mapping[str, str] = {
    "explicit_requirements": "part_requirements",
    "high_level_first": "part_overview",
    "storage_decision": "part_storage",
    "scaling_strategy": "part_scaling",
    "failure_mitigation": "part_failures",
    "tradeoff_summary": "part_tradeoffs",
}
"""The kind of line that names each checklist item that is a part of the answer, in the order of an answer."""


def status(moment: Moment, pace: PaceSettings, wording: Wording) -> tuple[tuple[Line, ...], InterviewState]:
    """One sentence about the time and one about the parts that were heard, and the state that remembers them."""
    kinds = ("status_left", "status_past", "status_over")
    time, state = time_asked_for(moment, pace, wording, kinds)
    parts = [wording.text(kind, state) for item, kind in PARTS.items() if item in moment.covered]
    kind, slots = ("status_parts", {"parts": _listed(parts)}) if parts else ("status_no_part", {})
    heard, state = wording.line(kind, Intent.REPLY, None, state, **slots)
    about = CommandName.HOW_AM_I_DOING
    return (replace(time, about=about), replace(heard, about=about)), state


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
