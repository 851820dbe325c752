"""The candidate's own time: thinking included, the coach's speech and pauses on command left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voice_coach.core.transcript import Speaker, Transcript

Interval = tuple[float, float]
"""Start and end in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateTime:
    """Stretches of time that count, in order, not overlapping."""

    spans: tuple[Interval, ...]

    @property
    def total_s(self) -> float:
        """All of it."""
        return sum(end - start for start, end in self.spans)

    def between(self, start_s: float, end_s: float) -> float:
        """How much of it lies between two moments."""
        return sum(max(0.0, min(end, end_s) - max(start, start_s)) for start, end in self.spans)

    def until(self, at_s: float) -> float:
        """How much of it lies before *at_s*."""
        return self.between(float("-inf"), at_s)


def candidate_time(transcript: Transcript, excluded: Sequence[Interval] = ()) -> CandidateTime:
    """From the first turn to the candidate's last word, without the coach's turns and the *excluded*
    stretches.

    Where both talk at once, the candidate's words count.
    """
    words = list(transcript.by(Speaker.CANDIDATE))
    if not words:
        return CandidateTime(spans=())
    whole = [(transcript.turns[0].start_s, max(word.end_s for word in words))]
    coach = [(turn.start_s, turn.end_s) for turn in transcript.turns if turn.speaker is Speaker.COACH]
    spoken = merged((word.start_s, word.end_s) for word in words)
    silent_coach = _without(merged(coach), spoken)
    return CandidateTime(spans=tuple(_without(_without(whole, silent_coach), merged(excluded))))


def merged(spans: Iterable[Interval]) -> list[Interval]:
    """*spans* in order, those that touch or overlap joined, those of no length dropped."""
    joined: list[Interval] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _without(spans: Sequence[Interval], holes: Sequence[Interval]) -> list[Interval]:
    """What is left of *spans* outside *holes*; both in order and not overlapping."""
    left: list[Interval] = []
    for start, end in spans:
        at = start
        for hole_start, hole_end in holes:
            if hole_end <= at or hole_start >= end:
                continue
            if hole_start > at:
                left.append((at, hole_start))
            at = max(at, hole_end)
        if at < end:
            left.append((at, end))
    return left
