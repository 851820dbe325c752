"""What is heard in a room beside the candidate, made without any recording; all int16, 16 kHz, drawn from a seed.

Each has the level that is asked for: root mean square of what sounds, in dBFS.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voice_coach.core.audio import FRAME_SAMPLES, RATE_HZ, Pcm

Sound = NDArray[np.float64]
_LOUD_SHARE = 0.05
"""Frames under this share of the loudest one's power are silence between sounds."""


def fan(seconds: float, *, seed: int, level_dbfs: float) -> Pcm:
    """Air, deeper than white noise, the hum of a motor with its overtones, and a slow beat of both."""
    random = np.random.default_rng(seed)
    at_s = _times(seconds)
    slope = random.uniform(0.8, 1.4)
    air = _coloured(random, len(at_s), slope)
    hum_hz = random.uniform(85.0, 130.0)
    hum = sum(np.sin(2 * np.pi * hum_hz * k * at_s + random.uniform(0, 6)) / k**1.5 for k in range(1, 6))
    beat = 1.0 + 0.25 * np.sin(2 * np.pi * random.uniform(0.2, 1.2) * at_s)
    return at_level(beat * (air / air.std() + random.uniform(0.2, 0.6) * hum), level_dbfs)


def music(seconds: float, *, seed: int, level_dbfs: float) -> Pcm:
    """Chords and broken chords with vibrato, a bass, and a drum kit."""
    random = np.random.default_rng(seed)
    sound = np.zeros(len(_times(seconds)))
    beat_s = 60.0 / random.uniform(80.0, 130.0)
    root_hz = 110.0 * 2 ** (random.integers(0, 12) / 12)
    for beat in range(int(seconds / beat_s)):
        chord = ((0, 4, 7), (-3, 0, 4), (5, 9, 12), (7, 11, 14))[beat // 4 % 4]
        if beat % 4 == 0:
            for k in chord:
                _add(sound, beat * beat_s, _note(random, root_hz * 2 ** (k / 12), 4 * beat_s))
            _add(sound, beat * beat_s, 1.5 * _note(random, root_hz / 2 * 2 ** (chord[0] / 12), 2 * beat_s))
        for part in range(2):
            tone_hz = 2 * root_hz * 2 ** (chord[int(random.integers(0, 3))] / 12)
            _add(sound, (beat + part / 2) * beat_s, 0.7 * _note(random, tone_hz, beat_s))
            _add(sound, (beat + part / 2) * beat_s, 0.3 * _burst(random, 0.03, -1.0))
        _add(sound, beat * beat_s, _kick() if beat % 2 == 0 else 1.2 * _burst(random, 0.12, 0.0))
    return at_level(sound, level_dbfs)


def song(seconds: float, *, seed: int, level_dbfs: float) -> Pcm:
    """A voice that sings vowels on a melody, with a consonant before each, and music behind it."""
    random = np.random.default_rng(seed)
    sound = music(seconds, seed=seed, level_dbfs=-26.0) / 32768.0
    melody = np.zeros(len(sound))
    base_hz, at_s, step = random.uniform(130.0, 260.0), 0.3, 0
    while at_s < seconds - 1.5:
        lasts_s = float(random.choice([0.25, 0.4, 0.6, 1.0]))
        step = int(np.clip(step + random.integers(-3, 4), -5, 12))
        _add(melody, at_s, 0.3 * _burst(random, 0.06, -0.5))
        _add(melody, at_s + 0.05, _sung(random, base_hz * 2 ** (step / 12), lasts_s))
        at_s += lasts_s + (0.8 if random.random() < 0.15 else 0.03)
    return at_level(melody / _loudness(melody) + 0.5 * sound / _loudness(sound), level_dbfs)


def cough(*, seed: int, level_dbfs: float) -> Pcm:
    """One to three coughs: an explosion of 40 ms, air through the open throat for 0.2 s, often a voiced end.

    Phases and lengths after Korpas, Sadlonova and Vrabec 1996.
    """
    random = np.random.default_rng(seed)
    sound = np.zeros(RATE_HZ * 3)
    at_s = 0.1
    for _ in range(int(random.integers(1, 4))):
        size = round(random.uniform(0.16, 0.26) * RATE_HZ)
        air = random.normal(size=size) * np.exp(-4.0 * np.arange(size) / size)
        throat = _resonant(
            air, (random.uniform(400, 700), random.uniform(1100, 1700), 2800.0), (250, 350, 500)
        )
        _add(sound, at_s, 1.2 * _burst(random, 0.04, -0.3))
        _add(sound, at_s + 0.02, 0.8 * throat / np.abs(throat).max())
        if random.random() < 0.6:
            voiced = _sung(random, random.uniform(180.0, 350.0), random.uniform(0.06, 0.14))
            _add(sound, at_s + 0.2, 0.3 * voiced / np.abs(voiced).max())
        at_s += random.uniform(0.4, 0.6)
    return at_level(sound[: round((at_s + 0.3) * RATE_HZ)], level_dbfs)


def laughter(*, seed: int, level_dbfs: float) -> Pcm:
    """Five to ten voiced calls of 75 ms, 0.21 s apart, falling in pitch and loudness, with breath between.

    Provine and Yong 1991; pitch after Bachorowski, Smoski and Owren 2001.
    """
    random = np.random.default_rng(seed)
    calls = int(random.integers(5, 11))
    sound = np.zeros(round((0.21 * calls + 1.0) * RATE_HZ))
    pitch_hz = random.uniform(180.0, 400.0)
    for call in range(calls):
        fall = 1.0 - 0.4 * call / calls
        voiced = _sung(random, pitch_hz * fall * random.uniform(0.95, 1.05), random.uniform(0.06, 0.1), "a")
        breath = _burst(random, 0.12, 0.2)
        _add(sound, 0.1 + 0.21 * call, fall * voiced / np.abs(voiced).max())
        _add(sound, 0.18 + 0.21 * call, 0.12 * fall * breath / np.abs(breath).max())
    return at_level(sound, level_dbfs)


def from_afar(voice: Pcm, *, seed: int, level_dbfs: float, reverberation_s: float = 0.6) -> Pcm:
    """*voice* from the other side of a room or through a door: dull, and more of the walls than of the mouth."""
    random = np.random.default_rng(seed)
    size = round(reverberation_s * RATE_HZ)
    walls = random.normal(size=size) * np.exp(-6.9 * np.arange(size) / size)
    walls[0] = 4.0
    length = len(voice) + size
    spectrum = np.fft.rfft(voice.astype(np.float64), length) * np.fft.rfft(walls, length)
    dull_hz = random.uniform(1800.0, 3000.0)
    spectrum /= 1.0 + (np.fft.rfftfreq(length, 1 / RATE_HZ) / dull_hz) ** 4
    return at_level(np.fft.irfft(spectrum, length), level_dbfs)


def at_level(sound: Sound | Pcm, level_dbfs: float) -> Pcm:
    """*sound* so loud where it sounds."""
    scaled = sound * (32768.0 * 10 ** (level_dbfs / 20) / _loudness(sound.astype(np.float64)))
    pcm: Pcm = scaled.clip(-32768, 32767).astype(np.int16)
    return pcm


def together(*sounds: Pcm) -> Pcm:
    """All of them at once, as long as the longest."""
    size = max(map(len, sounds))
    pcm: Pcm = (
        np.sum([np.pad(sound.astype(np.int32), (0, size - len(sound))) for sound in sounds], axis=0)
        .clip(-32768, 32767)
        .astype(np.int16)
    )
    return pcm


def _loudness(sound: Sound) -> float:
    frames = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    power = np.mean(frames**2, axis=1)
    return float(np.sqrt(np.mean(power[power >= _LOUD_SHARE * power.max()])))


def _times(seconds: float) -> Sound:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def _add(sound: Sound, at_s: float, part: Sound) -> None:
    first = round(at_s * RATE_HZ)
    part = part[: max(0, len(sound) - first)]
    sound[first : first + len(part)] += part


def _coloured(random: np.random.Generator, size: int, slope: float) -> Sound:
    """Noise whose power falls with the frequency to the power of *slope*; with a negative one it rises."""
    spectrum = np.fft.rfft(random.normal(size=size))
    hz = np.maximum(np.fft.rfftfreq(size, 1 / RATE_HZ), 40.0)
    coloured: Sound = np.fft.irfft(spectrum * hz ** (-slope / 2), size)
    return coloured


def _burst(random: np.random.Generator, seconds: float, slope: float) -> Sound:
    size = round(2 * seconds * RATE_HZ)
    sound = _coloured(random, size, slope) * np.exp(-np.arange(size) / (0.4 * size / 2))
    burst: Sound = sound / np.abs(sound).max()
    return burst


def _kick() -> Sound:
    at_s = _times(0.2)
    sound: Sound = np.sin(2 * np.pi * (50.0 * at_s + 3.0 * (1 - np.exp(-at_s * 40)))) * np.exp(-at_s * 18)
    return sound


def _note(random: np.random.Generator, hz: float, seconds: float) -> Sound:
    """A plucked string with a little vibrato."""
    at_s = _times(seconds)
    phase = 2 * np.pi * hz * at_s + 0.15 * np.sin(2 * np.pi * random.uniform(4.5, 6.5) * at_s)
    sound = sum(np.sin(k * phase) / k**1.3 for k in range(1, 8) if k * hz < RATE_HZ / 2)
    shaped: Sound = sound * np.minimum(at_s / 0.01, 1.0) * np.exp(-2.0 * at_s / seconds)
    return 0.4 * shaped


_VOWELS = {
    "a": (730.0, 1090.0, 2440.0), "e": (530.0, 1840.0, 2480.0), "i": (270.0, 2290.0, 3010.0),
    "o": (570.0, 840.0, 2410.0), "u": (300.0, 870.0, 2240.0),
}  # fmt: skip
"""Formants in Hz (Peterson and Barney 1952, men)."""


def _sung(random: np.random.Generator, hz: float, seconds: float, vowel: str | None = None) -> Sound:
    """A vowel with the pitch *hz* and a vibrato."""
    at_s = _times(seconds)
    phase = 2 * np.pi * hz * at_s + 0.012 * hz * np.sin(2 * np.pi * 5.5 * at_s) / 5.5 * np.minimum(at_s, 1)
    glottis = sum(np.cos(k * phase) / k for k in range(1, int(RATE_HZ / 2 / hz)))
    formants = _VOWELS[vowel or str(random.choice(list(_VOWELS)))]
    scale = random.uniform(0.95, 1.2)
    voiced = _resonant(np.asarray(glottis), tuple(scale * f for f in formants), (80, 110, 160))
    edges = np.minimum(np.minimum(at_s, seconds - at_s) / 0.03, 1.0)
    sound: Sound = voiced * edges / max(np.abs(voiced * edges).max(), 1e-9)
    return sound


def _resonant(sound: Sound, formants_hz: tuple[float, ...], widths_hz: tuple[float, ...]) -> Sound:
    """*sound* through a throat with these resonances."""
    hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    gain = sum(
        (0.6**place) / np.sqrt(1 + ((hz - at) / width) ** 2)
        for place, (at, width) in enumerate(zip(formants_hz, widths_hz, strict=True))
    )
    through: Sound = np.fft.irfft(np.fft.rfft(sound) * gain, len(sound))
    return through
