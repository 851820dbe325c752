"""What the coach says between the steps of an evening. Everything that it says of them is taken from their outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.core.evening import Ended, Evening, Outcome, Step, StepKind, Why, minutes_of, weakest
from voice_coach.core.own_words import capital
from voice_coach.core.sayings import listed
from voice_coach.core.speakable_time import spoken_length, spoken_moment, spoken_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voice_coach.core.evening_content import EveningBook

_HOUR_S = 3600.0
_MINUTE_S = 60.0
_ROUND_FROM_MINUTES = 20.0
"""Of a length from here on, five minutes more or less are all the same."""


class EveningTold:
    """Puts an evening into words. *seed* chooses among the variants of each line; *titles* are those of questions."""

    def __init__(self, book: EveningBook, titles: Mapping[str, str], seed: int = 0) -> None:
        self._book = book
        self._titles = titles
        self._seed = seed

    def line(self, kind: str, nth: int = 0, **slots: str) -> str:
        """The line called *kind*, its slots filled; *nth* takes the variants in turn."""
        variants: tuple[str, ...] = getattr(self._book.line, kind)
        text = variants[(self._seed + nth) % len(variants)]
        for name, value in slots.items():
            text = text.replace("{" + name + "}", value)
        return capital(text)

    def opening(self, steps: Sequence[Step], hours: float) -> str:
        """The whole plan in one breath."""
        if not _work(steps):
            return self.line("opening_short")
        return self.line("opening", hours=spoken_hours(hours), steps=self.names(steps), length=_length(steps))

    def going_on(self, steps: Sequence[Step]) -> str:
        """What is left of an evening that is taken up again."""
        if not _work(steps):
            return self.line("opening_short")
        return self.line("going_on", steps=self.names(steps), length=_length(steps))

    def names(self, steps: Sequence[Step]) -> str:
        """*steps* (at least one of work among them) as they are called in a sentence; full answers together."""
        drills = [self._book.of(step.drill).name for step in steps if step.drill is not None]
        answers = sum(step.kind is StepKind.ANSWER for step in steps)
        words = self._book.answer
        if answers == 1:
            drills.append(words.name)
        elif answers:
            drills.append(words.plural.replace("{number}", spoken_number(answers)))
        return listed(list(dict.fromkeys(drills)))

    def announcement(self, step: Step, evening: Evening) -> str:
        """What comes next, what it is good for, and how long it takes."""
        kinds = {Why.WEAK: "weak", Why.AGAIN: "again", Why.PLAN: "next" if evening.done else "first"}
        return self.line(
            kinds[step.why],
            len(evening.done),
            name=self._book.answer.name if step.drill is None else self._book.of(step.drill).name,
            purpose=self._purpose(step, evening),
            length=capital(_about(step.minutes)),
        )

    def morning_announcement(self, step: Step, evening: Evening) -> str:
        """The same in the morning."""
        found = {drill.kind: drill for drill in self._book.morning}[step.drill or ""]
        return self.line(
            "next" if evening.done else "first",
            len(evening.done),
            name=self._book.of(found.kind).name,
            purpose=found.purpose,
            length=capital(_about(step.minutes)),
        )

    def rest(self, step: Step, kind: str = "rest") -> str:
        """A break; *kind* ``rest_passed``: that it is passed over."""
        return self.line(kind, length=_about(step.minutes))

    def closing(self, evening: Evening) -> list[str]:
        """What went well tonight, one thing for the morning, and good night."""
        return [self._well(evening), self.line("keep", keep=self.keep(evening)), self.line("bed")]

    def keep(self, evening: Evening) -> str:
        """What to keep in mind in the morning: what the weakest point asks for."""
        kind = weakest(evening, self._book)
        return self._book.keep if kind is None else self._book.of(kind).keep

    def title(self, step: Step) -> str:
        """The title of its question."""
        return self._titles.get(step.question or "", step.question or "")

    def _purpose(self, step: Step, evening: Evening) -> str:
        if step.drill is not None:
            return self._book.of(step.drill).purpose
        words = self._book.answer
        if step.is_new:
            return words.new
        given = {outcome.step.question for outcome in evening.of(StepKind.ANSWER)}
        text = words.again if step.question in given else words.familiar
        return capital(text.replace("{question}", self.title(step)))

    def _well(self, evening: Evening) -> str:
        """The best answer, in the candidate's words; else a drill that passed; else what was practised."""
        done = [outcome for outcome in evening.done if outcome.ended is Ended.DONE]
        work = [outcome for outcome in done if outcome.step.kind is not StepKind.BREAK]
        if not work:
            return self.line("nothing")
        answers = [outcome for outcome in work if outcome.strength]
        if answers:
            best = max(answers, key=_score)
            return self.line("well_answer", what=self.title(best.step), strength=best.strength)
        passed = [outcome for outcome in work if outcome.passed]
        quoted = [outcome for outcome in passed if outcome.quote]
        if quoted:
            best = max(quoted, key=_score)
            return self.line("well_quote", what=self.names([best.step]), quote=best.quote)
        if passed:
            return self.line("well", what=self.names([outcome.step for outcome in passed]))
        judged = any(outcome.passed is not None for outcome in work)
        return self.line(
            "practised" if judged else "unjudged", what=self.names([outcome.step for outcome in work])
        )


def spoken_hours(hours: float) -> str:
    """Hours as they are said: "two hours", "one and a half hours", "forty-five minutes"."""
    halves = round(hours * 2)
    whole, half = divmod(halves, 2)
    if whole and abs(hours * 2 - halves) < 0.02:  # noqa: PLR2004 - a minute more or less
        unit = "hour" if whole == 1 and not half else "hours"
        return f"{spoken_number(whole)}{' and a half' if half else ''} {unit}"
    return spoken_moment(_MINUTE_S * round(hours * _HOUR_S / _MINUTE_S))


def _score(outcome: Outcome) -> float:
    return -1.0 if outcome.score is None else outcome.score


def _work(steps: Sequence[Step]) -> bool:
    return any(step.kind in (StepKind.DRILL, StepKind.ANSWER) for step in steps)


def _length(steps: Sequence[Step]) -> str:
    """How long all of *steps* take."""
    return _about(minutes_of(steps))


def _about(minutes: float) -> str:
    near = 5.0 * round(minutes / 5.0) if minutes >= _ROUND_FROM_MINUTES else minutes
    return f"about {spoken_length(near * _MINUTE_S)}" if near != minutes else spoken_length(near * _MINUTE_S)
