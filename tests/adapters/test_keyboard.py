from __future__ import annotations

import os
import queue
import sys
import threading
from typing import TYPE_CHECKING, TextIO, cast

import pytest

from voice_coach.adapters import keyboard
from voice_coach.adapters.keyboard import KEYS, POLL_S, keys, pressed
from voice_coach.core.events import CommandName

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A pseudo-terminal as stdin; its keyboard's end."""
    import pty

    keyboard, screen = pty.openpty()
    with os.fdopen(screen, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield keyboard
    os.close(keyboard)


def attributes(stdin: TextIO) -> list[object]:
    import termios

    return list(termios.tcgetattr(stdin))


def test_each_key_gives_its_command_and_others_nothing(terminal: int) -> None:
    given: queue.SimpleQueue[CommandName] = queue.SimpleQueue()
    with keys(given.put):
        for key in ("x", *KEYS, "P"):
            os.write(terminal, key.encode())
        commands = [given.get(timeout=5) for _ in range(len(KEYS) + 1)]
    assert commands == [*KEYS.values(), CommandName.PAUSE]
    assert given.empty()


def test_keys_that_come_at_once_are_all_heard(terminal: int) -> None:
    given: queue.SimpleQueue[CommandName] = queue.SimpleQueue()
    with keys(given.put):
        os.write(terminal, b"dt")
        assert [given.get(timeout=5), given.get(timeout=5)] == [CommandName.DONE, CommandName.TIME]


@pytest.mark.parametrize("sequence", ["\x1b[D", "\x1bOQ", "\x1b[15~", "\x1b[[B", "\x1b[200~pasted\x1b[201~"])
def test_arrows_function_keys_and_pasted_text_are_no_commands(terminal: int, sequence: str) -> None:
    given: queue.SimpleQueue[CommandName] = queue.SimpleQueue()
    with keys(given.put):
        os.write(terminal, f"d{sequence}".encode())
        assert given.get(timeout=5) is CommandName.DONE
        with pytest.raises(queue.Empty):
            given.get(timeout=2 * POLL_S)
        os.write(terminal, b"t")
        assert given.get(timeout=5) is CommandName.TIME


def test_an_escape_sequence_in_two_pieces_is_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    given: queue.SimpleQueue[str] = queue.SimpleQueue()
    pieces = iter(["\x1b", "[D", "t", None])
    monkeypatch.setattr(keyboard, "_posix_chunk", lambda _wait_s: next(pieces))
    keyboard._listen(keyboard._posix_keys, given.put, threading.Event())
    assert given.get_nowait() == "t"
    assert given.empty()


def test_a_terminal_that_is_gone_is_listened_to_no_more(terminal: int) -> None:
    import pty

    other, stdin = pty.openpty()
    os.dup2(stdin, sys.stdin.fileno())
    os.close(stdin)
    with keys(lambda _: None):
        (thread,) = [thread for thread in threading.enumerate() if thread.name == "keyboard"]
        os.close(other)
        thread.join(timeout=5)
        assert not thread.is_alive()
        os.dup2(terminal, sys.stdin.fileno())


class Console:
    """Windows' keyboard."""

    def __init__(self, codes: str) -> None:
        self.codes = list(codes)

    def kbhit(self) -> bool:
        return bool(self.codes)

    def getwch(self) -> str:
        return self.codes.pop(0)


def test_on_windows_a_key_of_two_codes_is_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msvcrt", cast("ModuleType", Console("\xe0S\x00Dt")))
    assert [keyboard._windows_keys() for _ in range(3)] == ["", "", "t"]


def test_keys_need_no_enter_and_are_not_echoed_and_the_terminal_is_given_back(terminal: int) -> None:
    import termios

    before = attributes(sys.stdin)
    with keys(lambda _: None):
        local = attributes(sys.stdin)[3]
        assert isinstance(local, int)
        assert not local & (termios.ICANON | termios.ECHO)
        assert local & termios.ISIG
    assert attributes(sys.stdin) == before
    assert not [thread for thread in threading.enumerate() if thread.name == "keyboard"]


def test_the_terminal_is_given_back_after_a_failure(terminal: int) -> None:
    before = attributes(sys.stdin)
    with pytest.raises(KeyboardInterrupt), keys(lambda _: None):
        raise KeyboardInterrupt
    assert attributes(sys.stdin) == before


def test_nothing_is_listened_to_where_stdin_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull, encoding="utf-8") as stdin:  # noqa: PTH123 - a device, not a path
        monkeypatch.setattr(sys, "stdin", stdin)
        with keys(lambda _: None):
            assert not [thread for thread in threading.enumerate() if thread.name == "keyboard"]


def test_everything_but_a_resume_and_what_takes_words_has_a_key() -> None:
    spoken = {CommandName.RESUME, CommandName.SAY_SLOWER, CommandName.CLAIM}
    assert set(KEYS.values()) == set(CommandName) - spoken


def test_every_key_that_is_a_character_can_be_asked_for(terminal: int) -> None:
    given: queue.SimpleQueue[str] = queue.SimpleQueue()
    with pressed(given.put):
        os.write(terminal, b"x\n")
        assert [given.get(timeout=5), given.get(timeout=5)] == ["x", "\n"]


SUSPENDED, DONE = 9, 7
READS_KEYS = f"""
import os, signal, threading
from voice_coach.adapters.keyboard import pressed
signal.signal(signal.SIGTSTP, lambda *_: os._exit({SUSPENDED}))
done = threading.Event()
with pressed(lambda key: done.set() if key == "q" else None):
    print("ready", flush=True)
    done.wait(20)
os._exit({DONE} if done.is_set() else 1)
"""


def test_a_session_cannot_be_suspended() -> None:
    """With the microphone running, and the terminal as the screen left it."""
    import pty

    program, terminal = pty.fork()
    if program == 0:
        os.execv(sys.executable, [sys.executable, "-c", READS_KEYS])  # noqa: S606 - this very Python
    try:
        said = b""
        while b"ready" not in said:
            said += os.read(terminal, 1024)
        os.write(terminal, b"\x1aq")
        _, status = os.waitpid(program, 0)
    finally:
        os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == DONE
