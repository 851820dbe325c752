"""The acoustic hint that a turn is over: Smart Turn v3.2 (pipecat-ai/smart-turn), run on onnxruntime.

The model hears the last eight seconds of a voice and tells how probable it is that the speaker has finished. It
knows intonation, not words. Features and normalisation are those that the model was trained on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from voice_coach.adapters.log_mel import log_mel
from voice_coach.adapters.onnx_model import load_onnx
from voice_coach.core.audio import RATE_HZ, to_float32

if TYPE_CHECKING:
    from pathlib import Path

    from voice_coach.core.audio import Pcm

MODEL_FILE = "smart-turn-v3.2-cpu.onnx"
HEARD_S = 8.0
"""What the model hears at a time."""
_SAMPLES = round(HEARD_S * RATE_HZ)
_LEAST_VARIANCE = 1e-7


class SmartTurn:
    """A :class:`~voice_coach.ports.TurnEndHint`."""

    def __init__(self, folder: Path, name: str) -> None:
        """*folder* holds the model's file, *name* is shown. The model is loaded with the first call."""
        self._path = folder / MODEL_FILE
        self._name = name
        self._session: Any = None

    @property
    def name(self) -> str:
        """See :class:`~voice_coach.ports.TurnEndHint`."""
        return self._name

    def complete(self, pcm: Pcm) -> float:
        """See :class:`~voice_coach.ports.TurnEndHint`. About 0.1 s of one core; the first call 0.3 s."""
        heard = to_float32(pcm[-_SAMPLES:])
        heard = np.pad(heard, (_SAMPLES - len(heard), 0))
        heard = (heard - heard.mean()) / np.sqrt(heard.var() + _LEAST_VARIANCE)
        if self._session is None:
            self._session = load_onnx(self._path, "the turn-end model")
        (output,) = self._session.run(None, {"input_features": log_mel(heard)[np.newaxis]})
        return float(output.reshape(-1)[0])
