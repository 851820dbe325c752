"""Devices that come and go in a live session, on the virtual sound card."""

from __future__ import annotations

import json
import signal
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests import rig
from tests.end_to_end.device_faults import BACK_S, FAULTS, Watched, befall, spoken
from tests.end_to_end.program import journal
from tests.end_to_end.test_live import asked
from voice_coach.adapters.audio_file import read_audio
from voice_coach.core.audio import RATE_HZ

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(300)]

BUSY = 3.0
"""Times as long as it may take is borne with here: the machine may be busy. The speed figures are strict."""


def test_whatever_is_lost_the_session_goes_on_when_it_is_back(
    card: rig.VirtualSoundCard, tmp_path: Path
) -> None:
    sentence = spoken(tmp_path / "sentence.wav")
    with asked(card, tmp_path / "sessions", "--no-feedback-speech") as (live, folder):
        watched = Watched(folder)
        with watched.more("transcript", limit_s=60):
            card.say(sentence)
        for name, fault in FAULTS.items():
            took = befall(card, watched, fault)
            assert took.noticed_s <= BUSY * fault.noticed_s, name
            assert took.back_s <= BUSY * BACK_S, name
        with watched.more("transcript", limit_s=60):
            card.say(sentence)
        with watched.more("device_lost", limit_s=20):
            card.unplug_microphone()
        live.send_signal(signal.SIGINT)
        _, stderr = live.communicate(timeout=60)
    assert live.returncode == 130
    assert stderr.strip() == "voice-coach: interrupted"
    lines = journal(folder)
    assert [line["t"] for line in lines] == sorted(line["t"] for line in lines)
    turns = json.loads((folder / "session.json").read_text())["transcript"]["turns"]
    told = " ".join(turn["text"] for turn in turns if turn["speaker"] == "candidate").lower()
    assert told.count("key value store") == 2
    check_silence(folder, [line for line in lines if line["kind"] in ("device_lost", "device_back")])


def check_silence(folder: Path, changes: list[dict[str, object]]) -> None:
    """The recording is as long as the session and holds silence while a device was lost."""
    microphone = read_audio(folder / "audio.flac", left_alone=True)
    assert len(microphone) / RATE_HZ == pytest.approx(journal(folder)[-1]["t"], abs=1.0)
    for lost, back in pairwise(changes):
        if (lost["kind"], back["kind"]) == ("device_lost", "device_back"):
            first, end = (round(float(str(line["t"])) * RATE_HZ) for line in (lost, back))
            assert not np.any(microphone[first:end])


def test_what_does_not_come_back_ends_it_with_everything_saved(
    card: rig.VirtualSoundCard, tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[turn_taking]\nlongest_outage_s = 3.0\n")
    with asked(card, tmp_path / "sessions", "--config", str(own)) as (live, folder):
        watched = Watched(folder)
        with watched.more("transcript", limit_s=60):
            card.say(spoken(tmp_path / "sentence.wav"))
        card.unplug_microphone()
        _, stderr = live.communicate(timeout=60)
    assert live.returncode == 3
    assert len(stderr.strip().splitlines()) == 1
    assert "microphone" in stderr
    assert "key value store" in (folder / "session.json").read_text().lower()
    assert [line["kind"] for line in journal(folder)].count("device_lost") == 1
    assert journal(folder)[-1]["kind"] == "session_ended"
