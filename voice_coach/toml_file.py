"""Reads a TOML file into dataclasses; every complaint names the file, the line, the key and the mend."""

from __future__ import annotations

import difflib
import re
import tomllib
from contextlib import suppress
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from voice_coach.toml_lines import Key, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from voice_coach.core.errors import CoachError

T = TypeVar("T")

_AT = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_BACKSLASH = "a backslash is written twice within double quotes, and once within single ones"
_SYNTAX = (
    ("Invalid value", "no value that TOML knows; text stands in quotes"),
    (
        "Expected newline or end of document",
        "more than one value; a list stands in brackets, a fraction has a point",
    ),
    ("Cannot overwrite a value", "this key already has a value"),
    ("Cannot declare", "this table is already there; a table has one heading"),
    ("Cannot mutate immutable", "this table is already there; a table has one heading"),
    ("Unescaped '\\'", _BACKSLASH),
    ("Invalid hex value", _BACKSLASH),
    ("Escaped character is not a Unicode", _BACKSLASH),
    ("Illegal character '\\n'", "a text in quotes does not end on its line"),
)
"""How a complaint of the TOML reader begins, and what it means to whoever wrote the file."""
_KINDS = {
    "string": "must be text in quotes",
    "int": "must be a whole number",
    "float": "must be a number",
    "bool": "must be true or false",
    "tuple": "must be a list in brackets",
    "list": "must be a list in brackets",
    "set": "must be a list in brackets",
    "frozen_set": "must be a list in brackets",
    "dataclass": "must be a table",
    "dict": "must be a table",
    "mapping": "must be a table",
    "missing": "missing",
}
"""What a value must be, by how the type of a complaint begins."""
_UNKNOWN_KEY = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
_LONGEST_SHOWN = 40
"""Characters of a value that are repeated in a complaint about it."""


def load_toml(path: Path, kind: type[T], error: type[CoachError], /, **defaults: object) -> T:
    """The file at *path* as a *kind* (a dataclass whose ``__pydantic_config__`` forbids extra keys).

    *defaults* are top-level keys that the file need not hold (an id taken from its name, say).
    Raises *error* with one line: file, line, key, what is wrong.
    """
    text = read_text(path, error)
    data = {**defaults, **parse_toml(path, text, error)}
    try:
        return TypeAdapter(kind).validate_python(data)
    except ValidationError as failure:
        raise error(describe(path, text, failure, kind)) from failure


def read_text(path: Path, error: type[CoachError]) -> str:
    """The file's text. Raises *error* when it cannot be read or is no UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as failure:
        message = f"{path}: no such file"
        raise error(message) from failure
    except UnicodeDecodeError as failure:
        line = failure.object.count(b"\n", 0, failure.start) + 1
        message = f"{path}:{line}: not UTF-8; save the file as UTF-8"
        raise error(message) from failure
    except OSError as failure:
        message = f"{path}: {_unreadable(path, failure)}"
        raise error(message) from failure


def parse_toml(path: Path, text: str, error: type[CoachError]) -> dict[str, object]:
    """*text* as TOML. Raises *error* naming the line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as failure:
        raise error(_misspelt(path, text, str(failure))) from failure
    except RecursionError as failure:
        message = f"{path}: cannot be read: nested too deeply"
        raise error(message) from failure
    except ValueError as failure:
        message = f"{path}: cannot be read: holds a number of thousands of digits"
        raise error(message) from failure


def describe(path: Path, text: str, failure: ValidationError, kind: Any) -> str:  # noqa: ANN401 - any type of a file
    """The first complaint of *failure* to become a *kind* as one line with file, line and key."""
    first = _clearest(failure.errors(include_url=False))
    location = tuple(first["loc"])
    if first["type"] in _UNKNOWN_KEY:
        return complaint(path, text, location, f"unknown key{_near(kind, location)}")
    known = first["type"].rsplit("_", 1)[0].removesuffix("_from")
    reason = _KINDS.get(known) or first["msg"].replace("Input should be", "must be", 1)
    given = first["input"]
    if known != "missing" and isinstance(given, str | int | float) and len(str(given)) <= _LONGEST_SHOWN:
        reason += f", not {_as_toml(given)}"
    return complaint(path, text, location, reason)


def complaint(path: Path, text: str, location: Sequence[Key], reason: str) -> str:
    """One line with file, line and key for what is wrong at *location* (keys and array indices) of *text*."""
    key = ".".join(str(part) for part in location) or "the file"
    line = line_of(text, location)
    where = f"{path}:{line}" if line else str(path)
    return f"{where}: {key}: {reason}"


def _clearest(wrong: Sequence[ErrorDetails]) -> ErrorDetails:
    """The first, but for a key that is missing where another one of its table is misspelt."""
    first = wrong[0]
    if first["type"] != "missing":
        return first
    table = first["loc"][:-1]
    misspelt = (item for item in wrong if item["type"] in _UNKNOWN_KEY and item["loc"][:-1] == table)
    return next(misspelt, first)


def _unreadable(path: Path, failure: OSError) -> str:
    """Why *path* cannot be read. Windows denies reading a folder instead of calling it one."""
    with suppress(OSError):
        if path.is_dir():
            return "is a folder; name a file in it"
    mend = "; allow reading it" if isinstance(failure, PermissionError) else ""
    return f"cannot be read: {failure.strerror}{mend}"


def _misspelt(path: Path, text: str, told: str) -> str:
    """What the TOML reader *told*, with its place in front and in words of this program."""
    at = _AT.search(told)
    reason = told[: at.start()] if at else told
    reason = next((ours for theirs, ours in _SYNTAX if reason.startswith(theirs)), reason)
    # Without a line the complaint is about the end of the text.
    line = at["line"] if at and at["line"] else max(1, len(text.splitlines()))
    column = f", column {at['column']}" if at and at["column"] else ""
    return f"{path}:{line}: not valid TOML{column}: {reason}"


def _as_toml(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


# -- which key may have been meant ---------------------------------------------------------------------------


def _near(kind: Any, location: Sequence[Key]) -> str:  # noqa: ANN401 - any type of a file
    """A hint at the key of *kind* that may be meant by the unknown one at *location*; empty when there is none."""
    *outer, wrong = location
    table = kind
    for part in outer:
        table = table if isinstance(part, int) or table is None else _tables(table).get(part)
    if table is None:
        return ""
    known = [item.name for item in fields(table)]
    near = difflib.get_close_matches(str(wrong), known, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    elsewhere = [path for path in _paths(kind) if path[-1] == wrong]
    if elsewhere:
        *above, name = elsewhere[0]
        return f"; did you mean {name} under [{'.'.join(above)}]?"
    return f"; known are {', '.join(known)}"


def _tables(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - any type of a file
    """The fields of *kind* that are tables or lists of them, with the type of such a table."""
    found = {name: _table_in(hint) for name, hint in get_type_hints(kind).items()}
    return {name: table for name, table in found.items() if table is not None}


def _table_in(hint: Any) -> Any:  # noqa: ANN401 - any annotation
    if is_dataclass(hint):
        return hint
    return next((found for part in get_args(hint) if (found := _table_in(part)) is not None), None)


def _paths(kind: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - any type of a file
    """Every key of *kind* that stands in a table of its own, by its path."""
    for name, table in _tables(kind).items():
        for item in fields(table):
            yield (*above, name, item.name)
        yield from _paths(table, (*above, name))
