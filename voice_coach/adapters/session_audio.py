"""The session's sound on disk: left the microphone, right the coach, on one clock.

Both files grow while the session runs and can be read whatever ends it. libFLAC writes a block of 4,096
samples as soon as it is full, so that a killed session loses at most 0.28 s (measured: 4,096 samples and one
frame).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from voice_coach.adapters.audio_file import read_audio
from voice_coach.adapters.growing_wav import GrowingWav
from voice_coach.core.audio import FRAME_SAMPLES, RATE_HZ
from voice_coach.core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from voice_coach.core.audio import AudioFrame, Pcm

Stereo = NDArray[np.int16]
"""int16, (n, 2): microphone, coach."""

CONTENT = "voice-coach: left the microphone, right the coach"
"""The comment by which such a recording is told from one of a single speaker, wherever it is copied to."""
_PRIVATE = 0o600
_CHANNELS = 2
_HEADER_EVERY_FRAMES = 25
"""Half a second between two corrections of a growing WAV file's header."""
_STREAMINFO_BYTES = 42
_AT_MOST_FRAMES = 3000
"""A minute of silence is written at a time where the clock jumps."""


class Recording(Protocol):
    """A growing two-channel recording."""

    def write(self, frame: AudioFrame, coach: Pcm) -> None:
        """Add 20 ms; frames that are missing before it become silence. Raises StorageError."""

    def close(self) -> None:
        """Complete the file. May be called twice. Raises StorageError."""


class SessionAudio:
    """A growing two-channel 16-bit FLAC at 16 kHz."""

    def __init__(self, path: Path) -> None:
        """Create the file, which must not exist. Raises StorageError."""
        self._path = path
        self._file = _new_flac(path)
        self._clock = _Clock()

    def write(self, frame: AudioFrame, coach: Pcm) -> None:
        """Add 20 ms of microphone and coach; missing frames before it become silence. Raises StorageError."""
        for block in self._clock.blocks(frame, coach):
            _write_flac(self._path, self._file, block)

    def close(self) -> None:
        """Complete the file. May be called twice."""
        self._file.close()


class StereoWav:
    """A growing two-channel 16-bit WAV at 16 kHz (``--output FILE.wav``); replaces a file of that name."""

    def __init__(self, path: Path) -> None:
        """Raises StorageError when *path* cannot be written."""
        self._path = path
        self._clock = _Clock()
        self._count = 0
        try:
            self._wav = GrowingWav(path, rate_hz=RATE_HZ, channels=_CHANNELS, comment=CONTENT)
        except OSError as err:
            raise _cannot_write(path, err) from err

    def write(self, frame: AudioFrame, coach: Pcm) -> None:
        """Add 20 ms of microphone and coach; missing frames before it become silence. Raises StorageError."""
        try:
            for block in self._clock.blocks(frame, coach):
                self._wav.write(block.astype("<i2").tobytes())
            self._count += 1
            if self._count % _HEADER_EVERY_FRAMES == 0:
                self._wav.correct()
        except OSError as err:
            raise _cannot_write(self._path, err) from err

    def close(self) -> None:
        """Complete the file. May be called twice. Raises StorageError."""
        try:
            self._wav.close()
        except OSError as err:
            raise _cannot_write(self._path, err) from err


def recover(path: Path) -> float:
    """Make the FLAC of a killed session whole; returns its length in seconds. A whole one is left alone.

    What was written is decoded and written anew, beside and renamed: the killed file does not say how long it
    is and may end in a torn block. Where nothing was written yet the file is made to hold a frame of silence,
    because a FLAC without samples cannot be read, and 0 is returned. Raises StorageError.
    """
    if is_whole(path):
        return _length_s(path)
    partial = path.with_name(path.name + ".part")
    partial.unlink(missing_ok=True)
    file = _new_flac(partial)
    try:
        samples = 0
        for block in _decoded(path):
            _write_flac(partial, file, block)
            samples += len(block)
        if samples == 0:
            _write_flac(partial, file, np.zeros((FRAME_SAMPLES, 2), dtype=np.int16))
        file.close()
        partial.replace(path)
    except OSError as err:
        raise _cannot_write(path, err) from err
    finally:
        file.close()
        partial.unlink(missing_ok=True)
    return samples / RATE_HZ


def is_whole(path: Path) -> bool:
    """Whether the header holds the number of samples, which is written when the file is closed."""
    try:
        with path.open("rb") as file:
            head = file.read(_STREAMINFO_BYTES)
    except OSError as err:
        raise StorageError(f"{path}: the session's sound cannot be read: {err.strerror}") from err
    # "fLaC", a block header, then STREAMINFO: the total samples are the low 36 bits of its bytes 13 to 17.
    return head[:4] == b"fLaC" and int.from_bytes(head[21:26], "big") & (2**36 - 1) > 0


def is_session_audio(path: Path) -> bool:
    """Whether *path* is a recording with the coach on a channel of its own: it says so, or lies in a session's folder.

    Sounds are not asked: two people may just as well speak into two microphones.
    """
    import av

    try:
        with av.open(str(path)) as container:
            streams = container.streams.audio
            if not streams or streams[0].channels != _CHANNELS:
                return False
            comments = [value for key, value in container.metadata.items() if key.lower() == "comment"]
            is_beside = path.suffix.lower() in (".flac", ".wav") and path.with_name("journal.jsonl").exists()
            return CONTENT in comments or (is_beside and streams[0].rate == RATE_HZ)
    except (OSError, av.error.FFmpegError):
        return False  # whoever reads it next says what is wrong


def read_candidate(path: Path) -> Pcm:
    """What the candidate says in a recording of any kind, 16 kHz: one of a session has the coach on the other channel.

    Raises InputError as :func:`~voice_coach.adapters.audio_file.read_audio` does.
    """
    return read_audio(path, left_alone=is_session_audio(path))


def read_microphone(path: Path) -> Pcm:
    """The microphone's channel of a whole recording, int16 at 16 kHz. Raises StorageError."""
    blocks = [block[:, 0] for block in _decoded(path)]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.int16)


def blocks_of(path: Path, samples: int) -> Iterator[Stereo]:
    """Both channels of a whole recording, *samples* at a time. Raises StorageError."""
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            yield from file.blocks(samples, dtype="int16", always_2d=True)
    except soundfile.LibsndfileError as err:
        raise StorageError(f"{path}: the session's sound cannot be read: {err}") from err


@dataclass(slots=True)
class _Clock:
    """Keeps second 0 of the file at second 0 of the session."""

    next_index: int = 0

    def blocks(self, frame: AudioFrame, coach: Pcm) -> Iterator[Stereo]:
        """Silence for the frames that are missing, then the frame."""
        while self.next_index < frame.index:
            frames = min(frame.index - self.next_index, _AT_MOST_FRAMES)
            yield np.zeros((frames * FRAME_SAMPLES, 2), dtype=np.int16)
            self.next_index += frames
        yield np.stack((frame.pcm, coach), axis=1)
        self.next_index += 1


# Any, here and below: soundfile ships no annotations.
def _new_flac(path: Path) -> Any:  # noqa: ANN401
    import soundfile

    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE))
    except OSError as err:
        raise _cannot_write(path, err) from err
    try:
        # By its name: the C library of soundfile does not know Python's descriptors on Windows.
        file = soundfile.SoundFile(
            path, "w", samplerate=RATE_HZ, channels=_CHANNELS, format="FLAC", subtype="PCM_16"
        )
        file.comment = CONTENT
    except soundfile.LibsndfileError as err:
        raise _cannot_write(path, err) from err
    return file


def _write_flac(path: Path, file: Any, block: Stereo) -> None:  # noqa: ANN401
    import soundfile

    try:
        file.write(block)
    # A full disk is a short write to libFLAC, which soundfile asserts against.
    except (soundfile.LibsndfileError, AssertionError) as err:
        raise _cannot_write(path, err) from err


def _cannot_write(path: Path, err: Exception) -> StorageError:
    reason = err.strerror if isinstance(err, OSError) and err.strerror else "the disk is full or gone"
    return StorageError(
        f"{path}: the session's sound cannot be written: {reason}; "
        f"make room in {path.parent} or choose another folder"
    )


def _length_s(path: Path) -> float:
    import soundfile

    return float(soundfile.info(str(path)).duration)


def _decoded(path: Path) -> Iterator[Stereo]:
    """The blocks that can be read, up to the one that is torn."""
    import av

    try:
        with av.open(str(path)) as container:
            for packet in container.demux(audio=0):
                for frame in packet.decode():
                    yield frame.to_ndarray().reshape(-1, 2).astype(np.int16)
    except av.error.InvalidDataError:
        return  # the torn end, or nothing but a header
