"""What is listened for in how someone speaks, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.cues import check_cue
from voice_coach.core.fillers import FillerPhrases
from voice_coach.core.speech_metrics import SpeechBook
from voice_coach.core.speech_norms import MEASURES, Norm
from voice_coach.prompts.folder import Problem, cue_problems, list_problems, load_checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voice_coach.toml_lines import Key

FILLERS = "fillers.toml"
SPEECH = "speech.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class _SpeechFile:
    __pydantic_config__ = {"extra": "forbid"}

    corrections: tuple[str, ...]
    norm: tuple[Norm, ...]


def load_speech(folder: Path) -> SpeechBook:
    """What stands in *folder*/fillers.toml and *folder*/speech.toml. Raises PromptError."""
    fillers = load_checked(folder / FILLERS, FillerPhrases, _filler_problems)
    speech = load_checked(folder / SPEECH, _SpeechFile, _speech_problems)
    return SpeechBook(fillers=fillers, corrections=speech.corrections, norms=speech.norm)


def check_speech(folder: Path) -> list[str]:
    """Every complaint about the two files."""
    return [
        *list_problems(folder / FILLERS, FillerPhrases, _filler_problems),
        *list_problems(folder / SPEECH, _SpeechFile, _speech_problems),
    ]


def _filler_problems(phrases: FillerPhrases) -> Iterator[Problem]:
    for name, cues in phrases.sets.items():
        for index, cue in enumerate(cues):
            yield from _cue_problem(("sets", name, index), cue, phrases)
    known: set[str] = set()
    for index, verbal in enumerate(phrases.verbal):
        where = ("verbal", index)
        for at, text in enumerate(verbal.text):
            if not text.strip() or text != text.lower():
                yield Problem((*where, "text", at), f"{text!r} must be words in lower case")
            elif text in known:
                yield Problem((*where, "text", at), f"{text!r} stands here twice")
            known.add(text)
        for at, rule in enumerate(verbal.rule):
            yield from _cue_problem((*where, "rule", at, "before"), rule.before, phrases)
            yield from _cue_problem((*where, "rule", at, "after"), rule.after, phrases)


def _cue_problem(where: Sequence[Key], cue: str | None, phrases: FillerPhrases) -> Iterator[Problem]:
    if cue is None:
        return
    try:
        check_cue(cue, phrases.sets)
    except ValueError as error:
        yield Problem(tuple(where), str(error))


def _speech_problems(speech: _SpeechFile) -> Iterator[Problem]:
    yield from cue_problems(("corrections",), speech.corrections)
    known: set[str] = set()
    for index, norm in enumerate(speech.norm):
        if norm.of not in MEASURES:
            yield Problem(
                ("norm", index, "of"), f"{norm.of!r} is no measure; known are {', '.join(MEASURES)}"
            )
        if norm.of in known:
            yield Problem(("norm", index, "of"), f"{norm.of!r} has two norms")
        known.add(norm.of)
        limits = [limit for limit in (norm.low, norm.typical, norm.high) if limit is not None]
        if not limits:
            yield Problem(("norm", index), "needs one of low, typical, high")
        elif limits != sorted(limits):
            yield Problem(("norm", index), "low, typical, high must not decrease")
        if not norm.source.strip():
            yield Problem(("norm", index, "source"), "must say where the numbers come from")
