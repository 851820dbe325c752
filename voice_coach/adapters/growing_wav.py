"""A WAV file that is whole at any time, with a line of text in it that says what it holds."""

from __future__ import annotations

import struct
from pathlib import Path

_PCM = 1
_SAMPLE_BYTES = 2


class GrowingWav:
    """A 16-bit WAV file; replaces a file of that name. Not buffered: a full disk shows at once, not when closing."""

    def __init__(self, path: Path, *, rate_hz: int, channels: int, comment: str) -> None:
        """*comment* (ASCII) stands in the file's RIFF INFO, where programs show it. Raises OSError."""
        self._head = _head(rate_hz, channels, comment)
        self._size = 0
        self._raw = path.open("wb", buffering=0)
        self._correct_head()

    def write(self, samples: bytes) -> None:
        """Append *samples* (int16, little-endian, channel by channel); the head does not know yet. Raises OSError."""
        left = memoryview(samples)
        while left:  # a disk that is all but full takes a part, and then raises
            written = self._raw.write(left) or 0
            self._size += written
            left = left[written:]

    def correct(self) -> None:
        """Let the head tell of all that was written. Raises OSError."""
        end = self._raw.tell()
        self._correct_head()
        self._raw.seek(end)

    def close(self) -> None:
        """Complete the file. May be called twice. Raises OSError."""
        if not self._raw.closed:
            self._correct_head()
            self._raw.close()

    def _correct_head(self) -> None:
        self._raw.seek(0)
        riff = struct.pack("<4sI", b"RIFF", len(self._head) + 8 + self._size)
        self._raw.write(riff + self._head + struct.pack("<4sI", b"data", self._size))


def _head(rate_hz: int, channels: int, comment: str) -> bytes:
    """All between the file's length and its samples."""
    frame_bytes = channels * _SAMPLE_BYTES
    form = struct.pack(
        "<HHIIHH", _PCM, channels, rate_hz, rate_hz * frame_bytes, frame_bytes, 8 * _SAMPLE_BYTES
    )
    text = comment.encode("ascii") + b"\0"
    text += b"\0" * (len(text) % 2)
    info = b"INFO" + _chunk(b"ICMT", text)
    return b"WAVE" + _chunk(b"fmt ", form) + _chunk(b"LIST", info)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", name, len(content)) + content
