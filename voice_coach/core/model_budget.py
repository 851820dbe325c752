"""What requests to a language model come to, by what the endpoint counts and by what we know ourselves."""

from __future__ import annotations

import math
from dataclasses import dataclass

TOKEN_CHARACTERS = 3.5
"""Of English and JSON; 4 are usual, so that this is no less than what is counted elsewhere."""
_MOST_OVER = 8.0
"""A count that is so many times what was sent is no count."""


def estimated(characters: int) -> int:
    """Tokens of a text of so many characters."""
    return math.ceil(characters / TOKEN_CHARACTERS)


def counted(reported: int | None, estimate: int, most: int) -> int:
    """What is taken for the count: the larger of both, but no more than could be.

    An endpoint that counts too little would make a session cost more than is allowed, one that counts absurdly much
    would end its use at once; *most* is what the request allowed.
    """
    return max(estimate, min(reported or 0, most))


def most_sent(estimate: int) -> int:
    """The most that an estimate of what was sent may be off."""
    return math.ceil(_MOST_OVER * estimate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Of a million tokens; 0: not known."""

    sent: float
    received: float

    def of(self, sent: int, received: int) -> float:
        """What so many tokens cost."""
        return (sent * self.sent + received * self.received) / 1e6
