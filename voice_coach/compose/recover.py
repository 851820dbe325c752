"""Finishes sessions that were interrupted, into the same files as a whole one.

The journal is replayed through the core; sound that was recorded but not yet transcribed is transcribed now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from voice_coach.adapters import session_folder
from voice_coach.adapters.session_audio import read_microphone
from voice_coach.adapters.session_audio import recover as recover_audio
from voice_coach.compose.book import book_for
from voice_coach.compose.engines import engine_needs, make_ears, make_stt
from voice_coach.compose.judging import Judging
from voice_coach.config import session_folder as sessions_root
from voice_coach.core import events, journal, session
from voice_coach.core.audio import RATE_HZ
from voice_coach.core.commands import Note
from voice_coach.core.errors import InputError, StorageError
from voice_coach.core.interview import Pressure, Stage
from voice_coach.core.transcript import Speaker
from voice_coach.listening import frames_of, listen
from voice_coach.prompts.questions import find_question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from voice_coach.adapters.session_folder import JournalFile, SessionFolder
    from voice_coach.compose.content import Content
    from voice_coach.config import Config
    from voice_coach.core.audio import Pcm
    from voice_coach.core.events import Event
    from voice_coach.core.session import Book
    from voice_coach.core.session_state import SessionState

REASON = "recovered after an interruption"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """A session that was finished."""

    folder: Path
    audio_s: float
    words: int
    """The candidate's."""


def recover_all(
    config: Config, content: Content, sessions: Path | None, *, on_session: Callable[[Path], None]
) -> list[Recovered]:
    """Finishes every session that has no analysis and is not running. Raises StorageError or EngineError."""
    done = []
    for folder in session_folder.find(sessions_root(config, sessions)):
        if folder.is_finished or folder.is_running:
            continue
        on_session(folder.path)
        done.append(_recover(folder, config, content))
    return done


def _recover(folder: SessionFolder, config: Config, content: Content) -> Recovered:
    lines = folder.journal_lines()
    recorded = [event for event in map(journal.decode, lines) if event is not None]
    if not recorded or not isinstance(recorded[0], events.SessionStarted):
        message = f"{folder.journal_path}: line 1 is not the beginning of a session; delete the folder if it is empty"
        raise StorageError(message)
    started = recorded[0]
    try:
        question = find_question(content.questions, started.question)
    except InputError as failure:
        message = f"{folder.journal_path}: {failure}"
        raise StorageError(message) from failure
    pace = replace(config.pace, minutes=started.target_s / 60.0)
    config = replace(config, pace=pace)
    audio_s = recover_audio(folder.audio_path) if folder.audio_path.exists() else 0.0
    judging = Judging(config=config, content=content)
    book = book_for(config, content, question, Pressure(started.pressure), started.seed, judging.judge)
    state = session.replay(recorded, book)
    stt = make_stt(engine_needs(config, content))
    folder.cut_torn_line(lines)
    file = session_folder.JournalFile(folder.journal_path)
    try:
        log = _Log(file, book, state)
        if state.stage is not Stage.ENDED:
            _finish(log, folder, config, stt.transcribe, recorded)
    finally:
        file.close()
    judging.write(folder, log.state, question=question.id, stt=stt.name)
    words = len(list(log.state.transcript.by(Speaker.CANDIDATE)))
    return Recovered(folder=folder.path, audio_s=audio_s, words=words)


class _Log:
    """Folds events into the state and journals them, as the session loop would; carries out nothing."""

    def __init__(self, file: JournalFile, book: Book, state: SessionState) -> None:
        self._file = file
        self._book = book
        self.state = state

    def post(self, event: Event) -> None:
        """One more event."""
        self._file.write(journal.encode(event))
        done = session.step(self.state, event, self._book)
        self.state = done.state
        for command in done.commands:
            if isinstance(command, Note):
                content: dict[str, Any] = dict(command.content)
                self._file.write({"t": content.pop("t"), "kind": command.kind, **content})


def _finish(
    log: _Log,
    folder: SessionFolder,
    config: Config,
    transcribe: Callable[[Any], Sequence[Any]],
    recorded: Sequence[Event],
) -> None:
    """Transcribes what was not, and ends the session."""
    cuts = [event for event in recorded if isinstance(event, events.PieceCut)]
    known = {event.piece for event in recorded if isinstance(event, events.Transcribed)}
    at_s = recorded[-1].at_s
    if folder.audio_path.exists():
        pcm = read_microphone(folder.audio_path)
        at_s = max(at_s, round(len(pcm) / RATE_HZ, 3))
        from_s = min(
            (cut.start_s for cut in cuts if cut.piece not in known),
            default=max((cut.end_s for cut in cuts), default=0.0),
        )
        log.state = replace(log.state, pending=frozenset())
        first = 1 + max((cut.piece for cut in cuts), default=-1)
        heard = _unheard(pcm, from_s, log.state, recorded)
        ears = make_ears(config)
        for found in listen(frames_of(heard), ears.detector, ears.endpointer):
            for piece in found.pieces:
                number = first + piece.id
                log.post(
                    events.PieceCut(
                        at_s=at_s,
                        piece=number,
                        start_s=piece.start_s,
                        end_s=piece.end_s,
                        voiced_s=piece.voiced_s,
                    )
                )
                log.post(events.Transcribed(at_s=at_s, piece=number, words=tuple(transcribe(piece))))
    log.post(events.InputEnded(at_s=at_s, reason=REASON))


def _unheard(pcm: Pcm, from_s: float, state: SessionState, recorded: Sequence[Event]) -> Pcm:
    """*pcm* with silence up to *from_s* and, where the microphone hears the coach, while the coach spoke."""
    left = pcm.copy()
    left[: round(from_s * RATE_HZ)] = 0
    if state.is_full_duplex:
        return left
    started: dict[int, float] = {}
    for event in recorded:
        if isinstance(event, events.PlaybackStarted):
            started[event.utterance] = event.at_s
        elif isinstance(event, events.PlaybackEnded) and event.utterance in started:
            left[round(started.pop(event.utterance) * RATE_HZ) : round(event.at_s * RATE_HZ)] = 0
    for at_s in started.values():
        left[round(at_s * RATE_HZ) :] = np.int16(0)
    return left
