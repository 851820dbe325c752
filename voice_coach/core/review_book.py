"""With what a review is run: what is listened for, what is said, how long is waited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voice_coach.core.review_state import ReviewSettings
    from voice_coach.core.review_texts import ReviewLines
    from voice_coach.core.review_words import ReviewReader


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewBook:
    """Constant throughout a session."""

    reader: ReviewReader
    lines: ReviewLines
    settings: ReviewSettings
