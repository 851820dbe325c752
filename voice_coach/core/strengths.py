"""Chooses what worked: one thing that was met, surely, with words that may be read out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from voice_coach.core.advice import Praise
from voice_coach.core.findings import Assessment, Finding, Verdict
from voice_coach.core.quotes import Quotes, overlap
from voice_coach.core.rubric import FeedbackTexts
from voice_coach.core.transcript import Evidence

_QUOTED = 0.3
"""What it adds to a strength that it can be read out."""
_UNPROMPTED = 0.1
_CLOSE = 0.12
"""So much less is as good."""
_SURE = 0.8
"""Nothing is praised with less confidence than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """Something that was met."""

    praise: Praise
    finding: Finding
    heard: Evidence | None
    worth: float


class Strengths:
    """What worked in one answer, the best first."""

    def __init__(self, assessment: Assessment, texts: FeedbackTexts, quotes: Quotes) -> None:
        self._praise = {praise.item: praise for praise in texts.praise}
        self._quotes = quotes
        self._ranked = sorted(self._found(assessment), key=lambda strength: -strength.worth)

    def best(
        self, without_themes: Collection[str], without: Sequence[Evidence], turn: int
    ) -> Strength | None:
        """The best, or by *turn* one that is as good, of those that are of no such theme and surely met, with other
        words than *without*; None where there is none.
        """
        apart = [strength for strength in self._ranked if strength.praise.theme not in without_themes]
        close = [strength for strength in apart if strength.worth >= apart[0].worth - _CLOSE]
        if not close:
            return None
        chosen = close[turn % len(close)]
        if chosen.heard is None or not any(overlap(chosen.heard, other) for other in without):
            return chosen
        return replace(chosen, heard=self._quote(chosen.praise, chosen.finding, without))

    def noun(self, item: str) -> str:
        """What *item* is, to go in a sentence."""
        return self._praise[item].noun

    def others(self, best: Strength | None, without_themes: Collection[str]) -> list[str]:
        """The nouns of what else was surely met, each theme once."""
        themes = {*without_themes} | ({best.praise.theme} if best else set())
        nouns: list[str] = []
        for strength in self._ranked:
            if strength.praise.theme not in themes:
                themes.add(strength.praise.theme)
                nouns.append(strength.praise.noun)
        return nouns

    def _quote(self, praise: Praise, finding: Finding, without: Sequence[Evidence] = ()) -> Evidence | None:
        """Words that show what is praised; None where there are none that may be read out."""
        return self._quotes.best(
            finding, praise.keys, without, must_hold=bool(praise.keys), may_ask=praise.may_ask
        )

    def _found(self, assessment: Assessment) -> Iterator[Strength]:
        groups = assessment.checklist, assessment.delivery, assessment.clarification, assessment.deep_dives
        for finding in [finding for group in groups for finding in group]:
            if finding.verdict is Verdict.MET and finding.confidence >= _SURE:
                praise = self._praise[finding.id]
                heard = self._quote(praise, finding)
                extra = (_QUOTED if heard else 0.0) + (0.0 if finding.prompted else _UNPROMPTED)
                yield Strength(
                    praise=praise,
                    finding=finding,
                    heard=heard,
                    worth=praise.value * finding.confidence + extra,
                )
