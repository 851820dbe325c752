"""Nothing is counted in the plural of which there is one: in the lines that are spoken, and in what is shown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import pytest

from voice_coach.core.counting import counted
from voice_coach.core.evening_told import spoken_hours
from voice_coach.core.speakable_time import spoken_length, spoken_limit, spoken_moment
from voice_coach.prompts.folder import prompts_folder

COUNTS = ("number", "count", "all", "missed", "parts", "total", "lost")
"""Slots that are filled with a number alone. Those of times and lengths bring their unit along; paces and counts of
fillers are rounded to fives.
"""
PLURAL = re.compile(r"(?<![-\w])(?<!and )(?:one|1) (?:more )?(\w+s)\b")
SINGULAR = {"is", "was", "this", "us", "has", "less", "address", "process", "pass", "class"}
NEVER_ONE = {
    ("next_drill", "days"),
    ("next_drill", "weeks"),
    ("next_drill", "months"),
    ("next_drill", "missing"),
    ("evening", "answer.plural"),
}
"""Keys whose count is never one where the line is used, as test_next_drill.py and test_evening.py say."""


def strings(found: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Each text with the key that it stands under."""
    if isinstance(found, str):
        yield key, found
    elif isinstance(found, list):
        for item in found:
            yield from strings(item, key)
    elif isinstance(found, dict):
        for name, item in found.items():
            yield from strings(item, f"{key}.{name}" if key else name)


def plurals_of_one(text: str) -> list[str]:
    return [noun for noun in PLURAL.findall(text) if noun not in SINGULAR]


def test_no_line_counts_one_in_the_plural() -> None:
    wrong = []
    for path in prompts_folder().rglob("*.toml"):
        for key, text in strings(tomllib.loads(path.read_text(encoding="utf-8"))):
            if any(f"{{{slot}}}" in text for slot in COUNTS) and (path.stem, key) not in NEVER_ONE:
                filled = re.sub("|".join(f"\\{{{slot}\\}}" for slot in COUNTS), "one", text)
                wrong += [(path.stem, key, filled)] if plurals_of_one(filled.lower()) else []
    assert wrong == []


def test_what_is_found_there() -> None:
    assert plurals_of_one("you have one minutes") == ["minutes"]
    assert plurals_of_one("one minute is left, and one more answer has come") == []


@pytest.mark.parametrize("told", [spoken_length, spoken_moment, spoken_limit])
def test_times_are_told_in_the_singular_where_there_is_one(told: object) -> None:
    assert callable(told)
    for seconds in range(7500):
        text = str(told(float(seconds)))
        assert not plurals_of_one(text), text


def test_hours_are_told_in_the_singular_where_there_is_one() -> None:
    for minutes in range(1, 481):
        text = spoken_hours(minutes / 60)
        assert not plurals_of_one(text), text


def test_what_is_shown_is_counted() -> None:
    assert [counted(number, "minute") for number in (0, 1, 2, 1.0, 1.5)] == [
        "0 minutes",
        "1 minute",
        "2 minutes",
        "1 minute",
        "1.5 minutes",
    ]
