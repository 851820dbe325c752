"""What a language model is told: a document of JSON, so that nothing said can pass for an instruction of ours.

JSON quotes every character that could end a text, so where the candidate's words begin and end is never in doubt.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.model_state import Job
from voice_coach.core.transcript import Speaker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voice_coach.core.commands import AskModel
    from voice_coach.core.content import Question
    from voice_coach.core.session_state import SessionState

_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPrompt:
    """What it is told to do with the document."""

    __pydantic_config__ = _STRICT

    version: int
    instructions: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPrompts:
    """One for each job."""

    follow_up: ModelPrompt
    answer: ModelPrompt
    opinion: ModelPrompt

    def of(self, job: Job) -> ModelPrompt:
        """The prompt of *job*."""
        prompt: ModelPrompt = getattr(self, job.value)
        return prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a session is about, for a model."""

    question: Question
    level: str
    role: str
    style: str
    lately_s: float
    """What the candidate said before is left out, but for the opinion.

    The coach's own lines, which may quote it, and the questions that the model has answered are all told, so that
    nothing is asked twice or told in two ways.
    """
    elements: Mapping[str, str]
    """What each id of the rubric means."""


def document(ask: AskModel, state: SessionState, setting: Setting) -> str:
    """The document for *ask*."""
    facts = {fact.id: fact.answer for fact in setting.question.facts}
    content: dict[str, object] = {
        "question": setting.question.asked,
        "level": setting.level,
        "role": setting.role,
        "company_style": setting.style,
    }
    match ask.job:
        case Job.FOLLOW_UP:
            content |= {
                "facts": facts,
                "instead_of": ask.about,
                "about": {"id": ask.gap, "means": setting.elements.get(ask.gap or "", "")},
                "covered": sorted(state.covered),
                "already_asked": [
                    turn.text for turn in state.transcript.turns if turn.speaker is Speaker.COACH
                ],
                "last_minutes": _said(state, state.at_s - setting.lately_s),
            }
        case Job.ANSWER:
            content |= {
                "facts": facts,
                "told_before": [{"asked": asked, "told": told} for asked, told in state.model.told],
                "last_minutes": _said(state, state.at_s - setting.lately_s),
                "asked": ask.about,
            }
        case Job.OPINION:
            content |= {"elements": dict(setting.elements), "transcript": _said(state, 0.0)}
    return json.dumps(content, ensure_ascii=False, indent=1)


def _said(state: SessionState, from_s: float) -> list[dict[str, str]]:
    said = []
    for turn in state.known.turns:
        words = [word.text for word in turn.words if word.start_s >= from_s]
        if words:
            who = "candidate" if turn.speaker is Speaker.CANDIDATE else "interviewer"
            said.append({"speaker": who, "text": " ".join(words)})
    return said
