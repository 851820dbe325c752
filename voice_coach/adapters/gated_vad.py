"""A cheap detector as the gate, a good one as the judge.

The judge hears nothing while the gate stays shut, which is most of a silence; when the gate opens it first
hears what came just before, so that its memory is warm and the onset is not late.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.audio import FRAME_S

if TYPE_CHECKING:
    from voice_coach.core.audio import Pcm
    from voice_coach.ports import VoiceDetector


@dataclass(frozen=True, slots=True, kw_only=True)
class GatedVadSettings:
    """How long the judge listens around what passed the gate."""

    __pydantic_config__ = {"extra": "forbid"}

    warm_up_s: float = 0.3
    """What the judge hears from before the gate opened."""
    hold_s: float = 1.0
    """How long the judge goes on after the gate has shut: at 0.5 it lost a tenth of quiet speech."""


class GatedVad:
    """A :class:`~voice_coach.ports.GatedDetector` out of two detectors."""

    def __init__(self, gate: VoiceDetector, judge: VoiceDetector, settings: GatedVadSettings) -> None:
        self._gate = gate
        self._judge = judge
        self._hold_frames = round(settings.hold_s / FRAME_S)
        self._before: deque[Pcm] = deque(maxlen=round(settings.warm_up_s / FRAME_S))
        self._forget()

    @property
    def is_gate_open(self) -> bool:
        """Whether the last frame passed the gate, whatever the judge made of it."""
        return self._is_open

    def is_speech(self, pcm: Pcm) -> bool:
        """Whether the judge calls this frame speech; False where it was not asked."""
        self._is_open = self._gate.is_speech(pcm)
        if self._is_open:
            self._left = self._hold_frames
        elif self._left > 0:
            self._left -= 1
        if self._left == 0:
            self._is_judging = False
            self._before.append(pcm)
            return False
        if not self._is_judging:
            self._warm_up()
        return self._judge.is_speech(pcm)

    def reset(self) -> None:
        """Forget the frames heard so far."""
        self._gate.reset()
        self._judge.reset()
        self._forget()

    def _forget(self) -> None:
        self._before.clear()
        self._is_open = False
        self._is_judging = False
        self._left = 0

    def _warm_up(self) -> None:
        self._judge.reset()
        for pcm in self._before:
            self._judge.is_speech(pcm)
        self._before.clear()
        self._is_judging = True
