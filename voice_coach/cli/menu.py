"""What ``voice-coach`` alone offers on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from voice_coach.cli.options import plain_console
from voice_coach.tui.menu import Entry, choose

if TYPE_CHECKING:
    from collections.abc import Collection

ENTRIES = {
    "practice": Entry(title="Practise", about="a full rehearsal, with spoken feedback"),
    "drill": Entry(title="Drill", about="one short exercise, the one you need most"),
    "tonight": Entry(title="Tonight", about="the plan for the night before"),
    "report": Entry(title="Last report", about="what the latest session showed"),
}
"""By the command that each runs."""
_QUIT = Entry(title="Quit", about="")


def is_wanted() -> bool:
    """Whether somebody sits before a terminal who can choose."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def chosen_command(known: Collection[str]) -> str | None:
    """The name of the command that was chosen, one of those *known*; None: none was."""
    names = [name for name in ENTRIES if name in known]
    number = choose(plain_console(), [*(ENTRIES[name] for name in names), _QUIT])
    return None if number is None or number == len(names) else names[number]
