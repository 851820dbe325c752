"""Ctrl-C, and a request to terminate, wherever they find the program.

Python raises KeyboardInterrupt in whatever runs. Two things come between it and us. Some libraries, while they are
imported, make an ImportError of it, and the request would be forgotten; so the handler remembers it. And where the
plain KeyboardInterrupt passes through code that a library runs from C, Python 3.11 ends the process by the signal
after all, whatever status the program gave (``run_eval_code_obj`` compares the very class); so a class of our own
is raised.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(KeyboardInterrupt):
    """Somebody wants the program to end now, everything saved."""


class Listener:
    """A handler of signals that remembers."""

    has_heard = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Raises Interrupted on the main thread."""
        self.has_heard = True
        raise Interrupted


def listen() -> None:
    """From now on. Only the main thread may call this."""
    listener = Listener()
    for number in _SIGNALS:
        signal.signal(number, listener)


def ignore() -> None:
    """From now on: all is done, and the status stands while Python takes itself down."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def has_come() -> bool:
    """Whether the program was asked to end, even if a library made something else of it."""
    listener = signal.getsignal(signal.SIGINT)
    return isinstance(listener, Listener) and listener.has_heard
