"""What ``prompts/follow_ups/risks.toml`` may hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.core.bundled import CONTENT
from voice_coach.core.errors import PromptError
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.risks import check_risks, load_risks

BOOK = """\
lead = ["You said “{said}”."]
[[risk]]
id = "one"
about = ["scaling"]
said = ["one queue"]
unless = ["not"]
answered = ["two queues"]
packs = ["news-feed"]
within_words = 10
lead = "You put off “{said}”."
text = "What happens then?"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "risks.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_one_has_no_complaint(tmp_path: Path) -> None:
    assert check_risks(write(tmp_path, BOOK), CONTENT.questions) == []


@pytest.mark.parametrize(
    ("wrong", "right", "where"),
    [
        ('["You said “{said}”."]', "[]", "1: lead: needs at least one way"),
        ("You said “{said}”.", "You said it.", "1: lead.0: must hold {said} once"),
        ('about = ["scaling"]', "about = []", "4: risk.0.about: names no id"),
        ('about = ["scaling"]', 'about = ["scale"]', "4: risk.0.about.0: 'scale' is no id of the rubric"),
        ('said = ["one queue"]', "said = []", "5: risk.0.said: holds no cue"),
        ('said = ["one queue"]', 'said = ["(one"]', "5: risk.0.said.0: cue '(one'"),
        ('unless = ["not"]', 'unless = ["(not"]', "6: risk.0.unless.0: cue '(not'"),
        ('["two queues"]', '["(two"]', "7: risk.0.answered.0: cue '(two'"),
        ("news-feed", "news", "8: risk.0.packs.0: 'news' is the id of no question"),
        ("= 10", "= -1", "9: risk.0.within_words: is negative"),
        ("You put off “{said}”.", "You put it off?", "10: risk.0.lead: must hold {said} once"),
        ("happens then?", "happens then.", "11: risk.0.text: ends with a question mark"),
        ("happens then?", "happens to {said}?", "11: risk.0.text: holds no braces"),
        (
            "happens then?",
            f"happens{' then' * 15}?",
            "11: risk.0.text: 20 words besides the candidate's; at most 18",
        ),
    ],
)
def test_it_breaks_a_rule(tmp_path: Path, wrong: str, right: str, where: str) -> None:
    path = write(tmp_path, BOOK.replace(wrong, right, 1))
    with pytest.raises(PromptError, match=re.escape(f"{path}:{where}")):
        load_risks(path, CONTENT.questions)


def test_what_comes_with_the_program_is_sound() -> None:
    assert check_risks(prompts_folder() / "follow_ups" / "risks.toml", CONTENT.questions) == []
