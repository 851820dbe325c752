"""The lexicon's file: what ships is sound, and what is wrong in one is said with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_coach.core.errors import PromptError
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.lexicon import CATEGORIES, check_lexicon, load_lexicon, load_stt_prompt

TERM = '[[term]]\nid = "redis"\ntext = "Redis"\ncategory = "cache"\n'


def write(folder: Path, text: str) -> Path:
    (folder / "lexicon.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_lexicon_is_sound_and_large() -> None:
    assert check_lexicon(prompts_folder()) == []
    lexicon = load_lexicon(prompts_folder())
    assert len(lexicon.term) >= 200
    assert {term.category for term in lexicon.term} == set(CATEGORIES)
    assert {"um", "uh", "er"} <= set(lexicon.fillers)


def test_the_shipped_prompt_is_one_line_with_fillers_and_terms() -> None:
    prompt = load_stt_prompt(prompts_folder())
    assert "\n" not in prompt
    assert "um," in prompt.lower()
    assert "idempotency key" in prompt


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (TERM + TERM, "redis"),
        (TERM.replace("cache", "cash"), "'cash' is no category; known are store, cache"),
        (TERM.replace("Redis", "--"), "has no letter"),
        (TERM + 'aliases = ["..."]\n', "'...' has no letter"),
        (TERM + 'aliases = ["redis"]\n', "the term's own spelling"),
        (TERM + 'doubtful = ["release"]\n', "needs `context`"),
        (TERM + 'aliases = ["riddies", "Riddies"]\n', "'Riddies' already stands under 'redis'"),
        (
            TERM + 'aliases = ["key"]\n' + TERM.replace("edis", "edis key"),
            "'key' is part of the term 'redis key'",
        ),
        (TERM + 'alias = ["riddies"]\n', "unknown key"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, text: str, complaint: str) -> None:
    folder = write(tmp_path, text)
    complaints = check_lexicon(folder)
    assert complaint in " ".join(complaints)
    assert complaints[0].startswith(f"{folder / 'lexicon.toml'}:")
    with pytest.raises(PromptError) as caught:
        load_lexicon(folder)
    assert str(caught.value) == complaints[0]


def test_a_term_may_name_its_own_spelling_as_doubtful(tmp_path: Path) -> None:
    text = TERM + 'doubtful = ["redis"]\ncontext = ["cach*"]\n'
    assert check_lexicon(write(tmp_path, text)) == []


@pytest.mark.parametrize(("prompt", "words"), [("", 0), ("um " * 121, 121)])
def test_a_prompt_of_the_wrong_length_is_refused(tmp_path: Path, prompt: str, words: int) -> None:
    (tmp_path / "stt.toml").write_text(f'prompt = "{prompt}"\n', encoding="utf-8")
    with pytest.raises(PromptError, match=f"stt.toml:1: prompt: {words} words; 1 to 120"):
        load_stt_prompt(tmp_path)
