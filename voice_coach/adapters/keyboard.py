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
    "-": CommandName.SLOWER,
    "+": CommandName.FASTER,
    "=": CommandName.FASTER,
    "t": CommandName.TIME,
    "h": CommandName.HOW_AM_I_DOING,
    "m": CommandName.THINK,
    "q": CommandName.STOP,
    "w": CommandName.WHY,
    "l": CommandName.WHEN,
    "e": CommandName.REDO,
    "f": CommandName.READ_AGAIN,
    "n": CommandName.NEXT_POINT,
}
"""A pause that is asked for while paused is a resume. "+" needs no shift."""

POLL_S = 0.2
ESCAPE_S = 0.05
"""How long the rest of an escape sequence may take to follow: over a network it comes in pieces."""
_ESCAPE = "\x1b"
_CHUNK_BYTES = 1024


@contextmanager
def keys(post: Callable[[CommandName], None]) -> Iterator[None]:
    """Calls *post* from a thread for each key of ``KEYS``; does nothing where stdin is no terminal."""
    with pressed(lambda key: post(KEYS[key]) if key in KEYS else None):
        yield


@contextmanager
def pressed(post: Callable[[str], object]) -> Iterator[None]:
    """Calls *post* from a thread with each key that is a character; does nothing where stdin is no terminal."""
    if not sys.stdin.isatty():
        yield
        return
    stopping = threading.Event()
    read = _windows_keys if sys.platform == "win32" else _posix_keys
    with _unbuffered():
        thread = threading.Thread(target=_listen, args=(read, post, stopping), name="keyboard", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join(timeout=2 * POLL_S)


def _listen(read: Callable[[], str | None], post: Callable[[str], object], stopping: threading.Event) -> None:
    while not stopping.is_set():
        pressed = read()
        if pressed is None:
            return
        # An arrow or a function key is an escape and letters that are no keys of their own.
        for key in pressed.partition(_ESCAPE)[0].lower():
            post(key)


@contextmanager
def _unbuffered() -> Iterator[None]:
    """Keys come one by one and unseen; Ctrl-C still interrupts.

    Ctrl-Z does not suspend: the microphone would run on, and the shell would get the terminal as the screen left it.
    """
    if sys.platform == "win32":
        yield
        return
    import os
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    during = termios.tcgetattr(sys.stdin)
    # VSUSP is Ctrl-Z; macOS and the BSDs suspend at VDSUSP, Ctrl-Y, too.
    nothing = os.fpathconf(sys.stdin.fileno(), "PC_VDISABLE")
    for key in ("VSUSP", "VDSUSP"):
        if hasattr(termios, key):
            during[6][getattr(termios, key)] = bytes([nothing])
    termios.tcsetattr(sys.stdin, termios.TCSANOW, during)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _posix_keys() -> str | None:
    """What was pressed, "" when nothing was for ``POLL_S``, None when the terminal is gone."""
    pressed = _posix_chunk(POLL_S)
    if pressed and _ESCAPE in pressed:
        pressed += _posix_chunk(ESCAPE_S) or ""
    return pressed


def _posix_chunk(wait_s: float) -> str | None:
    import os
    import select

    keyboard = sys.stdin.fileno()  # past Python's buffer, in which a second key would wait unseen
    ready, _, _ = select.select([keyboard], [], [], wait_s)
    if not ready:
        return ""
    try:
        chunk = os.read(keyboard, _CHUNK_BYTES)
    except OSError:  # the terminal was closed
        return None
    return chunk.decode(errors="replace") if chunk else None


def _windows_keys() -> str:
    """The key that was pressed; "" for one that is no character, and when none was for ``POLL_S``."""
    import msvcrt

    if not msvcrt.kbhit():  # type: ignore[attr-defined]  # Windows only
        threading.Event().wait(POLL_S)
        return ""
    key = str(msvcrt.getwch())  # type: ignore[attr-defined]  # Windows only
    if key in ("\x00", "\xe0"):
        msvcrt.getwch()  # type: ignore[attr-defined]  # the second half of an arrow or a function key
        return ""
    return key
