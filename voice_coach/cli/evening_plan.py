"""The plan of an evening, or a morning, as it is shown: a step a line, what it comes to, and when it is done."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from voice_coach.compose.evening import steps_of
from voice_coach.config import with_pace
from voice_coach.core.counting import counted
from voice_coach.core.evening import Step, StepKind, minutes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voice_coach.compose.evening import Night

_MINUTE_S = 60.0


def planned(night: Night, now: datetime) -> Iterator[str]:
    """The lines of the plan. The title of a new question would take the surprise out of it."""
    is_morning = night.options.is_morning
    if not is_morning:
        yield f"Until {night.record.bed_at.astimezone(now.tzinfo):%H:%M}, {night.record.hours:g} h:"
    steps = steps_of(night, now)
    new: set[str | None] = set()
    for step in steps:
        yield f"{step.minutes:5g} min  {_name(step, night, new)}"
        if step.is_new:
            new.add(step.question)
    total = minutes_of(steps)
    done = now + timedelta(minutes=total)
    ending = "" if is_morning else f"; {_rest(night, done)}"
    yield f"{total:5g} min  in all: begun now, it is done at about {done:%H:%M}{ending}"


def _name(step: Step, night: Night, new: set[str | None]) -> str:
    if step.kind is StepKind.BREAK:
        return "a break"
    if step.kind is StepKind.BED:
        return "what is said between them" if night.options.is_morning else "what went well, and to bed"
    name = night.told.names([step])
    if step.kind is not StepKind.ANSWER:
        return name
    if step.is_new:
        about = ", to a question that is new to you"
    else:
        about = ", to the same question" if step.question in new else f": {night.told.title(step)}"
    return name + about + _parts(step, night)


def _parts(step: Step, night: Night) -> str:
    """What a full answer's minutes are for: the longest answer that its target allows, and the coach."""
    config = night.config
    longest = ceil(with_pace(config, config.evening.answer_minutes).pace.range_s[1] / _MINUTE_S)
    coach = step.minutes - longest
    if coach <= 0:
        return ""
    return f" (under {longest} for your answer, {coach:g} for questions and feedback)"


def _rest(night: Night, done: datetime) -> str:
    """What is left of the hours then."""
    left = round((night.record.bed_at - done).total_seconds() / _MINUTE_S)
    until = f"{night.record.bed_at.astimezone(done.tzinfo):%H:%M}"
    return (
        f"the {counted(left, 'minute')} left until {until} are for sleep" if left > 1 else "that is bedtime"
    )
