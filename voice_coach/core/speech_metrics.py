"""How the candidate spoke: rates, pauses, fillers, restarts. Formulas and sources: docs/metrics.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from voice_coach.core.candidate_time import Interval
from voice_coach.core.transcript import Speaker, Transcript, Word

PAUSE_S = 0.25
"""A gap between words from here on is a pause: what articulation rate leaves out (Goldman-Eisler's 250
ms).
"""
FEWEST_WORDS = 20
"""Rates of fewer words are too unstable to be shown."""
_REPEATED = 3
"""Restarts of up to this many words are found."""
_EMPHASIS = frozenset(
    {"very", "really", "no", "yeah", "yes", "so", "many", "much", "that", "had", "bye", "okay"}
)
"""Said twice on purpose or by grammar ("that that", "had had")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filler:
    """A filled pause. Times are None where they were laid out by rule."""

    text: str
    start_s: float | None
    end_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechMetrics:
    """The candidate's speech in numbers; None where it could not be measured."""

    words: int
    """All words, filled pauses included."""
    speaking_s: float
    """Time in speech, pauses of ``PAUSE_S`` and more left out."""
    wpm: float | None
    articulation_wpm: float | None
    pause_share: float | None
    longest_pause_s: float | None
    longest_monologue_s: float
    fillers: tuple[Filler, ...]
    fillers_per_100_words: float | None
    restarts: int


def measure(
    transcript: Transcript, *, check_ins: Sequence[float] = (), excluded: Sequence[Interval] = ()
) -> SpeechMetrics:
    """Measures the candidate's words.

    *check_ins* are the ends of sentences that asked the interviewer something, *excluded* the stretches in
    which the session was paused on command. Gaps around either and around the coach's speech are no pauses.
    """
    stretches = [part for run in _runs(transcript) for part in _split(run, excluded)]
    words = [word for stretch in stretches for word in stretch]
    gaps = [
        max(0.0, after.start_s - before.end_s) for stretch in stretches for before, after in pairwise(stretch)
    ]
    whole_s = sum(stretch[-1].end_s - stretch[0].start_s for stretch in stretches)
    paused_s = sum(gap for gap in gaps if gap >= PAUSE_S)
    fillers = [word for word in words if word.filler]
    enough = len(words) >= FEWEST_WORDS
    rated = enough and not transcript.times_estimated
    timed = bool(words) and not transcript.times_estimated and transcript.pauses_known
    return SpeechMetrics(
        words=len(words),
        speaking_s=whole_s - paused_s,
        wpm=_per_minute(len(words), whole_s) if rated else None,
        articulation_wpm=_per_minute(len(words), whole_s - paused_s) if rated and timed else None,
        pause_share=paused_s / whole_s if rated and timed and whole_s > 0 else None,
        longest_pause_s=max(gaps, default=0.0) if timed else None,
        longest_monologue_s=_longest_monologue_s(stretches, check_ins),
        fillers=tuple(_filler(word, is_timed=timed) for word in fillers),
        fillers_per_100_words=100.0 * len(fillers) / len(words) if enough else None,
        restarts=sum(_restarts(stretch) for stretch in stretches),
    )


def _runs(transcript: Transcript) -> Iterator[list[Word]]:
    """The candidate's words between two turns of the coach."""
    run: list[Word] = []
    for turn in transcript.turns:
        if turn.speaker is Speaker.CANDIDATE:
            run.extend(turn.words)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _split(run: Sequence[Word], excluded: Sequence[Interval]) -> Iterator[list[Word]]:
    part: list[Word] = []
    for word in run:
        if part and any(part[-1].end_s < end and start < word.start_s for start, end in excluded):
            yield part
            part = []
        part.append(word)
    yield part


def _per_minute(words: int, seconds: float) -> float | None:
    return 60.0 * words / seconds if seconds > 0 else None


def _longest_monologue_s(stretches: Sequence[Sequence[Word]], check_ins: Sequence[float]) -> float:
    longest = 0.0
    for stretch in stretches:
        start = stretch[0].start_s
        for moment in [end for end in sorted(check_ins) if stretch[0].start_s < end <= stretch[-1].end_s]:
            longest = max(longest, moment - start)
            start = moment
        longest = max(longest, stretch[-1].end_s - start)
    return longest


def _filler(word: Word, *, is_timed: bool) -> Filler:
    return Filler(
        text=word.bare, start_s=word.start_s if is_timed else None, end_s=word.end_s if is_timed else None
    )


def _restarts(words: Sequence[Word]) -> int:
    """How often words are said again at once or broken off, filled pauses in between not counted."""
    plain = [word for word in words if not word.filler and word.bare]
    count = 0
    at = 0
    while at < len(plain):
        length = _repeat_at(plain, at)
        if length:
            count += 1
            at += length
            while _repeat_at(plain, at) == length:
                at += length
        elif plain[at].text.endswith(("-", "–", "—")):
            count += 1
        at += 1
    return count


def _repeat_at(words: Sequence[Word], at: int) -> int:
    """The length of the stretch that is repeated right after *at*, or 0."""
    for length in range(_REPEATED, 0, -1):
        first, second = words[at : at + length], words[at + length : at + 2 * length]
        if len(second) < length or [w.bare for w in first] != [w.bare for w in second]:
            continue
        if first[-1].text[-1] in ".!?" or (length == 1 and _is_meant(first[0])):
            continue
        return length
    return 0


def _is_meant(word: Word) -> bool:
    return word.bare in _EMPHASIS or any(character.isdigit() for character in word.bare)
