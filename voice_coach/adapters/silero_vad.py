"""The Silero voice detector, run frame by frame from the ONNX file that comes inside faster-whisper."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voice_coach.adapters.onnx_model import load_onnx
from voice_coach.core.audio import to_float32
from voice_coach.core.errors import EngineError

if TYPE_CHECKING:
    from voice_coach.core.audio import Pcm

WINDOW_SAMPLES = 512
"""What the model hears at a time, 32 ms at 16 kHz (snakers4/silero-vad)."""
CONTEXT_SAMPLES = 64
"""The end of the window before, which goes in front of each window (snakers4/silero-vad)."""
Samples = NDArray[np.float32]
_STATE_SHAPE = (1, 1, 128)


@dataclass(frozen=True, slots=True, kw_only=True)
class SileroVadSettings:
    """From which probability on a frame is speech."""

    __pydantic_config__ = {"extra": "forbid"}

    on_probability: float = 0.5
    """Speech begins at this probability (the default of snakers4/silero-vad; holds from -26 to -58 dBFS)."""
    off_probability: float = 0.35
    """Speech goes on until it falls below this one (the same: 0.15 lower)."""


class SileroVad:
    """A :class:`~voice_coach.ports.VoiceDetector` that clicks, tones and noise do not fool."""

    def __init__(self, settings: SileroVadSettings, path: Path | None = None) -> None:
        """Loads the model (a tenth of a second). Raises EngineError when it cannot be."""
        self._settings = settings
        self._session = load_onnx(path or bundled_model(), "the Silero voice detector")
        self._is_speech = False
        self._pending: Samples = np.zeros(0, np.float32)
        self.reset()

    @property
    def is_gate_open(self) -> bool:
        """The same as the last answer: the gate is the judge itself."""
        return self._is_speech

    @property
    def probability(self) -> float:
        """Of speech in the last whole window of 32 ms."""
        return self._probability

    def is_speech(self, pcm: Pcm) -> bool:
        """Whether speech goes on at the end of this frame; lags by at most one window."""
        self._pending = np.concatenate([self._pending, to_float32(pcm)])
        while len(self._pending) >= WINDOW_SAMPLES:
            self._hear(self._pending[:WINDOW_SAMPLES])
            self._pending = self._pending[WINDOW_SAMPLES:]
        return self._is_speech

    def reset(self) -> None:
        """Forget the frames heard so far."""
        self._pending = np.zeros(0, np.float32)
        self._context = np.zeros(CONTEXT_SAMPLES, np.float32)
        self._h = np.zeros(_STATE_SHAPE, np.float32)
        self._c = np.zeros(_STATE_SHAPE, np.float32)
        self._probability = 0.0
        self._is_speech = False

    def _hear(self, window: Samples) -> None:
        heard = np.concatenate([self._context, window])[np.newaxis, :]
        output, self._h, self._c = self._session.run(None, {"input": heard, "h": self._h, "c": self._c})
        self._context = window[-CONTEXT_SAMPLES:]
        self._probability = float(output.reshape(-1)[0])
        threshold = self._settings.off_probability if self._is_speech else self._settings.on_probability
        self._is_speech = self._probability >= threshold


def bundled_model() -> Path:
    """The model file inside the installed faster-whisper, found without importing it. Raises EngineError."""
    spec = find_spec("faster_whisper")
    if spec is not None and spec.origin is not None:
        found = sorted((Path(spec.origin).parent / "assets").glob("silero_vad*.onnx"))
        if found:
            return found[-1]
    message = "the Silero voice detector is not inside the installed faster-whisper: reinstall faster-whisper"
    raise EngineError(message)
