"""One number out of the verdicts, and how it came about. The weights are in ``prompts/rubric/score.toml``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voice_coach.core.findings import Assessment, Finding, Verdict
from voice_coach.core.pacing import Length
from voice_coach.core.rubric import Score

PACING = "pacing"
BEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The points of one item. What only takes off has negative points out of 0."""

    id: str
    points: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The score: the sum of its parts within 0 and 100, or None where nothing was judged."""

    total: int | None
    parts: tuple[Part, ...]
    """What was judged; an item that was not has no part and no weight."""


def total(assessment: Assessment, length: Length | None, weights: Score) -> Total:
    """Points for what was met, less what mistakes cost; delivery and the length adjust it.

    *length* None: how long the answer took is not known.
    """
    elements = list(_elements(assessment.checklist, weights))
    if not elements:
        return Total(total=None, parts=())
    parts = (
        *elements,
        *_mistakes(assessment.mistakes, weights),
        *_delivery(assessment.delivery, weights),
        *_pacing(length, weights),
    )
    earned = round(BEST * sum(part.points for part in elements) / sum(part.of for part in elements))
    adjusted = sum(part.points for part in parts[len(elements) :])
    return Total(total=max(0, min(BEST, earned + adjusted)), parts=parts)


def _elements(findings: Sequence[Finding], weights: Score) -> Iterator[Part]:
    for finding in findings:
        if finding.verdict is not Verdict.NOT_ASSESSED:
            weight = weights.checklist[finding.id]
            yield Part(id=finding.id, points=weight if finding.verdict is Verdict.MET else 0, of=weight)


def _mistakes(findings: Sequence[Finding], weights: Score) -> Iterator[Part]:
    for finding in findings:
        if finding.verdict is not Verdict.NOT_ASSESSED:
            is_made = finding.verdict is Verdict.MADE and finding.confidence >= weights.sure_from
            yield Part(id=finding.id, points=-weights.mistakes.get(finding.id, 0) if is_made else 0, of=0)


def _delivery(findings: Sequence[Finding], weights: Score) -> Iterator[Part]:
    for finding in findings:
        if finding.verdict is not Verdict.NOT_ASSESSED:
            weight = weights.delivery.get(finding.id, 0)
            points = weight if finding.verdict is Verdict.MET else -weight
            yield Part(
                id=finding.id, points=points if finding.confidence >= weights.sure_from else 0, of=weight
            )


def _pacing(length: Length | None, weights: Score) -> Iterator[Part]:
    if length is not None:
        yield Part(id=PACING, points=0 if length is Length.WITHIN else -weights.pacing_outside_target, of=0)
