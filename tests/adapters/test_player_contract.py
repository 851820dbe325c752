"""What every player promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from tests.rig import plugged_in, skip_without_card
from tests.sounds import noise
from voice_coach.adapters.frame_player import FramePlayer
from voice_coach.adapters.microphone import Microphone, MicrophoneSettings
from voice_coach.adapters.speaker import Speaker, SpeakerSettings
from voice_coach.core.audio import Clip
from voice_coach.ports import Player, Progress


class SpeakingPlayer(Player, Protocol):
    @property
    def is_speaking(self) -> bool: ...


CLIP = Clip(pcm=noise(1.0, 22_050), rate_hz=22_050)
Played = tuple[SpeakingPlayer, Callable[[], object]]


@pytest.fixture(params=["frames", pytest.param("speaker", marks=[pytest.mark.slow, pytest.mark.alone])])
def played(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Played]:
    """A player, and what waits for the next 20 ms."""
    if request.param == "frames":
        yield FramePlayer(), lambda: None
        return
    skip_without_card()
    with plugged_in(tmp_path):
        microphone, speaker = Microphone(MicrophoneSettings()), Speaker(SpeakerSettings())
        yield speaker, microphone.read
        microphone.close()
        speaker.close()


def heard(played: Played, frames: int) -> list[Progress]:
    player, wait = played
    told = []
    for _ in range(frames):
        wait()
        told.append(player.advance())
    return told


def test_before_anything_was_started_nothing_is_playing(played: Played) -> None:
    assert heard(played, 1) == [Progress(utterance_id=None, played_s=0.0, is_done=True)]
    assert not played[0].is_speaking


def test_a_clip_is_played_to_its_end(played: Played) -> None:
    player, _ = played
    player.start(5, CLIP)
    assert player.is_speaking
    told = heard(played, 90)
    assert {progress.utterance_id for progress in told} == {5}
    seconds = [progress.played_s for progress in told]
    assert seconds == sorted(seconds)
    assert seconds[-1] == pytest.approx(1.0, abs=0.001)
    assert told[-1].is_done
    assert not told[10].is_done
    assert not player.is_speaking


def test_a_stop_ends_it_early(played: Played) -> None:
    player, _ = played
    player.start(5, CLIP)
    heard(played, 16)
    player.stop()
    told = heard(played, 20)
    assert told[-1].is_done
    assert told[-1].played_s < 1.0
    assert told[-1].played_s == told[-2].played_s
    assert not player.is_speaking


def test_a_second_clip_counts_anew(played: Played) -> None:
    player, _ = played
    player.start(5, CLIP)
    heard(played, 20)
    player.start(6, CLIP)
    assert player.is_speaking
    told = heard(played, 90)
    assert told[0].played_s < 0.1
    assert {progress.utterance_id for progress in told} == {6}
    assert told[-1].played_s == pytest.approx(1.0, abs=0.001)


def test_stopping_nothing_and_stopping_twice_is_fine(played: Played) -> None:
    player, _ = played
    player.stop()
    player.start(1, CLIP)
    heard(played, 5)
    player.stop()
    player.stop()
    assert heard(played, 20)[-1].is_done


def test_an_empty_clip_is_done_at_once(played: Played) -> None:
    player, _ = played
    player.start(1, Clip(pcm=CLIP.pcm[:0], rate_hz=22_050))
    assert heard(played, 1)[0].is_done


def test_closing_twice_is_fine(played: Played) -> None:
    player, _ = played
    player.start(1, CLIP)
    player.close()
    player.close()
