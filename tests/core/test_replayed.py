"""A journal's events give its decisions again: a bad one becomes a test by copying the journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.recorded import DECISIONS, JOURNALS, RECORDED, conversation, decided, decided_again, lines_of
from voice_coach.core import journal

FILES = sorted(JOURNALS.glob("*.jsonl"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_same_events_give_the_same_decisions(path: Path) -> None:
    lines = list(journal.parse(path.read_text(encoding="utf-8").splitlines()))
    assert decided_again(lines) == decided(lines)


def test_other_events_give_others() -> None:
    """Without the cues that were heard the coach would have waited otherwise."""
    lines = list(journal.parse(RECORDED.read_text(encoding="utf-8").splitlines()))
    deaf = [line for line in lines if line["kind"] != "hint_heard"]
    assert decided_again(deaf) != decided(lines)
    first = {**lines[0], "pauses": []}
    assert decided_again([first, *lines[1:]]) != decided(lines)


def test_the_recorded_conversation_is_the_one_of_today() -> None:
    lines = list(journal.parse(RECORDED.read_text(encoding="utf-8").splitlines()))
    assert list(journal.parse(map(journal.to_line, lines_of(conversation())))) == lines
    assert {line["kind"] for line in lines} >= DECISIONS
    assert {line["reason"] for line in lines if line["kind"] == "wait_changed"} == {
        "a false cut-off",
        "the speaker's pauses",
    }
