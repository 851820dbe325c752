"""The line on which a value stands in a JSON text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

Key = str | int

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def json_line_of(text: str, location: Sequence[Key]) -> int | None:
    """The line (from 1) of the value at *location* in the valid JSON *text*, or of the nearest value around
    it.
    """
    wanted = tuple(location)
    path: list[Key] = []
    best: tuple[int, int] | None = None
    awaits_key = False
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark in "}]":
            path.pop()
        elif mark == ",":
            last = path[-1]
            awaits_key = isinstance(last, str)
            path[-1] = last if isinstance(last, str) else last + 1
        elif mark == ":":
            awaits_key = False
        elif awaits_key and mark.startswith('"'):
            path[-1] = json.loads(mark)
            awaits_key = False
        else:
            depth = len(path)
            if tuple(path) == wanted[:depth] and (best is None or depth >= best[0]):
                best = (depth, text.count("\n", 0, token.start()) + 1)
            if mark in "{[":
                awaits_key = mark == "{"
                path.append("" if awaits_key else 0)
    return best[1] if best else None
