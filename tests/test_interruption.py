"""Ctrl-C, also where a library makes something else of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from voice_coach import cli, interruption
from voice_coach.cli import app
from voice_coach.core.errors import CoachError, InputError, SpeechToTextError, StorageError
from voice_coach.interruption import Interrupted
from voice_coach.workers import InlineWorkers, ThreadWorkers


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.fixture
def heard() -> None:
    """Ctrl-C has come, and something else was made of it."""
    interruption.listen()
    with pytest.raises(Interrupted):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_is_raised_and_remembered(number: signal.Signals) -> None:
    interruption.listen()
    assert not interruption.has_come()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    assert interruption.has_come()


def test_nothing_is_known_where_nobody_listens() -> None:
    assert not interruption.has_come()


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (ImportError("initialization failed"), 130),
        (SpeechToTextError("the model cannot be loaded"), 130),
        (StorageError("audio.flac: cannot be written: the disk is full"), 3),
        (InputError("talk.wav: no such file"), 2),
    ],
)
def test_what_was_made_of_it_is_told_from_what_could_not_be_saved(
    failure: Exception, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise failure

    monkeypatch.setattr(app.LazyGroup, "get_command", lambda *_: click.Command("boom", callback=fails))
    monkeypatch.setitem(app.COMMANDS, "boom", "")
    assert app.run(["boom"]) == status
    (line,) = capsys.readouterr().err.splitlines()
    expected = str(failure) if isinstance(failure, CoachError) and status != 130 else "interrupted"
    assert line == f"voice-coach: {expected}"


@pytest.mark.usefixtures("heard")
def test_what_was_made_of_it_while_the_program_itself_is_imported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> int:
        raise ImportError("initialization failed")

    monkeypatch.setattr(app, "main", fails)
    monkeypatch.setattr(interruption, "listen", lambda: None)
    assert cli.main() == 130
    signal.raise_signal(signal.SIGINT)  # too late: nothing is left to interrupt
    assert capsys.readouterr().err == "voice-coach: interrupted\n"


def test_a_program_that_cannot_be_imported_is_no_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> int:
        raise ImportError("initialization failed")

    monkeypatch.setattr(app, "main", fails)
    with pytest.raises(ImportError):
        cli.main()


def broken() -> object:
    raise ImportError("initialization failed")


@pytest.mark.usefixtures("heard")
def test_an_engine_that_made_an_error_of_it_interrupts_the_loop() -> None:
    inline = InlineWorkers()
    with pytest.raises(Interrupted):
        inline.submit("ears", None, broken)
    inline.submit("ears", 1, lambda: "fine")
    assert inline.drain() == ["fine"]
    threads = ThreadWorkers()
    threads.submit("ears", 2, broken)
    assert len(threads.wait()) == 1, "its own thread is not interrupted by Ctrl-C"
    threads.close()


def test_the_status_is_130_also_when_a_library_runs_code_from_c(tmp_path: Path) -> None:
    """With the plain KeyboardInterrupt Python ends the process by the signal itself."""
    (tmp_path / "program.py").write_text(
        "import ctypes, sys\n"
        "from voice_coach import interruption\n"
        "interruption.listen()\n"
        "ctypes.pythonapi.PyRun_SimpleString(b'import signal; signal.raise_signal(signal.SIGINT)')\n"
        "sys.exit(130)\n",
        encoding="utf-8",
    )
    search = os.pathsep.join((str(tmp_path), str(Path(__file__).parents[1])))
    done = subprocess.run(
        [sys.executable, "-m", "program"],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": search},
    )
    assert done.returncode == 130, done.stderr
