"""The candidate's voice told from one far off: from the next room, a television, a song.

A voice detector hears any voice. Whoever sits at the microphone is much louder than the rest of the room, so the level
that their voice has lately had is followed, and voice far below it is not theirs. Nothing is called far before
enough voice was heard to know that level, and none once only such voice was heard for long: the candidate may have
moved, or their microphone was changed.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.core.audio import FRAME_S, dbfs

if TYPE_CHECKING:
    from voice_coach.core.audio import Pcm
    from voice_coach.ports import GatedDetector

_RENEWED_EVERY = 25
"""Frames of voice: sorting takes time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearVoiceSettings:
    """How the candidate's level is known, and how far below it a voice is another's."""

    __pydantic_config__ = {"extra": "forbid"}

    below_db: float = 18.0
    """Measured: a whisper lies 10 to 20 dB below the same person's voice, and of the voiced frames of one who speaks
    freely none; of voices 25 dB and more below nearly all."""
    window_s: float = 0.2
    """The loudest frame of so long counts: stops and unstressed syllables are shorter."""
    known_from_s: float = 2.0
    """So much voice must have been heard before any is called far."""
    level_s: float = 20.0
    """The level is that of the last voice of this length."""
    level_share: float = 0.9
    """It is the one that so much of that voice does not exceed: stressed vowels."""
    forgets_s: float = 20.0
    """After so much voice far off with nothing of the candidate in between, whatever voice there is counts again."""


class NearVoice:
    """A :class:`~voice_coach.ports.GatedDetector` that takes the voices far off out of another one's answers."""

    def __init__(self, detector: GatedDetector, settings: NearVoiceSettings) -> None:
        self._detector = detector
        self._settings = settings
        self._lately_dbfs: deque[float] = deque(maxlen=max(1, round(settings.window_s / FRAME_S)))
        self._voice_dbfs: deque[float] = deque(maxlen=max(1, round(settings.level_s / FRAME_S)))
        self._known_from = round(settings.known_from_s / FRAME_S)
        self._floor_dbfs = -np.inf
        self._since_level = 0
        self._far_frames = 0
        self._is_loud = True

    @property
    def is_gate_open(self) -> bool:
        """Whether the last frame may be speech that the detector misses, a whisper, and not a voice far off."""
        return self._detector.is_gate_open and self._is_loud

    def is_speech(self, pcm: Pcm) -> bool:
        """Whether the candidate speaks in this frame."""
        level_dbfs = dbfs(pcm)
        self._lately_dbfs.append(level_dbfs)
        is_voice = self._detector.is_speech(pcm)
        self._is_loud = max(self._lately_dbfs) >= self._floor_dbfs
        is_near = is_voice and self._is_loud
        if is_near:
            self._far_frames = 0
            self._learn(level_dbfs)
        elif is_voice:
            self._far_frames += 1
            if self._far_frames * FRAME_S >= self._settings.forgets_s:
                self._voice_dbfs.clear()
                self._floor_dbfs = -np.inf
        return is_near

    def reset(self) -> None:
        """Forget the frames heard so far, but not how loud the candidate speaks."""
        self._detector.reset()
        self._lately_dbfs.clear()

    def _learn(self, level_dbfs: float) -> None:
        """Follow the level of the candidate's voice, of which *level_dbfs* is the newest frame's."""
        self._voice_dbfs.append(level_dbfs)
        self._since_level += 1
        if len(self._voice_dbfs) >= self._known_from and self._since_level >= _RENEWED_EVERY:
            self._since_level = 0
            level = float(np.quantile(self._voice_dbfs, self._settings.level_share))
            self._floor_dbfs = level - self._settings.below_db
