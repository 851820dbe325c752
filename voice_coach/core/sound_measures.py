"""What a microphone heard, in numbers: levels, clipping, and how much of it was the coach's own voice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice_coach.core.audio import FRAME_SAMPLES, RATE_HZ, SILENCE_DBFS, Pcm, dbfs

_NEAR_PEAK = 0.98
_LEAST_PEAK = 500
"""int16, -36 dBFS: under it a waveform has too few steps for its crests to tell anything."""
_WINDOW = 1024
"""64 ms: longer than most of what a room adds to an echo."""
_HOP = _WINDOW // 2
_EARLIEST, _LATEST = round(-0.2 * RATE_HZ), round(0.6 * RATE_HZ)
"""Where an echo is looked for behind what the player says is heard, in samples: both cards delay sound."""
_ACTIVE_DB = 25.0
"""Frames of the coach no quieter than its loudest by more than this are its voice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """The coach's voice in the microphone."""

    share: float
    """Of the power that was heard meanwhile, how much follows the coach's voice."""
    dbfs: float
    """The level of that part."""
    cancelled_db: float
    """By how much quieter the microphone is behind the canceller while the coach speaks; 0 without one."""
    left_dbfs: float
    """What is left there meanwhile, the room's noise included."""


def levels_dbfs(pcm: Pcm) -> NDArray[np.float64]:
    """The level of each whole frame of *pcm* (int16, 16 kHz) about its mean, at least ``SILENCE_DBFS``."""
    frames = (pcm[: len(pcm) // FRAME_SAMPLES * FRAME_SAMPLES]).reshape(-1, FRAME_SAMPLES) / 32768.0
    power = np.square(frames - frames.mean() if len(frames) else frames).mean(axis=1)
    return _decibels(power)


def clipped_share(pcm: Pcm) -> float:
    """The share of samples of *pcm* that stand at its highest or lowest crest: 0 to 1.

    A voice has one highest crest; where an amplifier cut it off there are many as high, whatever was done to the level
    later. Quiet sound, of under -36 dBFS at its crests, has none.
    """
    at_crest = 0
    for side in (pcm.astype(np.int32), -pcm.astype(np.int32)):
        crest = int(side.max(initial=0))
        if crest >= _LEAST_PEAK:
            at_crest += int(np.count_nonzero(side >= _NEAR_PEAK * crest))
    return at_crest / max(1, len(pcm))


def echo_of(coach: Pcm, near: Pcm, left: Pcm | None) -> Echo:
    """What of *near*, the microphone's sound, is the voice of *coach*; *left* is *near* behind a canceller.

    All are int16, 16 kHz, of one length and, but for the delay of the way, on one clock. Less than a second of them
    tells nothing.
    """
    if len(coach) < RATE_HZ:
        return Echo(share=0.0, dbfs=SILENCE_DBFS, cancelled_db=0.0, left_dbfs=SILENCE_DBFS)
    delay = _delay(coach, near)
    said, heard = _laid(coach, near, delay)
    share = _shared(said, heard)
    level = dbfs(heard)
    active = np.flatnonzero(_is_active(said))
    cancelled_db, left_dbfs = 0.0, level
    if left is not None and len(active):
        _, rest = _laid(coach, left, delay)
        before, after = (_mean_dbfs(levels_dbfs(sound)[active]) for sound in (heard, rest))
        cancelled_db, left_dbfs = before - after, after
    echo_dbfs = SILENCE_DBFS if share <= 0.0 else max(SILENCE_DBFS, level + 10.0 * float(np.log10(share)))
    return Echo(share=share, dbfs=echo_dbfs, cancelled_db=cancelled_db, left_dbfs=left_dbfs)


def _is_active(coach: Pcm) -> NDArray[np.bool_]:
    levels = levels_dbfs(coach)
    active: NDArray[np.bool_] = levels > max(SILENCE_DBFS, levels.max(initial=SILENCE_DBFS) - _ACTIVE_DB)
    return active


def _mean_dbfs(levels: NDArray[np.float64]) -> float:
    """Of the power."""
    return 10.0 * float(np.log10(np.mean(10.0 ** (levels / 10.0))))


def _delay(coach: Pcm, near: Pcm) -> int:
    """By how many samples *coach* is heard later, by the crest of the correlation of both, all pitches alike."""
    size = 1 << (2 * len(coach)).bit_length()
    cross = np.fft.rfft(near.astype(np.float64), size) * np.conj(np.fft.rfft(coach.astype(np.float64), size))
    alike = np.fft.irfft(cross / np.maximum(np.abs(cross), 1e-9), size)
    lags = np.arange(_EARLIEST, _LATEST)
    return int(lags[alike[lags].argmax()])


def _laid(coach: Pcm, near: Pcm, delay: int) -> tuple[Pcm, Pcm]:
    """Both from where they belong together."""
    if delay >= 0:
        return coach[: len(coach) - delay], near[delay:]
    return coach[-delay:], near[:delay]


def _shared(said: Pcm, heard: Pcm) -> float:
    """How much of the power of *heard* a linear way from *said* explains: coherence, what chance gives taken off."""
    one, other = _spectra(said), _spectra(heard)
    cross = np.abs((np.conj(one) * other).mean(axis=0)) ** 2
    power, heard_power = (np.square(np.abs(item)).mean(axis=0) for item in (one, other))
    coherence = cross / np.maximum(power * heard_power, 1e-9)
    by_chance = min(1.0, 2.0 / len(one))
    coherence = np.maximum(0.0, coherence - by_chance)
    total = float(heard_power.sum())
    return 0.0 if total <= 0.0 else float((coherence * heard_power).sum()) / total


def _spectra(pcm: Pcm) -> NDArray[np.complex128]:
    starts = range(0, len(pcm) - _WINDOW + 1, _HOP)
    windows = np.stack([pcm[start : start + _WINDOW] for start in starts]).astype(np.float64)
    spectra: NDArray[np.complex128] = np.fft.rfft(windows * np.hanning(_WINDOW), axis=1)
    return spectra


def _decibels(power: NDArray[np.float64]) -> NDArray[np.float64]:
    floor = 10.0 ** (SILENCE_DBFS / 10.0)
    levels: NDArray[np.float64] = 10.0 * np.log10(np.maximum(power, floor))
    return levels
