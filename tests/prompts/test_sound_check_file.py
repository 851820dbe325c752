"""The lines of the set-up check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voice_coach.core.errors import PromptError
from voice_coach.core.sound_check import Problem
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.sound_check import check_sound_check, load_sound_check

if TYPE_CHECKING:
    from pathlib import Path

BUNDLED = prompts_folder() / "sound_check.toml"
TEXT = BUNDLED.read_text(encoding="utf-8")


def test_there_is_a_line_for_each_problem() -> None:
    texts = load_sound_check(BUNDLED)
    assert all(getattr(texts.told, problem) for problem in Problem)
    assert texts.sentence in texts.asked


@pytest.mark.parametrize(
    ("right", "wrong", "where"),
    [
        ("I hear you well.", "", "told.good: 0 words"),
        ("I hear you well.", "word " * 11, "told.good: 11 words"),
        ("I hear you well.", "{sentence}", "told.good: nothing is filled in"),
        (
            "I would put a cache in front of the database.",
            "Put a cache there.",
            "sentence: 4 words spoken; 6 to 10",
        ),
        ("Now say: {sentence}", "Now say it.", "ask: must hold {sentence} once"),
        (
            "Now say: {sentence}",
            "And now please say this one now: {sentence}",
            "no more than 5 words besides",
        ),
        ('lost = "', 'last = "', "told.last"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, right: str, wrong: str, where: str) -> None:
    path = tmp_path / "sound_check.toml"
    assert right in TEXT
    path.write_text(TEXT.replace(right, wrong), encoding="utf-8")
    with pytest.raises(PromptError) as caught:
        load_sound_check(path)
    assert where in str(caught.value)
    assert check_sound_check(path)[0] == str(caught.value)
