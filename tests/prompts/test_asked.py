"""What candidates say is read by file and line, and every complaint names both."""

from pathlib import Path

import pytest

from voice_coach.compose.content import load_content
from voice_coach.core.content import Saying
from voice_coach.core.errors import PromptError
from voice_coach.core.question_model import SPECIAL
from voice_coach.prompts.asked import check_sayings, load_sayings

CONTENT = load_content()
FACTS = ("scale", "peak")


def written(folder: Path, text: str) -> Path:
    (folder / "somebody.tsv").write_text(text, encoding="utf-8")
    return folder


def test_a_line_is_a_saying(tmp_path: Path) -> None:
    folder = written(
        tmp_path, "# what somebody says\n\n*\tpeak\tWhen is the rush?\nq\tcolour\tBlue?\n*\ttalk\tHm.\n"
    )
    assert load_sayings(folder, FACTS) == (
        Saying(writer="somebody", pack=None, asks="peak", text="When is the rush?"),
        Saying(writer="somebody", pack="q", asks="colour", text="Blue?"),
        Saying(writer="somebody", pack=None, asks="talk", text="Hm."),
    )
    assert check_sayings(folder, FACTS) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("*\tpeak\n", r"somebody\.tsv:1: needs a pack"),
        ("*\tpeak\tWhen?\n*\t\tWhen?\n", r"somebody\.tsv:2: needs a pack"),
        ("*\tcolour\tBlue?\n", r"somebody\.tsv:1: 'colour' is no standard fact"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, text: str, wanted: str) -> None:
    folder = written(tmp_path, text)
    with pytest.raises(PromptError, match=wanted):
        load_sayings(folder, FACTS)
    assert len(check_sayings(folder, FACTS)) == 1


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "somebody.tsv").write_bytes(b"\xff\xfe*")
    with pytest.raises(PromptError, match=r"somebody\.tsv: cannot be read"):
        load_sayings(tmp_path, FACTS)


def test_the_bundled_ones_belong_to_packs_and_their_facts() -> None:
    standard = {fact.id for fact in CONTENT.facts.fact}
    for saying in CONTENT.sayings:
        if saying.pack is not None:
            known = {fact.id for fact in CONTENT.questions[saying.pack].facts}
            assert saying.asks in known | standard | set(SPECIAL), saying
