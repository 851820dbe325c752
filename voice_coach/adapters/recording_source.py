"""A recording in the place of the microphone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voice_coach.adapters.real_time import Pace, at_once
from voice_coach.core.audio import FRAME_SAMPLES, AudioFrame, frames_to_s

if TYPE_CHECKING:
    from voice_coach.core.audio import Pcm


class RecordingSource:
    """An :class:`~voice_coach.ports.AudioSource` that gives a recording's frames, and silence for ever after.

    It never returns None: a session ends by its own rules, as it would with a candidate who has fallen
    silent.
    """

    def __init__(self, pcm: Pcm, pace: Pace = at_once) -> None:
        """*pcm*: 16 kHz mono, as :func:`~voice_coach.adapters.audio_file.read_audio` gives it."""
        self._pcm = pcm
        self._pace = pace
        self._index = 0

    def read(self) -> AudioFrame:
        """The next frame; the last one is filled up with silence."""
        self._pace(frames_to_s(self._index + 1))
        first = self._index * FRAME_SAMPLES
        frame = AudioFrame(index=self._index, pcm=padded(self._pcm[first : first + FRAME_SAMPLES]))
        self._index += 1
        return frame

    def close(self) -> None:
        """Nothing is held open."""


def padded(pcm: Pcm) -> Pcm:
    """At most a frame of samples, filled up to one with silence; always a copy."""
    frame: Pcm = np.zeros(FRAME_SAMPLES, dtype=np.int16)
    frame[: len(pcm)] = pcm
    return frame
