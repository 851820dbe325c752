"""Whether the coach hears itself over loudspeakers, and how soon it gives way there; simulated, on the sample clock."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scripts.bench_answer import entries
from scripts.bench_core import book
from scripts.bench_figure import Figure, load
from tests.loudspeaker import CoachInRoom, EchoPath
from voice_coach.adapters.livekit_echo import LivekitEchoCanceller, is_installed
from voice_coach.adapters.pyttsx3_tts import Pyttsx3Voice
from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.compose.content import load_content
from voice_coach.compose.engines import engine_needs, make_ears, room_voice
from voice_coach.config import load_config
from voice_coach.core.audio import FRAME_S, RATE_HZ
from voice_coach.listening import frames_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.audio import Pcm
    from voice_coach.ports import TextToSpeech

MINUTES = 30.0
GAIN = 0.6
DELAYS_S = (0.04, 0.12, 0.2)
"""A loudspeaker beside the microphone, one across the room, and a slow sound card."""
GLITCH_EVERY_S = 120.0
GLITCH_FRAMES = 5
BARGE_INS = 36
BARGE_IN_S = 0.55
RESUME_S = 1.3
EARS_SHARE = 0.05
VOICES = ("English (America)", "English (Great Britain)", "English (Scotland)", "English (Received")
INTERRUPTIONS = (
    "Wait, can I ask about the number of users?",
    "Sorry, one more thing about the cache.",
    "Stop, I want to change my answer.",
    "Actually, let me go back to the storage.",
    "Hold on, that is not what I meant.",
)
_LEVEL = 1600.0
"""Of the candidate, root mean square: -26 dBFS, as loud as the echo."""
_LASTS_S = 1.2


def echo_figures() -> Iterator[Figure]:
    """Self-interruptions, then interruptions, with an echo of 60 % and the canceller."""
    if not is_installed():
        return
    with closing(_voice()) as voice:
        yield from _itself(voice)
        yield from _interrupted(voice)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that *share* of *values* do not exceed."""
    return float(np.percentile(values, 100.0 * share))


def _room(voice: TextToSpeech, delay_s: float, seed: int) -> CoachInRoom:
    path = EchoPath(delay_s=delay_s, gain=GAIN, seed=seed)
    return CoachInRoom(
        book=book(),
        ears=replace(make_ears(load_config()), canceller=LivekitEchoCanceller(path)),
        path=path,
        render=lambda text: at_session_rate(voice.render(text)),
    )


def _itself(voice: TextToSpeech) -> Iterator[Figure]:
    """The coach talks for half an hour to nobody."""
    at_load, stops, seconds, ears_s = load(), 0, 0.0, 0.0
    lines = _lines()
    while seconds < 60.0 * MINUTES:
        for seed, delay_s in enumerate(DELAYS_S):
            room = _room(voice, delay_s, seed)
            room.says(lines)
            next_glitch_s = GLITCH_EVERY_S
            while room.is_speaking:
                if room.now_s > next_glitch_s:
                    room.loses_frames(GLITCH_FRAMES)
                    next_glitch_s += GLITCH_EVERY_S
                room.passes()
            stops += len(room.stops)
            seconds += room.now_s
            ears_s += room.ears_s
    on = (
        f"{seconds / 60:.0f} minutes of the coach in {len(DELAYS_S)} rooms, an echo of {GAIN:.0%}, "
        f"{GLITCH_FRAMES} frames lost every {GLITCH_EVERY_S:g} s"
    )
    yield Figure(
        name="echo_interruptions", measured="the coach interrupts itself", on=on,
        value=stops, unit="", at_most=0, load=at_load,
    )  # fmt: skip
    yield Figure(
        name="echo_processor", measured="canceller, detector and endpointer", on=on,
        value=ears_s / seconds, unit="cores", at_most=EARS_SHARE, load=at_load,
    )  # fmt: skip


def _interrupted(voice: TextToSpeech) -> Iterator[Figure]:
    """Somebody talks over the coach again and again, in what turn out to be no words."""
    at_load, to_silence_s, to_speech_s, missed = load(), [], [], 0
    sounds = _interruptions()
    for seed, delay_s in enumerate(DELAYS_S):
        room = _room(voice, delay_s, seed)
        room.says(_lines())
        _listen(room, 4.0)
        for number in range(BARGE_INS // len(DELAYS_S)):
            sound = sounds[(seed + number * len(DELAYS_S)) % len(sounds)]
            began, fell = len(room.begun), len(room.silent)
            onset_s = room.now_s
            for frame in frames_of(sound):
                room.passes(frame.pcm)
            ended_s = room.now_s
            if len(room.silent) == fell:
                missed += 1
            else:
                while len(room.begun) == began:
                    room.passes()
                to_silence_s.append(room.silent[fell] - onset_s)
                to_speech_s.append(room.begun[began][0] - max(room.silent[fell], ended_s))
            _listen(room, 3.0 + 0.37 * number)
    on = f"{len(to_silence_s)} interruptions over an echo of {GAIN:.0%}, {missed} more unnoticed"
    yield Figure(
        name="barge_in_simulated", measured="voice onset to the coach silent, p95, 0.12 s of it the card's", on=on,
        value=percentile(to_silence_s, 0.95), unit="s", at_most=BARGE_IN_S, load=at_load,
    )  # fmt: skip
    yield Figure(
        name="resume_simulated", measured="silence of both to the coach going on, p95", on=on,
        value=percentile(to_speech_s, 0.95), unit="s", at_most=RESUME_S, load=at_load,
    )  # fmt: skip


def _listen(room: CoachInRoom, seconds: float) -> None:
    """The coach talks for so long; it begins anew where it has said all."""
    for _ in range(round(seconds / FRAME_S)):
        if not room.is_speaking:
            room.says(_lines())
        room.passes()


def _lines() -> list[str]:
    """The long answer's sentences, two by two."""
    sentences = [item for entry in entries() for item in re.split(r"(?<=[.?!])\s+", entry.text.strip())]
    return [" ".join(sentences[at : at + 2]) for at in range(0, len(sentences), 2)]


def _interruptions() -> list[Pcm]:
    """Beginnings of what candidates say over a coach, from their first sound on."""
    found = []
    for name in VOICES:
        with closing(Pyttsx3Voice(replace(load_config().pyttsx3, voice=name))) as voice:
            for text in INTERRUPTIONS:
                pcm = at_session_rate(voice.render(text)).astype(np.float64)
                pcm = pcm[int(np.argmax(np.abs(pcm) > 0.05 * np.abs(pcm).max())) :][
                    : round(_LASTS_S * RATE_HZ)
                ]
                pcm *= _LEVEL / np.sqrt(np.mean(pcm**2))
                found.append(pcm.clip(-32768, 32767).astype(np.int16))
    return found


def _voice() -> TextToSpeech:
    return room_voice(engine_needs(load_config(), load_content()), None)
