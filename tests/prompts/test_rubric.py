from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.core.spoken import RUBRIC
from voice_coach.core import rubric_ids
from voice_coach.core.errors import PromptError
from voice_coach.prompts.feedback_texts import spoken_words
from voice_coach.prompts.rubric import check_rubric, load_rubric


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RUBRIC, tmp_path / "rubric"))


def spoil(folder: Path, name: str, old: str, new: str) -> str:
    """The complaint after replacing the first *old* in the file *name*."""
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(PromptError) as caught:
        load_rubric(folder)
    message = str(caught.value)
    assert message in check_rubric(folder)
    assert "\n" not in message
    assert str(path) in message
    return message


def test_the_shipped_rubric() -> None:
    assert check_rubric(RUBRIC) == []
    rubric = load_rubric(RUBRIC)
    assert tuple(item.id for item in rubric.checklist.item) == rubric_ids.CHECKLIST
    assert sum(rubric.score.checklist.values()) == 100


def test_no_rule_rests_on_one_bare_word() -> None:
    checklist = load_rubric(RUBRIC).checklist
    for rule in [rule for item in checklist.item for rule in item.rule]:
        named = len(rule.all) + sum(several.at_least for several in rule.several)
        assert named >= 2, rule.name


@pytest.mark.parametrize(
    ("name", "old", "new", "wanted"),
    [
        ("cues.toml", '"(mobile|', '"((mobile|', "sets.block.0"),
        ("cues.toml", "[sets]", "[sets]\nodd = []", "sets.odd: needs at least one cue"),
        ("checklist.toml", "{detail}", "{details}", "unknown set {details}"),
        ("checklist.toml", 'before = "first detail"', 'before = "detail"', "no pattern is named 'detail'"),
        ("checklist.toml", 'name = "announced parts"', 'name = "plan in steps"', "is used twice"),
        ("checklist.toml", 'of = "step"', 'of = "steps"', "no set is named 'steps'"),
        ("checklist.toml", "confidence = 0.85", "confidence = 1.5", "is not between 0 and 1"),
        ("checklist.toml", "heard_in_question = 0", "heard_in_question = 7", "heard_in_question"),
        ("checklist.toml", 'id = "storage_decision"', 'id = "storage"', "is none of"),
        ("checklist.toml", "window = 2", "windows = 2", "unknown key"),
        ("gate.toml", '"(trade off*|tradeoff*)"', '"(trade off"', "topic.13"),
        ("stages.toml", 'id = "wrap_up"', 'id = "estimate"', "wrap_up"),
        ("score.toml", "opening_roadmap = 10", "opening_roadmap = 11", "sum to 101"),
        ("score.toml", "opening_roadmap = 10", "opening = 10", "missing: opening_roadmap"),
        ("score.toml", "rambling = 5", "rumbling = 5", ":25: mistakes.rumbling: is none of"),
        ("score.toml", "rambling = 5", "rambling = -5", ":25: mistakes.rambling: -5 is negative"),
        ("score.toml", "signposts = 1", "signpost = 1", "delivery.signpost: is none of"),
        ("score.toml", "signposts = 1", "signposts = -1", "delivery.signposts: -1 is negative"),
        ("score.toml", "opening_roadmap = 10", "opening_roadmap = -10", "checklist.opening_roadmap: -10 is"),
        ("score.toml", "target = 5", "target = -5", "pacing_outside_target: -5 is negative"),
        ("score.toml", "sure_from = 0.62", "sure_from = 62", "sure_from: 62 is not between 0 and 1"),
        ("feedback.toml", "{first} first", "{one} first", ":85: steps: must hold {first}, {last}, {middle}"),
        ("feedback.toml", "{first} first", "{first first", "steps: braces"),
        (
            "feedback.toml",
            '"{component} in',
            '"{part} in',
            "step_names.deep_dive: must hold no slot, and may",
        ),
        ("feedback.toml", '"{component} in', '"{component in', "step_names.deep_dive: braces"),
        ("feedback.toml", 'clarify = "the', 'clear = "the', "step_names.clear: is none of"),
        ("feedback.toml", "At {time} I heard", "I heard", "must hold {quote}, {time}"),
        (
            "feedback.toml",
            '"From there on I knew',
            '"' + "word " * 30 + '{", "From there on I knew',
            "braces",
        ),
        (
            "feedback.toml",
            '"From there on I knew',
            '"' + "word " * 30 + '", "From there on I knew',
            "at most",
        ),
        (
            "feedback.toml",
            (
                '"From there on I knew where you were heading", "After that I could follow your steps", '
                '"That gave me the whole way in one sentence"'
            ),
            "",
            "at least one",
        ),
        ("feedback.toml", 'any = ["Let me', 'every = ["Let me', "needs the key any"),
        ("feedback.toml", '"I\'ll take {steps}.",', '"I\'ll take {stairs}.",', "must hold no slot"),
        (
            "feedback.toml",
            'noun = "an overview"',
            'noun = "a view that is very much over all of it"',
            "spoken; at most 8",
        ),
        ("feedback.toml", 'item = "storage_decision"', 'item = "storage"', "one table for each"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(
    folder: Path, name: str, old: str, new: str, wanted: str
) -> None:
    assert wanted in spoil(folder, name, old, new)


def test_slots_count_as_the_words_they_may_hold() -> None:
    assert spoken_words('At {time} you said, "{quote}".') == 1 + 4 + 2 + 12
