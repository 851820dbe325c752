"""Whether two words sound nearly the same."""

from __future__ import annotations

from functools import lru_cache

import jellyfish
from rapidfuzz import fuzz

_SAME_SOUND = 62.0
"""Likeness in letters (0 to 100) that two words of the same metaphone need."""
_LIKE = 84.0
"""The same whatever they sound like: "cash" and "cache", "shards" and "sharding" without their endings."""


@lru_cache(maxsize=65_536)
def alike(one: str, other: str) -> bool:
    """Whether *one* may be written for *other*."""
    likeness = fuzz.ratio(one, other)
    if likeness >= _LIKE:
        return True
    return likeness >= _SAME_SOUND and jellyfish.metaphone(one) == jellyfish.metaphone(other)
