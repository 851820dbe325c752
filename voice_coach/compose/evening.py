"""The night before and the morning: what is known of it, its steps one after the other, what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from voice_coach.adapters.evening_file import NAME, EveningRecord, read_evening, write_evening
from voice_coach.adapters.room_script import load_room
from voice_coach.compose.evening_history import Known, known_from
from voice_coach.compose.options import (
    InputKind,
    OutputKind,
    PracticeOptions,
    Speed,
    check,
    input_kind,
    named,
    output_kind,
)
from voice_coach.compose.scene import choose_scene
from voice_coach.config import session_folder as sessions_root
from voice_coach.core.drawn import drawn
from voice_coach.core.errors import ConfigError, InputError, StorageError
from voice_coach.core.evening import (
    Ended,
    Evening,
    Outcome,
    Step,
    StepKind,
    minutes_of,
    morning,
    rest,
)
from voice_coach.core.evening_said import Answer
from voice_coach.core.evening_told import EveningTold, spoken_hours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.compose.content import Content
    from voice_coach.compose.scene import Scene
    from voice_coach.config import Config

SHORTEST_HOURS, LONGEST_HOURS = 0.25, 8.0
_MINUTE_S = 60.0
_DAY = timedelta(days=1)
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

    def ask(self, text: str, remind: str) -> Answer | None:
        """The answer to *text*; None where nobody answers for long."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningOptions:
    """Options of ``tonight``."""

    hours: float | None = None
    """Until bed; None: of the evening that goes on, or else asked, or as configured."""
    is_morning: bool = False
    asks: bool = False
    """Somebody is there to be asked for the hours."""
    practice: PracticeOptions = field(default_factory=PracticeOptions)
    """For every step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """An evening, or a morning, that can begin or go on."""

    config: Config
    content: Content
    options: EveningOptions
    scene: Scene | None
    """Where the talk between steps takes place; None: nothing is to be carried out."""
    path: Path
    """The file that remembers the evening."""
    record: EveningRecord
    is_resumed: bool
    told: EveningTold
    keep: str = ""
    """Of the evening before a morning."""

    @property
    def is_simulated(self) -> bool:
        """Whether a simulated candidate spends it."""
        return self.scene is not None and self.scene.input is not InputKind.DEVICE

    @property
    def speed(self) -> Speed | None:
        """How fast a simulated candidate is heard; None: a real one."""
        return self.scene.speed if self.scene is not None and self.is_simulated else None

    @property
    def passes_by_itself(self) -> bool:
        """Whether time does."""
        return self.scene is None or self.scene.is_live


# -- what is known before the first word -----------------------------------------------------------------------


def prepare(
    config: Config,
    content: Content,
    options: EveningOptions,
    now: datetime,
    tell: Callable[[str], None],
    *,
    is_dry: bool = False,
) -> Night:
    """Everything that can be known and checked before the first word; *now* has its time zone.

    *is_dry*: nothing will be carried out, so no device is looked for. A file of an evening that cannot be used is told,
    and the evening begins anew. Raises ConfigError, InputError or PromptError (wrong use), AudioDeviceError.
    """
    _check(options, config)
    check(options.practice, config.audio)
    scene = None if is_dry else choose_scene(options.practice, config, content.evening_room)
    root = sessions_root(config, options.practice.sessions)
    path = root / NAME
    book, settings = content.evening, config.evening
    before = _kept(path, config, content, tell)
    is_same = before is not None and is_same_night(
        before.started, now, settings.anew_after_hours, settings.anew_at_hour
    )
    seed = options.practice.seed
    if seed is None:
        # The same all night, so that what was looked at with --dry-run is what comes.
        is_live = scene is None or scene.is_live
        seed = (now - timedelta(hours=settings.anew_at_hour)).toordinal() if is_live else 0
    is_last_night = before is not None and timedelta(0) <= now - before.started < _DAY
    hours = options.hours or settings.hours
    if is_same and before is not None and not options.is_morning:
        record = before
        if options.hours is not None:
            record = replace(record, bed_at=_bed_at(now, hours), hours=hours)
    else:
        is_simulated = scene is not None and scene.input is not InputKind.DEVICE
        only = (
            (load_room(content.headless_room).question or config.session.question) if is_simulated else None
        )
        evening = Evening()
        if not options.is_morning:
            known = known_from(root, content.rubric.feedback, config.history.sure_probability)
            for line in known.told:
                tell(line)
            evening = _begun(known, content, seed, only)
        record = EveningRecord(
            started=now.astimezone(UTC), bed_at=_bed_at(now, hours), hours=hours, seed=seed, evening=evening
        )
    titles = {question.id: question.title for question in content.questions.values()}
    return Night(
        config=config,
        content=content,
        options=options,
        scene=scene,
        path=path,
        record=record,
        is_resumed=is_same and not options.is_morning,
        told=EveningTold(book, titles, record.seed),
        keep=before.keep if before is not None and is_last_night else "",
    )


def steps_of(night: Night, now: datetime) -> tuple[Step, ...]:
    """What is still to come."""
    evening, book, settings = night.record.evening, night.content.evening, night.config.evening
    if night.options.is_morning:
        return morning(evening, book, settings)
    return rest(evening, _left_minutes(night.record, now), book, settings)


def document(night: Night, record: EveningRecord, now: datetime) -> dict[str, Any]:
    """The evening, or morning, as JSON: what is still to come, and what was done."""
    steps = steps_of(replace(night, record=record), now)
    what: dict[str, Any] = {"morning": night.options.is_morning}
    if not night.options.is_morning:
        what |= {
            "hours": round(record.hours, 3),
            "bed_at": record.bed_at.isoformat(timespec="seconds"),
            "goes_on": night.is_resumed,
            "is_over": record.is_over,
            "keep": record.keep or None,
        }
    return {
        **what,
        "minutes": round(minutes_of(steps), 2),
        "steps": [asdict(step) for step in steps],
        "done": [asdict(outcome) for outcome in record.evening.done],
    }


def is_same_night(started: datetime, now: datetime, anew_after_hours: float, anew_at_hour: float) -> bool:
    """Whether an evening that *started* then still goes on *now*, whose time zone says when a day begins."""
    age = now - started
    day = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=anew_at_hour)
    latest = day if now >= day else day - timedelta(days=1)
    return timedelta(0) <= age < timedelta(hours=anew_after_hours) and started >= latest


def _bed_at(now: datetime, hours: float) -> datetime:
    return now.astimezone(UTC) + timedelta(hours=hours)


def _left_minutes(record: EveningRecord, now: datetime) -> float:
    return max(0.0, (record.bed_at - now).total_seconds() / _MINUTE_S)


def _begun(known: Known, content: Content, seed: int, only: str | None) -> Evening:
    """An evening about which nothing is *known* but earlier sessions. *only*: the question that a room answers."""
    questions = [only] if only is not None else list(content.questions)
    scores = {} if only is not None else known.scores
    familiar = [question for question in questions if question in scores]
    fresh = [question for question in questions if question not in scores]
    return Evening(
        needs=known.needs,
        familiar=tuple(sorted(familiar, key=lambda question: (-scores[question], question))),
        fresh=tuple(sorted(fresh, key=lambda question: drawn(seed, f"tonight {question}"))),
    )


def _kept(path: Path, config: Config, content: Content, tell: Callable[[str], None]) -> EveningRecord | None:
    """The evening on disk; None where there is none, or none that can be used, which is told."""
    try:
        record = read_evening(path)
    except StorageError as failure:
        tell(f"{failure}; the evening begins anew")
        return None
    if record is None:
        return None
    reason = _misfit(record, config, content)
    if reason:
        tell(f"{path}: is damaged: {reason}; the evening begins anew")
        return None
    return record


def _misfit(record: EveningRecord, config: Config, content: Content) -> str:
    """What in *record* fits no evening, or not the content that there is now; empty where all does."""
    if not 0 < record.hours <= LONGEST_HOURS or record.seed < 0:
        return f"hours: {record.hours:g} of them"
    drills = {drill.kind for drill in content.evening.drill}
    evening = record.evening
    if len(evening.of(StepKind.ANSWER)) > 10 * config.evening.answers:
        return "done: too many answers"
    for outcome in evening.done:
        step = outcome.step
        if step.kind is StepKind.DRILL and step.drill not in drills:
            return f"done: there is no drill {step.drill}"
        if step.kind is StepKind.ANSWER and step.question not in content.questions:
            return f"done: there is no question {step.question}"
    unknown = [
        question for question in (*evening.familiar, *evening.fresh) if question not in content.questions
    ]
    return f"there is no question {unknown[0]}" if unknown else ""


def _check(options: EveningOptions, config: Config) -> None:
    """Raises ConfigError or InputError for options with which no evening can be spent."""
    if options.hours is not None:
        if options.is_morning:
            message = "--hours: goes with the evening; --morning takes eight minutes, leave one of them out"
            raise ConfigError(message)
        if not SHORTEST_HOURS <= options.hours <= LONGEST_HOURS:
            message = f"--hours {options.hours:g}: choose between {SHORTEST_HOURS:g} and {LONGEST_HOURS:g}"
            raise ConfigError(message)
    name, said = named("--input", options.practice.input, config.audio.input)
    if input_kind(name) is InputKind.FILE:
        message = f"{said}: one recording is no whole evening; name a microphone, or a room (.toml)"
        raise InputError(message)
    name, said = named("--output", options.practice.output, config.audio.output)
    if output_kind(name) is OutputKind.FILE:
        message = f"{said}: each step is recorded in a session of its own; name a loudspeaker, or none"
        raise InputError(message)


# -- step by step ----------------------------------------------------------------------------------------------


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
        self._record = replace(self._record, hours=hours, bed_at=_bed_at(self._clock.now(), hours))

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
                answer = talk.ask(announce(step, evening), told.line("remind"))
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
