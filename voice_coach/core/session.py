"""The rehearsal: ``step(state, event, book) -> Step``, a pure function of what happened and when.

Theory of operation
-------------------
The runtime reads frames, and turns what it sees into events: a tick every ``TICK_S`` seconds of audio, speech
that started or ended, pieces cut and transcribed, utterances that began and ended to play. ``step`` folds them
into one immutable :class:`SessionState` and answers with commands. It never waits: whatever takes time (a
transcription, a voice, the analysis) is a command now and an event later. Every such command carries an id
(piece or utterance) that its event brings back; an event with an id that is not open any more changes nothing.

The coach speaks only from a queue of lines. A tick during the candidate's silence asks
:mod:`voice_coach.core.turn_taking` how long this silence must last, and when it has,
:mod:`voice_coach.core.interview` decides what to say. While words are still being transcribed nothing is decided.

Stages follow each other by ``STAGES`` below; the clock runs from the end of the question to the thanks, but not
while the coach speaks or the session is paused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, assert_never

from voice_coach.core import events
from voice_coach.core.commands import (
    Assess,
    Command,
    End,
    Listen,
    Note,
    Render,
    Speak,
    StopSpeaking,
    Transcribe,
)
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.interview import Interviewer, Moment, Reply, Stage
from voice_coach.core.session_state import SessionState, Speaking
from voice_coach.core.transcript import Speaker, Transcript, laid_out
from voice_coach.core.turn_taking import (
    Heard,
    Mode,
    Situation,
    Tail,
    TailReader,
    TurnTakingSettings,
    wait_s,
)

if TYPE_CHECKING:
    from voice_coach.core.clock import PaceSettings
    from voice_coach.core.events import Event
    from voice_coach.core.transcript import Word

STAGES: Mapping[Stage, frozenset[Stage]] = {
    Stage.OPENING: frozenset({Stage.ANSWERING, Stage.CLOSING, Stage.ENDED}),
    Stage.ANSWERING: frozenset({Stage.WRAPPING_UP, Stage.CLOSING, Stage.ENDED}),
    Stage.WRAPPING_UP: frozenset({Stage.CLOSING, Stage.ENDED}),
    Stage.CLOSING: frozenset({Stage.ASSESSING, Stage.ENDED}),
    Stage.ASSESSING: frozenset({Stage.FEEDBACK, Stage.ENDED}),
    Stage.FEEDBACK: frozenset({Stage.ENDED}),
    Stage.ENDED: frozenset(),
}
"""Legal transitions."""

UNHEARD_LIMIT_S = 1.5
"""A silence of this length after speech that was never cut into a piece: it was too faint to be words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What a session is run with; constant throughout."""

    interviewer: Interviewer
    reader: TailReader
    turn_taking: TurnTakingSettings
    pace: PaceSettings
    covered: Callable[[Transcript], frozenset[str]]
    """The checklist items that a transcript meets so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The state after an event and what to do about it."""

    state: SessionState
    commands: tuple[Command, ...] = ()

    def then(self, act: Callable[[SessionState], Step]) -> Step:
        """This step followed by *act* on its state."""
        after = act(self.state)
        return Step(state=after.state, commands=(*self.commands, *after.commands))

    def and_do(self, *commands: Command) -> Step:
        """This step with more commands."""
        return Step(state=self.state, commands=(*self.commands, *commands))


def step(state: SessionState, event: Event, book: Book) -> Step:  # noqa: C901, PLR0911, PLR0912 - one branch an event
    """What follows from *event*."""
    if state.stage is Stage.ENDED:
        return _after_the_end(state, event)
    state = replace(state, at_s=max(state.at_s, event.at_s))
    match event:
        case events.SessionStarted():
            return _on_started(state, event, book)
        case events.Tick():
            return _on_tick(state, book)
        case events.SpeechStarted():
            return Step(state=replace(state, voice_since_s=event.onset_s))
        case events.SpeechEnded():
            return Step(state=_fell_silent(state, event.offset_s))
        case events.PieceCut():
            return _on_piece(state, event)
        case events.Transcribed():
            return _on_transcribed(state, event, book)
        case events.PlaybackStarted():
            return _on_playback_started(state, event)
        case events.PlaybackEnded():
            return _on_playback_ended(state, event)
        case events.CommandGiven():
            return _on_command(state, event.name, book)
        case events.Assessed():
            return _on_assessed(state, event, book)
        case events.InputEnded():
            return _end(state, event.reason)
        case events.EngineFellBack() | events.RoomSaid():
            return Step(state=state)
        case _:
            assert_never(event)


def _after_the_end(state: SessionState, event: Event) -> Step:
    """Only words that were still being transcribed may come."""
    if isinstance(event, events.Transcribed) and event.piece in state.pending:
        return Step(state=_with_words(state, event))
    return Step(state=state)


# -- events ----------------------------------------------------------------------------------------------------


def _on_started(state: SessionState, event: events.SessionStarted, book: Book) -> Step:
    state = replace(
        state, is_full_duplex=event.is_full_duplex, reads_feedback=event.reads_feedback, stage=Stage.OPENING
    )
    reply = book.interviewer.opening(state.interview)
    begun = _say(state, reply, {"reason": "the session began"})
    ahead = book.interviewer.known_ahead(begun.state.interview)
    return begun.and_do(*(Render(text=text) for text in ahead))


def _fell_silent(state: SessionState, offset_s: float) -> SessionState:
    return replace(
        state,
        voice_since_s=None,
        last_offset_s=offset_s,
        silent_from_s=max(state.silent_from_s, offset_s),
    )


def _on_piece(state: SessionState, event: events.PieceCut) -> Step:
    state = replace(state, pending=state.pending | {event.piece}, cut_until_s=event.end_s)
    return Step(state=state, commands=(Transcribe(piece=event.piece),))


def _with_words(state: SessionState, event: events.Transcribed) -> SessionState:
    """What is said during a pause is nobody's business; what was said right before it counts."""
    words = tuple(
        word
        for word in event.words
        if not any(start_s <= word.start_s < end_s for start_s, end_s in state.pauses)
    )
    return replace(
        state,
        pending=state.pending - {event.piece},
        transcript=state.transcript.with_words(Speaker.CANDIDATE, words),
        heard=None,
    )


def _on_transcribed(state: SessionState, event: events.Transcribed, book: Book) -> Step:
    if event.piece not in state.pending:
        return Step(state=state)
    state = _with_words(state, event)
    if state.is_paused:
        return _heard_while_paused(state, event.words, book)
    if not event.words or state.stage is not Stage.ANSWERING:
        return Step(state=state)
    state = replace(state, covered=book.covered(state.transcript))
    return _arm(state, book) if state.speaking is None else Step(state=state)


def _heard_while_paused(state: SessionState, words: tuple[Word, ...], book: Book) -> Step:
    """Only "resume" is obeyed."""
    if book.reader.command(words) == CommandName.RESUME:
        return _on_command(state, CommandName.RESUME, book)
    return Step(state=state)


def _arm(state: SessionState, book: Book) -> Step:
    """Has the follow-up that would be asked now rendered ahead."""
    line = book.interviewer.next_follow_up(_moment(state, Heard(tail=Tail.COMPLETE)))
    if line is None or line.text == state.armed:
        return Step(state=state)
    return Step(state=replace(state, armed=line.text), commands=(Render(text=line.text),))


def _on_playback_started(state: SessionState, event: events.PlaybackStarted) -> Step:
    speaking = state.speaking
    if speaking is None or speaking.utterance != event.utterance:
        return Step(state=state)
    speaking = replace(speaking, started_s=event.at_s, duration_s=event.duration_s)
    state = replace(state, speaking=speaking)
    if state.is_full_duplex and state.stage is not Stage.FEEDBACK:
        return Step(state=state)
    return Step(state=replace(state, voice_since_s=None), commands=(Listen(is_on=False),))


def _on_playback_ended(state: SessionState, event: events.PlaybackEnded) -> Step:
    speaking = state.speaking
    if speaking is None or speaking.utterance != event.utterance:
        return Step(state=state)
    start_s = event.at_s if speaking.started_s is None else speaking.started_s
    text = _heard_of(speaking, event.played_s) if event.was_stopped else speaking.line.text
    said = _said(replace(state, speaking=None), speaking, text, (start_s, event.at_s))
    if event.was_stopped:
        content = {"utterance": event.utterance, "played_s": event.played_s}
        said = said.and_do(Note(kind="coach_interrupted", content={"t": event.at_s, **content}))
    return said.then(_next_line)


def _heard_of(speaking: Speaking, played_s: float) -> str:
    """What was heard of a line that was stopped after *played_s*: nothing if it had not begun."""
    if speaking.duration_s <= 0:
        return ""
    words = speaking.line.text.split()
    return " ".join(words[: round(len(words) * min(1.0, played_s / speaking.duration_s))])


def _said(state: SessionState, speaking: Speaking, text: str, times_s: tuple[float, float]) -> Step:
    """*text* goes into the transcript (but for feedback, which is no part of the rehearsal) and the journal."""
    if not text:
        return Step(state=state)
    start_s, end_s = times_s
    if state.stage not in (Stage.ASSESSING, Stage.FEEDBACK):
        words = laid_out(text, start_s, end_s)
        state = replace(state, transcript=state.transcript.with_words(Speaker.COACH, words))
    note = Note(
        kind="coach_said",
        content={
            "t": end_s,
            "text": text,
            "start": start_s,
            "end": end_s,
            "intent": speaking.line.intent,
            "about": speaking.line.about,
            "because": dict(speaking.because),
            "utterance": speaking.utterance,
        },
    )
    return Step(state=state, commands=(note,))


def _on_command(state: SessionState, name: CommandName, book: Book) -> Step:
    """A key, or "resume" while paused. It silences the coach."""
    if state.stage not in (Stage.OPENING, Stage.ANSWERING, Stage.WRAPPING_UP):
        return Step(state=state)
    if state.is_paused and name is CommandName.PAUSE:
        name = CommandName.RESUME
    if state.is_paused and name is CommandName.STOP:
        state = _resumed(state)
    elif state.is_paused is not (name is CommandName.RESUME):
        return Step(state=state)
    if state.stage is Stage.OPENING and name in (CommandName.SKIP, CommandName.DONE):
        state = replace(state, stage=Stage.ANSWERING)
    note = Note(kind="command", content={"t": state.at_s, "name": name})
    reply = book.interviewer.obey(name, _moment(state, Heard(tail=Tail.COMMAND, command=name)))
    done = _stop_speaking(state).then(lambda stopped: _say(stopped, reply, {"reason": f"command: {name}"}))
    return Step(state=done.state, commands=(note, *done.commands))


def _stop_speaking(state: SessionState) -> Step:
    """Has the coach fall silent; once is enough, however long the loudspeaker takes."""
    if state.speaking is None or state.speaking.is_stopping:
        return Step(state=state)
    speaking = replace(state.speaking, is_stopping=True)
    return Step(
        state=replace(state, speaking=speaking), commands=(StopSpeaking(utterance=speaking.utterance),)
    )


def _on_assessed(state: SessionState, event: events.Assessed, book: Book) -> Step:
    if state.stage is not Stage.ASSESSING:
        return Step(state=state)
    if not state.reads_feedback or not event.feedback:
        return _end(state, "completed")
    reply = book.interviewer.feedback(event.feedback, state.interview)
    return _say(state, reply, {"reason": "the analysis is done"})


def _end(state: SessionState, reason: str) -> Step:
    note = Note(
        kind="session_ended",
        content={
            "t": state.at_s,
            "reason": reason,
            "answer_s": round(state.clock.elapsed_s(state.at_s), 3),
            "false_cut_offs": state.false_cut_offs,
        },
    )
    stopped = _stop_speaking(state)
    speaking = state.speaking
    if speaking is not None and speaking.started_s is not None:
        text = _heard_of(speaking, state.at_s - speaking.started_s)
        times_s = (speaking.started_s, state.at_s)
        stopped = stopped.then(lambda silent: _said(silent, speaking, text, times_s))
    state = replace(
        stopped.state,
        stage=Stage.ENDED,
        end_reason=reason,
        speaking=None,
        queue=(),
        clock=state.clock.hold(state.at_s),
    )
    return Step(state=state, commands=(*stopped.commands, note, End(reason=reason)))


# -- time passes -----------------------------------------------------------------------------------------------


def _on_tick(state: SessionState, book: Book) -> Step:
    if state.speaking is not None:
        return _while_speaking(state, book)
    if state.stage is Stage.ASSESSING:
        if state.pending or state.is_assessed:
            return Step(state=state)
        return Step(state=replace(state, is_assessed=True), commands=(Assess(),))
    if state.clock.elapsed_s(state.at_s) >= book.pace.longest_s and state.stage in (
        Stage.ANSWERING,
        Stage.WRAPPING_UP,
    ):
        return _say(state, book.interviewer.close(state.interview), {"reason": "the longest time has passed"})
    if state.is_paused and state.at_s - state.pauses[-1][0] >= book.turn_taking.longest_pause_s:
        return _say(
            _resumed(state), book.interviewer.close(state.interview), {"reason": "the pause did not end"}
        )
    if state.is_paused or state.voice_since_s is not None or state.pending or _is_unheard(state):
        return Step(state=state)
    return _in_silence(state, book)


def _is_unheard(state: SessionState) -> bool:
    """Whether speech has ended that was not cut into a piece yet."""
    is_cut = state.last_offset_s <= state.cut_until_s
    return not is_cut and state.at_s - state.last_offset_s < UNHEARD_LIMIT_S


def _while_speaking(state: SessionState, book: Book) -> Step:
    """Where the microphone does not hear the coach, the candidate's voice stops it."""
    speaking = state.speaking
    if (
        not state.is_full_duplex
        or state.voice_since_s is None
        or speaking is None
        or speaking.started_s is None
        or speaking.is_stopping
        or state.stage not in (Stage.ANSWERING, Stage.WRAPPING_UP)
        or state.at_s - state.voice_since_s < book.turn_taking.barge_in_s
    ):
        return Step(state=state)
    was_cut_off = state.voice_since_s - speaking.started_s <= book.turn_taking.false_cut_off_s
    if was_cut_off:
        state = replace(
            state,
            false_cut_offs=state.false_cut_offs + 1,
            wait_factor=min(2.0 * state.wait_factor, book.turn_taking.longest_wait_factor),
        )
    return _stop_speaking(replace(state, queue=()))


def _in_silence(state: SessionState, book: Book) -> Step:
    """Weighs the four cues; at the end of the turn, replies."""
    state, heard = _read(state, book)
    situation = _situation(state, heard, book)
    needed_s = wait_s(situation, book.turn_taking)
    silence_s = state.at_s - state.silent_from_s
    if silence_s < needed_s:
        return Step(state=state)
    because: dict[str, object] = {
        "silence_s": round(silence_s, 3),
        "wait_s": round(needed_s, 3),
        "tail": heard.tail,
        "mode": situation.mode,
        "part": book.pace.phase_at(state.clock.elapsed_s(state.at_s)),
        "covered": situation.is_covered,
        "near_end": situation.is_near_end,
    }
    moment = _moment(state, heard)
    elapsed = {"elapsed_s": round(moment.elapsed_s, 3), "words": len(moment.words)}
    notes = [Note(kind="turn_ended", content={"t": state.at_s, **because, **elapsed})]
    if heard.command is not None:
        said = " ".join(word.text for word in moment.words)
        notes.append(Note(kind="command", content={"t": state.at_s, "name": heard.command, "said": said}))
    done = _say(replace(state, armed=None), book.interviewer.reply(moment), because)
    return Step(state=done.state, commands=(*notes, *done.commands))


def _read(state: SessionState, book: Book) -> tuple[SessionState, Heard]:
    """The tail of the open turn, read once for as long as no words are added."""
    if state.heard is not None:
        return state, state.heard
    words = state.words
    heard = book.reader.read(words, asks=book.interviewer.asks(words))
    return replace(state, heard=heard), heard


def _situation(state: SessionState, heard: Heard, book: Book) -> Situation:
    elapsed_s = state.clock.elapsed_s(state.at_s)
    mode = state.mode
    said_something = heard.tail is not Tail.NOTHING
    has_grown = state.last_offset_s - state.turn_from_s > book.turn_taking.short_answer_s
    if said_something and (mode is Mode.THINKING or has_grown):
        mode = Mode.MONOLOGUE
    is_wrapping_up = state.stage is Stage.WRAPPING_UP
    near_end_s = book.pace.range_s[1] - book.turn_taking.near_end_s
    is_covered = book.interviewer.is_covered(state.covered, state.interview, mode, elapsed_s)
    return Situation(
        mode=mode,
        tail=heard.tail,
        is_covered=is_wrapping_up or is_covered,
        is_near_end=is_wrapping_up or elapsed_s >= near_end_s,
        factor=state.wait_factor,
    )


# -- speaking --------------------------------------------------------------------------------------------------


def _moment(state: SessionState, heard: Heard) -> Moment:
    return Moment(
        stage=state.stage,
        elapsed_s=state.clock.elapsed_s(state.at_s),
        transcript=state.transcript,
        words=state.words,
        heard=heard,
        covered=state.covered,
        state=state.interview,
    )


def _say(state: SessionState, reply: Reply, because: Mapping[str, object]) -> Step:
    """Takes over what *reply* decided and speaks its first line."""
    stage = reply.stage or state.stage
    if stage is not state.stage and stage not in STAGES[state.stage]:
        message = f"a session cannot go from {state.stage} to {stage}"
        raise ValueError(message)
    state = replace(
        state,
        interview=reply.state,
        stage=stage,
        mode=reply.mode or state.mode,
        queue=reply.lines,
        because=because,
    )
    if reply.pauses is not None:
        state = _paused(state) if reply.pauses else _resumed(state)
    notes = tuple(
        Note(kind=line.intent, content={"t": state.at_s, "text": line.text})
        for line in reply.lines
        if line.intent in (Intent.TIME_CUE, Intent.SCOPE_CHANGE)
    )
    # The answer to "resume" is on the record again.
    listen = (Listen(is_on=state.is_full_duplex),) if reply.pauses is False else ()
    ahead = tuple(Render(text=line.text) for line in reply.lines[1:])
    return Step(state=state, commands=(*notes, *listen)).then(_next_line).and_do(*ahead)


def _paused(state: SessionState) -> SessionState:
    return replace(state, is_paused=True, pauses=(*state.pauses, (state.at_s, inf)))


def _resumed(state: SessionState) -> SessionState:
    start_s, _ = state.pauses[-1]
    return replace(state, is_paused=False, pauses=(*state.pauses[:-1], (start_s, state.at_s)))


def _next_line(state: SessionState) -> Step:
    """Speaks the next line of the queue once the last one has ended, or hands the turn to the candidate."""
    if state.speaking is not None:
        return Step(state=state)
    if not state.queue:
        return _hand_over(state)
    line, *rest = state.queue
    utterance = state.utterances + 1
    state = replace(
        state,
        queue=tuple(rest),
        utterances=utterance,
        speaking=Speaking(utterance=utterance, line=line, because=state.because),
        clock=state.clock.hold(state.at_s),
    )
    return Step(state=state, commands=(Speak(utterance=utterance, text=line.text),))


def _hand_over(state: SessionState) -> Step:
    """The coach has said all it had to say."""
    match state.stage:
        case Stage.FEEDBACK:
            return _end(state, "completed")
        case Stage.CLOSING:
            state = replace(state, stage=Stage.ASSESSING, voice_since_s=None)
            return Step(state=state, commands=(Listen(is_on=False),))
        case Stage.OPENING:
            state = replace(state, stage=Stage.ANSWERING)
        case _:
            pass
    listen = Listen(is_on=True, is_short=state.mode is Mode.SHORT, is_recorded=not state.is_paused)
    clock = state.clock.hold(state.at_s) if state.is_paused else state.clock.run(state.at_s)
    state = replace(state, turn_from_s=state.at_s, silent_from_s=state.at_s, clock=clock, heard=None)
    if state.is_full_duplex and state.voice_since_s is not None:
        state = replace(state, turn_from_s=state.voice_since_s)
    return Step(state=state, commands=(listen,))


# -- replay ----------------------------------------------------------------------------------------------------


def replay(recorded: Iterable[Event], book: Book) -> SessionState:
    """The state after all *recorded* events, ticks put in where time passed."""
    state = SessionState()
    for event in with_ticks(recorded):
        state = step(state, event, book).state
    return state


def with_ticks(recorded: Iterable[Event]) -> Iterator[Event]:
    """*recorded* events as the session saw them: a journal leaves the ticks out, which follow from the time."""
    ticks = 0
    for event in recorded:
        while round((ticks + 1) * events.TICK_S, 3) <= event.at_s:
            ticks += 1
            yield events.Tick(at_s=round(ticks * events.TICK_S, 3))
        yield event
