from __future__ import annotations

import resource
import signal
import stat
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.sounds import noise, silence
from voice_coach.adapters.disk_sync import DiskSync
from voice_coach.adapters.session_audio import (
    Recording,
    SessionAudio,
    StereoWav,
    is_session_audio,
    read_microphone,
    recover,
)
from voice_coach.core.audio import AudioFrame
from voice_coach.core.errors import StorageError

MAKERS: dict[str, Callable[[Path], Recording]] = {"flac": SessionAudio, "wav": StereoWav}
# Writes frames of noise for ever, telling how many are written.
WRITER = """\
import sys
from pathlib import Path
from tests.sounds import noise
from voice_coach.adapters.session_audio import SessionAudio, StereoWav
from voice_coach.core.audio import AudioFrame
path, sound = Path(sys.argv[1]), noise(20.0)
recording = {".flac": SessionAudio, ".wav": StereoWav}[path.suffix](path)
for index in range(1000):
    pcm = sound[index * 320 : index * 320 + 320]
    recording.write(AudioFrame(index=index, pcm=pcm), pcm[::-1])
    print(index + 1, flush=True)
"""


def frames(sound: np.ndarray, first: int = 0) -> list[AudioFrame]:
    return [
        AudioFrame(index=first + index, pcm=sound[index * 320 : index * 320 + 320])
        for index in range(len(sound) // 320)
    ]


def write_all(recording: Recording, sound: np.ndarray) -> None:
    for frame in frames(sound):
        recording.write(frame, frame.pcm)


def read(path: Path) -> np.ndarray:
    content, rate_hz = soundfile.read(path, dtype="int16")
    assert rate_hz == 16_000
    return np.asarray(content)


def killed_after(path: Path, count: int) -> int:
    """Kill a writing child with SIGKILL once it has written *count* frames; how many it had written."""
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    while int(child.stdout.readline()) < count:
        pass
    child.kill()
    last = child.stdout.read().rpartition("\n")[0].rpartition("\n")[2]
    child.stdout.close()
    child.wait()
    return int(last or count)


@pytest.mark.parametrize("kind", MAKERS)
def test_both_channels_come_back_as_they_were(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    microphone, coach = noise(2.0, seed=1), noise(2.0, seed=2)
    recording = MAKERS[kind](path)
    for mine, theirs in zip(frames(microphone), frames(coach), strict=True):
        recording.write(mine, theirs.pcm)
    recording.close()
    recording.close()
    assert np.array_equal(read(path), np.stack((microphone, coach), axis=1))


@pytest.mark.parametrize("kind", MAKERS)
def test_missing_frames_are_silence_and_no_shift(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    recording = MAKERS[kind](path)
    sound = noise(0.2)
    for frame in [*frames(sound, 3), *frames(sound, 4000)]:
        recording.write(frame, silence(0.02))
    recording.close()
    left = read(path)[:, 0]
    assert len(left) == 4010 * 320
    assert np.array_equal(left[960 : 960 + 3200], sound)
    assert np.array_equal(left[4000 * 320 :], sound)
    assert not left[:960].any()
    assert not left[960 + 3200 : 4000 * 320].any()


@pytest.mark.parametrize("kind", MAKERS)
def test_the_file_says_what_it_holds_also_when_the_session_was_killed(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    killed_after(path, 60)
    assert is_session_audio(path)
    if kind == "flac":
        recover(path)
        assert is_session_audio(path)
    soundfile.write(tmp_path / "other.wav", np.stack((noise(1.0), noise(1.0)), axis=1), 16_000)
    assert not is_session_audio(tmp_path / "other.wav")
    assert not is_session_audio(tmp_path / "none.wav")


def test_the_session_audio_is_private(tmp_path: Path) -> None:
    SessionAudio(tmp_path / "a.flac").close()
    assert stat.S_IMODE((tmp_path / "a.flac").stat().st_mode) == 0o600


@pytest.mark.parametrize("count", [30, 333, 700])
def test_a_killed_session_loses_less_than_a_second(tmp_path: Path, count: int) -> None:
    path = tmp_path / "audio.flac"
    written = killed_after(path, count)
    seconds = recover(path)
    content = read(path)
    assert len(content) == round(seconds * 16_000)
    # It may die between writing a frame and telling so.
    assert -0.021 < written * 0.02 - seconds < 0.3
    sound = noise(20.0)
    assert np.array_equal(content[:, 0], sound[: len(content)])
    assert np.array_equal(content[:320, 1], sound[:320][::-1])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["audio.flac"]


def test_a_killed_wav_can_be_read_without_any_repair(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    written = killed_after(path, 333)
    with wave.open(str(path)) as file:
        seconds = file.getnframes() / 16_000
        content = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2)
    assert -0.021 < written * 0.02 - seconds < 0.6
    assert np.array_equal(content[:, 0], noise(20.0)[: len(content)])


@pytest.mark.parametrize("size", [0, 10, 100, 5000])
def test_recovering_what_holds_no_block_yet(tmp_path: Path, size: int) -> None:
    path = tmp_path / "audio.flac"
    killed_after(path, 60)
    path.write_bytes(path.read_bytes()[:size])
    assert recover(path) == 0.0
    assert not read(path).any()


def test_a_whole_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "audio.flac"
    audio = SessionAudio(path)
    for frame in frames(noise(1.0)):
        audio.write(frame, frame.pcm)
    audio.close()
    before = path.read_bytes(), path.stat().st_ino
    assert recover(path) == 1.0
    assert (path.read_bytes(), path.stat().st_ino) == before


def test_the_microphone_s_channel_is_read_alone(tmp_path: Path) -> None:
    audio = SessionAudio(tmp_path / "audio.flac")
    for frame in frames(noise(1.0)):
        audio.write(frame, silence(0.02))
    audio.close()
    assert np.array_equal(read_microphone(tmp_path / "audio.flac"), noise(1.0))


def test_recovering_a_missing_file_names_it(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"audio\.flac: .*No such file"):
        recover(tmp_path / "audio.flac")


@pytest.mark.parametrize("kind", MAKERS)
def test_a_folder_that_is_not_there_is_named(tmp_path: Path, kind: str) -> None:
    with pytest.raises(StorageError, match=r"No such file or directory; make room in .*gone"):
        MAKERS[kind](tmp_path / "gone" / f"a.{kind}")


def test_a_session_never_overwrites_sound(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_text("precious")
    with pytest.raises(StorageError, match="File exists"):
        SessionAudio(tmp_path / "a.flac")
    assert (tmp_path / "a.flac").read_text() == "precious"


@pytest.fixture
def full_disk() -> Iterator[Callable[[int], None]]:
    """Lets no file of this process grow beyond a size: writing then fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("kind", MAKERS)
def test_a_full_disk_is_said_and_what_was_written_is_kept(
    tmp_path: Path, kind: str, full_disk: Callable[[int], None]
) -> None:
    path = tmp_path / f"a.{kind}"
    recording = MAKERS[kind](path)
    sound = noise(10.0)
    full_disk(100_000)
    with pytest.raises(StorageError, match=f"make room in {tmp_path}") as caught:
        write_all(recording, sound)
    assert "\n" not in str(caught.value)
    full_disk(10_000_000)
    recording.close()
    content = read(path) if kind == "wav" else None
    if content is None:
        recover(path)
        content = read(path)
    assert len(content) > 16_000
    same = min(len(content), 16_000)
    assert np.array_equal(content[:same, 0], sound[:same])


def test_a_growing_recording_can_be_written_through_to_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "audio.flac"
    audio = SessionAudio(path)
    kept = DiskSync(path, every_s=0.01)
    write_all(audio, noise(3.0))
    audio.close()
    kept.close()
    assert np.array_equal(read_microphone(path), noise(3.0))
