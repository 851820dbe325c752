"""Whether a language model may be asked, and what somebody is told before it is."""

from __future__ import annotations

import io
import json
import stat
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from voice_coach.cli.practice import asks
from voice_coach.compose.consent import Use, agreed, what_is_sent
from voice_coach.compose.options import InputKind, Llm, OutputKind, Speed
from voice_coach.compose.scene import Scene
from voice_coach.config import Config, model_key
from voice_coach.core.errors import StorageError
from voice_coach.core.model_state import LanguageModelSettings

if TYPE_CHECKING:
    from pathlib import Path

FAR, NEAR = "https://api.example.com/v1", "http://localhost:11434/v1"
LIVE = Scene(
    input=InputKind.DEVICE,
    output=OutputKind.DEVICE,
    input_name=None,
    output_name=None,
    speed=Speed.REALTIME,
)
FAST = replace(LIVE, input=InputKind.ROOM, speed=Speed.MAX)


@pytest.fixture(autouse=True)
def _data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VOICE_COACH_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "data" / "language_models.json"


def config(url: str) -> Config:
    return replace(Config(), llm=LanguageModelSettings(base_url=url, model="small"))


@dataclass(slots=True)
class Person:
    """Somebody at the terminal."""

    agrees: bool
    asked: list[str] = field(default_factory=list)

    def __call__(self, text: str) -> bool:
        self.asked.append(text)
        return self.agrees


def test_a_key_in_the_environment_configures_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", FAR)
    person = Person(agrees=True)
    found = agreed(Config(), None, LIVE, person)
    assert (found.use, found.told, person.asked) == (Use.OFF, "", [])
    assert "no language model is configured" in agreed(Config(), Llm.AUTO, LIVE, person).told


def test_who_agrees_is_asked_once_for_each_endpoint(kept: Path) -> None:
    person = Person(agrees=True)
    assert [agreed(config(FAR), None, LIVE, person).use for _ in range(3)] == [Use.ON] * 3
    assert len(person.asked) == 1
    assert agreed(config("https://other.example.com/v1"), None, LIVE, person).use is Use.ON
    assert len(person.asked) == 2
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert set(json.loads(kept.read_text())) == {FAR, "https://other.example.com/v1"}


def test_who_does_not_agree_is_asked_again_next_time_and_nothing_is_kept(kept: Path) -> None:
    person = Person(agrees=False)
    assert [agreed(config(FAR), Llm.AUTO, LIVE, person).use for _ in range(2)] == [Use.OFF] * 2
    assert len(person.asked) == 2
    assert not kept.exists()


def test_where_nobody_can_be_asked_it_is_off_and_said_in_a_line() -> None:
    found = agreed(config(FAR), Llm.AUTO, LIVE, None)
    assert found.use is Use.OFF
    assert "nobody is at the terminal" in found.told
    assert "\n" not in found.told


def test_who_agreed_before_needs_no_terminal() -> None:
    agreed(config(FAR), None, LIVE, Person(agrees=True))
    assert agreed(config(FAR), None, LIVE, None).use is Use.ON


def test_what_is_sent_has_grown_since_so_it_is_asked_again(kept: Path) -> None:
    kept.parent.mkdir()
    kept.write_text(json.dumps({FAR: 0}))
    person = Person(agrees=False)
    assert agreed(config(FAR), None, LIVE, person).use is Use.OFF
    assert person.asked


@pytest.mark.parametrize("content", ["", "{", "[]", '{"https://api.example.com/v1": "yes"}', "\x00"])
def test_a_damaged_file_is_no_consent(kept: Path, content: str) -> None:
    kept.parent.mkdir()
    kept.write_text(content)
    assert agreed(config(FAR), None, LIVE, None).use is Use.OFF


def test_consent_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StorageError, match=r"language_models\.json"):
        agreed(config(FAR), None, LIVE, Person(agrees=True))


@pytest.mark.parametrize(
    ("typed", "agrees"), [("y\n", True), ("YES \n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_the_prompt_shows_what_may_be_typed(
    typed: str,
    agrees: bool,  # noqa: FBT001 - a table
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert asks(Console())("All of it is sent [bold].") is agrees
    out = capsys.readouterr().out
    assert "All of it is sent [bold]." in out
    assert "[y/N]" in out


def test_on_this_machine_nobody_is_asked() -> None:
    person = Person(agrees=False)
    found = agreed(config(NEAR), None, LIVE, person)
    assert (found.use, person.asked) == (Use.ON, [])
    assert "localhost:11434" in found.told


def test_off_is_off() -> None:
    assert agreed(config(NEAR), Llm.OFF, LIVE, Person(agrees=True)).use is Use.OFF


def test_runs_that_repeat_do_without_unless_it_is_asked_for() -> None:
    found = agreed(config(NEAR), None, FAST, None)
    assert found.use is Use.OFF
    assert "--llm auto" in found.told
    assert agreed(config(NEAR), Llm.AUTO, FAST, None).use is Use.ON


@pytest.mark.parametrize(
    ("url", "variable", "key"),
    [
        ("https://api.openai.com/v1", "auto", "sk-secret"),
        (FAR, "auto", None),
        (NEAR, "auto", None),
        ("https://api.openai.com.example.com/v1", "auto", None),
        (FAR, "OPENAI_API_KEY", "sk-secret"),
        ("https://api.openai.com/v1", "", None),
        ("https://api.openai.com/v1", "NO_SUCH_KEY", None),
    ],
)
def test_openais_key_goes_to_nobody_else_unless_it_is_named(
    url: str, variable: str, key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    llm = LanguageModelSettings(base_url=url, model="small", key_variable=variable)
    assert model_key(replace(Config(), llm=llm)) == key


def test_it_says_exactly_what_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    told = what_is_sent(config(FAR))
    for part in (
        FAR,
        "level",
        "role",
        "what you said in the last 3 minutes",
        "all that the coach has said",
        "ask next",
        "your questions that the model has answered",
        "systems that it names",
        "all that you and the coach said",
        "Your voice is never sent",
    ):
        assert part in told
    assert "no key" in told
    assert "unencrypted" not in told
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert "no key" in what_is_sent(config(FAR))
    openai = what_is_sent(config("https://api.openai.com/v1"))
    assert "the key in OPENAI_API_KEY" in openai
    assert "sk-secret" not in openai
    assert "unencrypted" in what_is_sent(config("http://192.168.1.5:8000/v1"))
