"""How a verdict is told to people: as a fact, or as doubt. The one rule for the screen and for the report."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

_DOUBT = 0.01
"""So far below the rubric's confidence a doubt is."""
_GOOD = frozenset({"met", "not_made"})
_NOT_ASSESSED = "not_assessed"


class Told(StrEnum):
    """What a verdict amounts to for whoever reads it."""

    GOOD = "good"
    BAD = "bad"
    DOUBT = "doubt"
    """It may be mistaken, whichever way it went."""
    NONE = "none"
    """Nothing was judged."""


def told(finding: Mapping[str, Any], doubt_below: float) -> Told:
    """What *finding*, a verdict of an analysis, amounts to; one of less confidence than *doubt_below* is in doubt."""
    if finding["verdict"] == _NOT_ASSESSED:
        return Told.NONE
    if finding["confidence"] < doubt_below:
        return Told.DOUBT
    return Told.GOOD if finding["verdict"] in _GOOD else Told.BAD


def in_doubt(confidence: float, doubt_below: float) -> float:
    """*confidence*, or less, so that it is told as doubt."""
    return min(confidence, doubt_below - _DOUBT)
