"""What the loudspeaker's driver was handed, block by block: the far end of the echo.

Both cards count samples, so that their echo stays where it is in the microphone for as long as both run; the times at
which blocks are asked for and frames are read say far less, for drivers work in bursts. So the blocks are kept in a
queue from which each frame of the microphone takes one, whenever either comes.
"""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.adapters.rate_conversion import RateStream
from voice_coach.core.audio import FRAME_SAMPLES, RATE_HZ

if TYPE_CHECKING:
    from voice_coach.core.audio import Pcm

HELD_BLOCKS = 3
"""Of 20 ms, held back at first: fewer than what both cards delay the sound by (0.18 s as configured), for an echo
cannot be cancelled before its cause is known."""
KEPT_BLOCKS = 3
"""Once it was seen how the driver works, in bursts of two or three, so many are there whenever one is taken: each that
is missing is a hole in what is known of the echo. With those alone that are held back at first up to a quarter of all
were missing (measured on a virtual card), and the canceller unlearnt as fast as it learnt."""
SPARE_BLOCKS = 4
"""So many more are too many: one card is faster than the other."""
SETTLING_FRAMES = 25
WATCHED_FRAMES = 500
"""How long it is watched before it is set right, at first and later; then only if need be, for it moves the echo."""
MISSED_FRAMES = 10
"""With more frames without their blocks it is not waited any longer."""
LATE_BLOCKS = 10
"""With more missing on end there is no place to keep: the card ran dry, or frames came that had waited since before it
was begun with."""


class HandedOver:
    """A :class:`~voice_coach.ports.FarEnd`. :meth:`put` belongs to the driver's thread, the rest to the reader's."""

    def __init__(self, rate_hz: int) -> None:
        """Blocks of 20 ms come at *rate_hz*."""
        self._blocks: queue.SimpleQueue[Pcm] = queue.SimpleQueue()
        self._to_session = RateStream(rate_hz)
        # A converter gives now more, now less than was put in.
        self._rest: Pcm = np.zeros(0 if rate_hz == RATE_HZ else 2 * FRAME_SAMPLES, np.int16)
        self._silence = np.zeros(rate_hz // 50, np.int16)
        self._is_held = True
        self._late = 0
        """Blocks for which silence was given; when they come they are past."""
        self._silent = 0
        """Frames on end for which there was none."""
        self._added = 0
        """Frames of silence to give, so that more blocks are there from then on."""
        self._levels: list[int] = []
        """How many blocks there were for each frame since it was last set right, less those that are late."""
        self._window = SETTLING_FRAMES

    def put(self, block: Pcm) -> None:
        """*block*, int16, 20 ms, was handed over; it is copied. Never waits."""
        self._blocks.put(block.copy())

    def frame(self) -> Pcm:
        """The next 20 ms at 16 kHz; silence while there are too few."""
        self._rest = np.concatenate((self._rest, self._to_session.convert(self._next())))
        taken, self._rest = self._rest[:FRAME_SAMPLES], self._rest[FRAME_SAMPLES:]
        return np.pad(taken, (FRAME_SAMPLES - len(taken), 0))

    def _next(self) -> Pcm:
        ready = self._blocks.qsize()
        if self._is_held:
            # What came before anything was read is past.
            self._drop(ready - HELD_BLOCKS)
            self._is_held = ready < HELD_BLOCKS
            return self._silence if self._is_held else self._blocks.get()
        self._watch(ready - self._late)
        if self._added:
            self._added -= 1
            return self._silence
        past = min(self._late, self._blocks.qsize())
        self._drop(past)
        self._late -= past
        if not self._blocks.empty():
            self._silent = 0
            return self._blocks.get()
        self._late += 1
        self._silent += 1
        if self._silent > LATE_BLOCKS:
            self._is_held, self._late, self._silent = True, 0, 0
            self._levels, self._window = [], SETTLING_FRAMES
        return self._silence

    def _watch(self, level: int) -> None:
        self._levels.append(level)
        missed = sum(level < 1 for level in self._levels)
        if len(self._levels) < self._window and missed <= MISSED_FRAMES:
            return
        # Of few frames the least level; of many what is rarely fallen below.
        usual = sorted(self._levels)[len(self._levels) * MISSED_FRAMES // WATCHED_FRAMES]
        needed = KEPT_BLOCKS if self._window == SETTLING_FRAMES else 1
        self._levels, self._window = [], WATCHED_FRAMES
        if usual > KEPT_BLOCKS + SPARE_BLOCKS:
            self._late += usual - KEPT_BLOCKS
        elif usual < needed:
            missing = KEPT_BLOCKS - max(0, usual)
            taken_back = min(self._late, missing)
            self._late -= taken_back
            self._added = missing - taken_back

    def _drop(self, blocks: int) -> None:
        for _ in range(blocks):
            self._blocks.get()


class NewestFarEnd:
    """A :class:`~voice_coach.ports.FarEnd`: what the loudspeaker that was opened last is handed; silence before."""

    def __init__(self) -> None:
        self._of: HandedOver | None = None

    def renew(self, of: HandedOver) -> None:
        """Another loudspeaker was opened."""
        self._of = of

    def frame(self) -> Pcm:
        """See the port."""
        return np.zeros(FRAME_SAMPLES, np.int16) if self._of is None else self._of.frame()
