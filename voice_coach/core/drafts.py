"""Provisional words of what has no transcript yet.

The recogniser that is believed takes a second or more for a piece, and hears it only once the piece is cut. A
quicker one looks at the sound meanwhile. Its words are shown, and tell that the turn was handed over; they are
never judged, and each goes when the piece that it lies in is transcribed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voice_coach.core.events import Drafted, PieceCut
    from voice_coach.core.transcript import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """What is known of the sound that has no transcript."""

    words: tuple[Word, ...] = ()
    until_s: float = 0.0
    """Up to where the sound was looked at."""
    settled_s: float = 0.0
    """Up to where there are transcripts."""
    ends_s: Mapping[int, float] = field(default_factory=dict)
    """By piece that is being transcribed, where it ends."""

    def drafted(self, draft: Drafted, pauses: tuple[tuple[float, float], ...]) -> Drafts:
        """With *draft* in place of older ones of the same sound; what was said in *pauses* is left out."""
        if draft.end_s <= max(self.settled_s, self.until_s):
            return self
        fresh = tuple(
            word
            for word in draft.words
            if _middle_s(word) > self.settled_s
            and not any(start_s <= word.start_s < end_s for start_s, end_s in pauses)
        )
        kept = tuple(word for word in self.words if _middle_s(word) <= draft.start_s)
        return replace(self, words=(*kept, *fresh), until_s=draft.end_s)

    def cut(self, piece: PieceCut) -> Drafts:
        """With *piece* on its way to be transcribed."""
        return replace(self, ends_s={**self.ends_s, piece.piece: piece.end_s})

    def transcribed(self, piece: int) -> Drafts:
        """Without the words of *piece*, whose transcript has come."""
        settled_s = max(self.settled_s, self.ends_s.get(piece, 0.0))
        ends_s = {other: end_s for other, end_s in self.ends_s.items() if other != piece}
        words = tuple(word for word in self.words if _middle_s(word) > settled_s)
        return replace(self, words=words, settled_s=settled_s, ends_s=ends_s)


def _middle_s(word: Word) -> float:
    return (word.start_s + word.end_s) / 2.0
