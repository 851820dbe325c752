"""Leads through an evening, or a morning: announces each step, has it carried out, keeps what came of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from voice_coach.adapters.evening_file import EveningRecord, write_evening
from voice_coach.compose.evening import Night, bed_at, steps_of
from voice_coach.core.evening import LONGEST_HOURS, SHORTEST_HOURS, Ended, Outcome, Step, StepKind, rest
from voice_coach.core.evening_said import Answer
from voice_coach.core.evening_told import spoken_hours

if TYPE_CHECKING:
    from collections.abc import Sequence

_MINUTE_S = 60.0
_WORK = (StepKind.DRILL, StepKind.ANSWER)
_AT_ONCE = 1e6
"""Minutes in which everything fits."""


class Talking(Protocol):
    """The talk between steps; :class:`voice_coach.evening_talk.Talk` is one."""

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""

    def say(self, text: str) -> None:
        """Say *text*."""

    def ask(self, text: str, remind: str, wait: str) -> Answer | None:
        """The answer to *text*, never again or wait; None where nobody answers for long."""

    def ask_hours(self, text: str, again: str) -> float | None:
        """The hours named in answer to *text*; None where none are."""

    def rest(self, seconds: float) -> Answer | None:
        """Wait for *seconds*, or until the candidate wants something."""


class Clock(Protocol):
    """The time of the evening."""

    def now(self) -> datetime:
        """The time, UTC."""

    def spend(self, seconds: float) -> None:
        """So many *seconds* of an evening have passed."""


class WallClock:
    """Time passes by itself."""

    def now(self) -> datetime:
        """See :class:`Clock`."""
        return datetime.now(UTC)  # noqa: TID251 - until bed

    def spend(self, seconds: float) -> None:
        """See :class:`Clock`."""


class CountedClock:
    """Time passes as it is spent: in simulated rooms."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """See :class:`Clock`."""
        return self._now

    def spend(self, seconds: float) -> None:
        """See :class:`Clock`."""
        self._now += timedelta(seconds=seconds)


class Host:
    """Leads through an evening, or a morning."""

    def __init__(self, night: Night, clock: Clock, tell: Callable[[str], None]) -> None:
        self._night = night
        self._clock = clock
        self._tell = tell
        self._record = night.record
        self._left_out: set[str] = set()
        """Steps for which there is no time, which is known."""

    @property
    def record(self) -> EveningRecord:
        """The evening so far."""
        return self._record

    def run(
        self,
        carry_out: Callable[[Step], Outcome],
        talking: Callable[[], AbstractContextManager[Talking]],
    ) -> EveningRecord:
        """Runs to its end, or until the candidate leaves; the evening then.

        *carry_out* does a step of work, *talking* opens what is said between. What they raise ends it; all that was
        done is kept, and the step that was not is the next one.
        """
        step = self._talked(talking, is_opening=True)
        while step is not None:
            outcome = carry_out(step)
            self._after(outcome)
            step = self._talked(talking)
        return self._record

    def _talked(
        self, talking: Callable[[], AbstractContextManager[Talking]], *, is_opening: bool = False
    ) -> Step | None:
        """What is said until work is to be done; that step, None where it is over or left."""
        with talking() as talk:
            before = talk.seconds
            if is_opening:
                self._open(talk)
            step = self._next(talk)
            if step is None:
                self._save()
            self._clock.spend(talk.seconds - before)
        return step

    def _open(self, talk: Talking) -> None:
        told = self._night.told
        if self._night.options.is_morning:
            talk.say(told.line("morning", steps=told.names(self._steps())))
            if self._night.keep:
                talk.say(told.line("morning_keep", keep=self._night.keep))
            return
        if self._night.options.hours is None and not self._night.is_resumed:
            self._ask_hours(talk)
        self._save()
        steps = self._steps()
        self._left_out = self._no_time(steps)
        if not _has_work(self._steps(_AT_ONCE)):
            talk.say(told.line("all_done"))
        elif self._night.is_resumed:
            talk.say(told.going_on(steps))
        else:
            talk.say(told.opening(steps, self._record.hours))

    def _ask_hours(self, talk: Talking) -> None:
        """Of somebody who is there; a simulated candidate knows nothing of it."""
        night, told = self._night, self._night.told
        hours = night.config.evening.hours
        got = None
        if night.options.asks and not night.is_simulated:
            got = talk.ask_hours(told.line("ask_hours"), told.line("ask_hours_again"))
        if got is None or not SHORTEST_HOURS <= got <= LONGEST_HOURS:
            talk.say(told.line("hours_taken", hours=spoken_hours(hours)))
        else:
            hours = got
        self._record = replace(self._record, hours=hours, bed_at=bed_at(self._clock.now(), hours))

    def _next(self, talk: Talking) -> Step | None:
        """The next step of work that the candidate wants; those that are left out, and breaks, on the way to it."""
        told = self._night.told
        while True:
            steps = self._steps()
            step = steps[0]
            self._tell_left_out(talk, steps)
            if step.kind is StepKind.BED:
                self._close(talk)
                return None
            if step.kind is StepKind.BREAK:
                answer = self._rest(talk, step)
            else:
                self._tell(self._header(step, steps))
                evening = self._record.evening
                announce = told.morning_announcement if self._night.options.is_morning else told.announcement
                answer = talk.ask(announce(step, evening), told.line("remind"), told.line("wait"))
                if answer is Answer.GO:
                    return step
                if answer is Answer.SKIP:
                    talk.say(told.line("skipped", len(evening.done)))
                    self._after(Outcome(step=step, ended=Ended.SKIPPED))
                    continue
            if answer in (None, Answer.LATER):
                kind = "later" if answer is Answer.LATER else "gone"
                talk.say(told.line("morning_end" if self._night.options.is_morning else kind))
                return None

    def _rest(self, talk: Talking, step: Step) -> Answer | None:
        """A break; GO when it is over, or the candidate wants to go on."""
        told = self._night.told
        self._tell(f"Break, {step.minutes:g} min.")
        before = talk.seconds
        if not self._night.passes_by_itself:
            talk.say(told.rest(step, "rest_passed"))
            answer = None
        else:
            talk.say(told.rest(step))
            answer = talk.rest(step.minutes * _MINUTE_S)
            if answer is None:
                talk.say(told.line("rest_over"))
        if answer is not Answer.LATER:
            self._after(Outcome(step=step, ended=Ended.DONE, seconds=talk.seconds - before), is_spent=True)
            return Answer.GO
        return answer

    def _close(self, talk: Talking) -> None:
        told, evening = self._night.told, self._record.evening
        if self._night.options.is_morning:
            talk.say(told.line("morning_end"))
            return
        for line in told.closing(evening):
            talk.say(line)
        self._record = replace(self._record, is_over=True, keep=told.keep(evening))

    def _tell_left_out(self, talk: Talking, steps: Sequence[Step]) -> None:
        """Says what there is no time for any more."""
        if self._night.options.is_morning:
            return
        missing = self._no_time(steps)
        new = [step for step in self._steps(_AT_ONCE) if step.id in missing - self._left_out]
        self._left_out = missing
        if new:
            talk.say(self._night.told.line("dropped", steps=self._night.told.names(new)))

    def _no_time(self, steps: Sequence[Step]) -> set[str]:
        kept = {step.id for step in steps}
        return {step.id for step in self._steps(_AT_ONCE) if step.kind in _WORK} - kept

    def _steps(self, left_minutes: float | None = None) -> tuple[Step, ...]:
        night = replace(self._night, record=self._record)
        if left_minutes is None or night.options.is_morning:
            return steps_of(night, self._clock.now())
        return rest(self._record.evening, left_minutes, night.content.evening, night.config.evening)

    def _header(self, step: Step, steps: Sequence[Step]) -> str:
        told = self._night.told
        done = sum(outcome.step.kind in _WORK for outcome in self._record.evening.done)
        count = done + sum(one.kind in _WORK for one in steps)
        return (
            f"Step {done + 1} of {count}: {told.names([step])}, {step.minutes:g} min. g go, s skip, q later."
        )

    def _after(self, outcome: Outcome, *, is_spent: bool = False) -> None:
        """Takes note of *outcome*; *is_spent*: its time is counted by the talk."""
        if not is_spent:
            self._clock.spend(outcome.seconds)
        self._record = replace(self._record, evening=self._record.evening.after(outcome))
        self._save()

    def _save(self) -> None:
        if not self._night.options.is_morning:
            write_evening(self._night.path, self._record)


def _has_work(steps: Sequence[Step]) -> bool:
    return any(step.kind in _WORK for step in steps)
