from __future__ import annotations

import pytest

from voice_coach.core.speakable_time import spoken_length, spoken_limit, spoken_moment, spoken_number


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "zero seconds"),
        (1, "one second"),
        (40.4, "forty seconds"),
        (60, "one minute"),
        (65, "one minute five"),
        (130, "two minutes ten"),
        (599.6, "ten minutes"),
        (755, "twelve minutes thirty-five"),
        (3600, "one hour"),
        (3960, "one hour six minutes"),
    ],
)
def test_moments(seconds: float, said: str) -> None:
    assert spoken_moment(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (2, "five seconds"),
        (58, "one minute"),
        (93, "one minute thirty-five"),
        (130, "two minutes"),
        (260, "four and a half minutes"),
        (750, "twelve and a half minutes"),
    ],
)
def test_lengths_are_rounded_for_the_ear(seconds: float, said: str) -> None:
    assert spoken_length(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (48, "fifty seconds"),
        (144, "two minutes twenty-five"),
        (216, "three minutes thirty-five"),
        (240, "four minutes"),
        (750, "twelve and a half minutes"),
    ],
)
def test_limits_are_told_to_five_seconds(seconds: float, said: str) -> None:
    assert spoken_limit(seconds) == said


def test_numbers() -> None:
    numbers = [0, 13, 20, 42, 100, 185, 1000, 12345]
    assert [spoken_number(n) for n in numbers] == [
        "zero",
        "thirteen",
        "twenty",
        "forty-two",
        "one hundred",
        "one hundred and eighty-five",
        "one thousand",
        "twelve thousand three hundred and forty-five",
    ]
