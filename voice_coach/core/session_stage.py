"""Where a rehearsal is, and where it may go from there."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    """Where the rehearsal is."""

    OPENING = "opening"
    ANSWERING = "answering"
    WRAPPING_UP = "wrapping_up"
    CLOSING = "closing"
    ASSESSING = "assessing"
    FEEDBACK = "feedback"
    REVIEWING = "reviewing"
    REDOING = "redoing"
    OFFERING = "offering"
    ENDED = "ended"


STAGES: Mapping[Stage, frozenset[Stage]] = {
    Stage.OPENING: frozenset({Stage.ANSWERING, Stage.CLOSING, Stage.ENDED}),
    Stage.ANSWERING: frozenset({Stage.WRAPPING_UP, Stage.CLOSING, Stage.ENDED}),
    Stage.WRAPPING_UP: frozenset({Stage.CLOSING, Stage.ENDED}),
    Stage.CLOSING: frozenset({Stage.ASSESSING, Stage.ENDED}),
    Stage.ASSESSING: frozenset({Stage.FEEDBACK, Stage.ENDED}),
    Stage.FEEDBACK: frozenset({Stage.REVIEWING, Stage.REDOING, Stage.OFFERING, Stage.ENDED}),
    Stage.REVIEWING: frozenset({Stage.REDOING, Stage.ENDED}),
    Stage.REDOING: frozenset({Stage.REVIEWING, Stage.ENDED}),
    Stage.OFFERING: frozenset({Stage.ENDED}),
    Stage.ENDED: frozenset(),
}
"""Legal transitions."""

TALKING = frozenset({Stage.OPENING, Stage.ANSWERING, Stage.WRAPPING_UP})
"""Stages in which the candidate may speak and command."""
REVIEW = frozenset({Stage.FEEDBACK, Stage.REVIEWING, Stage.REDOING})
"""Stages after the verdicts: what is said is asked about them, or said again, and is no part of the answer."""
