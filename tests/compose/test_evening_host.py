"""An evening from its first word to good night, with fakes in the place of its steps and of the talk between."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.compose.small_engines import CONTENT
from tests.sessions_made import Made, after, make_session
from voice_coach.adapters.evening_file import NAME, SIMULATED, read_evening
from voice_coach.compose.evening import EveningOptions, Night, document, is_same_night, prepare, steps_of
from voice_coach.compose.evening_history import Known, known_from
from voice_coach.compose.evening_host import CountedClock, Host, WallClock
from voice_coach.compose.options import InputKind, OutputKind, PracticeOptions, Speed
from voice_coach.compose.scene import Scene
from voice_coach.config import Config
from voice_coach.core.errors import AudioDeviceError, ConfigError, InputError, StorageError
from voice_coach.core.evening import Ended, Outcome, Step, StepKind, minutes_of
from voice_coach.core.evening_said import Answer

ZONE = timezone(timedelta(hours=-7))
START = datetime(2026, 3, 2, 20, 0, tzinfo=ZONE)
ROOM = Scene(
    input=InputKind.ROOM,
    output=OutputKind.NONE,
    input_name="room.toml",
    output_name=None,
    speed=Speed.MAX,
    is_headless=True,
)
LIVE = replace(
    ROOM, input=InputKind.DEVICE, output=OutputKind.DEVICE, speed=Speed.REALTIME, is_headless=False
)


@dataclass
class Talk:
    """Somebody who says go, unless told otherwise."""

    answers: list[Answer | None] = field(default_factory=list)
    hours: float | None = None
    wants: Answer | None = None
    """In a break."""
    said: list[str] = field(default_factory=list)
    rests: list[float] = field(default_factory=list)
    opened: int = 0
    seconds: float = 0.0

    @contextmanager
    def open(self) -> Iterator[Talk]:
        self.opened += 1
        self.seconds = 0.0
        yield self

    def say(self, text: str) -> None:
        self.said.append(text)
        self.seconds += 3.0

    def ask(self, text: str, remind: str, wait: str) -> Answer | None:
        assert remind
        assert wait
        self.say(text)
        return self.answers.pop(0) if self.answers else Answer.GO

    def ask_hours(self, text: str, again: str) -> float | None:
        assert again
        self.say(text)
        return self.hours

    def rest(self, seconds: float) -> Answer | None:
        self.rests.append(seconds)
        if self.wants is None:
            self.seconds += seconds
        return self.wants


@dataclass
class Work:
    """Does steps: each goes well and takes as long as planned, unless told otherwise."""

    fails: tuple[str, ...] = ()
    """Steps by their ids, that do not pass."""
    needs: dict[str, float] = field(default_factory=dict)
    """What a full answer shows."""
    slow: float = 1.0
    breaks_at: str = ""
    done: list[Step] = field(default_factory=list)

    def __call__(self, step: Step) -> Outcome:
        if step.id == self.breaks_at:
            raise AudioDeviceError("Blue: unplugged; plug it in")
        self.done.append(step)
        is_drill = step.kind is StepKind.DRILL
        return Outcome(
            step=step,
            ended=Ended.DONE,
            seconds=step.minutes * 60 * self.slow,
            passed=step.id not in self.fails if is_drill else None,
            score=(20.0 if step.id in self.fails else 80.0),
            needs={} if is_drill else self.needs,
            quote="it costs consistency" if is_drill else "",
            strength="" if is_drill else "I heard, “I start with the requirements”.",
        )


@pytest.fixture(autouse=True)
def _data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VOICE_COACH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("VOICE_COACH_CONFIG", str(tmp_path / "none.toml"))


@dataclass
class Evenings:
    """Evenings of one person in one folder."""

    root: Path
    told: list[str] = field(default_factory=list)
    scene: Scene = ROOM

    def night(
        self,
        now: datetime = START,
        *,
        hours: float | None = None,
        is_morning: bool = False,
        asks: bool = False,
    ) -> Night:
        practice = PracticeOptions(sessions=self.root, seed=3)
        asked = EveningOptions(hours=hours, is_morning=is_morning, asks=asks, practice=practice)
        made = prepare(Config(), CONTENT, asked, now, self.told.append, is_dry=True)
        return replace(made, scene=self.scene)

    def run(
        self,
        talk: Talk,
        work: Callable[[Step], Outcome],
        now: datetime = START,
        *,
        hours: float | None = None,
        is_morning: bool = False,
        asks: bool = False,
    ) -> Night:
        night = self.night(now, hours=hours, is_morning=is_morning, asks=asks)
        record = Host(night, CountedClock(now), self.told.append).run(work, talk.open)
        return replace(night, record=record)


@pytest.fixture
def evenings(tmp_path: Path) -> Evenings:
    return Evenings(root=tmp_path / "sessions")


class TestWholeEvening:
    def test_from_the_plan_to_bed(self, evenings: Evenings) -> None:
        talk, work = Talk(), Work()
        night = evenings.run(talk, work, hours=2.0)
        assert [step.id for step in work.done] == [
            "framework",
            "clarify",
            "components",
            "tradeoffs",
            "answer-1",
            "answer-2",
        ]
        assert "Two hours" in talk.said[0] or "two hours" in talk.said[0]
        assert "I start with the requirements" in talk.said[-3]
        assert talk.said[-2].endswith(CONTENT.evening.keep)
        assert "sleep well" in talk.said[-1]
        assert night.record.is_over
        assert night.record.keep == CONTENT.evening.keep
        # In a room, breaks are named and passed over.
        assert sum("we skip it" in line for line in talk.said) == 2
        assert talk.rests == []
        assert talk.opened == 7

    def test_it_is_told_step_by_step_on_the_screen(self, evenings: Evenings) -> None:
        evenings.run(Talk(), Work(), hours=2.0)
        headers = [line for line in evenings.told if line.startswith("Step")]
        assert headers[0].startswith("Step 1 of 6: the framework, 3 min.")
        assert headers[-1].startswith("Step 6 of 6: a full answer, 18 min.")

    def test_live_breaks_last_unless_somebody_is_back_sooner(self, evenings: Evenings) -> None:
        evenings.scene = LIVE
        talk = Talk()
        evenings.run(talk, Work(), hours=2.0)
        assert talk.rests == [300.0, 300.0]
        assert sum(line == "The break is over." for line in talk.said) == 2
        quick = Talk(wants=Answer.GO)
        evenings.run(quick, Work(), START + timedelta(days=1), hours=2.0)
        assert "The break is over." not in quick.said

    def test_weak_points_get_their_drills(self, evenings: Evenings) -> None:
        work = Work(fails=("tradeoffs",), needs={"failure-modes": 1.0})
        talk = Talk()
        night = evenings.run(talk, work, hours=3.0)
        assert [step.id for step in work.done[4:]] == [
            "answer-1",
            "failure-modes",
            "tradeoffs-2",
            "answer-2",
        ]
        assert any("Once more, the tradeoffs" in line for line in talk.said)
        # The drill for it went well since.
        assert night.record.keep == CONTENT.evening.keep

    def test_time_that_runs_short_is_told_and_the_answers_stay(self, evenings: Evenings) -> None:
        talk, work = Talk(), Work(slow=1.6)
        evenings.run(talk, work, hours=1.25)
        ids = [step.id for step in work.done]
        assert "framework" in ids
        assert any("Time is getting short, so I'll leave out" in line for line in talk.said)
        assert "answer-1" in ids

    def test_what_is_left_out_is_not_done(self, evenings: Evenings) -> None:
        talk, work = Talk([Answer.SKIP, Answer.SKIP]), Work()
        night = evenings.run(talk, work, hours=2.0)
        assert [step.id for step in work.done][:2] == ["components", "tradeoffs"]
        assert [outcome.ended for outcome in night.record.evening.done[:2]] == [Ended.SKIPPED] * 2

    def test_the_hours_are_asked_where_somebody_is_there(self, evenings: Evenings) -> None:
        evenings.scene = LIVE
        night = evenings.run(Talk(hours=0.75), Work(), asks=True)
        assert night.record.hours == 0.75
        silent = Talk(hours=None)
        night = evenings.run(silent, Work(), START + timedelta(days=1), asks=True)
        assert night.record.hours == Config().evening.hours
        assert "Then let's say you have two hours." in silent.said
        mad = evenings.run(Talk(hours=40.0), Work(), START + timedelta(days=2), asks=True)
        assert mad.record.hours == Config().evening.hours

    @pytest.mark.parametrize("asks", [True, False])
    def test_without_anybody_to_ask_the_default_is_said(self, evenings: Evenings, asks: bool) -> None:  # noqa: FBT001 - a case
        talk = Talk(hours=1.0)
        evenings.run(talk, Work(), asks=asks)
        assert talk.said[0] == "Then let's say you have two hours."

    def test_too_late_for_anything(self, evenings: Evenings) -> None:
        talk, work = Talk(), Work()
        night = evenings.night(hours=0.25)
        late = replace(night, record=replace(night.record, bed_at=START.astimezone(UTC)))
        Host(late, CountedClock(START), evenings.told.append).run(work, talk.open)
        assert work.done == []
        assert talk.said[0].startswith("It is late for practice.")


class TestGoingOn:
    @pytest.mark.parametrize("stop_at", range(1, 8))
    def test_stopped_anywhere_it_goes_on_with_the_same_rest(self, evenings: Evenings, stop_at: int) -> None:
        work = Work(fails=("clarify",), needs={"storage": 1.0})
        talk = Talk([*[Answer.GO] * (stop_at - 1), Answer.LATER])
        left = evenings.run(talk, work, hours=3.0)
        assert not left.record.is_over
        assert "Run tonight again" in talk.said[-1]
        now = CountedClock(START)
        now.spend(sum(outcome.seconds for outcome in left.record.evening.done))
        before = steps_of(left, now.now())
        again = evenings.night(now.now())
        assert again.is_resumed
        assert again.record == left.record
        assert steps_of(again, now.now()) == before
        more = Work(fails=("clarify",), needs={"storage": 1.0})
        rest_talk = Talk()
        evenings.run(rest_talk, more, now.now())
        straight = Work(fails=("clarify",), needs={"storage": 1.0})
        other = Evenings(root=evenings.root.with_name("other"))
        other.run(Talk(), straight, hours=3.0)
        assert [*work.done, *more.done] == straight.done
        assert any(line.startswith(("Welcome back", "We go on")) for line in rest_talk.said)

    def test_what_broke_off_is_the_next_step(self, evenings: Evenings) -> None:
        with pytest.raises(AudioDeviceError):
            evenings.run(Talk(), Work(breaks_at="components"), hours=2.0)
        night = evenings.night(START + timedelta(minutes=12))
        assert [outcome.step.id for outcome in night.record.evening.done] == ["framework", "clarify"]
        assert steps_of(night, START + timedelta(minutes=12))[0].id == "components"

    def test_nobody_answers(self, evenings: Evenings) -> None:
        talk = Talk([None])
        night = evenings.run(talk, Work(), hours=2.0)
        assert "I don't hear anybody" in talk.said[-1]
        assert not night.record.is_over

    def test_after_bed_nothing_is_done_again(self, evenings: Evenings) -> None:
        evenings.run(Talk(), Work(), hours=2.0)
        talk, work = Talk(), Work()
        evenings.run(talk, work, START + timedelta(hours=1.5), hours=2.0)
        assert work.done == []
        assert talk.said[0].startswith("Tonight's plan is done")
        assert "sleep well" in talk.said[-1]

    def test_other_hours_move_bed(self, evenings: Evenings) -> None:
        evenings.run(Talk([Answer.LATER]), Work(), hours=2.0)
        night = evenings.night(START + timedelta(hours=1), hours=0.25)
        assert night.is_resumed
        assert minutes_of(steps_of(night, START + timedelta(hours=1))) <= 15.0

    def test_the_next_evening_begins_anew(self, evenings: Evenings) -> None:
        evenings.run(Talk(), Work(), hours=2.0)
        night = evenings.night(START + timedelta(days=1))
        assert not night.is_resumed
        assert night.record.evening.done == ()

    @pytest.mark.parametrize(
        ("hour", "later", "is_same"),
        [
            (20, timedelta(hours=3), True),
            (23, timedelta(hours=5), True),
            (23, timedelta(hours=6, minutes=1), False),
            (6, timedelta(hours=13), True),
            (6, timedelta(hours=14), False),
            (3, timedelta(hours=1), True),
            (3, timedelta(hours=3), False),
            (20, timedelta(minutes=-1), False),
        ],
    )
    def test_when_a_night_is_over(self, hour: int, later: timedelta, is_same: bool) -> None:  # noqa: FBT001 - expected
        started = START.replace(hour=hour)
        assert is_same_night(started.astimezone(UTC), started + later, 14.0, 5.0) is is_same


class TestFile:
    def test_it_is_private_and_whole(self, evenings: Evenings) -> None:
        night = evenings.run(Talk([Answer.GO, Answer.LATER]), Work(), hours=2.0)
        path = evenings.root / NAME
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert read_evening(path) == night.record
        assert sorted(item.name for item in path.parent.iterdir()) == [NAME]

    def _damaged(self, evenings: Evenings, text: str) -> str:
        path = evenings.root / NAME
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(errors="surrogateescape"))
        evenings.told.clear()
        night = evenings.night()
        assert not night.is_resumed
        assert night.record.evening.done == ()
        (line,) = evenings.told
        assert str(path) in line
        assert "\n" not in line
        return line

    @pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"version": 2}', "\udcff", '{"version": 1}'])
    def test_a_damaged_one_costs_a_line(self, evenings: Evenings, text: str) -> None:
        assert self._damaged(evenings, text).endswith("; the evening begins anew")

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("version",), 7),
            (("started",), "yesterday"),
            (("started",), "2026-03-02T20:00:00"),
            (("hours",), -1),
            (("hours",), 1e9),
            (("evening", "done"), [{"step": "framework"}]),
            (("evening", "done", 0, "step", "drill"), "yodelling"),
            (("evening", "done", 0, "ended"), "somehow"),
            (("evening", "fresh"), ["no-such-question"]),
            (("extra",), 1),
        ],
    )
    def test_so_does_one_with_a_wrong_value(
        self, evenings: Evenings, path: tuple[str | int, ...], value: object
    ) -> None:
        evenings.run(Talk([Answer.GO, Answer.LATER]), Work(), hours=2.0)
        content = json.loads((evenings.root / NAME).read_text())
        place = content
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        self._damaged(evenings, json.dumps(content))

    def test_a_folder_in_its_place_is_told_and_then_fails(self, evenings: Evenings) -> None:
        (evenings.root / NAME).mkdir(parents=True)
        evenings.night()
        assert "cannot be read" in evenings.told[0]
        with pytest.raises(StorageError, match="cannot be written"):
            evenings.run(Talk(), Work(), hours=2.0)


class TestMorning:
    def test_a_recall_of_eight_minutes_and_nothing_is_kept_of_it(self, evenings: Evenings) -> None:
        talk, work = Talk(), Work(fails=("framework", "opening"))
        evenings.run(talk, work, is_morning=True)
        assert [step.id for step in work.done] == ["framework", "opening", "tradeoffs", "phrases"]
        assert talk.said[0].startswith("Good morning.")
        assert sum(step.minutes for step in work.done) * 60 + 3.0 * len(talk.said) <= 8 * 60
        assert not (evenings.root / NAME).exists()

    def test_it_remembers_what_to_keep_in_mind(self, evenings: Evenings) -> None:
        evenings.run(Talk(), Work(fails=("tradeoffs", "tradeoffs-2")), hours=2.0)
        keep = CONTENT.evening.of("tradeoffs").keep
        talk = Talk()
        evenings.run(talk, Work(), START + timedelta(hours=12), is_morning=True)
        assert any(line.endswith(keep) for line in talk.said)
        much_later = Talk()
        evenings.run(much_later, Work(), START + timedelta(hours=36), is_morning=True)
        assert not any(line.endswith(keep) for line in much_later.said)

    def test_leaving_it_says_goodbye(self, evenings: Evenings) -> None:
        talk = Talk([Answer.LATER])
        evenings.run(talk, Work(), is_morning=True)
        assert talk.said[-1] in CONTENT.evening.line.morning_end


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "error", "match"),
        [
            ({"hours": 0.1}, ConfigError, "--hours 0.1: choose between 0.25 and 8"),
            ({"hours": 9.0}, ConfigError, "--hours 9"),
            ({"hours": float("nan")}, ConfigError, "--hours nan"),
            ({"hours": 1.0, "is_morning": True}, ConfigError, "--morning takes eight minutes"),
        ],
    )
    def test_hours(self, evenings: Evenings, options: Any, error: type[Exception], match: str) -> None:  # noqa: ANN401 - any options
        with pytest.raises(error, match=match):
            evenings.night(**options)

    @pytest.mark.parametrize(
        ("practice", "match"),
        [
            ({"input": "talk.wav"}, "--input talk.wav: one recording is no whole evening"),
            ({"input": "no.toml"}, "--input no.toml: no such file"),
            ({"output": "both.wav"}, "--output both.wav: each step is recorded"),
        ],
    )
    def test_devices(self, evenings: Evenings, practice: Any, match: str) -> None:  # noqa: ANN401 - any options
        asked = EveningOptions(practice=PracticeOptions(sessions=evenings.root, **practice))
        with pytest.raises(InputError, match=match):
            prepare(Config(), CONTENT, asked, START, evenings.told.append)

    def test_a_room_is_what_is_said_between_the_steps(self, evenings: Evenings, tmp_path: Path) -> None:
        room = tmp_path / "room.toml"
        room.write_text('[[say]]\ntext = "Go."\nwhen = "asked"\nwait = 0.5\n')
        practice = PracticeOptions(sessions=evenings.root, input=str(room), speed=Speed.MAX)
        night = prepare(
            Config(), CONTENT, EveningOptions(hours=2.0, practice=practice), START, evenings.told.append
        )
        assert night.is_simulated
        assert not night.passes_by_itself
        assert night.speed is Speed.MAX
        assert night.record.evening.fresh == ("url-shortener",)

    def test_a_simulated_evening_leaves_a_persons_own_as_it_is(
        self, evenings: Evenings, tmp_path: Path
    ) -> None:
        own = evenings.run(Talk([Answer.GO, Answer.LATER]), Work(), hours=2.0).record
        room = tmp_path / "room.toml"
        room.write_text('[[say]]\ntext = "Go."\nwhen = "asked"\nwait = 0.5\n')
        practice = PracticeOptions(sessions=evenings.root, input=str(room), speed=Speed.MAX)
        night = prepare(
            Config(), CONTENT, EveningOptions(hours=1.0, practice=practice), START, evenings.told.append
        )
        assert not night.is_resumed
        Host(night, CountedClock(START), evenings.told.append).run(Work(), Talk().open)
        assert read_evening(evenings.root / NAME) == own
        simulated = read_evening(evenings.root / SIMULATED)
        assert simulated is not None
        assert simulated.is_over

    def test_the_wall_clock_goes_by_itself(self) -> None:
        clock = WallClock()
        before = clock.now()
        clock.spend(3600.0)
        assert clock.now() - before < timedelta(minutes=30)

    def test_the_plan_as_json(self, evenings: Evenings) -> None:
        night = evenings.night(hours=2.0)
        made = document(night, night.record, START)
        assert json.loads(json.dumps(made)) == made
        assert made["hours"] == 2.0
        assert made["minutes"] <= 120
        assert [step["kind"] for step in made["steps"]][-1] == "bed"
        assert made["done"] == []
        morning = evenings.night(is_morning=True)
        assert document(morning, morning.record, START)["morning"] is True


TEXTS = CONTENT.rubric.feedback
SURE = Config().history.sure_probability


def known(root: Path) -> Known:
    return known_from(root, TEXTS, SURE)


class TestHistory:
    def test_weak_points_and_familiar_questions(self, tmp_path: Path) -> None:
        make_session(
            tmp_path, Made(started=after(1), question="news-feed", score=40, missed=("storage_decision",))
        )
        make_session(
            tmp_path, Made(started=after(2), question="checkout", score=70, missed=("failure_mitigation",))
        )
        make_session(
            tmp_path, Made(started=after(3), question="news-feed", score=60, missed=("storage_decision",))
        )
        make_session(tmp_path, Made(started=after(4), question="typeahead", score=None))
        found = known(tmp_path)
        assert found.scores == {"news-feed": 60.0, "checkout": 70.0, "typeahead": 0.0}
        assert found.needs == {"storage": 0.5, "failure-modes": 0.25}

    def test_the_last_attempt_at_a_drill_counts(self, tmp_path: Path) -> None:
        missed = ("storage_decision", "failure_mitigation")
        make_session(tmp_path, Made(started=after(1), question="news-feed", score=40, missed=missed))
        make_session(tmp_path, Made(started=after(2), drill="storage", passed=False, score=30))
        make_session(tmp_path, Made(started=after(3), drill="storage", passed=True, score=90))
        make_session(tmp_path, Made(started=after(4), drill="opening", passed=False, score=20))
        make_session(tmp_path, Made(started=after(5), drill="phrases", passed=False, score=None))
        found = known(tmp_path)
        assert found.needs == {"failure-modes": 1.0, "opening": 0.8, "phrases": 0.5}
        assert found.scores == {"news-feed": 40.0}

    def test_what_was_said_in_rooms_or_is_in_doubt_says_nothing(self, tmp_path: Path) -> None:
        make_session(tmp_path, Made(started=after(1), missed=("storage_decision",), at_microphone=False))
        make_session(
            tmp_path,
            Made(started=after(2), question="checkout", missed=("storage_decision",), confidence=0.1),
        )
        assert known(tmp_path).needs == {}
        assert list(known(tmp_path).scores) == ["checkout"]

    def test_a_damaged_session_is_told(self, evenings: Evenings) -> None:
        make_session(evenings.root).joinpath("session.json").write_text("{")
        evenings.night(hours=2.0)
        (line,) = evenings.told
        assert "is damaged" in line
        assert known(evenings.root.with_name("none")).scores == {}

    def test_an_evening_begins_with_them(self, evenings: Evenings) -> None:
        make_session(evenings.root, Made(started=after(1), question="news-feed", score=40))
        make_session(evenings.root, Made(started=after(2), question="checkout", score=70))
        night = evenings.night(hours=2.0)
        assert night.record.evening.familiar == ("checkout", "news-feed")
        assert "checkout" not in night.record.evening.fresh
        last = [step for step in steps_of(night, START) if step.kind is StepKind.ANSWER][-1]
        assert last.question == "checkout"
