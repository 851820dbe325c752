"""Devices that go and come back while a session runs on the virtual sound card, and how long that takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.adapters.voices import piper_joe
from tests.end_to_end.program import journal, wait_until
from tests.rig import VirtualSoundCard
from voice_coach.adapters.audio_file import write_wav
from voice_coach.adapters.piper_tts import PiperVoice
from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.core.events import LOUDSPEAKER, MICROPHONE

SENTENCE = "I would choose a key value store and shard it by the short code."
STOPPED_S = 0.7
"""Within so long it is noticed that a driver calls no more."""
MOVED_S = 2.5
"""The same of a stream that the sound server moved."""
BACK_S = 3.0
"""So long after its return it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that befalls the card."""

    lose: Callable[[VirtualSoundCard], None]
    mend: Callable[[VirtualSoundCard], None]
    roles: frozenset[str]
    noticed_s: float


FAULTS = {
    "unplugged microphone": Fault(
        lose=VirtualSoundCard.unplug_microphone,
        mend=VirtualSoundCard.plug_microphone,
        roles=frozenset({MICROPHONE}),
        noticed_s=MOVED_S,
    ),
    "stalled microphone": Fault(
        lose=VirtualSoundCard.stall_microphone,
        mend=VirtualSoundCard.resume_microphone,
        roles=frozenset({MICROPHONE}),
        noticed_s=STOPPED_S,
    ),
    "unplugged loudspeaker": Fault(
        lose=VirtualSoundCard.unplug_speaker,
        mend=VirtualSoundCard.plug_speaker,
        roles=frozenset({LOUDSPEAKER}),
        noticed_s=MOVED_S,
    ),
    "stalled loudspeaker": Fault(
        lose=VirtualSoundCard.stall_speaker,
        mend=VirtualSoundCard.resume_speaker,
        roles=frozenset({LOUDSPEAKER}),
        noticed_s=STOPPED_S,
    ),
    "dead server": Fault(
        lose=VirtualSoundCard.kill,
        mend=VirtualSoundCard.up,
        roles=frozenset({MICROPHONE, LOUDSPEAKER}),
        noticed_s=STOPPED_S,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Seconds from what befell the card to the journal's line of it."""

    noticed_s: float
    back_s: float
    """To when the session goes on."""


class Watched:
    """The journal of a session that runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Its lines of *kind* so far."""
        return [line for line in journal(self._folder) if line["kind"] == kind]

    @contextmanager
    def more(self, kind: str, *, limit_s: float, about: str | None = None) -> Iterator[None]:
        """Returns once there is one more line of *kind* than before."""

        def count() -> int:
            return sum(about is None or line["about"] == about for line in self.of(kind))

        before = count()
        yield
        wait_until(lambda: count() > before, limit_s=limit_s, what=f"one more {about or kind}")


def befall(card: VirtualSoundCard, watched: Watched, fault: Fault) -> Took:
    """*fault* befalls the *card* of a session and is mended once the session has noticed and said it."""
    before = len(watched.of("device_lost"))
    began_s = time.monotonic()
    told = ("coach_said", "microphone_lost") if fault.roles == {MICROPHONE} else ("device_lost", None)
    with watched.more(told[0], limit_s=15, about=told[1]):
        fault.lose(card)
        wait_until(lambda: len(watched.of("device_lost")) > before, limit_s=10, what="the loss")
        noticed_s = time.monotonic() - began_s
    # Of two that are lost at once the second may stay untold: both are closed as soon as nothing more can be said.
    assert {line["role"] for line in watched.of("device_lost")[before:]} <= fault.roles
    began_s = time.monotonic()
    with watched.more("coach_said", limit_s=20, about="device_back"):
        with watched.more("device_back", limit_s=20):
            fault.mend(card)
        back_s = time.monotonic() - began_s
    return Took(noticed_s=noticed_s, back_s=back_s)


def spoken(path: Path) -> Path:
    """``SENTENCE``, spoken into the file *path*."""
    with closing(PiperVoice(piper_joe())) as voice:
        write_wav(path, at_session_rate(voice.render(SENTENCE)))
    return path
