"""A session on disk: a private folder with the journal, the audio and what is made of them."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voice_coach.adapters.session_audio import is_whole
from voice_coach.core import journal
from voice_coach.core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

JOURNAL = "journal.jsonl"
AUDIO = "audio.flac"
ANALYSIS = "session.json"
_BINARY = getattr(os, "O_BINARY", 0)
"""Windows would put a carriage return before each line's end."""
_SYNCED = frozenset({"transcript", "coach_said", "session_ended"})
"""Kinds of lines that survive a power cut, with all before them: one in some seconds, about 4 ms each."""


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
        """Whether the session came to its end, was heard as far as there is sound, and everything of it is on disk.

        Raises StorageError.
        """
        return (
            self.analysis_path.exists()
            and any(line.get("kind") == "session_ended" for line in self.journal_lines())
            and (not self.audio_path.exists() or (is_whole(self.audio_path) and not any(self._failed)))
        )

    @property
    def heard_nothing(self) -> bool:
        """Whether there was something to transcribe and the recogniser failed at all of it. Raises StorageError."""
        failed = self._failed
        return bool(failed) and all(failed)

    @property
    def _failed(self) -> list[bool]:
        """For each piece whether the recogniser failed at it when it last tried."""
        failed: dict[str, bool] = {}
        for line in self.journal_lines():
            if line.get("kind") in {"piece_cut", "transcript"}:
                failed[str(line.get("piece"))] = bool(line.get("has_failed"))
        return list(failed.values())

    @property
    def is_empty(self) -> bool:
        """Whether nothing was journalled: the session never began."""
        return not self.journal_path.exists() or self.journal_path.stat().st_size == 0

    @property
    def is_running(self) -> bool:
        """Whether a program has the journal open for writing."""
        try:
            with self.journal_path.open("rb+") as file:
                return not _locked(file.fileno())
        except OSError as failure:
            message = f"{self.journal_path}: cannot be opened: {failure.strerror}"
            raise StorageError(message) from failure

    def journal_lines(self) -> list[dict[str, Any]]:
        """The journal's lines, but for a last one that was not fully written.

        Raises StorageError when it cannot be read, or another line is damaged.
        """
        return [content for content, _ in self._read()]

    @property
    def is_simulated(self) -> bool:
        """Whether a room spoke, as its journal says, which is not read line by line. Raises OSError."""
        return b'"room_said"' in self.journal_path.read_bytes()

    def cut_torn_line(self) -> None:
        """Drop what was not fully written of the last line, so that lines can be added. Raises StorageError."""
        size = sum(length for _, length in self._read())
        try:
            with self.journal_path.open("rb+") as file:
                file.truncate(size)
                file.seek(max(0, size - 1))
                if size and file.read(1) != b"\n":
                    file.write(b"\n")
        except OSError as failure:
            message = f"{self.journal_path}: cannot be written: {failure.strerror}; free space and try again"
            raise StorageError(message) from failure

    def drop_audio(self) -> None:
        """Delete the sound. Raises StorageError."""
        _delete(self.audio_path)

    def drop_analysis(self) -> None:
        """Delete the analysis, which does not count any more. Raises StorageError."""
        _delete(self.analysis_path)

    def _read(self) -> list[tuple[dict[str, Any], int]]:
        """The good lines, each with its length in bytes."""
        try:
            lines = self.journal_path.read_bytes().splitlines(keepends=True)
        except OSError as failure:
            message = f"{self.journal_path}: cannot be read: {failure.strerror}"
            raise StorageError(message) from failure
        found = []
        for number, line in enumerate(lines, start=1):
            content = next(journal.parse([line.decode(errors="replace")]), None)
            if content is not None:
                found.append((content, len(line)))
            elif number < len(lines):
                message = f"{self.journal_path}:{number}: is damaged; mend or delete this line"
                raise StorageError(message)
        return found


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
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | _BINARY, 0o600)
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
            if content.get("kind") in _SYNCED:
                os.fsync(self._handle)
        except OSError as failure:
            raise self._error(failure) from failure

    def close(self) -> None:
        """May be called twice."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _error(self, failure: OSError) -> StorageError:
        return StorageError(f"{self._path}: cannot be written: {failure.strerror}; free space and try again")


def write_whole(path: Path, text: str, mend: str = "free space and run voice-coach recover") -> None:
    """Write *text* beside *path* and rename, so that there is never half a file.

    Raises StorageError, which says *mend*.
    """
    beside = path.with_name(path.name + ".part")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # before the rename, or a power cut may leave an empty file
        beside.replace(path)
    except OSError as failure:
        message = f"{path}: cannot be written: {failure.strerror}; {mend}"
        raise StorageError(message) from failure


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as failure:
        message = f"{path}: cannot be deleted: {failure.strerror}; delete it yourself"
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
