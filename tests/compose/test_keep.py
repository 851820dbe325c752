"""What is made of a file from elsewhere is a session like any other."""

from __future__ import annotations

import json
import os
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.sounds import noise
from voice_coach.adapters.session_audio import SessionAudio, read_microphone
from voice_coach.adapters.session_folder import find
from voice_coach.cli.app import run
from voice_coach.compose import report
from voice_coach.compose.keep import keep
from voice_coach.core.audio import Pcm
from voice_coach.core.errors import StorageError

DOCUMENT: dict[str, Any] = {
    "question": "url-shortener",
    "source": {"kind": "audio", "duration_s": 1.0},
    "pacing": {"answer_s": 0.0},
}


def recording(folder: Path, pcm: Pcm) -> Path:
    """A file of *pcm* in *folder*."""
    path = folder / "answer.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(pcm.tobytes())
    return path


def test_a_recording_is_kept_with_its_sound(tmp_path: Path) -> None:
    pcm = noise(1.0, 16_000)
    path = recording(tmp_path, pcm)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    folder = keep(DOCUMENT, path, tmp_path / "sessions", {"url-shortener"})
    assert folder.path.name == "20231114T221320Z-url-shortener"
    assert np.array_equal(read_microphone(folder.audio_path)[: len(pcm)], pcm)
    assert json.loads(folder.analysis_path.read_text(encoding="utf-8")) == DOCUMENT
    assert [found.is_finished for found in find(tmp_path / "sessions")] == [True]


@pytest.mark.parametrize("question", [None, "Design a lift."])
def test_what_asks_no_pack_is_called_imported(tmp_path: Path, question: str | None) -> None:
    path = tmp_path / "answer.txt"
    path.write_text("We keep it in one table.", encoding="utf-8")
    document = {**DOCUMENT, "question": question, "source": {"kind": "transcript", "duration_s": None}}
    assert keep(document, path, tmp_path / "sessions", {"pastebin"}).path.name.endswith("Z-imported")


def test_analyze_keeps_what_it_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answer.txt"
    path.write_text("We keep it in one table. " * 20, encoding="utf-8")
    assert run(["analyze", str(path), "--json", "--keep", "--sessions", str(tmp_path / "kept")]) == 0
    printed = capsys.readouterr()
    [folder] = find(tmp_path / "kept")
    assert json.loads(printed.out) == json.loads(folder.analysis_path.read_text(encoding="utf-8"))
    assert str(folder.path) in printed.err


@pytest.mark.parametrize("failure", [StorageError("the disk is full"), KeyboardInterrupt()])
def test_what_breaks_off_leaves_no_sound_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    written = SessionAudio.write
    frames = iter(range(10))

    def breaks_off(tape: SessionAudio, *frame: Any) -> None:  # noqa: ANN401 - whatever a tape is given
        written(tape, *frame)
        if next(frames) == 5:
            raise failure

    monkeypatch.setattr(SessionAudio, "write", breaks_off)
    path = recording(tmp_path, noise(1.0, 16_000))
    with pytest.raises(type(failure)):
        keep(DOCUMENT, path, tmp_path / "sessions", {"url-shortener"})
    assert list((tmp_path / "sessions").iterdir()) == []


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_a_report_that_fails_keeps_nobody_from_the_analysis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: list[str]
) -> None:
    def fails(_folder: Path, **_more: object) -> Path:
        raise StorageError("report.html: cannot be written: no space")

    monkeypatch.setattr(report, "write_report", fails)
    path = tmp_path / "answer.txt"
    path.write_text("We keep it in one table. " * 20, encoding="utf-8")
    assert run(["analyze", str(path), *option, "--keep", "--sessions", str(tmp_path / "kept")]) == 0
    printed = capsys.readouterr()
    [folder] = find(tmp_path / "kept")
    assert f"kept in {folder.path}" in printed.err
    assert "report.html: cannot be written: no space" in printed.err
    assert "`voice-coach report` tries again" in printed.err
    assert printed.out.strip()
