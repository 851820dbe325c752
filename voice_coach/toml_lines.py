"""Where each key of a TOML text stands: the standard library's reader forgets it.

The text is known to be valid TOML; this only follows its structure and never decodes a value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Key = str | int

_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'", re.DOTALL
)
_SCALAR = re.compile(r"[^,\]}\n#]*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def line_of(text: str, location: Sequence[Key]) -> int | None:
    """The line (from 1) of the key at *location* in the valid TOML *text*, or of what holds it most closely.

    Parts of *location* that the text does not hold are passed over; None when it holds none.
    """
    lines = _Scanner(text).scan()
    path: tuple[Key, ...] = ()
    for part in location:
        if (*path, part) in lines:
            path = (*path, part)
    return lines.get(path)


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines: dict[tuple[Key, ...], int] = {}
        self._sizes: dict[tuple[Key, ...], int] = {}
        """How many tables each array of tables has so far."""

    def scan(self) -> dict[tuple[Key, ...], int]:
        """The line of each table, key and array element by its path."""
        table: tuple[Key, ...] = ()
        while self._skip_blank() < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _header(self) -> tuple[Key, ...]:
        is_array = self._text.startswith("[[", self._at)
        line = self._line()
        self._at += 2 if is_array else 1
        *outer, last = self._dotted()
        self._at += 2 if is_array else 1
        path: tuple[Key, ...] = ()
        for part in outer:
            path = self._latest((*path, part))
            self._lines.setdefault(path, line)
        path = (*path, last)
        self._lines.setdefault(path, line)
        if is_array:
            self._sizes[path] = self._sizes.get(path, 0) + 1
            path = self._latest(path)
            self._lines[path] = line
        return path

    def _latest(self, path: tuple[Key, ...]) -> tuple[Key, ...]:
        return (*path, self._sizes[path] - 1) if path in self._sizes else path

    def _pair(self, table: tuple[Key, ...]) -> None:
        line = self._line()
        path = table
        for part in self._dotted():
            path = (*path, part)
            self._lines.setdefault(path, line)
        self._at += 1  # the equals sign
        self._value(path)

    def _value(self, path: tuple[Key, ...]) -> None:
        self._skip_blank()
        if match := _STRING.match(self._text, self._at):
            self._at = match.end()
        elif self._text[self._at] == "[":
            self._array(path)
        elif self._text[self._at] == "{":
            self._inline_table(path)
        else:
            self._at = _scalar_end(self._text, self._at)

    def _array(self, path: tuple[Key, ...]) -> None:
        self._at += 1
        index = 0
        while self._skip_blank() < len(self._text) and self._text[self._at] != "]":
            self._lines[*path, index] = self._line()
            self._value((*path, index))
            index += 1
            self._skip_comma()
        self._at += 1

    def _inline_table(self, path: tuple[Key, ...]) -> None:
        self._at += 1
        while self._skip_blank() < len(self._text) and self._text[self._at] != "}":
            self._pair(path)
            self._skip_comma()
        self._at += 1

    def _skip_comma(self) -> None:
        if self._skip_blank() < len(self._text) and self._text[self._at] == ",":
            self._at += 1

    def _dotted(self) -> list[str]:
        """A key such as ``a."b c".d``; the position is left after it and the blanks behind it."""
        parts: list[str] = []
        while True:
            self._skip_blank()
            match = _STRING.match(self._text, self._at) or _BARE_KEY.match(self._text, self._at)
            if match is None:
                return parts
            parts.append(match.group().strip("\"'"))
            self._at = match.end()
            if self._skip_blank() >= len(self._text) or self._text[self._at] != ".":
                return parts
            self._at += 1

    def _skip_blank(self) -> int:
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._at

    def _line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1


def _scalar_end(text: str, start: int) -> int:
    match = _SCALAR.match(text, start)
    return match.end() if match else start
