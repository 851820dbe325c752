"""Files of drills: what is wrong with one is told with its line and the mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_coach.core.drill import DrillLines
from voice_coach.core.errors import PromptError
from voice_coach.prompts.drills import _line_problems, load_drill
from voice_coach.prompts.folder import load_checked, prompts_folder

SETS = {"not_known": ("i don't know",)}

GOOD = """
title = "Both sides"
about = "Weigh both sides."
intro = "Both sides, please."
unit = "sides"
pass_score = 75
carry_on = "Next time, decide."
round_s = 30

[[item]]
id = "one"
what = "one side"
goal = "Name one side."
cues = ["(fast*|cheap*)"]

[[round]]
id = "polling"
ask = "Polling or pushing?"
"""


def loaded(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sides.toml"
    path.write_text(text, encoding="utf-8")
    load_drill(path, SETS, {})


def test_a_drill_of_ones_own_needs_no_more(tmp_path: Path) -> None:
    loaded(tmp_path, GOOD)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("round_s = 30", "round_s = 3", "sides.toml:16: round.0.limit_s: 3 is not from 5 to 180"),
        ("pass_score = 75", "pass_score = 750", "pass_score: 750 is not from 1 to 100"),
        ("round_s = 30", "round_s = 30\ndraw = 2", "draw: 2 of 1 round cannot be drawn"),
        (
            'cues = ["(fast*|cheap*)"]',
            'cues = ["(fast*"]',
            "item.0.cues.0: cue '(fast*': a bracket is not closed",
        ),
        ('cues = ["(fast*|cheap*)"]', "", "item.0.cues: needs cues, or the rubric id"),
        ('cues = ["(fast*|cheap*)"]', 'judged = "speed"', "item.0.judged: 'speed' is no id of the rubric"),
        ('cues = ["(fast*|cheap*)"]', 'judged = "touched"', "touched goes with a change of scope only"),
        (
            'cues = ["(fast*|cheap*)"]',
            'cues = ["fast*"]\nrivals = ["slow*"]',
            "item.0.rivals: goes with with_cues only",
        ),
        ("Name one side.", "Name one side. Then the other.", "item.0.goal: must be one sentence"),
        ('id = "polling"', 'id = "Polling!"', "round.0.id: 'Polling!' is no id"),
        ('ask = "Polling or pushing?"', "", "round.0.ask: is empty; say what is asked"),
        ('unit = "sides"', 'units = "sides"', "units: unknown key; did you mean unit?"),
        (
            "round_s = 30",
            'round_s = 30\nkind_of_round = "questions"',
            "round.0.pack: no question pack is called ''",
        ),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(PromptError) as failure:
        loaded(tmp_path, GOOD.replace(old, new))
    assert told in str(failure.value)


def test_a_brace_too_many_in_a_shared_line_is_told(tmp_path: Path) -> None:
    lines = prompts_folder() / "drill_lines.toml"
    text = lines.read_text(encoding="utf-8").replace('"Okay.", "All right."', '"Okay}.", "All right."', 1)
    path = tmp_path / "drill_lines.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PromptError, match=r"drill_lines\.toml:5: acknowledged\.0: braces"):
        load_checked(path, DrillLines, _line_problems)
