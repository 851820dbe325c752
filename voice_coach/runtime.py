"""The session loop: the one shell around :func:`voice_coach.core.session.step`.

Every 20 ms frame of the microphone drives it, whether it comes from a sound card, a file or a simulated room:
the loop asks the player how far it is, records both channels, lets the ears hear the frame, collects what the
workers have finished, and feeds all that to ``step`` as events, journalled before they take effect. Commands are
carried out at once or handed to the workers. One thread owns all of this; engines run on workers of their own
(live) or in its place (``--speed max``: the session's clock stands still meanwhile, so runs repeat exactly).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

import numpy as np

from voice_coach.coach_speech import CoachSpeech
from voice_coach.core import commands, events, session
from voice_coach.core.audio import AudioFrame, dbfs, frames_between, frames_to_s
from voice_coach.core.errors import AudioDeviceError, CoachError
from voice_coach.core.journal import encode
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_state import SessionState
from voice_coach.listening import hear, tells_language, worth_keeping
from voice_coach.shell import Snapshot
from voice_coach.workers import Failed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.audio import Clip, Piece
    from voice_coach.core.commands import Command
    from voice_coach.core.events import Event
    from voice_coach.core.feedback_line import FeedbackLine
    from voice_coach.core.session_step import Book
    from voice_coach.core.transcript import Word
    from voice_coach.ports import SpeechToText, TextToSpeech
    from voice_coach.shell import Shell

log = logging.getLogger(__name__)

TICK_FRAMES = round(events.TICK_S / frames_to_s(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    piece: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Language:
    other: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rendered:
    utterance: int | None
    clip: Clip


class Rehearsal:
    """Runs one session from its start to its end."""

    def __init__(self, shell: Shell, book: Book) -> None:
        self._shell = shell
        self._speech = CoachSpeech(shell.mouth.player, shell.mouth.track)
        self._book = book
        self._state = SessionState()
        self._pieces: dict[int, Piece] = {}
        """Those whose words have not come."""
        self._cut = 0
        """How many pieces there were."""
        self._is_deaf = False
        """The ears are shut."""
        self._frames = 0
        self._is_recorded = True
        self._blank: set[int] = set()
        """Frames of which the microphone was not recorded."""
        self._level_dbfs = -120.0

    @property
    def state(self) -> SessionState:
        """The session so far."""
        return self._state

    @property
    def heard_nothing(self) -> bool:
        """Whether there was something to transcribe and the recogniser failed at all of it."""
        return 0 < self._cut == len(self._state.failed)

    def run(self, started: events.SessionStarted) -> SessionState:
        """Run until the session ends by its own rules; the state then.

        Whatever ends it early (KeyboardInterrupt, a lost device, a full disk) is raised after the session was
        brought to its end: what was heard is transcribed, journalled and assessed as far as that is possible.
        """
        try:
            self._post(started)
            while self._state.stage is not Stage.ENDED:
                self._on_frame()
        except KeyboardInterrupt:
            self._break_off("interrupted")
            raise
        except CoachError as failure:
            is_lost = isinstance(failure, AudioDeviceError)
            if is_lost and self._state.outage is None:
                self._post(_lost_for_good(self._now_s, str(failure)))
            self._break_off("device lost" if is_lost else "failed")
            raise
        return self._state

    # -- frames ------------------------------------------------------------------------------------------------

    def _on_frame(self) -> None:
        frame = self._shell.source.read()
        if frame is None:
            self._break_off("the input ended")
            return
        self._post_all([replace(news, at_s=self._now_s) for news in self._shell.device_news()])
        lost = frame.index - self._frames
        self._tick_to(frame.index + 1)
        if lost:
            self._post(events.FramesLost(at_s=self._now_s, frames=lost))
        self._play(frame)
        self._hear(frame)
        self._take_notices()
        for said in self._shell.said():
            is_recorded = self._blank.isdisjoint(frames_between(said.start_s, said.end_s))
            self._post(replace(said, at_s=self._now_s, is_recorded=is_recorded))
        self._collect(self._shell.workers.drain())

    @property
    def _now_s(self) -> float:
        return frames_to_s(self._frames)

    def _tick_to(self, frames: int) -> None:
        """Move the clock on to *frames*, with a tick for every ``TICK_S`` that passes."""
        while self._frames < frames:
            self._frames += 1
            if self._frames % TICK_FRAMES == 0:
                self._post(events.Tick(at_s=self._now_s))
                self._show()

    def _play(self, frame: AudioFrame) -> None:
        coach, playback = self._speech.advance(self._frames)
        left = frame
        if not self._is_recorded:
            self._blank.add(frame.index)
            left = AudioFrame(index=frame.index, pcm=np.zeros_like(frame.pcm))
        for tape in self._shell.records.tapes:
            tape.write(left, coach)
        self._level_dbfs = max(self._level_dbfs, dbfs(left.pcm))
        self._post_all(playback)

    def _hear(self, frame: AudioFrame) -> None:
        ears = self._shell.ears
        heard = hear(frame, ears.detector, ears.endpointer)
        self._on_heard(heard.events, heard.pieces)

    def _on_heard(
        self, edges: Sequence[events.SpeechStarted | events.SpeechEnded], pieces: Sequence[Piece]
    ) -> None:
        # Those in a gap of lost frames are noticed behind it.
        self._post_all([replace(edge, at_s=self._now_s) for edge in edges])
        for piece in pieces:
            self._cut += 1
            self._pieces[piece.id] = piece
            self._post_cut(piece)

    def _post_cut(self, piece: Piece) -> None:
        self._post(
            events.PieceCut(
                at_s=self._now_s,
                piece=piece.id,
                start_s=piece.start_s,
                end_s=piece.end_s,
                voiced_s=piece.voiced_s,
            )
        )

    # -- events and commands -----------------------------------------------------------------------------------

    def _post_all(self, happened: Sequence[Event]) -> None:
        for event in happened:
            self._post(event)

    def _post(self, event: Event) -> None:
        """Journal *event*, let the core see it, carry out what follows."""
        if not isinstance(event, events.Tick):
            self._shell.records.journal.write(encode(event))
        done = session.step(self._state, event, self._book)
        self._state = done.state
        for command in done.commands:
            self._carry_out(command)

    def _carry_out(self, command: Command) -> None:
        match command:
            case commands.Speak():
                self._speak(command.utterance, command.text)
            case commands.Render():
                if self._shell.workers.works_ahead:
                    self._render(None, command.text)
            case commands.StopSpeaking():
                self._post_all(self._speech.stop(command.utterance, self._now_s))
            case commands.Transcribe():
                self._transcribe(self._pieces[command.piece])
            case commands.Listen():
                self._listen(command)
            case commands.LookForDevices():
                self._shell.look_for_devices()
            case commands.GiveUp():
                raise AudioDeviceError(command.reason)
            case commands.Assess():
                self._show()
                self._on_assessed(self._shell.assess(self._state))
            case commands.Note():
                content = dict(command.content)
                self._shell.records.journal.write({"t": content.pop("t"), "kind": command.kind, **content})
            case commands.End():
                log.info("session ended: %s", command.reason)
            case _:
                assert_never(command)

    def _on_assessed(self, said: Sequence[FeedbackLine]) -> None:
        texts, abouts = tuple(line.text for line in said), tuple(line.about for line in said)
        self._post(events.Assessed(at_s=self._now_s, feedback=texts, about=abouts))

    def _speak(self, utterance: int, text: str) -> None:
        self._speech.order(utterance)
        self._render(utterance, text)
        self._show()

    def _render(self, utterance: int | None, text: str) -> None:
        voice = self._shell.mouth.voice
        job = _Render(voice=voice, utterance=utterance, text=text)
        self._shell.workers.submit("voice", utterance, job, is_urgent=utterance is not None)

    def _transcribe(self, piece: Piece) -> None:
        job = _Transcribe(stt=self._shell.stt, piece=piece)
        self._shell.workers.submit("ears", piece.id, job)
        if not self._state.is_paused and tells_language(piece, self._state.transcript):
            # After its words, which are waited for.
            self._shell.workers.submit("ears", None, _TellLanguage(stt=self._shell.stt, piece=piece))

    def _listen(self, command: commands.Listen) -> None:
        ears = self._shell.ears
        self._is_recorded = command.is_recorded
        ears.endpointer.set_short(command.is_short)
        heard = ears.endpointer.mute(not command.is_on)
        if command.is_on and self._is_deaf:
            ears.detector.reset()
        self._is_deaf = not command.is_on
        self._on_heard(heard.events, heard.pieces)

    # -- results -----------------------------------------------------------------------------------------------

    def _take_notices(self) -> None:
        notices = self._shell.notices
        while not notices.empty():
            notice = notices.get()
            if isinstance(notice, events.EngineFellBack):
                self._on_fell_back(replace(notice, at_s=self._now_s))
            else:
                self._post(events.CommandGiven(at_s=self._now_s, name=notice))

    def _collect(self, results: Sequence[object]) -> None:
        for result in results:
            if isinstance(result, _Words):
                self._on_words(result.piece, result.words)
                self._show()
            elif isinstance(result, _Language):
                self._post(events.LanguageHeard(at_s=self._now_s, other=result.other))
            elif isinstance(result, _Rendered):
                self._speech.rendered(result.utterance, result.clip)
            elif isinstance(result, Failed):
                self._on_failed(result)

    def _on_words(self, piece: int, words: tuple[Word, ...], *, has_failed: bool = False) -> None:
        kept = worth_keeping(words, self._state, self._book.reader)
        self._post(events.Transcribed(at_s=self._now_s, piece=piece, words=kept, has_failed=has_failed))
        self._pieces.pop(piece, None)

    def _on_failed(self, failed: Failed) -> None:
        """The session goes on without what failed: the line is shown, the piece has no words; both are journalled."""
        log.debug("a %s job failed", failed.role, exc_info=failed.error)
        reason = " ".join(str(failed.error).split()) or type(failed.error).__name__
        engine = self._shell.stt if failed.role == "ears" else self._shell.mouth.voice
        self._on_fell_back(
            events.EngineFellBack(
                at_s=self._now_s, role=failed.role, name=engine.name, to=None, reason=reason
            )
        )
        if failed.role == "ears" and isinstance(failed.token, int):
            self._on_words(failed.token, (), has_failed=True)
        else:
            self._post_all(self._speech.failed(failed.token, self._now_s))

    def _on_fell_back(self, event: events.EngineFellBack) -> None:
        self._post(event)
        self._shell.tell(event)

    # -- the end -----------------------------------------------------------------------------------------------

    def _break_off(self, reason: str) -> None:
        """End the session now, keeping everything that was heard."""
        self._speech.silence()
        heard = self._shell.ears.endpointer.flush()
        self._on_heard(heard.events, heard.pieces)
        self._collect(self._shell.workers.wait())
        self._hear_again()
        if self._state.stage is not Stage.ENDED:
            self._post(events.InputEnded(at_s=self._now_s, reason=reason))
        self._shell.assess(self._state)

    def _hear_again(self) -> None:
        """Transcribes what an interruption left without an answer, wherever it came in between."""
        for piece in tuple(self._pieces.values()):
            if piece.id in self._state.pending:
                self._transcribe(piece)
            else:
                self._post_cut(piece)
        self._collect(self._shell.workers.wait())

    def _show(self) -> None:
        self._shell.show(Snapshot(state=self._state, level_dbfs=self._level_dbfs))
        self._level_dbfs = -120.0


def _lost_for_good(at_s: float, reason: str) -> events.DeviceLost:
    """A device that nobody looks for again: that of a session which is not live, or which hardly began."""
    return events.DeviceLost(at_s=at_s, role="device", name="", reason=reason, heard_until_s=at_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Render:
    voice: TextToSpeech
    utterance: int | None
    text: str

    def __call__(self) -> _Rendered:
        return _Rendered(utterance=self.utterance, clip=self.voice.render(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Transcribe:
    stt: SpeechToText
    piece: Piece

    def __call__(self) -> _Words:
        return _Words(piece=self.piece.id, words=self.stt.transcribe(self.piece))


@dataclass(frozen=True, slots=True, kw_only=True)
class _TellLanguage:
    stt: SpeechToText
    piece: Piece

    def __call__(self) -> _Language:
        return _Language(other=self.stt.other_language(self.piece))
