"""The documents say what the code does."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import click
import pytest

from voice_coach.adapters.room_script import RoomTable
from voice_coach.adapters.transcript_file import read_transcript
from voice_coach.cli.app import COMMANDS, app
from voice_coach.compose.content_check import problems
from voice_coach.config import Config
from voice_coach.core.errors import InputError
from voice_coach.core.session_stage import STAGES
from voice_coach.core.transcript import Speaker
from voice_coach.prompts.drills import load_drill
from voice_coach.toml_file import load_toml

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIG = (ROOT / "config.toml").read_text(encoding="utf-8")


def test_the_state_diagram_is_that_of_the_code() -> None:
    edges = [f"    {stage} --> {target}" for stage, targets in STAGES.items() for target in sorted(targets)]
    diagram = "```mermaid\nstateDiagram-v2\n" + "\n".join(edges) + "\n```"
    assert diagram in (ROOT / "docs/architecture.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_in_the_readme_and_has_help(name: str) -> None:
    assert f"voice-coach {name}" in README
    context = click.Context(app)
    command = app.get_command(context, name)
    assert command is not None
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def options(command: click.Command) -> Iterator[click.Option]:
    """Those of *command* and of the commands in it."""
    yield from (parameter for parameter in command.params if isinstance(parameter, click.Option))
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        yield from options(below)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_stands_in_the_documents(name: str) -> None:
    command = app.get_command(click.Context(app), name)
    assert command is not None
    told = README + "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    for option in options(command):
        assert any(re.search(rf"{spelled}\b", told) for spelled in option.opts), option.opts


def test_each_setting_stands_in_the_bundled_configuration() -> None:
    assert sorted(_keys(tomllib.loads(CONFIG))) == sorted(_settings(Config(), ()))


def _keys(table: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _keys(value, (*path, key))
        else:
            yield (*path, key)


def _settings(settings: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - any settings type
    for item in fields(settings):
        value = getattr(settings, item.name)
        if is_dataclass(value):
            yield from _settings(value, (*path, item.name))
        else:
            yield (*path, item.name)


def test_the_bundled_configuration_is_the_default_one() -> None:
    from voice_coach.config import bundled_config, load_config

    assert load_config(bundled_config()) == Config()


def example(document: str, language: str, after: str = "") -> str:
    """The one example in *language* of a document, or the first one after a line of it."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8").partition(f"\n{after}\n")
    found = re.findall(rf"^```{language}\n(.*?)^```$", text[2] or text[0], re.DOTALL | re.MULTILINE)
    assert after or len(found) == 1
    return str(found[0])


@pytest.mark.parametrize(("suffix", "language"), [(".json", "json"), (".vtt", "vtt"), (".txt", "text")])
def test_the_transcripts_of_the_documents_can_be_read(tmp_path: Path, suffix: str, language: str) -> None:
    path = tmp_path / f"talk{suffix}"
    path.write_text(example("formats.md", language), encoding="utf-8")
    transcript, question = read_transcript(path)
    assert [turn.speaker for turn in transcript.turns] == [Speaker.COACH, Speaker.CANDIDATE]
    assert question == ("url-shortener" if suffix == ".json" else None)


def test_the_room_of_the_documents_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "room.toml"
    path.write_text(example("formats.md", "toml"), encoding="utf-8")
    assert [say.when for say in load_toml(path, RoomTable, InputError).say] == ["asked", "then"]


def test_the_question_of_the_documents_is_good(tmp_path: Path) -> None:
    path = tmp_path / "parking-garage.toml"
    path.write_text(example("extending.md", "toml", "## A question"), encoding="utf-8")
    assert problems(path) == []


def test_the_drill_of_the_documents_is_good(tmp_path: Path) -> None:
    path = tmp_path / "both-sides.toml"
    path.write_text(example("extending.md", "toml", "## A drill"), encoding="utf-8")
    assert [part.limit_s for part in load_drill(path, {"not_known": ("no idea",)}, {}).round] == [30]


@pytest.mark.parametrize("name", ["README.md", *sorted(path.name for path in (ROOT / "docs").glob("*.md"))])
def test_links_lead_somewhere(name: str) -> None:
    path = ROOT / name if name == "README.md" else ROOT / "docs" / name
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / link).exists(), link
