"""The steps of an evening, carried out: each is a session of its own, and what came of it is an outcome."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from voice_coach.compose.drill import plan_drill, run_planned
from voice_coach.compose.evening_history import score_of, weak_points
from voice_coach.compose.practice import Outcome as Rehearsed
from voice_coach.compose.practice import look_of, plan, rehearse
from voice_coach.compose.scene import HEADLESS_MINUTES
from voice_coach.core.evening import Ended, Outcome, Step, StepKind
from voice_coach.core.history import GROUPS

if TYPE_CHECKING:
    from voice_coach.compose.drill import DrillOutcome
    from voice_coach.compose.evening import Night
    from voice_coach.compose.options import PracticeOptions
    from voice_coach.core.rubric import FeedbackTexts
    from voice_coach.tui import Look, Screen

_QUOTED = re.compile("“([^”]+)”")
_FEWEST_WORDS, _MOST_WORDS = 3, 20
"""Of a quote at the end of the evening."""


class Session(Protocol):
    """A session that has come to its end."""

    @property
    def folder(self) -> Path:
        """Where it is kept."""

    @property
    def analysis(self) -> Mapping[str, Any]:
        """What was found; of a drill, that of its last attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Carries out the steps of an evening."""

    night: Night
    config_path: Path | None
    screens: Callable[[Look], Screen]
    tell: Callable[[str], None]
    on_folder: Callable[[Any], None]
    """Told where a session is kept as soon as that is known."""
    conclude: Callable[[DrillOutcome | Rehearsed], None]
    """Given each session that has come to its end."""
    with_model: bool = False

    def carry_out(self, step: Step) -> Outcome:
        """A drill or a full answer, to its end. Raises what ends a session early."""
        if step.kind is StepKind.DRILL:
            drilled = self._drill(step)
            self.conclude(drilled)
            return outcome_of_drill(step, drilled)
        rehearsed = self._answer(step)
        self.conclude(rehearsed)
        return outcome_of_answer(step, rehearsed, self.night.content.rubric.feedback)

    @property
    def _options(self) -> PracticeOptions:
        """Those of every step: the sound was checked when the evening began."""
        return replace(self.night.options.practice, checks_sound=False)

    def _drill(self, step: Step) -> DrillOutcome:
        night, kind = self.night, step.drill or ""
        options = self._options
        if night.is_simulated:
            room = str(night.content.drill_room(kind))
            options = replace(options, input=room, speed=night.speed)
        planned = plan_drill(night.config, night.content, options, kind)
        if step.items is not None:
            planned = replace(planned, drill=replace(planned.drill, draw=step.items))
        return run_planned(planned, self.screens, self.tell, self.on_folder)

    def _answer(self, step: Step) -> Rehearsed:
        night, settings = self.night, self.night.config.evening
        options = replace(self._options, question=step.question, minutes=settings.answer_minutes)
        if night.is_simulated:
            room = str(night.content.headless_room)
            options = replace(options, input=room, minutes=HEADLESS_MINUTES, speed=night.speed)
        rehearsal = plan(night.config, night.content, options, self.config_path)
        return rehearse(
            rehearsal,
            self.screens(look_of(rehearsal)),
            self.on_folder,
            self.tell,
            with_model=self.with_model,
        )


def outcome_of_answer(step: Step, session: Session, texts: FeedbackTexts) -> Outcome:
    """What came of a full answer."""
    analysis = session.analysis
    is_any_met = any(item["verdict"] == "met" for group in GROUPS for item in analysis[group])
    # Without it the feedback falls back on the pace or the time.
    strengths = analysis["feedback"]["strengths"] if is_any_met else []
    return Outcome(
        step=step,
        ended=Ended.DONE,
        seconds=analysis["source"]["duration_s"],
        score=score_of(analysis),
        needs=weak_points(analysis, texts),
        strength=strengths[0] if strengths else "",
        folder=session.folder.name,
    )


def outcome_of_drill(step: Step, session: Session) -> Outcome:
    """What came of a drill. It did not pass, or was not judged at all, which is told apart."""
    analysis = session.analysis
    drill = analysis["drill"]
    verdicts = {item["verdict"] for item in drill["items"]}
    was_judged = bool(verdicts - {"not_assessed"})
    return Outcome(
        step=step,
        ended=Ended.DONE,
        seconds=analysis["source"]["duration_s"],
        passed=bool(drill["passed"]) if was_judged else None,
        score=float(drill["score"]) if was_judged else None,
        quote=_quote(drill),
        folder=session.folder.name,
    )


def _quote(drill: Mapping[str, Any]) -> str:
    """Words of what went well that can be recognised by ear: those that the drill quoted, or else its evidence."""
    met = [item for item in drill["items"] if item["verdict"] == "met" and item["evidence"]]
    if not met:
        return ""
    quotes = [*_QUOTED.findall(drill["said"][0]), *(one["quote"] for item in met for one in item["evidence"])]
    fit = (quote for quote in quotes if _FEWEST_WORDS <= len(quote.split()) <= _MOST_WORDS)
    return next(fit, "")
