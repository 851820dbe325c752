"""Reads a TOML file into dataclasses; every complaint names the file, the line and the key."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter, ValidationError

from voice_coach.toml_lines import Key, line_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voice_coach.core.errors import CoachError

T = TypeVar("T")


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
        # Without a line the complaint is about the end of the text.
        line = match.group(1) if match else max(1, len(text.splitlines()))
        message = f"{path}:{line}: not valid TOML: {failure}"
        raise error(message) from failure
    except RecursionError as failure:
        message = f"{path}: cannot be read: nested too deeply"
        raise error(message) from failure
    except ValueError as failure:  # a number of thousands of digits
        message = f"{path}: cannot be read: {failure}"
        raise error(message) from failure


def describe(path: Path, text: str, failure: ValidationError) -> str:
    """The first complaint of *failure* as one line with file, line and key."""
    first = failure.errors(include_url=False)[0]
    location = tuple(first["loc"])
    reason = {
        "extra_forbidden": "unknown key",
        "unexpected_keyword_argument": "unknown key",
        "missing": "missing",
    }.get(first["type"], first["msg"])
    return complaint(path, text, location, reason)


def complaint(path: Path, text: str, location: Sequence[Key], reason: str) -> str:
    """One line with file, line and key for what is wrong at *location* (keys and array indices) of *text*."""
    key = ".".join(str(part) for part in location) or "the file"
    line = line_of(text, location)
    where = f"{path}:{line}" if line else str(path)
    return f"{where}: {key}: {reason}"
