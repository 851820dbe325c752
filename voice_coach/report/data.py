"""What a report is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from voice_coach.core.content import Lexicon

FEWEST_EARLIER = 3
"""Before that many sessions there is nothing to compare with."""
_CITED = (("checklist", "met"), ("mistakes", "made"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier session of the same person, as far as it is compared."""

    score: float | None
    speech: Mapping[str, float]
    """Measures of speech by name; what was not measured is left out."""
    met: frozenset[str]
    """The elements of the checklist that were heard."""
    judged: frozenset[str]
    """Those that were judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A session, ready to be shown."""

    name: str
    """Its folder's."""
    title: str
    """What was asked, in words."""
    started: str
    """When, in words; empty where the folder's name does not say."""
    analysis: Mapping[str, Any]
    """``session.json``, in the contract's form."""
    journal: Sequence[Mapping[str, Any]] = ()
    lexicon: Lexicon = field(default_factory=lambda: Lexicon(term=()))
    doubt_below: float = 0.62
    """A verdict of less confidence is said as doubt."""
    earlier: Sequence[Earlier] = ()
    """Oldest first."""
    sound: Callable[[], str] | None = None
    """Gives the recording as a ``data:`` address; called last, so that it may still be at work. None: there is none."""

    @property
    def is_timed(self) -> bool:
        """Whether times were measured; otherwise they were laid out."""
        return "times" not in self.analysis["source"]

    @property
    def has_sound(self) -> bool:
        """Whether words can be heard."""
        return self.sound is not None and self.is_timed

    @property
    def turns(self) -> Sequence[Mapping[str, Any]]:
        """The transcript."""
        turns: Sequence[Mapping[str, Any]] = self.analysis["transcript"]["turns"]
        return turns

    @property
    def candidate_words(self) -> list[Mapping[str, Any]]:
        """All that the candidate said."""
        return [word for turn in self.turns if turn["speaker"] == "candidate" for word in turn["words"]]

    @property
    def is_drill(self) -> bool:
        """Whether it is an attempt at a drill, which is judged on its own items and on nothing else."""
        return bool(self.analysis.get("drill"))

    @property
    def stages(self) -> Sequence[Mapping[str, Any]]:
        """The stages of the answer in order of time; a drill has none."""
        stages: Sequence[Mapping[str, Any]] = () if self.is_drill else self.analysis["pacing"]["stages"]
        return stages

    def cited(self) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
        """The verdicts whose quotes are marked: group, verdict, and whether it counts for the candidate."""
        found = {"drill": self.analysis["drill"].get("items") or ()} if self.is_drill else self.analysis
        for name, verdict in (("drill", "met"),) if self.is_drill else _CITED:
            for finding in found[name]:
                if finding.get("verdict") == verdict:
                    yield name, finding, verdict == "met"

    def lines(self, *kinds: str) -> list[Mapping[str, Any]]:
        """The journal's lines of *kinds*, in order."""
        return [line for line in self.journal if line.get("kind") in kinds]
