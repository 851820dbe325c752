"""What ``prompts/follow_ups/gaps.toml`` may hold, and that every wording of it can be spoken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.core.bundled import CONTENT
from voice_coach.core.errors import PromptError
from voice_coach.core.gap_content import SLOTS
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.gaps import FEWEST_VARIANTS, check_gaps, load_gaps

WORDINGS = "".join(
    f'[[wording]]\nid = "w{number}"\nkind = "reason"\ntext = "Why {{part}}?"\n' for number in range(4)
)
BOOK = f"""\
order = ["reason", "ladder"]
[about]
reason = "scaling"
[claims]
not_stores = ["s3"]
[part]
asked_why = ["cache"]
[lead_in]
park = ["Let's park {{area}}."]
take = ["{{topic}}, please."]
overdue.evaluate = ["On to failures."]
[[area]]
id = "api"
about = "api"
spoken = "the API"
named = ["api"]
[[opposite]]
about = "consistency"
one = ["strong"]
other = ["weak"]
{WORDINGS}"""


def write(folder: Path, text: str) -> Path:
    path = folder / "gaps.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_one_has_no_complaint(tmp_path: Path) -> None:
    assert check_gaps(write(tmp_path, BOOK), CONTENT.lexicon) == []


@pytest.mark.parametrize(
    ("wrong", "right", "where"),
    [
        ('["reason", "ladder"]', '["reasons"]', "1: order.0: 'reasons' is no kind"),
        (
            '["reason", "ladder"]',
            '["data"]',
            "1: order.0: the table [about] does not say what 'data' is about",
        ),
        ('reason = "scaling"', 'reason = "scale"', "3: about.reason: 'scale' is no id of the rubric"),
        ('about = "api"', 'about = "apis"', "14: area.0.about: 'apis' is no id of the rubric"),
        ('named = ["api"]', 'named = ["(api"]', "16: area.0.named.0: cue '(api'"),
        ('other = ["weak"]', "other = []", "20: opposite.0.other: holds no cue"),
        ('["s3"]', '["s4"]', "5: claims.not_stores.0: 's4' is no id of a term"),
        ('["cache"]', '["caches"]', "7: part.asked_why.0: 'caches' is no id or category"),
        ("park {area}", "park it", "9: lead_in.park.0: must hold {area} once"),
        ("{topic}, please", "{topic}, {topic}", "10: lead_in.take.0: must hold {topic} once"),
        ("overdue.evaluate", "overdue.end", "11: lead_in.overdue.end: 'end' is no part of an answer"),
        ("On to failures.", "On to {area}.", "11: lead_in.overdue.evaluate.0: holds no braces"),
        ('id = "w1"', 'id = "w0"', "26: wording.1.id: 'w0' is used twice"),
        ('kind = "reason"', 'kind = "why"', "23: wording.0.kind: 'why' is no kind"),
        ("Why {part}?", "Why {topic}?", "24: wording.0.text: must hold {part}, and no other braces"),
        ("Why {part}?", "Why so?", "24: wording.0.text: must hold {part}, and no other braces"),
        ("Why {part}?", "Why {part}.", "24: wording.0.text: ends with a question mark"),
        ("Why {part}?", "So? Why {part}?", "24: wording.0.text: ends with a question mark"),
        ("Why {part}?", f"Why {'very ' * 22}{{part}}?", "24: wording.0.text: 26 words spoken; at most 25"),
    ],
)
def test_it_breaks_a_rule(tmp_path: Path, wrong: str, right: str, where: str) -> None:
    path = write(tmp_path, BOOK.replace(wrong, right, 1))
    with pytest.raises(PromptError, match=re.escape(f"{path}:{where}")):
        load_gaps(path, CONTENT.lexicon)


def test_a_kind_of_which_there_are_few_wordings_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, BOOK.replace('id = "w3"\nkind = "reason"', 'id = "w3"\nkind = "data"'))
    assert any("'data' has 1 wordings; at least" in line for line in check_gaps(path))


@pytest.mark.parametrize("kind", SLOTS)
def test_each_kind_has_its_wordings(kind: str) -> None:
    kinds = [item.kind for item in CONTENT.gaps.wording]
    assert kinds.count(kind) >= FEWEST_VARIANTS


def test_what_comes_with_the_program_is_sound() -> None:
    assert check_gaps(prompts_folder() / "follow_ups" / "gaps.toml", CONTENT.lexicon) == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="no such file"):
        load_gaps(tmp_path / "none.toml")
