"""Numbers and times as they are said: "two minutes ten"."""

from __future__ import annotations

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_MINUTE_S = 60
_HOUR_S = 3600


def spoken_number(number: int) -> str:
    """A whole number of 0 and more in words."""
    if number < len(_SMALL):
        return _SMALL[number]
    if number < 100:  # noqa: PLR2004 - the decimal system
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
    if number < 1000:  # noqa: PLR2004
        hundreds, rest = divmod(number, 100)
        return f"{_SMALL[hundreds]} hundred" + (f" and {spoken_number(rest)}" if rest else "")
    thousands, rest = divmod(number, 1000)
    return f"{spoken_number(thousands)} thousand" + (f" {spoken_number(rest)}" if rest else "")


def spoken_moment(at_s: float) -> str:
    """A point in the answer, to the second: "forty seconds", "two minutes ten", "one hour five minutes"."""
    seconds = max(0, round(at_s))
    if seconds < _MINUTE_S:
        return _counted(seconds, "second")
    if seconds >= _HOUR_S:
        hours, rest = divmod(seconds, _HOUR_S)
        minutes = rest // _MINUTE_S
        return _counted(hours, "hour") + (f" {_counted(minutes, 'minute')}" if minutes else "")
    minutes, rest = divmod(seconds, _MINUTE_S)
    return _counted(minutes, "minute") + (f" {spoken_number(rest)}" if rest else "")


def spoken_length(length_s: float) -> str:
    """A duration rounded for the ear: to five seconds below two minutes, to half a minute above."""
    if length_s < 2 * _MINUTE_S:
        return spoken_moment(max(5, 5 * round(length_s / 5)))
    halves = round(length_s / 30)
    minutes, half = divmod(halves, 2)
    return f"{spoken_number(minutes)}{' and a half' if half else ''} minutes"


def spoken_limit(limit_s: float) -> str:
    """A limit, which is not rounded away: to five seconds, half minutes as in :func:`spoken_length`."""
    near_s = 5 * round(limit_s / 5)
    return spoken_length(near_s) if near_s % 30 == 0 else spoken_moment(near_s)


def _counted(number: int, unit: str) -> str:
    return f"{spoken_number(number)} {unit}{'' if number == 1 else 's'}"
