import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.adapters.voices import program
from voice_coach.adapters.pyttsx3_child import chosen_voice
from voice_coach.adapters.pyttsx3_tts import Pyttsx3Settings, Pyttsx3Voice
from voice_coach.core.errors import TextToSpeechError

LINE = "How would you keep the redirect fast when traffic grows tenfold?"


def test_nothing_reaches_our_output(capfd: pytest.CaptureFixture[str]) -> None:
    Pyttsx3Voice().render(LINE)
    assert capfd.readouterr() == ("", "")


def test_no_text_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    Pyttsx3Voice().render(LINE)
    assert list(tmp_path.iterdir()) == []


def test_the_clip_is_whole_every_time() -> None:
    # pyttsx3 2.99 returns before espeak-ng is done; a child that ended then would lose one clip in ten.
    lengths = {len(Pyttsx3Voice().render(LINE).pcm) for _ in range(30)}
    assert len(lengths) == 1


def test_a_slower_rate_takes_longer() -> None:
    slow, fast = (Pyttsx3Voice(Pyttsx3Settings(rate_wpm=rate)).render(LINE) for rate in (120, 200))
    assert slow.duration_s > 1.3 * fast.duration_s


def test_a_voice_is_found_by_a_part_of_its_name() -> None:
    default = Pyttsx3Voice().render(LINE)
    scottish = Pyttsx3Voice(Pyttsx3Settings(voice="scotland")).render(LINE)
    assert not np.array_equal(default.pcm, scottish.pcm)


def test_an_unknown_voice_is_named() -> None:
    with pytest.raises(TextToSpeechError, match="no voice here has 'hal-9000'"):
        Pyttsx3Voice(Pyttsx3Settings(voice="hal-9000")).render(LINE)


def test_the_key_tells_engine_version_voice_and_rate_as_the_engine_takes_it() -> None:
    keys = [
        Pyttsx3Voice(settings).key
        for settings in (Pyttsx3Settings(), Pyttsx3Settings(rate_wpm=150), Pyttsx3Settings(voice="scotland"))
    ]
    assert len(set(keys)) == 3
    version = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True).stdout
    release = version.split("text-to-speech: ")[1].split()[0]
    assert all(f"espeak {release}" in key for key in keys)
    assert ", 130," in keys[0], "165 words a minute are 130 of espeak-ng's"
    assert ", gmw/en" in keys[0], "the voice that the system's default is now"
    assert "scotland" in keys[2].lower()


def test_the_engine_is_asked_for_its_key_once(tmp_path: Path) -> None:
    asked = program(
        tmp_path,
        "import pathlib, sys",
        "assert sys.argv[4:] == ['--key']",
        f"with open({str(tmp_path / 'asked')!r}, 'a') as asked: asked.write('x')",
        "pathlib.Path(sys.argv[1]).write_text('harp 2, nightingale, 7')",
    )
    voice = Pyttsx3Voice(program=asked)
    assert "harp 2, nightingale, 7" in voice.key
    assert voice.key == voice.key
    assert (tmp_path / "asked").read_text() == "x"


def test_without_an_engine_there_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(TextToSpeechError, match="eSpeak is not here"):
        assert Pyttsx3Voice(program=program(tmp_path, "import sys", "sys.exit('eSpeak is not here')")).key


def test_the_settings_are_part_of_the_name() -> None:
    names = {
        Pyttsx3Voice(settings).name
        for settings in (Pyttsx3Settings(), Pyttsx3Settings(rate_wpm=150), Pyttsx3Settings(voice="us"))
    }
    assert len(names) == 3


def test_a_child_that_hangs_is_ended(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    hanging = program(
        tmp_path,
        "import os, threading",
        f"open({str(pid)!r}, 'w').write(str(os.getpid()))",
        "threading.Event().wait()",
    )
    voice = Pyttsx3Voice(Pyttsx3Settings(timeout_s=1.0), program=hanging)
    with pytest.raises(TextToSpeechError, match="did not finish a line within 1 s"):
        voice.render(LINE)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (("import sys", "sys.exit('eSpeak is not here')"), "ended with status 1: eSpeak is not here"),
        (("import os", "os.kill(os.getpid(), 9)"), "ended with status -9"),
        (("pass",), "wrote no sound"),
        (("import sys", "open(sys.argv[1], 'w').close()"), "wrote no sound"),
        (("import sys", "open(sys.argv[1], 'wb').write(b'RIFF1234WAVE')"), "wrote no sound"),
        (("import sys", "sys.stderr.buffer.write(b'\\xff')", "sys.exit(1)"), "ended with status 1"),
    ],
)
def test_a_child_that_fails_is_explained(tmp_path: Path, lines: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(TextToSpeechError) as caught:
        Pyttsx3Voice(program=program(tmp_path, *lines)).render(LINE)
    assert complaint in str(caught.value)


def test_a_program_that_is_missing_is_explained(tmp_path: Path) -> None:
    with pytest.raises(TextToSpeechError, match="cannot be started"):
        Pyttsx3Voice(program=(str(tmp_path / "absent"),)).render(LINE)


def test_the_real_engine_is_never_loaded_by_us() -> None:
    code = (
        "import sys; from voice_coach.adapters.pyttsx3_tts import Pyttsx3Voice; "
        "Pyttsx3Voice().render('Hello.'); print(sorted({'pyttsx3', 'soundfile'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def listed(**voices: tuple[str, list[str | bytes]]) -> list[SimpleNamespace]:
    return [SimpleNamespace(id=key, name=name, languages=spoken) for key, (name, spoken) in voices.items()]


VOICES = listed(
    anna=("Anna", ["de_DE"]),
    zira=("Microsoft Zira Desktop - English (United States)", ["en-US"]),
    en=("English", [b"\x05en-gb"]),
)


@pytest.mark.parametrize(
    ("wanted", "current", "chosen"),
    [
        ("", "anna", "zira"),
        ("", "en", None),
        ("zira", "en", "zira"),
        ("EN", "anna", "en"),
        ("united states", "anna", "zira"),
    ],
)
def test_the_voice_is_the_wanted_one_or_speaks_english(wanted: str, current: str, chosen: str | None) -> None:
    assert chosen_voice(VOICES, wanted, current) == chosen


def test_without_an_english_voice_the_current_one_stays() -> None:
    assert chosen_voice(VOICES[:1], "", "anna") is None
