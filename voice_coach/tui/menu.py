"""A short menu: arrow keys, numbers and Enter; where nothing can be redrawn, a number is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

TITLE = "Rehearse system-design interviews aloud"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something to choose."""

    title: str
    about: str
    """In a few words."""


def choose(console: Console, entries: Sequence[Entry]) -> int | None:
    """Which of *entries* was chosen; None: none of them. Raises KeyboardInterrupt on Ctrl-C."""
    if console.is_dumb_terminal or console.legacy_windows:
        return _typed(console, entries)
    return _drawn(entries)


def menu_rows(entries: Sequence[Entry], chosen: int) -> list[Text]:
    """The entries, one a line, the *chosen* one marked."""
    width = max(len(entry.title) for entry in entries)
    rows = []
    for number, entry in enumerate(entries):
        is_chosen = number == chosen
        row = Text("▸ " if is_chosen else "  ", no_wrap=True)
        row.append(f"{number + 1}  {entry.title.ljust(width)}", style="bold reverse" if is_chosen else "bold")
        rows.append(row.append(f"   {entry.about}", style="" if is_chosen else "dim"))
    return rows


def _typed(console: Console, entries: Sequence[Entry]) -> int | None:
    console.print(TITLE)
    for row in menu_rows(entries, -1):
        console.print(row.plain, soft_wrap=True)
    while True:
        try:
            answer = console.input(f"Number, or Enter to {entries[-1].title.lower()}: ", markup=False).strip()
        except EOFError:
            return None
        if not answer:
            return len(entries) - 1
        if answer.isdecimal() and 0 < int(answer) <= len(entries):
            return int(answer) - 1
        console.print(f"{answer}: give a number from 1 to {len(entries)}", soft_wrap=True)


def _drawn(entries: Sequence[Entry]) -> int | None:
    from voice_coach.tui.menu_view import MenuView

    menu = MenuView(entries)
    chosen = menu.run(mouse=False)
    if menu.is_interrupted:
        raise KeyboardInterrupt
    return chosen
