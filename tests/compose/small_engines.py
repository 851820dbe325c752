"""The program's own content and configuration with engines that cost nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from tests.adapters.voices import ToneVoice
from tests.fakes import LevelDetector, ScriptedStt
from voice_coach.compose import recover, report, session_engines
from voice_coach.compose.content import Content, load_content
from voice_coach.config import Config
from voice_coach.core.endpointing import Endpointer, EndpointerSettings
from voice_coach.shell import Ears

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

CONTENT: Content = load_content()


class SmallStt(ScriptedStt):
    """Has all that the program's recogniser has."""

    fallback: str | None = None

    def load(self) -> None:
        """There is nothing to load."""


@cache
def small_config() -> Config:
    """Half a minute."""
    config = Config()
    return replace(config, pace=replace(config.pace, minutes=0.5))


def ears() -> Ears:
    return Ears(detector=LevelDetector(), endpointer=Endpointer(EndpointerSettings()))


def use(monkeypatch: pytest.MonkeyPatch, texts: Sequence[str | BaseException], voice: ToneVoice) -> SmallStt:
    """Have sessions run and recovered with small engines, and without reports; the recogniser hears *texts*."""
    stt = SmallStt(texts)
    for module in (session_engines, recover):
        monkeypatch.setattr(module, "make_stt", lambda _: stt)
        monkeypatch.setattr(module, "make_ears", lambda _, **_more: ears())
    monkeypatch.setattr(session_engines, "make_hint", lambda _: None)
    monkeypatch.setattr(session_engines, "make_voice", lambda _needs, _on_notice: voice)
    monkeypatch.setattr(report, "write_report", lambda folder, **_more: folder / "report.html")
    return stt
