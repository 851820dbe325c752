"""Frames, pieces and clips of sound, and the arithmetic on them.

The session's audio is 16 kHz mono int16. A *frame* is 20 ms of it (320 samples). The sample count is the
clock: frame ``i`` covers the session seconds ``[i * 0.02, (i + 1) * 0.02)`` whatever the time of its arrival.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
FRAME_SAMPLES = 320
FRAME_S = FRAME_SAMPLES / RATE_HZ
SILENCE_DBFS = -120.0
_NO_POWER = 1e-12
_PART_OF_A_SAMPLE = 0.5 / FRAME_SAMPLES
"""In frames: what rounding may make of a moment."""

Pcm = NDArray[np.int16]
"""Mono samples, int16, shape (n,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFrame:
    """20 ms from the microphone."""

    index: int
    """Frames since the session's start; dropped frames are counted, so a drop leaves a gap and no shift."""
    pcm: Pcm
    """int16, (320,)."""

    @property
    def start_s(self) -> float:
        """Session seconds of the first sample."""
        return frames_to_s(self.index)

    @property
    def end_s(self) -> float:
        """Session seconds just after the last sample."""
        return frames_to_s(self.index + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of microphone audio that is transcribed in one go."""

    id: int
    """Counts from 0 within a session."""
    start_s: float
    """Session seconds of the first sample."""
    pcm: Pcm
    """int16, (n,), 16 kHz."""
    voiced_s: float
    """Seconds of it that the voice detector called speech."""
    sound_from_s: float | None = None
    """Session seconds of the first frame in which anything was heard; None: not known."""
    sound_until_s: float | None = None
    """The end of the last such frame."""

    @property
    def end_s(self) -> float:
        """Session seconds just after the last sample."""
        return round(self.start_s + duration_s(self.pcm), 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """Rendered speech, ready to be played."""

    pcm: Pcm
    """int16, (n,), mono."""
    rate_hz: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.pcm) / self.rate_hz


def frames_to_s(frames: int) -> float:
    """Length of *frames* frames in seconds, rounded to 1 ms so that it survives JSON unchanged."""
    return round(frames * FRAME_S, 3)


def frames_between(start_s: float, end_s: float) -> range:
    """The indices of the frames that hold any of the time between two moments."""
    return range(floor(start_s / FRAME_S + _PART_OF_A_SAMPLE), ceil(end_s / FRAME_S - _PART_OF_A_SAMPLE))


def duration_s(pcm: Pcm, rate_hz: int = RATE_HZ) -> float:
    """Length of *pcm* in seconds."""
    return len(pcm) / rate_hz


def to_float32(pcm: Pcm) -> NDArray[np.float32]:
    """Samples as float32 in [-1, 1)."""
    return pcm.astype(np.float32) / 32768.0


def dbfs(pcm: Pcm) -> float:
    """Root-mean-square level relative to full scale, in dB; ``SILENCE_DBFS`` for digital silence."""
    if len(pcm) == 0:
        return SILENCE_DBFS
    power = float(np.mean(np.square(to_float32(pcm), dtype=np.float64)))
    return SILENCE_DBFS if power <= _NO_POWER else 10.0 * float(np.log10(power))
