"""A morning in simulated rooms, with the real engines: led from drill to drill by voice alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.program import run

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
    assert len(prompts) == 1, "one phrase in the morning, not all"
    assert (
        done.stderr.index("Good morning")
        < done.stderr.index("Now the phrases")
        < done.stderr.rindex("That is it")
    )
