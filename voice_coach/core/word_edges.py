"""Where words begin and end, put right by where there is voice.

Whisper's word times are those of its attention: words end early, and pauses are cut in half or swallowed by the word
behind them. What is silent is known better by a voice detector, frame by frame. So each silence is laid between the
two words that it belongs to, and where there is voice all through, a word lasts until the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from voice_coach.core.candidate_time import Interval
from voice_coach.core.transcript import Word

_HAIR_S = 1e-6
"""Sums of frames are off by less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordEdgeSettings:
    """How far word times are moved."""

    __pydantic_config__ = {"extra": "forbid"}

    lag_s: float = 0.06
    """So much later than it happens the detector says that voice begins or ends (measured with Silero: 0.04 to 0.1)."""
    silence_s: float = 0.1
    """Shorter silences lie within words: the stops in "acoustic corpus"."""
    breath_s: float = 0.3
    """Voice between two silences that lasts no longer may be a breath, which detectors take for voice at times."""
    breath_db: float = 4.0
    """It is one if it is no louder than they are by more than this, in the median (measured: 0 to 8 tell alike)."""
    reach_s: float = 0.5
    """A silence may be so far from where Whisper put the end of the word (measured: up to 0.45)."""
    drawn_out_s: float = 0.8
    """A word lasts no longer than Whisper heard it by more than this: then other words were not heard at all."""
    shortest_s: float = 0.05
    """A word that would have less keeps the times that it had."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A frame of sound."""

    is_voiced: bool
    level_db: float


def silences(frames: Sequence[Sound], frame_s: float, settings: WordEdgeSettings) -> tuple[Interval, ...]:
    """The stretches of *frames* without voice, however short, in seconds from their beginning, put right by the
    detector's lag.
    """
    lag = min(len(frames), round(settings.lag_s / frame_s))
    late = [*frames[lag:], *([frames[-1]] * lag if frames else [])]
    found: list[Interval] = []
    first = 0
    for is_voiced, group in groupby(late, key=lambda frame: frame.is_voiced):
        end = first + len(list(group))
        if not is_voiced:
            found.append((first * frame_s, end * frame_s))
        first = end
    return tuple(found)


def fitted(
    words: Sequence[Word], frames: Sequence[Sound], frame_s: float, settings: WordEdgeSettings
) -> tuple[Word, ...]:
    """*words* with their times fitted to the voice in *frames* of *frame_s* each, both from the same beginning."""
    if not words or not any(frame.is_voiced for frame in frames):
        return tuple(words)
    length_s = len(frames) * frame_s
    quiet = silences(frames, frame_s, settings)
    levels = _Levels(frames, frame_s)
    starts = [word.start_s for word in words]
    ends = [word.end_s for word in words]
    by_gap = _by_gap(
        words, [span for span in quiet if span[0] > 0.0 and span[1] < length_s], settings.reach_s
    )
    for gap, (before, after) in enumerate(pairwise(words)):
        pause = _pause(by_gap.get(gap, []), before, after, levels, settings)
        if pause is not None:
            ends[gap], starts[gap + 1] = pause
        elif 0.0 < after.start_s - before.end_s <= settings.drawn_out_s:
            ends[gap] = after.start_s
    if quiet and quiet[0][0] <= 0.0 and starts[0] - quiet[0][1] <= settings.drawn_out_s:
        starts[0] = quiet[0][1]
    if quiet and quiet[-1][1] >= length_s and quiet[-1][0] - ends[-1] <= settings.drawn_out_s:
        ends[-1] = quiet[-1][0]
    return _in_order(words, starts, ends, settings.shortest_s)


@dataclass(frozen=True, slots=True)
class _Levels:
    """How loud it is when."""

    frames: Sequence[Sound]
    frame_s: float

    def of(self, *spans: Interval) -> float:
        """In the median of all *spans*, each at least a frame long."""
        return median(
            frame.level_db
            for start, end in spans
            for frame in self.frames[round(start / self.frame_s) : round(end / self.frame_s)]
        )


def _by_gap(words: Sequence[Word], quiet: Sequence[Interval], reach_s: float) -> dict[int, list[Interval]]:
    """The silences that belong to each gap between two words (by the first of them): of all gaps, a silence overlaps
    this one most, or is nearest to it.
    """
    gaps = [(before.end_s, after.start_s) for before, after in pairwise(words)]
    found: dict[int, list[Interval]] = {}
    for span in quiet if gaps else ():
        nearness = [(_overlap(gap, span), -abs(sum(gap) - sum(span))) for gap in gaps]
        best = max(range(len(gaps)), key=nearness.__getitem__)
        start, end = gaps[best]
        if span[0] - reach_s <= end and start <= span[1] + reach_s:
            found.setdefault(best, []).append(span)
    return found


def _pause(
    quiet: Sequence[Interval], before: Word, after: Word, levels: _Levels, settings: WordEdgeSettings
) -> Interval | None:
    """The longest silence between two words, those with but a breath between them taken together; None where there
    is none that is long enough.
    """
    pauses: list[Interval] = []
    for span in quiet:
        if pauses and _is_breath(pauses[-1], span, levels, settings):
            whole = pauses[-1][0], span[1]
            leaves_both = before.start_s + settings.shortest_s <= whole[0] and (
                whole[1] <= after.end_s - settings.shortest_s
            )
            if leaves_both:
                pauses[-1] = whole
                continue
        pauses.append(span)
    longest = max(pauses, key=_length, default=None)
    return longest if longest is not None and _length(longest) > settings.silence_s - _HAIR_S else None


def _is_breath(before: Interval, after: Interval, levels: _Levels, settings: WordEdgeSettings) -> bool:
    """Whether what is between two silences is short and about as quiet as they are."""
    between = (before[1], after[0])
    is_short = _length(between) <= settings.breath_s + _HAIR_S
    return is_short and levels.of(between) <= levels.of(before, after) + settings.breath_db


def _overlap(one: Interval, other: Interval) -> float:
    return max(0.0, min(one[1], other[1]) - max(one[0], other[0]))


def _length(span: Interval) -> float:
    return span[1] - span[0]


def _in_order(
    words: Sequence[Word], starts: Sequence[float], ends: Sequence[float], shortest_s: float
) -> tuple[Word, ...]:
    """*words* with the new times, a word that would vanish with its old ones, and none before the one before it."""
    placed: list[Word] = []
    earliest = 0.0
    for word, start, end in zip(words, starts, ends, strict=True):
        is_left = end - start >= min(shortest_s, word.end_s - word.start_s)
        begin = max(earliest, start if is_left else word.start_s)
        finish = max(begin, end if is_left else word.end_s)
        placed.append(replace(word, start_s=round(begin, 3), end_s=round(finish, 3)))
        earliest = placed[-1].end_s
    return tuple(placed)
