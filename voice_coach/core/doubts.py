"""What keeps a verdict from being told flatly: words behind which that may stand which was not found.

A detector that misses a remedy says that there was none, and is as sure of it as where nothing was said at all. Where
the candidate says that something fails, "nothing can fail here" is contradicted by the transcript, and that no remedy
was heard is at most a doubt. What such words are is data (``[[doubt]]`` in ``prompts/rubric/reasons.toml``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from voice_coach.core.cues import Cue, PlainText, Span, any_of, compile_cue, sentence_text
from voice_coach.core.heard import Heard
from voice_coach.core.rubric import Doubt, Rubric


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Words that were said, and what they keep from being told."""

    doubt: Doubt
    line: int
    span: Span
    """Of the words of that line."""


class Doubts:
    """Compiles the cues once; holds nothing of what it has heard.

    Raises ValueError for a malformed cue (the loader checks them before and names the file and line).
    """

    def __init__(self, rubric: Rubric, sets: Mapping[str, Sequence[str]]) -> None:
        """*sets*: those that cues may name, the lexicon's among them."""
        self._doubts = [
            (doubt, _compiled(doubt.said, sets), _compiled(doubt.unless, sets))
            for doubt in rubric.reasons.doubt
        ]
        self._negation = _compiled(rubric.checklist.negation, sets)
        self._reach = rubric.checklist.negation_reach

    def named(self, id_: str, heard: Heard, likely: Sequence[float]) -> Named | None:
        """What was said that keeps *id_* from being told flatly; None where nothing was.

        Of several lines that which shows most, by *likely*, a number for each line.
        """
        found = [
            Named(doubt=doubt, line=number, span=span)
            for doubt, cue, unless in self._doubts
            if id_ in (*doubt.not_flat, *doubt.not_made)
            for number, line in enumerate(heard.lines)
            if line.words_before >= (1.0 - (doubt.last_share or 1.0)) * len(heard.words)
            for span in self._affirmed(cue, unless, sentence_text(line.words))
        ]
        return max(found, key=lambda item: (likely[item.line], -item.line, -item.span.first), default=None)

    def _affirmed(self, cue: Cue | None, unless: Cue | None, text: PlainText) -> Iterator[Span]:
        negations, exceptions = list(_all(self._negation, text)), list(_all(unless, text))
        for span in _all(cue, text):
            is_negated = any(0 <= span.first - negation.end < self._reach for negation in negations)
            if not is_negated and not any(
                span.first < other.end and other.first < span.end for other in exceptions
            ):
                yield span


def _compiled(cues: Sequence[str], sets: Mapping[str, Sequence[str]]) -> Cue | None:
    return any_of([compile_cue(cue, sets) for cue in cues]) if cues else None


def _all(cue: Cue | None, text: PlainText) -> Iterator[Span]:
    return iter(()) if cue is None else cue.find_all(text)
