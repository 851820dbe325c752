"""The analysis once the candidate has had a say: verdicts that were set anew, and what was said again.

The transcript, its measures and the feedback that was read stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core import score
from voice_coach.core.findings import Verdict
from voice_coach.core.rounding import seconds
from voice_coach.core.transcript import Evidence

if TYPE_CHECKING:
    from voice_coach.core.analysis import Analysis, Json
    from voice_coach.core.findings import Assessment, Finding
    from voice_coach.core.review_state import Correction, Redo, ReviewState
    from voice_coach.core.rubric import Rubric

GROUPS = ("checklist", "mistakes", "delivery", "clarification", "deep_dives")
"""The fields of an assessment that hold findings."""
GOOD = (Verdict.MET, Verdict.NOT_MADE)
HELD_AGAINST = (Verdict.NOT_MET, Verdict.MADE)


def finding_of(assessment: Assessment, id_: str | None) -> Finding | None:
    """The finding on *id_*, where that is an id of the rubric."""
    return next((finding for finding in all_findings(assessment) if finding.id == id_), None)


def all_findings(assessment: Assessment) -> tuple[Finding, ...]:
    """All of them, those of the checklist first."""
    return tuple(finding for group in GROUPS for finding in getattr(assessment, group))


def with_finding(assessment: Assessment, finding: Finding) -> Assessment:
    """*assessment* with *finding* in the place of the one on the same id."""

    def put(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(finding if item.id == finding.id else item for item in findings)

    return replace(
        assessment,
        checklist=put(assessment.checklist),
        mistakes=put(assessment.mistakes),
        delivery=put(assessment.delivery),
        clarification=put(assessment.clarification),
        deep_dives=put(assessment.deep_dives),
    )


def amended(
    built: Analysis,
    corrections: Sequence[Correction],
    rubric: Rubric,
    anew: Callable[[Correction], Sequence[Finding]],
) -> Analysis:
    """*built* with the verdicts of *corrections*, each with its quote, and the score that follows.

    *anew*: what the judge finds of the corrected item, and behind it of what would contradict it.
    """
    assessment = built.assessment
    for correction in corrections:
        old = finding_of(assessment, correction.item)
        if old is not None and old.verdict.value == correction.before:
            shown = Evidence(start_s=correction.start_s, end_s=correction.end_s, quote=correction.quote)
            own, *beside = anew(correction)
            assessment = with_finding(assessment, _quoting(own, shown))
            for finding in beside:
                twin = finding_of(assessment, finding.id)
                if finding.verdict in GOOD and twin is not None and twin.verdict in HELD_AGAINST:
                    assessment = with_finding(assessment, _quoting(finding, shown))
    length = built.pacing.verdict if built.speech.is_measured else None
    total = score.total(assessment, length, rubric.score)
    return replace(built, assessment=assessment, score=total)


def _quoting(finding: Finding, shown: Evidence) -> Finding:
    is_shown = finding.verdict in (Verdict.MET, Verdict.MADE)
    return replace(finding, evidence=(shown,) if is_shown else (), heard=shown)


def review_json(review: ReviewState) -> Json:
    """What was corrected and said again, in the order in which it was; nothing where nothing was."""
    found: Json = {}
    if review.corrections:
        found["corrections"] = [
            {
                "item": item.item,
                "before": item.before,
                "after": item.after,
                "quote": item.quote,
                "start": seconds(item.start_s),
                "end": seconds(item.end_s),
            }
            for item in review.corrections
        ]
    if review.redos:
        found["redos"] = [_redo(item) for item in review.redos]
    return found


def _redo(item: Redo) -> Json:
    return {
        "item": item.item,
        "goal": item.goal,
        "before": item.before,
        "after": item.after,
        "verdict_before": item.verdict_before,
        "verdict_after": item.verdict_after,
    }
