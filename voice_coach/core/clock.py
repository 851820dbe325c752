"""The candidate's clock: what counts against the target, and what part of the answer it is time for.

The candidate's time counts, thinking included. The coach's speech and pauses on command do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voice_coach.core.rubric_ids import PHASES

_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceSettings:
    """Targets and budgets (the rubric's defaults)."""

    __pydantic_config__ = _STRICT

    minutes: float = 12.5
    """The target M. The range is 0.8 M to 1.2 M."""
    range_low: float = 0.8
    range_high: float = 1.2
    wrap_up_before_s: float = 90.0
    """The wrap-up is asked for this long before the range ends …"""
    wrap_up_before_share: float = 0.15
    """… or this share of M before it, whichever is the smaller."""
    clarify_share: float = 0.2
    outline_share: float = 0.2
    deepen_share: float = 0.4
    evaluate_share: float = 0.2
    tolerance_share: float = 0.5
    """A phase is within budget up to this share of its budget above or below."""
    time_cues: tuple[float, ...] = (0.5, 0.8)
    """Shares of M after which, at the next end of a turn, the coach says how much is left. Two at most:
    the wrap-up is the third."""

    longest_share: float = 2.4
    """At this many times M (half an hour by default) the coach ends it, in whatever the candidate is: a voice that
    never falls silent may be a television."""

    @property
    def longest_s(self) -> float:
        """Candidate seconds after which the coach ends it."""
        return self.longest_share * self.target_s

    @property
    def target_s(self) -> float:
        """M in seconds."""
        return self.minutes * 60.0

    @property
    def budget(self) -> Mapping[str, float]:
        """The budget share of each phase, in order."""
        shares = (self.clarify_share, self.outline_share, self.deepen_share, self.evaluate_share)
        return dict(zip(PHASES, shares, strict=True))

    @property
    def range_s(self) -> tuple[float, float]:
        """Shortest and longest answer within the target range, in seconds."""
        return (self.range_low * self.target_s, self.range_high * self.target_s)

    @property
    def wrap_up_at_s(self) -> float:
        """Candidate seconds after which the wrap-up is asked for."""
        before_s = min(self.wrap_up_before_s, self.wrap_up_before_share * self.target_s)
        return self.range_s[1] - before_s

    def phase_at(self, elapsed_s: float) -> str:
        """The phase for which the budget provides at *elapsed_s* of the candidate's time."""
        ends_s = 0.0
        for phase, share in self.budget.items():
            ends_s += share * self.target_s
            if elapsed_s < ends_s:
                return phase
        return PHASES[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerClock:
    """Counts the candidate's seconds. Stands still while held, as it does from second 0."""

    counted_s: float = 0.0
    """Seconds counted up to ``since_s``, or in all while held."""
    since_s: float | None = None
    """Session time from which it has been running; None while held."""
    held_from_s: float = 0.0
    """Since when it has been held; of no meaning while it runs."""
    holds: tuple[tuple[float, float], ...] = ()
    """The session times between which it was held, but for a hold that still lasts."""

    def elapsed_s(self, at_s: float) -> float:
        """The candidate's seconds up to session time *at_s*."""
        running_s = 0.0 if self.since_s is None else max(0.0, at_s - self.since_s)
        return self.counted_s + running_s

    def run(self, at_s: float) -> AnswerClock:
        """The clock running from *at_s* on; unchanged if it runs already."""
        if self.since_s is not None:
            return self
        holds = (*self.holds, (self.held_from_s, at_s))
        return AnswerClock(counted_s=self.counted_s, since_s=at_s, holds=holds)

    def hold(self, at_s: float) -> AnswerClock:
        """The clock standing still from *at_s* on; unchanged if it is held already."""
        if self.since_s is None:
            return self
        return AnswerClock(counted_s=self.elapsed_s(at_s), held_from_s=at_s, holds=self.holds)

    def all_holds(self, at_s: float) -> tuple[tuple[float, float], ...]:
        """The holds up to session time *at_s*, one that still lasts included."""
        return self.holds if self.since_s is not None else (*self.holds, (self.held_from_s, at_s))
