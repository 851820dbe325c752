from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest

import voice_coach
from voice_coach.core.counting import counted

_PLURAL = re.compile(
    r" (minutes|seconds|hours|days|weeks|sessions|rehearsals|answers|words|fillers|requests|tokens|files|times|pauses"
    r"|questions|items|parts|prompts|rounds|steps|verdicts|points|sentences|lines|drills|attempts|pieces|reports|packs"
    r"|models|devices)\b"
)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 words"),
        (1, "1 word"),
        (2, "2 words"),
        (1480, "1,480 words"),
        (1.0, "1 word"),
        (12.5, "12.5 words"),
    ],
)
def test_one_is_no_plural(number: float, shown: str) -> None:
    assert counted(number, "word") == shown


def test_nothing_else_in_the_program_puts_a_number_before_a_plural() -> None:
    root = Path(voice_coach.__file__).parent
    found = [
        f"{path.relative_to(root)}: {ast.unparse(value.value)}{following.value!s}"
        for path in sorted(root.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for value, following in pairwise(node.values)
        if isinstance(value, ast.FormattedValue) and isinstance(following, ast.Constant)
        if _PLURAL.match(str(following.value))
        if not ast.unparse(value.value).isupper()
    ]
    assert found == [
        "core/speakable_time.py: ' and a half' if half else '' minutes",  # two and more
        "report/pictures.py: max(known) words a minute",
    ]
