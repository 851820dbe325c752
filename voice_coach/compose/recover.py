"""Finishes sessions that were interrupted, into the same files as a whole one.

The journal is replayed through the core; sound that was recorded but not yet transcribed, or at which the recogniser
failed, is transcribed now.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from voice_coach.adapters import session_folder
from voice_coach.adapters.session_audio import read_microphone
from voice_coach.adapters.session_audio import recover as recover_audio
from voice_coach.compose.book import book_for
from voice_coach.compose.candidate import in_style
from voice_coach.compose.drill_book import drill_book_for, drill_named, finders_for
from voice_coach.compose.drill_document import Drilled
from voice_coach.compose.engines import engine_needs, make_ears, make_stt
from voice_coach.compose.judging import Judging
from voice_coach.compose.language_model import make_guard
from voice_coach.compose.report import reported
from voice_coach.config import session_folder as sessions_root
from voice_coach.config_ranges import LONGEST_MINUTES, SHORTEST_MINUTES
from voice_coach.core import events, journal, session
from voice_coach.core.audio import RATE_HZ, Piece
from voice_coach.core.commands import Listen, Note
from voice_coach.core.drill import PREFIX
from voice_coach.core.echo import without_echo
from voice_coach.core.errors import CoachError, InputError, SpeechToTextError, StorageError
from voice_coach.core.pressure import Pressure
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_state import SessionState
from voice_coach.core.transcript import Speaker
from voice_coach.listening import frames_of, listen, worth_keeping
from voice_coach.prompts.questions import find_question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from voice_coach.adapters.session_folder import JournalFile, SessionFolder
    from voice_coach.compose.content import Content
    from voice_coach.compose.engines import CorrectedSpeech
    from voice_coach.config import Config
    from voice_coach.core.audio import Pcm
    from voice_coach.core.commands import Command
    from voice_coach.core.events import Event
    from voice_coach.core.session_step import Book
    from voice_coach.core.transcript import Word
    from voice_coach.ports import SpeechToText
    from voice_coach.shell import Ears

_Heard = tuple["Word", ...] | events.EngineFellBack
"""The words of a piece, or that the recogniser failed at it."""
REASON = "recovered after an interruption"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """A session that was finished."""

    folder: Path
    audio_s: float
    words: int
    """The candidate's."""
    failed: int
    """Pieces of speech at which the recogniser failed once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What became of the sessions that were not finished."""

    done: list[Recovered] = field(default_factory=list)
    failures: list[CoachError] = field(default_factory=list)
    """One for each session that could not be finished; its sound and what was judged of it are as they were."""


def recover_all(
    config: Config,
    content: Content,
    sessions: Path | None,
    *,
    on_session: Callable[[Path], None],
    tell: Callable[[str], None],
) -> Recovery:
    """Finishes every session that began, has not been finished and is not running, and writes its report.

    *tell* is told where that could not be done. Raises EngineError when there is no recogniser to do it with.
    """
    recovery = Recovery()
    tools = _Tools(
        judging=cache(lambda: Judging(config=config, content=content)),
        recogniser=cache(lambda: make_stt(engine_needs(config, content))),
    )
    for folder in session_folder.find(sessions_root(config, sessions)):
        try:
            if folder.is_empty or folder.is_running or folder.is_finished:
                continue
            on_session(folder.path)
            recovery.done.append(_recover(folder, config, content, tools))
            reported(folder.path, content, tell)
        except (StorageError, SpeechToTextError) as failure:
            recovery.failures.append(failure)
    return recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tools:
    """What all sessions share, made when the first one needs it."""

    judging: Callable[[], Judging]
    recogniser: Callable[[], CorrectedSpeech]


def _recover(folder: SessionFolder, config: Config, content: Content, tools: _Tools) -> Recovered:
    recorded = _recorded(folder)
    started = recorded[0] if recorded else None
    if not isinstance(started, events.SessionStarted):
        message = f"{folder.journal_path}: line 1 is not the beginning of a session; delete the folder"
        raise StorageError(message)
    begun = _begun(folder, started, config, content, tools)
    stt = tools.recogniser()
    config = begun.config
    audio_s = recover_audio(folder.audio_path) if folder.audio_path.exists() else 0.0
    judging = tools.judging().with_pace(config.pace)
    book = begun.book
    folder.cut_torn_line()
    file = session_folder.JournalFile(folder.journal_path)
    try:
        log = _Log(file, book)
        for event in session.with_ticks(recorded):
            log.follow(event)
        log.complete(folder.journal_lines())
        _finish(log, folder, make_ears(config), stt, recorded)
    finally:
        file.close()
    fell_back = {
        (event.role, event.name, event.to, event.reason): event
        for event in (*recorded, *log.fell_back)
        if isinstance(event, events.EngineFellBack) and (log.state.failed or not _is_deaf(event))
    }
    known = tuple(fell_back.values())
    if begun.drilled is not None:
        judging.write_drill(folder, log.state, begun.drilled, stt=stt.name, fell_back=known)
    else:
        judging.write(folder, log.state, question=begun.question, stt=stt.name, fell_back=known)
    if not config.session.keeps_audio:
        folder.drop_audio()
    words = len(list(log.state.transcript.by(Speaker.CANDIDATE)))
    return Recovered(folder=folder.path, audio_s=audio_s, words=words, failed=len(log.state.failed))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """What a session was begun with."""

    question: str
    config: Config
    book: Book
    drilled: Drilled | None = None
    """The drill that it is; None: a rehearsal."""


def _begun(
    folder: SessionFolder, started: events.SessionStarted, config: Config, content: Content, tools: _Tools
) -> _Begun:
    """Raises StorageError where the journal's first line names what is not there."""
    pressure, minutes = _chosen(folder, started)
    config = replace(
        config,
        pace=replace(config.pace, minutes=minutes),
        session=replace(config.session, pressure=pressure),
    )
    judging = tools.judging()
    try:
        if started.question.startswith(PREFIX):
            drill = drill_named(content.drills, started.question.removeprefix(PREFIX))
            drill = drill.drawn(started.seed).within(started.target_s)
            finders = finders_for(drill, content, config, judging.encoder)
            book = drill_book_for(config, content, drill, finders, started.seed, started.why)
            drilled = Drilled(
                drill=drill, texts=content.drills.lines, settings=config.drill, attempt=started.attempt
            )
            return _Begun(question=started.question, config=config, book=book, drilled=drilled)
        question = find_question(content.questions, started.question)
    except InputError as failure:
        message = f"{folder.journal_path}:1: {failure}"
        raise StorageError(message) from failure
    question = in_style(question, config.candidate.company_style)
    guard = make_guard(content, question) if started.model else None
    book = book_for(config, content, question, pressure, started.seed, judging.rules, judging.encoder, guard)
    return _Begun(question=question.id, config=config, book=book)


def _chosen(folder: SessionFolder, started: events.SessionStarted) -> tuple[Pressure, float]:
    """The pressure and the target in minutes. Raises StorageError."""
    where = f"{folder.journal_path}:1"
    try:
        pressure = Pressure(started.pressure)
    except ValueError as failure:
        message = f"{where}: pressure: {started.pressure!r} is none of {', '.join(Pressure)}; mend this line"
        raise StorageError(message) from failure
    minutes = started.target_s / 60.0
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        range_s = f"{60 * SHORTEST_MINUTES:g} and {60 * LONGEST_MINUTES:g}"
        message = f"{where}: target_s: {started.target_s:g} is not between {range_s}; mend this line"
        raise StorageError(message)
    return pressure, minutes


def _is_deaf(event: events.EngineFellBack) -> bool:
    """Whether it tells that something could not be transcribed."""
    return event.role == "ears" and event.to is None


def _recorded(folder: SessionFolder) -> list[Event]:
    found = []
    for number, line in enumerate(folder.journal_lines(), start=1):
        try:
            event = journal.decode(line)
        except ValueError as failure:
            message = f"{folder.journal_path}:{number}: is damaged ({failure}); mend or delete this line"
            raise StorageError(message) from failure
        if event is not None:
            found.append(event)
    return found


class _Log:
    """Folds events into the state and journals new ones, as the session loop would; carries out nothing."""

    def __init__(self, file: JournalFile, book: Book) -> None:
        self._file = file
        self._book = book
        self._notes: list[Note] = []
        """Those on the last event."""
        self.state = SessionState()
        self.fell_back: list[events.EngineFellBack] = []
        """That the recogniser failed, where it did so now."""
        self.deaf: list[tuple[float, float]] = []
        """From when to when the ears were shut; one that still lasts ends never."""

    def follow(self, event: Event) -> None:
        """One more event that the session saw."""
        self._notes = [command for command in self._step(event) if isinstance(command, Note)]

    def complete(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Write what the last event was still to be followed by in the journal, which holds *lines*."""
        last = max(number for number, line in enumerate(lines) if line.get("kind") in journal.KINDS)
        there = {line.get("kind") for line in lines[last + 1 :]}
        for note in self._notes:
            if note.kind not in there:
                self._write(note)

    def post(self, event: Event) -> None:
        """One more event that is not."""
        self._file.write(journal.encode(event))
        for command in self._step(event):
            if isinstance(command, Note):
                self._write(command)

    def cut(self, at_s: float, piece: Piece) -> None:
        """One more *piece*."""
        self.post(
            events.PieceCut(
                at_s=at_s,
                piece=piece.id,
                start_s=piece.start_s,
                end_s=piece.end_s,
                voiced_s=piece.voiced_s,
            )
        )

    def note(self, at_s: float, kind: str, **content: object) -> None:
        """A line that is no event."""
        self._file.write({"t": at_s, "kind": kind, **content})

    def _write(self, note: Note) -> None:
        content: dict[str, Any] = dict(note.content)
        self._file.write({"t": content.pop("t"), "kind": note.kind, **content})

    def heard(self, at_s: float, piece: int, heard: _Heard) -> None:
        """What became of *piece*: its words, but for what is not to be kept, or why there are none."""
        if isinstance(heard, events.EngineFellBack):
            self.fell_back.append(heard)
            self.post(heard)
            self.post(events.Transcribed(at_s=at_s, piece=piece, words=(), has_failed=True))
        else:
            kept = worth_keeping(heard, self.state, self._book)
            kept, echo = without_echo(kept, self.state, self._book.echo)
            if echo:
                self.note(at_s, "echo_heard", piece=piece, text=" ".join(word.text for word in echo))
            self.post(events.Transcribed(at_s=at_s, piece=piece, words=kept))

    def _step(self, event: Event) -> Sequence[Command]:
        done = session.step(self.state, event, self._book)
        self.state = done.state
        for command in done.commands:
            if isinstance(command, Listen):
                self._listen(command)
        return done.commands

    def _listen(self, command: Listen) -> None:
        is_deaf = bool(self.deaf) and self.deaf[-1][1] == inf
        if command.is_on and is_deaf:
            self.deaf[-1] = (self.deaf[-1][0], self.state.at_s)
        elif not command.is_on and not is_deaf:
            self.deaf.append((self.state.at_s, inf))


def _finish(
    log: _Log, folder: SessionFolder, ears: Ears, stt: SpeechToText, recorded: Sequence[Event]
) -> None:
    """Transcribes what was not, and ends the session.

    What was cut is transcribed as it was cut, and what comes after the last cut is listened to again. So nothing
    is transcribed twice, not even when this is interrupted; but what the recogniser failed at is tried once more.
    Raises SpeechToTextError where it fails at all there is.
    """
    pcm = read_microphone(folder.audio_path) if folder.audio_path.exists() else np.zeros(0, np.int16)
    at_s = max(recorded[-1].at_s, round(len(pcm) / RATE_HZ, 3))
    cuts = {event.piece: event for event in recorded if isinstance(event, events.PieceCut)}
    before = log.state.transcript
    had_ended = log.state.stage is Stage.ENDED
    failed = log.state.failed
    for cut in cuts.values():
        if cut.piece in log.state.pending:
            log.heard(at_s, cut.piece, _heard(_piece(cut, pcm), stt, at_s))
    pieces = set(cuts)
    if not had_ended:
        heard = _unheard(pcm, max((cut.end_s for cut in cuts.values()), default=0.0), log.deaf)
        for piece in _pieces(heard, ears, 1 + max(cuts, default=-1)):
            pieces.add(piece.id)
            log.cut(at_s, piece)
            log.heard(at_s, piece.id, _heard(piece, stt, at_s))
        log.post(events.InputEnded(at_s=at_s, reason=REASON))
    if len(pcm):
        _hear_again(log, folder, stt, at_s, [_piece(cuts[number], pcm) for number in sorted(failed)])
    if log.fell_back and log.state.failed >= pieces:
        raise SpeechToTextError(log.fell_back[-1].reason)
    if log.state.transcript != before and had_ended:
        log.note(at_s, "recovered", answer_s=round(log.state.answer_s, 2))


def _hear_again(
    log: _Log, folder: SessionFolder, stt: SpeechToText, at_s: float, pieces: Sequence[Piece]
) -> None:
    """Transcribes the *pieces* at which the recogniser had failed.

    The analysis, which knew of none of their words, goes before they are on record: should this be interrupted, the
    session counts as unfinished.
    """
    heard = {piece.id: _heard(piece, stt, at_s) for piece in pieces}
    if any(not isinstance(result, events.EngineFellBack) for result in heard.values()):
        folder.drop_analysis()
    for piece, result in heard.items():
        log.heard(at_s, piece, result)


def _heard(piece: Piece, stt: SpeechToText, at_s: float) -> _Heard:
    try:
        return stt.transcribe(piece) if len(piece.pcm) else ()
    except SpeechToTextError as failure:
        reason = " ".join(str(failure).split())
        return events.EngineFellBack(at_s=at_s, role="ears", name=stt.name, to=None, reason=reason)


def _pieces(pcm: Pcm, ears: Ears, first: int) -> Iterator[Piece]:
    """What is heard in *pcm*, numbered from *first* on."""
    for found in listen(frames_of(pcm), ears.detector, ears.endpointer):
        for piece in found.pieces:
            yield replace(piece, id=first + piece.id)


def _piece(cut: events.PieceCut, pcm: Pcm) -> Piece:
    """The sound of *cut*, as far as it was recorded."""
    sound = pcm[round(cut.start_s * RATE_HZ) : round(cut.end_s * RATE_HZ)]
    return Piece(id=cut.piece, start_s=cut.start_s, pcm=sound, voiced_s=cut.voiced_s)


def _unheard(pcm: Pcm, from_s: float, deaf: Sequence[tuple[float, float]]) -> Pcm:
    """*pcm* with silence up to *from_s* and while the ears were shut."""
    left = pcm.copy()
    left[: round(from_s * RATE_HZ)] = 0
    for start_s, end_s in deaf:
        end = len(left) if end_s == inf else round(end_s * RATE_HZ)
        left[round(start_s * RATE_HZ) : end] = 0
    return left
