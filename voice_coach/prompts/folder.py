"""Where the content files are, and how one is read and checked."""

from __future__ import annotations

import string
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from voice_coach.core.cues import CueSets, check_cue
from voice_coach.core.errors import PromptError
from voice_coach.toml_file import complaint, load_toml, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from voice_coach.toml_lines import Key

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a key, by keys and indices into arrays."""

    location: tuple[Key, ...]
    reason: str


def prompts_folder() -> Path:
    """The checkout's ``prompts/`` when the program runs from one, else the copy inside the package."""
    package = Path(__file__).resolve().parents[1]
    root = package.parent
    is_checkout = (root / "pyproject.toml").is_file() and (root / "prompts").is_dir()
    return root / "prompts" if is_checkout else package / "_data" / "prompts"


def load_checked(
    path: Path, kind: type[T], problems: Callable[[T], Iterable[Problem]], /, **defaults: object
) -> T:
    """The file at *path* as a *kind* in which *problems* finds nothing. Raises PromptError with the first."""
    content = load_toml(path, kind, PromptError, **defaults)
    for problem in problems(content):
        raise PromptError(_described(path, [problem])[0])
    return content


def list_problems(
    path: Path, kind: type[T], problems: Callable[[T], Iterable[Problem]], /, **defaults: object
) -> list[str]:
    """Every complaint about the file at *path*, one line each; only one where its shape is wrong."""
    try:
        content = load_toml(path, kind, PromptError, **defaults)
    except PromptError as error:
        return [str(error)]
    return _described(path, list(problems(content)))


def cue_problems(
    location: tuple[Key, ...], cues: Sequence[str], sets: Mapping[str, Sequence[str]] | None = None
) -> Iterator[Problem]:
    """Cues under *location* that cannot be compiled; ``{name}`` is looked up in *sets*."""
    shared = CueSets(sets or {})
    for index, cue in enumerate(cues):
        try:
            check_cue(cue, shared)
        except ValueError as error:
            yield Problem((*location, index), str(error))


def placeholder_problems(location: tuple[Key, ...], text: str, wanted: set[str]) -> Iterator[Problem]:
    """Whether *text* holds the placeholders *wanted*, and no others."""
    try:
        held = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        yield Problem(location, f"braces: {error}")
        return
    if held != wanted:
        names = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "no placeholder"
        yield Problem(location, f"must hold {names} and nothing else in braces")


def repeated_ids(location: tuple[Key, ...], ids: Sequence[str]) -> Iterator[Problem]:
    """Ids under the array of tables at *location* that were used before."""
    for index, name in enumerate(ids):
        if name in ids[:index]:
            yield Problem((*location, index, "id"), f"{name!r} is used twice; ids are unique within a file")


def _described(path: Path, problems: Sequence[Problem]) -> list[str]:
    if not problems:
        return []
    text = read_text(path, PromptError)
    return [complaint(path, text, problem.location, problem.reason) for problem in problems]
