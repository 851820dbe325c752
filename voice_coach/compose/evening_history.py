"""What earlier sessions say of an evening: weak points, and which questions are familiar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voice_coach.adapters.history_index import History
from voice_coach.core.history import GROUPS, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voice_coach.adapters.history_index import SessionRow
    from voice_coach.core.rubric import FeedbackTexts

ANSWERS = 5
"""A weak point of all of so many of the latest answers has a need of 1."""
LEAST_LACK = 0.5
"""The least need of a drill that was tried last and did not pass."""
_WEAK_GROUPS = ("checklist", "mistakes")
"""What every answer needs, or must not have: two or three deep dives and questions are enough."""
_BAD = frozenset({"not_met", "made"})
_FIRST, _SECOND = 1.0, 0.7
"""The need of what the feedback on an answer names first, and then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known."""

    needs: Mapping[str, float] = field(default_factory=dict)
    """Kinds of drills, each with its need from 0 to 1."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """Questions that were answered, each with its best score; 0 where it was never judged."""
    told: tuple[str, ...] = ()
    """What the user should know of the sessions, a line each."""


def known_from(root: Path, texts: FeedbackTexts, sure_from: float) -> Known:
    """What the sessions in *root* say; those in simulated rooms and from recordings say nothing.

    *sure_from*: verdicts with less confidence call for no drill.
    """
    with History.open(root) as history:
        history.refresh()
        spoken = [row for row in reversed(history.sessions()) if row.at_microphone]
        told = tuple(history.told)
    scores: dict[str, float] = {}
    for row in spoken:
        if row.kind is Kind.PRACTICE and row.question is not None:
            scores[row.question] = max(scores.get(row.question, 0.0), row.score or 0.0)
    return Known(needs=_needs(spoken, texts, sure_from), scores=scores, told=told)


def weak_points(analysis: Mapping[str, Any], texts: FeedbackTexts) -> dict[str, float]:
    """The drills that an answer's *analysis* asks for, each with its need: what its feedback names and was missing.

    What was met, and could only be carried further, is no weak point.
    """
    drills = {advice.item: advice.drill for advice in texts.advice}
    missing = {item["id"] for group in GROUPS for item in analysis[group] if item["verdict"] in _BAD}
    needs: dict[str, float] = {}
    for place, improvement in enumerate(analysis["feedback"]["improvements"]):
        kind = drills.get(improvement["item"])
        if kind is not None and improvement["item"] in missing:
            needs.setdefault(kind, _SECOND if place else _FIRST)
    return needs


def score_of(analysis: Mapping[str, Any]) -> float | None:
    """The score; None where there was nothing to judge."""
    total: float | None = analysis["score"]["total"]
    return total


def _needs(spoken: Sequence[SessionRow], texts: FeedbackTexts, sure_from: float) -> dict[str, float]:
    """By drill, from the sessions in their order: a drill that was passed makes good for the answers before it."""
    latest = [row.name for row in spoken if row.tells_trend][-ANSWERS:]
    needs: dict[str, float] = {}
    for row in spoken:
        if row.drill is not None:
            needs[row.drill] = _lack(row)
        elif row.name in latest:
            for kind in set(_missed(row, texts, sure_from)):
                needs[kind] = needs.get(kind, 0.0) + 1.0 / len(latest)
    return {kind: round(min(1.0, need), 3) for kind, need in sorted(needs.items()) if need}


def _lack(drill: SessionRow) -> float:
    """The need that an attempt leaves: none where it passed, or could not be judged."""
    if drill.passed is not False:
        return 0.0
    return LEAST_LACK if drill.score is None else max(LEAST_LACK, 1.0 - drill.score / 100)


def _missed(row: SessionRow, texts: FeedbackTexts, sure_from: float) -> Iterator[str]:
    for advice in texts.advice:
        for group in _WEAK_GROUPS:
            name = f"{group}.{advice.item}"
            is_sure = row.confidences.get(name, 0.0) >= sure_from
            if advice.drill is not None and is_sure and row.verdicts.get(name) in _BAD:
                yield advice.drill
