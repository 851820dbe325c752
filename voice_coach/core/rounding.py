"""How numbers are written in the analysis."""

from __future__ import annotations


def seconds(value: float) -> float:
    """To 10 ms, and never minus zero."""
    return round(float(value), 2) + 0.0


def rounded(value: float | None, digits: int) -> float | None:
    """To *digits* after the point, and never minus zero; None stays None."""
    return None if value is None else round(value, digits) + 0.0
