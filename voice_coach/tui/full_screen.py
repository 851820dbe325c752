"""A session on the whole screen, drawn by a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from typing import TYPE_CHECKING

from rich.text import Text

from voice_coach.tui.board import Board
from voice_coach.tui.lines import LineScreen
from voice_coach.tui.terminal import Terminal

if TYPE_CHECKING:
    from rich.console import Console

    from voice_coach.core.session_state import SessionState
    from voice_coach.tui.parts import Look

log = logging.getLogger(__name__)
BEGUN_WITHIN_S = 1.0
"""It is drawn from the coach's first word on, or from then on where none is heard."""
ENDED_WITHIN_S = 2.0
"""A thread that has not ended by then is left to itself; the terminal is given back all the same."""


class FullScreen:
    """Hands over what there is to draw; where that fails, goes on with plain lines (docs/adr/0015)."""

    def __init__(self, console: Console, look: Look) -> None:
        self._console = console
        self._look = look
        self._board = Board()
        self._drawing: threading.Thread | None = None
        self._lines: LineScreen | None = None
        self._failure: Exception | str = "it ended by itself"

    def start(self) -> None:
        """See :class:`Screen`. Again after it was stopped, where another session follows."""
        self._board = Board()
        self._lines = None
        # Textual puts others in their place while it runs.
        self._terminal = Terminal(self._console.file)
        self._streams = sys.stdout, sys.stderr
        self._drawing = threading.Thread(
            target=self._draw, args=(self._board, self._terminal), name="screen", daemon=True
        )
        self._drawing.start()

    def show(self, state: SessionState, level_dbfs: float) -> None:
        """See :class:`Screen`."""
        self._board.put(state, level_dbfs)
        if self._lines is None and self._drawing is not None and not self._drawing.is_alive():
            self._fall_back()
        if self._lines is not None:
            self._lines.show(state, level_dbfs)

    def stop(self) -> None:
        """See :class:`Screen`."""
        if self._drawing is None:
            return
        self._board.is_over.set()
        self._board.is_heard.set()
        try:
            self._drawing.join(ENDED_WITHIN_S)
        finally:
            self._drawing = None
            self._give_back()
        if self._lines is None:
            self._print_told()

    def tell(self, text: str) -> None:
        """Show *text*, something that the candidate should know; it is printed again when the screen is gone."""
        if self._drawing is not None and self._lines is None:
            self._board.tell(text)
        else:
            self._print(text)

    def _draw(self, board: Board, terminal: Terminal) -> None:
        try:
            # What draws takes 0.3 s of a processor to import, of which the first word would come later.
            board.is_heard.wait(BEGUN_WITHIN_S)
            from voice_coach.tui.view import View

            if board.is_over.is_set():
                return
            view = View(board, self._look, terminal)
            asyncio.run(view.run_async(mouse=False))
            self._failure = view.failure or self._failure
        except Exception as failure:
            log.debug("the screen failed", exc_info=True)
            self._failure = failure
        finally:
            terminal.give_back()

    def _fall_back(self) -> None:
        self._give_back()
        self._print_told()
        reason = str(self._failure) or type(self._failure).__name__
        self._print(f"The screen cannot be drawn any more ({reason}); what is said is told in lines.")
        self._lines = LineScreen(self._console)

    def _give_back(self) -> None:
        """The terminal and the streams as they were, whatever has become of the thread."""
        self._terminal.give_back()
        sys.stdout, sys.stderr = self._streams

    def _print_told(self) -> None:
        """What was told on the screen, which is gone."""
        for text in self._board.told:
            self._print(text)

    def _print(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)
