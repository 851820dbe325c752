"""The steps of an evening, and its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voice_coach.core.drill import KINDS
from voice_coach.core.errors import PromptError
from voice_coach.prompts.evening import MORNING_MINUTES, check_evening, load_evening
from voice_coach.prompts.folder import prompts_folder

if TYPE_CHECKING:
    from pathlib import Path

BUNDLED = prompts_folder() / "evening.toml"
TEXT = BUNDLED.read_text(encoding="utf-8")


def test_the_bundled_one_holds_the_guides_plan() -> None:
    book = load_evening(BUNDLED)
    assert sorted(drill.kind for drill in book.drill) == sorted(KINDS)
    planned = [drill.kind for drill in book.drill if drill.is_planned]
    assert planned == ["framework", "clarify", "components", "tradeoffs"]
    assert sum(drill.minutes for drill in book.morning) + book.morning_talk_minutes == MORNING_MINUTES
    assert all("ight minutes" in line.lower() for line in book.line.morning), "MORNING_MINUTES, in words"
    assert check_evening(BUNDLED) == []


@pytest.mark.parametrize(
    ("right", "wrong", "where"),
    [
        ('kind = "storage"', 'kind = "yodelling"', "drill.4.kind: 'yodelling' is no drill"),
        ('kind = "storage"', 'kind = "framework"', "drill.4.kind: 'framework' stands here twice"),
        ("minutes = 8.0", "minutes = 80.0", "drill.2.minutes: 80 is out of range"),
        ("value = 90.0", "value = -1.0", "drill.0.value: -1 is out of range"),
        (
            "minutes = 2.5",
            "minutes = 4.5",
            "morning: with the talk between, the drills take 10 minutes; 8 are",
        ),
        (
            "minutes = 2.5",
            "minutes = 1.0",
            "morning: with the talk between, the drills take 6.5 minutes; 8 are",
        ),
        ("talk_minutes = 1.0", "talk_minutes = 9.0", "morning_talk_minutes: 9 is out of range"),
        ("items = 3", "items = 0", "morning.2.items: 0 prompts"),
        ('name = "storage"', 'name = ""', "drill.4.name: 0 words spoken"),
        ('name = "storage"', 'name = "{storage}"', "drill.4.name: must hold nothing in braces"),
        ('"All right, without it."', '"{left} out."', "line.skipped.1: must hold nothing in braces"),
        ("{hours} until bed.", "Until bed.", "line.opening.0: must hold {hours}, {length}, {steps}"),
        ('"All right, without it."', '"Left { out."', "line.skipped.1: braces"),
        ('"All right, without it."', f'"{"word " * 31}"', "line.skipped.1: 31 words spoken"),
        ("{number} full answers", "full answers", "answer.plural: must hold {number}"),
        ('rest_over = ["The break is over."]', "rest_over = []", "line.rest_over: needs at least one"),
        ("(skip|pass|no|", "((skip|pass|no|", "words.skip.0"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, right: str, wrong: str, where: str) -> None:
    path = tmp_path / "evening.toml"
    assert right in TEXT
    path.write_text(TEXT.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(PromptError) as told:
        load_evening(path)
    assert where in str(told.value)
    assert str(told.value) in check_evening(path)


def test_every_drill_has_its_step(tmp_path: Path) -> None:
    path = tmp_path / "evening.toml"
    first, _, more = TEXT.partition('[[drill]]\nkind = "storage"')
    path.write_text(first + "[[drill]]" + more.partition("[[drill]]")[2], encoding="utf-8")
    with pytest.raises(PromptError, match="there is none for storage"):
        load_evening(path)


@pytest.mark.parametrize("key", ["go", "skip", "later"])
def test_each_answer_needs_a_cue(tmp_path: Path, key: str) -> None:
    path = tmp_path / "evening.toml"
    first, _, more = TEXT.partition(f"\n{key} = [\n")
    path.write_text(f"{first}\n{key} = []\n{more.partition(']' + chr(10))[2]}", encoding="utf-8")
    with pytest.raises(PromptError, match=f"words.{key}: needs at least one cue"):
        load_evening(path)
