"""What candidates say, by several writers: ``prompts/asked/*.tsv``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.core.content import Saying
from voice_coach.core.errors import PromptError
from voice_coach.core.question_model import SPECIAL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_ANY = "*"
_COLUMNS = 3


def load_sayings(folder: Path, facts: Collection[str]) -> tuple[Saying, ...]:
    """All in *folder*, by file and line. *facts*: the ids of the standard facts. Raises PromptError."""
    return tuple(saying for path in sorted(folder.glob("*.tsv")) for saying in read_sayings(path, facts))


def read_sayings(path: Path, facts: Collection[str]) -> Iterator[Saying]:
    """Those in the file at *path*: pack or ``*``, what it asks for, and the sentence. Raises PromptError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as failure:
        raise PromptError(f"{path}: cannot be read: {failure}") from failure
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != _COLUMNS or not all(column.strip() for column in columns):
            raise PromptError(
                f"{path}:{number}: needs a pack or *, what is asked for, and a sentence, by tabs"
            )
        pack, asks, text = columns
        if pack == _ANY and asks not in facts and asks not in SPECIAL:
            raise PromptError(
                f"{path}:{number}: {asks!r} is no standard fact and none of {', '.join(SPECIAL)}"
            )
        yield Saying(writer=path.stem, pack=None if pack == _ANY else pack, asks=asks, text=text)


def check_sayings(folder: Path, facts: Collection[str]) -> list[str]:
    """The first complaint about each file of *folder*."""
    found = []
    for path in sorted(folder.glob("*.tsv")):
        try:
            list(read_sayings(path, facts))
        except PromptError as problem:
            found.append(str(problem))
    return found
