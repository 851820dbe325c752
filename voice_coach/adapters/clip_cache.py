"""Clips kept on disk, so that a line which was spoken once is there at once."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.adapters.wave_clip import clip_from, wave_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voice_coach.core.audio import Clip
    from voice_coach.ports import KeyedVoice

_DIGEST_BYTES = 32
_log = logging.getLogger(__name__)


class CachedVoice:
    """A voice whose clips are kept in *folder*: WAV files named by the SHA-256 of the voice's key, the
    speed and the text.

    A kept clip is the same samples as a fresh one, so a run is the same with a full and an empty folder.
    Files are private to the user. The least recently used go first. Processes may share a folder.
    """

    def __init__(self, voice: KeyedVoice, folder: Path, *, limit_bytes: int = 200_000_000) -> None:
        self._voice = voice
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._keeps = limit_bytes > 0

    @property
    def name(self) -> str:
        """That of the voice within."""
        return self._voice.name

    def render(self, text: str, speed: float = 1.0) -> Clip:
        """The kept clip, or a fresh one, which is kept. Blocks. Raises TextToSpeechError."""
        if not self._keeps:
            return self._voice.render(text, speed)
        path = self._path(text, speed)
        kept = _kept(path)
        if kept is not None:
            return kept
        clip = self._voice.render(text, speed)
        self._keep(path, clip)
        return clip

    def close(self) -> None:
        """Close the voice within; the clips stay."""
        self._voice.close()

    def _path(self, text: str, speed: float) -> Path:
        key = f"{self._voice.key}\n{speed:g}\n{text}".encode(errors="surrogatepass")
        return self._folder / f"{hashlib.sha256(key).hexdigest()}.wav"

    def _keep(self, path: Path, clip: Clip) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, wave_bytes(clip))
            self._make_room()
        except OSError as error:
            # Speaking goes on without it; a full disk is for the journal to report.
            _log.warning("clips are no longer kept in %s: %s", self._folder, error)
            self._keeps = False

    def _make_room(self) -> None:
        files = sorted(_listed(self._folder), reverse=True)
        total = 0
        for _, size, path in files:
            total += size
            if total > self._limit_bytes:
                path.unlink(missing_ok=True)


def _kept(path: Path) -> Clip | None:
    """The clip at *path*, noting its use; None where there is none or it was damaged."""
    try:
        data = path.read_bytes()
        if hashlib.sha256(data[:-_DIGEST_BYTES]).digest() != data[-_DIGEST_BYTES:]:
            return None
    except OSError:
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return clip_from(data[:-_DIGEST_BYTES])


def _write(path: Path, data: bytes) -> None:
    # The digest stands behind the sound, where players do not look, and tells a damaged file.
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data + hashlib.sha256(data).digest())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _listed(folder: Path) -> Iterator[tuple[int, int, Path]]:
    """Last use (ns), bytes and path of each file; left-overs of a crash are among them and age like clips."""
    for entry in os.scandir(folder):
        try:
            status = entry.stat()
        except FileNotFoundError:
            continue
        yield status.st_mtime_ns, status.st_size, Path(entry.path)
