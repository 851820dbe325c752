"""Where speech begins and ends, and where the audio is cut into pieces to be transcribed.

Two independent answers to the same frames. *Speech* (started, ended) is what the voice detector says,
smoothed; turn-taking lives on it. *Pieces* are for the recogniser and err the other way: every voiced frame
is in exactly one piece, and so is lasting sound for which only the liberal gate in front of the detector
opened, because a detector misses quiet and whispered speech. A piece ends at a pause; only one that would
grow too long is cut inside talk, at the best gap near its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.core.audio import FRAME_S, FRAME_SAMPLES, Piece, dbfs, frames_to_s
from voice_coach.core.events import SpeechEnded, SpeechStarted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.audio import AudioFrame, Pcm


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointerSettings:
    """Seconds, rounded to whole frames of 20 ms."""

    __pydantic_config__ = {"extra": "forbid"}

    onset_s: float = 0.1
    """Voice that makes a beginning; shorter is a click or a cough."""
    onset_over_coach_s: float = 0.12
    """The same while the coach speaks, whom it stops: with what detector and canceller take, 0.2 to 0.3 s of talk."""
    onset_gap_s: float = 0.04
    """A hole in the voice that does not break a beginning: one window of the detector."""
    end_silence_s: float = 0.3
    """Silence that makes an end; stops inside words are shorter."""
    pad_s: float = 0.3
    """Kept on either side of what was heard: recognisers clip words at the very edge."""
    cut_silence_s: float = 0.6
    """Silence that ends a piece of at least ``cut_min_s``."""
    cut_min_s: float = 8.0
    """Shorter pieces wait for a longer pause: a recogniser without context errs more."""
    cut_always_s: float = 0.9
    """Silence that ends a piece of any length."""
    cut_short_s: float = 0.45
    """Silence that ends a piece while a short answer is awaited."""
    max_piece_s: float = 25.0
    """Under the 30 s that Whisper hears at once: the prompt reaches only the first window."""
    look_back_s: float = 8.0
    """How far back from ``max_piece_s`` a gap is looked for."""
    gate_only_s: float = 0.4
    """Sound without voice that is still transcribed: quiet speech lasts longer than a click."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What became known with a frame."""

    events: tuple[SpeechStarted | SpeechEnded, ...] = ()
    pieces: tuple[Piece, ...] = ()


NOTHING = Heard()
NO_NUMBER = -1
"""Of a piece that was only looked at."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A frame that waits to become part of a piece."""

    pcm: Pcm
    is_speech: bool
    is_sound: bool


class Endpointer:
    """Hears one frame at a time. Holds at most ``max_piece_s`` of audio."""

    def __init__(self, settings: EndpointerSettings) -> None:
        self._speech = _SpeechEdges(settings)
        self._cutter = _PieceCutter(settings)
        self._next: int | None = None
        self._is_muted = False
        # Zeros in place of lost frames; what lies beyond is silence after everything was cut.
        self._fill_frames = _frames(settings.cut_always_s + settings.end_silence_s + 2 * settings.pad_s)

    def process(self, frame: AudioFrame, is_speech: bool, is_gate_open: bool = False) -> Heard:  # noqa: FBT001, FBT002 - two answers of one detector
        """What became known with *frame*.

        Frames that were lost before it (its index is ahead) count as silence, so that time does not shift.
        Raises ValueError when it is older than the last one.
        """
        expected = frame.index if self._next is None else self._next
        if frame.index < expected:
            message = f"frame {frame.index} came after frame {expected - 1}"
            raise ValueError(message)
        self._next = frame.index + 1
        if self._is_muted:
            return NOTHING
        heard = list(self._fill(expected, frame.index))
        heard.append(self._hear(frame.index, _Held(frame.pcm, is_speech, is_speech or is_gate_open)))
        return _joined(heard)

    def set_short(self, is_short: bool) -> None:  # noqa: FBT001 - a switch
        """Whether a short answer is awaited: pieces are then cut sooner."""
        self._cutter.is_short = is_short

    def pending(self, longest_s: float) -> Piece | None:
        """What was heard since the last cut, or the end of it: at most *longest_s*, cut at a gap where there is one.

        None where no voice is in it. Nothing is taken away.
        """
        return self._cutter.pending(_frames(longest_s))

    def set_over_coach(self, is_over_coach: bool) -> None:  # noqa: FBT001 - a switch
        """Whether the coach speaks: a beginning takes ``onset_over_coach_s`` of voice then."""
        self._speech.is_over_coach = is_over_coach

    def mute(self, is_muted: bool) -> Heard:  # noqa: FBT001 - a switch
        """Whether frames count for nothing from now on (half duplex); what is pending comes out first."""
        heard = self.flush() if is_muted and not self._is_muted else NOTHING
        self._is_muted = is_muted
        return heard

    def flush(self) -> Heard:
        """What is pending, and the end of speech: nothing more comes, or it shall not be waited for."""
        piece = self._cutter.cut_rest()
        self._cutter.forget()
        ended = self._speech.end(self._next or 0)
        return Heard(events=ended, pieces=() if piece is None else (piece,))

    def _fill(self, first: int, end: int) -> Iterator[Heard]:
        lost = _Held(np.zeros(FRAME_SAMPLES, np.int16), is_speech=False, is_sound=False)
        for index in range(first, min(end, first + self._fill_frames)):
            yield self._hear(index, lost)
        if end > first + self._fill_frames:
            self._cutter.forget()

    def _hear(self, index: int, held: _Held) -> Heard:
        pieces = self._cutter.add(index, held)
        return Heard(events=self._speech.step(index, held.is_speech), pieces=pieces)


class _SpeechEdges:
    """Smooths the detector's answers into beginnings and ends."""

    def __init__(self, settings: EndpointerSettings) -> None:
        self._onset = _frames(settings.onset_s)
        self._onset_over_coach = _frames(settings.onset_over_coach_s)
        self._onset_gap = _frames(settings.onset_gap_s)
        self._end_silence = _frames(settings.end_silence_s)
        self.is_speaking = False
        self.is_over_coach = False
        self._onset_index = 0
        self._voiced = 0
        self._last_voiced = -1

    def step(self, index: int, is_speech: bool) -> tuple[SpeechStarted | SpeechEnded, ...]:  # noqa: FBT001 - the detector's answer
        if is_speech:
            self._count(index)
            needed = self._onset_over_coach if self.is_over_coach else self._onset
            if not self.is_speaking and self._voiced >= needed:
                self.is_speaking = True
                return (SpeechStarted(at_s=frames_to_s(index + 1), onset_s=frames_to_s(self._onset_index)),)
        elif self.is_speaking and index - self._last_voiced >= self._end_silence:
            return self.end(index + 1)
        return ()

    def end(self, next_index: int) -> tuple[SpeechStarted | SpeechEnded, ...]:
        was_speaking, self.is_speaking, self._voiced = self.is_speaking, False, 0
        if not was_speaking:
            return ()
        return (SpeechEnded(at_s=frames_to_s(next_index), offset_s=frames_to_s(self._last_voiced + 1)),)

    def _count(self, index: int) -> None:
        if self._voiced == 0 or (not self.is_speaking and index - self._last_voiced - 1 > self._onset_gap):
            self._onset_index, self._voiced = index, 0
        self._voiced += 1
        self._last_voiced = index


class _PieceCutter:
    """Holds what was heard until a pause."""

    def __init__(self, settings: EndpointerSettings) -> None:
        self._settings = settings
        self._pad = _frames(settings.pad_s)
        self._max = _frames(settings.max_piece_s)
        self._gate_only = max(1, _frames(settings.gate_only_s))
        self.is_short = False
        self._id = 0
        self._held: list[_Held] = []
        self._first = 0
        self._voiced = self._sounds = self._unvoiced = self._quiet = 0

    def forget(self) -> None:
        """Let go of all that is held."""
        self._held = []
        self._recount()

    def add(self, index: int, held: _Held) -> tuple[Piece, ...]:
        """The pieces that *held*, the frame with *index*, completes."""
        if not self._held:
            self._first = index
        self._held.append(held)
        self._count(held)
        if self._sounds == 0:
            self._drop(len(self._held) - self._pad)
            return ()
        if self._is_pause():
            return _some(self._cut(self._pause_cut()))
        if len(self._held) >= self._max:
            return _some(self._cut(self._best_gap()))
        return ()

    def cut_rest(self) -> Piece | None:
        """All that is held as a piece, or None where it is silence."""
        return self._cut(len(self._held))

    def pending(self, longest: int) -> Piece | None:
        """The last frames held, *longest* at most, as a piece without a number; None without voice in them."""
        first = max(0, len(self._held) - longest)
        if first:
            middle = first + longest // 2
            gap = _longest_gap([item.is_speech for item in self._held[:middle]], first)
            first = first if gap is None else (gap[0] + gap[1]) // 2
        held = self._held[first:]
        if not any(item.is_speech for item in held):
            return None
        return self._piece(NO_NUMBER, held, self._first + first)

    def _is_pause(self) -> bool:
        if self._voiced == 0:
            return self._quiet >= _frames(self._settings.cut_always_s)
        if self.is_short:
            return self._unvoiced >= _frames(self._settings.cut_short_s)
        is_long = len(self._held) >= _frames(self._settings.cut_min_s)
        return self._unvoiced >= _frames(
            self._settings.cut_silence_s if is_long else self._settings.cut_always_s
        )

    def _pause_cut(self) -> int:
        """Where to cut in the pause at the end: after a pad of true silence, else where it is quietest."""
        total = len(self._held)
        after_sound = total - self._quiet + self._pad
        if self._quiet and after_sound <= total:
            return after_sound
        return self._quietest(total - self._unvoiced // 2, total)

    def _best_gap(self) -> int:
        """Where to cut talk that does not pause: in its longest late gap, else at its quietest late frame."""
        total = len(self._held)
        start = max(1, total - _frames(self._settings.look_back_s))
        gap = _longest_gap([item.is_speech for item in self._held], start)
        if gap is None:
            return self._quietest(start, total)
        quarter = (gap[1] - gap[0]) // 4
        return self._quietest(gap[0] + quarter, gap[1] - quarter)

    def _quietest(self, start: int, end: int) -> int:
        return start + int(np.argmin([dbfs(item.pcm) for item in self._held[start:end]]))

    def _cut(self, end: int) -> Piece | None:
        """Take ``held[:end]`` out; a piece of it, unless too little was heard."""
        taken, first = self._held[:end], self._first
        self._drop(end)
        self._recount()
        if (
            not any(item.is_speech for item in taken)
            and sum(item.is_sound for item in taken) < self._gate_only
        ):
            return None
        piece = self._piece(self._id, taken, first)
        self._id += 1
        return piece

    def _piece(self, number: int, taken: Sequence[_Held], first: int) -> Piece:
        """*taken*, of which the first is the frame *first*, from its first sound to its last and a pad around."""
        sounding = [index for index, item in enumerate(taken) if item.is_sound]
        voiced = sum(item.is_speech for item in taken)
        begin = max(0, sounding[0] - self._pad)
        finish = min(len(taken), sounding[-1] + 1 + self._pad)
        return Piece(
            id=number,
            start_s=frames_to_s(first + begin),
            pcm=np.concatenate([item.pcm for item in taken[begin:finish]]),
            voiced_s=frames_to_s(voiced),
            sound_from_s=frames_to_s(first + sounding[0]),
            sound_until_s=frames_to_s(first + sounding[-1] + 1),
        )

    def _drop(self, count: int) -> None:
        if count > 0:
            del self._held[:count]
            self._first += count

    def _count(self, held: _Held) -> None:
        self._voiced += held.is_speech
        self._sounds += held.is_sound
        self._unvoiced = 0 if held.is_speech else self._unvoiced + 1
        self._quiet = 0 if held.is_sound else self._quiet + 1

    def _recount(self) -> None:
        self._voiced = self._sounds = self._unvoiced = self._quiet = 0
        for held in self._held:
            self._count(held)


def _longest_gap(voiced: Sequence[bool], start: int) -> tuple[int, int] | None:
    """The longest run of False from *start* on as (first, end), the latest of equals; None without any."""
    edges = [start - 1, *(index for index in range(start, len(voiced)) if voiced[index]), len(voiced)]
    gaps = [(before + 1, after) for before, after in pairwise(edges) if after - before > 1]
    return max(gaps, key=lambda gap: (gap[1] - gap[0], gap[0]), default=None)


def _frames(seconds: float) -> int:
    return round(seconds / FRAME_S)


def _some(piece: Piece | None) -> tuple[Piece, ...]:
    return () if piece is None else (piece,)


def _joined(heard: Sequence[Heard]) -> Heard:
    if len(heard) == 1:
        return heard[0]
    return Heard(
        events=tuple(event for item in heard for event in item.events),
        pieces=tuple(piece for item in heard for piece in item.pieces),
    )
