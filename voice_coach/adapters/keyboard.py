"""Single key presses from a terminal, without Enter."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from voice_coach.core.events import CommandName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEYS = {
    "p": CommandName.PAUSE,
    "d": CommandName.DONE,
    "s": CommandName.SKIP,
    "r": CommandName.REPEAT_QUESTION,
    "a": CommandName.SAY_AGAIN,
    "t": CommandName.TIME,
    "m": CommandName.THINK,
    "q": CommandName.STOP,
}
"""A pause that is asked for while paused is a resume."""

POLL_S = 0.2


@contextmanager
def keys(post: Callable[[CommandName], None]) -> Iterator[None]:
    """Calls *post* from a thread for each key of ``KEYS``; does nothing where stdin is no terminal."""
    if not sys.stdin.isatty():
        yield
        return
    stopping = threading.Event()
    read = _windows_key if sys.platform == "win32" else _posix_key
    with _unbuffered():
        thread = threading.Thread(target=_listen, args=(read, post, stopping), name="keyboard", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join(timeout=2 * POLL_S)


def _listen(read: Callable[[], str], post: Callable[[CommandName], None], stopping: threading.Event) -> None:
    while not stopping.is_set():
        command = KEYS.get(read().lower())
        if command is not None:
            post(command)


@contextmanager
def _unbuffered() -> Iterator[None]:
    """Keys come one by one and unseen; Ctrl-C still interrupts."""
    if sys.platform == "win32":
        yield
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _posix_key() -> str:
    """A key, or "" when none was pressed for ``POLL_S``."""
    import os
    import select

    keyboard = sys.stdin.fileno()  # past Python's buffer, in which a second key would wait unseen
    ready, _, _ = select.select([keyboard], [], [], POLL_S)
    return os.read(keyboard, 1).decode(errors="replace") if ready else ""


def _windows_key() -> str:
    """A key, or "" when none was pressed for ``POLL_S``."""
    import msvcrt

    if not msvcrt.kbhit():  # type: ignore[attr-defined]  # Windows only
        threading.Event().wait(POLL_S)
        return ""
    return str(msvcrt.getwch())  # type: ignore[attr-defined]  # Windows only
