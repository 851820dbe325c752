"""The folder that a session is kept in, and what is written there while it runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from voice_coach.adapters import session_folder
from voice_coach.adapters.disk_sync import DiskSync
from voice_coach.adapters.session_audio import SessionAudio
from voice_coach.shell import Records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import ExitStack
    from pathlib import Path

    from voice_coach.adapters.session_folder import SessionFolder
    from voice_coach.compose.judging import Judging
    from voice_coach.shell import Tape


def open_folder(
    root: Path,
    what: str,
    judging: Judging,
    stack: ExitStack,
    on_folder: Callable[[SessionFolder], None],
    *,
    keeps_audio: bool,
) -> SessionFolder:
    """A new folder in *root*, named after now and *what* is done; *on_folder* is told of it. Raises StorageError.

    Where sound is not to be kept, *stack* drops it however the session ends. What *judging* has not judged stays, for
    ``recover``.
    """
    now = datetime.now(UTC)  # noqa: TID251 - names the folder
    folder = session_folder.create(root, f"{now:%Y%m%dT%H%M%SZ}-{what}")
    on_folder(folder)
    if not keeps_audio:
        stack.callback(lambda: folder.drop_audio() if judging.last and not folder.heard_nothing else None)
    return folder


def open_records(folder: SessionFolder, tapes: Sequence[Tape], stack: ExitStack) -> Records:
    """The journal and the recording of *folder*, and *tapes* besides; *stack* closes the first two."""
    journal = session_folder.JournalFile(folder.journal_path)
    stack.callback(journal.close)
    tape = SessionAudio(folder.audio_path)
    stack.callback(DiskSync(folder.audio_path).close)
    stack.callback(tape.close)
    return Records(journal=journal, tapes=[tape, *tapes])
