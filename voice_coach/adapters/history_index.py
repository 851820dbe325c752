"""The history of past sessions: an index in SQLite over what their folders hold.

Everything in it comes from the folders, so deleting it loses nothing: the next look makes it anew. A look reads only
the ``session.json`` files that are new or changed since the last one, by time and size. Processes may share it: what is
to be written is read beforehand, and written in short transactions that wait for each other.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import stat
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from voice_coach.adapters.session_folder import ANALYSIS, JOURNAL
from voice_coach.core import history
from voice_coach.core.history import Kind, Origin, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

T = TypeVar("T")
FILE = "history.sqlite3"
SET_ASIDE = f"{FILE}.set-aside"
"""What a file that is no index of ours is renamed to."""
BUSY_S = 10.0
"""So long another process is waited for: it writes 200 sessions at a time, which takes far less."""
MIGRATIONS = (
    (
        """CREATE TABLE session (
            name TEXT PRIMARY KEY,
            mtime_ns INTEGER NOT NULL,
            size INTEGER NOT NULL,
            complaint TEXT,
            started_s REAL NOT NULL,
            kind TEXT,
            question TEXT,
            drill TEXT,
            at_microphone INTEGER,
            words INTEGER,
            answer_s REAL,
            wpm REAL,
            fillers_per_min REAL,
            score REAL,
            passed INTEGER,
            verdicts TEXT,
            confidences TEXT
        ) WITHOUT ROWID""",
    ),
    (
        "ALTER TABLE session ADD COLUMN speech TEXT DEFAULT '{}'",
        "UPDATE session SET mtime_ns = 0",  # so that each is read again, for what it was measured to be
    ),
    (
        "ALTER TABLE session DROP COLUMN at_microphone",
        "ALTER TABLE session ADD COLUMN origin TEXT DEFAULT 'unknown'",
        "UPDATE session SET mtime_ns = 0",
    ),
)
"""What makes each version of the index of the one before; the first of an empty file."""
_AT_A_TIME = 200
_COLUMNS = (
    "name, mtime_ns, size, complaint, started_s, kind, question, drill, origin, words, answer_s, wpm, "
    "fillers_per_min, score, passed, verdicts, confidences, speech"
)
_UPSERT = f"INSERT OR REPLACE INTO session ({_COLUMNS}) VALUES ({', '.join('?' * len(_COLUMNS.split(',')))})"  # noqa: S608 - constants
_SELECT = f"SELECT {_COLUMNS} FROM session WHERE complaint IS NULL ORDER BY started_s DESC, name DESC"  # noqa: S608 - constants
_NAMED = re.compile(r"(\d{8}T\d{6})Z-")
_IN_A_ROOM = b'"room_said"'
"""Stands in the journal of a session in a simulated room."""
_STORAGE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)
"""The disk is to blame, not what the file holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow(Session):
    """A session that was judged, and where it lies."""

    name: str
    """Of its folder."""
    folder: Path
    started: datetime
    """UTC, by the folder's name; where it has another one, when it was judged."""


class _OtherVersionError(Exception):
    """A newer program wrote the index."""


class History:
    """The sessions in one folder. Use it as a context manager, from one thread."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._path = root / FILE
        self._is_told: set[str] = set()
        self.told: list[str] = []
        """What the user should know of the index and of sessions that are left out, a line each."""
        self._connection = self._opened()

    @classmethod
    def open(cls, root: Path) -> Self:
        """The index over *root*, made where there is none.

        Where it cannot be written, or there is no *root*, it is made in memory. What is damaged, or was written by a
        newer program, is set aside. Either is told.
        """
        return cls(root)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """May be called twice."""
        self._connection.close()

    def refresh(self) -> None:
        """Have the index hold what the folders do."""
        self._tried(self._refresh)

    def rebuild(self) -> None:
        """Read every session again."""
        self._tried(lambda: self._connection.execute("DELETE FROM session"))
        self.refresh()

    def sessions(self) -> tuple[SessionRow, ...]:
        """All sessions as of the last refresh, newest first."""
        return self._tried(self._rows)

    # -- the file

    def _opened(self) -> sqlite3.Connection:
        if not self._root.is_dir():
            return _memory()
        for _ in range(2):
            try:
                return _connected(self._path)
            except OSError as failure:
                return self._in_memory(failure.strerror or type(failure).__name__)
            except (sqlite3.Error, _OtherVersionError) as failure:
                if _is_storage(failure):
                    return self._in_memory(str(failure))
                if not self._set_aside(failure):
                    break
        return self._in_memory("it is no index of this program")

    def _in_memory(self, reason: str) -> sqlite3.Connection:
        self._tell(f"{self._path}: cannot be used: {reason}; the sessions are read anew each time")
        connection = _memory()
        with suppress(sqlite3.Error, OSError):
            _copy(self._path, connection)
        return connection

    def _set_aside(self, failure: Exception) -> bool:
        """Whether the file is out of the way."""
        try:
            self._path.replace(self._root / SET_ASIDE)
        except FileNotFoundError:
            return True  # another process did
        except OSError:
            return False
        why = "was written by a newer version" if isinstance(failure, _OtherVersionError) else "is damaged"
        self._tell(f"{self._path}: {why}; it was renamed to {SET_ASIDE}, and made anew from the sessions")
        return True

    def _tried(self, work: Callable[[], T]) -> T:
        """What *work* gives; with another index where this one cannot be used."""
        try:
            return work()
        except sqlite3.Error as failure:
            self._connection.close()
            if _is_storage(failure) or not self._set_aside(failure):
                self._connection = self._in_memory(str(failure))
            else:
                self._connection = self._opened()
        self._refresh()
        return work()

    def _tell(self, line: str) -> None:
        if line not in self._is_told:
            self._is_told.add(line)
            self.told.append(line)

    # -- what it holds

    def _refresh(self) -> None:
        known = {
            name: (mtime_ns, size)
            for name, mtime_ns, size in self._connection.execute("SELECT name, mtime_ns, size FROM session")
        }
        found = dict(self._found())
        changed = [name for name, stamp in found.items() if known.get(name) != stamp]
        for at in range(0, len(changed), _AT_A_TIME):
            read = [self._read(name, *found[name]) for name in changed[at : at + _AT_A_TIME]]
            with _writing(self._connection):
                self._connection.executemany(_UPSERT, [row for row in read if row is not None])
        # Only what this look knew of before it began: another process may have added some since.
        gone = [(name,) for name in known if name not in found]
        if gone:
            with _writing(self._connection):
                self._connection.executemany("DELETE FROM session WHERE name = ?", gone)
        complaints = "SELECT name, complaint FROM session WHERE complaint IS NOT NULL ORDER BY name"
        for name, complaint in self._connection.execute(complaints).fetchall():
            self._tell(
                f"{self._root / name / ANALYSIS}: is damaged ({complaint}) and left out; "
                "delete it, and voice-coach recover makes it anew"
            )

    def _found(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """The sessions that were judged: their name, and when and how long their analysis was written."""
        with suppress(FileNotFoundError), os.scandir(self._root) as entries:
            for entry in entries:
                try:
                    status = os.stat(f"{entry.path}/{ANALYSIS}")  # noqa: PTH116 - a Path costs more than the call
                except OSError:
                    continue
                if not stat.S_ISREG(status.st_mode):
                    continue
                if _is_text(entry.name):
                    yield entry.name, (status.st_mtime_ns, status.st_size)
                else:
                    self._tell(f"{entry.path!a}: its name is no text, so it is left out; rename it")

    def _read(self, name: str, mtime_ns: int, size: int) -> tuple[object, ...] | None:
        """The row of a session; None where it cannot be read now."""
        folder = self._root / name
        started = start_of(name) or datetime.fromtimestamp(mtime_ns / 1e9, UTC)
        head = (name, mtime_ns, size)
        try:
            text = (folder / ANALYSIS).read_bytes()
        except OSError as failure:
            self._tell(f"{folder / ANALYSIS}: cannot be read: {failure.strerror}; it is left out")
            return None
        try:
            document = json.loads(text)
            session = history.read(document, origin=_origin(folder, document))
        except (ValueError, RecursionError) as failure:
            return (*head, _reason(failure), started.timestamp(), *[None] * 13)
        return (
            *head,
            None,
            started.timestamp(),
            session.kind,
            session.question,
            session.drill,
            session.origin,
            session.words,
            session.answer_s,
            session.wpm,
            session.fillers_per_min,
            session.score,
            session.passed,
            *(json.dumps(table) for table in (session.verdicts, session.confidences, session.speech)),
        )

    def _rows(self) -> tuple[SessionRow, ...]:
        found = self._connection.execute(_SELECT).fetchall()
        try:
            # One document in place of three for each row: that takes half the time.
            tables = json.loads(f"[{','.join(f'[{row[-3]},{row[-2]},{row[-1]}]' for row in found)}]")
            return tuple(map(self._row, found, tables))
        except ValueError as failure:
            message = f"a row makes no sense: {failure}"
            raise sqlite3.DatabaseError(message) from failure

    def _row(
        self, values: tuple[str | int | float | None, ...], tables: Sequence[dict[str, Any]]
    ) -> SessionRow:
        (name, _, _, _, started_s, kind, question, drill, origin, words, *rest) = values
        (answer_s, wpm, fillers_per_min, score, passed, *_) = rest
        verdicts, confidences, speech = tables
        return SessionRow(
            name=str(name),
            folder=self._root / str(name),
            started=datetime.fromtimestamp(float(started_s or 0), UTC),
            kind=Kind(str(kind)),
            question=None if question is None else str(question),
            drill=None if drill is None else str(drill),
            origin=Origin(str(origin)),
            words=int(words or 0),
            answer_s=_number(answer_s),
            wpm=_number(wpm),
            fillers_per_min=_number(fillers_per_min),
            score=_number(score),
            passed=None if passed is None else bool(passed),
            verdicts=verdicts,
            confidences=confidences,
            speech=speech,
        )


class _writing:  # noqa: N801 - a context manager reads as a verb
    """One transaction that waits for other processes; undone where it fails."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection.in_transaction:  # some failures undo it by themselves
            self._connection.execute("COMMIT" if error is None else "ROLLBACK")


def _connected(path: Path) -> sqlite3.Connection:
    """The index at *path*, as new as this program. Raises OSError, sqlite3.Error or _OtherVersionError."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA secure_delete = ON")  # what is forgotten leaves no trace in the file
    connection.execute("PRAGMA synchronous = NORMAL")  # what a power cut may cost is made anew
    if _version(connection) == len(MIGRATIONS):
        return
    with _writing(connection):
        version = _version(connection)  # another process may have been faster
        if version > len(MIGRATIONS):
            raise _OtherVersionError
        for statement in (line for step in MIGRATIONS[version:] for line in step):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    _migrate(connection)
    return connection


def _copy(path: Path, into: sqlite3.Connection) -> None:
    """Adds what can be read of the index at *path*. Raises sqlite3.Error."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_S)) as source:
        if _version(source) == len(MIGRATIONS):
            rows = source.execute(f"SELECT {_COLUMNS} FROM session").fetchall()  # noqa: S608 - constants
            with _writing(into):
                into.executemany(_UPSERT, rows)


def _is_storage(failure: Exception) -> bool:
    code = getattr(failure, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _STORAGE


def _origin(folder: Path, document: Any) -> Origin:  # noqa: ANN401 - any JSON
    """Where the words of the session in *folder* came from, as its journal tells, and *document*, its analysis."""
    try:
        with (folder / JOURNAL).open("rb") as file:
            first = json.loads(file.readline())
            if not isinstance(first, dict):
                return Origin.UNKNOWN
            if first.get("keeps_pace") is True:
                return Origin.MICROPHONE
            if first.get("kind") == "imported":
                return _kept_as(document)
            return Origin.SIMULATED if any(_IN_A_ROOM in line for line in file) else Origin.RECORDING
    except (OSError, ValueError):
        return Origin.UNKNOWN


def _kept_as(document: Any) -> Origin:  # noqa: ANN401 - any JSON
    """What `analyze --keep` was given."""
    source = document.get("source") if isinstance(document, dict) else None
    is_text = isinstance(source, dict) and source.get("kind") == "transcript"
    return Origin.TRANSCRIPT if is_text else Origin.RECORDING


def start_of(name: str) -> datetime | None:
    """When the session began whose folder is called *name*; None where the name does not tell."""
    found = _NAMED.match(name)
    with suppress(ValueError):
        return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if found else None
    return None


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _reason(failure: Exception) -> str:
    """What is wrong with an analysis, in a few words."""
    match failure:
        case json.JSONDecodeError():
            return f"no JSON at line {failure.lineno}, column {failure.colno}"
        case UnicodeDecodeError() | RecursionError():
            return "no JSON"
        case _:
            return str(failure)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
