"""How a finished answer used its time, against the target and the budget of each phase.

The time is the candidate's own (:mod:`voice_coach.core.candidate_time`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from voice_coach.core.candidate_time import CandidateTime, Interval, candidate_time
from voice_coach.core.clock import PaceSettings
from voice_coach.core.rubric_ids import PHASE_OF_STAGE, PHASES
from voice_coach.core.stages import Stretch
from voice_coach.core.transcript import Transcript


class Length(StrEnum):
    """How long something took against what was planned."""

    SHORT = "short"
    WITHIN = "within"
    LONG = "long"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """The time that one phase took."""

    id: str
    seconds: float
    share: float
    """Of the whole answer."""
    budget_share: float
    verdict: Length


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """How the answer used its time."""

    target_min_s: float
    target_max_s: float
    answer_s: float
    verdict: Length
    phases: tuple[Phase, ...]
    stretches: tuple[Stretch, ...]


def review(
    transcript: Transcript,
    stretches: Sequence[Stretch],
    settings: PaceSettings,
    excluded: Sequence[Interval] = (),
) -> Pacing:
    """The answer's length and phases. *excluded*: stretches in which the session was paused on command."""
    time = candidate_time(transcript, excluded)
    low_s, high_s = settings.range_s
    spent = _phase_seconds(time, stretches)
    return Pacing(
        target_min_s=low_s,
        target_max_s=high_s,
        answer_s=time.total_s,
        verdict=_length(time.total_s, low_s, high_s),
        phases=tuple(_phase(id_, spent[id_], time.total_s, settings) for id_ in PHASES),
        stretches=tuple(stretches),
    )


def _phase_seconds(time: CandidateTime, stretches: Sequence[Stretch]) -> dict[str, float]:
    """A stretch lasts until its last word, and through the silence up to the next where both are of one
    phase.
    """
    spent = dict.fromkeys(PHASES, 0.0)
    for stretch in stretches:
        spent[PHASE_OF_STAGE[stretch.stage]] += time.between(stretch.start_s, stretch.end_s)
    for before, after in pairwise(stretches):
        if PHASE_OF_STAGE[before.stage] == PHASE_OF_STAGE[after.stage]:
            spent[PHASE_OF_STAGE[before.stage]] += time.between(before.end_s, after.start_s)
    return spent


def _phase(id_: str, seconds: float, total_s: float, settings: PaceSettings) -> Phase:
    budget = settings.budget[id_]
    share = seconds / total_s if total_s > 0 else 0.0
    slack = budget * settings.tolerance_share
    verdict = Length.ABSENT if seconds <= 0 else _length(share, budget - slack, budget + slack)
    return Phase(id=id_, seconds=seconds, share=share, budget_share=budget, verdict=verdict)


def _length(value: float, low: float, high: float) -> Length:
    if value < low:
        return Length.SHORT
    return Length.LONG if value > high else Length.WITHIN
