from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tests.sounds import found_at, noise
from voice_coach.adapters.rate_conversion import RateStream, at_session_rate, converted
from voice_coach.core.audio import Clip


def test_equal_rates_leave_the_samples_alone() -> None:
    pcm = noise(0.1)
    assert converted(pcm, 16_000, 16_000) is pcm
    assert RateStream(16_000).convert(pcm) is pcm
    assert len(RateStream(16_000).finish()) == 0


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100, 48_000])
def test_length_follows_the_rate(rate_hz: int) -> None:
    clip = Clip(pcm=noise(1.0, rate_hz), rate_hz=rate_hz)
    assert abs(len(at_session_rate(clip)) - 16_000) <= 1


def test_blocks_join_without_a_seam_and_without_a_shift() -> None:
    pcm = noise(1.0, 44_100)
    stream = RateStream(44_100)
    parts = [stream.convert(pcm[start : start + 882]) for start in range(0, len(pcm), 882)]
    joined = np.concatenate([*parts, stream.finish()])
    whole = converted(pcm, 44_100, 16_000)
    assert abs(len(joined) - len(whole)) <= 1
    start, alike = found_at(joined, whole[1600:14_400])
    assert (start, alike > 0.9999) == (1600, True)


def test_every_process_converts_to_the_same_samples() -> None:
    code = (
        "import hashlib, numpy as np\n"
        "from voice_coach.adapters.rate_conversion import RateStream, converted\n"
        "pcm = (np.sin(np.arange(44100) / 20) * 9000).astype(np.int16)\n"
        "stream = RateStream(44100)\n"
        "out = np.concatenate([stream.convert(pcm), stream.finish(), converted(pcm, 44100, 16000)])\n"
        "print(hashlib.sha256(out.tobytes()).hexdigest())"
    )
    runs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(3)
    }
    assert len(runs) == 1
