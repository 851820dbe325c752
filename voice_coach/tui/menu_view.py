"""The menu, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import App
from textual.widgets import Static

from voice_coach.tui.menu import TITLE, Entry, menu_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Key

HELP = "arrow keys and Enter, or a number; q leaves"


class MenuView(App[int]):
    """Gives the number of the entry that was chosen, from 0 on; nothing where none was."""

    ENABLE_COMMAND_PALETTE = False
    CSS: ClassVar[str] = """
    Screen { align: center middle; }
    Static { width: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("up,k", "move(-1)"),
        ("down,j,tab", "move(1)"),
        ("enter,space", "choose"),
        ("q,escape,ctrl+q", "quit"),
        ("ctrl+c", "interrupt"),
    ]

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__(ansi_color=True)
        self._entries = entries
        self._chosen = 0
        self.is_interrupted = False
        """By Ctrl-C."""

    def compose(self) -> ComposeResult:
        """The entries in the middle of the screen."""
        yield Static(self._rows(), markup=False)

    def on_key(self, event: Key) -> None:
        """A number chooses at once."""
        if event.key.isdecimal() and 0 < int(event.key) <= len(self._entries):
            self.exit(int(event.key) - 1)

    def action_move(self, by: int) -> None:
        """To the next entry, or the one before; behind the last comes the first."""
        self._chosen = (self._chosen + by) % len(self._entries)
        self.query_one(Static).update(self._rows())

    def action_choose(self) -> None:
        """The marked one."""
        self.exit(self._chosen)

    def action_interrupt(self) -> None:
        """Ctrl-C, which is a key here."""
        self.is_interrupted = True
        self.exit()

    def _rows(self) -> Text:
        rows = [Text(TITLE, style="bold"), Text(), *menu_rows(self._entries, self._chosen)]
        return Text("\n").join([*rows, Text(), Text(HELP, style="dim")])
