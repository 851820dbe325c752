"""From frames to speech and pieces: the one way in which a file and a microphone are heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voice_coach.core.audio import FRAME_SAMPLES, AudioFrame
from voice_coach.core.endpointing import NOTHING
from voice_coach.core.review_turn import is_for_the_coach
from voice_coach.core.session_stage import REVIEW, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voice_coach.core.audio import Pcm, Piece
    from voice_coach.core.endpointing import Endpointer, Heard
    from voice_coach.core.session_state import SessionState
    from voice_coach.core.session_step import Book
    from voice_coach.core.transcript import Transcript, Word
    from voice_coach.ports import GatedDetector

LANGUAGE_PIECES = 3
"""So many pieces are listened to for their language: one may be mistaken, most are not."""
LANGUAGE_FROM_S = 5.0
"""Voice in a piece from which its language can be told."""


def frames_of(pcm: Pcm) -> Iterator[AudioFrame]:
    """*pcm* (int16, 16 kHz) as frames from index 0; the last is filled up with silence."""
    for index, first in enumerate(range(0, len(pcm), FRAME_SAMPLES)):
        part = pcm[first : first + FRAME_SAMPLES]
        yield AudioFrame(index=index, pcm=np.pad(part, (0, FRAME_SAMPLES - len(part))))


def hear(frame: AudioFrame, detector: GatedDetector, endpointer: Endpointer) -> Heard:
    """What becomes known with *frame*."""
    is_speech = detector.is_speech(frame.pcm)
    return endpointer.process(frame, is_speech, detector.is_gate_open)


def listen(frames: Iterable[AudioFrame], detector: GatedDetector, endpointer: Endpointer) -> Iterator[Heard]:
    """All that becomes known with *frames*, the end included, as it does."""
    for frame in frames:
        heard = hear(frame, detector, endpointer)
        if heard != NOTHING:
            yield heard
    heard = endpointer.flush()
    if heard != NOTHING:
        yield heard


def tells_language(piece: Piece, transcript: Transcript) -> bool:
    """Whether *piece* is to be listened to for its language: the first few of some length are."""
    return piece.voiced_s >= LANGUAGE_FROM_S and len(transcript.languages) < LANGUAGE_PIECES


def worth_keeping(words: tuple[Word, ...], state: SessionState, book: Book) -> tuple[Word, ...]:
    """Those of *words* that may be written down: of a pause, and after the answer, only what is said to the
    coach; after an offer, only what answers it.
    """
    given = None
    if state.is_paused:
        given = book.reader.in_pause(words)
    elif state.stage in REVIEW:
        if is_for_the_coach(state, words, book):
            return words
        given = book.reader.command(words)
    kept = set(() if given is None else given.words)
    if state.stage is Stage.OFFERING and book.reader.wants_again(words) is not None:
        kept = set(words)
    return tuple(
        word
        for word in words
        if word in kept or not any(start_s <= word.start_s < end_s for start_s, end_s in state.pauses)
    )
