from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.core.bundled import CONTENT
from tests.core.feedback_laws import GRADES, parts_in
from tests.core.spoken import RUBRIC, candidate
from voice_coach.core.english import MODALS, VERBS
from voice_coach.core.errors import PromptError
from voice_coach.core.faults import IDS
from voice_coach.core.rubric_ids import CHECKLIST, CLARIFICATION, DEEP_DIVES, DELIVERY
from voice_coach.core.speech_faults import ITEMS
from voice_coach.prompts.feedback_texts import spoken_words
from voice_coach.prompts.rubric import load_rubric, strings_of

TEXTS = CONTENT.rubric.feedback


def test_there_is_advice_for_every_id_and_praise_for_all_that_can_be_met() -> None:
    assert sorted(advice.item for advice in TEXTS.advice) == sorted((*IDS, *ITEMS))
    met = (*CHECKLIST, *DELIVERY, *CLARIFICATION, *DEEP_DIVES)
    assert sorted(praise.item for praise in TEXTS.praise) == sorted(met)


def lines() -> list[str]:
    """All that may be said, without the cues."""
    cues = {cue for advice in TEXTS.advice for cue in advice.keys}
    cues |= {cue for advice in TEXTS.advice for cue in (*advice.goes_on, *advice.announced)}
    cues |= {cue for praise in TEXTS.praise for cue in praise.keys}
    cues |= {cue for subject in TEXTS.subjects.values() for cue in subject}
    return [line for line in strings_of(TEXTS) if line not in cues and " " in line]


def test_no_line_grades_or_speaks_of_the_person() -> None:
    for line in lines():
        assert not GRADES.search(line), line


def test_no_line_names_a_part_that_the_candidate_may_not_have_said() -> None:
    for line in lines():
        assert not parts_in(candidate(re.sub(r"\{\w+\}", "it", line))), line


def test_kinds_are_of_one_category() -> None:
    categories = {term.id: term.category for term in CONTENT.lexicon.term}
    wanted = {"memory": "cache", "tools": "product"}
    for kind, ids in TEXTS.kinds.items():
        assert {categories.get(id_) for id_ in ids} == {wanted.get(kind, "store")}, kind


def test_what_is_said_most_has_many_variants() -> None:
    for advice in TEXTS.advice:
        if advice.item in CHECKLIST:
            assert min(len(advice.alone), len(advice.redo)) >= 4, advice.item
            assert len(advice.why) >= 3, advice.item


def complaint(tmp_path: Path, old: str, new: str) -> str:
    """What is said of the feedback's texts after replacing the first *old*."""
    folder = Path(shutil.copytree(RUBRIC, tmp_path / "rubric"))
    path = folder / "feedback.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(PromptError) as caught:
        load_rubric(folder)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("At {time} I heard", "I heard", "heard.0: must hold {quote}, {time} and no other"),
        ('"{line}, and it came unasked."', '"{line}, and {it"', "strength_unprompted.1: braces"),
        ('"{line}, and it came unasked."', '"{line} ' + "word " * 30 + '"', "at most 25"),
        ('heard = ["At {time} I heard, \\"{quote}\\"."]', "heard = []", "heard: needs at least one line"),
        (
            '  queue = ["The first version does',
            '  line = ["The first version does',
            "try_saying.line: is none of",
        ),
        ('  any = ["Let me take {component}', '  cache = ["Let me take {component}', "needs the key any"),
        ('"I\'ll take {steps}."', '"I\'ll take {stairs}."', "may hold {component}, "),
        (
            '"Let me take that one step at a time."]',
            '"Let me take {component}."]',
            "must hold no slot and no other",
        ),
        ('noun = "an overview"', f'noun = "{"view " * 9}"', "up to 9 words spoken; at most 8"),
        ('item = "storage_decision"', 'item = "storage"', "advice: needs one table for each of"),
        ("keys = [\"(there's|", "keys = [\"((there's|", "praise.2.keys.0"),
        ('"store together" =', '"store alone" =', "no subject is named 'alone'"),
        ('together = ["(money', 'together = ["((money', "subjects.together.0"),
        ('deep_dive = "{component}', 'deepest = "{component}', "step_names.deepest: is none of"),
        (
            'short = [\n  "Your answer ended',
            'brief = [\n  "Your answer ended',
            "length_edge.short: needs at least one",
        ),
    ],
)
def test_a_mistake_is_named_with_file_and_key(tmp_path: Path, old: str, new: str, wanted: str) -> None:
    assert wanted in complaint(tmp_path, old, new)


def test_slots_count_as_the_words_they_may_hold() -> None:
    assert spoken_words('At {time} you said, "{quote}".') == 1 + 4 + 2 + 12
    assert spoken_words("{Component} is there.") == 3 + 2


MOST_SAID = 30
"""Words of what is suggested to say."""
NAMING = VERBS | MODALS | {"state", "shape", "size", "name", "draw"}


def sayable(line: str) -> bool:
    """Whether *line* is one or two sentences that can be said as they stand, and no heading with a list behind it."""
    filled = re.sub(r"\{\w+\}", "it", line)
    before = re.split(r"[\s,]+", filled.partition(":")[0].lower())
    is_heading = ":" in filled and not any(word in NAMING or "'" in word for word in before)
    ends = len(re.findall(r"[.?!](?= |$)", filled))
    return 1 <= ends <= 2 and filled.endswith((".", "?")) and not is_heading


def test_all_that_is_suggested_can_be_said_as_it_stands() -> None:
    for advice in TEXTS.advice:
        for line in [*advice.next_saying, *(line for lines in advice.try_saying.values() for line in lines)]:
            assert sayable(line), line
            filled = [*re.sub(r"\{\w+\}", "", line).split(), *(["word"] * 4 * line.count("{"))]
            assert len(filled) <= MOST_SAID, line


@pytest.mark.parametrize(
    "line",
    [
        "Three boxes before {component}: who asks, who answers, and where it is kept.",
        "What has to hold: nothing confirmed is lost. And so on. And on.",
        "One request, end to end",
    ],
)
def test_a_heading_is_nothing_that_can_be_said(line: str) -> None:
    assert not sayable(line)
