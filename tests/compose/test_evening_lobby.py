"""The talk between steps on the program's own wiring, with engines that cost nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.adapters.voices import ToneVoice
from tests.compose.small_engines import CONTENT, SmallStt, ears
from voice_coach.compose import evening_lobby, session_engines
from voice_coach.compose.evening import EveningOptions, Night, prepare
from voice_coach.compose.evening_host import CountedClock, Host
from voice_coach.compose.evening_lobby import Lobbies
from voice_coach.compose.options import PracticeOptions, Speed
from voice_coach.config import Config
from voice_coach.core.evening import Ended, Outcome, Step
from voice_coach.core.evening_said import Answer

if TYPE_CHECKING:
    from voice_coach.compose.scene import Scene

NOW = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Night:
    """An evening in the bundled room; all that its candidate says is heard as "go"."""
    monkeypatch.setenv("VOICE_COACH_DATA", str(tmp_path / "data"))
    stt = SmallStt([])
    stt.hears = lambda _: "Go."
    monkeypatch.setattr(evening_lobby, "make_stt", lambda _: stt)
    monkeypatch.setattr(session_engines, "make_ears", lambda _: ears())
    monkeypatch.setattr(evening_lobby, "make_voice", lambda _needs, _on_notice: ToneVoice())
    monkeypatch.setattr(session_engines, "room_voice", lambda _needs, _name: ToneVoice())
    practice = PracticeOptions(
        sessions=tmp_path / "sessions", input=str(CONTENT.evening_room), speed=Speed.MAX
    )
    return prepare(Config(), CONTENT, EveningOptions(hours=2.0, practice=practice), NOW, lambda _: None)


def scene_of(night: Night) -> Scene:
    assert night.scene is not None
    return night.scene


def test_a_whole_evening_of_talk(night: Night) -> None:
    shown: list[str] = []
    done: list[str] = []

    def carry_out(step: Step) -> Outcome:
        done.append(step.id)
        return Outcome(step=step, ended=Ended.DONE, seconds=60.0, passed=True, score=80.0)

    record = Host(night, CountedClock(NOW), shown.append).run(
        carry_out, Lobbies(night, scene_of(night), shown.append).open
    )
    assert record.is_over
    assert done == ["framework", "clarify", "components", "tradeoffs", "answer-1", "answer-2"]
    assert sum(line.startswith("coach: ") for line in shown) >= len(done) + 4


def test_the_sound_is_checked_once_and_first(monkeypatch: pytest.MonkeyPatch, night: Night) -> None:
    checks: list[str] = []
    monkeypatch.setattr(evening_lobby, "is_due", lambda _scene, _config, *, wanted: wanted)
    monkeypatch.setattr(evening_lobby, "check_and_report", lambda _needs, tell: tell("checked"))
    options = replace(night.options, practice=replace(night.options.practice, checks_sound=True))
    lobbies = Lobbies(replace(night, options=options), scene_of(night), checks.append)
    for _ in range(2):
        with lobbies.open() as talk:
            assert talk.ask("Go, or skip?", "Say go.", "Take your time.") is Answer.GO
    assert checks == ["checked", "coach: Go, or skip?", "coach: Go, or skip?"]
