"""A voice at the microphone is told from one far off by its level."""

from __future__ import annotations

import numpy as np
import pytest

from tests.sounds import noise
from voice_coach.adapters.near_voice import NearVoice, NearVoiceSettings
from voice_coach.core.audio import FRAME_SAMPLES, RATE_HZ, Pcm

SETTINGS = NearVoiceSettings(known_from_s=2.0, forgets_s=10.0)
NEAR = noise(4.0, seed=2, level=6000)


class AnyVoice:
    """Takes everything for voice, and hears all of it at the gate, unless it is told that there is none."""

    is_gate_open = True
    is_voice = True

    def __init__(self) -> None:
        self.resets = 0

    def is_speech(self, pcm: Pcm) -> bool:
        del pcm
        return self.is_voice

    def reset(self) -> None:
        self.resets += 1


def below(db: float, seconds: float = 4.0) -> Pcm:
    quiet: Pcm = (noise(seconds, seed=3, level=6000) * 10 ** (-db / 20)).astype(np.int16)
    return quiet


def heard(detector: NearVoice, pcm: Pcm) -> list[tuple[bool, bool]]:
    """Of each frame, whether it is speech, and whether the gate is open."""
    frames = pcm[: len(pcm) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    return [(detector.is_speech(frame), detector.is_gate_open) for frame in frames]


@pytest.fixture
def used() -> NearVoice:
    """One that knows how loud the candidate is."""
    detector = NearVoice(AnyVoice(), SETTINGS)
    assert set(heard(detector, NEAR)) == {(True, True)}
    return detector


def test_a_voice_far_below_is_another_ones_and_shuts_the_gate(used: NearVoice) -> None:
    far = heard(used, below(24.0))
    window = round(SETTINGS.window_s * RATE_HZ / FRAME_SAMPLES)
    assert set(far[window:]) == {(False, False)}
    assert set(heard(used, NEAR[:RATE_HZ])) == {(True, True)}


@pytest.mark.parametrize("db", [0.0, 6.0, 12.0, 15.0])
def test_who_speaks_more_softly_is_heard(used: NearVoice, db: float) -> None:
    assert set(heard(used, below(db))) == {(True, True)}


def test_a_stop_within_a_word_is_no_other_voice(used: NearVoice) -> None:
    stop = np.zeros(round(0.14 * RATE_HZ), np.int16)
    for _ in range(5):
        assert set(heard(used, np.concatenate([stop, NEAR[: RATE_HZ // 5]]))) == {(True, True)}


def test_nothing_is_far_before_the_candidate_is_known() -> None:
    detector = NearVoice(AnyVoice(), SETTINGS)
    assert set(heard(detector, np.concatenate([NEAR[:RATE_HZ], below(30.0, seconds=0.9)]))) == {(True, True)}


def test_a_first_voice_far_off_gives_way_to_the_candidate() -> None:
    detector = NearVoice(AnyVoice(), SETTINGS)
    heard(detector, below(24.0, seconds=10.0))
    heard(detector, NEAR)
    assert set(heard(detector, below(24.0))[20:]) == {(False, False)}


def test_a_candidate_whose_microphone_was_changed_is_heard_again(used: NearVoice) -> None:
    again = [is_speech for is_speech, _ in heard(used, below(30.0, seconds=14.0))]
    first = again.index(True, 20) * FRAME_SAMPLES / RATE_HZ
    assert first == pytest.approx(SETTINGS.forgets_s, abs=0.5)
    assert all(again[again.index(True, 20) :])


def test_silence_makes_nobody_forget(used: NearVoice) -> None:
    inner = used._detector
    assert isinstance(inner, AnyVoice)
    inner.is_voice = False
    heard(used, np.zeros(60 * RATE_HZ, np.int16))
    inner.is_voice = True
    assert set(heard(used, below(24.0, seconds=1.0))) == {(False, False)}


def test_a_reset_is_handed_on_and_keeps_the_level(used: NearVoice) -> None:
    used.reset()
    inner = used._detector
    assert isinstance(inner, AnyVoice)
    assert inner.resets == 1
    assert set(heard(used, below(24.0))) == {(False, False)}
