"""How another attempt is taken up and declined in the bundled wordings."""

from __future__ import annotations

import pytest

from tests.compose.small_engines import CONTENT
from voice_coach.core.spoken_commands import CommandReader
from voice_coach.core.transcript import laid_out
from voice_coach.core.turn_taking import TailReader

READER = TailReader(CONTENT.turn_cues, CommandReader(CONTENT.commands, gap_s=0.7, doubt=0.6))
YES = (
    "Again.",
    "Yes.",
    "Yes, please.",
    "Um, yes, again please.",
    "One more.",
    "One more time, please.",
    "Let's do it again.",
    "Sure, why not.",
    "Okay, once more.",
    "I'd like to try that again.",
    "Can we do another one?",
    "Try again.",
)
NO = (
    "No.",
    "No, thank you.",
    "Nope, I'm done.",
    "That's enough for today.",
    "I'm good, thanks.",
    "Not now.",
    "Stop.",
    "Let's stop here.",
    "Thanks.",
    "Thank you.",
    "Nothing.",
    "Nope, I'm good.",
)
NEITHER = (
    "Could you close the door again?",
    "I said again that we need a cache.",
    "No one knows how the cache works.",
    "Hello?",
)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [*((text, True) for text in YES), *((text, False) for text in NO), *((text, None) for text in NEITHER)],
)
def test_what_answers_the_offer(said: str, wanted: bool | None) -> None:  # noqa: FBT001 - a table
    assert READER.wants_again(laid_out(said, 0.0, 2.0)) is wanted
