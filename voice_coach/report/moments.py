"""When things happened in the answer: what the pictures and tables show."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, inf

from voice_coach.report.data import Report

THINKING_S = 2.0
"""A pause from here on is shown (docs/metrics.md: two seconds are thinking, six in mid-sentence a stuck point)."""
PACE_WINDOW_S = 30.0
PACE_STEP_S = 5.0
FEWEST_S = 12.0
"""Less of the candidate's own time in a window says nothing of a pace."""
BIN_S = 30.0
_GOES_ON = frozenset({"resume", "skip", "done", "stop"})
"""Commands that end a pause."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the recording, in seconds."""

    start: float
    end: float

    @property
    def length(self) -> float:
        """In seconds."""
        return self.end - self.start

    def within(self, start: float, end: float) -> float:
        """How much of it lies between *start* and *end*, in seconds."""
        return max(0.0, min(self.end, end) - max(self.start, start))


@dataclass(frozen=True, slots=True)
class Mark:
    """A quote on the timeline."""

    at: float
    is_good: bool


class Places:
    """The words of the transcript by their time, so that a moment can be jumped to."""

    def __init__(self, report: Report) -> None:
        self._starts = sorted({word["start"] for turn in report.turns for word in turn["words"]})

    def anchor(self, at: float) -> str | None:
        """The id of the word that is being said at *at*; None before the first."""
        index = bisect_right(self._starts, at + 0.005)
        return word_id(self._starts[index - 1]) if index else None


def word_id(start: float) -> str:
    """The id of the word that begins at *start*."""
    return f"t{round(100 * start)}"


def end_s(report: Report) -> float:
    """Where the answer's last turn ends."""
    return max((float(turn["end"]) for turn in report.turns), default=0.0)


def turns_of(report: Report, speaker: str) -> list[Span]:
    """When *speaker* had the floor."""
    return [Span(turn["start"], turn["end"]) for turn in report.turns if turn["speaker"] == speaker]


def holds(report: Report) -> list[Span]:
    """When the session stood still: paused on command, a device was lost, or the machine slept. None overlap."""
    apart: list[Span] = []
    for span in sorted([*_paused(report), *_outages(report)], key=lambda span: span.start):
        if apart and span.start <= apart[-1].end:
            before = apart.pop()
            apart.append(Span(before.start, max(before.end, span.end)))
        else:
            apart.append(span)
    return apart


def _paused(report: Report) -> Iterator[Span]:
    """Pauses on command; one that was never ended lasts to the end."""
    since: float | None = None
    for line in report.lines("command"):
        if line.get("name") == "pause" and since is None:
            since = float(line["t"])
        elif line.get("name") in _GOES_ON and since is not None:
            yield Span(since, float(line["t"]))
            since = None
    if since is not None:
        yield Span(since, inf)


def _outages(report: Report) -> Iterator[Span]:
    """From the first device that was lost until none is missing any more, and while the machine slept."""
    since, missing = 0.0, set[str]()
    for line in report.lines("device_lost", "device_back", "machine_slept"):
        at, role = float(line["t"]), str(line.get("role"))
        if line["kind"] == "machine_slept":
            yield Span(at, float(line.get("until_s", at)))
        elif line["kind"] == "device_lost":
            since = since if missing else at
            missing.add(role)
        elif role in missing:
            missing.remove(role)
            if not missing:
                yield Span(since, at)
    if missing:
        yield Span(since, inf)


def pauses(report: Report) -> list[Span]:
    """The candidate's own pauses of thought within a turn; stretches in which the session stood still are none."""
    still = holds(report)
    gaps = (
        Span(before["end"], after["start"])
        for turn in report.turns
        if turn["speaker"] == "candidate"
        for before, after in pairwise(turn["words"])
    )
    return [
        gap
        for gap in gaps
        if gap.length >= THINKING_S and not any(hold.within(gap.start, gap.end) for hold in still)
    ]


def pace(report: Report) -> list[tuple[float, float | None]]:
    """Words a minute around each moment, over the candidate's own time, in which the session did not stand still; None
    where too little was said.
    """
    starts = sorted(float(word["start"]) for word in report.candidate_words)
    floor, still = turns_of(report, "candidate"), holds(report)
    series: list[tuple[float, float | None]] = []
    for step in range(ceil(end_s(report) / PACE_STEP_S) + 1):
        at = step * PACE_STEP_S
        low, high = at - PACE_WINDOW_S / 2, at + PACE_WINDOW_S / 2
        own_s = sum(span.within(low, high) for span in floor)
        own_s -= sum(
            hold.within(max(low, span.start), min(high, span.end)) for span in floor for hold in still
        )
        words = bisect_right(starts, high) - bisect_right(starts, low)
        series.append((at, 60.0 * words / own_s if own_s >= FEWEST_S else None))
    return series


def fillers(report: Report) -> list[tuple[float, int]]:
    """The start of each half minute, and how many fillers were said in it."""
    starts = [
        float(item["start"])
        for item in report.analysis["speech"]["fillers"] or ()
        if item["start"] is not None
    ]
    count = max(1, ceil(end_s(report) / BIN_S))
    return [(index * BIN_S, sum(index == int(start // BIN_S) for start in starts)) for index in range(count)]


def marks(report: Report) -> list[Mark]:
    """Where the quotes of the checklist and of the mistakes, or of a drill's items, begin."""
    return sorted(_marks(report), key=lambda mark: mark.at)


def _marks(report: Report) -> Iterator[Mark]:
    for _, finding, is_good in report.cited():
        for item in finding.get("evidence") or ():
            yield Mark(float(item["start"]), is_good)


def ticks(until: float) -> Sequence[int]:
    """Round times for an axis up to *until* seconds: at most a dozen."""
    step = next(step for step in (15, 30, 60, 120, 300, 600) if until / step <= 12 or step == 600)  # noqa: PLR2004
    return range(0, int(until) + 1, step)
