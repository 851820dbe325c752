"""Deletes what the program kept of sessions, and nothing else.

Of a session's folder only the files that the program writes are deleted, and the folder if nothing else is in it. No
link is followed. Sound goes first and the journal last, so that what was broken off is still known as a session.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.adapters.evening_file import NAME, SIMULATED
from voice_coach.adapters.history_index import FILE, SET_ASIDE, start_of
from voice_coach.adapters.session_folder import ANALYSIS, AUDIO, JOURNAL, SessionFolder
from voice_coach.core import journal
from voice_coach.core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

REPORT = "report.html"
SOUND = (AUDIO, REPORT)
"""What holds sound: the recording is in the report, too, which can be written again without it."""
SESSION = (AUDIO, REPORT, ANALYSIS, JOURNAL)
"""What the program writes into a session's folder, in the order in which it goes."""
STATE = (FILE, f"{FILE}-journal", SET_ASIDE, NAME, SIMULATED)
"""What it writes beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was deleted."""

    files: int = 0
    size: int = 0
    """In bytes."""
    left: tuple[Path, ...] = ()
    """What lay in a session's folder and is none of the program's."""

    def __add__(self, other: Forgotten) -> Forgotten:
        """Both together."""
        return Forgotten(
            files=self.files + other.files, size=self.size + other.size, left=(*self.left, *other.left)
        )


def kept_sessions(root: Path) -> tuple[SessionFolder, ...]:
    """The sessions in *root*, oldest first: also those that were never judged or hold nothing yet, but no links.

    Raises StorageError.
    """
    try:
        with os.scandir(root) as entries:
            names = sorted(
                entry.name
                for entry in entries
                if entry.is_dir(follow_symlinks=False) and _is_session(root / entry.name)
            )
    except FileNotFoundError:
        return ()
    except OSError as failure:
        message = f"{root}: cannot be read: {failure.strerror}; allow reading it"
        raise StorageError(message) from failure
    return tuple(SessionFolder(path=root / name) for name in names)


def is_running(folder: SessionFolder) -> bool:
    """Whether a program still writes the session's journal. Raises StorageError."""
    return folder.journal_path.exists() and folder.is_running


def forget_sound(folder: SessionFolder) -> Forgotten:
    """Deletes the sound of a session. Raises StorageError."""
    return _deleted(folder.path, SOUND)


def forget_session(folder: SessionFolder) -> Forgotten:
    """Deletes a session. Raises StorageError."""
    done = _deleted(folder.path, SESSION)
    try:
        left = tuple(sorted(folder.path.iterdir()))
        if not left:
            folder.path.rmdir()
    except OSError as failure:
        message = f"{folder.path}: cannot be deleted: {failure.strerror}; delete it yourself"
        raise StorageError(message) from failure
    return done + Forgotten(left=left)


def forget_state(root: Path) -> Forgotten:
    """Deletes what is known over all sessions. Raises StorageError."""
    return _deleted(root, STATE)


def _is_session(path: Path) -> bool:
    """Whether *path* is a session's folder: by its name and what is in it, which may be nothing; one of another name by
    what its files say. One that has just gone is none.
    """
    if start_of(path.name) is None:
        return _began_here(path / JOURNAL) or _was_judged_here(path / ANALYSIS)
    if any((path / name).exists() for name in (JOURNAL, ANALYSIS)):
        return True
    with suppress(FileNotFoundError):
        return not any(path.iterdir())
    return False


def _began_here(journal_path: Path) -> bool:
    with suppress(OSError), journal_path.open(encoding="utf-8", errors="replace") as file:
        first = next(journal.parse([file.readline()]), {})
        return first.get("kind") == "session_started"
    return False


def _was_judged_here(analysis_path: Path) -> bool:
    with suppress(OSError, ValueError):
        content = json.loads(analysis_path.read_text(encoding="utf-8"))
        return isinstance(content, dict) and isinstance(content.get("schema"), int) and "checklist" in content
    return False


def _deleted(folder: Path, names: Sequence[str]) -> Forgotten:
    done = Forgotten()
    for path in _with_parts(folder, names):
        try:
            size = path.lstat().st_size
            path.unlink()
        except FileNotFoundError:
            continue
        except OSError as failure:
            message = f"{path}: cannot be deleted: {failure.strerror}; delete it yourself"
            raise StorageError(message) from failure
        done += Forgotten(files=1, size=size)
    return done


def _with_parts(folder: Path, names: Iterable[str]) -> list[Path]:
    """The files, and what is left of one that was being written."""
    return [folder / found for name in names for found in (f"{name}.part", name)]
