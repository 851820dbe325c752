"""``models.lock``: which packages carry which weights, and the hash of every file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, StringConstraints
from pydantic.dataclasses import dataclass

from voice_coach.core.errors import ConfigError
from voice_coach.toml_file import load_toml

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_NO_OTHER_KEYS = ConfigDict(extra="forbid")

# These become file, folder and command-line names: nothing may climb out of a folder or read as an option.
PlainName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


@dataclass(frozen=True, slots=True, kw_only=True, config=_NO_OTHER_KEYS)
class PackagePin:
    """One wheel of a package registry."""

    name: PlainName
    version: PlainName
    sha256: Sha256


@dataclass(frozen=True, slots=True, kw_only=True, config=_NO_OTHER_KEYS)
class Part:
    """A member of a wheel."""

    package: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True, config=_NO_OTHER_KEYS)
class FilePin:
    """One file of a model: its parts, joined in their order."""

    name: PlainName
    bytes: int
    sha256: Sha256
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=_NO_OTHER_KEYS)
class ModelSpec:
    """One model: where its weights come from and what they must be."""

    name: PlainName
    role: str
    licence: str
    default: bool
    """Fetched when no name is given."""
    upstream: str
    hub: str = ""
    """Owner and name in the model hub's cache, for a copy that another program has already brought."""
    hub_folder: str = ""
    packages: tuple[PackagePin, ...] = ()
    files: tuple[FilePin, ...]

    @property
    def total_bytes(self) -> int:
        return sum(pin.bytes for pin in self.files)


@dataclass(frozen=True, slots=True, kw_only=True, config=_NO_OTHER_KEYS)
class _LockFile:
    schema: Literal[1]
    model: tuple[ModelSpec, ...]


def load_lock(path: Path) -> tuple[ModelSpec, ...]:
    """Read ``models.lock``; ConfigError naming the file and the key when it cannot be used."""
    models = load_toml(path, _LockFile, ConfigError).model
    for spec in models:
        named = {package.name for package in spec.packages}
        for pin in spec.files:
            for part in pin.parts:
                if part.package not in named:
                    raise ConfigError(
                        f"{path}: {spec.name}: {pin.name}: package {part.package!r} is not among its packages"
                    )
    return models


def lock_path() -> Path:
    """The lock file of this checkout, or the copy inside the installed wheel."""
    package = Path(__file__).resolve().parent.parent
    beside = package.parent / "models.lock"
    return beside if beside.is_file() else package / "_data" / "models.lock"
