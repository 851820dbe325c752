"""The microphone's sound of the running session, to be played back: sample for sample what the recording holds.

It is kept in memory (2.4 MB a minute), as a file that still grows cannot be read to its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voice_coach.core.audio import FRAME_SAMPLES, RATE_HZ, Clip

if TYPE_CHECKING:
    from voice_coach.core.audio import AudioFrame, Pcm


class HeardTape:
    """A tape beside the others. Written to by the session loop, read by it."""

    def __init__(self) -> None:
        self._frames: dict[int, Pcm] = {}

    def write(self, left: AudioFrame, coach: Pcm) -> None:
        """Keeps the microphone's 20 ms."""
        del coach
        self._frames[left.index] = left.pcm

    def clip(self, start_s: float, end_s: float) -> Clip:
        """The stretch between two moments; frames that never came are silence."""
        first, last = round(start_s * RATE_HZ), round(end_s * RATE_HZ)
        silence = np.zeros(FRAME_SAMPLES, np.int16)
        frames = range(first // FRAME_SAMPLES, -(-last // FRAME_SAMPLES))
        sound = [self._frames.get(index, silence) for index in frames] or [silence[:0]]
        begin = first - frames.start * FRAME_SAMPLES
        return Clip(pcm=np.concatenate(sound)[begin : begin + last - first], rate_hz=RATE_HZ)
