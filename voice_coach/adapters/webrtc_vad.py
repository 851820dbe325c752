"""The WebRTC voice detector: almost free, and quick to call any sound speech."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from voice_coach.core.audio import RATE_HZ

if TYPE_CHECKING:
    from voice_coach.core.audio import Pcm


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRtcVadSettings:
    """How strict the detector is."""

    __pydantic_config__ = {"extra": "forbid"}

    mode: Literal[0, 1, 2, 3] = 1
    """0 lets most sounds through, 3 fewest. Measured: 1 still passes speech at -58 dBFS, 3 none under -50."""


class WebRtcVad:
    """A :class:`~voice_coach.ports.VoiceDetector`; half of all keyboard clicks pass, so it is only a gate."""

    def __init__(self, settings: WebRtcVadSettings) -> None:
        self._settings = settings
        self._is_open = False
        self.reset()

    @property
    def is_gate_open(self) -> bool:
        """Whether the last frame passed."""
        return self._is_open

    def is_speech(self, pcm: Pcm) -> bool:
        """Whether the frame passed."""
        self._is_open = bool(self._vad.is_speech(pcm.tobytes(), RATE_HZ))
        return self._is_open

    def reset(self) -> None:
        """Forget the noise level learnt so far."""
        import webrtcvad

        self._vad = webrtcvad.Vad(self._settings.mode)
        self._is_open = False
