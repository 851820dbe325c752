from __future__ import annotations

import json
from pathlib import Path

import pytest

from voice_coach.compose.earlier import ASKED_SESSIONS, SESSIONS, earlier_asked, earlier_pace
from voice_coach.core.speaker_pace import SpeakerPace

END = {"t": 9.0, "kind": "session_ended", "reason": "completed"}


def session(root: Path, name: str, *lines: object) -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    (folder / "journal.jsonl").write_text(text, encoding="utf-8")
    return folder


def test_nobody_has_spoken_before(tmp_path: Path) -> None:
    assert earlier_pace(tmp_path / "none") == SpeakerPace()
    assert earlier_pace(tmp_path) == SpeakerPace()


def test_the_latest_session_that_left_pauses_counts(tmp_path: Path) -> None:
    session(tmp_path, "1", {**END, "pauses": [9.0], "short_pauses": []})
    session(
        tmp_path, "2", {**END, "pauses": [2.5, 3], "short_pauses": [0.7]}, {"t": 9.5, "kind": "recovered"}
    )
    session(tmp_path, "3", END)
    assert earlier_pace(tmp_path) == SpeakerPace(monologue=(2.5, 3.0), short=(0.7,))


@pytest.mark.parametrize(
    "line", ['{"t": 9.0, "kind": "session_en', "[]", "\x00\x00", '{"kind": 3}', '"session_ended"', ""]
)
def test_what_is_broken_is_passed_over(tmp_path: Path, line: str) -> None:
    session(tmp_path, "1", {**END, "pauses": [2.5], "short_pauses": []})
    session(tmp_path, "2", line)
    session(tmp_path, "3").joinpath("journal.jsonl").write_bytes(b"\xff\xfe\n" * 10)
    (tmp_path / "4" / "journal.jsonl").mkdir(parents=True)
    assert earlier_pace(tmp_path) == SpeakerPace(monologue=(2.5,))


def test_only_seconds_are_taken(tmp_path: Path) -> None:
    odd = [1.5, "2", None, True, -1.0, 0, 1e9, float("inf"), float("nan"), [3.0]]
    session(tmp_path, "1", {**END, "pauses": odd, "short_pauses": "none"})
    assert earlier_pace(tmp_path) == SpeakerPace(monologue=(1.5,))


def test_no_more_than_the_end_of_the_latest_is_read(tmp_path: Path) -> None:
    session(tmp_path, "00", {**END, "pauses": [2.5], "short_pauses": []})
    for number in range(1, SESSIONS):
        session(tmp_path, f"{number:02}", "x" * (1 << 17), END)
    assert earlier_pace(tmp_path).monologue == (2.5,)
    session(tmp_path, "99", END)
    assert earlier_pace(tmp_path) == SpeakerPace()


def test_what_was_asked_in_the_latest_sessions_is_known(tmp_path: Path) -> None:
    assert earlier_asked(tmp_path) == ()
    for number in range(ASKED_SESSIONS + 1):
        session(tmp_path, f"{number:02}", {**END, "asked": [f"old {number}", "each time"]})
    session(tmp_path, "50", END)
    session(tmp_path, "51", {**END, "asked": "none"}, "[]")
    session(tmp_path, "52", {**END, "asked": ["new", 3, None]})
    asked = earlier_asked(tmp_path)
    assert asked[:2] == ("new", f"old {ASKED_SESSIONS}")
    assert asked.count("each time") == 1
    assert "old 1" not in asked
    assert "old 2" in asked
