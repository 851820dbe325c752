"""The evening on disk, so that it goes on where it was left: ``evening.json`` in the folder of the sessions."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from voice_coach.adapters.session_folder import write_whole
from voice_coach.core.errors import StorageError
from voice_coach.core.evening import Evening

NAME = "evening.json"
SIMULATED = "evening-simulated.json"
"""Of a simulated candidate, so that a person's own stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningRecord:
    """Everything that is known of an evening."""

    __pydantic_config__ = {"extra": "forbid"}

    version: Literal[1] = 1
    started: AwareDatetime
    bed_at: AwareDatetime
    hours: float
    """From the start until bed."""
    seed: int
    evening: Evening
    is_over: bool = False
    """Good night was said."""
    keep: str = ""
    """What there is to keep in mind in the morning; told once it is over."""


_RECORD: TypeAdapter[EveningRecord] = TypeAdapter(EveningRecord)


def read_evening(path: Path) -> EveningRecord | None:
    """The evening at *path*; None where there is none. Raises StorageError for one that cannot be used."""
    try:
        return _RECORD.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as failure:
        message = f"{path}: cannot be read: {failure.strerror}"
        raise StorageError(message) from failure
    except ValidationError as failure:
        first = failure.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        message = f"{path}: is damaged: {key}: {first['msg']}"
        raise StorageError(message) from failure


def write_evening(path: Path, record: EveningRecord) -> None:
    """Keep *record* at *path*, whole and private. Raises StorageError."""
    text = json.dumps(asdict(record), default=_plain, ensure_ascii=False, indent=1) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, text)
    except OSError as failure:
        raise _unwritable(path, str(failure.strerror)) from failure
    except StorageError as failure:
        # Of a session, which could be recovered.
        raise _unwritable(path, _reason(failure)) from failure


def _reason(failure: StorageError) -> str:
    cause = failure.__cause__
    return str(cause.strerror if isinstance(cause, OSError) else failure)


def _unwritable(path: Path, reason: str) -> StorageError:
    return StorageError(
        f"{path}: cannot be written: {reason}; free space or choose another folder with --sessions"
    )


def _plain(value: object) -> str:
    """A time, which is all that JSON does not know."""
    assert isinstance(value, datetime)  # noqa: S101 - tells the type checker
    return value.isoformat()
