"""Every drill in a simulated room, with the real engines; and the same one again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.compose.small_engines import CONTENT
from tests.compose.test_practice import BlindScreen
from tests.end_to_end.program import plain_config
from voice_coach.compose.drill import DrillOutcome, run_drill
from voice_coach.compose.options import PracticeOptions, Speed
from voice_coach.config import load_config
from voice_coach.core.drill import KINDS

if TYPE_CHECKING:
    from voice_coach.tui import Look

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

ONE_LINE = {
    "framework": "First, clarify the requirements.",
    "opening": "I start with the requirements, and at the end I sum up.",
    "clarify": "How many users do we have?",
    "components": "It checks the login, and limits how much each client asks.",
    "storage": "I would use Postgres, because we need transactions.",
    "tradeoffs": "Relational databases give us transactions.",
    "failure-modes": "The customer may pay twice.",
    "scope-change": "Then I would change the queue.",
    "wrap-up": "The price is that we lose some data when it fails.",
    "phrases": "I am assuming that one second is fine.",
}

MET = {
    "framework": ("clarify", 22),
    "opening": ("requirements-first", 75),
    "clarify": ("ticket-booking/scale", 10),
    "components": ("api-layer/reason", 17),
    "storage": ("chat-messages/choice", 33),
    "tradeoffs": ("sql-nosql/one-side", 12),
    "failure-modes": ("retry/effect", 12),
    "scope-change": ("one-a-minute/changed", 25),
    "wrap-up": ("cost", 33),
    "phrases": ("assumption/assumption", 25),
}
"""An item that the line meets, and the score of the attempt that ends with it."""


def room(path: Path, *texts: str) -> Path:
    say = '[[say]]\nvoice = "pyttsx3"\nwait = 0.6\ntext = "{}"\n'
    path.write_text("\n".join(say.format(text) for text in texts))
    return path


def drilled(kind: str, path: Path, sessions: Path) -> DrillOutcome:
    config = load_config(plain_config(path.parent))
    options = PracticeOptions(input=str(path), speed=Speed.MAX, sessions=sessions)

    def blind(_: Look) -> BlindScreen:
        return BlindScreen()

    return run_drill(kind, config, CONTENT, options, blind, lambda _: None)


def document(folder: Path) -> Any:  # noqa: ANN401 - any JSON
    return json.loads((folder / "session.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_drill_runs_by_voice_alone(kind: str, tmp_path: Path) -> None:
    outcome = drilled(kind, room(tmp_path / "room.toml", f"{ONE_LINE[kind]} Coach, stop."), tmp_path / "kept")
    found = document(outcome.folder)
    assert outcome.folder.name.endswith(f"-drill-{kind}")
    assert found["question"] == f"drill-{kind}"
    assert found["drill"]["kind"] == kind
    assert len(found["drill"]["said"]) == 2
    item, score = MET[kind]
    (heard,) = (one for one in found["drill"]["items"] if one["id"] == item)
    assert (heard["verdict"], found["drill"]["score"]) == ("met", score), found["transcript"]["turns"]
    assert heard["evidence"][0]["quote"] in " ".join(
        turn["text"] for turn in found["transcript"]["turns"] if turn["speaker"] == "candidate"
    )
    assert found["transcript"]["turns"][-1]["speaker"] == "coach"
    assert any(turn["speaker"] == "candidate" for turn in found["transcript"]["turns"])


def test_again_begins_the_next_attempt_at_once_in_a_folder_of_its_own(tmp_path: Path) -> None:
    said = room(tmp_path / "room.toml", "Clarify.", "Again.", "Clarify, then estimate.", "No, thank you.")
    outcome = drilled("framework", said, tmp_path / "kept")
    folders = sorted((tmp_path / "kept").iterdir())
    assert len(folders) == 2
    assert [document(folder)["drill"]["attempt"] for folder in folders] == [1, 2]
    assert outcome.attempts == 2
    journal = (folders[1] / "journal.jsonl").read_text().splitlines()
    said_s = [json.loads(line)["start"] for line in journal if '"room_said"' in line]
    assert said_s
    assert said_s[0] >= 0.0
