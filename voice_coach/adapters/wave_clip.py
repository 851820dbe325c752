"""Clips as WAV files, and WAV and AIFF files as clips."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.core.audio import Clip

if TYPE_CHECKING:
    from collections.abc import Sequence

SILENT_CLIP = Clip(pcm=np.zeros(2205, dtype=np.int16), rate_hz=22_050)
"""100 ms: what a text without a word in it sounds like."""


def clip_from(data: bytes) -> Clip:
    """The sound file in *data* as mono int16 at its own rate. Raises ValueError if it is no whole sound."""
    return _from_wave(data) if data.startswith(b"RIFF") else _from_other(data)


def wave_bytes(clip: Clip) -> bytes:
    """*clip* as a 16-bit mono WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(clip.rate_hz)
        file.writeframes(clip.pcm.astype("<i2").tobytes())
    return buffer.getvalue()


def joined(clips: Sequence[Clip], gap_s: float = 0.0) -> Clip:
    """*clips* (at least one, all of one rate) after each other with *gap_s* of silence between."""
    gap = np.zeros(round(gap_s * clips[0].rate_hz), dtype=np.int16)
    parts = [part for clip in clips for part in (gap, clip.pcm)][1:]
    return Clip(pcm=np.concatenate(parts), rate_hz=clips[0].rate_hz)


def _from_wave(data: bytes) -> Clip:
    # The standard library's reader spares the 60 ms that importing soundfile takes.
    try:
        with wave.open(io.BytesIO(data)) as file:
            shape = (file.getnchannels(), file.getsampwidth())
            rate_hz, frames = file.getframerate(), file.getnframes()
            samples = file.readframes(frames)
    except (wave.Error, EOFError) as error:
        raise ValueError(f"not a whole WAV file: {error}") from error
    if shape != (1, 2):
        return _from_other(data)
    return _checked(np.frombuffer(samples, dtype="<i2").astype(np.int16), rate_hz, frames)


def _from_other(data: bytes) -> Clip:
    import soundfile  # only macOS writes AIFF

    try:
        samples, rate_hz = soundfile.read(io.BytesIO(data), dtype="int16", always_2d=True)
    except soundfile.SoundFileError as error:
        raise ValueError(f"not a sound file: {error}") from error
    return _checked(np.ascontiguousarray(samples[:, 0]), int(rate_hz), len(samples))


def _checked(pcm: np.ndarray[tuple[int], np.dtype[np.int16]], rate_hz: int, frames: int) -> Clip:
    if not len(pcm) or len(pcm) != frames:
        raise ValueError(f"holds {len(pcm)} of {frames} samples")
    return Clip(pcm=pcm, rate_hz=rate_hz)
