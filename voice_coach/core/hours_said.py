"""How long somebody says that they have: "an hour and a half", "90 minutes", "about two"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voice_coach.core.cues import plain
from voice_coach.core.quantities import quantities

if TYPE_CHECKING:
    from voice_coach.core.cues import PlainText

_MINUTES = 60.0
_PARTS = (
    (re.compile(r"\b(three quarters) of an hour\b"), 0.75),
    (re.compile(r"\bhalf (an hour|hour)\b"), 0.5),
    (re.compile(r"\b(a )?quarter of an hour\b"), 0.25),
)
_HALF = re.compile(r"\band (a )?half\b")
_QUARTER = re.compile(r"\band a quarter\b")
_HOUR = re.compile(r"\b(one|an|a|1) (single )?(hour|and (a )?(half|quarter))\b")
_IN_MINUTES = re.compile(r"\bminutes?\b")
_TO_AN_HOUR = re.compile(r"\bhours? (.*)")
"""What follows it may be minutes that are not called so: "one hour thirty"."""
_LEAST_MINUTES = 10.0
"""Of these."""
_TIME_OF_DAY = re.compile(
    r"\b(until|till|til|o'clock|oclock|p ?m|past|quarter to|midnight|(at|by) (?!(the )?(least|most)))\b"
)
"""It is not asked what time it is, and the evening cannot know which one is meant."""


def hours_said(text: PlainText) -> float | None:
    """The hours that *text* names; a bare number counts as hours. None where it names none, or a time of day."""
    said = text.text
    if _TIME_OF_DAY.search(said):
        return None
    for part, hours in _PARTS:
        if part.search(said):
            return hours
    numbers = [quantity.value for quantity in quantities(text)]
    is_in_minutes = _IN_MINUTES.search(said) or _has_bare_minutes(said)
    if _HOUR.search(said) and not (numbers and not is_in_minutes):
        hours = 1.0 + (numbers[0] / _MINUTES if numbers else 0.0)
    elif said.split()[-1:] in (["one"], ["1"]) and not numbers:
        hours = 1.0
    elif not numbers:
        return None
    elif is_in_minutes:
        minutes, whole = numbers[-1], numbers[:-1]
        hours = minutes / _MINUTES + (whole[0] if whole else 0.0)
    else:
        hours = numbers[0]
    if _HALF.search(said):
        hours += 0.5
    elif _QUARTER.search(said):
        hours += 0.25
    return hours


def _has_bare_minutes(said: str) -> bool:
    after = _TO_AN_HOUR.search(said)
    return after is not None and any(
        quantity.value >= _LEAST_MINUTES for quantity in quantities(plain(after[1]))
    )
