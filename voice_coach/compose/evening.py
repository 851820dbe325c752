"""The night before and the morning: what is known of it before the first word, and what is to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice_coach.adapters.evening_file import NAME, SIMULATED, EveningRecord, read_evening
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
    LONGEST_HOURS,
    SHORTEST_HOURS,
    Evening,
    Step,
    StepKind,
    minutes_of,
    morning,
    rest,
)
from voice_coach.core.evening_told import EveningTold

if TYPE_CHECKING:
    from voice_coach.compose.content import Content
    from voice_coach.compose.scene import Scene
    from voice_coach.config import Config

_MINUTE_S = 60.0
_DAY = timedelta(days=1)


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
    heard_from = input_kind(named("--input", options.practice.input, config.audio.input)[0])
    is_simulated = (heard_from if scene is None else scene.input) is not InputKind.DEVICE
    path = root / (SIMULATED if is_simulated else NAME)
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
            record = replace(record, bed_at=bed_at(now, hours), hours=hours)
    else:
        only = (
            (load_room(content.headless_room).question or config.session.question)
            if scene is not None and is_simulated
            else None
        )
        evening = Evening()
        if not options.is_morning:
            known = known_from(root, content.rubric.feedback, config.history.sure_probability)
            for line in known.told:
                tell(line)
            evening = _begun(known, content, seed, only)
        record = EveningRecord(
            started=now.astimezone(UTC), bed_at=bed_at(now, hours), hours=hours, seed=seed, evening=evening
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


def bed_at(now: datetime, hours: float) -> datetime:
    """When it is time for bed, UTC."""
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
