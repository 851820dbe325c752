"""Reads a TOML file into dataclasses; every complaint names the file, the line and the key."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter, ValidationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voice_coach.core.errors import CoachError

T = TypeVar("T")
Key = str | int

FORBID_EXTRA = {"extra": "forbid"}
"""For ``__pydantic_config__`` of a dataclass: an unknown key is an error."""


def load_toml(path: Path, kind: type[T], error: type[CoachError], **defaults: object) -> T:
    """The file at *path* as a *kind* (a dataclass whose ``__pydantic_config__`` forbids extra keys).

    *defaults* are top-level keys that the file need not hold (an id taken from its name, say).
    Raises *error* with one line: file, line, key, what is wrong.
    """
    text = read_text(path, error)
    data = {**defaults, **parse_toml(path, text, error)}
    try:
        return TypeAdapter(kind).validate_python(data)
    except ValidationError as failure:
        raise error(describe(path, text, failure)) from failure


def read_text(path: Path, error: type[CoachError]) -> str:
    """The file's text. Raises *error* when it cannot be read or is no UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as failure:
        message = f"{path}: no such file"
        raise error(message) from failure
    except (OSError, UnicodeDecodeError) as failure:
        message = f"{path}: cannot be read: {failure}"
        raise error(message) from failure


def parse_toml(path: Path, text: str, error: type[CoachError]) -> dict[str, object]:
    """*text* as TOML. Raises *error* naming the line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as failure:
        match = re.search(r"line (\d+)", str(failure))
        where = f":{match.group(1)}" if match else ""
        message = f"{path}{where}: not valid TOML: {failure}"
        raise error(message) from failure


def describe(path: Path, text: str, failure: ValidationError) -> str:
    """The first complaint of *failure* as one line with file, line and key."""
    first = failure.errors(include_url=False)[0]
    location = tuple(first["loc"])
    key = ".".join(str(part) for part in location) or "the file"
    line = line_of(text, location)
    where = f"{path}:{line}" if line else str(path)
    reason = {
        "extra_forbidden": "unknown key",
        "unexpected_keyword_argument": "unknown key",
        "missing": "missing",
    }.get(first["type"], first["msg"])
    return f"{where}: {key}: {reason}"


def line_of(text: str, location: Sequence[Key]) -> int | None:
    """The line (from 1) on which the key at *location* stands, or the nearest enclosing table; None if not found."""
    names: list[str] = []
    best: int | None = None
    counts: dict[str, int] = {}
    lines = text.splitlines()
    tables = [_table_at(line) for line in lines]
    for part in location:
        if isinstance(part, int):
            counts[".".join(names)] = part
            continue
        names.append(part)
        found = _find(lines, tables, names, counts)
        best = found if found is not None else best
    if counts and best is None:
        return None
    last_table = _find_table(tables, names, counts)
    return best if best is not None else last_table


def _table_at(line: str) -> tuple[str, bool] | None:
    match = re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$", line)
    return (re.sub(r"[\s\"']", "", match.group(2)), match.group(1) == "[[") if match else None


def _find_table(
    tables: Sequence[tuple[str, bool] | None], names: Sequence[str], counts: dict[str, int]
) -> int | None:
    wanted = ".".join(names)
    nth = counts.get(wanted, 0)
    seen = 0
    for number, table in enumerate(tables, start=1):
        if table and table[0] == wanted:
            if seen == nth or not table[1]:
                return number
            seen += 1
    return None


def _find(
    lines: Sequence[str],
    tables: Sequence[tuple[str, bool] | None],
    names: Sequence[str],
    counts: dict[str, int],
) -> int | None:
    """The line of key ``names[-1]`` inside table ``names[:-1]``, or of the table ``names`` itself."""
    own = _find_table(tables, names, counts)
    if own is not None:
        return own
    parent = names[:-1]
    start = 0
    if parent:
        table_line = _find_table(tables, parent, counts)
        if table_line is None:
            return None
        start = table_line
    pattern = re.compile(rf"\s*[\"']?{re.escape(names[-1])}[\"']?\s*[=.]")
    for number in range(start, len(lines)):
        if tables[number] is not None:
            return None
        if pattern.match(lines[number]):
            return number + 1
    return None
