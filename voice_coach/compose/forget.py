"""What is forgotten of past sessions: what somebody asks for, and what is older than the settings keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from voice_coach.adapters.forgetting import (
    SOUND,
    STATE,
    Forgotten,
    forget_session,
    forget_sound,
    forget_state,
    is_running,
    kept_sessions,
)
from voice_coach.adapters.history_index import FILE, History, start_of
from voice_coach.core.counting import counted
from voice_coach.core.errors import InputError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from voice_coach.adapters.session_folder import SessionFolder
    from voice_coach.core.history import HistorySettings

T = TypeVar("T")
LATEST = "latest"
_SHOWN = 3
"""Of the sessions that a shortened name fits, so many are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """What is to be deleted; nothing is, before it is carried out."""

    root: Path
    sound: tuple[SessionFolder, ...] = ()
    """The sound of these."""
    sessions: tuple[SessionFolder, ...] = ()
    """These altogether."""
    has_state: bool = False
    """What is known over all sessions."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to delete."""
        return not (self.sound or self.sessions or self.has_state)

    def carry_out(self) -> Forgotten:
        """Deletes it. Raises StorageError; what was deleted until then is gone."""
        done = Forgotten()
        try:
            for folder in self.sound:
                done += forget_sound(folder)
            for folder in self.sessions:
                done += forget_session(folder)
            if self.has_state:
                done += forget_state(self.root)
        finally:
            if self.sessions and (self.root / FILE).exists():
                with History.open(self.root) as history:
                    history.refresh()
        return done


def forget_named(root: Path, name: str, *, is_sound_alone: bool) -> Forgetting:
    """One session, or only its sound. Raises InputError, or StorageError."""
    folder = named(kept_sessions(root), name, lambda item: item.path.name, root)
    _refuse_running([folder])
    return (
        Forgetting(root=root, sound=(folder,))
        if is_sound_alone
        else Forgetting(root=root, sessions=(folder,))
    )


def forget_all_sound(root: Path) -> Forgetting:
    """The sound of all sessions. Raises InputError where one is running, or StorageError."""
    folders = tuple(folder for folder in kept_sessions(root) if _has_sound(folder))
    _refuse_running(folders)
    return Forgetting(root=root, sound=folders)


def forget_everything(root: Path) -> Forgetting:
    """All sessions and what is known over them. Raises InputError where one is running, or StorageError."""
    folders = kept_sessions(root)
    _refuse_running(folders)
    return Forgetting(root=root, sessions=folders, has_state=any((root / name).exists() for name in STATE))


def forget_expired(root: Path, settings: HistorySettings, now: datetime) -> Forgetting:
    """What is older than *settings* keep; a session that is running is left alone. Raises StorageError."""
    if not (settings.keeps_audio_days or settings.keeps_sessions_days):
        return Forgetting(root=root)
    sound, sessions = [], []
    for folder in kept_sessions(root):
        age = now - (start_of(folder.path.name) or _written(folder.path))
        if _is_over(age, settings.keeps_sessions_days):
            if not is_running(folder):
                sessions.append(folder)
        elif _is_over(age, settings.keeps_audio_days) and _has_sound(folder) and not is_running(folder):
            sound.append(folder)
    return Forgetting(root=root, sound=tuple(sound), sessions=tuple(sessions))


def keep_to_retention(
    root: Path, settings: HistorySettings, now: datetime, tell: Callable[[str], None]
) -> None:
    """Deletes what is older than *settings* keep, and tells so; that it cannot is told as well, and ends nothing."""
    try:
        forgetting = forget_expired(root, settings, now)
        if not forgetting.is_empty:
            forgetting.carry_out()
            tell(f"As [history] in the settings says: deleted {what(forgetting)}.")
    except StorageError as failure:
        tell(f"What is older than [history] keeps could not be deleted: {failure}")


def what(forgetting: Forgetting) -> str:
    """What is deleted, in words."""
    return " and ".join(_parts(forgetting)) or "nothing"


def named(items: Sequence[T], name: str, name_of: Callable[[T], str], root: Path) -> T:
    """The one of *items*, oldest first, that *name* means: a name, its beginning, the path of a folder in *root*, or
    ``latest``. Raises InputError.
    """
    if not items:
        message = f"{root}: holds no such session yet; voice-coach practice makes one"
        raise InputError(message)
    if name == LATEST:
        return items[-1]
    path = Path(name)
    if len(path.parts) > 1 and path.parent.resolve() == root.resolve():
        name = path.name
    found = [item for item in items if name and name_of(item).startswith(name)]
    exact = [item for item in found if name_of(item) == name]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if not found:
        message = (
            f"no session in {root} is called {name!r}; voice-coach history lists them, and there is latest"
        )
        raise InputError(message)
    shown = ", ".join(name_of(item) for item in found[-_SHOWN:])
    message = (
        f"{name!r} is the beginning of {counted(len(found), 'session')} ({shown}); write more of the name"
    )
    raise InputError(message)


def _parts(forgetting: Forgetting) -> Iterator[str]:
    if forgetting.sound:
        yield f"the sound of {_counted(forgetting.sound)}, with the reports that hold it"
    if forgetting.sessions:
        yield _counted(forgetting.sessions)
    if forgetting.has_state:
        yield "the history"


def _counted(folders: Sequence[SessionFolder]) -> str:
    return folders[0].path.name if len(folders) == 1 else counted(len(folders), "session")


def _refuse_running(folders: Iterable[SessionFolder]) -> None:
    for folder in folders:
        if is_running(folder):
            message = f"{folder.path}: is still running; end it first"
            raise InputError(message)


def _has_sound(folder: SessionFolder) -> bool:
    return any((folder.path / name).exists() for name in SOUND)


def _is_over(age: timedelta, days: int) -> bool:
    return days > 0 and age > timedelta(days=days)


def _written(path: Path) -> datetime:
    """When something was last added to the folder, whose name does not tell. Raises StorageError."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as failure:
        message = f"{path}: cannot be read: {failure.strerror}; allow reading it"
        raise StorageError(message) from failure
