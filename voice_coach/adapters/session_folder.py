"""A session on disk: a private folder with the journal, the audio and what is made of them."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voice_coach.core import journal
from voice_coach.core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

JOURNAL = "journal.jsonl"
AUDIO = "audio.flac"
ANALYSIS = "session.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFolder:
    """The folder of one session."""

    path: Path

    @property
    def journal_path(self) -> Path:
        """Every event, as it happened."""
        return self.path / JOURNAL

    @property
    def audio_path(self) -> Path:
        """Both channels."""
        return self.path / AUDIO

    @property
    def analysis_path(self) -> Path:
        """The analysis; there once the session has been judged."""
        return self.path / ANALYSIS

    @property
    def is_finished(self) -> bool:
        """Whether the session was judged."""
        return self.analysis_path.exists()

    @property
    def is_running(self) -> bool:
        """Whether a program has the journal open for writing."""
        try:
            with self.journal_path.open("rb+") as file:
                return not _locked(file.fileno())
        except OSError as failure:
            message = f"{self.journal_path}: cannot be opened: {failure.strerror}"
            raise StorageError(message) from failure

    def cut_torn_line(self, lines: Sequence[Mapping[str, object]]) -> None:
        """Drop what follows the journal's good *lines*: the line that was being written. Raises StorageError."""
        write_whole(self.journal_path, "".join(journal.to_line(line) for line in lines))

    def journal_lines(self) -> list[dict[str, Any]]:
        """The journal's lines up to the first that was not fully written. Raises StorageError."""
        try:
            with self.journal_path.open(encoding="utf-8", errors="replace") as lines:
                return list(journal.parse(lines))
        except OSError as failure:
            message = f"{self.journal_path}: cannot be read: {failure.strerror}"
            raise StorageError(message) from failure


def create(root: Path, name: str) -> SessionFolder:
    """A new private folder *name* (or ``name-2``, …) in *root*. Raises StorageError."""
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number in range(1, 1000):
            path = root / (name if number == 1 else f"{name}-{number}")
            with suppress(FileExistsError):
                path.mkdir(mode=0o700)
                return SessionFolder(path=path)
    except OSError as failure:
        message = (
            f"{root}: sessions cannot be kept there: {failure.strerror}; "
            "free space or choose another folder with --sessions"
        )
        raise StorageError(message) from failure
    message = f"{root}: a thousand sessions are called {name}; choose another folder with --sessions"
    raise StorageError(message)


def find(root: Path) -> tuple[SessionFolder, ...]:
    """The sessions in *root*, oldest first."""
    if not root.is_dir():
        return ()
    return tuple(SessionFolder(path=path.parent) for path in sorted(root.glob(f"*/{JOURNAL}")))


class JournalFile:
    """The growing journal. Each line is handed to the system before the next thing happens."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as failure:
            raise self._error(failure) from failure
        _locked(handle)
        self._handle: int | None = handle

    def write(self, content: Mapping[str, object]) -> None:
        """Append one line. Raises StorageError (a full disk, say); what was written before stays."""
        if self._handle is None:
            return
        line = journal.to_line(content).encode(errors="backslashreplace")  # a path may hold half a character
        try:
            written = os.write(self._handle, line)
            if written < len(line):
                os.write(self._handle, line[written:])
        except OSError as failure:
            raise self._error(failure) from failure

    def close(self) -> None:
        """May be called twice."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _error(self, failure: OSError) -> StorageError:
        return StorageError(f"{self._path}: cannot be written: {failure.strerror}; free space and try again")


def write_whole(path: Path, text: str) -> None:
    """Write *text* beside *path* and rename, so that there is never half a file. Raises StorageError."""
    beside = path.with_name(path.name + ".part")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        beside.replace(path)
    except OSError as failure:
        message = f"{path}: cannot be written: {failure.strerror}; free space and run voice-coach recover"
        raise StorageError(message) from failure


def _locked(handle: int) -> bool:
    """Takes the file for this program; False where another one has it. Windows knows no such lock: always True."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
