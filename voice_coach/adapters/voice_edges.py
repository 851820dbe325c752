"""Fits word times to the voice in their audio, as a detector hears it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.core.audio import FRAME_S, FRAME_SAMPLES, dbfs
from voice_coach.core.word_edges import Sound, fitted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.audio import Pcm
    from voice_coach.core.transcript import Word
    from voice_coach.core.word_edges import WordEdgeSettings
    from voice_coach.ports import VoiceDetector


def edged(
    words: Sequence[Word], pcm: Pcm, detector: VoiceDetector, settings: WordEdgeSettings
) -> tuple[Word, ...]:
    """*words* of *pcm*, in its own time, with the edges of their voice: about 4 ms a second of it."""
    detector.reset()
    frames = (pcm[at : at + FRAME_SAMPLES] for at in range(0, len(pcm) - FRAME_SAMPLES + 1, FRAME_SAMPLES))
    sounds = [Sound(is_voiced=detector.is_speech(frame), level_db=dbfs(frame)) for frame in frames]
    return fitted(words, sounds, FRAME_S, settings)
