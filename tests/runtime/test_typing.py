"""Typing steals no turn: a keyboard beside the microphone, through the detector that a session has."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest
import soundfile
import soxr

from tests.core.small_book import small_book
from tests.fakes import Stage
from tests.sounds import silence, typing
from voice_coach.adapters.gated_vad import GatedVad, GatedVadSettings
from voice_coach.adapters.room_script import Line, When
from voice_coach.adapters.silero_vad import SileroVad, SileroVadSettings
from voice_coach.adapters.webrtc_vad import WebRtcVad, WebRtcVadSettings
from voice_coach.core.audio import RATE_HZ, Pcm

TYPING_S = 25.0
"""Within the time that is granted for thinking."""


@pytest.fixture(scope="module")
def sentence(tmp_path_factory: pytest.TempPathFactory) -> Pcm:
    """Something that is said."""
    path = tmp_path_factory.mktemp("speech") / "sentence.wav"
    words = "There is a service for the gates. Let me think for a moment."
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "150", "-w", str(path), words], check=True)
    read, rate_hz = soundfile.read(path, dtype="float32")
    said: Pcm = (np.trim_zeros(soxr.resample(read, rate_hz, RATE_HZ).round(3)) * 32767).astype(np.int16)
    return said


def rehearsed(sentence: Pcm, *, over: Pcm, thinking: Pcm) -> Stage:
    """A session: *over* sounds while the coach asks; then *thinking* in the time to think."""
    scene = Stage(
        book=small_book(),
        is_full_duplex=True,
        detector=GatedVad(WebRtcVad(WebRtcVadSettings()), SileroVad(SileroVadSettings()), GatedVadSettings()),
        lines=[
            Line(when=When.OVER, wait_s=0.1, pcm=over),
            Line(when=When.THEN, wait_s=2.0, pcm=sentence),
            Line(when=When.THEN, wait_s=4.0, pcm=thinking),
        ],
    )
    scene.stt.hears = lambda piece: "Let me think." if piece.voiced_s > 1.0 else ""
    scene.source.ends_at = round((2.0 + 2.0 + len(over) / RATE_HZ + TYPING_S + 12.0) / 0.02)
    scene.run()
    return scene


def spoken(scene: Stage) -> list[tuple[str, float]]:
    return [(entry["text"], entry["start"]) for entry in scene.journal.of("coach_said")]


@pytest.mark.parametrize("peak", [0.05, 0.25, 0.8])
def test_typing_neither_begins_speech_nor_ends_thinking_nor_stops_the_coach(
    peak: float, sentence: Pcm
) -> None:
    quiet = rehearsed(sentence, over=silence(3.0), thinking=silence(TYPING_S))
    typed = rehearsed(
        sentence, over=typing(3.0, seed=2, peak=peak), thinking=typing(TYPING_S, seed=3, peak=peak)
    )
    assert "<thinking_granted>" in [text for text, _ in spoken(quiet)]
    assert typed.journal.of("coach_interrupted") == []
    begun = [entry["onset_s"] for entry in typed.journal.of("speech_started")]
    assert begun == [entry["onset_s"] for entry in quiet.journal.of("speech_started")]
    assert spoken(typed) == spoken(quiet)


def test_the_candidate_who_speaks_while_typing_is_heard(sentence: Pcm) -> None:
    """The same detector, or the test above would say little."""
    keys = typing(len(sentence) / RATE_HZ, seed=4, peak=0.1)
    both = (sentence.astype(np.int32) + keys[: len(sentence)]).clip(-32768, 32767).astype(np.int16)
    scene = rehearsed(both, over=silence(3.0), thinking=silence(TYPING_S))
    assert scene.journal.of("speech_started")
    assert "<thinking_granted>" in [text for text, _ in spoken(scene)]
