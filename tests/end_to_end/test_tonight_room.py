"""A morning, and an evening, in simulated rooms, with the real engines: led from step to step by voice alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.program import run
from voice_coach.prompts.evening import load_evening
from voice_coach.prompts.folder import prompts_folder

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

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
    done = run(
        "tonight", "--morning", "--input", str(room), "--speed", "max", "--sessions", str(sessions), "--json"
    )
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


PLAN = """
[evening]
answers = 1
answer_minutes = 4.0
answer_slot_minutes = 5.0
break_minutes = 1.0
short_break_minutes = 1.0
break_after_minutes = 0.5
"""
"""A whole evening in a quarter of an hour: the bundled candidate answers in four minutes."""


@pytest.mark.timeout(900)
def test_a_whole_evening_from_its_first_word_to_bed(tmp_path: Path) -> None:
    sessions, config = tmp_path / "sessions", tmp_path / "short.toml"
    config.write_text(PLAN)
    room = prompts_folder() / "rooms" / "evening.toml"
    given = ("--input", str(room), "--speed", "max", "--sessions", str(sessions), "--config", str(config))
    done = run("tonight", "--hours", "0.25", *given, "--json", timeout_s=850.0)
    assert done.status == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["is_over"]
    assert {outcome["ended"] for outcome in made["done"]} == {"done"}
    assert [outcome["step"]["id"] for outcome in made["done"]] == ["framework", "break-1", "answer-1"]
    assert [step["kind"] for step in made["steps"]] == ["bed"]
    folders = [outcome["folder"] for outcome in made["done"] if outcome["step"]["kind"] != "break"]
    assert sorted(folders) == sorted(path.name for path in sessions.iterdir() if path.is_dir())
    for folder in folders:
        analysis = json.loads((sessions / folder / "session.json").read_text(encoding="utf-8"))
        items = analysis["drill"]["items"] if "drill" in analysis else analysis["checklist"]
        assert {item["verdict"] for item in items} - {"not_assessed"}, folder
    said = [line.split("coach: ", 1)[1] for line in done.stderr.splitlines() if "coach: " in line]
    assert said[-1] in load_evening(prompts_folder() / "evening.toml").line.bed
