"""The session loop: the one shell around :func:`voice_coach.core.session.step`.

Every 20 ms frame of the microphone drives it, whether it comes from a sound card, a file or a simulated room:
the loop asks the player how far it is, records both channels, lets the ears hear the frame, collects what the
workers have finished, and feeds all that to ``step`` as events, journalled before they take effect. Commands are
carried out at once or handed to the workers. One thread owns all of this; engines run on workers of their own
(live) or in its place (``--speed max``: the session's clock stands still meanwhile, so runs repeat exactly).
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

import numpy as np

from voice_coach.coach_speech import CoachSpeech
from voice_coach.core import commands, events, session
from voice_coach.core.audio import AudioFrame, dbfs, frames_between, frames_to_s
from voice_coach.core.echo import without_echo
from voice_coach.core.errors import AudioDeviceError, CoachError
from voice_coach.core.journal import encode
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_state import SessionState
from voice_coach.listening import hear, tells_language, worth_keeping
from voice_coach.shell import Snapshot
from voice_coach.workers import Failed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.audio import Clip, Pcm, Piece
    from voice_coach.core.commands import Command
    from voice_coach.core.events import Event
    from voice_coach.core.feedback_line import FeedbackLine
    from voice_coach.core.session_step import Book
    from voice_coach.core.transcript import Word
    from voice_coach.ports import SpeechToText, TextToSpeech, TurnEndHint
    from voice_coach.shell import ReviewDesk, Shell

log = logging.getLogger(__name__)

LATELY_FRAMES = round(8.0 / frames_to_s(1))
"""So much of the candidate's sound is kept to judge its end by: what the model hears."""
LONGEST_DRAFT_S = 8.0
"""More is not looked at: the quick recogniser takes longer for more words."""
MOST_READY = 60
"""Lines rendered ahead that are kept; the oldest goes."""
TICK_FRAMES = round(events.TICK_S / frames_to_s(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    piece: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rendered:
    utterance: int | None
    of: tuple[str, float]
    """Text and speed."""
    clip: Clip
    request: int | None = None
    """Of a language model, that wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    request: int


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
        self._ready: dict[tuple[str, float], Clip] = {}
        """What was rendered ahead, by its text and speed."""
        self._at_once: list[_Rendered | _Ready | events.Reviewed] = []
        """What was ordered and lies ready."""
        self._drafter = shell.drafter if shell.workers.works_ahead else None
        self._is_drafting = False
        self._is_draft_wanted = False
        """Another look was asked for while one was being taken."""
        self._is_deaf = False
        """The ears are shut."""
        self._frames = 0
        self._is_recorded = True
        self._blank: set[int] = set()
        """Frames of which the microphone was not recorded."""
        self._level_dbfs = -120.0
        self._hint = shell.hint
        self._lately: deque[Pcm] = deque(maxlen=LATELY_FRAMES)
        """What was heard of the candidate."""

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
            if self._shell.ears.canceller is not None:
                self._shell.ears.canceller.miss(lost)
            self._post(events.FramesLost(at_s=self._now_s, frames=lost))
        self._hear(self._play(frame))
        self._take_notices()
        for said in self._shell.said():
            is_recorded = self._blank.isdisjoint(frames_between(said.start_s, said.end_s))
            self._post(replace(said, at_s=self._now_s, is_recorded=is_recorded))
        self._take_model_news()
        ready, self._at_once = self._at_once, []
        self._collect([*ready, *self._shell.workers.drain()])

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

    def _play(self, frame: AudioFrame) -> AudioFrame:
        """Follows the player and writes both channels; *frame* without the coach's echo."""
        coach, playback = self._speech.advance(self._frames)
        canceller = self._shell.ears.canceller
        if canceller is not None:
            frame = AudioFrame(index=frame.index, pcm=canceller.cancel(frame.pcm))
        left = frame
        if not self._is_recorded:
            self._blank.add(frame.index)
            left = AudioFrame(index=frame.index, pcm=np.zeros_like(frame.pcm))
        for tape in self._shell.records.tapes:
            tape.write(left, coach)
        self._level_dbfs = max(self._level_dbfs, dbfs(left.pcm))
        self._post_all(playback)
        return frame

    def _hear(self, frame: AudioFrame) -> None:
        ears = self._shell.ears
        if self._is_recorded and not self._is_deaf:
            self._lately.append(frame.pcm)
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

    def _carry_out(self, command: Command) -> None:  # noqa: C901, PLR0912 - one branch a command
        match command:
            case commands.Speak():
                self._speak(command)
            case commands.Render():
                self._render_ahead(command)
            case commands.Replay():
                self._replay(command)
            case commands.LookUp():
                self._look_up(command)
            case commands.KeepReview():
                if self._shell.review is not None:
                    self._shell.review.keep(self._state)
            case commands.AskModel():
                if self._shell.model is not None:
                    self._shell.model.ask(command, self._state)
            case commands.StopSpeaking():
                self._post_all(self._speech.stop(command.utterance, self._now_s))
            case commands.Transcribe():
                self._transcribe(self._pieces[command.piece])
            case commands.Draft():
                self._draft()
            case commands.HearEnd():
                self._hear_end(command.offset_s)
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
        is_asked = self._state.review.is_open and self._state.stage is Stage.FEEDBACK
        if self._shell.review is not None and self._shell.workers.works_ahead and is_asked:
            self._shell.workers.submit("review", None, self._shell.review.prepare, is_urgent=False)

    def _speak(self, command: commands.Speak) -> None:
        self._speech.order(command.utterance)
        clip = self._ready.get((command.text, command.speed))
        if clip is None:
            self._render(command.utterance, command)
        else:
            # After this frame, of which the player has not been asked yet.
            self._at_once.append(
                _Rendered(utterance=command.utterance, of=(command.text, command.speed), clip=clip)
            )
        self._show()

    def _replay(self, command: commands.Replay) -> None:
        """The candidate's own voice goes the way of any other clip."""
        self._speech.order(command.utterance)
        if self._shell.review is None:
            self._post_all(self._speech.failed(command.utterance, self._now_s))
            return
        clip = self._shell.review.clip(command.start_s, command.end_s)
        self._at_once.append(_Rendered(utterance=command.utterance, of=("", 1.0), clip=clip))
        self._show()

    def _look_up(self, command: commands.LookUp) -> None:
        if self._shell.review is None:
            self._at_once.append(_failed_to_answer(command.request))
            return
        job = _LookUp(desk=self._shell.review, asked=command, state=self._state)
        self._shell.workers.submit("review", command.request, job)

    def _render_ahead(self, command: commands.Render) -> None:
        if self._shell.workers.works_ahead and (command.text, command.speed) not in self._ready:
            self._render(None, command)
        elif command.request is not None:
            # Rendered already, or no work for the session's clock.
            self._at_once.append(_Ready(request=command.request))

    def _render(self, utterance: int | None, command: commands.Speak | commands.Render) -> None:
        voice = self._shell.mouth.voice
        request = command.request if isinstance(command, commands.Render) else None
        job = _Render(
            voice=voice, utterance=utterance, text=command.text, speed=command.speed, request=request
        )
        self._shell.workers.submit("voice", utterance, job, is_urgent=utterance is not None)

    def _transcribe(self, piece: Piece) -> None:
        job = _Transcribe(stt=self._shell.stt, piece=piece)
        self._shell.workers.submit("ears", piece.id, job)
        if not self._state.is_paused and tells_language(piece, self._state.transcript):
            # After its words, which are waited for.
            self._shell.workers.submit("ears", None, _TellLanguage(stt=self._shell.stt, piece=piece))

    def _draft(self) -> None:
        """One look at a time; it takes a moment, and what was said meanwhile is looked at after it."""
        if self._drafter is None:
            return
        if self._is_drafting:
            self._is_draft_wanted = True
            return
        piece = self._shell.ears.endpointer.pending(LONGEST_DRAFT_S)
        if piece is not None:
            self._is_drafting = True
            job = _Draft(stt=self._drafter, piece=piece, end_s=self._now_s)
            self._shell.workers.submit("drafts", None, job)

    def _hear_end(self, offset_s: float) -> None:
        if self._hint is not None and self._lately:
            job = _HearEnd(hint=self._hint, offset_s=offset_s, pcm=np.concatenate(self._lately))
            self._shell.workers.submit("hint", offset_s, job)

    def _listen(self, command: commands.Listen) -> None:
        ears = self._shell.ears
        if self._is_deaf or not self._is_recorded:
            self._lately.clear()
        self._is_recorded = command.is_recorded
        ears.endpointer.set_short(command.is_short)
        ears.endpointer.set_over_coach(command.is_over_coach)
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

    def _take_model_news(self) -> None:
        for news in () if self._shell.model is None else self._shell.model.news(self._now_s):
            if isinstance(news, events.EngineFellBack):
                self._on_fell_back(news)
            else:
                self._post(news)
                self._show()

    def _collect(self, results: Sequence[object]) -> None:
        for result in results:
            if isinstance(result, _Words):
                self._on_words(result.piece, result.words)
                self._show()
            elif isinstance(result, events.LanguageHeard | events.HintHeard | events.Reviewed):
                self._post(replace(result, at_s=self._now_s))
            elif isinstance(result, events.Drafted):
                self._on_drafted(result)
            elif isinstance(result, _Rendered):
                self._on_rendered(result)
            elif isinstance(result, _Ready):
                self._post(events.LineReady(at_s=self._now_s, request=result.request))
            elif isinstance(result, Failed):
                self._on_failed(result)

    def _on_words(self, piece: int, words: tuple[Word, ...], *, has_failed: bool = False) -> None:
        kept = worth_keeping(words, self._state, self._book)
        kept, echo = without_echo(kept, self._state, self._book.echo)
        if echo:
            self._note("echo_heard", piece=piece, text=" ".join(word.text for word in echo))
        self._post(events.Transcribed(at_s=self._now_s, piece=piece, words=kept, has_failed=has_failed))
        self._pieces.pop(piece, None)

    def _on_drafted(self, draft: events.Drafted) -> None:
        self._is_drafting = False
        words, _ = without_echo(draft.words, self._state, self._book.echo, is_draft=True)
        self._post(replace(draft, at_s=self._now_s, words=words))
        if self._is_draft_wanted:
            self._is_draft_wanted = False
            self._draft()
        self._show()

    def _on_rendered(self, rendered: _Rendered) -> None:
        if rendered.utterance is not None:
            self._speech.rendered(rendered.utterance, rendered.clip)
            return
        self._ready[rendered.of] = rendered.clip
        if rendered.request is not None:
            self._post(events.LineReady(at_s=self._now_s, request=rendered.request))
        if len(self._ready) > MOST_READY:
            del self._ready[next(iter(self._ready))]

    def _on_failed(self, failed: Failed) -> None:
        """The session goes on without what failed: the line is shown, the piece has no words; both are journalled."""
        log.debug("a %s job failed", failed.role, exc_info=failed.error)
        if failed.role == "review" and isinstance(failed.token, int):
            self._post(replace(_failed_to_answer(failed.token), at_s=self._now_s))
            return
        reason = " ".join(str(failed.error).split()) or type(failed.error).__name__
        engine = self._engine(failed.role)
        if engine is None:
            return
        self._on_fell_back(
            events.EngineFellBack(
                at_s=self._now_s, role=failed.role, name=engine.name, to=None, reason=reason
            )
        )
        if failed.role == "drafts":
            self._drafter = None
        elif failed.role == "ears" and isinstance(failed.token, int):
            self._on_words(failed.token, (), has_failed=True)
        elif failed.role == "hint":
            # Once is enough: a session does without it.
            self._hint = None
        else:
            self._post_all(self._speech.failed(failed.token, self._now_s))

    def _engine(self, role: str) -> SpeechToText | TextToSpeech | TurnEndHint | None:
        """The one at work in *role*; None where there is none any more."""
        match role:
            case "drafts":
                return self._drafter
            case "hint":
                return self._hint
            case "ears":
                return self._shell.stt
            case "meaning":
                # The first question that is asked tries it again.
                return None
            case _:
                return self._shell.mouth.voice

    def _on_fell_back(self, event: events.EngineFellBack) -> None:
        self._post(event)
        self._shell.tell(event)

    # -- the end -----------------------------------------------------------------------------------------------

    def _break_off(self, reason: str) -> None:
        """End the session now, keeping everything that was heard."""
        self._speech.silence()
        if self._shell.model is not None:
            # What is heard below would be sent: nobody waits for an answer any more.
            self._shell.model.stop()
        heard = self._shell.ears.endpointer.flush()
        self._on_heard(heard.events, heard.pieces)
        self._collect(self._shell.workers.wait())
        self._hear_again()
        if self._state.stage is not Stage.ENDED:
            self._post(events.InputEnded(at_s=self._now_s, reason=reason))
        self._show()
        self._shell.assess(self._state)

    def _hear_again(self) -> None:
        """Transcribes what an interruption left without an answer, wherever it came in between."""
        for piece in tuple(self._pieces.values()):
            if piece.id in self._state.pending:
                self._transcribe(piece)
            else:
                self._post_cut(piece)
        self._collect(self._shell.workers.wait())

    def _note(self, kind: str, **content: object) -> None:
        self._shell.records.journal.write({"t": self._now_s, "kind": kind, **content})

    def _show(self) -> None:
        self._shell.show(Snapshot(state=self._state, level_dbfs=self._level_dbfs))
        self._level_dbfs = -120.0


def _lost_for_good(at_s: float, reason: str) -> events.DeviceLost:
    """A device that nobody looks for again: that of a session which is not live, or which hardly began."""
    return events.DeviceLost(at_s=at_s, role="device", name="", reason=reason, heard_until_s=at_s)


def _failed_to_answer(request: int) -> events.Reviewed:
    return events.Reviewed(at_s=0.0, request=request, has_failed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _LookUp:
    desk: ReviewDesk
    asked: commands.LookUp
    state: SessionState

    def __call__(self) -> events.Reviewed:
        return self.desk.answer(self.asked, self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Render:
    voice: TextToSpeech
    utterance: int | None
    text: str
    speed: float
    request: int | None = None

    def __call__(self) -> _Rendered:
        clip = self.voice.render(self.text, self.speed)
        return _Rendered(
            utterance=self.utterance, of=(self.text, self.speed), clip=clip, request=self.request
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Transcribe:
    stt: SpeechToText
    piece: Piece

    def __call__(self) -> _Words:
        return _Words(piece=self.piece.id, words=self.stt.transcribe(self.piece))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """Gives an event; its time is set when it is taken, as that of the two below."""

    stt: SpeechToText
    piece: Piece
    end_s: float
    """Up to where there was sound."""

    def __call__(self) -> events.Drafted:
        words = self.stt.transcribe(self.piece)
        return events.Drafted(at_s=0.0, start_s=self.piece.start_s, end_s=self.end_s, words=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class _HearEnd:
    hint: TurnEndHint
    offset_s: float
    pcm: Pcm

    def __call__(self) -> events.HintHeard:
        complete = round(self.hint.complete(self.pcm), 3)
        return events.HintHeard(at_s=0.0, offset_s=self.offset_s, complete=complete)


@dataclass(frozen=True, slots=True, kw_only=True)
class _TellLanguage:
    stt: SpeechToText
    piece: Piece

    def __call__(self) -> events.LanguageHeard:
        return events.LanguageHeard(at_s=0.0, other=self.stt.other_language(self.piece))
