"""What a language model is told, as files."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from voice_coach.core.errors import PromptError
from voice_coach.core.model_state import Job
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.llm import check_llm, load_guard_cues, load_model_prompts

if TYPE_CHECKING:
    from pathlib import Path

BUNDLED = prompts_folder() / "llm"


def test_each_job_has_a_prompt_with_a_version() -> None:
    prompts = load_model_prompts(BUNDLED)
    assert all(prompts.of(job).version >= 1 and "data" in prompts.of(job).instructions for job in Job)
    assert load_guard_cues(BUNDLED).verdict
    assert check_llm(BUNDLED) == []


@pytest.mark.parametrize(
    ("name", "right", "wrong", "where"),
    [
        ("follow_up.toml", "version = 1", "version = 0", "version: 0; versions count from 1"),
        ("answer.toml", "JSON", "YAML", "instructions: must ask for JSON"),
        ("opinion.toml", "version", "edition", "edition: unknown key"),
        ("guards.toml", "out of (ten", "out of ((ten", "verdict"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, name: str, right: str, wrong: str, where: str) -> None:
    folder = tmp_path / "llm"
    shutil.copytree(BUNDLED, folder)
    text = (folder / name).read_text(encoding="utf-8")
    assert right in text
    (folder / name).write_text(text.replace(right, wrong), encoding="utf-8")
    load = load_guard_cues if name == "guards.toml" else load_model_prompts
    with pytest.raises(PromptError) as caught:
        load(folder)
    assert where in str(caught.value)
    assert check_llm(folder) == [str(caught.value)]
