"""Why the coach spoke, told from a journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.why import MODES, TAILS, explained, main, seconds, why
from tests.core.recorded import conversation
from voice_coach.core import journal
from voice_coach.core.turn_taking import Mode, Tail

SCENARIO = conversation()
LINES = [{**note.content, "kind": note.kind} for note in SCENARIO.notes]
TOLD = why(LINES, None)


def told(*parts: str) -> list[str]:
    """What is told that has all of *parts*."""
    return [text for text in TOLD if all(part in text for part in parts)]


def test_every_line_of_the_coach_is_explained() -> None:
    assert len(TOLD) == len(SCENARIO.said)
    assert told("“Design a parking garage.” (question)", "The reason: the session began.")
    assert told("(answer)", "0.7 s were asked for", "the interviewer was asked something", "the usual wait")


def test_what_changed_a_wait_is_named() -> None:
    assert told("The usual wait is 5.5 s", "the speaker's own pauses ask for 7.4 s")
    assert told("in a short answer", "the voice sounded finished with a probability of 0.97")
    assert told("a false cut-off made it 2 times as long", "Waits were last changed at")
    broken_off = {"start": 39.8, "end": 40.4, "text": "Go", "intent": "check", "because": {"reason": "any"}}
    assert "It was a false cut-off" in explained(broken_off, LINES)


def test_a_time_picks_the_line_that_sounds_then_or_next() -> None:
    second = SCENARIO.said[1]
    assert why(LINES, second.start_s + 0.1) == [TOLD[1]]
    assert why(LINES, SCENARIO.said[0].end_s + 0.01) == [TOLD[1]]
    assert why(LINES, 1e5) == ["The coach said nothing then."]
    assert seconds("1:35") == seconds("95") == 95.0


def test_every_cue_has_words() -> None:
    assert set(TAILS) == set(Tail)
    assert set(MODES) == set(Mode)


def test_it_reads_a_session(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "".join(journal.to_line(line) for line in LINES)
    (tmp_path / "journal.jsonl").write_text(text, encoding="utf-8")
    assert main([str(tmp_path), "0:00"]) == 0
    assert capsys.readouterr().out == f"{TOLD[0]}\n"
    assert main([str(tmp_path)]) == 0
    assert main([str(tmp_path / "none")]) == 2
    assert main([str(tmp_path), "soon"]) == 2
    assert main([]) == 2
