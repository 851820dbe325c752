"""What the coach said, on the microphone's clock: the right channel of the session's recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.adapters.recording_source import padded
from voice_coach.core.audio import FRAME_S, FRAME_SAMPLES, RATE_HZ

if TYPE_CHECKING:
    from voice_coach.core.audio import Clip, Pcm
    from voice_coach.ports import Progress

STRAY_S = 0.06
"""A track this far from what the player says is off; less is the grain of two sound cards' blocks."""
STRAY_FRAMES = 25
"""Frames (half a second) it must be off on end before it is put right: after a delay the frames come in a
burst, and the player's progress, which is that of now, runs ahead of all but the last of them."""
_END_S = 0.001


class CoachTrack:
    """Cuts the clip that is being played into frames."""

    def __init__(self) -> None:
        self._utterance_id: int | None = None
        self._pcm: Pcm = np.zeros(0, dtype=np.int16)
        self._duration_s = 0.0
        self._next = 0
        self._astray = 0

    def start(self, utterance_id: int, clip: Clip) -> None:
        """*clip* is played from now on. Converts it to 16 kHz once."""
        self._utterance_id = utterance_id
        self._pcm = at_session_rate(clip)
        self._duration_s = clip.duration_s
        self._next = 0
        self._astray = 0

    def frame(self, progress: Progress) -> Pcm:
        """The coach's 20 ms (int16, (320,)) for the microphone frame after which *progress* was told."""
        if progress.utterance_id != self._utterance_id or progress.played_s <= 0:
            return padded(self._pcm[:0])
        if progress.is_done and progress.played_s < self._duration_s - _END_S:
            return self._faded()
        self._align(progress.played_s)
        return padded(self._take())

    def _align(self, played_s: float) -> None:
        due = round((played_s - FRAME_S) * RATE_HZ)
        is_astray = abs(self._next - due) > STRAY_S * RATE_HZ and self._next < len(self._pcm)
        self._astray = self._astray + 1 if is_astray else 0
        if self._astray >= STRAY_FRAMES:
            self._next = max(0, due)
            self._astray = 0

    def _take(self) -> Pcm:
        taken = self._pcm[self._next : self._next + FRAME_SAMPLES]
        self._next += FRAME_SAMPLES
        return taken

    def _faded(self) -> Pcm:
        """One more frame after a stop, faded out: a bare cut would click. Silence from then on."""
        last = padded(self._take())
        self._next = len(self._pcm)
        ramp = np.linspace(1.0, 0.0, FRAME_SAMPLES)
        faded: Pcm = (last * ramp).astype(np.int16)
        return faded
