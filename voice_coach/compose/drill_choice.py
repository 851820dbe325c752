"""Which drill comes first where none is named."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """The drill that is needed most."""

    kind: str
    why: str
    """One spoken sentence."""


def most_needed() -> Needed:
    """What holds all other drills together: nothing is known of the person."""
    return Needed(
        kind="framework", why="I know nothing of you yet, and the seven steps hold everything else."
    )
