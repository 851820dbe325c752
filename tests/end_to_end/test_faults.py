"""Bad input and faults: the exit status, one clear line, and nothing lost."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.program import Finished, command, only_session, run
from voice_coach.prompts.folder import prompts_folder


def complaint(done: Finished, status: int) -> str:
    """The one line on stderr of a command that ended with *status*."""
    assert done.status == status, done
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("voice-coach: ")
    return line


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.wav", None),
        ("empty.wav", b""),
        ("corrupt.wav", b"RIFF\x00\x00"),
        ("noise.mp3", b"\x00\x01" * 500),
        ("empty.json", b""),
        ("broken.json", b'{"turns": [}'),
        ("wordless.json", b'{"turns": []}'),
        ("wordless.txt", b"  \n"),
        ("odd.doc", b"hello"),
    ],
)
def test_a_file_that_cannot_be_judged_is_named(name: str, content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert name in complaint(run("analyze", str(path)), 2)


def test_an_unknown_question_suggests_the_nearest(small_room: Path) -> None:
    line = complaint(run("practice", "url-shortner", "--input", str(small_room)), 2)
    assert "did you mean url-shortener" in line
    line = complaint(run("questions", "show", "url-shortner"), 2)
    assert "did you mean url-shortener" in line


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("[pace]\nminuts = 3\n", (":2:", "pace.minuts", "unknown key")),
        ("[pace]\nminutes = 'x'\n", (":2:", "pace.minutes")),
        ("[pace\n", (":1:", "not valid TOML")),
        ("[voice]\nengine = 'parrot'\n", (":2:", "voice.engine", "parrot", "piper")),
        ("[whisper]\ncompute_type = 'int9'\n", (":2:", "whisper.compute_type", "int8")),
        ("[session]\nquestion = 'boats'\n", (":2:", "session.question", "boats")),
        ("[session]\nfolder = '/dev/null'\n", (":2:", "session.folder", "is a file")),
    ],
)
def test_a_broken_configuration_names_file_line_and_key(
    content: str, wanted: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(content)
    room = tmp_path / "room.toml"
    room.write_text('[[say]]\ntext = "hello"\n')
    done = run("practice", "--config", str(path), "--input", str(room), "--speed", "max")
    line = complaint(done, 2)
    assert all(part in line for part in wanted), line


def test_a_broken_question_file_names_file_line_and_key(tmp_path: Path) -> None:
    path = tmp_path / "garage.toml"
    bundled = (prompts_folder() / "questions" / "url-shortener.toml").read_text()
    path.write_text('colour = "red"\n' + bundled)
    line = complaint(run("questions", "check", str(path)), 2)
    assert "garage.toml:1" in line
    assert "colour" in line


@pytest.mark.parametrize(
    "toml",
    [
        '[[say]]\naudio = "absent.wav"\n',
        '[[say]]\ntext = "a"\naudio = "b.wav"\n',
        '[[say]]\ntext = "a"\nwhen = "never"\n',
        '[[say]]\ntext = "a"\nwait = -1\n',
        "[[say]]\n",
        '[[say]]\ntext = "a"\nvoice = "parrot"\n',
        'question = "boats"\n',
    ],
)
def test_a_broken_room_is_refused_before_the_session_starts(toml: str, tmp_path: Path) -> None:
    room = tmp_path / "room.toml"
    room.write_text(toml)
    sessions = tmp_path / "sessions"
    done = run("practice", "--input", str(room), "--speed", "max", "--sessions", str(sessions), "--json")
    line = complaint(done, 2)
    assert "room.toml:" in line
    assert done.stdout == ""
    assert not sessions.exists()


def test_a_named_device_that_is_absent_fails(small_room: Path) -> None:
    done = run("practice", "--input", "Blue Yeti")
    assert "microphone" in complaint(done, 3)
    done = run("practice", "--output", "Blue Yeti", "--input", str(small_room))
    assert "loudspeaker" in complaint(done, 3)


def test_nothing_can_be_played_faster_than_it_sounds(small_room: Path) -> None:
    done = run("practice", "--output", "Blue Yeti", "--input", str(small_room), "--speed", "max")
    assert "Blue Yeti" in complaint(done, 2)


@pytest.fixture
def small_room(tmp_path: Path) -> Path:
    path = tmp_path / "room.toml"
    path.write_text('[[say]]\ntext = "Stop."\nvoice = "pyttsx3"\n')
    return path


@pytest.mark.slow
def test_a_missing_model_names_the_mend(small_room: Path, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "VOICE_COACH_CACHE": str(tmp_path / "empty"),
        "HF_HOME": str(tmp_path / "hub"),
    }
    done = run("practice", "--input", str(small_room), "--speed", "max", environment=environment)
    assert "voice-coach models fetch" in complaint(done, 3)


@pytest.mark.slow
def test_an_altered_model_names_both_hashes(small_room: Path, tmp_path: Path) -> None:
    from voice_coach import config

    cache = tmp_path / "cache"
    shutil.copytree(config.environment().cache / "models", cache / "models")
    model = cache / "models" / "whisper-base" / "model.bin"
    with model.open("r+b") as file:
        file.seek(1000)
        file.write(b"altered")
    environment = {**os.environ, "VOICE_COACH_CACHE": str(cache)}
    done = run("practice", "--input", str(small_room), "--speed", "max", environment=environment)
    line = complaint(done, 3)
    assert "model.bin" in line
    assert "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9" in line


def test_a_folder_that_cannot_be_written_is_named(small_room: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    done = run(
        "practice", "--input", str(small_room), "--speed", "max", "--sessions", str(blocked / "sessions")
    )
    assert str(blocked) in complaint(done, 3)
    done = run("practice", "--input", str(small_room), "--speed", "max", "--sessions", str(blocked))
    assert "is a file; name a folder" in complaint(done, 2)


def test_an_output_that_is_a_folder_leaves_no_session(small_room: Path, tmp_path: Path) -> None:
    (tmp_path / "both.wav").mkdir()
    output, sessions = str(tmp_path / "both.wav"), tmp_path / "sessions"
    done = run("practice", "--input", str(small_room), "--output", output, "--sessions", str(sessions))
    assert "both.wav: is a folder" in complaint(done, 2)
    assert not sessions.exists()


@pytest.mark.slow
def test_a_model_that_is_asked_for_and_not_configured_is_told(small_room: Path, tmp_path: Path) -> None:
    options = ("--input", str(small_room), "--speed", "max", "--no-feedback-speech")
    asked = run("practice", *options, "--llm", "auto", "--sessions", str(tmp_path / "one"))
    told = "voice-coach: --llm auto: no language model is configured; rehearsing without\n"
    assert (asked.status, asked.stderr) == (0, told)
    for option in ((), ("--llm", "off")):
        done = run("practice", *options, *option, "--sessions", str(tmp_path / "two"))
        assert (done.status, done.stderr) == (0, "")


@pytest.mark.slow
def test_a_rehearsal_that_cannot_show_a_character_goes_on(small_room: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    options = ("--speed", "max", "--no-feedback-speech", "--sessions", str(tmp_path / "[red]s"))
    done = run("practice", "--input", str(small_room), *options, environment=environment)
    assert (done.status, done.stderr) == (0, "")
    assert "?I'm done?" in done.stdout
    assert f"Session kept in {tmp_path}/[red]s/" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(
    os.name != "posix" or not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs to mount"
)
def test_a_full_disk_ends_the_session_with_one_line(small_room: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("no file system of a fixed size can be mounted here")
    try:
        done = run("practice", "--input", str(small_room), "--speed", "max", "--sessions", str(small))
        line = complaint(done, 3)
        assert str(small) in line
        assert (only_session(small) / "journal.jsonl").stat().st_size > 0
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_wrong_options_are_one_line() -> None:
    assert "minutes" in complaint(run("practice", "--minutes", "0"), 2)
    assert "--speed" in complaint(run("practice", "--speed", "slow"), 2)
    assert "nosuch" in complaint(run("nosuch"), 2)


def test_help_is_there_for_every_command() -> None:
    for name in ("practice", "analyze", "questions", "devices", "doctor", "recover", "models"):
        done = run(name, "--help")
        assert done.status == 0
        assert "--json" in done.stdout or name in ("questions", "models")


def test_the_module_runs_like_the_console_script() -> None:
    assert command("--version")[1:3] == ["-m", "voice_coach"]
    assert run("--version").stdout.strip()
