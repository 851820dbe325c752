"""What a room does to a conversation: fans, music, songs, voices far off, coughs and laughter, made by a program.

Through detector, endpointer and recogniser as they are configured. Numbers were chosen by the half called tuning; the
half called judging has other voices, texts and seeds.
"""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import dataclass, field, fields
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from scripts.bench_card import spoken
from scripts.bench_figure import Figure, load
from tests import noises
from tests.sounds import silence
from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.compose.content import load_content
from voice_coach.compose.engines import engine_needs, make_ears, make_stt, room_voice
from voice_coach.config import load_config
from voice_coach.core.audio import RATE_HZ
from voice_coach.core.events import SpeechEnded, SpeechStarted
from voice_coach.listening import frames_of, listen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from voice_coach.core.audio import Pcm
    from voice_coach.core.transcript import Word
    from voice_coach.ports import SpeechToText

CANDIDATE_DBFS = -26.0
HISS_DBFS = -66.0
"""Of the microphone itself."""
PAUSE_S = 3.0
"""Before each sentence."""
ALONE_S = 12.0
"""Behind the last one."""
LATE_S = 0.7
"""An end of speech that is told later than this after it, the endpointer's 0.3 s of silence included, was missed."""
EDGE_S = 0.35
"""What lies this near to a sentence is not counted as heard in the pause: the detector's lag and the room's echo."""
ADDED, MISSED, FALSE = 2.0, 5.0, 2.0
"""Percent."""
BRIEF = ("coughs", "laughter")
"""These are the candidate's own, as often as not: to be no words is enough."""
SENTENCES = (
    "First I would clarify what the service has to do and how many people use it.",
    "Reads hit the cache, and on a miss we go to the database.",
    "The database is sharded by user, because nearly every query asks for one user.",
    "A worker takes the messages from the queue and sends them.",
    "If the worker dies, the message is delivered again after a minute.",
    "So we need an idempotency key, or the user gets the message twice.",
)
FAR = {
    "tuning": (
        "Did you see the match yesterday? I thought they would lose. Then he scored in the last minute.",
        "Stop it. Pause. We should go there again next week and bring the others.",
    ),
    "judging": (
        "The minister said that the talks would go on until Friday. A storm is on its way.",
        "Next question. How much time is left? Nobody in the studio knew the answer to that one.",
    ),
}
VOICES = {
    "tuning": ("English (America)", "English (Scotland)"),
    "judging": ("", "English (Great Britain)", "English (Received"),
}
"""Of the candidates; the empty one is the program's own."""
FAR_VOICES = {"tuning": ("English (Received", "English (Caribbean"), "judging": ("English (America)", "")}
FIRST_SEED = {"tuning": 1, "judging": 101}


@dataclass(slots=True)
class Told:
    """What was heard of a stretch of sound."""

    speech_s: list[tuple[float, float, float]] = field(default_factory=list)
    """Onset and offset of each stretch of speech, and when its end was told."""
    words: list[Word] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """What noise did to candidates."""

    said: int = 0
    """Words that are heard of them in a quiet room."""
    lost: int = 0
    """Of those, words that were heard as others, or not at all."""
    added: int = 0
    """Words more than were said."""
    early: int = 0
    """Words heard before the candidate had said anything, when nobody knows whose voice it is."""
    ends: int = 0
    missed: int = 0
    """Ends of sentences that were not told in time."""
    pause_s: float = 0.0
    false_s: float = 0.0
    """Time in pauses that was taken for speech."""

    def add(self, other: Tally) -> None:
        """Count *other* in."""
        for item in fields(Tally):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))

    def row(self) -> str:
        """For people."""
        return (
            f"{self.lost}/{self.said} words lost, {self.added} added, {self.early} early, "
            f"{self.missed}/{self.ends} ends missed, {self.false_s:.1f} of {self.pause_s:.0f} s of pauses speech"
        )


class Room:
    """Voices, noises and ears of one half."""

    def __init__(self, half: str) -> None:
        self._half = half
        self._config = load_config()
        needs = engine_needs(self._config, load_content())
        self._stt: SpeechToText = make_stt(needs)
        with closing(room_voice(needs, None)) as own:

            def speak(text: str, voice: str) -> Pcm:
                said = spoken(text, voice) if voice else at_session_rate(own.render(text))
                loud = np.flatnonzero(np.abs(said) > 0.02 * np.abs(said).max())
                return noises.at_level(said[loud[0] : loud[-1]], CANDIDATE_DBFS)

            self.candidates = {voice: [speak(text, voice) for text in SENTENCES] for voice in VOICES[half]}
            self._far = [
                np.concatenate([speak(text, voice) for text in FAR[half]]) for voice in FAR_VOICES[half]
            ]

    def noises(self, seconds: float) -> Mapping[str, Callable[[int], Pcm]]:
        """Noises of so long, by name; each is drawn from a number."""
        first = FIRST_SEED[self._half]

        def lasting(make: Callable[..., Pcm], below_db: float) -> Callable[[int], Pcm]:
            return lambda number: make(seconds, seed=first + number, level_dbfs=CANDIDATE_DBFS - below_db)

        def far(below_db: float) -> Callable[[int], Pcm]:
            def voice(number: int) -> Pcm:
                sound = np.concatenate([self._far[number % len(self._far)]] * 9)[: round(seconds * RATE_HZ)]
                level_dbfs = CANDIDATE_DBFS - below_db
                return noises.from_afar(sound, seed=first + number, level_dbfs=level_dbfs)[: len(sound)]

            return voice

        return {
            "quiet": lambda number: silence(seconds),  # noqa: ARG005 - it is the same each time
            "fan at -25 dB": lasting(noises.fan, 25.0),
            "fan at -12 dB": lasting(noises.fan, 12.0),
            "music at -25 dB": lasting(noises.music, 25.0),
            "music at -15 dB": lasting(noises.music, 15.0),
            "song at -25 dB": lasting(noises.song, 25.0),
            "song at -20 dB": lasting(noises.song, 20.0),
            "voice at -30 dB": far(30.0),
            "voice at -25 dB": far(25.0),
            "voice at -20 dB": far(20.0),
            "coughs": lambda number: self._now_and_then(noises.cough, seconds, number),
            "laughter": lambda number: self._now_and_then(noises.laughter, seconds, number),
        }

    def under(self, voice: str, noise: Pcm) -> tuple[Pcm, list[tuple[float, float]]]:
        """The sentences of *voice* with *noise* under and between them; and from when to when each lasts."""
        parts, spans, at_s = [silence(PAUSE_S)], [], PAUSE_S
        for sentence in self.candidates[voice]:
            parts += [sentence, silence(PAUSE_S)]
            spans.append((at_s, at_s + len(sentence) / RATE_HZ))
            at_s = spans[-1][1] + PAUSE_S
        return self._mixed(np.concatenate([*parts, silence(ALONE_S - PAUSE_S)]), noise), spans

    def heard(self, pcm: Pcm) -> Told:
        """What ears and recogniser make of *pcm*."""
        ears, told = make_ears(self._config), Told()
        onset_s = 0.0
        for heard in listen(frames_of(pcm), ears.detector, ears.endpointer):
            for event in heard.events:
                match event:
                    case SpeechStarted():
                        onset_s = event.onset_s
                    case SpeechEnded():
                        told.speech_s.append((onset_s, event.offset_s, event.at_s))
            for piece in heard.pieces:
                told.words += self._stt.transcribe(piece)
        return told

    @staticmethod
    def _mixed(voice: Pcm, noise: Pcm) -> Pcm:
        hiss = noises.at_level(np.random.default_rng(9).normal(size=len(voice)), HISS_DBFS)
        return noises.together(voice, hiss, noise[: len(voice)])

    def _now_and_then(self, make: Callable[..., Pcm], seconds: float, number: int) -> Pcm:
        """One in each pause, as loud as the candidate."""
        pcm, random = silence(seconds), np.random.default_rng(FIRST_SEED[self._half] + number)
        lasts_s = [len(sentence) / RATE_HZ for sentence in next(iter(self.candidates.values()))]
        at_s = 0.2
        for index in range(len(lasts_s) + 1):
            seed = int(random.integers(1, 1000)) + 1000 * FIRST_SEED[self._half]
            sound = make(seed=seed, level_dbfs=CANDIDATE_DBFS + 3.0)[: round((PAUSE_S - 0.6) * RATE_HZ)]
            first = round(at_s * RATE_HZ)
            pcm[first : first + len(sound)] = sound[: max(0, len(pcm) - first)]
            at_s += PAUSE_S + (lasts_s[index] if index < len(lasts_s) else 0.0)
        return pcm


def room_figures() -> Iterator[Figure]:
    """Of the half that judges: words that nobody said, ends that were missed, and pauses taken for speech."""
    at_load, steady, everything = load(), Tally(), Tally()
    for name, found in tallies("judging"):
        everything.add(found)
        if name not in BRIEF:
            steady.add(found)
        print(f"{name}: {found.row()}", file=sys.stderr)
    on = f"{everything.said} words of {len(VOICES['judging'])} voices, a quiet room and eleven kinds of noise"
    rows = (
        ("room_words", "words heard that nobody said, of a hundred said", everything.added, everything.said, ADDED),
        ("room_pauses", "pauses taken for speech, coughs and laughter aside", steady.false_s, steady.pause_s, FALSE),
        ("room_ends", "ends of sentences told late or never, those two aside", steady.missed, steady.ends, MISSED),
    )  # fmt: skip
    for name, what, part, whole, at_most in rows:
        yield Figure(
            name=name,
            measured=what,
            on=on,
            value=100.0 * part / whole,
            unit="%",
            at_most=at_most,
            load=at_load,
        )


def tally(told: Told, clean: Told, spans: Sequence[tuple[float, float]]) -> Tally:
    """What noise made of a candidate who, in a quiet room, was heard as *clean*; sentences last *spans*."""
    from_s = spans[0][0] - EDGE_S
    ours = [word.bare for word in clean.words]
    theirs = [word.bare for word in told.words if word.start_s >= from_s]
    found = Tally(said=len(ours), ends=len(spans), early=len(told.words) - len(theirs))
    for kind, first, end, other, other_end in SequenceMatcher(
        None, ours, theirs, autojunk=False
    ).get_opcodes():
        if kind != "equal":
            found.lost += end - first
            found.added += max(0, (other_end - other) - (end - first))
    for begin_s, end_s in spans:
        found.missed += not any(
            begin_s < offset_s and end_s - LATE_S <= offset_s and at_s <= end_s + LATE_S
            for _, offset_s, at_s in told.speech_s
        )
    pauses = [(before[1], after[0]) for before, after in pairwise(spans)]
    for from_s, until_s in (*pauses, (spans[-1][1], spans[-1][1] + ALONE_S)):
        found.pause_s += until_s - from_s
        for onset_s, offset_s, _ in told.speech_s:
            found.false_s += max(0.0, min(offset_s, until_s - EDGE_S) - max(onset_s, from_s + EDGE_S))
    return found


def tallies(half: str) -> Iterator[tuple[str, Tally]]:
    """What each noise did to all candidates."""
    room = Room(half)
    alone = {voice: room.under(voice, silence(0.0)) for voice in room.candidates}
    clean = {voice: room.heard(pcm) for voice, (pcm, _) in alone.items()}
    seconds = max(len(pcm) for pcm, _ in alone.values()) / RATE_HZ
    for name, noise in room.noises(seconds).items():
        found = Tally()
        for number, voice in enumerate(room.candidates):
            pcm, spans = room.under(voice, noise(number))
            found.add(tally(room.heard(pcm), clean[voice], spans))
        yield name, found
