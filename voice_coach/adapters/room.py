"""The simulated room: a candidate who answers the coach, on the audio's own clock.

The room counts samples. Every 20 ms it looks whether the coach is speaking, so the coach's beginnings and
ends are known to a frame; the room's own entries begin and end on the sample. Nothing here depends on the
time of day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, assert_never

import numpy as np

from voice_coach.adapters.real_time import Pace, at_once
from voice_coach.adapters.room_script import Line, When
from voice_coach.core.audio import FRAME_SAMPLES, RATE_HZ, AudioFrame, frames_to_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.audio import Pcm

GIVE_UP_S = 60.0
"""Room time after the previous entry's end within which an entry must begin: its cue, its own wait included, has
come by then or does not come any more.
"""


class Speaking(Protocol):
    """A player that can be asked whether it speaks."""

    @property
    def is_speaking(self) -> bool:
        """Whether an utterance was started and is neither over nor stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An entry that was said from beginning to end."""

    index: int
    """Counts the room's entries from 0."""
    start_s: float
    """Session seconds of the beginning of its first sample."""
    end_s: float
    """Session seconds of the end of its last sample."""


@dataclass(slots=True)
class _Coach:
    """When the coach last began and last finished, in samples since the session's start."""

    is_speaking: bool = False
    began: int | None = None
    ended: int | None = None

    def observe(self, at: int, *, is_speaking: bool) -> None:
        if is_speaking and not self.is_speaking:
            self.began = at
        if self.is_speaking and not is_speaking:
            self.ended = at
        self.is_speaking = is_speaking


class Room:
    """An :class:`~voice_coach.ports.AudioSource` that says its lines when their cues have come.

    Between the lines and after the last one there is digital silence, for ever: read never returns None.
    """

    def __init__(self, lines: Sequence[Line], player: Speaking, pace: Pace = at_once) -> None:
        """*player* is the coach's, advanced once for each frame that is read from here."""
        self._lines = tuple(lines)
        self._player = player
        self._pace = pace
        self._coach = _Coach()
        self._frames = 0
        self._current = 0
        self._start: int | None = None
        """First sample of the current line, once its cue has come."""
        self._previous_end = 0
        self._cued_at: int | None = None
        """When the coach began, for a line that waits for that: it holds even if the coach begins again."""
        self._said: list[Said] = []
        self._is_closing = False
        """The wrap-up was asked for."""
        self._closes_from = 0
        """The sample at which that was known; what answers it has its time from there on."""

    @property
    def is_exhausted(self) -> bool:
        """Whether all has been said that will be said."""
        return self._current >= len(self._lines)

    def take_said(self) -> tuple[Said, ...]:
        """The entries whose last sample was read since the last call."""
        said = tuple(self._said)
        self._said.clear()
        return said

    def wrap_up(self) -> None:
        """The wrap-up is asked for: of what was not begun yet, all before the answer to it is left out."""
        if not self._is_closing:
            self._is_closing, self._closes_from = True, self._frames * FRAME_SAMPLES
            if self._start is not None and self._start >= self._closes_from:
                self._start = None

    def read(self) -> AudioFrame:
        """The next frame."""
        self._pace(frames_to_s(self._frames + 1))
        begin = self._frames * FRAME_SAMPLES
        self._coach.observe(begin, is_speaking=self._player.is_speaking)
        frame = AudioFrame(index=self._frames, pcm=self._frame(begin))
        self._frames += 1
        return frame

    def close(self) -> None:
        """Nothing is held open."""

    def _frame(self, begin: int) -> Pcm:
        pcm: Pcm = np.zeros(FRAME_SAMPLES, dtype=np.int16)
        end = begin + FRAME_SAMPLES
        while not self.is_exhausted:
            if self._start is None:
                self._pass_over()
            line = self._lines[self._current]
            if line.is_closing and not self._is_closing:
                break
            if self._start is None:
                cue = self._cue(line, begin)
                self._start = None if cue is None else max(begin, cue)
            if (begin if self._start is None else self._start) > self._deadline:
                self._give_up()
                break
            if self._start is None or self._start >= end:
                break
            stop = self._start + len(line.pcm)
            first, last = max(begin, self._start), min(end, stop)
            pcm[first - begin : last - begin] = line.pcm[first - self._start : last - self._start]
            if stop > end:
                break
            self._finish(self._start, stop)
        return pcm

    def _finish(self, start: int, stop: int) -> None:
        self._said.append(Said(index=self._current, start_s=_seconds(start), end_s=_seconds(stop)))
        self._previous_end = stop
        self._start = None
        self._cued_at = None
        self._current += 1

    def _pass_over(self) -> None:
        """Goes on to the answer to the wrap-up where that is asked for and still to be said."""
        if not self._is_closing:
            return
        left = range(self._current, len(self._lines))
        closing = next((at for at in left if self._lines[at].is_closing), self._current)
        if closing != self._current:
            self._current, self._cued_at = closing, None

    def _cue(self, line: Line, begin: int) -> int | None:
        """The sample at which *line* begins, once that is certain within the frame at *begin*."""
        wait = round(line.wait_s * RATE_HZ)
        since = max(self._previous_end, self._closes_from) if line.is_closing else self._previous_end
        match line.when:
            case When.START:
                return since
            case When.THEN:
                return since + wait
            case When.ASKED:
                return self._asked(begin, since, wait)
            case When.OVER:
                return self._over(since, wait)
            case _:
                assert_never(line.when)

    def _asked(self, begin: int, since: int, wait: int) -> int | None:
        ended = self._coach.ended
        if self._coach.is_speaking or ended is None or ended < since:
            return None
        start = ended + wait
        return start if start < begin + FRAME_SAMPLES else None

    def _over(self, since: int, wait: int) -> int | None:
        began = self._coach.began
        if self._cued_at is None and began is not None and began >= since:
            self._cued_at = began
        return None if self._cued_at is None else self._cued_at + wait

    @property
    def _deadline(self) -> int:
        since = max(self._previous_end, self._closes_from)
        return since + round(GIVE_UP_S * RATE_HZ)

    def _give_up(self) -> None:
        """This entry and all after it stay unsaid."""
        self._start = None
        self._current = len(self._lines)


def _seconds(sample: int) -> float:
    """Exact: a sample is 0.0000625 s."""
    return round(sample / RATE_HZ, 7)
