from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.sounds import noise, tone
from voice_coach.adapters.audio_file import write_wav
from voice_coach.adapters.room_script import When, load_room, rendered
from voice_coach.core.audio import Clip
from voice_coach.core.errors import InputError


class FakeVoice:
    """Speaks each letter as 10 ms of a tone at 22,050 Hz."""

    def __init__(self, name: str | None) -> None:
        self.name = name or "default"
        self.texts: list[str] = []

    def render(self, text: str, speed: float = 1.0) -> Clip:
        self.texts.append(text)
        return Clip(pcm=tone(len(text) / 100 / speed, rate_hz=22_050), rate_hz=22_050)

    def close(self) -> None:
        """Nothing to end."""


def write(folder: Path, toml: str) -> Path:
    path = folder / "room.toml"
    path.write_text(toml)
    return path


def test_the_example_of_the_documentation(tmp_path: Path) -> None:
    write_wav(tmp_path / "opening.wav", noise(0.5))
    path = write(
        tmp_path,
        """\
question = "url-shortener"
[[say]]
audio = "opening.wav"
when = "asked"
wait = 0.8
[[say]]
text = "coach, how am I doing on time?"
voice = "pyttsx3"
when = "then"
wait = 3.0
""",
    )
    script = load_room(path)
    assert script.question == "url-shortener"
    first, second = script.entries
    assert (first.when, first.wait_s) == (When.ASKED, 0.8)
    assert first.pcm is not None
    assert np.array_equal(first.pcm, noise(0.5))
    assert (second.when, second.wait_s, second.voice) == (When.THEN, 3.0, "pyttsx3")
    assert second.text == "coach, how am I doing on time?"


def test_an_absolute_path_and_defaults(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    write_wav(tmp_path / "elsewhere" / "a.wav", noise(0.1))
    path = write(tmp_path, f'[[say]]\naudio = "{tmp_path / "elsewhere" / "a.wav"}"\n')
    (entry,) = load_room(path).entries
    assert entry.when is When.ASKED
    assert entry.voice is None


def test_a_room_may_be_silent(tmp_path: Path) -> None:
    assert load_room(write(tmp_path, "")).entries == ()


@pytest.mark.parametrize(
    ("toml", "complaint"),
    [
        ("[[say]]\nwhen = 'then'\n", "room.toml:1: say.0: needs either audio or text, and not both"),
        ("[[say]]\naudio='a.wav'\ntext='x'\n", "room.toml:1: say.0: needs either"),
        ("[[say]]\ntext='a'\n[[say]]\ntext = '  '\n", "room.toml:4: say.1.text: has no words"),
        ("[[say]]\ntext='a'\nwait = -1\n", "room.toml:3: say.0.wait: "),
        ("[[say]]\ntext='a'\nwait = inf\n", "room.toml:3: say.0.wait: "),
        ("[[say]]\ntext='a'\nwhen = 'later'\n", "room.toml:3: say.0.when: "),
        ("[[say]]\ntext='a'\nwehn = 'then'\n", "room.toml:3: say.0.wehn: unknown key"),
        ("[[says]]\ntext='a'\n", "room.toml:1: says: unknown key"),
        ("[[say]]\naudio='none.wav'\n", "room.toml:2: say.0.audio: "),
        ("[[say]]\naudio='room.toml'\n", "room.toml:2: say.0.audio: "),
        ("[[say]]\naudio='none.wav'\nvoice='piper'\n", "room.toml:3: say.0.voice: goes with text only"),
        ("[[say]\n", "room.toml:1: not valid TOML"),
    ],
)
def test_complaints_name_file_line_and_key(tmp_path: Path, toml: str, complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        load_room(write(tmp_path, toml))
    assert str(caught.value).startswith(f"{tmp_path}/{complaint}")
    assert "\n" not in str(caught.value)


def test_a_missing_recording_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.wav: no such file"):
        load_room(write(tmp_path, "[[say]]\naudio='none.wav'\n"))


def test_texts_are_spoken_by_the_voices_they_ask_for(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", noise(0.25))
    toml = (
        "[[say]]\ntext = 'hello'\n[[say]]\ntext = 'again'\n"
        "[[say]]\ntext = 'other'\nvoice = 'piper'\n[[say]]\naudio = 'a.wav'\n"
    )
    asked: list[str | None] = []
    voices: list[FakeVoice] = []

    def voice_named(name: str | None) -> FakeVoice:
        asked.append(name)
        voices.append(FakeVoice(name))
        return voices[-1]

    lines = rendered(load_room(write(tmp_path, toml)), voice_named)
    assert asked == [None, "piper"]
    assert [voice.texts for voice in voices] == [["hello", "again"], ["other"]]
    assert [len(line.pcm) for line in lines] == [800, 800, 800, 4000]
