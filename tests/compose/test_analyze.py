"""What of a recording is taken for the candidate."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from tests.compose.small_engines import CONTENT, SmallStt, ears, small_config
from tests.sounds import tone
from voice_coach.adapters.audio_file import write_wav
from voice_coach.adapters.room_script import load_room
from voice_coach.adapters.session_audio import Recording, SessionAudio, StereoWav
from voice_coach.compose import analyze
from voice_coach.compose.analyze import analyze_file
from voice_coach.compose.options import PracticeOptions
from voice_coach.compose.scene import choose_scene
from voice_coach.core.audio import AudioFrame, Pcm


def with_coach(recording: Recording) -> None:
    """Three seconds of the candidate, then three of the coach."""
    loud, silence = tone(0.02), np.zeros(320, np.int16)
    for index in range(400):
        microphone, coach = (loud, silence) if index < 150 else (silence, loud)
        if index >= 300:
            microphone = coach = silence
        recording.write(AudioFrame(index=index, pcm=microphone), coach)
    recording.close()


def heard_in(path: Path, monkeypatch: pytest.MonkeyPatch) -> float:
    """Seconds of voice in what is transcribed of *path*."""
    stt = SmallStt(["There are gates."])
    monkeypatch.setattr(analyze, "make_stt", lambda _: stt)
    monkeypatch.setattr(analyze, "make_ears", lambda _, **_more: ears())
    analyze_file(path, None, small_config(), CONTENT, on_progress=lambda _: None)
    return sum(piece.voiced_s for piece in stt.heard)


def test_in_a_session_s_folder_it_is_the_microphone_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "journal.jsonl").write_text("", encoding="utf-8")
    with_coach(SessionAudio(tmp_path / "audio.flac"))
    with_coach(StereoWav(tmp_path / "both.wav"))
    assert heard_in(tmp_path / "audio.flac", monkeypatch) == pytest.approx(3.0, abs=0.1)
    assert heard_in(tmp_path / "both.wav", monkeypatch) == pytest.approx(3.0, abs=0.1)


def test_it_tells_how_far_it_is_and_when_only_the_verdicts_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gap = np.zeros(32000, np.int16)
    write_wav(tmp_path / "talk.wav", np.concatenate([tone(3.0), gap, tone(3.0)]))
    (tmp_path / "talk.txt").write_text("There are gates.", encoding="utf-8")
    monkeypatch.setattr(analyze, "make_stt", lambda _: SmallStt(["There are gates."] * 2))
    monkeypatch.setattr(analyze, "make_ears", lambda _, **_more: ears())
    told: dict[str, list[float]] = {}
    for name in ("talk.wav", "talk.txt"):
        analyze_file(
            tmp_path / name, None, small_config(), CONTENT, on_progress=told.setdefault(name, []).append
        )
    first, second, last = told["talk.wav"]
    assert 0.3 < first < second < last == 1.0
    assert told["talk.txt"] == [1.0]


@pytest.mark.parametrize("language", ["de", None])
def test_a_recording_in_another_language_is_not_judged(
    language: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_wav(tmp_path / "talk.wav", np.concatenate([tone(6.0), np.zeros(32000, np.int16)]))
    design = "We store the links in a database and the server reads them from the cache. " * 9
    monkeypatch.setattr(analyze, "make_stt", lambda _: SmallStt([design], language))
    monkeypatch.setattr(analyze, "make_ears", lambda _, **_more: ears())
    found = analyze_file(tmp_path / "talk.wav", None, small_config(), CONTENT, on_progress=lambda _: None)
    why = {item["why"] for item in found["checklist"]}
    assert (why == {"The answer does not seem to be in English."}) is (language is not None)


@pytest.mark.parametrize("make", [SessionAudio, StereoWav])
def test_a_session_s_recording_says_so_wherever_it_is_copied_to(
    make: Callable[[Path], Recording], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ("audio.flac" if make is SessionAudio else "both.wav")
    with_coach(make(path))
    assert heard_in(path, monkeypatch) == pytest.approx(3.0, abs=0.1)


def test_it_says_so_in_another_format_and_rate_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_coach(StereoWav(tmp_path / "both.wav"))
    with av.open(str(tmp_path / "both.wav")) as source, av.open(str(tmp_path / "both.m4a"), "w") as target:
        target.metadata.update(source.metadata)
        stream = target.add_stream("aac", rate=48_000, layout="stereo")
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=48_000)
        for frame in source.decode(audio=0):
            for converted in resampler.resample(frame):
                target.mux(stream.encode(converted))
        target.mux(stream.encode(None))
    assert heard_in(tmp_path / "both.m4a", monkeypatch) == pytest.approx(3.0, abs=0.15)


def test_any_other_recording_with_two_channels_is_of_one_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loud, silence = tone(3.0), np.zeros(48_000, np.int16)
    left, right = np.concatenate([loud, silence, silence]), np.concatenate([silence, loud, silence])
    with wave.open(str(tmp_path / "stereo.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.stack((left, right), axis=1).astype("<i2").tobytes())
    assert heard_in(tmp_path / "stereo.wav", monkeypatch) == pytest.approx(6.0, abs=0.1)


def test_as_input_of_a_session_it_is_the_candidate_alone_too(tmp_path: Path) -> None:
    with_coach(StereoWav(tmp_path / "both.wav"))
    room = tmp_path / "room.toml"
    room.write_text('[[say]]\naudio = "both.wav"\n', encoding="utf-8")
    spoken = load_room(room).entries[0].pcm
    options = PracticeOptions(input=str(tmp_path / "both.wav"))
    recorded = choose_scene(options, small_config(), room).recording
    assert spoken is not None
    assert recorded is not None
    for pcm in (spoken, recorded):
        assert np.abs(pcm[: 3 * 16_000]).max() > 1000
        assert not pcm[3 * 16_000 :].any()


def test_a_recording_of_another_kind_in_a_session_s_folder_is_read_as_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "journal.jsonl").write_text("", encoding="utf-8")
    sound: Pcm = np.concatenate([tone(2.0), np.zeros(16_000, np.int16)])
    write_wav(tmp_path / "mono.wav", sound)
    with wave.open(str(tmp_path / "fast.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(32_000)
        file.writeframes(np.repeat(sound, 4).astype("<i2").tobytes())
    for name in ("mono.wav", "fast.wav"):
        assert heard_in(tmp_path / name, monkeypatch) == pytest.approx(2.0, abs=0.1)
