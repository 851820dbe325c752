"""Small working voices and programs for the tests of the real ones."""

import sys
from pathlib import Path

import numpy as np

from voice_coach.adapters.model_lock import load_lock, lock_path
from voice_coach.adapters.model_store import ModelStore
from voice_coach.config import environment
from voice_coach.core.audio import Clip
from voice_coach.core.errors import TextToSpeechError

WORD_S = 0.3


class ToneVoice:
    """Says each word as a tone of its length; a text with *fails_on* in it is beyond it."""

    def __init__(self, name: str = "tone", fails_on: str = "(unsayable)") -> None:
        self.name = name
        self.rendered: list[str] = []
        self.closed = 0
        self._fails_on = fails_on

    @property
    def key(self) -> str:
        return self.name

    def render(self, text: str, speed: float = 1.0) -> Clip:
        self.rendered.append(text)
        if self._fails_on in text:
            raise TextToSpeechError(f"{self.name} cannot say this; choose another voice")
        tones = [np.sin(np.arange(int(WORD_S / speed * 22_050)) * len(word) * 0.01) for word in text.split()]
        pcm = (np.concatenate(tones or [np.zeros(2205)]) * 9_000).astype(np.int16)
        return Clip(pcm=pcm, rate_hz=22_050)

    def close(self) -> None:
        self.closed += 1


def piper_joe() -> Path:
    """The folder of the voice that the set-up fetches."""
    return ModelStore(environment().cache, load_lock(lock_path())).path("piper-joe")


def program(folder: Path, *lines: str) -> tuple[str, ...]:
    """A Python program of *lines*, as a command."""
    path = folder / "program.py"
    path.write_text("\n".join(lines))
    return (sys.executable, str(path))
