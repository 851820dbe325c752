"""What of a pause, and of what comes after the answer, may be written down."""

from __future__ import annotations

from math import inf

from tests.core.small_book import small_book
from voice_coach.core.review_state import ReviewState
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_state import SessionState
from voice_coach.core.transcript import Word, laid_out
from voice_coach.listening import worth_keeping

BOOK = small_book()


def kept(words: tuple[Word, ...], *, is_paused: bool = True) -> str:
    end_s = inf if is_paused else 20.0
    state = SessionState(is_paused=is_paused, pauses=((10.0, end_s),))
    return " ".join(word.text for word in worth_keeping(words, state, BOOK))


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


def test_after_the_answer_questions_are_kept_and_what_is_said_again() -> None:
    open_ = ReviewState(wait_s=20.0)
    talk, why = laid_out("She is right.", 30.0, 31.0), laid_out("Why?", 30.0, 31.0)
    reviewing = SessionState(stage=Stage.REVIEWING, review=open_, pauses=((10.0, inf),))
    assert worth_keeping(talk, reviewing, BOOK) == ()
    assert worth_keeping(why, reviewing, BOOK) == why
    redoing = SessionState(stage=Stage.REDOING, review=open_, pauses=((10.0, inf),))
    assert worth_keeping(talk, redoing, BOOK) == talk
