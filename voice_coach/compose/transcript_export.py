"""A session's transcript as a file for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voice_coach.adapters.session_folder import write_whole
from voice_coach.core.errors import InputError
from voice_coach.core.transcript_text import as_markdown, as_srt, as_vtt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SUFFIXES = (".md", ".srt", ".vtt")


def check_transcript(path: Path) -> None:
    """Raises InputError where no transcript can be written to *path*."""
    if path.suffix.lower() not in SUFFIXES:
        message = f"--transcript {path}: its name must end in {', '.join(SUFFIXES)}"
        raise InputError(message)
    if path.is_dir() or not path.parent.is_dir():
        message = f"--transcript {path}: name a file in a folder that exists"
        raise InputError(message)


def write_transcript(path: Path, analysis: Mapping[str, Any], title: str) -> None:
    """Writes the transcript of *analysis* to *path*, in the form that its name asks for. Raises StorageError."""
    transcript = analysis["transcript"]
    match path.suffix.lower():
        case ".srt":
            text = as_srt(transcript)
        case ".vtt":
            text = as_vtt(transcript)
        case _:
            text = as_markdown(transcript, title)
    write_whole(path, text)
