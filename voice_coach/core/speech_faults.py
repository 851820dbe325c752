"""What is worth saying about the way of speaking: measured, rounded for the ear, and only outside what is easy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from voice_coach.core.advice import SpeechLimits
from voice_coach.core.speakable_time import spoken_length, spoken_number
from voice_coach.core.speech_metrics import SpeechMetrics
from voice_coach.core.transcript import Evidence

MONOLOGUE, SLOW, FAST, FILLERS = "monologue", "pace_slow", "pace_fast", "fillers"
ITEMS = (MONOLOGUE, SLOW, FAST, FILLERS)
_STEP = 5
"""Paces and counts are said in steps of this."""
_FEWEST_WORDS = 60
"""Of a pace that is worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechFault:
    """One thing about the way of speaking, and its numbers in words."""

    item: str
    slots: dict[str, str]
    at_s: float | None = None
    """When it began, where it has a time."""
    about: Evidence | None = None
    """What it stood around."""


def speech_faults(metrics: SpeechMetrics, limits: SpeechLimits) -> Iterator[SpeechFault]:
    """What lies beyond *limits*."""
    if metrics.is_measured and metrics.longest_monologue_s > limits.monologue_s:
        slots = {"length": spoken_length(metrics.longest_monologue_s)}
        yield SpeechFault(item=MONOLOGUE, slots=slots, at_s=metrics.longest_monologue_start_s)
    if metrics.wpm is None or metrics.words < _FEWEST_WORDS:
        return
    if metrics.wpm < limits.slow_wpm:
        yield SpeechFault(item=SLOW, slots={"pace": spoken_number(_STEP * int(metrics.wpm / _STEP))})
    elif metrics.wpm > limits.fast_wpm:
        yield SpeechFault(item=FAST, slots={"pace": spoken_number(_STEP * ceil(metrics.wpm / _STEP))})
    if metrics.fillers_per_min is None or len(metrics.fillers) < _STEP:
        return
    if metrics.fillers_per_min > limits.fillers_per_min:
        yield _fillers(metrics)


def easy_pace(metrics: SpeechMetrics, limits: SpeechLimits) -> str | None:
    """The pace in words where it is an easy one, else None."""
    if metrics.wpm is None or metrics.words < _FEWEST_WORDS:
        return None
    is_easy = limits.slow_wpm <= metrics.wpm <= limits.easy_wpm
    return spoken_number(_STEP * round(metrics.wpm / _STEP)) if is_easy else None


def _fillers(metrics: SpeechMetrics) -> SpeechFault:
    low = len(metrics.fillers) // _STEP * _STEP
    slots = {"low": spoken_number(low), "high": spoken_number(low + _STEP)}
    if metrics.burst is None:
        return SpeechFault(item=FILLERS, slots=slots)
    return SpeechFault(item=FILLERS, slots=slots, at_s=metrics.burst.start_s, about=metrics.burst.topic)
