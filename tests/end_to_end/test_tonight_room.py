"""A morning, and an evening, in simulated rooms, with the real engines: led from step to step by voice alone."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.compose.test_practice import BlindScreen
from tests.end_to_end.program import plain_config, run
from voice_coach.compose.content import Content
from voice_coach.compose.evening import EveningOptions, prepare, steps_of
from voice_coach.compose.evening_host import CountedClock, Host
from voice_coach.compose.evening_lobby import Lobbies
from voice_coach.compose.evening_steps import Steps
from voice_coach.compose.options import PracticeOptions, Speed
from voice_coach.config import load_config
from voice_coach.core.evening import Ended, StepKind, Why
from voice_coach.prompts.folder import prompts_folder

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.timeout(800)]

ROOM = """
[[say]]
voice = "pyttsx3"
when = "asked"
wait = 0.8
text = "Skip this one."

[[say]]
voice = "pyttsx3"
when = "asked"
wait = 0.8
text = "Yes, let's go."
"""
"""Each time that the program talks between two drills, every other one is left out."""


def test_a_morning_from_its_first_word_to_its_last(tmp_path: Path) -> None:
    sessions, room = tmp_path / "sessions", tmp_path / "room.toml"
    room.write_text(ROOM)
    given = ("--input", str(room), "--sessions", str(sessions), "--config", str(plain_config(tmp_path)))
    done = run("tonight", "--morning", "--speed", "max", "--json", *given)
    assert done.status == 0, done.stderr
    made = json.loads(done.stdout)
    ended = {outcome["step"]["drill"]: outcome["ended"] for outcome in made["done"]}
    assert ended == {"framework": "skipped", "opening": "done", "tradeoffs": "skipped", "phrases": "done"}
    assert [step["kind"] for step in made["steps"]] == ["bed"]
    _, opening, _, phrases = made["done"]
    assert opening["passed"]
    for outcome in (opening, phrases):
        analysis = json.loads((sessions / outcome["folder"] / "session.json").read_text(encoding="utf-8"))
        said = " ".join(turn["text"] for turn in analysis["transcript"]["turns"])
        assert analysis["drill"]["kind"] == outcome["step"]["drill"]
        assert analysis["drill"]["passed"] == outcome["passed"]
        assert outcome["quote"].lower() in said.lower()
    prompts = [line for line in done.stderr.splitlines() if "For example:" in line]
    assert len(prompts) == 2, "two phrases in the morning, not all"
    assert (
        done.stderr.index("Good morning")
        < done.stderr.index("Now the phrases")
        < done.stderr.rindex("That is it")
    )


ANSWER = """
question = "url-shortener"

[[say]]
voice = "pyttsx3"
when = "asked"
text = "How many new links do people create per month?"

[[say]]
voice = "pyttsx3"
when = "asked"
text = "I am assuming that opening a link should take less than one hundred milliseconds. \
A load balancer stands in front of two stateless services, with a cache and a database behind them. \
I would choose Postgres, because a single index on the short code answers the query. \
If the cache crashes, the read service limits the number of requests until the cache is warm again. That's my design."

[[say]]
voice = "pyttsx3"
when = "asked"
text = "To sum up, a relational database is simple to operate, but we have to split it when the data grows. I'm done."
"""
"""A full answer in a minute, so that two of them fit into a test."""


def test_a_whole_evening_from_its_first_word_to_bed(tmp_path: Path) -> None:
    content = Content(folder=tmp_path / "prompts")
    shutil.copytree(prompts_folder(), content.folder)
    content.headless_room.write_text(ANSWER, encoding="utf-8")
    practice = PracticeOptions(
        input=str(content.evening_room), speed=Speed.MAX, sessions=tmp_path / "sessions"
    )
    config, began = load_config(plain_config(tmp_path)), datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
    config = replace(config, evening=replace(config.evening, most_extra_drills=1))
    told: list[str] = []
    night = prepare(config, content, EveningOptions(hours=2.0, practice=practice), began, told.append)
    assert night.scene is not None
    steps = Steps(
        night=night,
        config_path=None,
        screens=lambda _: BlindScreen(),
        tell=told.append,
        on_folder=lambda _: None,
        conclude=lambda _: None,
    )
    clock = CountedClock(began)
    planned = steps_of(night, began)
    record = Host(night, clock, told.append).run(
        steps.carry_out, Lobbies(night, night.scene, told.append).open
    )

    done = record.evening.done
    assert {outcome.ended for outcome in done} == {Ended.DONE}
    work = {step.id for step in planned if step.kind in (StepKind.DRILL, StepKind.ANSWER)}
    assert work <= {outcome.step.id for outcome in done}, "nothing is left out"
    assert [step.kind for step in planned].count(StepKind.ANSWER) == 2
    assert any(outcome.step.why is not Why.PLAN for outcome in done), "what was weak is drilled"
    assert [step.kind for step in steps_of(replace(night, record=record), clock.now())] == [StepKind.BED]
    folders = [outcome.folder for outcome in done if outcome.step.kind is not StepKind.BREAK]
    assert sorted(folders) == sorted(path.name for path in (tmp_path / "sessions").iterdir() if path.is_dir())
    for folder in folders:
        analysis = json.loads((tmp_path / "sessions" / folder / "session.json").read_text(encoding="utf-8"))
        items = analysis["drill"]["items"] if "drill" in analysis else analysis["checklist"]
        assert {item["verdict"] for item in items} - {"not_assessed"}, folder
    said = [line.removeprefix("coach: ") for line in told if line.startswith("coach: ")]
    assert said[-1] in content.evening.line.bed
