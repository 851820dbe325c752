"""Reads recordings of any kind that people have, and writes plain WAV.

A file is read whole or not at all: an answer of which a part is silently missing would be judged wrongly. So
a file that is cut off or damaged is refused, and the complaint says how much of it could be read. Single
broken packets are skipped, as every player does. A FLAC or stream that does not say how long it is has made
no promise and is read up to where it breaks off: so is the audio of a session that was killed.
"""

from __future__ import annotations

import struct
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.adapters.rate_conversion import RateStream
from voice_coach.core.audio import RATE_HZ, duration_s
from voice_coach.core.errors import InputError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import av

    from voice_coach.core.audio import Pcm

TOLERANCE_S = 0.5
"""A file may be this much shorter than it says: encoders pad and round."""
TOLERANCE_SHARE = 0.02
"""The same as a share of its length."""
BROKEN_SHARE = 0.05
"""More broken packets than this are damage, where a file does not say how long it is."""
_KINDS = "wav, flac, mp3, m4a, ogg and webm are read"
_UNKNOWN_SIZE = 0x7FFF0000
"""Programs that write WAV into a pipe put this or more where the size of the samples belongs."""
_MP3_HEAD = 65_536
_NO_CONTENT = "it holds no audio samples"


@dataclass(slots=True, kw_only=True)
class _Decoding:
    """What happened while a file was decoded."""

    packets: int = 0
    broken: int = 0
    samples: int = 0


def read_audio(path: Path, *, left_alone: bool = False) -> Pcm:
    """The recording at *path* as 16 kHz mono: all channels mixed, or the left one alone.

    Raises InputError, naming the file and the reason, when it is missing, is no audio, holds no samples, is
    cut off or is damaged.
    """
    import av

    try:
        with av.open(str(path)) as container:
            return _read(path, container, left_alone=left_alone)
    except FileNotFoundError as err:
        raise InputError(f"{path}: no such file") from err
    except OSError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror}") from err
    except av.error.FFmpegError as err:
        raise InputError(f"{path}: is no audio file, or a damaged one ({_KINDS})") from err


def write_wav(path: Path, pcm: Pcm, rate_hz: int = RATE_HZ) -> None:
    """Write *pcm* (int16, mono) as a WAV file. Raises StorageError."""
    try:
        with path.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate_hz)
            file.writeframes(pcm.astype("<i2").tobytes())
    except OSError as err:
        raise StorageError(f"{path}: cannot be written: {err.strerror}") from err


def _read(path: Path, container: av.container.InputContainer, *, left_alone: bool) -> Pcm:
    if not container.streams.audio:
        raise InputError(f"{path}: has no sound in it ({_KINDS})")
    decoding = _Decoding()
    chunks = list(_chunks(container, decoding, left_alone=left_alone))
    pcm: Pcm = np.concatenate(chunks) if chunks else np.zeros(0, dtype=np.int16)
    promised_s = _promised_s(path, container)
    _check_whole(path, duration_s(pcm), promised_s, decoding)
    if len(pcm) == 0:
        raise InputError(f"{path}: {_NO_CONTENT}")
    return pcm


def _chunks(
    container: av.container.InputContainer, decoding: _Decoding, *, left_alone: bool
) -> Iterator[Pcm]:
    """The first audio stream, one channel at 16 kHz."""
    import av

    stream = container.streams.audio[0]
    # Planar: a row for each channel. Without a layout the channels stay as they are.
    to_pcm = av.AudioResampler(format="s16p", layout=None if left_alone else "mono")
    to_session: RateStream | None = None
    for frame in _frames(container, stream, decoding):
        for planes in to_pcm.resample(frame):
            to_session = to_session or RateStream(planes.sample_rate)
            yield to_session.convert(planes.to_ndarray()[0])
    if to_session is not None:
        yield to_session.finish()


def _frames(
    container: av.container.InputContainer, stream: av.AudioStream, decoding: _Decoding
) -> Iterator[av.AudioFrame]:
    import av

    for packet in container.demux(stream):
        decoding.packets += 1
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            decoding.broken += 1
            continue
        yield from frames


def _check_whole(path: Path, read_s: float, promised_s: float | None, decoding: _Decoding) -> None:
    if promised_s is None:
        # The last packet of a recording that was cut off is always broken.
        if decoding.broken > max(1.0, BROKEN_SHARE * decoding.packets):
            raise InputError(f"{path}: is damaged: only {read_s:.1f} s of it can be read")
        return
    if promised_s - read_s > max(TOLERANCE_S, TOLERANCE_SHARE * promised_s):
        raise InputError(
            f"{path}: is damaged or cut off: it says {promised_s:.1f} s and only {read_s:.1f} s can be read; "
            "record or export it again"
        )


def _promised_s(path: Path, container: av.container.InputContainer) -> float | None:
    """How long the file says it is; None where it does not say, or only lets it be guessed."""
    if container.format.name == "wav":
        return _wav_promise_s(path)
    if container.format.name == "mp3" and not _has_mp3_length(path):
        return None  # FFmpeg guesses from the size and the first bit rate
    return container.duration / 1e6 if container.duration else None


def _has_mp3_length(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_MP3_HEAD)
    return any(tag in head for tag in (b"Xing", b"Info", b"VBRI"))


def _wav_promise_s(path: Path) -> float | None:
    """The length in a WAV file's header, which FFmpeg cuts down to what is there."""
    bytes_a_second = 0
    with path.open("rb") as file:
        file.seek(12)
        while len(head := file.read(8)) == 8:  # noqa: PLR2004 - a chunk's name and size
            name, size = struct.unpack("<4sI", head)
            if name == b"data":
                is_known = 0 < size < _UNKNOWN_SIZE and bytes_a_second
                return size / bytes_a_second if is_known else None
            start = file.tell()
            if name == b"fmt ":
                bytes_a_second = struct.unpack("<8xI", file.read(12))[0]
            file.seek(start + size + size % 2)
    return None
