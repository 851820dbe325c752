"""Which screen fits where a session is shown."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from voice_coach.tui.full_screen import FullScreen
from voice_coach.tui.lines import LineScreen

if TYPE_CHECKING:
    from rich.console import Console

    from voice_coach.core.session_state import SessionState
    from voice_coach.tui.parts import Look

SMALLEST = (40, 10)
"""Cells and rows; on less there are plain lines."""


class Screen(Protocol):
    """Shows a session."""

    def start(self) -> None:
        """Take the terminal."""

    def show(self, state: SessionState, level_dbfs: float) -> None:
        """Draw *state*; *level_dbfs* is the microphone's loudest frame since the last call. Never waits."""

    def stop(self) -> None:
        """Give the terminal back. May be called twice."""


def screen_for(console: Console, look: Look) -> FullScreen | LineScreen:
    """The screen that fits where *console* writes to, which can also ``tell`` something at any time."""
    return FullScreen(console, look) if _can_be_drawn_on(console) else LineScreen(console)


class Screens:
    """Makes the screen of each session in a row, and tells on the newest."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._newest: FullScreen | LineScreen = LineScreen(console)

    def __call__(self, look: Look) -> FullScreen | LineScreen:
        """The screen of the next one."""
        self._newest = screen_for(self._console, look)
        return self._newest

    def tell(self, text: str) -> None:
        """Show *text*, something that the candidate should know."""
        self._newest.tell(text)


def _can_be_drawn_on(console: Console) -> bool:
    """Whether all of it may be taken: a terminal, of which nothing else is wanted, that knows the signs."""
    is_debugged = logging.getLogger().isEnabledFor(logging.DEBUG)
    if not console.is_terminal or console.is_dumb_terminal or console.legacy_windows or is_debugged:
        return False
    width, height = SMALLEST
    return console.width >= width and console.height >= height and console.encoding.startswith("utf")
