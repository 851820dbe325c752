"""The ``speech`` object of the analysis: every measure, its norm and the speaker's own median."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from voice_coach.core.filler_burst import FillerBurst
from voice_coach.core.fillers import Filler
from voice_coach.core.restarts import Repair
from voice_coach.core.rounding import rounded, seconds
from voice_coach.core.speech_metrics import SpeechMetrics
from voice_coach.core.speech_norms import MEASURES, Norm, own, past_values
from voice_coach.core.transcript import Evidence

Json = dict[str, object]


def speech_json(
    metrics: SpeechMetrics, norms: Sequence[Norm], earlier: Sequence[Mapping[str, object]] = ()
) -> Json:
    """*metrics* as they are printed and kept. *earlier*: the ``speech`` of this speaker's earlier sessions."""
    return {
        "words": metrics.words,
        "speaking_s": seconds(metrics.speaking_s),
        "wpm": rounded(metrics.wpm, 1),
        "articulation_wpm": rounded(metrics.articulation_wpm, 1),
        "pause_share": rounded(metrics.pause_share, 3),
        "longest_pause_s": rounded(metrics.longest_pause_s, 2),
        "longest_monologue_s": seconds(metrics.longest_monologue_s),
        "fillers": [_filler(item) for item in metrics.fillers],
        "fillers_per_100_words": rounded(metrics.fillers_per_100_words, 2),
        "restarts": metrics.restarts,
        "pauses": metrics.pauses,
        "median_pause_s": rounded(metrics.median_pause_s, 2),
        "longest_monologue_start": rounded(metrics.longest_monologue_start_s, 2),
        "filled_pauses_per_100_words": rounded(metrics.filled_pauses_per_100_words, 2),
        "fillers_per_min": rounded(metrics.fillers_per_min, 2),
        "densest_half_minute": None if metrics.burst is None else _burst(metrics.burst),
        "repairs": [_repair(item) for item in metrics.repairs],
        "disfluencies_per_100_words": rounded(metrics.disfluencies_per_100_words, 2),
        "norms": {norm.of: _norm(norm, _value(metrics, norm.of)) for norm in norms},
        "own": _own(metrics, past_values(earlier)),
    }


def _filler(item: Filler) -> Json:
    return {
        "text": item.text,
        "start": rounded(item.start_s, 2),
        "end": rounded(item.end_s, 2),
        "kind": item.kind.value,
        "context": item.context,
    }


def _burst(burst: FillerBurst) -> Json:
    return {
        "start": seconds(burst.start_s),
        "end": seconds(burst.end_s),
        "count": burst.count,
        "topic": None if burst.topic is None else _evidence(burst.topic),
    }


def _evidence(item: Evidence) -> Json:
    return {"start": seconds(item.start_s), "end": seconds(item.end_s), "quote": item.quote}


def _repair(item: Repair) -> Json:
    return {
        "text": item.text,
        "start": rounded(item.start_s, 2),
        "end": rounded(item.end_s, 2),
        "kind": item.kind.value,
    }


def _norm(norm: Norm, value: float | None) -> Json:
    return {
        "low": norm.low,
        "typical": norm.typical,
        "high": norm.high,
        "place": None if value is None else norm.place(value).value,
        "source": norm.source,
    }


def _own(metrics: SpeechMetrics, past: Mapping[str, Sequence[float]]) -> Json:
    """By measure: the speaker's own median; what has none yet is left out."""
    found = {name: own(past[name], _value(metrics, name)) for name in MEASURES}
    return {
        name: {
            "median": rounded(item.median, 3),
            "sessions": item.sessions,
            "deviation": rounded(item.deviation, 3),
        }
        for name, item in found.items()
        if item is not None
    }


def _value(metrics: SpeechMetrics, name: str) -> float | None:
    value: float | None = getattr(metrics, name)
    return value
