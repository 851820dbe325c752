"""A line of the feedback, and what it is about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackLine:
    """What is read out in one go."""

    text: str
    about: str | None = None
    """A rubric id, ``pacing`` or a measure of speech; None where it is about several or nothing was judged."""
