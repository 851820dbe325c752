import io
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from voice_coach.adapters.wave_clip import clip_from, joined, wave_bytes
from voice_coach.core.audio import Clip, Pcm

RAMP = np.arange(-500, 500, dtype=np.int16)


@given(arrays(np.int16, st.integers(1, 200)), st.sampled_from([8_000, 22_050, 48_000]))
def test_a_clip_survives_its_file(pcm: Pcm, rate_hz: int) -> None:
    again = clip_from(wave_bytes(Clip(pcm=pcm, rate_hz=rate_hz)))
    assert np.array_equal(again.pcm, pcm)
    assert again.rate_hz == rate_hz


@pytest.mark.parametrize(
    ("format_", "subtype", "channels"), [("AIFF", "PCM_16", 1), ("WAV", "PCM_24", 1), ("WAV", "PCM_16", 2)]
)
def test_other_files_are_read(format_: str, subtype: str, channels: int) -> None:
    buffer = io.BytesIO()
    sound: Any = np.stack([RAMP] * channels, axis=1)
    soundfile.write(buffer, sound, 22_050, format=format_, subtype=subtype)
    clip = clip_from(buffer.getvalue())
    assert np.array_equal(clip.pcm, RAMP)
    assert clip.pcm.dtype == np.int16


@pytest.mark.parametrize("length", [0, 3, 20, 44, 100])
def test_a_cut_file_is_no_clip(length: int) -> None:
    whole = wave_bytes(Clip(pcm=RAMP, rate_hz=16_000))
    with pytest.raises(ValueError, match=r"not a|holds"):
        clip_from(whole[:length])


def test_an_empty_sound_is_no_clip() -> None:
    with pytest.raises(ValueError, match="holds 0"):
        clip_from(wave_bytes(Clip(pcm=RAMP[:0], rate_hz=16_000)))


def test_clips_are_joined_with_a_gap() -> None:
    clip = Clip(pcm=RAMP, rate_hz=1_000)
    long = joined([clip, clip], gap_s=0.5)
    assert len(long.pcm) == 2_500
    assert not long.pcm[1_000:1_500].any()
    assert np.array_equal(long.pcm[1_500:], RAMP)
