"""Chance that repeats itself: numbers that a session's seed alone decides."""

from __future__ import annotations

import zlib


def drawn(seed: int, what: str) -> float:
    """A number from 0 up to 1 for *what*, evenly spread over the seeds."""
    return zlib.crc32(f"{what} {seed}".encode()) / 2**32
