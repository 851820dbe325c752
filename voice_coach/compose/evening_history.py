"""What earlier sessions say of an evening: weak points, and which questions are familiar."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voice_coach.adapters import session_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from voice_coach.core.rubric import FeedbackTexts

SESSIONS = 60
"""So many of the latest are looked at."""
ANSWERS = 5
"""A weak point of all of so many of the latest answers has a need of 1."""
LEAST_LACK = 0.5
"""The least need of a drill that was tried last and did not pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known."""

    needs: Mapping[str, float] = field(default_factory=dict)
    """Kinds of drills, each with its need from 0 to 1."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """Questions that were answered, each with its best score; 0 where it was never judged."""


def known_from(root: Path, texts: FeedbackTexts) -> Known:
    """What the latest sessions in *root* say. What cannot be read, or is no analysis, is passed over."""
    found = [_analysis(folder.analysis_path) for folder in session_folder.find(root)[-SESSIONS:]]
    sessions = [analysis for analysis in found if analysis is not None]
    answers = [analysis for analysis in sessions if not _of(analysis, "drill", dict)]
    scores: dict[str, float] = {}
    for analysis in answers:
        question = analysis.get("question")
        if isinstance(question, str):
            scores[question] = max(scores.get(question, 0.0), score_of(analysis) or 0.0)
    needs: dict[str, float] = {}
    latest = answers[-ANSWERS:]
    # In the order in which they were: a drill that was passed makes good for the answers before it.
    for analysis in sessions:
        drill = _of(analysis, "drill", dict)
        if isinstance(drill.get("kind"), str):
            needs[drill["kind"]] = lack_of(drill)
        elif any(analysis is other for other in latest):
            for kind in weak_points(analysis, texts):
                needs[kind] = needs.get(kind, 0.0) + 1.0 / len(latest)
    return Known(
        needs={kind: round(min(1.0, need), 3) for kind, need in needs.items() if need}, scores=scores
    )


def lack_of(drill: Mapping[str, Any]) -> float:
    """The need that the attempt at a drill leaves: none where it passed, or could not be judged."""
    if drill.get("passed") is not False:
        return 0.0
    score = drill.get("score")
    return max(LEAST_LACK, 1.0 - score / 100) if isinstance(score, int | float) else LEAST_LACK


def weak_points(analysis: Mapping[str, Any], texts: FeedbackTexts) -> dict[str, float]:
    """The drills that an analysed answer asks for, each with its need: what the feedback named and was not met.

    What was met and could only be carried further is no weak point.
    """
    drills = {advice.item: advice.drill for advice in texts.advice}
    needs: dict[str, float] = {}
    missing = _missing(analysis)
    for place, improvement in enumerate(_of(_of(analysis, "feedback", dict), "improvements", list)):
        item = improvement.get("item") if isinstance(improvement, dict) else None
        kind = drills.get(str(item))
        if kind is not None and item in missing:
            needs.setdefault(kind, 1.0 if place == 0 else 0.7)
    return needs


def score_of(analysis: Mapping[str, Any]) -> float | None:
    """The score; None where there was nothing to judge."""
    total = _of(analysis, "score", dict).get("total")
    return float(total) if isinstance(total, int | float) else None


def _missing(analysis: Mapping[str, Any]) -> set[str]:
    verdicts = {"not_met", "made"}
    groups = ("checklist", "mistakes", "delivery", "clarification", "deep_dives")
    items = (item for group in groups for item in _of(analysis, group, list) if isinstance(item, dict))
    return {str(item.get("id")) for item in items if item.get("verdict") in verdicts}


def _of(content: Mapping[str, Any], key: str, kind: type[Any]) -> Any:  # noqa: ANN401 - of any JSON
    """What stands under *key*, if it is a *kind*; else an empty one."""
    value = content.get(key)
    return value if isinstance(value, kind) else kind()


def _analysis(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
