"""What a judgement consists of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from voice_coach.core.detectors import Detected
from voice_coach.core.gate import Refusal
from voice_coach.core.own_words import OwnWords
from voice_coach.core.stages import Stretch
from voice_coach.core.transcript import Evidence


class Verdict(StrEnum):
    """What can be said about a rubric item."""

    MET = "met"
    NOT_MET = "not_met"
    MADE = "made"
    NOT_MADE = "not_made"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A verdict on one rubric item."""

    id: str
    verdict: Verdict
    why: str
    """One sentence."""
    confidence: float = 0.0
    prompted: bool = False
    evidence: tuple[Evidence, ...] = ()
    heard: Evidence | None = None
    """A few words that show it best; where the item is not met, half of what was looked for."""
    is_doubted: bool = False
    """It was not found, but behind the words in *heard* it may stand, as *why* says."""
    own: str | None = None
    """The same as a clause that a sentence can be built upon."""
    whole: str | None = None
    """The same as one sentence, where it is one."""
    likely: float = 0.0
    """Of an element of the checklist that was not met: how likely the sentence that shows it best does show it."""
    place: float = 0.0
    """Where it was first met, as a share of the candidate's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All verdicts on an answer, every id of the rubric once and in its order."""

    checklist: tuple[Finding, ...]
    mistakes: tuple[Finding, ...]
    delivery: tuple[Finding, ...]
    clarification: tuple[Finding, ...]
    deep_dives: tuple[Finding, ...]
    stretches: tuple[Stretch, ...]
    own: OwnWords
    check_ins_s: tuple[float, ...] = ()
    """The ends of the sentences that asked the interviewer something or offered a choice."""
    refusal: Refusal | None = None
    """Why nothing was judged, or None."""
    detected: Detected | None = field(default=None, repr=False, compare=False)
    """What the detectors said of each sentence; None where nothing was judged."""
