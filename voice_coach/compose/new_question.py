"""A question pack to begin with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voice_coach.core.errors import InputError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from voice_coach.compose.content import Content

_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def write_new(content: Content, folder: Path, name: str) -> Path:
    """Writes a pack of the id *name* into *folder*, which is made, and returns where it is.

    It is complete and good, about a parking garage, to be written over. Raises InputError for an id that is none or
    is taken, and StorageError where nothing can be written.
    """
    if not _ID.fullmatch(name):
        message = (
            f"{name!r} is no id of a question; use small letters, digits and hyphens, as in url-shortener"
        )
        raise InputError(message)
    if name in content.questions:
        message = f"there is a question {name!r} already; choose another id"
        raise InputError(message)
    path = folder / f"{name}.toml"
    text = content.question_template.read_text(encoding="utf-8")
    for slot, value in (
        ("id", name),
        ("key", name.replace("-", "_")),
        ("title", name.replace("-", " ").capitalize()),
    ):
        text = text.replace(f"{{{slot}}}", value)
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as failure:
        if not folder.is_dir():
            message = f"{folder} is a file; name a folder under session.questions"
            raise StorageError(message) from failure
        message = f"{path} is there already; choose another id, or mend it"
        raise InputError(message) from failure
    except OSError as failure:
        message = f"{path}: cannot be written: {failure.strerror}"
        raise StorageError(message) from failure
    return path
