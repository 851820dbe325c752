"""Commands in this process: what they print, what they complain about, with which status they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import click
import numpy as np
import pytest

from tests.adapters.voices import ToneVoice
from tests.compose.small_engines import use
from tests.model_server import model_server
from tests.report import made
from tests.sounds import tone
from voice_coach import __version__, interruption
from voice_coach.adapters.audio_file import write_wav
from voice_coach.cli import app as cli
from voice_coach.cli import main as console_script
from voice_coach.cli.app import COMMANDS, run
from voice_coach.cli.options import CommandOptions
from voice_coach.compose.content import load_content
from voice_coach.compose.engines import model_store
from voice_coach.compose.judging import SENTENCE_MODEL
from voice_coach.config import Config, bundled_config, environment
from voice_coach.core.errors import (
    AudioDeviceError,
    ConfigError,
    EngineError,
    InputError,
    PromptError,
    StorageError,
)
from voice_coach.prompts.folder import prompts_folder

if TYPE_CHECKING:
    from pathlib import Path

FAILURES: dict[str, tuple[BaseException, int]] = {
    "config": (ConfigError("a.toml:1: b: unknown key"), 2),
    "prompt": (PromptError("a.toml:1: b: too long"), 2),
    "input": (InputError("a.wav: no such file"), 2),
    "device": (AudioDeviceError("microphone: gone; plug it in"), 3),
    "storage": (StorageError("a: cannot be written; free space"), 3),
    "engine": (EngineError("whisper-base: missing; run voice-coach models fetch"), 3),
    "ctrl-c": (KeyboardInterrupt(), 130),
    "disk": (OSError(13, "Permission denied", "/a/talk.wav"), 3),
    "system": (OSError(24, "Too many open files"), 3),
    "bug": (ZeroDivisionError("division\nby zero"), 3),
    "mute bug": (AssertionError(), 3),
}


@click.command()
@click.option("--debug", is_flag=True)
@click.argument("kind")
def boom(kind: str, debug: bool) -> None:  # noqa: FBT001 - click calls it by name
    """Fails in one way or another."""
    raise FAILURES[kind][0]


@pytest.fixture(autouse=True)
def _nothing_of_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICE_COACH_{name}", str(tmp_path / "none" / name))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "none" / "hub"))
    monkeypatch.setitem(COMMANDS, "boom", "tests.test_cli")


@pytest.fixture(scope="session")
def fetched() -> Path:
    """The sentence model, where set-up put it."""
    return model_store(Config()).path(SENTENCE_MODEL)


@pytest.fixture
def _sentence_model(tmp_path: Path, fetched: Path) -> None:
    models = tmp_path / "none" / "CACHE" / "models"
    models.mkdir(parents=True)
    (models / SENTENCE_MODEL).symlink_to(fetched)


FULL = "voice-coach: the output cannot be written: No space left on device\n"
Printed = pytest.CaptureFixture[str]


def complaint(capsys: Printed, *arguments: str, status: int = 2) -> str:
    """The one line on stderr of a command that ends with *status* and prints nothing else."""
    assert run(arguments) == status
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert line.startswith("voice-coach: ")
    return line


def printed(capsys: Printed, *arguments: str, status: int = 0) -> str:
    assert run(arguments) == status
    out, err = capsys.readouterr()
    assert status or err == ""
    return out


def document(capsys: Printed, *arguments: str, status: int = 0) -> Any:  # noqa: ANN401 - any JSON
    """What a command prints with --json: one document, nothing else."""
    return json.loads(printed(capsys, *arguments, "--json", status=status))


class TestFailures:
    @pytest.mark.parametrize("kind", FAILURES)
    def test_each_is_one_line_with_its_status(self, capsys: Printed, kind: str) -> None:
        error, status = FAILURES[kind]
        line = complaint(capsys, "boom", kind, status=status)
        if kind not in ("ctrl-c", "bug", "mute bug", "disk", "system"):
            assert line == f"voice-coach: {error}"

    def test_a_bug_is_called_one_and_points_to_its_details(self, capsys: Printed) -> None:
        assert "unexpected failure: division by zero (run again with --debug" in complaint(
            capsys, "boom", "bug", status=3
        )
        assert "unexpected failure: AssertionError (" in complaint(capsys, "boom", "mute bug", status=3)

    def test_what_the_system_refuses_is_no_bug(self, capsys: Printed) -> None:
        assert complaint(capsys, "boom", "disk", status=3) == "voice-coach: /a/talk.wav: Permission denied"
        told = complaint(capsys, "boom", "system", status=3)
        assert told == "voice-coach: the system refused: Too many open files"

    def test_ctrl_c_is_said(self, capsys: Printed) -> None:
        assert complaint(capsys, "boom", "ctrl-c", status=130) == "voice-coach: interrupted"

    def test_on_a_terminal_its_line_ends_first(
        self, capsys: Printed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        assert run(["boom", "ctrl-c"]) == 130
        assert capsys.readouterr().err == "\nvoice-coach: interrupted\n"

    def test_ctrl_c_is_answered_before_anything_is_imported(
        self, capsys: Printed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupted() -> int:
            raise KeyboardInterrupt

        monkeypatch.setattr(cli, "main", interrupted)
        monkeypatch.setattr(interruption, "listen", lambda: None)
        monkeypatch.setattr(interruption, "ignore", lambda: None)
        assert console_script() == 130
        assert capsys.readouterr().err == "voice-coach: interrupted\n"

    @pytest.mark.parametrize("kind", [kind for kind in FAILURES if kind != "ctrl-c"])
    def test_debug_shows_the_traceback(self, kind: str) -> None:
        with pytest.raises(type(FAILURES[kind][0])):
            run(["boom", kind, "--debug"])

    def test_wrong_use_with_debug_is_raised_too(self) -> None:
        with pytest.raises(click.UsageError):
            run(["practice", "--debug", "--nosuch"])

    def test_debug_may_stand_before_the_command(self) -> None:
        with pytest.raises(EngineError):
            run(["--debug", "boom", "engine"])

    @pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
    @pytest.mark.parametrize(
        "command", ["questions show url-shortener", "--version", "questions list --json"]
    )
    def test_whoever_reads_the_output_may_stop(self, command: str) -> None:
        """The reader is gone before the first byte, for short output and long."""
        script = f"({sys.executable} -m voice_coach {command}; echo $? >&2) | true"
        result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
        assert result.stderr == "0\n"

    @pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
    @pytest.mark.parametrize(
        ("command", "status", "told"),
        [
            (
                "questions list >/dev/full",
                3,
                FULL,
            ),
            (
                "questions list --json >/dev/full",
                3,
                FULL,
            ),
            ("questions show nosuch 2>/dev/full", 2, ""),
            ("questions list >&-", 0, ""),
            ("questions list --json <&- 2>&-", 0, ""),
        ],
    )
    def test_a_stream_that_takes_nothing_is_no_bug(self, command: str, status: int, told: str) -> None:
        script = f"{sys.executable} -m voice_coach {command}"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (status, told)

    @pytest.mark.usefixtures("_sentence_model")
    @pytest.mark.parametrize("command", ["analyze", "analyze --json"])
    def test_a_character_that_cannot_be_shown_ends_nothing(self, command: str, tmp_path: Path) -> None:
        talk = tmp_path / "talk.txt"
        talk.write_text("the naïve café cache — “quick” reads\n", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "voice_coach", *command.split(), str(talk)],
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
        )
        assert (done.returncode, done.stderr) == (0, b"")
        if "--json" in command:
            assert "naïve café" in json.loads(done.stdout)["transcript"]["turns"][0]["text"]

    @pytest.mark.parametrize(
        ("arguments", "part"),
        [
            (["nosuch"], "no command is called 'nosuch'; there are practice, drill"),
            (["practise"], "no command is called 'practise'; did you mean practice?"),
            ([""], "no command is called ''"),
            (["--json", "devices"], "no option --json before a command; options stand after it"),
            (["practice", ""], "QUESTION is empty"),
            (["practice", "--input", ""], "--input is empty"),
            (["practice", "--sessions", ""], "--sessions"),
            (["report", ""], "SESSION is empty"),
            (["devices", "--config", ""], "--config"),
            (["devices", "--config", "absent.toml"], "absent.toml: no such file"),
            (["doctor", "--config", "/"], "/: is a folder"),
            (["questions", "check", ""], "it is empty; name a file or folder"),
            (["analyze", ""], "it is empty; name a file or folder"),
            (["analyze", "a.txt", "--question", " "], "--question is empty"),
            (["recover", "--sessions", "absent"], "--sessions absent: no such folder"),
            (["recover", "--sessions", "~/absent"], "/absent: no such folder"),
            (["practice", "--nosuch"], "--nosuch"),
            (["practice", "--minutes", "x"], "--minutes"),
            (["practice", "--minutes", "0"], "--minutes 0: choose between"),
            (["practice", "--pressure", "cruel"], "--pressure"),
            (["practice", "--speed", "slow"], "--speed"),
            (["practice", "--llm", "on"], "--llm"),
            (["practice", "--input", "absent.toml"], "--input absent.toml: no such file"),
            (["practice", "--input", "absent.wav", "--speed", "max"], "--input absent.wav: no such file"),
            (["practice", "--input", "Blue Yeti", "--speed", "max"], "--speed max"),
            (["practice", "--output", "Blue Yeti", "--speed", "max"], "--output Blue Yeti"),
            (["practice", "--output", "/nowhere/both.wav"], "no such folder"),
            (
                ["practice", "--check", "--input", str(prompts_folder() / "rooms" / "headless.toml")],
                "--check: goes with a microphone",
            ),
            (["questions", "show"], "QUESTION"),
            (["questions", "show", "url-shortner"], "did you mean url-shortener"),
            (["questions", "check", "absent.toml"], "absent.toml"),
            (["analyze"], "PATH"),
            (["analyze", "absent.json"], "absent.json: no such file"),
            (["analyze", "/"], "/: is a folder"),
            (["models", "check", "nosuch"], "no model is called 'nosuch'"),
            (["models", "fetch", "nosuch"], "no model is called 'nosuch'"),
            (["models", "fetch", "piper-jo"], "did you mean piper-joe?"),
            (["models", "fetch", ""], "no model is called ''"),
            (["--config", "x", "devices"], "no option --config before a command"),
            (["recover", "--config", "absent.toml"], "absent.toml: no such file"),
        ],
    )
    def test_wrong_use_is_one_line(self, capsys: Printed, arguments: list[str], part: str) -> None:
        assert part in complaint(capsys, *arguments)


class TestHelp:
    def test_without_a_command_there_is_help(self, capsys: Printed) -> None:
        out = printed(capsys)
        assert all(name in out for name in COMMANDS)

    @pytest.mark.parametrize("group", ["questions", "models"])
    def test_a_group_without_its_command_gives_help(self, capsys: Printed, group: str) -> None:
        out = printed(capsys, group)
        assert out.startswith(f"Usage: voice-coach {group}")
        assert "check" in out

    @pytest.mark.parametrize("name", [name for name in COMMANDS if name != "boom"])
    def test_every_command_has_help(self, capsys: Printed, name: str) -> None:
        assert printed(capsys, name, "--help") == printed(capsys, name, "-h")

    @pytest.mark.parametrize("group", ["questions", "models", "history"])
    def test_no_line_about_a_command_is_cut(
        self, capsys: Printed, monkeypatch: pytest.MonkeyPatch, group: str
    ) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        shown = printed(capsys, group, "--help")
        listed = shown[shown.index("Commands:") : shown.index("Examples:")].strip().splitlines()[1:]
        assert len(listed) >= 3
        assert not [line for line in listed if line.endswith("...")]

    def test_the_version_is_the_programs(self, capsys: Printed) -> None:
        assert printed(capsys, "--version").strip() == __version__

    def test_the_console_script_runs_what_stands_on_the_command_line(
        self, capsys: Printed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "argv", ["voice-coach", "--version"])
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            assert console_script() == 0
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN, "all is done"
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        assert capsys.readouterr().out.strip() == __version__


class TestQuestions:
    def test_they_are_listed_with_their_words(self, capsys: Printed) -> None:
        packs = load_content().questions
        rows = printed(capsys, "questions", "list").splitlines()
        assert [row.split()[0] for row in rows] == list(packs)
        listed = document(capsys, "questions", "list")
        assert listed == [{"id": p.id, "title": p.title, "asked": p.asked} for p in packs.values()]

    @pytest.mark.parametrize("named", ["url-shortener", "URL shortener", "design a url shortener"])
    def test_one_is_shown_by_id_title_or_words(self, capsys: Printed, named: str) -> None:
        out = printed(capsys, "questions", "show", named)
        pack = load_content().questions["url-shortener"]
        assert out.startswith("URL shortener (url-shortener)")
        assert all(fact.answer in out for fact in pack.facts)
        assert all(item.text in out for item in pack.follow_ups)
        assert document(capsys, "questions", "show", named)["id"] == "url-shortener"

    def test_the_bundled_ones_are_good(self, capsys: Printed) -> None:
        assert printed(capsys, "questions", "check").strip() == "all content is good"
        assert document(capsys, "questions", "check") == {"problems": []}
        folder = prompts_folder() / "questions"
        assert printed(capsys, "questions", "check", str(folder / "url-shortener.toml"))

    def test_every_complaint_about_a_folder_is_told(self, capsys: Printed, tmp_path: Path) -> None:
        good = (prompts_folder() / "questions" / "url-shortener.toml").read_text(encoding="utf-8")
        (tmp_path / "one.toml").write_text('colour = "red"\n' + good, encoding="utf-8")
        (tmp_path / "two.toml").write_text("title = 3\n", encoding="utf-8")
        assert run(["questions", "check", str(tmp_path)]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "one.toml:1: colour: unknown key" in err
        assert "two.toml" in err
        assert err.splitlines()[-1].startswith("voice-coach: ")
        assert run(["questions", "check", str(tmp_path), "--json"]) == 2
        assert len(json.loads(capsys.readouterr().out)["problems"]) >= 2


class TestModels:
    def test_what_can_be_fetched_is_listed(self, capsys: Printed) -> None:
        rows = printed(capsys, "models", "list").splitlines()
        assert {"whisper-base", "piper-joe"} <= {row.split()[0] for row in rows}
        assert all("not here" in row for row in rows)
        assert len({row.index(" MB") for row in rows}) == 1
        listed = document(capsys, "models", "list")
        assert {"name", "role", "licence", "bytes", "folder"} <= set(listed[0])
        assert {item["folder"] for item in listed} == {None}

    def test_missing_ones_are_named_with_the_mend(self, capsys: Printed) -> None:
        assert run(["models", "check", "piper-joe"]) == 3
        out, err = capsys.readouterr()
        assert "missing" in out
        assert "run voice-coach models fetch" in err
        assert run(["models", "check", "piper-joe", "--json"]) == 3
        assert {item["state"] for item in json.loads(capsys.readouterr().out)} == {"missing"}


class TestChecks:
    def test_devices_are_listed(self, capsys: Printed) -> None:
        assert printed(capsys, "devices").strip()
        assert isinstance(document(capsys, "devices"), list)

    def test_the_doctor_names_the_configuration_files(
        self, capsys: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VOICE_COACH_CONFIG", str(tmp_path / "own.toml"))
        own, bundled = environment().config, bundled_config()
        assert f"read from {bundled}; your own may stand in {own}\n" in printed(capsys, "doctor", status=3)
        own.touch()
        assert f"read from {bundled}, then {own}\n" in printed(capsys, "doctor", status=3)
        other = tmp_path / "other.toml"
        other.touch()
        out = printed(capsys, "doctor", "--config", str(other), status=3)
        assert f"read from {bundled}, then {other}\n" in out

    def test_the_doctor_names_what_is_missing_with_its_mend(self, capsys: Printed) -> None:
        assert run(["doctor"]) == 3
        out, err = capsys.readouterr()
        assert "good  configuration: read from" in out
        assert "wrong recogniser" in out
        assert "      run `voice-coach models fetch`\n" in out
        assert "recogniser" in err
        assert len(err.splitlines()) == 1

    def test_the_doctor_stops_at_a_broken_configuration(self, capsys: Printed, tmp_path: Path) -> None:
        path = tmp_path / "mine.toml"
        path.write_text("[pace]\nminuts = 3\n", encoding="utf-8")
        assert run(["doctor", "--config", str(path), "--json"]) == 3
        out, err = capsys.readouterr()
        (found,) = json.loads(out)
        assert found["state"] == "wrong"
        assert f"{path}:2: pace.minuts: unknown key" in found["found"]
        assert "mine.toml" in err


@pytest.mark.usefixtures("_sentence_model")
@pytest.mark.parametrize("is_json", [False, True])
def test_a_rehearsal_goes_on_and_is_judged_when_nobody_reads_what_is_shown(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_json: bool,  # noqa: FBT001
) -> None:
    use(monkeypatch, ["There are gates."], ToneVoice())
    recording = tmp_path / "talk.wav"
    silence = np.zeros(16_000 * 20, np.int16)
    write_wav(recording, np.concatenate([silence, tone(3.0), silence]))
    reader, writer = os.pipe()
    os.close(reader)
    options = ["--minutes", "0.5", "--speed", "max", "--sessions", str(tmp_path / "sessions")]
    with os.fdopen(writer, "w", encoding="utf-8") as nobody:
        monkeypatch.setattr(sys, "stderr" if is_json else "stdout", nobody)
        assert run(["practice", "--input", str(recording), *options, *["--json"] * is_json]) == 0
    (folder,) = (tmp_path / "sessions").iterdir()
    document = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    assert "gates" in str(document["transcript"])
    assert '"kind": "session_ended"' in (folder / "journal.jsonl").read_text(encoding="utf-8")


@pytest.mark.usefixtures("_sentence_model")
@pytest.mark.parametrize("is_local", [True, False])
def test_a_configured_model_is_asked_where_nobody_has_to_agree(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Printed,
    is_local: bool,  # noqa: FBT001
) -> None:
    use(monkeypatch, ["There are gates."], ToneVoice())
    recording = tmp_path / "talk.wav"
    silence = np.zeros(16_000 * 20, np.int16)
    write_wav(recording, np.concatenate([silence, tone(3.0), silence]))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    options = ["--minutes", "0.5", "--speed", "max", "--sessions", str(tmp_path / "sessions")]
    with model_server() as server:
        url = server.base_url if is_local else "https://api.example.invalid/v1"
        own = tmp_path / "mine.toml"
        own.write_text(f'[llm]\nbase_url = "{url}"\nmodel = "small"\n', encoding="utf-8")
        options += ["--config", str(own), "--llm", "auto"]
        assert run(["practice", "--input", str(recording), *options]) == 0
    out, err = capsys.readouterr()
    assert ("Language model small at 127.0.0.1" in out) is is_local is bool(server.requests)
    assert ("nobody is at the terminal" in err) is not is_local
    assert len(err.splitlines()) == 1
    assert "sk-secret" not in out + err


class TestReport:
    def test_the_latest_is_written_and_named(self, capsys: Printed, tmp_path: Path) -> None:
        made.session(tmp_path, name="20261101T181500Z-chat")
        folder = made.session(tmp_path)
        assert printed(capsys, "report", "--sessions", str(tmp_path)) == f"{folder / 'report.html'}\n"
        assert (folder / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")

    def test_one_is_named_by_its_beginning_and_written_elsewhere(
        self, capsys: Printed, tmp_path: Path
    ) -> None:
        folder = made.session(tmp_path, audio_s=2.0)
        out = tmp_path / "page.html"
        options = ["--sessions", str(tmp_path), "--output", str(out), "--no-audio"]
        assert document(capsys, "report", "20261130", *options) == {
            "session": str(folder),
            "report": str(out),
            "transcript": None,
            "bytes": out.stat().st_size,
            "has_audio": False,
            "question": "url-shortener",
            "score": 71,
            "opened": False,
        }
        assert not (folder / "report.html").exists()

    @pytest.mark.parametrize(
        ("option", "is_opened"), [([], False), (["--no-open"], False), (["--open"], True)]
    )
    def test_the_browser_is_opened_only_where_it_is_asked_for_or_somebody_watches(
        self,
        capsys: Printed,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        option: list[str],
        is_opened: bool,  # noqa: FBT001
    ) -> None:
        opened: list[str] = []

        def launch(url: str) -> int:
            opened.append(url)
            return 0

        monkeypatch.setattr(click, "launch", launch)
        folder = made.session(tmp_path)
        told = document(capsys, "report", "--sessions", str(tmp_path), *option)
        assert opened == [str(folder / "report.html")] * is_opened
        assert told["opened"] is is_opened

    def test_what_cannot_be_written_is_one_line(self, capsys: Printed, tmp_path: Path) -> None:
        folder = made.session(tmp_path)
        sessions = ["--sessions", str(tmp_path)]
        assert "is called '2025'" in complaint(capsys, "report", "2025", *sessions)
        assert "is a folder; name a file in it" in complaint(
            capsys, "report", *sessions, "--output", str(tmp_path)
        )
        assert "no such folder" in complaint(
            capsys, "report", *sessions, "--output", str(tmp_path / "a" / "b.html")
        )
        (folder / "session.json").unlink()
        assert "run voice-coach recover" in complaint(capsys, "report", *sessions)
        (folder / "session.json").write_text("[]", encoding="utf-8")
        assert "session.json: is no analysis" in complaint(capsys, "report", *sessions, status=3)
        assert "holds no such session yet" in complaint(capsys, "report")


class TestRecover:
    def test_nothing_to_recover_is_said(self, capsys: Printed, tmp_path: Path) -> None:
        assert printed(capsys, "recover", "--sessions", str(tmp_path)).strip() == "nothing to recover"
        assert document(capsys, "recover", "--sessions", str(tmp_path)) == []
        assert printed(capsys, "recover").strip() == "nothing to recover"

    def test_journals_that_are_none_are_named_and_stop_nothing(self, capsys: Printed, tmp_path: Path) -> None:
        contents = {
            "a": '{"t": 0.0, "kind": "speech_started", "onset_s": 0.0}\n',
            "b": '{"t": 0.0, "kind": "session_started"}\n',
            "c": "[]\n{}\n",
            "d": "",
            "e": '{"t": 0.0, "kind": "piece_cut", "piece": []}\n',
        }
        for name, content in contents.items():
            (tmp_path / name).mkdir()
            (tmp_path / name / "journal.jsonl").write_text(content, encoding="utf-8")
        assert run(["recover", "--sessions", str(tmp_path)]) == 3
        out, err = capsys.readouterr()
        assert out == ""
        complaints = [line for line in err.splitlines() if line.startswith("voice-coach: ")]
        assert len(complaints) == 4
        assert "a/journal.jsonl: line 1 is not the beginning" in complaints[0]
        assert "b/journal.jsonl:1: is damaged (a session_started without question)" in complaints[1]
        assert "c/journal.jsonl:1: is damaged" in complaints[2]
        assert "e/journal.jsonl:1: is damaged (piece: [] is not a whole number)" in complaints[3]

    def test_a_session_that_never_began_is_nothing_to_recover(self, capsys: Printed, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "journal.jsonl").write_text("", encoding="utf-8")
        assert printed(capsys, "recover", "--sessions", str(tmp_path)) == "nothing to recover\n"


@pytest.mark.usefixtures("_sentence_model")
class TestAnalyze:
    @pytest.fixture
    def transcript(self, tmp_path: Path) -> Path:
        path = tmp_path / "talk.txt"
        path.write_text(
            "Interviewer: Design a url shortener.\n"
            "Me: The requirements are short links. At a high level there is a load balancer and a service. "
            "I choose a key value store because every read is a lookup by code.\n",
            encoding="utf-8",
        )
        return path

    def test_a_transcript_is_judged(self, capsys: Printed, transcript: Path) -> None:
        assert "Not judged: Only" in printed(capsys, "analyze", str(transcript))
        more = (
            "When the cache dies, reads go to the store, and we let a few through at a time until it is warm. "
            * 3
        )
        transcript.write_text(
            transcript.read_text(encoding="utf-8").rstrip() + f" {more}\n", encoding="utf-8"
        )
        out = printed(capsys, "analyze", str(transcript))
        assert "storage decision" in out
        assert "Feedback:" in out

    def test_json_is_the_document_and_nothing_else(self, capsys: Printed, transcript: Path) -> None:
        found = document(capsys, "analyze", str(transcript), "--question", "url-shortener")
        assert found["question"] == "url-shortener"
        assert found["source"]["kind"] == "transcript"
        named = document(capsys, "analyze", str(transcript), "--question", "Design a boat.")
        assert named["question"] == "Design a boat."

    @pytest.mark.parametrize("option", [[], ["--json"]])
    def test_a_question_that_reads_like_an_id_and_is_none_is_told(
        self, capsys: Printed, transcript: Path, option: list[str]
    ) -> None:
        assert run(["analyze", str(transcript), "--question", "url-shortner", *option]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err == (
            "voice-coach: --question: no question pack is called 'url-shortner'; did you mean url-shortener? "
            "or write the question out\n"
        )

    def test_the_question_of_a_transcript_is_looked_at_as_well(self, capsys: Printed, tmp_path: Path) -> None:
        path = tmp_path / "talk.json"
        turns = [{"speaker": "candidate", "text": "There is a cache."}]
        path.write_text(json.dumps({"question": "url-shortner", "turns": turns}), encoding="utf-8")
        assert run(["analyze", str(path)]) == 0
        assert "did you mean url-shortener? judging it as the question's words" in capsys.readouterr().err

    def test_a_transcript_is_shown_as_it_is(self, capsys: Printed, tmp_path: Path) -> None:
        path = tmp_path / "talk.txt"
        sentence = "In summary we trade freshness for a much lower latency, that is the [/tradeoff] :smile: we take. "
        path.write_text("We choose a key value store because every read is a lookup by code. " * 5 + sentence)
        assert run(["analyze", str(path)]) == 0
        capsys.readouterr()
        shown = CommandOptions(config_path=None, is_json=False).console()
        shown.print(sentence, soft_wrap=True)
        assert capsys.readouterr().out == sentence + "\n"

    def test_times_that_hide_pauses_are_summed_up(self, capsys: Printed, tmp_path: Path) -> None:
        path = tmp_path / "talk.srt"
        words = "We choose a key value store because every read is a lookup by code. " * 3
        path.write_text(f"1\n00:00:00,000 --> 00:00:30,000\n{words}\n", encoding="utf-8")
        out = printed(capsys, "analyze", str(path))
        assert "Speech: 42 words" in out
        assert "longest pause" not in out
        assert "estimated" not in out

    def test_that_times_are_estimated_is_told_once(self, capsys: Printed, tmp_path: Path) -> None:
        path = tmp_path / "talk.txt"
        path.write_text("We choose a key value store because every read is a lookup by code. " * 3)
        assert run(["analyze", str(path)]) == 0
        out, err = capsys.readouterr()
        assert out.count("all times are estimated") == 1
        assert "the target" not in out
        assert err == ""

    @pytest.mark.parametrize("option", [[], ["--json"]])
    def test_markdown_is_refused_with_what_can_be_read(
        self, capsys: Printed, tmp_path: Path, option: list[str]
    ) -> None:
        path = tmp_path / "talk.MD"
        path.write_text("# A talk\n\n**Me** (0:00) Hello.\n", encoding="utf-8")
        assert run(["analyze", str(path), *option]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err == (
            f"voice-coach: {path}: Markdown cannot be analysed; known are flac, json, m4a, mp3, ogg, srt, txt, vtt, "
            "wav, webm: voice-coach report --transcript FILE.vtt writes a session's words so\n"
        )


class TestDrill:
    def test_all_kinds_are_listed(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["drill", "--list"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 10
        assert lines[0].startswith("framework ")
        assert run(["drill", "--list", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)[1]["kind"] == "opening"

    @pytest.mark.parametrize(
        ("options", "length"),
        [(["--minutes", "2"], "two minutes"), (["--pressure", "tough"], "fifty seconds")],
    )
    def test_the_time_that_is_announced_is_the_time_there_is(
        self,
        options: list[str],
        length: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def ends(*_: object) -> None:
            raise EngineError("enough")

        monkeypatch.setattr("voice_coach.cli.drill.run_planned", ends)
        room = tmp_path / "room.toml"
        room.write_text('[[say]]\ntext = "Clarify."\n')
        assert run(["drill", "framework", "--input", str(room), *options]) == 3
        assert f"up to {length} of" in capsys.readouterr().out

    def test_an_unknown_kind_is_told_with_the_nearest(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["drill", "tradeofs"]) == 2
        assert (
            capsys.readouterr().err == "voice-coach: no drill is called 'tradeofs'; did you mean tradeoffs?\n"
        )
