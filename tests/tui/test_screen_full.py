"""The thread that draws, and what becomes of it."""

from __future__ import annotations

import io
import logging
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.tui.screens import ANSWERING, answering, console, look, said, speaking, text_of
from voice_coach.core.transcript import Speaker
from voice_coach.tui import LineScreen, full_screen, parts, screen_for
from voice_coach.tui.full_screen import FullScreen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMIT_S = 30.0
"""Far more than any of this takes; who waits so long has failed."""
TAKEN, GIVEN_BACK = "\x1b[?1049h", "\x1b[?1049l"


class Watched(io.StringIO):
    """A terminal on which one can wait for something to be drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._drawn = threading.Condition()

    def write(self, text: str) -> int:
        with self._drawn:
            written = super().write(text)
            self._drawn.notify_all()
        return written

    def await_text(self, wanted: str) -> str:
        with self._drawn:
            assert self._drawn.wait_for(lambda: wanted in self.getvalue(), LIMIT_S), self.getvalue()[-2000:]
            return self.getvalue()


@pytest.fixture
def terminal() -> Watched:
    return Watched()


@pytest.fixture
def screen(terminal: Watched, monkeypatch: pytest.MonkeyPatch) -> Iterator[FullScreen]:
    monkeypatch.setattr(full_screen, "BEGUN_WITHIN_S", 0.0)
    made = FullScreen(console(file=terminal), look())
    yield made
    made.stop()


def test_a_session_is_drawn_and_the_terminal_given_back(screen: FullScreen, terminal: Watched) -> None:
    streams = sys.stdout, sys.stderr
    screen.start()
    screen.show(replace(answering(), speaking=speaking()), -30.0)
    drawn = terminal.await_text("Why this store?")
    assert TAKEN in drawn
    assert GIVEN_BACK not in drawn
    screen.stop()
    screen.stop()
    assert terminal.getvalue().count(GIVEN_BACK) == 1
    assert terminal.getvalue().endswith(GIVEN_BACK)
    assert (sys.stdout, sys.stderr) == streams
    assert not [thread for thread in threading.enumerate() if thread.name == "screen"]


def test_what_is_told_is_on_the_screen_and_stays_when_it_is_gone(
    screen: FullScreen, terminal: Watched
) -> None:
    screen.tell("Before.")
    screen.start()
    screen.show(ANSWERING, -30.0)
    screen.tell("The voice is pyttsx3 now.")
    terminal.await_text("The voice is pyttsx3 now.")
    screen.stop()
    screen.tell("After.")
    before, _, drawn = terminal.getvalue().partition(TAKEN)
    _, _, after = drawn.rpartition(GIVEN_BACK)
    assert before == "Before.\n"
    assert after == "The voice is pyttsx3 now.\nAfter.\n"


def test_it_is_drawn_from_the_coachs_first_word_on(
    screen: FullScreen, terminal: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(full_screen, "BEGUN_WITHIN_S", LIMIT_S)
    screen.start()
    ordered = replace(speaking(), started_s=None)
    screen.show(replace(answering(), speaking=ordered), -30.0)
    assert not screen._board.is_heard.is_set()
    screen.show(replace(answering(), speaking=replace(ordered, started_s=75.0)), -30.0)
    terminal.await_text("Why this store?")


def test_another_session_may_follow(screen: FullScreen, terminal: Watched) -> None:
    for text in ("Why this store?", "And why this queue?"):
        screen.start()
        screen.show(replace(answering(), speaking=speaking(text)), -30.0)
        terminal.await_text(text)
        screen.tell(f"Told with {text}")
        screen.stop()
    drawn = terminal.getvalue()
    assert (drawn.count(TAKEN), drawn.count(GIVEN_BACK)) == (2, 2)
    assert drawn.rpartition(GIVEN_BACK)[2] == "Told with And why this queue?\n"


def test_a_session_that_ends_at_once_leaves_nothing(screen: FullScreen, terminal: Watched) -> None:
    screen.start()
    screen.stop()
    drawn = terminal.getvalue()
    assert drawn.count(TAKEN) == drawn.count(GIVEN_BACK)
    assert not drawn or drawn.endswith(GIVEN_BACK)


def test_a_view_that_fails_becomes_plain_lines_and_says_so(
    screen: FullScreen, terminal: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        message = "no such colour"
        raise ValueError(message)

    monkeypatch.setattr(parts, "heard", fail)
    screen.start()
    screen.tell("The voice is pyttsx3 now.")
    assert screen._drawing is not None
    screen._drawing.join(LIMIT_S)
    said_so = replace(ANSWERING, transcript=said((Speaker.COACH, "Design a garage.")))
    for _ in range(2):
        screen.show(said_so, -30.0)
    screen.tell("Later.")
    screen.stop()
    assert terminal.getvalue().rpartition(GIVEN_BACK)[2].splitlines() == [
        "The voice is pyttsx3 now.",
        "The screen cannot be drawn any more (no such colour); what is said is told in lines.",
        "[0:00] coach: Design a garage.",
        "Later.",
    ]


def test_a_terminal_that_takes_nothing_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    may_go = threading.Event()

    class Stuck(Watched):
        def write(self, text: str) -> int:
            if threading.current_thread().name == "screen":
                may_go.wait(LIMIT_S)
            return super().write(text)

    monkeypatch.setattr(full_screen, "ENDED_WITHIN_S", 0.01)
    stuck = FullScreen(console(file=Stuck()), look())
    stuck.start()
    for _ in range(100):
        stuck.show(ANSWERING, -30.0)
    may_go.set()
    stuck.stop()


def test_a_terminal_gets_the_whole_screen_and_anything_else_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(screen_for(console(), look()), FullScreen)
    assert isinstance(screen_for(console(width=40, height=10), look()), FullScreen)
    for where in (console(is_terminal=False), console(kind="dumb"), console(width=39), console(height=9)):
        assert isinstance(screen_for(where, look()), LineScreen)
    monkeypatch.setattr(logging.getLogger(), "level", logging.DEBUG)
    logging.getLogger().manager._clear_cache()  # type: ignore[attr-defined]  # it remembers what is enabled
    assert isinstance(screen_for(console(), look()), LineScreen), "--debug writes all the time"


def test_nothing_is_drawn_before_it_starts() -> None:
    where = console()
    FullScreen(where, look()).show(ANSWERING, -20.0)
    assert text_of(where) == ""


# -- the program in a terminal -----------------------------------------------------------------------------------


class Tmux:
    """A terminal with a shell in it."""

    def __call__(self, *arguments: str) -> str:
        command = ["tmux", "-L", f"voice-coach-{os.getpid()}", "-f", os.devnull, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def await_text(self, wanted: str, *, wider_than: int = 0) -> list[str]:
        """The rows once *wanted* stands on the screen and one is *wider_than*; the test limits the time."""
        while True:
            rows = self("capture-pane", "-p").splitlines()
            if any(wanted in row for row in rows) and max(map(len, rows)) > wider_than:
                return rows
            threading.Event().wait(0.1)


@pytest.fixture
def tmux() -> Iterator[Tmux]:
    terminal = Tmux()
    terminal("new-session", "-d", "-x", "80", "-y", "24", "bash --norc")
    yield terminal
    terminal("kill-server")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_in_a_terminal_it_follows_the_size_and_ctrl_c_keeps_the_session(tmux: Tmux, tmp_path: Path) -> None:
    room = tmp_path / "room.toml"
    room.write_text('[[say]]\ntext = "Hello there."\nvoice = "pyttsx3"\n', encoding="utf-8")
    program = f"NO_COLOR=1 {sys.executable} -m voice_coach practice --input {room} --sessions {tmp_path}/kept"
    tmux("send-keys", f"cd {os.getcwd()}; clear; {program}; echo status $?", "Enter")  # noqa: PTH109 - where tests run
    rows = tmux.await_text("coach  ")
    assert [row.strip().split()[0] for row in rows if "time for:" in row] == ["the"], "the coach speaks"
    assert rows[-1].strip().endswith("q stop")
    assert any(row.startswith(" clarify") for row in rows)
    assert "\x1b[3" not in tmux("capture-pane", "-p", "-e").replace("\x1b[39m", ""), "no colour was wanted"
    tmux("resize-window", "-x", "120", "-y", "40")
    tmux.await_text("p pause  d done  s skip", wider_than=80)
    tmux("send-keys", "C-c")
    rows = tmux.await_text("status ")
    text = "\n".join(rows)
    assert "status 130" in text
    assert "Kept what was recorded" in text
    assert "voice-coach: interrupted" in text
    assert "time for:" not in text, "the screen from before is back"
    (folder,) = (tmp_path / "kept").iterdir()
    assert (folder / "session.json").is_file()
    assert '"kind": "session_ended"' in (folder / "journal.jsonl").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_key_ends_a_session_and_the_terminal_is_as_before(tmp_path: Path) -> None:
    import pty
    import termios

    keyboard, screen = pty.openpty()
    termios.tcsetwinsize(screen, (24, 80))
    settings = termios.tcgetattr(screen)
    room = tmp_path / "room.toml"
    room.write_text('[[say]]\ntext = "Hello there."\nvoice = "pyttsx3"\n', encoding="utf-8")
    sessions = str(tmp_path / "sessions")
    arguments = ("practice", "--input", str(room), "--sessions", sessions, "--no-feedback-speech")
    with subprocess.Popen(
        [sys.executable, "-m", "voice_coach", *arguments],
        stdin=screen,
        stdout=screen,
        stderr=screen,
        env={**os.environ, "TERM": "xterm-256color"},
    ) as program:
        drawn = _read_until(keyboard, "of 12:30")
        os.write(keyboard, b"q")
        drawn += _read_until(keyboard, "Session kept in")
        assert program.wait(60) == 0
    assert termios.tcgetattr(screen) == settings
    os.close(keyboard)
    os.close(screen)
    assert drawn.count(TAKEN) == drawn.count(GIVEN_BACK) == 1
    (journal,) = (tmp_path / "sessions").glob("*/journal.jsonl")
    assert '"kind": "key_pressed", "name": "stop"' in journal.read_text(encoding="utf-8")


def _read_until(terminal: int, wanted: str) -> str:
    """What the program draws until *wanted* is there; the test's time limit is the only one."""
    drawn = b""
    while wanted not in (text := drawn.decode(errors="replace")):
        drawn += os.read(terminal, 4096)
    return text
