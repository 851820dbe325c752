"""What engines are wrapped in."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.voices import ToneVoice
from tests.compose.small_engines import CONTENT, small_config
from voice_coach.compose import engines
from voice_coach.compose.engines import EngineNeeds, engine_needs, make_stt, model_store, room_voice
from voice_coach.core.audio import Clip
from voice_coach.core.errors import ConfigError


class Plugged:
    """A voice that does not say what its clips depend on."""

    name = "plugged"

    def __init__(self) -> None:
        self.rendered: list[str] = []

    def render(self, text: str, speed: float = 1.0) -> Clip:
        self.rendered.append(text)
        return ToneVoice().render(text, speed)

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


class TestComputeType:
    def recogniser(self, compute_type: str) -> str:
        config = small_config()
        config = replace(config, whisper=replace(config.whisper, compute_type=compute_type))
        return make_stt(engine_needs(config, CONTENT)).name

    @pytest.fixture(autouse=True)
    def _machine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        supported = {"cpu": {"int8", "float32"}}
        monkeypatch.setattr("ctranslate2.get_supported_compute_types", supported.__getitem__)
        monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 0)

    def test_one_that_the_processor_does_not_have_is_told_before_the_session(self) -> None:
        message = (
            "whisper.compute_type: this processor cannot compute in float16; choose one of float32, int8"
        )
        with pytest.raises(ConfigError, match=re.escape(message)):
            self.recogniser("float16")

    @pytest.mark.parametrize("compute_type", ["int8", "float32", "auto", "default"])
    def test_any_other_is_taken(self, compute_type: str) -> None:
        assert self.recogniser(compute_type) == f"faster-whisper base {compute_type}"

    def test_a_gpu_computes_in_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 1)
        assert self.recogniser("float16")
