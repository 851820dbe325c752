"""When the interviewer has a reason to interrupt, and when the scope changes.

Judged by what a running session knows anyway: the clock, the parts that the rules of cues find covered, how many
topics of a design were spoken of lately, and when the two last spoke with each other. Whether this is a moment at
which one may interrupt is the session's to tell (:mod:`voice_coach.core.cutting_in`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from voice_coach.core.cues import compile_cue, plain_text
from voice_coach.core.drawn import drawn
from voice_coach.core.pressure import Pressure
from voice_coach.core.rubric_ids import PHASES
from voice_coach.core.transcript import Speaker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voice_coach.core.clock import PaceSettings
    from voice_coach.core.content import Question, ScopeChange
    from voice_coach.core.transcript import Transcript, Word

_STRICT = {"extra": "forbid"}

PART_ITEMS: Mapping[str, frozenset[str]] = {
    "clarify": frozenset({"explicit_requirements"}),
    "outline": frozenset({"high_level_first"}),
    "deepen": frozenset({"storage_decision", "scaling_strategy"}),
    "evaluate": frozenset({"failure_mitigation"}),
}
"""The checklist items that make a phase's part of the answer covered (rubric.md, stages and checklist)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SteeringSettings:
    """How the interviewer interrupts, and when the scope changes."""

    __pydantic_config__ = _STRICT

    earliest_s: float = 60.0
    """Nobody is interrupted before so much of their time."""
    boundary_s: float = 0.35
    """Silence at which a clause may be over; stops inside words are shorter."""
    talk_s: float = 45.0
    """Nobody is interrupted sooner than this after the coach last spoke."""
    normal_apart_s: float = 180.0
    """At normal pressure, from one interruption to the next …"""
    tough_apart_s: float = 90.0
    """… and at tough pressure."""
    after_withdrawal_s: float = 240.0
    """The same after one that the candidate talked over."""
    withdraw_s: float = 1.5
    """Who talks on for so long is not interrupted."""
    exchange_low_s: float = 90.0
    """After so long without an exchange the interviewer checks in …"""
    exchange_high_s: float = 180.0
    """… or up to so long: it is drawn anew each time."""
    off_point_s: float = 60.0
    """The last words that are looked through for topics of a design."""
    off_point_words: int = 100
    """Fewer words than this tell nothing."""
    off_point_per_100: float = 1.0
    """Fewer different topics in a hundred words: off the point."""
    patience_s: float = 30.0
    """A reason that has held for so long does not wait for words that are still being transcribed."""
    scope_from_share: float = 0.35
    """Shares of the target between which the scope changes."""
    scope_until_share: float = 0.65
    normal_scope_share: float = 0.5
    """Share of the sessions at normal pressure in which it does, if a turn ends in time; at tough it always does."""
    question_limit: int = 8
    """After so many questions, with no design begun, the coach leads on to the design."""
    question_share: float = 0.25
    """The same after this share of the target, with a few questions."""

    def apart_s(self, pressure: Pressure) -> float:
        """From one interruption to the next."""
        return self.tough_apart_s if pressure is Pressure.TOUGH else self.normal_apart_s


class Why(StrEnum):
    """Why the candidate is interrupted."""

    OVER_TIME = "over_time"
    SCOPE_CHANGE = "scope_change"
    OVER_BUDGET = "over_budget"
    OFF_POINT = "off_point"
    LONG_TALK = "long_talk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A candidate who is talking."""

    elapsed_s: float
    """Of the candidate's time."""
    since_exchange_s: float
    """Since the coach last spoke."""
    covered: frozenset[str]
    topics_per_100: float | None
    interruptions: int
    """That there have been."""
    changes: tuple[str, ...]
    """Changes of scope that there have been."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A reason to interrupt."""

    why: Why
    held_s: float
    """For how long it has been one."""
    is_pressing: bool
    """Words that are still unknown no longer hold it up."""
    part: str | None = None
    """The part of the answer that takes too long."""


class Steering:
    """Tells for one session when there is a reason."""

    def __init__(
        self,
        question: Question,
        pace: PaceSettings,
        settings: SteeringSettings,
        *,
        pressure: Pressure,
        seed: int,
    ) -> None:
        self._pace = pace
        self._settings = settings
        self.pressure = pressure
        self._seed = seed
        self._changes = question.scope_change if _changes_scope(settings, pressure, seed) else ()
        from_share, until_share = settings.scope_from_share, settings.scope_until_share
        share = from_share + drawn(seed, "scope change") * (until_share - from_share) / 2
        self._change_s = (share * pace.target_s, until_share * pace.target_s)

    def due(self, talk: Talk) -> Due | None:
        """The best reason to interrupt now, or None."""
        elapsed_s, settings = talk.elapsed_s, self._settings
        if self.pressure is Pressure.GENTLE or elapsed_s < settings.earliest_s:
            return None
        change = self._change_due(talk)
        if change is not None:
            return change
        if talk.since_exchange_s < settings.talk_s or self._is_kept_free(talk):
            return None
        wrap_up_s = self._pace.wrap_up_at_s
        if elapsed_s >= wrap_up_s:
            return self._due(Why.OVER_TIME, elapsed_s - wrap_up_s)
        if elapsed_s > wrap_up_s - settings.apart_s(self.pressure):
            # The next interruption is the one that asks for the wrap-up.
            return None
        return self._steer(talk)

    def is_time_for_change(self, elapsed_s: float, put: Sequence[str]) -> bool:
        """Whether the scope changes at a turn's end at *elapsed_s*, when the changes *put* were put already."""
        from_s, until_s = self._change_s
        return bool(self._changes) and not put and from_s <= elapsed_s <= until_s

    def next_change(self, transcript: Transcript) -> ScopeChange:
        """The session's change of scope: best one of which the candidate has not spoken already."""
        first = self._seed % len(self._changes)
        ordered = (*self._changes[first:], *self._changes[:first])
        text = plain_text(list(transcript.by(Speaker.CANDIDATE)))
        fresh = (item for item in ordered if not any(compile_cue(cue).find(text) for cue in item.named))
        return next(fresh, ordered[0])

    @property
    def planned(self) -> tuple[str, ...]:
        """What may be said of a change, to be rendered ahead."""
        return tuple(item.text for item in self._changes)

    def _change_due(self, talk: Talk) -> Due | None:
        """At tough pressure, where no turn ends in time: in the second half of the time that is left for it."""
        from_s, until_s = self._change_s
        middle_s = (from_s + until_s) / 2
        is_open = self.pressure is Pressure.TOUGH and self._changes and not talk.changes
        if not is_open or not middle_s <= talk.elapsed_s <= until_s:
            return None
        held_s = talk.elapsed_s - middle_s
        return Due(why=Why.SCOPE_CHANGE, held_s=held_s, is_pressing=held_s >= (until_s - middle_s) / 2)

    def _is_kept_free(self, talk: Talk) -> bool:
        """Whether an interruption now might leave no room for the one that changes the scope."""
        if self.pressure is not Pressure.TOUGH or not self._changes or talk.changes:
            return False
        from_s, until_s = self._change_s
        middle_s = (from_s + until_s) / 2
        return middle_s - self._settings.after_withdrawal_s < talk.elapsed_s <= until_s

    def _exchange_s(self, interruptions: int) -> float:
        settings = self._settings
        span_s = settings.exchange_high_s - settings.exchange_low_s
        return settings.exchange_low_s + span_s * drawn(self._seed, f"exchange {interruptions}")

    def _steer(self, talk: Talk) -> Due | None:
        """The best reason to lead the candidate elsewhere; it presses as soon as any of them does."""
        settings = self._settings
        part = over_budget(talk.covered, talk.elapsed_s, self._pace)
        long_s = talk.since_exchange_s - self._exchange_s(talk.interruptions)
        reasons: list[tuple[Why, float]] = []
        if part is not None:
            reasons.append((Why.OVER_BUDGET, talk.elapsed_s - limit_s(part, self._pace)))
        if talk.topics_per_100 is not None and talk.topics_per_100 < settings.off_point_per_100:
            reasons.append((Why.OFF_POINT, 0.0))
        if long_s >= 0.0:
            reasons.append((Why.LONG_TALK, long_s))
        if not reasons:
            return None
        held_s = max(held_s for _, held_s in reasons)
        return self._due(reasons[0][0], held_s, part)

    def _due(self, why: Why, held_s: float, part: str | None = None) -> Due:
        is_pressing = held_s >= self._settings.patience_s
        return Due(why=why, held_s=held_s, is_pressing=is_pressing, part=part)


def _changes_scope(settings: SteeringSettings, pressure: Pressure, seed: int) -> bool:
    if pressure is Pressure.NORMAL:
        return drawn(seed, "scope changes") < settings.normal_scope_share
    return pressure is Pressure.TOUGH


def over_budget(covered: frozenset[str], elapsed_s: float, pace: PaceSettings) -> str | None:
    """The part of the answer that has taken more than its share and tolerance, with nothing of a later one said."""
    for part, after in pairwise(PHASES):
        later = frozenset().union(*(PART_ITEMS[phase] for phase in PHASES[PHASES.index(after) :]))
        if elapsed_s >= limit_s(part, pace) and covered.isdisjoint(later):
            return part
    return None


def end_s(part: str, pace: PaceSettings) -> float:
    """The candidate's second at which the time for *part* is over."""
    return sum([pace.budget[phase] for phase in PHASES[: PHASES.index(part) + 1]]) * pace.target_s


def limit_s(part: str, pace: PaceSettings) -> float:
    """The candidate's second at which *part* has taken more than its share and tolerance."""
    shares = [pace.budget[phase] for phase in PHASES[: PHASES.index(part) + 1]]
    return (sum(shares) + pace.tolerance_share * shares[-1]) * pace.target_s


def after(part: str) -> frozenset[str]:
    """The checklist items of the part that comes after *part*."""
    return PART_ITEMS[PHASES[PHASES.index(part) + 1]]


def topics_per_100(
    words: Sequence[Word], topics: Callable[[Sequence[Word]], int], settings: SteeringSettings
) -> float | None:
    """How many different *topics* of a design the last of *words* hold, for each hundred; None for too few."""
    if not words:
        return None
    from_s = words[-1].end_s - settings.off_point_s
    late = [word for word in words if word.start_s >= from_s]
    if len(late) < settings.off_point_words:
        return None
    return 100.0 * topics(late) / len(late)
