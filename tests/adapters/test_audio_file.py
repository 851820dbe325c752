from __future__ import annotations

import os
import struct
from pathlib import Path

import av
import numpy as np
import pytest

from tests.sounds import found_at, noise, silence
from voice_coach.adapters.audio_file import read_audio, write_wav
from voice_coach.core.audio import Pcm
from voice_coach.core.errors import InputError, StorageError

CODECS = {
    "wav": "pcm_s16le",
    "flac": "flac",
    "mp3": "libmp3lame",
    "m4a": "aac",
    "ogg": "libopus",
    "webm": "libopus",
}


def record(path: Path, pcm: Pcm, rate_hz: int, layout: str = "mono") -> Path:
    """*pcm* encoded as its suffix says; in stereo the right channel is silent."""
    channels = np.stack((pcm, silence(len(pcm) / rate_hz, rate_hz)), axis=1) if layout == "stereo" else pcm
    frame = av.AudioFrame.from_ndarray(channels.reshape(1, -1), format="s16", layout=layout)
    frame.sample_rate = rate_hz
    with av.open(str(path), "w") as container:
        stream = container.add_stream(CODECS[path.suffix[1:]], rate=rate_hz, layout=layout)
        assert isinstance(stream, av.AudioStream)
        size = stream.codec_context.frame_size or 1024
        fitting = av.AudioResampler(format=stream.format, layout=layout, rate=rate_hz, frame_size=size)
        for part in [*fitting.resample(frame), *fitting.resample(None), None]:
            container.mux(stream.encode(part))
    return path


@pytest.mark.parametrize("layout", ["mono", "stereo"])
@pytest.mark.parametrize("suffix", CODECS)
def test_every_kind_is_read_at_16_khz_mono(tmp_path: Path, suffix: str, layout: str) -> None:
    sound = noise(2.0, 48_000)
    pcm = read_audio(record(tmp_path / f"a.{suffix}", sound, 48_000, layout))
    assert pcm.dtype == np.int16
    assert abs(len(pcm) / 16_000 - 2.0) < 0.08
    start, alike = found_at(pcm, sound[::3][1600:28_800])
    assert abs(start - 1600) < 800
    assert alike > 0.9


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100])
def test_any_rate_keeps_the_length(tmp_path: Path, rate_hz: int) -> None:
    write_wav(tmp_path / "a.wav", noise(1.5, rate_hz), rate_hz)
    assert abs(len(read_audio(tmp_path / "a.wav")) - 24_000) <= 1


def test_a_16_khz_wav_comes_back_as_it_is(tmp_path: Path) -> None:
    sound = noise(0.5)
    write_wav(tmp_path / "a.wav", sound)
    assert np.array_equal(read_audio(tmp_path / "a.wav"), sound)


def test_silence_is_a_recording_like_any_other(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", silence(1.0))
    assert not read_audio(tmp_path / "a.wav").any()


@pytest.mark.parametrize("suffix", CODECS)
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, suffix: str) -> None:
    path = record(tmp_path / f"cut.{suffix}", noise(10.0, 48_000), 48_000)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    if suffix == "ogg":
        # An Ogg page says when it is heard and nothing of how many follow: half a file is a shorter file.
        assert 3.0 < len(read_audio(path)) / 16_000 < 7.0
        return
    with pytest.raises(InputError, match=r"cut\.\w+: is .*damaged") as caught:
        read_audio(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", sorted(CODECS.keys() - {"wav"}))
def test_a_damaged_file_is_refused(tmp_path: Path, suffix: str) -> None:
    path = record(tmp_path / f"bad.{suffix}", noise(10.0, 48_000), 48_000)
    content = bytearray(path.read_bytes())
    first, last = len(content) // 3, len(content) // 2
    content[first:last] = np.random.default_rng(3).bytes(last - first)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"bad\.\w+: is .*damaged"):
        read_audio(path)


def test_a_wav_from_a_pipe_does_not_say_how_long_it_is(tmp_path: Path) -> None:
    path = tmp_path / "pipe.wav"
    write_wav(path, noise(1.0))
    content = bytearray(path.read_bytes())
    content[40:44] = struct.pack("<I", 0x7FFFFFDB)
    path.write_bytes(content)
    assert len(read_audio(path)) == 16_000


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_audio(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.wav: no such file"):
        read_audio(tmp_path / "nowhere.wav")


@pytest.mark.parametrize("content", [b"", b"hello, this is text\n" * 50, os.urandom(20_000)])
def test_what_is_no_audio_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.mp3: "):
        read_audio(path)


def test_a_file_without_samples_is_refused(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", silence(0.0))
    with pytest.raises(InputError, match="no audio samples"):
        read_audio(tmp_path / "a.wav")


def test_a_film_without_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "film.webm"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), dtype=np.uint8), format="rgb24")
        for part in [picture, None]:
            container.mux(stream.encode(part))
    with pytest.raises(InputError, match="no sound in it"):
        read_audio(path)


def test_a_wav_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"a\.wav: cannot be written"):
        write_wav(tmp_path / "no folder" / "a.wav", silence(0.1))
