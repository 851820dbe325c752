"""What engines are wrapped in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.voices import ToneVoice
from tests.compose.small_engines import CONTENT, small_config
from voice_coach.compose import engines
from voice_coach.compose.engines import EngineNeeds, model_store, room_voice
from voice_coach.core.audio import Clip


class Plugged:
    """A voice that does not say what its clips depend on."""

    name = "plugged"

    def __init__(self) -> None:
        self.rendered: list[str] = []

    def render(self, text: str) -> Clip:
        self.rendered.append(text)
        return ToneVoice().render(text)

    def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize("voice", [Plugged(), ToneVoice()])
def test_only_clips_that_can_be_told_apart_are_kept(
    voice: Plugged | ToneVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_plugged", lambda *_: lambda _: voice)
    config = small_config()
    needs = EngineNeeds(config=config, content=CONTENT, store=model_store(config), cache=tmp_path)
    for _ in range(2):
        room_voice(needs, None).render("hello")
    is_kept = isinstance(voice, ToneVoice)
    assert len(voice.rendered) == (1 if is_kept else 2)
    assert (tmp_path / "clips").exists() is is_kept


def test_the_key_is_not_asked_for_before_a_line_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(ToneVoice):
        @property
        def key(self) -> str:
            asked.append(1)
            return "slow"

    asked: list[int] = []
    monkeypatch.setattr(engines, "_plugged", lambda *_: lambda _: Slow())
    config = small_config()
    needs = EngineNeeds(config=config, content=CONTENT, store=model_store(config), cache=tmp_path)
    voice = room_voice(needs, None)
    assert not asked
    voice.render("hello")
    assert asked
