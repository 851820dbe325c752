"""The session.json of an attempt at a drill: a whole analysis, in which only what the drill is about has a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voice_coach.core.drill_judge import DrillEar, DrillJudge
from voice_coach.core.findings import Verdict
from voice_coach.core.rounding import seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.drill import Drill, DrillLines, DrillSettings
    from voice_coach.core.drill_judge import DrillResult, DrillVerdict
    from voice_coach.core.judge import Judge
    from voice_coach.core.transcript import Evidence

NOT_ASSESSED = "A drill is judged on its own items, and nothing else was assessed."
_GROUPS = ("checklist", "delivery", "clarification", "deep_dives")
_ORDER = {Verdict.NOT_ASSESSED: 0, Verdict.NOT_MET: 1, Verdict.MET: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled:
    """An attempt at a drill."""

    drill: Drill
    """Its rounds already drawn."""
    texts: DrillLines
    settings: DrillSettings
    attempt: int
    """In a row, from 1 on."""

    def judge(self, judge: Judge) -> DrillJudge:
        """What judges it; *judge* hears sentences and says what they show."""
        return DrillJudge(
            DrillEar(self.drill, judge.rubric, judge.lexicon),
            self.texts,
            judge.listen,
            judge.detect,
            likely=self.settings.likely_probability,
            sure_p=judge.rubric.gate.min_median_p,
        )


def drill_document(
    document: dict[str, Any], drilled: Drilled, result: DrillResult, *, answer_s: float
) -> dict[str, Any]:
    """*document*, an analysis without any verdict, with those of the drill and with its feedback."""
    said = [line.text for line in result.said]
    missing = next((item for item in result.items if item.id == result.said[1].about), None)
    improvement = {
        "text": said[1],
        "item": drilled.drill.kind if missing is None else missing.id,
        "evidence": [] if missing is None else [_quoted(item) for item in missing.evidence],
        "try_saying": "",
    }
    was_judged = any(item.verdict is not Verdict.NOT_ASSESSED for item in result.items)
    return {
        **document,
        **{name: [_judged(item, result.items) for item in document[name]] for name in _GROUPS},
        "score": {"total": result.score if was_judged else None, "parts": []},
        "feedback": {
            "strengths": said[:1] if was_judged else [],
            "improvements": [improvement],
            "next_drill": None if result.passed else drilled.drill.kind,
            "spoken": " ".join(said),
            "lines": said,
        },
        "drill": {
            "kind": drilled.drill.kind,
            "attempt": drilled.attempt,
            "passed": result.passed,
            "score": result.score,
            "seconds": seconds(answer_s),
            "items": [
                {
                    "id": item.id,
                    "verdict": item.verdict.value,
                    "why": item.why,
                    "evidence": [_quoted(one) for one in item.evidence],
                }
                for item in result.items
            ],
            "said": said,
        },
    }


def _judged(item: dict[str, Any], verdicts: Sequence[DrillVerdict]) -> dict[str, Any]:
    """*item* of the rubric with the best verdict that the drill has on it."""
    about = [one for one in verdicts if one.judged == item["id"] and one.verdict is not Verdict.NOT_ASSESSED]
    if not about:
        return item
    best = max(about, key=lambda one: _ORDER[one.verdict])
    evidence = [_quoted(quote) for one in about if one.verdict is best.verdict for quote in one.evidence]
    prompted = {"prompted": True} if "prompted" in item and best.verdict is Verdict.MET else {}
    return {
        **item,
        **prompted,
        "verdict": best.verdict.value,
        "confidence": 0.5,
        "evidence": evidence,
        "why": best.why,
    }


def _quoted(item: Evidence) -> dict[str, object]:
    return {"start": seconds(item.start_s), "end": seconds(item.end_s), "quote": item.quote}
