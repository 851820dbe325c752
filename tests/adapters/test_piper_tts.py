import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.adapters.voices import piper_joe, program
from voice_coach.adapters.piper_tts import PiperSettings, PiperVoice
from voice_coach.core.audio import Clip
from voice_coach.core.errors import TextToSpeechError

LINE = "How would you keep the redirect fast when traffic grows tenfold?"

FAKE = """
import os, pathlib, sys, threading, wave
folder = pathlib.Path(sys.argv[sys.argv.index("--output-dir") + 1])
home = pathlib.Path(__file__).parent
(home / "starts").open("a").write(f"{os.getpid()}\\n")
print("noise on stdout")
print("INFO: loading; Wrote /tmp/elsewhere.wav", file=sys.stderr, flush=True)
for count, line in enumerate(sys.stdin):
    if "crash" in line or ("once" in line and not (home / "crashed").exists()):
        (home / "crashed").touch()
        sys.exit("out of memory")
    if "hang" in line:
        threading.Event().wait()
    path = folder / f"{count}.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 22050, 0, "NONE", ""))
        file.writeframes(b"" if "empty" in line else b"\\1\\2" * len(line))
    print(f"INFO:__main__:Wrote {path}", file=sys.stderr, flush=True)
"""


class FakePiper:
    """A voice on a program that has Piper's command line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        settings = PiperSettings(timeout_s=5.0)
        self.voice = PiperVoice(piper_joe(), settings, program=program(folder, FAKE))

    @property
    def pids(self) -> list[int]:
        return [int(line) for line in (self._folder / "starts").read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        return "Z (zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_one_child_renders_many_lines_and_goes_with_the_voice(tmp_path: Path) -> None:
    piper = FakePiper(tmp_path)
    clips = [piper.voice.render(text) for text in ("one", "three")]
    assert [len(clip.pcm) for clip in clips] == [4, 6]
    assert len(piper.pids) == 1
    piper.voice.close()
    assert not is_alive(piper.pids[0])


def test_a_crash_is_mended_once(tmp_path: Path) -> None:
    piper = FakePiper(tmp_path)
    assert len(piper.voice.render("once").pcm) == 5
    assert len(piper.pids) == 2
    piper.voice.close()


def test_a_second_crash_is_explained_and_the_voice_can_go_on(tmp_path: Path) -> None:
    piper = FakePiper(tmp_path)
    with pytest.raises(TextToSpeechError, match="ended twice on a line: out of memory"):
        piper.voice.render("crash")
    assert len(piper.pids) == 2
    assert len(piper.voice.render("fine").pcm) == 5
    piper.voice.close()


def test_an_empty_file_is_a_failure(tmp_path: Path) -> None:
    piper = FakePiper(tmp_path)
    with pytest.raises(TextToSpeechError, match="holds 0 of 0 samples"):
        piper.voice.render("empty")
    piper.voice.close()


def test_a_child_that_was_killed_between_lines_is_replaced(tmp_path: Path) -> None:
    piper = FakePiper(tmp_path)
    piper.voice.render("one")
    subprocess.run(["kill", "-9", str(piper.pids[0])], check=True)
    assert len(piper.voice.render("one").pcm) == 4
    piper.voice.close()


def test_a_hanging_child_is_ended_in_time(tmp_path: Path) -> None:
    voice = PiperVoice(piper_joe(), PiperSettings(timeout_s=1.0), program=program(tmp_path, FAKE))
    with pytest.raises(TextToSpeechError, match="did not finish a line within 1 s"):
        voice.render("hang")
    voice.close()
    assert not any(is_alive(int(pid)) for pid in (tmp_path / "starts").read_text().split())


def test_closing_ends_a_line_that_is_being_rendered(tmp_path: Path) -> None:
    piper = FakePiper(tmp_path)
    piper.voice.render("one")
    failures: list[str] = []

    def speak() -> None:
        try:
            piper.voice.render("hang")
        except TextToSpeechError as error:
            failures.append(str(error))

    speaker = threading.Thread(target=speak)
    speaker.start()
    piper.voice.close()
    speaker.join(10)
    assert len(failures) == 1
    assert "closed" in failures[0]
    assert len(piper.pids) == 1


def test_the_child_ends_when_we_are_killed(tmp_path: Path) -> None:
    FakePiper(tmp_path)
    code = (
        "import sys; from pathlib import Path; from voice_coach.adapters.piper_tts import PiperVoice; "
        "voice = PiperVoice(Path(sys.argv[1]), program=(sys.executable, sys.argv[2])); "
        "voice.render('one'); import os; os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", code, str(piper_joe()), str(tmp_path / "program.py")]
    # What is left of a killed process is an empty folder; keep it out of the machine's.
    ours = {**os.environ, "TMPDIR": str(tmp_path)}
    assert subprocess.run(command, env=ours, check=False).returncode == -9
    pid = int((tmp_path / "starts").read_text())
    waited = subprocess.run(["timeout", "10", "tail", f"--pid={pid}", "-f", "/dev/null"], check=False)
    assert waited.returncode == 0


def test_a_missing_voice_file_is_explained(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.onnx"):
        voice = PiperVoice(path)
        voice.warm()
        with pytest.raises(TextToSpeechError, match="models fetch piper-joe"):
            voice.render(LINE)
        voice.close()


def test_a_missing_program_is_explained(tmp_path: Path) -> None:
    voice = PiperVoice(piper_joe(), program=(str(tmp_path / "absent"),))
    with pytest.raises(TextToSpeechError, match="cannot be started"):
        voice.render(LINE)


def test_a_missing_package_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice_coach.adapters.piper_tts.find_spec", lambda name: None)
    with pytest.raises(TextToSpeechError, match="install piper-tts"):
        PiperVoice(piper_joe()).render(LINE)


def test_a_damaged_voice_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"no model")
    (tmp_path / "x.onnx.json").write_text("{}")
    with pytest.raises(TextToSpeechError, match="ended twice"):
        PiperVoice(tmp_path / "x.onnx").render(LINE)


def rendered(text: str, settings: PiperSettings | None = None, *, voice: Path | None = None) -> Clip:
    piper = PiperVoice(voice or piper_joe(), settings)
    piper.warm()
    clip = piper.render(text)
    piper.close()
    return clip


@pytest.mark.slow
def test_the_rate_and_the_silence_between_sentences_are_kept_to() -> None:
    # One sentence a measurement, so that no pause counts.
    for rate in (130, 180):
        clip = rendered(LINE, PiperSettings(rate_wpm=rate))
        assert len(LINE.split()) / clip.duration_s * 60 == pytest.approx(rate, rel=0.25)
    near, far = (rendered("One. Two.", PiperSettings(sentence_silence_s=gap)) for gap in (0.0, 1.0))
    assert far.duration_s - near.duration_s == pytest.approx(1.0, abs=0.01)


def test_the_file_and_its_folder_are_the_same_voice() -> None:
    file = next(piper_joe().glob("*.onnx"))
    assert np.array_equal(rendered(LINE).pcm, rendered(LINE, voice=file).pcm)


def test_the_settings_are_part_of_the_name() -> None:
    settings = (PiperSettings(), PiperSettings(rate_wpm=150), PiperSettings(sentence_silence_s=0.5))
    assert len({PiperVoice(piper_joe(), each).name for each in settings}) == 3


def test_piper_is_never_loaded_by_us() -> None:
    code = (
        "import sys; from pathlib import Path; from voice_coach.adapters.piper_tts import PiperVoice; "
        "voice = PiperVoice(Path(sys.argv[1])); voice.render('Hello.'); voice.close(); "
        "print([name for name in sys.modules if name.split('.')[0] in ('piper', 'onnxruntime')])"
    )
    command = [sys.executable, "-c", code, str(piper_joe())]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "[]"


def a_voice(folder: Path) -> Path:
    """Something that looks like Piper's voice joe."""
    folder.mkdir(parents=True)
    for name in ("joe.onnx", "joe.onnx.json"):
        (folder / name).write_text("{}", encoding="utf-8")
    return folder


def test_the_key_tells_voices_of_one_name_and_all_settings_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = a_voice(tmp_path / "one" / "joe"), a_voice(tmp_path / "other" / "joe")
    settings = [PiperSettings(), PiperSettings(rate_wpm=150), PiperSettings(sentence_silence_s=0.5)]
    keys = [PiperVoice(voice, item).key for voice in (one, other) for item in settings]
    (one / "joe.onnx").write_text("{retrained}", encoding="utf-8")
    keys.append(PiperVoice(one).key)
    monkeypatch.setattr("voice_coach.adapters.piper_tts.WPM_AT_SCALE_1", 270.0)
    keys.append(PiperVoice(one).key)
    monkeypatch.setattr("voice_coach.adapters.piper_tts._version", lambda: "99")
    keys.append(PiperVoice(one).key)
    assert len(set(keys)) == len(keys)
    assert PiperVoice(other).key == PiperVoice(other / "joe.onnx").key


def test_a_voice_that_is_not_there_has_no_key(tmp_path: Path) -> None:
    with pytest.raises(TextToSpeechError, match="no Piper voice here"):
        assert PiperVoice(tmp_path).key
