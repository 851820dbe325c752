"""The set-up check on the virtual sound card, with the real engines and somebody who answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.answered_check import answered_check, sentence

if TYPE_CHECKING:
    from pathlib import Path

    from tests import rig

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(300)]


def test_what_is_said_is_heard_and_without_an_echo_headphones_are_guessed(
    card: rig.VirtualSoundCard, tmp_path: Path
) -> None:
    checked = answered_check(card, tmp_path / "data", sentence(tmp_path))
    assert checked.found("voice").startswith("good")
    assert "it seems that you wear headphones" in checked.found("echo")
    assert "a cache in front of the database" in checked.found("words")
    (known,) = json.loads((tmp_path / "data" / "sound-check.json").read_text())["checked"]
    assert ["coach_mic" in known[0], "coach_speaker" in known[1]] == [True, True]


def test_an_echo_is_heard_and_cancelled(card: rig.VirtualSoundCard, tmp_path: Path) -> None:
    pytest.importorskip("livekit", reason="needs the extra `speakers`")
    card.echo(0.6, 0.06)
    checked = answered_check(card, tmp_path / "data", sentence(tmp_path))
    assert "loudspeakers: the coach's voice comes back" in checked.found("echo")
    assert checked.found("echo").startswith("good")
    assert checked.found("voice").startswith("good")
