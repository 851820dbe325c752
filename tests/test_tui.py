from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from tests.core.small_book import small_book
from tests.fakes import Stage as Scene
from tests.fakes import line
from voice_coach.core.clock import PaceSettings
from voice_coach.core.events import Intent
from voice_coach.core.feedback_line import FeedbackLine
from voice_coach.core.interview_state import Line
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_state import Outage, SessionState, Speaking
from voice_coach.core.transcript import Speaker, Transcript, laid_out
from voice_coach.tui import (
    KEYS,
    LEVEL_CELLS,
    LineScreen,
    PanelScreen,
    activity,
    clock_text,
    level_cells,
    screen_for,
    summary,
)

if TYPE_CHECKING:
    from pathlib import Path

    from voice_coach.shell import Snapshot

PACE = PaceSettings(minutes=0.5)


def console(
    *,
    width: int = 80,
    height: int = 24,
    is_terminal: bool = True,
    color: str | None = None,
    kind: str = "xterm",
) -> Console:
    return Console(
        file=io.StringIO(),
        width=width,
        height=height,
        force_terminal=is_terminal,
        color_system=color,  # type: ignore[arg-type]  # a name that rich knows, or None
        no_color=color is None,
        legacy_windows=False,
        highlight=False,
        _environ={"TERM": kind},
    )


def text_of(where: Console) -> str:
    assert isinstance(where.file, io.StringIO)
    return where.file.getvalue()


OUT = replace(
    SessionState(stage=Stage.ANSWERING, at_s=75.0, is_paused=True),
    outage=Outage(
        from_s=75.0,
        missing=frozenset({"microphone"}),
        reason="the microphone 'Blue' is gone: plug it in",
        has_paused=True,
        breaks_off=False,
        keeps_turn=True,
    ),
)


def test_a_lost_device_is_told_until_it_is_back() -> None:
    assert activity(OUT) == "no microphone"
    (told,) = [row for row in drawn(OUT) if "Paused" in row]
    assert "'Blue' is gone: plug it in" in told
    where = console(is_terminal=False)
    screen = LineScreen(where)
    for state in (OUT, replace(OUT, at_s=80.0), replace(OUT, at_s=90.0, outage=None, is_paused=False)):
        screen.show(state, -30.0)
    assert text_of(where).splitlines() == [
        "[1:15] (paused: the microphone 'Blue' is gone: plug it in)",
        "[1:30] (the sound is back)",
    ]


def drawn(state: SessionState, level_dbfs: float = -30.0, *, width: int = 80, height: int = 24) -> list[str]:
    """The panel, line by line."""
    where = console(width=width, height=height, is_terminal=False)
    where.print(PanelScreen(where, PACE).panel(state, level_dbfs))
    return text_of(where).splitlines()


def speaking(text: str = "Why this store?") -> Speaking:
    return Speaking(utterance=1, line=Line(text=text, intent=Intent.FOLLOW_UP), because={})


ANSWERING = SessionState(stage=Stage.ANSWERING, at_s=75.0)


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


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (ANSWERING, "waiting"),
        (replace(ANSWERING, voice_since_s=70.0), "listening"),
        (replace(ANSWERING, voice_since_s=70.0, pending=frozenset({1})), "transcribing"),
        (replace(ANSWERING, speaking=speaking(), voice_since_s=70.0), "speaking"),
        (replace(ANSWERING, is_paused=True, speaking=speaking()), "paused"),
        (replace(ANSWERING, stage=Stage.CLOSING), "judging"),
        (replace(ANSWERING, stage=Stage.ASSESSING), "judging"),
        (replace(ANSWERING, stage=Stage.FEEDBACK), "feedback"),
        (replace(ANSWERING, stage=Stage.ENDED), "ended"),
    ],
)
def test_what_is_going_on_is_one_word(state: SessionState, expected: str) -> None:
    assert activity(state) == expected
    assert expected.upper() in drawn(state)[1]


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.9, "0:59"), (60, "1:00"), (750, "12:30")])
def test_the_clock_is_minutes_and_seconds(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text


@pytest.mark.parametrize(
    ("level_dbfs", "cells"),
    [(-120, 0), (-60, 0), (-30, LEVEL_CELLS // 2), (0, LEVEL_CELLS), (6, LEVEL_CELLS)],
)
def test_the_level_fills_a_bar(level_dbfs: float, cells: int) -> None:
    assert level_cells(level_dbfs) == cells
    level = next(row for row in drawn(ANSWERING, level_dbfs) if "microphone" in row)
    assert level.count("█") == cells
    assert level.count("·") == LEVEL_CELLS - cells


class TestPanel:
    def test_it_holds_state_clock_phase_level_words_and_keys(self) -> None:
        clock = ANSWERING.clock.run(68.0)
        transcript = Transcript().with_words(Speaker.CANDIDATE, laid_out("There are gates.", 70.0, 72.0))
        shown = "\n".join(drawn(replace(ANSWERING, clock=clock, transcript=transcript, speaking=speaking())))
        for part in ("SPEAKING", "0:07 of 0:30", "outline", "microphone", "you: There are gates."):
            assert part in shown
        assert "coach: Why this store?" in shown
        assert all(row in shown for row in KEYS)

    @pytest.mark.parametrize(("width", "height"), [(80, 24), (60, 20), (120, 50), (72, 11)])
    def test_a_long_answer_leaves_it_on_the_screen_with_its_latest_words(
        self, width: int, height: int
    ) -> None:
        said = Transcript()
        for turn in range(6):
            said = said.with_words(Speaker.COACH, laid_out("Why? " * 10, turn * 100.0, turn * 100.0 + 3))
            text = f"word{turn} " * 300 + "the very end."
            said = said.with_words(Speaker.CANDIDATE, laid_out(text, turn * 100.0 + 5, turn * 100.0 + 95))
        rows = drawn(replace(ANSWERING, transcript=said), width=width, height=height)
        assert len(rows) <= height
        assert max(map(len, rows)) <= width
        assert "end." in "\n".join(rows)
        assert "q stop" in " ".join(" ".join(row.strip("│ ") for row in rows).split())

    @pytest.mark.parametrize(("width", "height"), [(20, 10), (4, 2), (1, 1)])
    def test_a_tiny_screen_does_no_harm(self, width: int, height: int) -> None:
        said = Transcript().with_words(Speaker.CANDIDATE, laid_out("There are gates.", 1.0, 2.0))
        assert drawn(replace(ANSWERING, transcript=said), width=width, height=height)

    def test_every_state_of_a_session_fits(self, session: list[Snapshot]) -> None:
        for snapshot in session[:: max(1, len(session) // 40)]:
            rows = drawn(snapshot.state, snapshot.level_dbfs)
            assert len(rows) <= 24
            assert max(map(len, rows)) <= 80

    def test_without_colour_it_is_plain_text(self) -> None:
        where = console()
        screen = PanelScreen(where, PACE)
        screen.start()
        screen.show(replace(ANSWERING, speaking=speaking()), -20.0)
        screen.stop()
        screen.stop()
        assert "coach: Why this store?" in text_of(where)
        assert "\x1b[36m" not in text_of(where)

    def test_with_colour_the_coach_is_set_apart(self) -> None:
        where = console(color="standard")
        where.print(PanelScreen(where, PACE).panel(replace(ANSWERING, speaking=speaking()), -20.0))
        assert "\x1b[36m" in text_of(where)

    def test_nothing_is_drawn_before_it_starts(self) -> None:
        where = console()
        PanelScreen(where, PACE).show(ANSWERING, -20.0)
        assert text_of(where) == ""


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


def test_a_terminal_gets_the_panel_and_anything_else_lines() -> None:
    assert isinstance(screen_for(console(), PACE), PanelScreen)
    assert isinstance(screen_for(console(is_terminal=False), PACE), LineScreen)
    assert isinstance(screen_for(console(kind="dumb"), PACE), LineScreen)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_what_is_told_of_an_engine_stays_on_the_screen(*, is_terminal: bool) -> None:
    """It is printed on the same console while the screen is drawn."""
    where = console(is_terminal=is_terminal)
    screen = screen_for(where, PACE)
    screen.start()
    screen.show(ANSWERING, -30.0)
    where.print("The voice is pyttsx3 now.")
    screen.show(ANSWERING, -30.0)
    screen.stop()
    assert text_of(where).count("The voice is pyttsx3 now.") == 1


class TestSummary:
    ANALYSIS: dict[str, Any] = {
        "pacing": {"target_min_s": 600, "target_max_s": 900, "answer_s": 612.4, "verdict": "within"},
        "speech": {"words": 1480, "wpm": 131.2, "fillers": [{}, {}], "longest_pause_s": 3.44},
        "checklist": [
            {"id": "high_level_first", "verdict": "met", "prompted": True},
            {"id": "storage_decision", "verdict": "not_met", "prompted": False},
            {"id": "tradeoff_summary", "verdict": "not_assessed", "prompted": False},
        ],
        "mistakes": [{"id": "planet_scale", "verdict": "made"}, {"id": "rambling", "verdict": "not_made"}],
        "delivery": [{"id": "signposts", "verdict": "met"}],
        "clarification": [{"id": "scale", "verdict": "not_met"}],
        "deep_dives": [{"id": "data_model", "verdict": "met"}, {"id": "api", "verdict": "met"}],
        "feedback": {"spoken": "One. Two.", "lines": ["One.", "Two."]},
    }

    def test_it_tells_time_speech_checklist_and_feedback(self) -> None:
        assert summary(self.ANALYSIS) == [
            "",
            "Answer: 10:12 (within; the target is 10:00 to 15:00)",
            "Speech: 1480 words, 131 a minute, 2 fillers, longest pause 3.4 s",
            "  yes  high level first (when asked)",
            "  no   storage decision",
            "   ?   tradeoff summary",
            "  mistakes: planet scale",
            "  delivery: signposts",
            "  deep dives: data model, api",
            "",
            "Feedback:",
            "  One.",
            "  Two.",
        ]

    def test_what_a_transcript_does_not_show_is_left_out(self) -> None:
        speech = {"words": 90, "wpm": 130.6, "fillers": [{}], "longest_pause_s": None}
        told = [row for row in summary({**self.ANALYSIS, "speech": speech}) if row.startswith("Speech")]
        assert told == ["Speech: 90 words, 131 a minute, 1 fillers"]
        speech = {"words": 90, "wpm": 130.6, "fillers": None, "longest_pause_s": 1.25}
        told = [row for row in summary({**self.ANALYSIS, "speech": speech}) if row.startswith("Speech")]
        assert told == ["Speech: 90 words, 131 a minute, longest pause 1.2 s"]

    def test_without_measured_times_nothing_is_said_of_speech(self) -> None:
        speech = {"words": 10, "wpm": None, "fillers": None, "longest_pause_s": None}
        assert not [row for row in summary({**self.ANALYSIS, "speech": speech}) if row.startswith("Speech")]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_on_a_real_terminal_it_is_drawn_in_place_and_a_key_ends_it(tmp_path: Path) -> None:
    import pty
    import termios

    keyboard, screen = pty.openpty()
    termios.tcsetwinsize(screen, (24, 80))
    settings = termios.tcgetattr(screen)
    room = tmp_path / "room.toml"
    room.write_text('[[say]]\ntext = "Hello there."\nvoice = "pyttsx3"\n', encoding="utf-8")
    arguments = ("practice", "--input", str(room), "--speed", "max", "--sessions", str(tmp_path / "sessions"))
    with subprocess.Popen(
        [sys.executable, "-m", "voice_coach", *arguments],
        stdin=screen,
        stdout=screen,
        stderr=screen,
        env={**os.environ, "TERM": "xterm-256color"},
    ) as program:
        drawn_text = _read_until(keyboard, "SPEAKING")
        os.write(keyboard, b"q")
        drawn_text += _read_until(keyboard, "Session kept in")
        assert program.wait(60) == 0
    assert termios.tcgetattr(screen) == settings
    os.close(keyboard)
    os.close(screen)
    assert all(row in drawn_text for row in KEYS)
    assert "0:00 of 12:30" in drawn_text
    assert "\x1b[" in drawn_text
    (journal,) = (tmp_path / "sessions").glob("*/journal.jsonl")
    assert '"kind": "key_pressed", "name": "stop"' in journal.read_text(encoding="utf-8")


def _read_until(terminal: int, wanted: str) -> str:
    """What the program draws until *wanted* is there; the test's time limit is the only one."""
    drawn_bytes = b""
    while wanted not in (text := drawn_bytes.decode(errors="replace")):
        drawn_bytes += os.read(terminal, 4096)
    return text
