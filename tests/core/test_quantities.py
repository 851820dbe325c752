import pytest

from voice_coach.core.cues import plain
from voice_coach.core.quantities import Quantity, quantities


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("about a hundred million new links a month", [Quantity(1e8, "month")]),
        ("twenty-three thousand a second, and three times that", [Quantity(23e3, "second"), Quantity(3.0)]),
        ("20,000 a second", [Quantity(20e3, "second")]),
        ("ninety-nine point nine nine percent", [Quantity(99.99)]),
        ("two point five million", [Quantity(2.5e6)]),
        ("5m users and 99.9%", [Quantity(5e6), Quantity(99.9)]),
        ("two hundred and then forty a day", [Quantity(200.0), Quantity(40.0, "day")]),
        ("6 billion rows of 500 bytes", [Quantity(6e9), Quantity(500.0)]),
        ("one region, and the point is that nothing else counts", []),
        ("", []),
    ],
)
def test_numbers_in_what_was_said(said: str, expected: list[Quantity]) -> None:
    found = list(quantities(plain(said)))
    assert [item.value for item in found] == pytest.approx([item.value for item in expected])
    assert [item.per for item in found] == [item.per for item in expected]


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        (Quantity(40.0, "second"), Quantity(38.0), True),
        (Quantity(40.0, "second"), Quantity(40.0, "day"), False),
        (Quantity(40.0), Quantity(10.0), False),
        (Quantity(99.9), Quantity(99.99), False),
        (Quantity(99.99), Quantity(99.99), True),
        (Quantity(100.0), Quantity(100.0), True),
    ],
)
def test_what_is_about_the_same(one: Quantity, other: Quantity, *, fits: bool) -> None:
    assert one.fits(other) is fits
