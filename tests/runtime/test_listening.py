"""What of a pause may be written down."""

from __future__ import annotations

from math import inf

from tests.core.small_book import small_book
from voice_coach.core.session_state import SessionState
from voice_coach.core.transcript import Word, laid_out
from voice_coach.listening import worth_keeping

READER = small_book().reader


def kept(words: tuple[Word, ...], *, is_paused: bool = True) -> str:
    end_s = inf if is_paused else 20.0
    state = SessionState(is_paused=is_paused, pauses=((10.0, end_s),))
    return " ".join(word.text for word in worth_keeping(words, state, READER))


def test_what_was_said_before_the_pause_and_what_ends_it_are_kept_and_nothing_between() -> None:
    words = (
        *laid_out("There are gates.", 8.0, 9.5),
        *laid_out("Nobody may hear this.", 11.0, 13.0),
        *laid_out("Coach, resume.", 15.0, 16.0),
    )
    assert kept(words) == "There are gates. Coach, resume."
    assert kept(words[:-2]) == "There are gates."


def test_once_the_pause_is_over_its_words_stay_unwritten() -> None:
    words = (*laid_out("Coach, resume.", 15.0, 16.0), *laid_out("There are gates.", 21.0, 22.0))
    assert kept(words, is_paused=False) == "There are gates."
