from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voice_coach.adapters.audio_file import read_audio
from voice_coach.adapters.silero_vad import SileroVad, SileroVadSettings
from voice_coach.adapters.voice_edges import edged
from voice_coach.core.audio import RATE_HZ, Pcm
from voice_coach.core.transcript import Word
from voice_coach.core.word_edges import WordEdgeSettings

SPEECH = Path(os.environ.get("VOICE_COACH_DEV_DATA", "none")) / "speech"
AT_ONCE = replace(WordEdgeSettings(), lag_s=0.0)


class LevelDetector:
    """Takes for voice what is loud."""

    def __init__(self) -> None:
        self.resets = 0

    @property
    def is_gate_open(self) -> bool:
        return True

    def is_speech(self, pcm: Pcm) -> bool:
        return bool(np.abs(pcm).max() > 1000)

    def reset(self) -> None:
        self.resets += 1


def tone(length_s: float) -> Pcm:
    at = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    return (8000 * np.sin(2 * np.pi * 200 * at)).astype(np.int16)


def silence(length_s: float) -> Pcm:
    return np.zeros(round(length_s * RATE_HZ), np.int16)


def test_words_last_as_long_as_their_voice() -> None:
    detector = LevelDetector()
    pcm = np.concatenate([silence(0.2), tone(1.0), silence(0.5), tone(0.5), silence(0.31)])
    words = (Word(text="so", start_s=0.0, end_s=0.8), Word(text="um", start_s=1.5, end_s=2.0))
    found = edged(words, pcm, detector, AT_ONCE)
    assert [(word.start_s, word.end_s) for word in found] == [(0.2, 1.2), (1.7, 2.2)]
    assert detector.resets == 1


@pytest.mark.skipif(not SPEECH.is_dir(), reason="VOICE_COACH_DEV_DATA is not set")
def test_real_words_that_end_early_are_given_back_their_time() -> None:
    lines = [line.strip() for line in (SPEECH / "acoustic_corpus.TextGrid").read_text("utf-8").splitlines()]
    head = lines.index('"words"') + 4
    cells = lines[head : head + 3 * int(lines[head - 1])]
    said = [
        Word(text=text.strip('"'), start_s=float(start), end_s=float(end))
        for start, end, text in zip(cells[::3], cells[1::3], cells[2::3], strict=True)
        if text != '""'
    ]
    # The aligner's text lacks this one, and so its times take it for silence.
    said = sorted([*said, Word(text="uh", start_s=14.55, end_s=14.87)], key=lambda word: word.start_s)
    early = [replace(word, end_s=word.end_s - 0.25 * (word.end_s - word.start_s)) for word in said]
    detector = SileroVad(SileroVadSettings())
    found = edged(early, read_audio(SPEECH / "acoustic_corpus.wav"), detector, WordEdgeSettings())
    true_s = sum(word.end_s - word.start_s for word in said)
    assert sum(word.end_s - word.start_s for word in early) == pytest.approx(0.75 * true_s)
    assert sum(word.end_s - word.start_s for word in found) == pytest.approx(true_s, rel=0.03)
