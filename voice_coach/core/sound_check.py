"""The set-up check: what was measured of room, microphone, loudspeaker and voice, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import chain

from voice_coach.core.audio import FRAME_S, SILENCE_DBFS
from voice_coach.core.lexicon import spelling
from voice_coach.core.sound_measures import Echo
from voice_coach.core.transcript import Word

_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """From where on something is doubted, and from where on it will not do; each kind has its own."""

    __pydantic_config__ = _STRICT

    doubt: float = 0.0
    fail: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundCheckSettings:
    """How the set-up check goes, and what is good enough."""

    __pydantic_config__ = _STRICT

    at_first: bool = True
    """Before the first session with these devices."""
    settle_s: float = 0.3
    """After the coach's voice, until the room is silent again: sound cards delay, and walls ring."""
    quiet_s: float = 1.5
    """So long the room is listened to."""
    nothing_s: float = 4.0
    """Who has not begun to speak by then is not going to."""
    answer_s: float = 6.0
    """No longer is the sentence listened to."""
    end_s: float = 0.7
    """Silence behind what was said."""
    words_by_s: float = 17.0
    """After so much of the check its words are no longer waited for: all of it is to be over in 20 s."""
    noise_dbfs: Bounds = field(default_factory=lambda: Bounds(doubt=-45.0, fail=-30.0))
    """The room in the middle of its frames."""
    voice_share: Bounds = field(default_factory=lambda: Bounds(doubt=0.2, fail=1.0))
    """Of the frames in which the room was to be quiet, those that the detector takes for a voice."""
    level_dbfs: Bounds = field(default_factory=lambda: Bounds(doubt=-45.0, fail=-55.0))
    """The voice, of the frames that the detector takes for one."""
    above_noise_db: Bounds = field(default_factory=lambda: Bounds(doubt=15.0, fail=6.0))
    """The voice over the room."""
    clipped_share: Bounds = field(default_factory=lambda: Bounds(doubt=0.005, fail=0.03))
    """Of the voice's samples, those at its highest crest."""
    lost_share: Bounds = field(default_factory=lambda: Bounds(doubt=0.005, fail=0.05))
    """Of all frames, those that were lost on the way."""
    words_share: Bounds = field(default_factory=lambda: Bounds(doubt=0.8, fail=0.5))
    """Of the sentence's words, those that were heard in their order."""
    echo_share: float = 0.05
    """Of what is heard while the coach speaks, so much is its own voice: there is an echo …"""
    echo_dbfs: float = -60.0
    """… if that is as loud."""
    cancelled_db: float = 15.0
    """A canceller that takes off so much does its work …"""
    left_db: float = 6.0
    """… and so does one that leaves no more than this over the room's noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What the check measured."""

    room_dbfs: tuple[float, ...]
    """The level of each frame in which everybody was asked to be quiet."""
    room_voice_share: float
    """Of those frames, how many the detector took for a voice."""
    echo: Echo
    """While the coach spoke."""
    level_dbfs: float | None
    """The candidate's voice; None: none was heard."""
    clipped_share: float
    """Of its samples."""
    frames: int
    """All of the check, those lost included."""
    lost: int
    words: tuple[Word, ...] | None
    """What the recogniser made of it; None: nothing, because there was no voice, or not in time."""
    failure: str = ""
    """Why the recogniser failed, where it did."""
    is_dead: bool
    """The microphone gave the same value all the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How echo is dealt with."""

    headphones: bool
    """As configured."""
    is_cancelled: bool
    """A canceller was at work."""
    wants_cancelling: bool
    """As configured."""


class Verdict(StrEnum):
    """How something is. In this order they are worse."""

    GOOD = "good"
    DOUBTED = "doubted"
    WRONG = "wrong"


class Problem(StrEnum):
    """What may be wrong, the one to be told first before the others."""

    DEAD = "dead"
    UNHEARD = "unheard"
    LOST = "lost"
    FAINT = "faint"
    CLIPPED = "clipped"
    NOISY = "noisy"
    ECHO = "echo"
    DEAF = "deaf"
    """The coach does not listen while it speaks."""
    MISHEARD = "misheard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    found: str
    mend: str = ""
    """What to do about it, or what it is good for to know."""
    problem: Problem | None = None


_WORSE = tuple(Verdict)
_URGENT = tuple(Problem)


def findings(
    measured: Measures, sentence: str, way: Way, settings: SoundCheckSettings
) -> tuple[Finding, ...]:
    """What *measured* amounts to; the candidate was asked to say *sentence*."""
    if measured.is_dead:
        return (
            Finding(
                what="microphone",
                verdict=Verdict.WRONG,
                found="it gives no sound at all",
                mend="it is muted, or this program may not use it: look at the system's sound and privacy settings, "
                "or choose another with --input",
                problem=Problem.DEAD,
            ),
        )
    return (
        _noise(measured, settings),
        *_voice(measured, settings),
        _echo(measured, way, settings),
        _lost(measured, settings),
        _words(measured, sentence, settings),
    )


def worst(found: Sequence[Finding]) -> Finding | None:
    """The finding that is to be told first; None where all is well."""
    wrong = [item for item in found if item.verdict is not Verdict.GOOD and item.problem is not None]
    return min(wrong, key=_rank, default=None)


def _rank(finding: Finding) -> tuple[int, int]:
    assert finding.problem is not None  # noqa: S101 - the others were left out
    return -_WORSE.index(finding.verdict), _URGENT.index(finding.problem)


def same_share(words: Sequence[Word], sentence: str) -> float:
    """The share of the words of *sentence* that stand in *words* in their order."""
    asked = spelling(sentence)
    heard = tuple(chain.from_iterable(spelling(word.text) for word in words))
    blocks = SequenceMatcher(a=asked, b=heard, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / max(1, len(asked))


def percentile(levels_dbfs: Sequence[float], share: float) -> float:
    """The level that *share* of *levels_dbfs* do not exceed."""
    ordered = sorted(levels_dbfs)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else SILENCE_DBFS


def _room(measured: Measures) -> float:
    return percentile(measured.room_dbfs, 0.5)


def _above(value: float, bounds: Bounds) -> Verdict:
    if value >= bounds.fail:
        return Verdict.WRONG
    return Verdict.DOUBTED if value >= bounds.doubt else Verdict.GOOD


def _below(value: float, bounds: Bounds) -> Verdict:
    if value < bounds.fail:
        return Verdict.WRONG
    return Verdict.DOUBTED if value < bounds.doubt else Verdict.GOOD


def _noise(measured: Measures, settings: SoundCheckSettings) -> Finding:
    room, loud = _room(measured), percentile(measured.room_dbfs, 0.9)
    told = f"the room is at {room:.0f} dBFS, {loud:.0f} in its louder moments"
    verdict = _above(room, settings.noise_dbfs)
    if verdict is not Verdict.GOOD:
        mend = "turn off what hums or plays, close the window, or use a headset's microphone"
        return Finding(what="noise", verdict=verdict, found=told, mend=mend, problem=Problem.NOISY)
    verdict = _above(measured.room_voice_share, settings.voice_share)
    if verdict is not Verdict.GOOD:
        found = f"somebody spoke in {measured.room_voice_share:.0%} of the time that was to be quiet"
        mend = "turn off radio and television, or go where nobody else speaks"
        return Finding(what="noise", verdict=verdict, found=found, mend=mend, problem=Problem.NOISY)
    return Finding(what="noise", verdict=verdict, found=told)


def _voice(measured: Measures, settings: SoundCheckSettings) -> tuple[Finding, ...]:
    if measured.level_dbfs is None:
        unheard = Finding(
            what="voice",
            verdict=Verdict.DOUBTED,
            found="nothing was said that could be heard",
            mend="if you did speak, raise the microphone's level in the system's sound settings, or choose another "
            "with --input; if you were not asked to, choose another loudspeaker with --output",
            problem=Problem.UNHEARD,
        )
        return (unheard,)
    return _level(measured.level_dbfs, _room(measured), settings), _clipping(measured, settings)


def _level(level: float, room: float, settings: SoundCheckSettings) -> Finding:
    found = f"{level:.0f} dBFS, {level - room:.0f} dB above the room"
    faint, drowned = _below(level, settings.level_dbfs), _below(level - room, settings.above_noise_db)
    if _WORSE.index(drowned) > _WORSE.index(faint):
        mend = "come closer to the microphone, or make the room quieter"
        return Finding(what="voice", verdict=drowned, found=found, mend=mend, problem=Problem.NOISY)
    if faint is not Verdict.GOOD:
        mend = "raise the microphone's level in the system's sound settings, or come closer"
        return Finding(what="voice", verdict=faint, found=found, mend=mend, problem=Problem.FAINT)
    return Finding(what="voice", verdict=faint, found=found)


def _clipping(measured: Measures, settings: SoundCheckSettings) -> Finding:
    verdict = _above(measured.clipped_share, settings.clipped_share)
    if verdict is Verdict.GOOD:
        return Finding(what="clipping", verdict=verdict, found="none")
    return Finding(
        what="clipping",
        verdict=verdict,
        found=f"{measured.clipped_share:.1%} of your voice is cut off",
        mend="lower the microphone's level in the system's sound settings, and any boost there",
        problem=Problem.CLIPPED,
    )


def _echo(measured: Measures, way: Way, settings: SoundCheckSettings) -> Finding:
    echo = measured.echo
    if echo.share < settings.echo_share or echo.dbfs < settings.echo_dbfs:
        return _no_echo(measured, way)
    found = f"loudspeakers: the coach's voice comes back at {echo.dbfs:.0f} dBFS"
    if way.headphones:
        return Finding(
            what="echo",
            verdict=Verdict.WRONG,
            found=f"{found}, although headphones = true",
            mend="put the headphones on, or set headphones = false under [audio] in config.toml",
            problem=Problem.ECHO,
        )
    if not way.is_cancelled:
        how = "install the extra `speakers`" if way.wants_cancelling else "leave cancels_echo = false out"
        return Finding(
            what="echo",
            verdict=Verdict.DOUBTED,
            found=f"{found} and is not cancelled: the coach does not listen while it speaks",
            mend=f"{how}, or put on headphones and set headphones = true under [audio] in config.toml",
            problem=Problem.DEAF,
        )
    found = f"{found}, and {echo.cancelled_db:.0f} dB quieter when cancelled"
    is_gone = echo.left_dbfs <= _room(measured) + settings.left_db
    if is_gone or echo.cancelled_db >= settings.cancelled_db:
        return Finding(what="echo", verdict=Verdict.GOOD, found=found)
    mend = "turn the loudspeaker down, move it away from the microphone, or wear headphones"
    return Finding(what="echo", verdict=Verdict.DOUBTED, found=found, mend=mend, problem=Problem.ECHO)


def _no_echo(measured: Measures, way: Way) -> Finding:
    if way.headphones or measured.level_dbfs is None:  # who heard nothing may have no sound at all
        return Finding(what="echo", verdict=Verdict.GOOD, found="none")
    for_what = (
        "then nothing needs to be cancelled" if way.is_cancelled else "then you can talk over the coach"
    )
    return Finding(
        what="echo",
        verdict=Verdict.GOOD,
        found="none: it seems that you wear headphones",
        mend=f"if you always do, set headphones = true under [audio] in config.toml: {for_what}",
    )


def _lost(measured: Measures, settings: SoundCheckSettings) -> Finding:
    verdict = _above(measured.lost / max(1, measured.frames), settings.lost_share)
    if verdict is Verdict.GOOD:
        return Finding(
            what="lost sound", verdict=verdict, found="none" if measured.lost == 0 else "hardly any"
        )
    return Finding(
        what="lost sound",
        verdict=verdict,
        found=f"{measured.lost * FRAME_S:.1f} of {measured.frames * FRAME_S:.0f} s",
        mend="end what keeps this machine busy, or raise latency_s under [microphone] in config.toml",
        problem=Problem.LOST,
    )


def _words(measured: Measures, sentence: str, settings: SoundCheckSettings) -> Finding:
    if measured.words is None:
        reason, _, mend = measured.failure.partition("; ")
        if not reason:
            is_late = measured.level_dbfs is not None
            reason, mend = (
                ("not in time", "end what keeps this machine busy") if is_late else ("nothing was said", "")
            )
        return Finding(
            what="words",
            verdict=Verdict.DOUBTED,
            found=f"none: {reason}",
            mend=mend,
            problem=Problem.MISHEARD,
        )
    heard = " ".join(word.text for word in measured.words)
    verdict = _below(same_share(measured.words, sentence), settings.words_share)
    if verdict is Verdict.GOOD:
        return Finding(what="words", verdict=verdict, found=f"“{heard}”")
    return Finding(
        what="words",
        verdict=verdict,
        found=f"“{heard}” was heard" if heard else "none were understood",
        mend="come closer, speak as you usually do, and mend what is told above first",
        problem=Problem.MISHEARD,
    )
