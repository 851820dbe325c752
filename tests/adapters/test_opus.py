"""A recording as it becomes part of a page."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest

from tests.sounds import found_at, noise, silence
from voice_coach.adapters.opus import encoded
from voice_coach.adapters.rate_conversion import RateStream
from voice_coach.adapters.session_audio import SessionAudio
from voice_coach.core.audio import FRAME_SAMPLES, AudioFrame, Pcm
from voice_coach.core.errors import StorageError


def recorded(path: Path, left: Pcm, right: Pcm) -> Path:
    tape = SessionAudio(path)
    pairs = zip(left.reshape(-1, FRAME_SAMPLES), right.reshape(-1, FRAME_SAMPLES), strict=True)
    for index, (candidate, coach) in enumerate(pairs):
        tape.write(AudioFrame(index=index, pcm=candidate), coach)
    tape.close()
    return path


def heard(opus: bytes) -> Pcm:
    """The sound of *opus* at 16 kHz."""
    with av.open(io.BytesIO(opus), "r") as container:
        blocks = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    pcm = (np.concatenate(blocks) * 32767).astype(np.int16)
    stream = RateStream(48_000)
    return np.concatenate([stream.convert(pcm), stream.finish()])


def test_both_voices_are_heard_when_they_spoke_and_it_is_small(tmp_path: Path) -> None:
    said, asked = noise(1.0, seed=1), noise(1.0, seed=2)
    left = np.concatenate([silence(2.0), said, silence(9.0)])
    right = np.concatenate([silence(7.0), asked, silence(4.0)])
    path = recorded(tmp_path / "audio.flac", left, right)
    opus = encoded(path)
    mixed = heard(opus)
    assert abs(len(mixed) / 16_000 - 12.0) < 0.1
    for sound, at_s in ((said, 2.0), (asked, 7.0)):
        at, likeness = found_at(mixed, sound)
        assert abs(at / 16_000 - at_s) < 0.02, "a word is where its time says"
        assert likeness > 0.5
    assert len(opus) < 12 * 24_000 / 8 + 2000
    assert encoded(path) == opus


def test_what_is_no_recording_is_named(tmp_path: Path) -> None:
    path = tmp_path / "audio.flac"
    path.write_bytes(b"fLaC and nothing else")
    with pytest.raises(StorageError, match=r"audio\.flac"):
        encoded(path)
