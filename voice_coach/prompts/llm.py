"""What a language model is told, and what is never said in its words: ``prompts/llm``."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from voice_coach.core.model_guard import GuardCues
from voice_coach.core.model_prompt import ModelPrompt, ModelPrompts
from voice_coach.core.model_state import Job
from voice_coach.prompts.folder import Problem, cue_problems, list_problems, load_checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GUARDS = "guards.toml"
_JSON = "JSON"
"""Endpoints that know no schemas have only these words to go by, and some of them insist on this one."""


def load_model_prompts(folder: Path) -> ModelPrompts:
    """The prompt of each job in *folder*. Raises PromptError."""
    prompts = {job.value: load_checked(_file(folder, job), ModelPrompt, _problems) for job in Job}
    return ModelPrompts(**prompts)


def load_guard_cues(folder: Path) -> GuardCues:
    """The cues in *folder*. Raises PromptError."""
    return load_checked(folder / GUARDS, GuardCues, _cue_problems)


def check_llm(folder: Path) -> list[str]:
    """Every complaint about the files in *folder*."""
    prompts = (
        problem for job in Job for problem in list_problems(_file(folder, job), ModelPrompt, _problems)
    )
    return [*prompts, *list_problems(folder / GUARDS, GuardCues, _cue_problems)]


def _file(folder: Path, job: Job) -> Path:
    return folder / f"{job}.toml"


def _problems(prompt: ModelPrompt) -> Iterator[Problem]:
    if prompt.version < 1:
        yield Problem(("version",), f"{prompt.version}; versions count from 1")
    if _JSON not in prompt.instructions:
        yield Problem(("instructions",), f"must ask for {_JSON}, by that word")


def _cue_problems(cues: GuardCues) -> Iterator[Problem]:
    for field in fields(GuardCues):
        yield from cue_problems((field.name,), getattr(cues, field.name))
