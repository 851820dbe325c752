"""Log-mel features as Whisper hears them: 80 bands, a frame every 10 ms (openai/whisper, ``audio.py``)."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from voice_coach.core.audio import RATE_HZ

BANDS = 80
HOP_SAMPLES = 160
_WINDOW_SAMPLES = 400
_LINEAR_UP_TO_HZ = 1000.0
"""Slaney's mel scale: linear up to here, then 27 bands for each factor of 6.4."""
_HZ_PER_MEL = 200.0 / 3.0
_LOG_STEP = np.log(6.4) / 27.0
_LEAST_POWER = 1e-10
_RANGE = 8.0
"""What is fainter than the loudest by more powers of ten than this counts as this much fainter."""

Samples = NDArray[np.float32]


def log_mel(samples: Samples) -> Samples:
    """The features of *samples* (float32, (n,), 16 kHz), shape (80, n / 160)."""
    padded = np.pad(samples.astype(np.float64), _WINDOW_SAMPLES // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW_SAMPLES)[::HOP_SAMPLES]
    spectrum = np.fft.rfft(windows[: len(samples) // HOP_SAMPLES] * _hann())
    power = _bands() @ (np.abs(spectrum) ** 2).T
    logged = np.log10(np.maximum(power, _LEAST_POWER))
    features: Samples = ((np.maximum(logged, logged.max() - _RANGE) + 4.0) / 4.0).astype(np.float32)
    return features


@cache
def _hann() -> NDArray[np.float64]:
    return np.hanning(_WINDOW_SAMPLES + 1)[:-1]


@cache
def _bands() -> NDArray[np.float64]:
    """Triangles of equal area, (80, 201)."""
    edges = _hz(np.linspace(0.0, _mel(RATE_HZ / 2), BANDS + 2))
    bins = np.fft.rfftfreq(_WINDOW_SAMPLES, 1 / RATE_HZ)
    width = np.diff(edges)[:, np.newaxis]
    rising = (bins - edges[:-2, np.newaxis]) / width[:-1]
    falling = (edges[2:, np.newaxis] - bins) / width[1:]
    triangles: NDArray[np.float64] = np.maximum(0.0, np.minimum(rising, falling))
    return triangles * (2.0 / (edges[2:] - edges[:-2]))[:, np.newaxis]


def _mel(hz: float) -> float:
    return float(_LINEAR_UP_TO_HZ / _HZ_PER_MEL + np.log(hz / _LINEAR_UP_TO_HZ) / _LOG_STEP)


def _hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    above = mel - _LINEAR_UP_TO_HZ / _HZ_PER_MEL
    return np.where(above < 0, mel * _HZ_PER_MEL, _LINEAR_UP_TO_HZ * np.exp(_LOG_STEP * above))
