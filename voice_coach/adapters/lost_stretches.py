"""Speech inside a piece that the recogniser passed over, and how words that are found later are put in.

Whisper may leave out a whole sentence and go on with the next: where somebody speaks softly after speaking loudly,
hesitates at length, or another voice takes over. The piece then looks full enough. Its word times tell: between two
words lie seconds of voice, or one word is drawn out over them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.audio import FRAME_S, FRAME_SAMPLES, RATE_HZ, dbfs, duration_s, frames_to_s

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.audio import Pcm
    from voice_coach.core.transcript import Word
    from voice_coach.ports import VoiceDetector


_INSIDE_S = 0.3
"""Word times are off by about so much, so the quiet moment beside a stretch may seem to lie in it."""
_SEAM_WORDS = 3
"""So many words on a seam, at most, are looked for in the second hearing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostStretchSettings:
    """From where on voice without words is listened to again."""

    __pydantic_config__ = {"extra": "forbid"}

    voiced_s: float = 1.5
    """So much voice without a word. Measured: 0.8 s is never reached in 12 minutes of fluent and hesitant talk."""
    word_edge_s: float = 0.6
    """What is believed of a word at either end of its time; a longer one may hide others in its middle."""
    words_between: int = 2
    """Two such stretches with no more words between them are one: those words were heard without their context."""
    margin_s: float = 1.0
    """How far before and behind it a quiet moment is looked for at which it can be cut out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a piece that is to be heard again."""

    start_s: float
    """Seconds from the piece's start, as ``end_s``."""
    end_s: float
    first: int
    """Of the words that were found in it, which those of the second hearing replace."""
    end: int
    """The first word behind it."""


def lost_stretches(
    words: Sequence[Word], pcm: Pcm, detector: VoiceDetector, settings: LostStretchSettings
) -> list[Stretch]:
    """Where *pcm* (a piece, *words* in its own time) holds voice for which there are no words; in order, apart."""
    found: list[Stretch] = []
    voiced: list[bool] = []
    for stretch, edge_s in _wordless(words, duration_s(pcm), settings.word_edge_s):
        from_s, until_s = stretch.start_s + edge_s, stretch.end_s - edge_s
        if until_s - from_s < settings.voiced_s:
            continue
        voiced = voiced or _voiced(pcm, detector)
        if frames_to_s(sum(voiced[_frame(from_s) : _frame(until_s)])) < settings.voiced_s:
            continue
        if found and stretch.first - found[-1].end <= settings.words_between:
            last = found.pop()
            found.append(
                Stretch(start_s=last.start_s, end_s=stretch.end_s, first=last.first, end=stretch.end)
            )
        else:
            found.append(stretch)
    return found


def part(pcm: Pcm, from_s: float, until_s: float) -> Pcm:
    """What of *pcm* lies between two of its seconds."""
    return pcm[max(0, round(from_s * RATE_HZ)) : max(0, round(until_s * RATE_HZ))]


def cut_out(pcm: Pcm, stretch: Stretch, settings: LostStretchSettings) -> tuple[float, float]:
    """From and until when *stretch* of *pcm* is to be heard alone: at quiet moments, so that no word is cut in two.

    As little as can be of what stands beside it: a loud neighbour is why a quiet sentence is passed over.
    """
    length_s = duration_s(pcm)
    from_s, until_s = stretch.start_s, stretch.end_s
    if from_s > 0:
        from_s = _quietest_s(pcm, from_s - settings.margin_s, from_s + _INSIDE_S, from_s)
    if until_s < length_s:
        until_s = _quietest_s(pcm, until_s - _INSIDE_S, until_s + settings.margin_s, until_s)
    return from_s, until_s


def put_in(
    words: Sequence[Word], stretch: Stretch, heard: Sequence[Word], settings: LostStretchSettings
) -> tuple[Word, ...]:
    """*words* with what was *heard* of *stretch* and a little beside it in the place of what stood there.

    Words beside it that stand already are not doubled. Where the second hearing found no more than the first, the
    first stays.
    """
    before, after = words[: stretch.first], words[stretch.end :]
    fresh = _behind(before, heard, stretch.start_s, settings.margin_s)
    fresh = _ahead(after, fresh, stretch.end_s, settings.margin_s)
    if len(fresh) <= stretch.end - stretch.first:
        return tuple(words)
    return (*before, *fresh, *after)


def _wordless(words: Sequence[Word], length_s: float, edge_s: float) -> Iterator[tuple[Stretch, float]]:
    """What lies between words, and the words; with what at either end is taken up by the word itself."""
    ended_s = 0.0
    for number, word in enumerate(words):
        yield Stretch(start_s=ended_s, end_s=word.start_s, first=number, end=number), 0.0
        yield Stretch(start_s=word.start_s, end_s=word.end_s, first=number, end=number + 1), edge_s
        ended_s = word.end_s
    yield Stretch(start_s=ended_s, end_s=length_s, first=len(words), end=len(words)), 0.0


def _voiced(pcm: Pcm, detector: VoiceDetector) -> list[bool]:
    """Whether each frame of *pcm* is voice: about 4 ms a second of it."""
    detector.reset()
    whole = range(0, len(pcm) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    return [detector.is_speech(pcm[at : at + FRAME_SAMPLES]) for at in whole]


def _behind(before: Sequence[Word], heard: Sequence[Word], at_s: float, near_s: float) -> Sequence[Word]:
    """What of *heard* comes after the words *before* the seam at *at_s*.

    The seam is where the last words before it are said again, *near_s* from it or as the first words of all; where
    they are not, times decide.
    """
    for size in range(min(_SEAM_WORDS, len(before)), 0, -1):
        known = [word.bare for word in before[-size:]]
        for first in range(len(heard) - size, -1, -1):
            said = heard[first : first + size]
            is_there = abs(said[-1].end_s - at_s) <= near_s or (first == 0 and size > 1)
            if is_there and [word.bare for word in said] == known:
                return heard[first + size :]
    return [word for word in heard if _middle_s(word) >= at_s]


def _ahead(after: Sequence[Word], heard: Sequence[Word], at_s: float, near_s: float) -> Sequence[Word]:
    """What of *heard* comes before the words *after* the seam at *at_s*; see :func:`_behind`."""
    for size in range(min(_SEAM_WORDS, len(after)), 0, -1):
        known = [word.bare for word in after[:size]]
        for first in range(len(heard) - size + 1):
            said = heard[first : first + size]
            is_last = first + size == len(heard)
            is_there = abs(said[0].start_s - at_s) <= near_s or (is_last and size > 1)
            if is_there and [word.bare for word in said] == known:
                return heard[:first]
    return [word for word in heard if _middle_s(word) < at_s]


def _quietest_s(pcm: Pcm, from_s: float, until_s: float, near_s: float) -> float:
    """The middle of the quietest frame between two moments, of equals the nearest to *near_s*."""
    frames = range(max(0, _frame(from_s)), min(_frame(until_s), len(pcm) // FRAME_SAMPLES))

    def rank(index: int) -> tuple[float, float]:
        level = dbfs(pcm[index * FRAME_SAMPLES : (index + 1) * FRAME_SAMPLES])
        return round(level), abs((index + 0.5) * FRAME_S - near_s)

    return (min(frames, key=rank) + 0.5) * FRAME_S if frames else near_s


def _frame(at_s: float) -> int:
    return round(at_s / FRAME_S)


def _middle_s(word: Word) -> float:
    return (word.start_s + word.end_s) / 2
