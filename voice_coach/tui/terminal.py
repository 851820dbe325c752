"""A terminal that is drawn on from a thread, beside a program that keeps its keyboard and its signals."""

from __future__ import annotations

import os
import threading
from typing import IO

_TAKE = "\x1b[?1049h\x1b[?25l\x1b[?7l"
"""The other screen; no cursor; no wrapping."""
_GIVE_BACK = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l"
_USUAL = (80, 24)


class Terminal:
    """Where a view is drawn. Taken and given back once; what is written before or after is dropped."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._is_taken = False
        self._is_over = False
        self._lock = threading.Lock()

    def take(self) -> None:
        """Show the other screen, unless the terminal was given back."""
        with self._lock:
            if not self._is_over:
                self._is_taken = True
                self._put(_TAKE)

    def give_back(self) -> None:
        """Show again what was there before. From any thread, any number of times."""
        with self._lock:
            self._is_over = True
            if self._is_taken:
                self._is_taken = False
                self._put(_GIVE_BACK)

    def write(self, data: str) -> None:
        """Draw *data* while the terminal is taken."""
        with self._lock:
            if self._is_taken:
                self._put(data)

    def size(self) -> tuple[int, int]:
        """Cells and rows by now."""
        try:
            found = os.get_terminal_size(self._file.fileno())
        except (OSError, ValueError):
            return _USUAL
        return (found.columns or _USUAL[0], found.lines or _USUAL[1])

    def _put(self, data: str) -> None:
        self._file.write(data)
        self._file.flush()
