"""What a shell is told, what every help says, and the menu of the program alone."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from rich.console import Console

from tests.test_cli import _nothing_of_the_users, printed  # noqa: F401 - the fixture
from voice_coach.cli import INTERRUPTED, menu
from voice_coach.cli.app import COMMANDS, PROGRAM, app, run
from voice_coach.cli.completion import SHELLS, session_names
from voice_coach.cli.manual import ENVIRONMENT, EXAMPLES, STATUSES
from voice_coach.config import environment
from voice_coach.prompts.folder import prompts_folder
from voice_coach.tui.menu import Entry, choose

if TYPE_CHECKING:
    from pathlib import Path

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _only_real_commands(monkeypatch: pytest.MonkeyPatch, _nothing_of_the_users: None) -> None:  # noqa: F811
    monkeypatch.delitem(COMMANDS, "boom")


class TestCompletion:
    def completed(self, monkeypatch: pytest.MonkeyPatch, capsys: Printed, *words: str) -> list[str]:
        """What Tab offers behind *words*, the last of which may be half a word."""
        monkeypatch.setenv("_VOICE_COACH_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", " ".join((PROGRAM, *words)))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        return [row.split(",", 1)[1] for row in printed(capsys).splitlines()]

    @pytest.mark.parametrize("shell", SHELLS)
    def test_each_shell_has_its_script(self, capsys: Printed, shell: str) -> None:
        script = printed(capsys, "completion", shell)
        assert f"_VOICE_COACH_COMPLETE={shell}_complete" in script
        document = json.loads(printed(capsys, "completion", shell, "--json"))
        assert document == {"shell": shell, "script": script.removesuffix("\n")}

    @pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
    def test_bash_takes_its_own(self, capsys: Printed) -> None:
        script = printed(capsys, "completion", "bash")
        told = subprocess.run(
            ["bash", "-c", f"{script}\ncomplete -p {PROGRAM}"], check=True, capture_output=True, text=True
        )
        assert "_voice_coach_completion" in told.stdout

    def test_commands_are_completed_without_being_imported(
        self, monkeypatch: pytest.MonkeyPatch, capsys: Printed
    ) -> None:
        monkeypatch.setitem(COMMANDS, "practically", "no.such.module")
        assert self.completed(monkeypatch, capsys, "pr") == ["practice", "practically"]

    @pytest.mark.parametrize(
        "words", [("practice", "url"), ("questions", "show", "url"), ("analyze", "--question", "url")]
    )
    def test_questions_are_completed_the_users_own_too(
        self, monkeypatch: pytest.MonkeyPatch, capsys: Printed, words: tuple[str, ...]
    ) -> None:
        own = environment().config.parent / "questions"
        own.mkdir(parents=True)
        (own / "url-painter.toml").touch()
        assert self.completed(monkeypatch, capsys, *words) == ["url-painter", "url-shortener"]
        every = self.completed(monkeypatch, capsys, *words[:-1], "")
        assert len(every) == 1 + len(list((prompts_folder() / "questions").glob("*.toml")))

    def test_a_broken_configuration_breaks_no_completion(
        self, monkeypatch: pytest.MonkeyPatch, capsys: Printed, tmp_path: Path
    ) -> None:
        own = tmp_path / "own.toml"
        own.write_text("[", encoding="utf-8")
        monkeypatch.setenv("VOICE_COACH_CONFIG", str(own))
        assert self.completed(monkeypatch, capsys, "practice", "url") == ["url-shortener"]

    def test_values_of_options_are_completed(self, monkeypatch: pytest.MonkeyPatch, capsys: Printed) -> None:
        assert self.completed(monkeypatch, capsys, "practice", "--pressure", "t") == ["tough"]

    def test_sessions_are_offered_the_latest_first(self) -> None:
        context, parameter = click.Context(app), click.Argument(["session"])
        assert session_names(context, parameter, "") == []
        root = environment().data / "sessions"
        names = ["20261129T191530Z-url-shortener", "20261130T201530Z-drill-framework", "notes"]
        for name in names:
            (root / name).mkdir(parents=True)
        for name in names[:2]:
            (root / name / "journal.jsonl").touch()
        assert session_names(context, parameter, "") == [names[1], names[0]]
        assert session_names(context, parameter, "20261129") == [names[0]]


class TestManual:
    @pytest.mark.parametrize("arguments", [(), *((name,) for name in COMMANDS), ("questions", "show")])
    def test_every_help_has_examples_statuses_and_variables(
        self, capsys: Printed, arguments: tuple[str, ...]
    ) -> None:
        out = printed(capsys, *arguments, "--help")
        assert all(f"  {name}" in out for name in STATUSES)
        assert all(f"  {name}" in out for name in ENVIRONMENT)
        for example in EXAMPLES[arguments[0]] if arguments else ("practice",):
            assert f"  {PROGRAM} {example}\n" in out

    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_says_more_than_its_first_line(self, name: str) -> None:
        command = app.get_command(click.Context(app), name)
        assert command is not None
        assert command.help is not None
        first, *rest = command.help.split("\n\n")
        assert rest
        assert not command.get_short_help_str(64).endswith("..."), f"{first} is cut in the list"

    def test_the_readme_names_the_same_variables(self) -> None:
        readme = (prompts_folder().parent / "README.md").read_text(encoding="utf-8")
        for names in ENVIRONMENT:
            assert all(f"`{name}`" in readme for name in names.split(", "))


ENTRIES = [Entry(title="Practise", about="a full rehearsal"), Entry(title="Quit", about="")]


class TestMenu:
    def test_without_a_terminal_there_is_help(self, capsys: Printed) -> None:
        assert printed(capsys).startswith("Usage: voice-coach")

    @pytest.mark.parametrize(("chosen", "status"), [("boom", 2), (None, 0)])
    def test_what_is_chosen_runs_as_if_it_was_typed(
        self, capsys: Printed, monkeypatch: pytest.MonkeyPatch, chosen: str | None, status: int
    ) -> None:
        monkeypatch.setattr(menu, "is_wanted", lambda: True)
        monkeypatch.setattr(menu, "chosen_command", lambda _known: chosen)
        monkeypatch.setitem(COMMANDS, "boom", "tests.test_cli")
        assert run([]) == status
        out, err = capsys.readouterr()
        assert out == ""
        assert err.splitlines()[:1] == (["voice-coach boom"] if chosen else [])

    def test_ctrl_c_in_it_is_an_interruption(self, capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted(_known: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(menu, "is_wanted", lambda: True)
        monkeypatch.setattr(menu, "chosen_command", interrupted)
        assert run([]) == INTERRUPTED
        assert capsys.readouterr().err.splitlines()[-1] == "voice-coach: interrupted"

    def test_it_offers_what_there_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        offered: list[str] = []

        def first(_console: Console, entries: list[Entry]) -> int:
            offered[:] = [entry.title for entry in entries]
            return len(offered) - 2

        monkeypatch.setattr(menu, "choose", first)
        assert menu.chosen_command({"practice", "report", "doctor"}) == "report"
        assert offered == ["Practise", "Last report", "Quit"]
        monkeypatch.setattr(menu, "choose", lambda _console, entries: len(entries) - 1)
        assert menu.chosen_command({"practice"}) is None
        monkeypatch.setattr(menu, "choose", lambda *_: None)
        assert menu.chosen_command({"practice"}) is None

    @pytest.mark.parametrize(("typed", "chosen"), [("1\n", 0), ("\n", 1), ("7\nx\n-1\n 1 \n", 0), ("", None)])
    def test_where_the_terminal_is_dumb_a_number_is_typed(
        self, monkeypatch: pytest.MonkeyPatch, typed: str, chosen: int | None
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        out = io.StringIO()
        console = Console(file=out, force_terminal=True, _environ={"TERM": "dumb"}, width=80)
        assert choose(console, ENTRIES) == chosen
        assert "1  Practise   a full rehearsal" in out.getvalue()
        assert ("give a number from 1 to 2" in out.getvalue()) == ("7" in typed)

    @pytest.mark.slow
    @pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
    def test_in_a_terminal_a_key_is_enough(self) -> None:
        import pty

        keyboard, screen = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "-m", "voice_coach"],
            stdin=screen,
            stdout=screen,
            stderr=screen,
            env={**os.environ, "TERM": "xterm-256color"},
        ) as program:
            drawn = b""
            while "q leaves" not in drawn.decode(errors="replace"):
                drawn += os.read(keyboard, 4096)
            os.write(keyboard, b"q")
            assert program.wait(60) == 0
        os.close(keyboard)
        os.close(screen)
