"""``voice-coach tonight`` in this process."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from voice_coach.adapters.evening_file import NAME
from voice_coach.cli.app import run
from voice_coach.cli.options import CommandOptions

if TYPE_CHECKING:
    from pathlib import Path

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def sessions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICE_COACH_{name}", str(tmp_path / "none" / name))
    return tmp_path / "none" / "DATA" / "sessions"


def document(capsys: Printed, *arguments: str) -> Any:  # noqa: ANN401 - any JSON
    assert run(["tonight", "--dry-run", "--json", *arguments]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def test_the_plan_is_shown_without_being_carried_out(capsys: Printed, sessions: Path) -> None:
    made = document(capsys, "--hours", "2", "--seed", "1")
    assert [step["id"] for step in made["steps"]] == [
        "framework",
        "clarify",
        "components",
        "tradeoffs",
        "break-1",
        "answer-1",
        "break-2",
        "answer-2",
        "bed",
    ]
    assert made == {**document(capsys, "--hours", "2", "--seed", "1"), "bed_at": made["bed_at"]}
    assert made["minutes"] == sum(step["minutes"] for step in made["steps"])
    assert not sessions.exists()


def test_the_plan_for_people(capsys: Printed) -> None:
    assert run(["tonight", "--dry-run", "--hours", "1.5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(", 1.5 h:")
    assert lines[1].split() == ["3", "min", "the", "framework"]
    assert any("a full answer, to a question that is new to you (" in line for line in lines)
    assert any("a full answer, to the same question (" in line for line in lines)
    assert lines[-2].split(maxsplit=2) == ["2", "min", "what went well, and to bed"]


def test_the_plan_says_what_it_comes_to_and_when_it_is_done(capsys: Printed) -> None:
    before = datetime.now().astimezone()  # noqa: TID251 - the plan begins now
    assert run(["tonight", "--dry-run", "--hours", "2"]) == 0
    after = datetime.now().astimezone()  # noqa: TID251
    *steps, last = capsys.readouterr().out.splitlines()[1:]
    minutes = sum(float(line.split()[0]) for line in steps)
    assert float(last.split()[0]) == minutes
    done = {f"{at + timedelta(minutes=minutes):%H:%M}" for at in (before, after)}
    assert any(f"done at about {clock};" in last for clock in done)
    assert last.endswith("are for sleep")
    assert f"the {120 - minutes:g} minutes left" in last


def test_an_answer_says_what_its_minutes_are_for(capsys: Printed, tmp_path: Path) -> None:
    config = tmp_path / "own.toml"
    config.write_text("[evening]\nanswer_minutes = 10.0\nanswer_slot_minutes = 17.0\n")
    for given, told in (((), "18 min"), (("--config", str(config)), "17 min")):
        assert run(["tonight", "--dry-run", "--hours", "2", *given]) == 0
        answers = [line for line in capsys.readouterr().out.splitlines() if "a full answer" in line]
        assert len(answers) == 2
        assert all(told in line for line in answers)
        parts = "(under 12 for your answer, 5 for" if given else "(under 15 for your answer, 3 for"
        assert all(parts in line for line in answers)


def test_the_same_plan_all_night(capsys: Printed) -> None:
    first, second = (document(capsys, "--hours", "2")["steps"] for _ in range(2))
    assert first == second


def test_the_morning(capsys: Printed) -> None:
    made = document(capsys, "--morning")
    assert [step["drill"] for step in made["steps"]] == ["framework", "opening", "tradeoffs", "phrases", None]
    assert [step["items"] for step in made["steps"]] == [None, None, 3, 2, None]
    assert made["minutes"] == sum(step["minutes"] for step in made["steps"]) == 8
    assert run(["tonight", "--dry-run", "--morning"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert "8 min  in all" in lines[-1]


def test_the_default_hours_are_those_of_the_configuration(capsys: Printed, tmp_path: Path) -> None:
    config = tmp_path / "own.toml"
    config.write_text("[evening]\nhours = 0.5\n")
    assert document(capsys, "--config", str(config))["hours"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--hours", "0.1"), "--hours 0.1: choose between 0.25 and 8"),
        (("--hours", "two"), "'--hours': 'two' is no number; give the hours until bed, such as 2 or 1.5"),
        (("--hours", "1", "--morning"), "leave one of them out"),
        (("--input", "talk.wav"), "one recording is no whole evening"),
        (("--output", "both.wav"), "each step is recorded in a session of its own"),
        (("--input", "none.toml"), "none.toml: no such file"),
        (("--speed", "max", "--input", "Blue"), "goes with a file or a room"),
    ],
)
def test_wrong_use_is_one_line(capsys: Printed, arguments: tuple[str, ...], told: str) -> None:
    assert run(["tonight", "--dry-run", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert told in line


def test_a_damaged_evening_is_one_line_and_a_new_plan(capsys: Printed, sessions: Path) -> None:
    sessions.mkdir(parents=True)
    (sessions / NAME).write_text("{")
    assert run(["tonight", "--dry-run", "--json", "--hours", "2"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["goes_on"] is False
    (line,) = err.splitlines()
    assert line.endswith("; the evening begins anew")


def test_a_script_is_not_asked() -> None:
    assert not CommandOptions(config_path=None, is_json=True).is_watched
