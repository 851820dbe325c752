"""What a measure is compared with: how others speak, and how this speaker usually does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

MEASURES = (
    "wpm",
    "articulation_wpm",
    "pause_share",
    "median_pause_s",
    "longest_pause_s",
    "longest_monologue_s",
    "fillers_per_100_words",
    "filled_pauses_per_100_words",
    "fillers_per_min",
    "disfluencies_per_100_words",
)
"""What is compared: fields of SpeechMetrics, and of ``speech`` in the analysis."""
FEWEST_SESSIONS = 3
"""Before that a speaker has no usual way."""
_STRICT = {"extra": "forbid"}


class Place(StrEnum):
    """Where a value lies."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """What is usual for one measure. A limit that is None does not exist."""

    __pydantic_config__ = _STRICT

    of: str
    """One of MEASURES."""
    low: float | None = None
    typical: float | None = None
    high: float | None = None
    source: str
    """Who measured it on whom, in words."""

    def place(self, value: float) -> Place:
        """Where *value* lies; on a limit it is within."""
        if self.low is not None and value < self.low:
            return Place.BELOW
        return Place.ABOVE if self.high is not None and value > self.high else Place.WITHIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A value against the same speaker's earlier ones."""

    median: float
    sessions: int
    """How many values it was taken from."""
    deviation: float | None
    """How far the value is from it, as a share of it: 0.2 is a fifth more. None where there is no value, or where
    the median is 0."""


def own(past: Sequence[float], value: float | None) -> Own | None:
    """*value* against the median of the *past* ones; None before there are three."""
    if len(past) < FEWEST_SESSIONS:
        return None
    usual = float(median(past))
    deviation = None if value is None or usual == 0 else (value - usual) / usual
    return Own(median=usual, sessions=len(past), deviation=deviation)


def past_values(sessions: Iterable[Mapping[str, object]]) -> dict[str, tuple[float, ...]]:
    """The values of each measure in the ``speech`` of earlier analyses, in their order; what is null is left out."""
    found: dict[str, list[float]] = {name: [] for name in MEASURES}
    for speech in sessions:
        for name in MEASURES:
            value = speech.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool):
                found[name].append(float(value))
    return {name: tuple(values) for name, values in found.items()}
