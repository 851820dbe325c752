"""Changes of sample rate, by soxr: deterministic, and exact enough that nothing downstream can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from voice_coach.core.audio import RATE_HZ

if TYPE_CHECKING:
    from voice_coach.core.audio import Clip, Pcm


def converted(pcm: Pcm, from_hz: int, to_hz: int) -> Pcm:
    """*pcm* (int16, (n,)) at another rate; the same array where the rates agree."""
    if from_hz == to_hz or len(pcm) == 0:
        return pcm
    import soxr

    result: Pcm = soxr.resample(pcm, from_hz, to_hz)
    return result


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
            soxr.ResampleStream(from_hz, to_hz, 1, dtype="int16") if from_hz != to_hz else None
        )

    def convert(self, pcm: Pcm) -> Pcm:
        """What can be converted by now; may be empty."""
        if self._stream is None:
            return pcm
        result: Pcm = self._stream.resample_chunk(np.ascontiguousarray(pcm))
        return result

    def finish(self) -> Pcm:
        """The rest. Nothing may be converted afterwards."""
        rest: Pcm = np.zeros(0, dtype=np.int16)
        if self._stream is None:
            return rest
        result: Pcm = self._stream.resample_chunk(rest, last=True)
        return result
