from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soxr

from tests.adapters.voices import piper_joe
from voice_coach.adapters.log_mel import BANDS, HOP_SAMPLES, log_mel
from voice_coach.adapters.model_lock import load_lock, lock_path
from voice_coach.adapters.model_store import ModelStore
from voice_coach.adapters.piper_tts import PiperSettings, PiperVoice
from voice_coach.adapters.smart_turn import HEARD_S, MODEL_FILE, SmartTurn
from voice_coach.config import environment
from voice_coach.core.audio import RATE_HZ, Pcm
from voice_coach.core.errors import EngineError

SENTENCE = "We shard the messages by conversation, so that one conversation stays in one place."
FRAGMENT = "We shard the messages by"


@pytest.fixture(scope="module")
def hint() -> SmartTurn:
    """The real model."""
    return SmartTurn(ModelStore(environment().cache, load_lock(lock_path())).path("smart-turn"), "smart-turn")


def noise(seconds: float, seed: int = 1) -> Pcm:
    drawn = np.random.default_rng(seed).normal(size=round(seconds * RATE_HZ))
    return (3000 * drawn).astype(np.int16)


def chirp() -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A second that rises from 200 Hz to 3 kHz and fades."""
    at_s = np.arange(RATE_HZ) / RATE_HZ
    return (np.sin(2 * np.pi * (200 + 1400 * at_s) * at_s) * np.exp(-3 * at_s)).astype(np.float32)


def test_features_are_those_that_whisper_hears() -> None:
    """Computed once with the reference implementation, transformers' WhisperFeatureExtractor."""
    features = log_mel(chirp())
    assert features.shape == (BANDS, RATE_HZ // HOP_SAMPLES)
    expected = {(5, 3): 1.3523, (20, 30): -0.18923, (45, 60): -0.1313, (79, 99): -0.4442}
    assert {at: float(features[at]) for at in expected} == pytest.approx(expected, abs=1e-4)


def test_it_hears_the_last_eight_seconds_only(hint: SmartTurn) -> None:
    tail = noise(HEARD_S)
    assert hint.complete(np.concatenate([noise(3.0, seed=2), tail])) == hint.complete(tail)


@pytest.mark.parametrize("seconds", [0.0, 0.02, 1.0, 9.0])
def test_it_gives_a_probability_whatever_it_hears(hint: SmartTurn, seconds: float) -> None:
    for pcm in (noise(seconds), np.zeros(round(seconds * RATE_HZ), np.int16)):
        assert 0.0 <= hint.complete(pcm) <= 1.0


def test_the_same_sound_gives_the_same_answer(hint: SmartTurn) -> None:
    again = SmartTurn(ModelStore(environment().cache, load_lock(lock_path())).path("smart-turn"), "another")
    assert again.complete(noise(2.0)) == hint.complete(noise(2.0))
    assert again.name == "another"


def test_a_sentence_sounds_finished_and_a_fragment_does_not(hint: SmartTurn) -> None:
    voice = PiperVoice(piper_joe(), PiperSettings())
    heard = {}
    for text in SENTENCE, FRAGMENT:
        clip = voice.render(text)
        pcm = soxr.resample(clip.pcm, clip.rate_hz, RATE_HZ)
        voiced = pcm[: 1 + np.nonzero(np.abs(pcm) > 300)[0][-1]]
        heard[text] = hint.complete(np.concatenate([voiced, np.zeros(round(0.3 * RATE_HZ), np.int16)]))
    voice.close()
    assert heard[SENTENCE] > 0.9
    assert heard[FRAGMENT] < 0.2


def test_a_model_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    (tmp_path / MODEL_FILE).write_bytes(b"no model")
    with pytest.raises(EngineError, match=MODEL_FILE):
        SmartTurn(tmp_path, "broken").complete(noise(1.0))
