"""The voice detectors on speech, and on what is none."""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from tests.sounds import noise, silence, tone
from voice_coach.adapters import silero_vad
from voice_coach.adapters.gated_vad import GatedVad, GatedVadSettings
from voice_coach.adapters.silero_vad import SileroVad, SileroVadSettings, bundled_model
from voice_coach.adapters.webrtc_vad import WebRtcVad, WebRtcVadSettings
from voice_coach.core.audio import RATE_HZ, Pcm, dbfs
from voice_coach.core.endpointing import Endpointer, EndpointerSettings
from voice_coach.core.errors import EngineError
from voice_coach.core.events import SpeechEnded, SpeechStarted
from voice_coach.listening import frames_of, hear, listen
from voice_coach.ports import GatedDetector

SENTENCE = "First I would clarify the requirements, and then sketch the main parts."


def gated() -> GatedVad:
    return GatedVad(WebRtcVad(WebRtcVadSettings()), SileroVad(SileroVadSettings()), GatedVadSettings())


DETECTORS: dict[str, Callable[[], GatedDetector]] = {
    "webrtc": lambda: WebRtcVad(WebRtcVadSettings()),
    "silero": lambda: SileroVad(SileroVadSettings()),
    "gated": gated,
}


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Pcm:
    """A synthetic sentence at 16 kHz with half a second of silence on either side."""
    path = tmp_path_factory.mktemp("speech") / "sentence.wav"
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "150", "-w", str(path), SENTENCE], check=True)
    read, rate_hz = soundfile.read(path, dtype="float32")
    said = np.trim_zeros(soxr.resample(read, rate_hz, RATE_HZ).round(3))
    return np.concatenate([silence(0.5), (said * 32767).astype(np.int16), silence(0.5)])


def share(detector: GatedDetector, pcm: Pcm) -> float:
    return float(np.mean([detector.is_speech(frame.pcm) for frame in frames_of(pcm)]))


def clicks(seconds: float) -> Pcm:
    """A keyboard: a short burst of noise down, a weaker one up, five keys a second."""
    random = np.random.default_rng(1)
    pcm = np.zeros(round(seconds * RATE_HZ))
    size = RATE_HZ // 80
    for at in range(2000, len(pcm) - 4000, RATE_HZ // 5):
        for delay, level in ((0, 0.4), (RATE_HZ // 16, 0.15)):
            burst = random.normal(size=size) * np.exp(-np.arange(size) / 40) * level
            pcm[at + delay : at + delay + size] += burst
    return (pcm * 32767).clip(-32768, 32767).astype(np.int16)


@pytest.mark.parametrize("name", DETECTORS)
def test_every_detector_tells_speech_from_silence(name: str, speech: Pcm) -> None:
    detector = DETECTORS[name]()
    assert share(detector, speech) > 0.5
    detector.reset()
    assert not detector.is_gate_open
    assert share(detector, silence(2.0)) == 0


@pytest.mark.parametrize("name", DETECTORS)
def test_after_a_reset_every_detector_answers_as_if_new(name: str, speech: Pcm) -> None:
    used, new = DETECTORS[name](), DETECTORS[name]()
    share(used, speech)
    used.reset()
    assert [used.is_speech(frame.pcm) for frame in frames_of(speech)] == [
        new.is_speech(frame.pcm) for frame in frames_of(speech)
    ]


NO_SPEECH = {"clicks": clicks(5.0), "tone": tone(5.0), "noise": noise(5.0, level=300), "loud": noise(5.0)}


@pytest.mark.parametrize("name", ["silero", "gated"])
@pytest.mark.parametrize("sound", NO_SPEECH)
def test_clicks_tones_and_noise_are_no_speech(name: str, sound: str) -> None:
    assert share(DETECTORS[name](), NO_SPEECH[sound]) <= 0.02


def test_the_gate_alone_would_take_clicks_and_tones_for_speech() -> None:
    assert share(DETECTORS["webrtc"](), NO_SPEECH["clicks"]) > 0.3
    assert share(DETECTORS["webrtc"](), NO_SPEECH["tone"]) > 0.9


def test_quiet_speech_is_speech(speech: Pcm) -> None:
    loud = share(gated(), speech)
    quiet = (speech * 10 ** ((-48.0 - dbfs(speech)) / 20)).astype(np.int16)
    assert share(gated(), quiet) > 0.8 * loud


def test_the_gate_hardly_changes_what_the_judge_says(speech: Pcm) -> None:
    alone, behind = SileroVad(SileroVadSettings()), gated()
    same = [alone.is_speech(frame.pcm) == behind.is_speech(frame.pcm) for frame in frames_of(speech)]
    assert np.mean(same) > 0.9


def test_the_probability_is_that_of_the_last_window(speech: Pcm) -> None:
    judge = SileroVad(SileroVadSettings())
    share(judge, speech[: RATE_HZ * 2])
    assert judge.probability > 0.9
    share(judge, silence(1.0))
    assert judge.probability < 0.1


class Script:
    """A detector that answers from a list and remembers what it heard (the first sample of each frame)."""

    def __init__(self, answers: str) -> None:
        self._answers = deque(answers)
        self.heard: list[int | str] = []

    def is_speech(self, pcm: Pcm) -> bool:
        self.heard.append(int(pcm[0]))
        return self._answers.popleft() == "v" if self._answers else False

    def reset(self) -> None:
        self.heard.append("reset")


def test_the_judge_hears_what_came_before_the_gate_opened_and_a_while_after() -> None:
    gate, judge = Script("----v----v"), Script("--v-vv")
    vad = GatedVad(gate, judge, GatedVadSettings(warm_up_s=0.04, hold_s=0.04))
    answers = [vad.is_speech(np.full(320, index, np.int16)) for index in range(10)]
    assert judge.heard == ["reset", 2, 3, 4, 5, "reset", 7, 8, 9]
    assert answers == [False] * 4 + [True, False] + [False] * 4
    assert vad.is_gate_open


def test_a_missing_model_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineError, match=r"none\.onnx cannot be loaded"):
        SileroVad(SileroVadSettings(), tmp_path / "none.onnx")
    monkeypatch.setattr(silero_vad, "find_spec", lambda name: None)
    with pytest.raises(EngineError, match="reinstall faster-whisper"):
        bundled_model()


def test_a_sentence_is_heard_as_one_piece(speech: Pcm) -> None:
    pcm = np.concatenate([silence(1.0), speech, silence(1.5)])
    results = list(listen(frames_of(pcm), gated(), Endpointer(EndpointerSettings())))
    events = [event for heard in results for event in heard.events]
    pieces = [piece for heard in results for piece in heard.pieces]
    assert isinstance(events[0], SpeechStarted)
    assert isinstance(events[-1], SpeechEnded)
    assert abs(events[0].onset_s - 1.5) < 0.15
    assert abs(events[-1].offset_s - (len(pcm) / RATE_HZ - 2.0)) < 0.25
    assert len(pieces) == 1
    assert pieces[0].start_s < 1.5
    assert pieces[0].voiced_s > 2.0


def test_what_is_pending_when_the_frames_end_comes_out(speech: Pcm) -> None:
    results = list(listen(frames_of(speech[: RATE_HZ * 2 + 7]), gated(), Endpointer(EndpointerSettings())))
    assert isinstance(results[-1].events[-1], SpeechEnded)
    assert results[-1].pieces


def test_silence_gives_nothing_and_a_frame_can_be_heard_alone() -> None:
    assert list(listen(frames_of(silence(2.0)), gated(), Endpointer(EndpointerSettings()))) == []
    (frame,) = frames_of(silence(0.01))
    assert len(frame.pcm) == 320
    assert hear(frame, gated(), Endpointer(EndpointerSettings())).events == ()
