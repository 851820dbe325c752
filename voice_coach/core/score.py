"""One number out of the verdicts, and how it came about. The weights are in ``prompts/rubric/score.toml``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voice_coach.core.findings import Finding, Verdict
from voice_coach.core.pacing import Length
from voice_coach.core.rubric import Score

PACING = "pacing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The points of one item. A deduction has negative points out of 0."""

    id: str
    points: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The score: 0 to 100, or None where nothing was judged."""

    total: int | None
    parts: tuple[Part, ...]
    """What was judged; an item that was not has no part and no weight."""


def score(checklist: Sequence[Finding], length: Length, weights: Score) -> Total:
    """Points for what was met, as a share of what was judged, less what the length costs."""
    parts = [
        Part(id=finding.id, points=weight if finding.verdict is Verdict.MET else 0, of=weight)
        for finding in checklist
        if finding.verdict is not Verdict.NOT_ASSESSED
        for weight in (weights.checklist[finding.id],)
    ]
    possible = sum(part.of for part in parts)
    if possible == 0:
        return Total(total=None, parts=())
    lost = 0 if length is Length.WITHIN else weights.pacing_outside_target
    earned = round(100 * sum(part.points for part in parts) / possible)
    return Total(total=max(0, min(100, earned - lost)), parts=(*parts, Part(id=PACING, points=-lost, of=0)))
