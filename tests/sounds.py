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


def typing(seconds: float, *, seed: int, peak: float = 0.4) -> Pcm:
    """A keyboard beside the microphone: four to nine keys a second in bursts of words, each a click down and one up."""
    random = np.random.default_rng(seed)
    pcm = np.zeros(round(seconds * RATE_HZ))
    at = RATE_HZ // 10
    while at < len(pcm) - RATE_HZ // 4:
        loudness = peak * random.uniform(0.4, 1.0)
        for delay_s, share in ((0.0, 1.0), (random.uniform(0.06, 0.12), 0.4)):
            _strike(pcm, at + round(delay_s * RATE_HZ), share * loudness, random)
        is_word_over = random.random() < 1 / 6
        at += round(
            RATE_HZ * (random.uniform(0.11, 0.25) + (random.uniform(0.2, 0.6) if is_word_over else 0))
        )
    return (pcm * 32767).clip(-32768, 32767).astype(np.int16)


def _strike(pcm: np.ndarray, at: int, level: float, random: np.random.Generator) -> None:
    """A burst of noise of 2 to 5 ms, and the desk, which sounds after it."""
    times = np.arange(RATE_HZ // 25) / RATE_HZ
    click = random.normal(size=len(times)) * np.exp(-times / random.uniform(0.002, 0.005))
    desk = np.sin(2 * np.pi * random.uniform(120, 260) * times) * np.exp(-times / 0.012)
    pcm[at : at + len(times)] += level * (0.35 * click + 0.3 * desk)
