"""Changes of sample rate, by soxr, in floating point: to int16 soxr dithers, differently in every process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from voice_coach.core.audio import RATE_HZ

if TYPE_CHECKING:
    from voice_coach.core.audio import Clip, Pcm


def converted(pcm: Pcm, from_hz: int, to_hz: int) -> Pcm:
    """*pcm* (int16, (n,)) at another rate; the same array where the rates agree."""
    if from_hz == to_hz or len(pcm) == 0:
        return pcm
    import soxr

    return _to_int16(soxr.resample(pcm.astype(np.float32), from_hz, to_hz))


def at_session_rate(clip: Clip) -> Pcm:
    """The clip's samples at 16 kHz."""
    return converted(clip.pcm, clip.rate_hz, RATE_HZ)


class RateStream:
    """Converts sound that comes block by block, without a seam between the blocks.

    Output sample ``i`` belongs to the instant of input sample ``i * from_hz / to_hz``; it only comes some
    milliseconds later, as the filter looks ahead.
    """

    def __init__(self, from_hz: int, to_hz: int = RATE_HZ) -> None:
        import soxr

        # Any: soxr ships no annotations. None where there is nothing to convert.
        self._stream: Any = (
            soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32") if from_hz != to_hz else None
        )

    def convert(self, pcm: Pcm) -> Pcm:
        """What can be converted by now; may be empty."""
        if self._stream is None:
            return pcm
        return _to_int16(self._stream.resample_chunk(pcm.astype(np.float32)))

    def finish(self) -> Pcm:
        """The rest. Nothing may be converted afterwards."""
        if self._stream is None:
            return np.zeros(0, dtype=np.int16)
        return _to_int16(self._stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True))


def _to_int16(samples: NDArray[np.float32]) -> Pcm:
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
