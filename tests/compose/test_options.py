"""Options that are empty, contradict each other or name what cannot be used."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from voice_coach.compose.options import PracticeOptions, Speed, check, check_file
from voice_coach.config import AudioSettings
from voice_coach.core.errors import CoachError, ConfigError, InputError

if TYPE_CHECKING:
    from pathlib import Path

AUDIO = AudioSettings()


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    path.touch()
    return path


def refused(options: PracticeOptions, audio: AudioSettings = AUDIO) -> str:
    with pytest.raises((InputError, ConfigError)) as raised:
        check(options, audio)
    return str(raised.value)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (PracticeOptions(question=""), "QUESTION is empty; name one of"),
        (PracticeOptions(question=" \t"), "QUESTION is empty; name one of"),
        (PracticeOptions(input=""), "--input is empty; name something"),
        (PracticeOptions(output=" "), "--output is empty; name something"),
        (PracticeOptions(output="both.mp3"), "--output both.mp3: both channels are written as .wav only"),
        (PracticeOptions(output="/nowhere/both.wav"), "no such folder: /nowhere"),
    ],
)
def test_what_names_nothing_is_refused(options: PracticeOptions, complaint: str) -> None:
    assert complaint in refused(options)


def test_what_is_left_out_is_as_configured(talk: Path) -> None:
    check(PracticeOptions(), AUDIO)
    check(PracticeOptions(input=str(talk), output="none", speed=Speed.MAX), AUDIO)
    configured = replace(AUDIO, input=str(talk.with_name("none.wav")))
    assert refused(PracticeOptions(), configured).startswith(f"audio.input = '{configured.input}': no such")
    check(PracticeOptions(input=str(talk)), configured)


@pytest.mark.parametrize("name", ["talk.wav", "talk.toml"])
def test_a_folder_is_no_recording_and_no_room(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert refused(PracticeOptions(input=str(tmp_path / name))).endswith(": is a folder; name a file")


def test_a_folder_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "both.wav").mkdir()
    complaint = refused(PracticeOptions(output=str(tmp_path / "both.wav")))
    assert complaint == f"--output {tmp_path}/both.wav: is a folder; name a file in it"
    complaint = refused(PracticeOptions(), replace(AUDIO, output=str(tmp_path / "both.wav")))
    assert complaint.startswith("audio.output = ")


def test_a_file_of_another_kind_is_no_device(tmp_path: Path) -> None:
    (tmp_path / "talk.docx").touch()
    complaint = refused(PracticeOptions(input=str(tmp_path / "talk.docx")))
    assert "cannot be heard: recordings end in .flac, .m4a" in complaint
    check(PracticeOptions(input="USB 2.0 Microphone"), AUDIO)


def test_what_is_heard_is_not_written_over(talk: Path) -> None:
    other = talk.with_name("other.wav")
    check(PracticeOptions(input=str(talk), output=str(other)), AUDIO)
    other.symlink_to(talk)
    for name in (talk, other):
        complaint = refused(PracticeOptions(input=str(talk), output=str(name)))
        assert complaint == f"--output {name}: is what --input is heard from; name another file"
    assert "is heard from" in refused(PracticeOptions(output=str(talk)), replace(AUDIO, input=str(talk)))


def test_a_file_that_is_in_a_file_is_none(talk: Path) -> None:
    with pytest.raises(InputError, match=r"^--input x: no such file$"):
        check_file(talk / "inner.wav", "--input x")


@pytest.mark.skipif(os.name != "posix", reason="such files are POSIX's")
def test_a_pipe_cannot_be_read_twice(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "talk.wav")
    with pytest.raises(InputError, match="is no ordinary file; name a file"):
        check_file(tmp_path / "talk.wav", "it")
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    with pytest.raises(CoachError, match=r"cannot be read: [^\[]+$"):
        check_file(tmp_path / "loop.wav", "it")
