from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.core.small_book import small_book
from tests.fakes import Stage as Scene
from tests.fakes import line
from tests.tui.screens import ANSWERING, OUT, PACE, console, text_of
from voice_coach.core.feedback_line import FeedbackLine
from voice_coach.core.transcript import Speaker, Transcript, laid_out
from voice_coach.tui import LineScreen

if TYPE_CHECKING:
    from voice_coach.shell import Snapshot


@pytest.fixture(scope="module")
def session() -> list[Snapshot]:
    """Everything that is shown in a whole session."""
    texts = [
        "There are gates, and a queue of cars.",
        "How many spaces are there?",
        "Pause.",
        "Resume.",
        "Stop.",
    ]
    scene = Scene(
        book=small_book(pace=PACE),
        lines=[line(), line(), line(1.0), line(1.0), line(1.0)],
        texts=texts,
        feedback=(FeedbackLine(text="You named the gates."), FeedbackLine(text="Say why.")),
    )
    scene.run()
    return scene.shown


def test_a_lost_device_is_told_until_it_is_back() -> None:
    where = console(is_terminal=False)
    screen = LineScreen(where)
    for state in (OUT, replace(OUT, at_s=80.0), replace(OUT, at_s=90.0, outage=None, is_paused=False)):
        screen.show(state, -30.0)
    assert text_of(where).splitlines() == [
        "[1:15] (paused: the microphone 'Blue' is gone: plug it in)",
        "[1:30] (the sound is back)",
    ]


class TestLines:
    def shown(self, snapshots: list[Snapshot], *, width: int = 80) -> list[str]:
        where = console(is_terminal=False, width=width)
        screen = LineScreen(where)
        screen.start()
        for snapshot in snapshots:
            screen.show(snapshot.state, snapshot.level_dbfs)
        screen.stop()
        return text_of(where).splitlines()

    def test_each_thing_is_printed_once_and_in_order(self, session: list[Snapshot]) -> None:
        rows = self.shown(session)
        texts = [row.split("] ", 1)[1] for row in rows]
        assert texts[:4] == [
            "coach: Design a parking garage.",
            "coach: You have thirty seconds.",
            "you: There are gates, and a queue of cars.",
            "coach: <soft_prompt>",
        ]
        for once in (
            "you: How many spaces are there?",
            "coach: Eight hundred spaces.",
            "(paused)",
            "(judging)",
        ):
            assert texts.count(once) == 1
        assert texts[-3:] == ["coach: <feedback_intro>", "coach: You named the gates.", "coach: Say why."]

    def test_every_word_of_the_session_is_there(self, session: list[Snapshot]) -> None:
        rows = self.shown(session)
        printed = " ".join(row.split(": ", 1)[1] for row in rows if ": " in row)
        for turn in session[-1].state.transcript.turns:
            assert all(word.text in printed for word in turn.words)

    def test_long_lines_are_left_to_the_terminal(self, session: list[Snapshot]) -> None:
        assert self.shown(session, width=20) == self.shown(session)

    def test_times_are_those_of_what_was_said(self, session: list[Snapshot]) -> None:
        state = replace(
            ANSWERING,
            at_s=100.0,
            transcript=Transcript().with_words(Speaker.CANDIDATE, laid_out("Late words.", 61.0, 62.0)),
        )
        assert self.shown([replace(session[0], state=state)]) == ["[1:01] you: Late words."]

    def test_markup_in_what_was_said_is_no_markup(self) -> None:
        where = console(is_terminal=False)
        said = Transcript().with_words(Speaker.CANDIDATE, laid_out("the [bold]key[/bold] :smile:", 1.0, 2.0))
        LineScreen(where).show(replace(ANSWERING, transcript=said), -30.0)
        assert "the [bold]key[/bold] :smile:" in text_of(where)

    def test_what_is_told_is_a_line_of_its_own(self) -> None:
        where = console(is_terminal=False)
        LineScreen(where).tell("The [voice] is pyttsx3 now.")
        assert text_of(where) == "The [voice] is pyttsx3 now.\n"
