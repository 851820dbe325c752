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
from voice_coach.adapters.session_audio import read_microphone
from voice_coach.adapters.session_folder import find
from voice_coach.cli.app import run
from voice_coach.compose.keep import keep

DOCUMENT: dict[str, Any] = {
    "question": "url-shortener",
    "source": {"kind": "audio", "duration_s": 1.0},
    "pacing": {"answer_s": 0.0},
}


def test_a_recording_is_kept_with_its_sound(tmp_path: Path) -> None:
    pcm = noise(1.0, 16_000)
    path = tmp_path / "answer.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(pcm.tobytes())
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
