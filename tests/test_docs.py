"""The documents say what the code does."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import click
import pytest

from voice_coach.cli.app import COMMANDS, app
from voice_coach.config import Config
from voice_coach.core.session_stage import STAGES

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
