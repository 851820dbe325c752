"""The full-screen view: Textual lays out and draws what the parts say."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, ClassVar

from rich.console import Console
from rich.text import Text
from textual.app import App
from textual.containers import Horizontal
from textual.driver import Driver
from textual.events import Print, Resize
from textual.geometry import Size
from textual.widgets import Static

from voice_coach.core.pressure import Pressure
from voice_coach.tui import parts
from voice_coach.tui.head import head
from voice_coach.tui.keys import key_help
from voice_coach.tui.words import model_use

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from voice_coach.core.session_state import SessionState
    from voice_coach.tui.board import Board
    from voice_coach.tui.parts import Look
    from voice_coach.tui.terminal import Terminal

REDRAWN_S = 0.1
"""Ten times a second is as quick as a level meter needs to be."""
FALL_DB = 4.0
"""How far the level shown falls from one drawing to the next."""
ROOMY_ROWS = 18
"""From so many on there are blank rows between the parts …"""
LIST_FROM_CELLS = 72
"""… and from so many cells on the checklist has room beside the words."""
LIST_CELLS = 26
_TOLD_ROWS = 3
_HEALED_S = 5.0
"""What another program, or a library, wrote over the view goes after this long at most."""


class Rows(Static):
    """A part of the view, drawn anew only when it has changed."""

    def __init__(self, id_: str) -> None:
        super().__init__(id=id_, markup=False)
        self._rows: list[Text] = []

    def show(self, rows: Sequence[Text]) -> None:
        """Shows *rows*, one a line."""
        if list(rows) != self._rows:
            self._rows = list(rows)
            self.update(Text("\n", end="").join(self._rows), layout=False)


class View(App[None]):
    """A session on the whole screen. It reads no keys, and shows what lies on the *board*."""

    ENABLE_COMMAND_PALETTE = False
    CSS: ClassVar[str] = """
    Screen { padding: 0 1; overflow: hidden hidden; }
    Rows { height: 1; width: 100%; text-wrap: nowrap; text-overflow: clip; }
    #middle { height: 1fr; }
    #heard { height: 100%; width: 1fr; }
    #checklist { height: 100%; }
    """

    def __init__(self, board: Board, look: Look, terminal: Terminal | None = None) -> None:
        driver = None if terminal is None else _driver(terminal)
        super().__init__(driver_class=driver, ansi_color=True)
        # What went wrong is told by whoever runs this, not by a traceback over the session.
        self.error_console = Console(file=io.StringIO())
        self.failure: Exception | None = None
        self._board = board
        self._look = look
        self._terminal = terminal
        self._level_dbfs = parts.QUIETEST_DBFS
        self._drawings = 0

    def compose(self) -> ComposeResult:
        """The parts from top to bottom."""
        yield Rows("head")
        yield Rows("phases")
        yield Rows("level")
        with Horizontal(id="middle"):
            yield Rows("heard")
            yield Rows("checklist")
        yield Rows("told")
        yield Rows("model")
        yield Rows("keys")

    def on_mount(self) -> None:
        """Begin to draw."""
        self.begin_capture_print(self)
        self._redraw()
        self.set_interval(REDRAWN_S, self._redraw)
        self.set_interval(_HEALED_S, self.screen.refresh)

    def on_print(self, event: Print) -> None:
        """What anything else prints would be lost behind the view."""
        if text := event.text.strip():
            self._board.tell(text)

    def on_resize(self) -> None:
        """The parts have other sizes."""
        self.call_after_refresh(self._redraw)

    def _redraw(self) -> None:
        if self._board.is_over.is_set():
            self.exit()
            return
        try:
            if not self._has_other_size():
                self._draw()
        except Exception as failure:  # noqa: BLE001 - the session goes on, whatever it is
            self.failure = failure
            self.exit(return_code=1)

    def _has_other_size(self) -> bool:
        """Whether the terminal's size has changed; that is on its way then. Signals are the main thread's."""
        if self._terminal is None or (size := Size(*self._terminal.size())) == self.size:
            return False
        self.post_message(Resize(size, size))
        return True

    def _draw(self) -> None:
        shown = self._board.take()
        state, look = shown.state, self._look
        width, height = max(1, self.size.width - 2), self.size.height
        is_roomy = height >= ROOMY_ROWS
        self._level_dbfs = max(shown.level_dbfs, self._level_dbfs - FALL_DB)
        self._drawings += 1
        self._part("head", head(state, look, (width, height), self._drawings), below=is_roomy)
        self._part("phases", parts.phase_bar(state, look, width), below=is_roomy)
        self._part("level", [parts.level_bar(self._level_dbfs, width)], below=is_roomy)
        self._middle(state, width)
        told = parts.notices(state, shown.told, width, _TOLD_ROWS if is_roomy else 1)
        self._part("told", told, above=is_roomy)
        used = model_use(state.model)
        self._part("model", [Text(used, style="dim", no_wrap=True)] if used else [])
        self._part("keys", [key_help(state, width)], above=is_roomy)

    def _part(self, name: str, rows: list[Text], *, above: bool = False, below: bool = False) -> None:
        part = self.query_one(f"#{name}", Rows)
        part.display = bool(rows)
        part.styles.height = len(rows)
        part.styles.margin = (int(above), 0, int(below), 0)
        part.show(rows)

    def _middle(self, state: SessionState, width: int) -> None:
        """The words and, where there is one and room for it, the checklist beside them."""
        heard, listed = self.query_one("#heard", Rows), self.query_one("#checklist", Rows)
        has_list = self._look.pressure is not Pressure.TOUGH and len(self._look.checklist) > 0
        has_list = has_list and self.size.width >= LIST_FROM_CELLS
        listed.display = has_list
        listed.styles.width = LIST_CELLS
        if has_list:
            listed.show(parts.checklist(state, self._look))
            width -= LIST_CELLS + 2
        heard.show(parts.heard(state, width, heard.size.height))


def _driver(terminal: Terminal) -> type[Driver]:
    """Textual's way to *terminal*: it only draws, and so needs neither the main thread nor a signal."""

    class DrawingDriver(Driver):
        """Draws on that terminal."""

        def write(self, data: str) -> None:
            """Draw."""
            terminal.write(data)

        def start_application_mode(self) -> None:
            """Take the terminal."""
            terminal.take()
            size = Size(*terminal.size())
            self.send_message(Resize(size, size))

        def disable_input(self) -> None:
            """There is none: adapters/keyboard.py reads the keys."""

        def stop_application_mode(self) -> None:
            """Give it back."""
            terminal.give_back()

    return DrawingDriver
