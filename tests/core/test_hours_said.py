"""Hours in what is said."""

from __future__ import annotations

import pytest

from voice_coach.core.cues import plain_text
from voice_coach.core.hours_said import hours_said
from voice_coach.core.transcript import laid_out


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Two hours.", 2.0),
        ("About two.", 2.0),
        ("One.", 1.0),
        ("An hour.", 1.0),
        ("An hour and a half.", 1.5),
        ("One and a half hours", 1.5),
        ("Two and a half.", 2.5),
        ("2.5 hours.", 2.5),
        ("An hour and a quarter", 1.25),
        ("Half an hour.", 0.5),
        ("Three quarters of an hour", 0.75),
        ("A quarter of an hour", 0.25),
        ("90 minutes", 1.5),
        ("forty-five minutes", 0.75),
        ("one hour and 30 minutes", 1.5),
        ("two hours and fifteen minutes", 2.25),
        ("I'd say three hours.", 3.0),
        ("One hour thirty.", 1.5),
        ("two hours forty-five", 2.75),
        ("two hours at most", 2.0),
        ("I am free for two hours", 2.0),
        ("Until eleven.", None),
        ("Until eight.", None),
        ("Eleven o'clock.", None),
        ("Half past ten", None),
        ("eight p.m.", None),
        ("I don't know.", None),
        ("Go ahead.", None),
        ("", None),
    ],
)
def test_as_it_is_said(text: str, hours: float | None) -> None:
    assert hours_said(plain_text(laid_out(text, 0.0, 2.0))) == hours
