from __future__ import annotations

import os
import queue
import threading
from pathlib import Path

import pytest

from voice_coach.adapters.disk_sync import DiskSync

PATIENCE_S = 10.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "audio.flac").write_bytes(b"sound")
    return tmp_path / "audio.flac"


def test_the_file_is_written_through_again_and_again_and_a_last_time(path: Path) -> None:
    synced: queue.SimpleQueue[int] = queue.SimpleQueue()

    def sync(handle: int) -> None:
        synced.put(os.fstat(handle).st_size)
        os.fsync(handle)

    kept = DiskSync(path, every_s=0.01, sync=sync)
    assert [synced.get(timeout=PATIENCE_S) for _ in range(3)] == [5, 5, 5]
    with path.open("ab") as file:
        file.write(b"more")
    kept.close()
    kept.close()
    sizes = [5]
    while not synced.empty():
        sizes.append(synced.get())
    assert sizes[-1] == 9


def test_a_slow_disk_holds_nobody_up(path: Path) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow(_handle: int) -> None:
        begun.set()
        assert may_end.wait(PATIENCE_S)

    kept = DiskSync(path, every_s=0.01, sync=slow)
    assert begun.wait(PATIENCE_S)
    with path.open("ab") as file:
        file.write(b"more")
    assert path.read_bytes() == b"soundmore"
    may_end.set()
    kept.close()


def test_a_disk_that_is_gone_is_for_the_writer_to_tell(path: Path) -> None:
    tried = threading.Event()

    def gone(_handle: int) -> None:
        tried.set()
        raise OSError(5, "Input/output error")

    kept = DiskSync(path, every_s=0.01, sync=gone)
    assert tried.wait(PATIENCE_S)
    kept.close()
