"""What is listened for in speech: what ships is sound, and what is wrong is said with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from voice_coach.core.errors import PromptError
from voice_coach.core.fillers import FillerFinder
from voice_coach.core.restarts import RepairFinder
from voice_coach.core.speech_norms import MEASURES
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.speech import FILLERS, SPEECH, check_speech, load_speech

VERBAL = '[[verbal]]\ntext = ["well"]\n'
NORM = '[[norm]]\nof = "wpm"\nlow = 1\nhigh = 2\nsource = "a test"\n'


def folder_with(tmp_path: Path, name: str, text: str) -> Path:
    for file in (FILLERS, SPEECH):
        shutil.copy(prompts_folder() / file, tmp_path / file)
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_what_ships_is_sound() -> None:
    assert check_speech(prompts_folder()) == []
    book = load_speech(prompts_folder())
    FillerFinder(book.fillers)
    RepairFinder(book.corrections)
    assert {"like", "so", "right", "you know", "i mean", "kind of", "sort of", "basically", "actually"} <= {
        text for verbal in book.fillers.verbal for text in verbal.text
    }


def test_every_norm_has_a_source_and_all_that_has_a_known_one_has_a_norm() -> None:
    norms = {norm.of: norm for norm in load_speech(prompts_folder()).norms}
    assert set(MEASURES) - set(norms) == {"median_pause_s"}
    assert all(len(norm.source.split()) > 5 for norm in norms.values())


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        (FILLERS, VERBAL.replace("well", "Well"), "'Well' must be words in lower case"),
        (FILLERS, VERBAL.replace("well", " "), "must be words in lower case"),
        (FILLERS, VERBAL + VERBAL, "'well' stands here twice"),
        (FILLERS, VERBAL + 'rule = [{ fills = true, before = "(is" }]', "a bracket is not closed"),
        (FILLERS, VERBAL + 'rule = [{ fills = true, after = "{be}" }]', "unknown set {be}"),
        (FILLERS, VERBAL + 'rule = [{ fills = true, left = ["gap"] }]', "must be 'none', 'break'"),
        (FILLERS, '[sets]\nbe = ["(is"]\n' + VERBAL, "a bracket is not closed"),
        (FILLERS, VERBAL + "fills = true\n", "unknown key"),
        (SPEECH, 'corrections = ["(scratch"]\n' + NORM, "a bracket is not closed"),
        (SPEECH, "corrections = []\n" + NORM.replace("wpm", "pace"), "'pace' is no measure; known are wpm"),
        (SPEECH, "corrections = []\n" + NORM + NORM, "'wpm' has two norms"),
        (SPEECH, "corrections = []\n" + NORM.replace("low = 1", "low = 3"), "must not decrease"),
        (
            SPEECH,
            "corrections = []\n" + NORM.replace("low = 1\nhigh = 2\n", ""),
            "needs one of low, typical, high",
        ),
        (SPEECH, "corrections = []\n" + NORM.replace("a test", " "), "must say where the numbers come from"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(
    tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    folder = folder_with(tmp_path, name, text)
    complaints = check_speech(folder)
    assert complaint in " ".join(complaints)
    assert complaints[0].startswith(f"{folder / name}:")
    with pytest.raises(PromptError) as caught:
        load_speech(folder)
    assert str(caught.value) == complaints[0]
