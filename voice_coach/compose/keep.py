"""Keeps the analysis of a file made elsewhere as a session among the others."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from voice_coach.adapters import session_folder
from voice_coach.adapters.session_audio import SessionAudio, read_candidate
from voice_coach.compose.options import AUDIO_SUFFIXES
from voice_coach.listening import frames_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from voice_coach.adapters.session_folder import SessionFolder
    from voice_coach.core.audio import Pcm

_OTHER = "imported"
"""Names the session where no pack was asked."""


def keep(document: Mapping[str, Any], path: Path, root: Path, packs: Collection[str]) -> SessionFolder:
    """The session in *root* that holds *document*, the analysis of the file at *path*, and its sound if it has any.

    It begins when the file was last changed. Raises InputError or StorageError; then, as when it is broken off, nothing
    is kept.
    """
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    question = document["question"]
    name = question if question in packs else _OTHER
    sound = read_candidate(path) if path.suffix.lower() in AUDIO_SUFFIXES else None
    folder = session_folder.create(root, f"{made:%Y%m%dT%H%M%SZ}-{name}")
    try:
        _fill(folder, document, path, sound)
    except BaseException:
        # Without a journal nothing else would find it, and so nothing could delete what was said.
        shutil.rmtree(folder.path, ignore_errors=True)
        raise
    return folder


def _fill(folder: SessionFolder, document: Mapping[str, Any], path: Path, sound: Pcm | None) -> None:
    if sound is not None:
        with closing(SessionAudio(folder.audio_path)) as tape:
            for frame in frames_of(sound):
                tape.write(frame, np.zeros_like(frame.pcm))
    session_folder.write_whole(
        folder.analysis_path, json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    )
    with closing(session_folder.JournalFile(folder.journal_path)) as journal:
        journal.write({"t": 0.0, "kind": "imported", "file": path.name, "question": document["question"]})
        ended_s = document["source"]["duration_s"] or document["pacing"]["answer_s"]
        journal.write({"t": ended_s, "kind": "session_ended", "reason": _OTHER})
