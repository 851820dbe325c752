"""The coach is taken out of what the microphone hears, and the candidate is not."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from tests.core.small_book import small_book
from tests.loudspeaker import CoachInRoom, EchoPath
from tests.sounds import noise, tone
from voice_coach.adapters import livekit_echo
from voice_coach.adapters.pyttsx3_tts import Pyttsx3Settings, Pyttsx3Voice
from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.compose.engines import make_ears
from voice_coach.config import Config
from voice_coach.core.audio import FRAME_SAMPLES, Pcm, dbfs
from voice_coach.core.errors import EngineError
from voice_coach.listening import frames_of

LINES = (
    "The service answers a hundred thousand requests a second at its peak, and most of them are reads.",
    "A link must work within a second after it was made, everywhere, and it may never lead to the wrong page.",
    "Links are kept for five years, unless somebody asks for them to be removed earlier than that.",
)
INTERRUPTION = "Wait, can I ask about the number of users?"


@pytest.fixture(scope="module")
def spoken() -> dict[str, Pcm]:
    """What coach and candidate say, by text."""
    with closing(Pyttsx3Voice()) as coach:
        clips = {text: at_session_rate(coach.render(text)) for text in LINES}
    other = replace(Pyttsx3Settings(), voice="Great Britain")
    with closing(Pyttsx3Voice(other)) as candidate:
        said = at_session_rate(candidate.render(INTERRUPTION))
    # As loud as the echo, and from its first sound on.
    clips[INTERRUPTION] = said[int(np.argmax(np.abs(said) > 0.05 * np.abs(said).max())) :]
    return clips


@pytest.fixture
def path() -> EchoPath:
    pytest.importorskip("livekit", reason="needs the extra `speakers`")
    return EchoPath(delay_s=0.12, gain=0.6)


def in_room(spoken: dict[str, Pcm], path: EchoPath, *, cancels: bool = True) -> CoachInRoom:
    def render(text: str) -> Pcm:
        """The end of a line that *text* is."""
        line = next(line for line in LINES if line.lower().endswith(text.lower()))
        return spoken[line][-round(len(spoken[line]) * len(text) / len(line)) :]

    canceller = livekit_echo.LivekitEchoCanceller(path) if cancels else None
    room = CoachInRoom(
        book=small_book(),
        ears=replace(make_ears(Config()), canceller=canceller),
        path=path,
        render=render,
    )
    room.says(LINES)
    return room


def test_an_echo_is_gone_after_a_second_also_where_frames_are_lost(path: EchoPath) -> None:
    canceller = livekit_echo.LivekitEchoCanceller(path)
    silent = np.zeros(FRAME_SAMPLES, np.int16)
    before, after = [], []
    for frame in frames_of(noise(6.0)):
        heard = path.microphone(frame.pcm, silent)
        if 150 <= frame.index < 160:
            canceller.miss(1)
            continue
        cleaned = canceller.cancel(heard)
        if frame.start_s > 1.5:
            before.append(heard)
            after.append(cleaned)
    assert dbfs(np.concatenate(before)) - dbfs(np.concatenate(after)) > 20.0


def test_who_speaks_alone_is_left_as_he_is(path: EchoPath) -> None:
    canceller = livekit_echo.LivekitEchoCanceller(path)
    silent = np.zeros(FRAME_SAMPLES, np.int16)
    heard = [canceller.cancel(path.microphone(silent, frame.pcm)) for frame in frames_of(tone(3.0))]
    assert dbfs(np.concatenate(heard[75:])) == pytest.approx(dbfs(tone(1.0)), abs=1.5)


def test_the_coach_does_not_interrupt_itself(spoken: dict[str, Pcm], path: EchoPath) -> None:
    room = in_room(spoken, path)
    while room.is_speaking:
        room.passes()
    assert room.stops == []
    assert [text for _, text in room.begun] == list(LINES)


def test_without_a_canceller_it_would(spoken: dict[str, Pcm], path: EchoPath) -> None:
    room = in_room(spoken, path, cancels=False)
    while room.is_speaking and room.now_s < 10.0:
        room.passes()
    assert room.stops


def test_the_candidate_stops_it_and_it_goes_on(spoken: dict[str, Pcm], path: EchoPath) -> None:
    room = in_room(spoken, path)
    while room.now_s < 5.0:
        room.passes()
    onset_s, begun = room.now_s, len(room.begun)
    for frame in frames_of(spoken[INTERRUPTION][:8000]):
        room.passes(frame.pcm)
    quiet_s = room.now_s
    while len(room.begun) == begun:
        room.passes()
    (stop_s,) = room.stops
    assert 0.1 < stop_s - onset_s < 0.6
    heard, (again_s, said) = room.begun[-2][1], room.begun[-1]
    assert heard.lower().endswith(said.lower())
    assert again_s - max(quiet_s, room.silent[0]) < 1.6


def test_a_package_that_cannot_be_loaded_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "livekit.rtc", None)
    with pytest.raises(EngineError, match="install voice-coach with the extra `speakers`"):
        livekit_echo.LivekitEchoCanceller(EchoPath(delay_s=0.1, gain=0.5))
