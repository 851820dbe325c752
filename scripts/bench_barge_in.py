"""How soon the coach falls silent and goes on again when it is talked over, live, its echo in the microphone."""

from __future__ import annotations

import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.bench_card import AUDIBLE, SILENCE_S, Mouth, Tap, candidate, pass_s, spoken
from scripts.bench_echo import BARGE_IN_S, GAIN, RESUME_S, VOICES, percentile
from scripts.bench_figure import Figure, load
from scripts.bench_start import virtual_card
from tests import rig
from tests.end_to_end.program import journal, only_session, started, wait_until
from voice_coach.adapters.livekit_echo import is_installed
from voice_coach.core.audio import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voice_coach.core.audio import Pcm

INTERRUPTIONS = 32
LISTENS = "Okay, yeah, okay."
"""What no coach stops for for good."""
AGAIN = "Coach, repeat the question."
_DELAY_S = 0.06
_TALKS_S = 3.0
_PATIENCE_S = 4.0


@dataclass(slots=True)
class Measured:
    """What came of a live session."""

    to_silence_s: list[float] = field(default_factory=list)
    to_speech_s: list[float] = field(default_factory=list)
    itself: int = 0
    """How often the coach stopped with nobody there."""
    talked_s: float = 0.0


def barge_in_figures() -> Iterator[Figure]:
    """Barge-in and resumption at the virtual loudspeaker, and self-interruptions meanwhile."""
    if rig.missing() is not None or not is_installed():
        return
    at_load = load()
    found = measured(INTERRUPTIONS)
    on = f"{len(found.to_silence_s)} interruptions on a virtual sound card with an echo of {GAIN:.0%}"
    yield Figure(
        name="barge_in", measured="voice onset to the coach silent at the loudspeaker, p95", on=on,
        value=percentile(found.to_silence_s, 0.95), unit="s", at_most=BARGE_IN_S, load=at_load,
    )  # fmt: skip
    yield Figure(
        name="barge_in_median", measured="the same, p50", on=on,
        value=statistics.median(found.to_silence_s), unit="s", at_most=BARGE_IN_S, load=at_load,
    )  # fmt: skip
    yield Figure(
        name="resume", measured="silence of both to the coach going on, p95", on=on,
        value=percentile(found.to_speech_s, 0.95), unit="s", at_most=RESUME_S, load=at_load,
    )  # fmt: skip
    on = f"the same session, {found.talked_s:.0f} s"
    yield Figure(
        name="echo_interruptions_live", measured="the coach interrupts itself", on=on,
        value=found.itself, unit="", at_most=0, load=at_load,
    )  # fmt: skip


def measured(interruptions: int) -> Measured:
    """Talks over the coach so often."""
    found = Measured()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        card = stack.enter_context(virtual_card(folder / "card"))
        card.echo(GAIN, _DELAY_S)
        mouth, own, loudspeaker = stack.enter_context(candidate(card))
        sessions = folder / "sessions"
        sessions.mkdir()
        listens, again = [spoken(LISTENS, name) for name in VOICES], spoken(AGAIN, VOICES[0])
        stack.enter_context(
            started("practice", "--sessions", str(sessions), "--seed", "1", environment=card.environment)
        )
        wait_until(lambda: loudspeaker.loud_from(0.0) is not None, limit_s=60, what="the coach")
        began_s = time.monotonic()
        number = tries = 0
        while number < interruptions and tries < 3 * interruptions:
            tries += 1
            if not _is_talking(loudspeaker):
                mouth.say(again)
                pass_s(8.0)
                continue
            if _interrupted(mouth, own, loudspeaker, listens[number % len(listens)], found):
                number += 1
        found.talked_s = time.monotonic() - began_s
        lines = journal(only_session(sessions))
        found.itself = sum(line["kind"] == "coach_interrupted" for line in lines) - len(found.to_silence_s)
    return found


def _interrupted(mouth: Mouth, own: Tap, loudspeaker: Tap, pcm: Pcm, found: Measured) -> bool:
    """Whether the coach was talked over and fell silent; how soon is added to *found*."""
    asked_s = time.monotonic()
    mouth.say(pcm)
    pass_s(len(pcm) / RATE_HZ + 2 * SILENCE_S)
    onset_s = own.loud_from(asked_s)
    silent_s = None if onset_s is None else loudspeaker.silent_from(onset_s)
    if onset_s is None or silent_s is None or silent_s == onset_s:
        return False
    found.to_silence_s.append(silent_s - onset_s)
    ended_s = own.last_loud(onset_s, onset_s + len(pcm) / RATE_HZ + 0.5)
    pass_s(_PATIENCE_S)
    again_s = loudspeaker.loud_from(silent_s + SILENCE_S)
    if again_s is not None:
        found.to_speech_s.append(again_s - max(silent_s, silent_s if ended_s is None else ended_s))
    return True


def _is_talking(loudspeaker: Tap) -> bool:
    """Whether the coach has just talked for a while, after waiting for it for some time."""
    for _ in range(round(_PATIENCE_S / 0.1)):
        pass_s(0.1)
        now_s = time.monotonic()
        recent = [peak > AUDIBLE for at_s, peak in loudspeaker.peaks[-300:] if at_s > now_s - _TALKS_S]
        if (
            recent
            and sum(recent) > 0.6 * len(recent)
            and any(recent[-5:])
            and loudspeaker.silent_from(now_s - _TALKS_S) is None
        ):
            return True
    return False
