"""Bigger Whisper models from the model hub, for those who ask for one by name."""

from __future__ import annotations

import shutil
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from voice_coach.core.errors import EngineError, InputError

_LOOK_EVERY_S = 0.5


def download_size(size: str, folder: Path, progress: Callable[[int], None]) -> None:
    """Bring the Whisper model that faster-whisper calls *size* into *folder*.

    *progress* gets the bytes so far, from another thread. InputError when there is no such size,
    EngineError when the hub does not deliver it.
    """
    # Imported here: half a second that no other command pays.
    from faster_whisper.utils import available_models, download_model
    from httpx2 import HTTPError
    from huggingface_hub.errors import XetDownloadError

    if size not in available_models():
        raise InputError(f"no model is called {size!r}; the sizes are {', '.join(available_models())}")
    try:
        with _watched(folder, progress), warnings.catch_warnings():
            # faster-whisper 1.2 passes an argument that newer hub clients ignore with a warning.
            warnings.filterwarnings("ignore", message=".*local_dir_use_symlinks", category=UserWarning)
            download_model(size, output_dir=str(folder))
    except (OSError, HTTPError, XetDownloadError) as err:
        raise EngineError(
            f"model {size}: the model hub did not deliver it ({type(err).__name__}); "
            f"check the network and run `voice-coach models fetch {size}` again"
        ) from err
    shutil.rmtree(folder / ".cache", ignore_errors=True)


@contextmanager
def _watched(folder: Path, progress: Callable[[int], None]) -> Iterator[None]:
    """Report how much is in *folder* while the body fills it."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(_LOOK_EVERY_S):
            progress(_bytes_in(folder))

    watcher = threading.Thread(target=look, name="download-progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _bytes_in(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_size if file.is_file() else 0
        except FileNotFoundError:
            # Renamed between the listing and the look: counted under its new name the next time.
            continue
    return total
