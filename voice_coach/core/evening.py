"""The night before: what is still to be done, given the time that is left and what was done.

Nothing is planned once and carried out: :func:`rest` is asked anew after each step, of the evening so far alone. So an
evening that is left and taken up again goes on as if nothing had happened, a weak point that an answer shows gets its
drill, and where time has run short the step of the least value goes. What holds of every plan is stated in
``tests/core/test_evening.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voice_coach.core.evening_content import EveningBook

SHORTEST_HOURS, LONGEST_HOURS = 0.25, 8.0
"""Of an evening."""
_MINUTE_S = 60.0
_TOLERANCE = 1e-9
"""Minutes: sums of floats."""


class StepKind(StrEnum):
    """What is done in a step."""

    DRILL = "drill"
    ANSWER = "answer"
    BREAK = "break"
    BED = "bed"


class Why(StrEnum):
    """Why a step is there."""

    PLAN = "plan"
    """It is of every evening, or morning."""
    WEAK = "weak"
    """A weak point of earlier sessions, or of an answer tonight."""
    AGAIN = "again"
    """It did not go well tonight."""


class Ended(StrEnum):
    """How a step ended."""

    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningSettings:
    """How long an evening's steps take, and how much of what is in it."""

    __pydantic_config__ = {"extra": "forbid"}

    hours: float = 2.0
    """Until bed, where nobody says."""
    answer_minutes: float = 12.0
    """Target of a full answer: the longest that it allows, 1.2 times as much, is under 15 minutes."""
    answer_slot_minutes: float = 18.0
    """The same with the question, the coach's part and the feedback."""
    answers: int = 2
    most_new_questions: int = 1
    """Answers to a question never seen; more would be cramming."""
    most_extra_drills: int = 3
    """For weak points, those that are done again included."""
    weak_from: float = 0.5
    """A drill of a need from here on is a weak point; 0 to 1."""
    weak_value: float = 50.0
    """Value of a drill for a weak point …"""
    need_value: float = 30.0
    """… and so much more for a need of 1."""
    break_minutes: float = 5.0
    short_break_minutes: float = 2.0
    """Where the other one does not fit."""
    break_after_minutes: float = 15.0
    """Of work since the last break: one comes then before or after a full answer."""
    bed_minutes: float = 2.0
    """What went well, and good night."""
    anew_after_hours: float = 14.0
    """An evening that began longer ago is over."""
    anew_at_hour: float = 5.0
    """So is one that began before this time of day, local time."""
    wait_s: float = 20.0
    """Silence after which the coach says once more what can be said."""
    longest_wait_s: float = 600.0
    """After so long without an answer the evening is left for later."""
    deaf_s: float = 0.4
    """So long after a line the room may still echo it; not over headphones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that is to be done."""

    id: str
    """Not repeated within an evening."""
    kind: StepKind
    minutes: float
    drill: str | None = None
    question: str | None = None
    is_new: bool = False
    """The question was never seen."""
    items: int | None = None
    """So many of the drill's prompts; None: all."""
    why: Why = Why.PLAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a step."""

    step: Step
    ended: Ended
    seconds: float = 0.0
    passed: bool | None = None
    """None: it was not judged, or not done."""
    score: float | None = None
    """Of 100."""
    needs: Mapping[str, float] = field(default_factory=dict)
    """Weak points that it showed: kinds of drills, each with its need from 0 to 1."""
    quote: str = ""
    """Of what the candidate said, something that went well, verbatim."""
    strength: str = ""
    """A line of the feedback on an answer: what went well in it, in the candidate's words."""
    folder: str = ""
    """Name of the session's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """An evening so far."""

    needs: Mapping[str, float] = field(default_factory=dict)
    """What was weak before it: kinds of drills, each with its need from 0 to 1."""
    familiar: tuple[str, ...] = ()
    """Questions that were answered before, the best answered first."""
    fresh: tuple[str, ...] = ()
    """Questions never seen, in the order in which they may be asked."""
    done: tuple[Outcome, ...] = ()

    def after(self, outcome: Outcome) -> Evening:
        """The evening with *outcome*."""
        return replace(self, done=(*self.done, outcome))

    def of(self, kind: StepKind) -> list[Outcome]:
        """What came of the steps of *kind*."""
        return [outcome for outcome in self.done if outcome.step.kind is kind]

    def need(self, drill: str) -> float:
        """How much *drill* is needed, from 0 to 1. What went well tonight is not needed any more."""
        tried = [outcome for outcome in self.of(StepKind.DRILL) if outcome.step.drill == drill]
        judged = [outcome for outcome in tried if outcome.passed is not None]
        if judged and judged[-1].passed:
            return 0.0
        shown = [outcome.needs.get(drill, 0.0) for outcome in self.done]
        return max([self.needs.get(drill, 0.0), *shown, *(_lack(outcome) for outcome in judged)])


def rest(
    evening: Evening, left_minutes: float, book: EveningBook, settings: EveningSettings
) -> tuple[Step, ...]:
    """The steps that are still to come, the last of them to bed. They fit into *left_minutes*, or bed is all there is.

    Two full answers stay as long as they fit, and the drills of the highest value.
    """
    drills = sorted(_drills(evening, book, settings), key=lambda pair: -pair[0])
    for count in range(max(0, settings.answers - len(evening.of(StepKind.ANSWER))), -1, -1):
        answers = _answers(evening, count, settings)
        for most in range(len(drills), -1, -1):
            work = _in_order([step for _, step in drills[:most]], answers, evening, book)
            for break_minutes in (settings.break_minutes, settings.short_break_minutes):
                steps = _with_breaks(work, break_minutes, evening, settings)
                if minutes_of(steps) <= left_minutes + _TOLERANCE:
                    return steps
    return (_bed(settings),)


def morning(evening: Evening, book: EveningBook, settings: EveningSettings) -> tuple[Step, ...]:
    """The steps of the recall in the morning that are still to come: each once, nothing new, whatever came of it. The
    last one stands for what is said between them.
    """
    gone = {outcome.step.id for outcome in evening.done}
    steps = (
        Step(id=drill.kind, kind=StepKind.DRILL, minutes=drill.minutes, drill=drill.kind, items=drill.items)
        for drill in book.morning
    )
    talk = replace(_bed(settings), minutes=book.morning_talk_minutes)
    return (*(step for step in steps if step.id not in gone), talk)


def weakest(evening: Evening, book: EveningBook) -> str | None:
    """The drill that is needed most after all that was done; None where none is a weak point of tonight or before."""
    kinds = [drill.kind for drill in book.drill if evening.need(drill.kind) > 0]
    return max(kinds, key=evening.need, default=None)


def minutes_of(steps: Sequence[Step]) -> float:
    """How long *steps* take."""
    return sum(step.minutes for step in steps)


# -- what there is to do ---------------------------------------------------------------------------------------


def _lack(outcome: Outcome) -> float:
    """How much a drill is needed after an attempt that did not pass."""
    return 1.0 if outcome.score is None else max(0.5, 1.0 - outcome.score / 100)


def _drills(evening: Evening, book: EveningBook, settings: EveningSettings) -> list[tuple[float, Step]]:
    """The drills that there is a reason for, each with its value; no more for weak points than are allowed."""
    gone = evening.of(StepKind.DRILL)
    extras = sum(outcome.step.why is not Why.PLAN for outcome in gone)
    planned: list[tuple[float, Step]] = []
    weak: list[tuple[float, Step]] = []
    for drill in book.drill:
        before = [outcome for outcome in gone if outcome.step.drill == drill.kind]
        need = evening.need(drill.kind)
        more = settings.need_value * need

        def step(why: Why, number: int, kind: str = drill.kind, minutes: float = drill.minutes) -> Step:
            name = kind if number == 1 else f"{kind}-{number}"
            return Step(id=name, kind=StepKind.DRILL, minutes=minutes, drill=kind, why=why)

        if not before and drill.is_planned:
            planned.append((drill.value + more, step(Why.PLAN, 1)))
        elif not before and need >= settings.weak_from:
            weak.append((settings.weak_value + more, step(Why.WEAK, 1)))
        elif len(before) == 1 and before[0].passed is False:
            weak.append((settings.weak_value + more, step(Why.AGAIN, 2)))
    weak.sort(key=lambda pair: -pair[0])
    return [*planned, *weak[: max(0, settings.most_extra_drills - extras)]]


def _answers(evening: Evening, count: int, settings: EveningSettings) -> list[Step]:
    """*count* full answers, or none where there is no question: to something new first, to something familiar last."""
    gone = evening.of(StepKind.ANSWER)
    given = [outcome.step.question or "" for outcome in gone if outcome.ended is Ended.DONE]
    fresh = [question for question in evening.fresh if question not in given]
    known = [question for question in evening.familiar if question not in given]
    new_left = settings.most_new_questions - sum(
        outcome.step.is_new for outcome in gone if outcome.ended is Ended.DONE
    )
    if not count or not (known or given or fresh):
        return []
    chosen: list[tuple[str, bool]] = []
    last = known.pop(0) if known else next(reversed(given), None)
    while len(chosen) < count - (last is not None):
        if fresh and new_left > 0:
            chosen.append((fresh.pop(0), True))
            new_left -= 1
        elif known:
            chosen.append((known.pop(0), False))
        elif last is not None:
            chosen.append((last, False))
        elif chosen:
            chosen.append((chosen[-1][0], False))  # familiar by now
        else:
            return []
    if last is not None:
        chosen.append((last, False))
    return [
        Step(
            id=f"answer-{number}",
            kind=StepKind.ANSWER,
            minutes=settings.answer_slot_minutes,
            question=question,
            is_new=is_new,
        )
        for number, (question, is_new) in enumerate(chosen, start=len(gone) + 1)
    ]


# -- in which order --------------------------------------------------------------------------------------------


def _in_order(
    drills: Sequence[Step], answers: Sequence[Step], evening: Evening, book: EveningBook
) -> list[Step]:
    """The work: what is of every evening, the answers, and before the last of them what is weak.

    What is done again is not done at once.
    """
    places = [drill.kind for drill in book.drill]
    just_done = evening.done[-1].step.drill if evening.done else None
    planned = [step for step in drills if step.why is Why.PLAN]
    weak = [step for step in drills if step.why is not Why.PLAN]
    planned.sort(key=lambda step: places.index(step.drill or ""))
    weak.sort(key=lambda step: (step.drill == just_done, step.why is Why.AGAIN))
    return [*planned, *answers[:-1], *weak, *answers[-1:]]


def _with_breaks(
    work: Sequence[Step], break_minutes: float, evening: Evening, settings: EveningSettings
) -> tuple[Step, ...]:
    """*work* with a break before or after a full answer wherever there was enough of it, and bed in the end."""
    steps: list[Step] = []
    since, was_answer = _since_break(evening)
    number = len(evening.of(StepKind.BREAK))
    for step in work:
        is_answer = step.kind is StepKind.ANSWER
        if (is_answer or was_answer) and since >= settings.break_after_minutes:
            number += 1
            steps.append(Step(id=f"break-{number}", kind=StepKind.BREAK, minutes=break_minutes))
            since = 0.0
        steps.append(step)
        since, was_answer = since + step.minutes, is_answer
    return (*steps, _bed(settings))


def _since_break(evening: Evening) -> tuple[float, bool]:
    """Minutes of work since the last break, and whether the last of it was a full answer."""
    since, was_answer = 0.0, False
    for outcome in evening.done:
        if outcome.step.kind is StepKind.BREAK:
            since, was_answer = 0.0, False
        elif outcome.ended is Ended.DONE:
            since += outcome.seconds / _MINUTE_S
            was_answer = outcome.step.kind is StepKind.ANSWER
    return since, was_answer


def _bed(settings: EveningSettings) -> Step:
    return Step(id="bed", kind=StepKind.BED, minutes=settings.bed_minutes)
