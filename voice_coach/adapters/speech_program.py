"""How the programs that speak for us are started: apart from us, and without our terminal."""

from __future__ import annotations

import subprocess
import sys
from typing import TypedDict


class OwnGroup(TypedDict):
    """The part of ``Popen``'s arguments that keeps a child out of our process group."""

    start_new_session: bool
    creationflags: int


def own_group() -> OwnGroup:
    """Ctrl-C reaches us and not the child, so that a session can say goodbye and end its children itself."""
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return {"start_new_session": False, "creationflags": flags}
    return {"start_new_session": True, "creationflags": 0}


def python(*arguments: str) -> tuple[str, ...]:
    """This interpreter, in UTF-8 whatever the locale, with no module taken from the current folder."""
    return (sys.executable, "-P", "-X", "utf8", *arguments)


def last_line(output: str) -> str:
    """What a program said last: of a traceback, the error itself."""
    lines = output.strip().splitlines()
    return lines[-1].strip()[:200] if lines else "it said nothing"
