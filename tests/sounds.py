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


def speech(seconds: float, seed: int = 1) -> Pcm:
    """Sound with the rhythm and the crests of a voice: syllables of a buzz through two wandering formants."""
    random = np.random.default_rng(seed)
    pcm = np.zeros(round(seconds * RATE_HZ))
    at = RATE_HZ // 20
    while at < len(pcm):
        length = min(len(pcm) - at, round(random.uniform(0.1, 0.3) * RATE_HZ))
        pcm[at : at + length] += random.uniform(0.4, 1.0) * _syllable(length, random)
        at += length + round(random.choice([0.02, 0.05, 0.3], p=[0.5, 0.4, 0.1]) * RATE_HZ)
    whole: Pcm = (pcm / np.abs(pcm).max() * 16_000).astype(np.int16)
    return whole


def _syllable(length: int, random: np.random.Generator) -> np.ndarray:
    times = np.arange(length) / RATE_HZ
    pitch = random.uniform(95, 180) * (1.0 - 0.2 * times / times[-1])
    phase = np.cumsum(pitch) / RATE_HZ
    pulses = np.diff(np.floor(phase), prepend=0.0) + random.normal(0.0, 0.02, length)
    voice = np.zeros(length)
    for formant, width in ((random.uniform(300, 800), 80.0), (random.uniform(900, 2400), 120.0)):
        rings = np.arange(RATE_HZ // 50) / RATE_HZ
        voice += np.convolve(pulses, np.exp(-width * np.pi * rings) * np.sin(2 * np.pi * formant * rings))[
            :length
        ]
    return np.asarray(voice * np.sin(np.pi * np.arange(length) / length))


def with_level(pcm: Pcm, dbfs: float) -> Pcm:
    """*pcm* at another root-mean-square level."""
    samples = pcm.astype(np.float64)
    samples *= 32768.0 * 10.0 ** (dbfs / 20.0) / np.sqrt(np.mean(samples**2))
    return samples.clip(-32768, 32767).astype(np.int16)


def clipped(pcm: Pcm, over_db: float) -> Pcm:
    """*pcm* whose crests, by so much of its peak, were cut off."""
    limit = np.abs(pcm.astype(np.int32)).max() * 10.0 ** (-over_db / 20.0)
    return pcm.clip(-limit, limit).astype(np.int16)


def echoed(pcm: Pcm, gain: float, delay_s: float, rings_s: float = 0.0) -> Pcm:
    """What comes back of *pcm*: later, or sooner where *delay_s* is negative, and through a room that rings so long."""
    delay = round(delay_s * RATE_HZ)
    late = np.concatenate((np.zeros(max(0, delay)), pcm[max(0, -delay) :]))[: len(pcm)].astype(np.float64)
    if rings_s:
        length = round(rings_s * RATE_HZ)
        walls = np.random.default_rng(9).normal(0.0, 1.0, length) * np.exp(-6.9 * np.arange(length) / length)
        walls[0] = 3.0
        late = np.convolve(late, walls / np.sqrt(np.sum(walls**2)))
    late = np.pad(late, (0, max(0, len(pcm) - len(late))))[: len(pcm)]
    return (gain * late).clip(-32768, 32767).astype(np.int16)
