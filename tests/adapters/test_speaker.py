from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rig import VirtualSoundCard, plugged_in, skip_without_card
from tests.sounds import found_at, noise
from voice_coach.adapters.audio_file import read_audio
from voice_coach.adapters.microphone import Microphone, MicrophoneSettings
from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.adapters.speaker import Playback, Speaker, SpeakerSettings
from voice_coach.core.audio import Clip, Pcm
from voice_coach.core.errors import AudioDeviceError
from voice_coach.ports import Progress

LOST_WITHIN_S = 0.7
MOVED_WITHIN_S = 2.5


def blocks(playback: Playback, count: int, first_air_s: float = 0.0, channels: int = 1) -> Pcm:
    """*count* blocks of 20 ms at 16 kHz, taken from *playback* as a driver does."""
    taken = []
    for index in range(count):
        out = np.zeros((320, channels), dtype=np.int16)
        playback.fill(out, first_air_s + index * 0.02)
        taken.append(out)
    joined: Pcm = np.concatenate(taken)
    return joined


def test_a_clip_is_handed_over_whole_and_then_silence() -> None:
    sound = noise(0.105)
    out = blocks(Playback(1, sound, 16_000, 0.03), 8, channels=2)
    assert np.array_equal(out[: len(sound), 0], sound)
    assert np.array_equal(out[:, 0], out[:, 1])
    assert not out[len(sound) :].any()


def test_progress_is_what_has_reached_the_air() -> None:
    playback = Playback(7, noise(0.1), 16_000, 0.03)
    assert playback.progress(5.0) == Progress(utterance_id=7, played_s=0.0, is_done=False)
    blocks(playback, 3, first_air_s=10.0)
    told = [round(playback.progress(now_s).played_s, 4) for now_s in (9.9, 10.0, 10.03, 10.05, 10.5)]
    # Three blocks were handed over: no more than those can have been heard.
    assert told == [0.0, 0.0, 0.03, 0.05, 0.06]
    blocks(playback, 3, first_air_s=10.06)
    assert not playback.progress(10.099).is_done
    assert playback.progress(10.1001) == Progress(utterance_id=7, played_s=0.1, is_done=True)


def test_a_driver_that_ran_dry_holds_progress_up() -> None:
    playback = Playback(1, noise(1.0), 16_000, 0.03)
    blocks(playback, 10, first_air_s=0.0)
    blocks(playback, 10, first_air_s=0.5)
    assert playback.progress(0.6).played_s == pytest.approx(0.3)


def test_a_stop_fades_and_cuts_the_rest() -> None:
    sound: Pcm = np.full(16_000, 10_000, dtype=np.int16)
    playback = Playback(1, sound, 16_000, 0.03)
    before = blocks(playback, 5)
    playback.stop()
    after = blocks(playback, 5, first_air_s=0.1)[:, 0]
    assert (before == 10_000).all()
    assert (np.diff(after[:480]) <= 0).all()
    assert (after[0], after[479]) == (10_000, 0)
    assert not after[480:].any()
    assert not playback.progress(0.129).is_done
    assert playback.progress(0.131) == Progress(utterance_id=1, played_s=0.13, is_done=True)
    assert (sound == 10_000).all()


def test_a_stop_before_the_first_block_is_silent_and_done() -> None:
    playback = Playback(1, noise(1.0), 16_000, 0.03)
    playback.stop()
    assert playback.progress(0.0).is_done
    assert not blocks(playback, 3).any()
    assert playback.progress(9.0) == Progress(utterance_id=1, played_s=0.0, is_done=True)


@given(
    seconds=st.floats(0.0, 0.3),
    stop_after=st.none() | st.integers(0, 20),
    delays=st.lists(st.floats(0.0, 0.05), min_size=20, max_size=20),
)
def test_law_progress_never_goes_back_or_beyond_the_clip_and_ends(
    seconds: float, stop_after: int | None, delays: list[float]
) -> None:
    sound = noise(seconds)
    playback = Playback(1, sound, 16_000, 0.03)
    now_s, told = 0.0, [0.0]
    for index, delay in enumerate(delays):
        if index == stop_after:
            playback.stop()
        blocks(playback, 1, first_air_s=now_s + delay)
        now_s += 0.02
        told.append(playback.progress(now_s).played_s)
    last = playback.progress(now_s + 1.0)
    assert last.is_done
    assert told == sorted(told)
    assert told[-1] <= last.played_s <= len(sound) / 16_000


@pytest.fixture
def card(tmp_path: Path) -> Iterator[VirtualSoundCard]:
    skip_without_card()
    with plugged_in(tmp_path) as plugged:
        yield plugged


@pytest.fixture
def speaker(card: VirtualSoundCard) -> Iterator[Speaker]:
    opened = Speaker(SpeakerSettings())
    yield opened
    opened.close()
    opened.close()


@pytest.fixture
def pause(card: VirtualSoundCard) -> Iterator[Callable[[float], None]]:
    """Waits by the microphone's clock, as a session does."""
    microphone = Microphone(MicrophoneSettings())

    def wait(seconds: float) -> None:
        for _ in range(round(seconds / 0.02)):
            microphone.read()

    yield wait
    microphone.close()


def advance_for_ever(speaker: Speaker, pause: Callable[[float], object]) -> NoReturn:
    while True:
        speaker.advance()
        pause(0.02)


def play(
    speaker: Speaker, pause: Callable[[float], None], clip: Clip, stop_after_s: float | None = None
) -> Progress:
    """Play to the end, or stop after *stop_after_s* seconds were heard."""
    speaker.start(3, clip)
    assert speaker.is_speaking
    for _ in range(500):
        progress = speaker.advance()
        if progress.is_done:
            return progress
        if stop_after_s is not None and progress.played_s >= stop_after_s:
            speaker.stop()
            stop_after_s = None
        pause(0.02)
    pytest.fail("the clip did not end")


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000])
def test_a_clip_is_heard_as_it_is(
    card: VirtualSoundCard,
    speaker: Speaker,
    pause: Callable[[float], None],
    tmp_path: Path,
    rate_hz: int,
) -> None:
    clip = Clip(pcm=noise(1.5, rate_hz), rate_hz=rate_hz)
    with card.tapping(tmp_path / "heard.wav"):
        pause(0.3)
        progress = play(speaker, pause, clip)
        pause(0.5)
    assert progress.utterance_id == 3
    assert progress.played_s == pytest.approx(clip.duration_s, abs=0.001)
    heard = read_audio(tmp_path / "heard.wav")
    # A busy machine may let the stream run dry once: most tenths of a second must be as they were.
    sent = at_session_rate(clip)
    alike = [found_at(heard, sent[at : at + 1600])[1] > 0.9 for at in range(0, len(sent) - 1600, 1600)]
    assert sum(alike) >= 0.8 * len(alike)


@pytest.mark.slow
@pytest.mark.alone
def test_a_stop_falls_silent_quickly_and_progress_says_what_was_heard(
    card: VirtualSoundCard, speaker: Speaker, pause: Callable[[float], None], tmp_path: Path
) -> None:
    clip = Clip(pcm=noise(5.0, 22_050), rate_hz=22_050)
    with card.tapping(tmp_path / "heard.wav"):
        pause(0.3)
        progress = play(speaker, pause, clip, stop_after_s=1.0)
        pause(0.5)
    # The latency and the fade are heard after the stop, and no more.
    assert 1.0 < progress.played_s < 1.45
    heard = read_audio(tmp_path / "heard.wav")
    loud = np.flatnonzero(np.abs(heard) > 300) / 16_000
    assert loud[-1] - loud[0] == pytest.approx(progress.played_s, abs=0.06)


@pytest.mark.slow
@pytest.mark.alone
def test_a_new_clip_takes_the_place_of_the_old(speaker: Speaker, pause: Callable[[float], None]) -> None:
    speaker.start(1, Clip(pcm=noise(5.0, 22_050), rate_hz=22_050))
    pause(0.3)
    speaker.advance()
    assert play(speaker, pause, Clip(pcm=noise(0.3, 22_050), rate_hz=22_050)).played_s == pytest.approx(
        0.3, abs=0.001
    )


@pytest.mark.slow
@pytest.mark.alone
def test_a_stall_is_noticed(card: VirtualSoundCard, speaker: Speaker, pause: Callable[[float], None]) -> None:
    pause(0.2)
    speaker.advance()
    card.stall_speaker()
    stalled_s = time.monotonic()
    with pytest.raises(AudioDeviceError, match="loudspeaker 'default' has stopped playing"):
        advance_for_ever(speaker, pause)
    assert time.monotonic() - stalled_s < LOST_WITHIN_S + SpeakerSettings().latency_s + 0.1


@pytest.mark.slow
@pytest.mark.alone
def test_unplugging_is_noticed_though_the_stream_goes_on(
    card: VirtualSoundCard, speaker: Speaker, pause: Callable[[float], None]
) -> None:
    """The server moves it to another loudspeaker."""
    pause(0.2)
    assert speaker.has_begun()
    card.unplug_speaker()
    unplugged_s = time.monotonic()
    with pytest.raises(AudioDeviceError, match="loudspeaker 'default' was unplugged"):
        advance_for_ever(speaker, pause)
    assert time.monotonic() - unplugged_s < MOVED_WITHIN_S


@pytest.mark.slow
@pytest.mark.alone
def test_the_server_s_death_is_noticed(card: VirtualSoundCard, speaker: Speaker) -> None:
    speaker.advance()
    card.kill()
    died_s = time.monotonic()
    with pytest.raises(AudioDeviceError):
        advance_for_ever(speaker, threading.Event().wait)
    assert time.monotonic() - died_s < LOST_WITHIN_S


@pytest.mark.slow
@pytest.mark.alone
def test_without_a_loudspeaker_the_opening_fails(card: VirtualSoundCard) -> None:
    card.kill()
    with pytest.raises(AudioDeviceError, match="cannot be opened"):
        Speaker(SpeakerSettings())


@pytest.mark.slow
@pytest.mark.alone
def test_a_driver_that_never_calls_is_noticed(card: VirtualSoundCard) -> None:
    settings = SpeakerSettings(opening_s=-1.0)
    speaker = Speaker(settings, now=lambda: 0.0)
    speaker.close()
    speaker._called_s, speaker._has_ended = None, False
    with pytest.raises(AudioDeviceError):
        speaker.advance()
