"""Sounds that tests make themselves."""

from __future__ import annotations

import numpy as np

from voice_coach.core.audio import RATE_HZ, Pcm


def tone(seconds: float, hz: float = 440.0, rate_hz: int = RATE_HZ, peak: int = 8000) -> Pcm:
    """A sine."""
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    pcm: Pcm = (peak * np.sin(2 * np.pi * hz * times)).astype(np.int16)
    return pcm


def noise(seconds: float, rate_hz: int = RATE_HZ, seed: int = 1, level: int = 5000) -> Pcm:
    """Noise without its highest frequencies, so that it survives a change of rate."""
    white = np.random.default_rng(seed).normal(0.0, level, round(seconds * rate_hz) + 7)
    pcm: Pcm = np.convolve(white, np.ones(8) / 4, "valid").clip(-32000, 32000).astype(np.int16)
    return pcm


def silence(seconds: float, rate_hz: int = RATE_HZ) -> Pcm:
    """Digital silence."""
    return np.zeros(round(seconds * rate_hz), dtype=np.int16)


def found_at(heard: Pcm, sound: Pcm) -> tuple[int, float]:
    """Where *sound* is most alike in *heard* (sample), and the correlation there, by FFT."""
    size = 1 << (len(heard) + len(sound)).bit_length()
    long, short = heard.astype(np.float64), sound.astype(np.float64)
    alike = np.fft.irfft(np.fft.rfft(long, size) * np.conj(np.fft.rfft(short, size)), size)
    start = int(alike[: max(1, len(long) - len(short) + 1)].argmax())
    return start, float(np.corrcoef(long[start : start + len(short)], short)[0, 1])
