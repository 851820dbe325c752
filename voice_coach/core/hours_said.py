"""How long somebody says that they have: "an hour and a half", "90 minutes", "about two"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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


def hours_said(text: PlainText) -> float | None:
    """The hours that *text* names; a bare number counts as hours. None where it names none."""
    said = text.text
    for part, hours in _PARTS:
        if part.search(said):
            return hours
    numbers = [quantity.value for quantity in quantities(text)]
    if _HOUR.search(said) and not (numbers and not _IN_MINUTES.search(said)):
        hours = 1.0 + (numbers[0] / _MINUTES if numbers else 0.0)
    elif said.split()[-1:] in (["one"], ["1"]) and not numbers:
        hours = 1.0
    elif not numbers:
        return None
    elif _IN_MINUTES.search(said):
        minutes, whole = numbers[-1], numbers[:-1]
        hours = minutes / _MINUTES + (whole[0] if whole else 0.0)
    else:
        hours = numbers[0]
    if _HALF.search(said):
        hours += 0.5
    elif _QUARTER.search(said):
        hours += 0.25
    return hours
