"""Words that stand for one another where the coach looks for what somebody says to have said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.cue_index import CueIndex
from voice_coach.core.lexicon_cues import term_cue

if TYPE_CHECKING:
    from voice_coach.core.content import Lexicon


@dataclass(frozen=True, slots=True, kw_only=True)
class SameWords:
    """Words that mean the same, or nearly (``prompts/same_words.toml``)."""

    __pydantic_config__ = {"extra": "forbid"}

    same: Mapping[str, tuple[str, ...]]
    """By a name of the group; cues."""


def same_index(words: SameWords, lexicon: Lexicon) -> CueIndex:
    """Finds the groups of *words*, and the terms of *lexicon* however they are written, by name."""
    terms = {f"term {term.id}": (term_cue(term),) for term in lexicon.term}
    return CueIndex({**words.same, **terms}, {})
