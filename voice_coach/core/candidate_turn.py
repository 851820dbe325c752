"""The candidate's turn: speech, its words, commands, and the silence that may be the end of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.coach_turn import say, stop_speaking
from voice_coach.core.commands import Note, Render, Transcribe
from voice_coach.core.events import CommandName
from voice_coach.core.session_stage import TALKING, Stage
from voice_coach.core.session_state import SessionState
from voice_coach.core.session_step import Book, Step
from voice_coach.core.transcript import Speaker
from voice_coach.core.turn_taking import Heard, Mode, Situation, Tail, wait_s

if TYPE_CHECKING:
    from voice_coach.core import events
    from voice_coach.core.transcript import Word

UNHEARD_LIMIT_S = 1.5
"""A silence of this length after speech that was never cut into a piece: it was too faint to be words."""


def fell_silent(state: SessionState, offset_s: float) -> SessionState:
    """Silence since *offset_s*, which says nothing of the turn yet."""
    return replace(
        state,
        voice_since_s=None,
        last_offset_s=offset_s,
        silent_from_s=max(state.silent_from_s, offset_s),
    )


def on_piece(state: SessionState, event: events.PieceCut) -> Step:
    """Its words are wanted."""
    state = replace(state, pending=state.pending | {event.piece}, cut_until_s=event.end_s)
    return Step(state=state, commands=(Transcribe(piece=event.piece),))


def with_words(state: SessionState, event: events.Transcribed) -> SessionState:
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


def on_transcribed(state: SessionState, event: events.Transcribed, book: Book) -> Step:
    """The words are on the record, and the follow-up that they call for is rendered ahead."""
    if event.piece not in state.pending:
        return Step(state=state)
    state = with_words(state, event)
    if state.is_paused:
        return _heard_while_paused(state, event.words, book)
    if not event.words or state.stage is not Stage.ANSWERING:
        return Step(state=state)
    state = replace(state, covered=book.covered(state.transcript))
    return _arm(state, book) if state.speaking is None else Step(state=state)


def on_command(state: SessionState, name: CommandName, book: Book) -> Step:
    """A key, or "resume" while paused. It silences the coach."""
    if state.stage not in TALKING:
        return Step(state=state)
    if state.is_paused and name is CommandName.PAUSE:
        name = CommandName.RESUME
    if state.is_paused and name is CommandName.STOP:
        state = state.resumed()
    elif state.is_paused is not (name is CommandName.RESUME):
        return Step(state=state)
    if state.stage is Stage.OPENING and name in (CommandName.SKIP, CommandName.DONE):
        state = replace(state, stage=Stage.ANSWERING)
    note = Note(kind="command", content={"t": state.at_s, "name": name})
    reply = book.interviewer.obey(name, state.moment(Heard(tail=Tail.COMMAND, command=name)))
    done = stop_speaking(state).then(lambda stopped: say(stopped, reply, {"reason": f"command: {name}"}))
    return Step(state=done.state, commands=(note, *done.commands))


def in_silence(state: SessionState, book: Book) -> Step:
    """Weighs the four cues, once all that was said is known; at the end of the turn, replies."""
    if state.is_paused or state.voice_since_s is not None or state.pending or _is_unheard(state):
        return Step(state=state)
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
    moment = state.moment(heard)
    elapsed = {"elapsed_s": round(moment.elapsed_s, 3), "words": len(moment.words)}
    notes = [Note(kind="turn_ended", content={"t": state.at_s, **because, **elapsed})]
    if heard.command is not None:
        said = " ".join(word.text for word in moment.words)
        notes.append(Note(kind="command", content={"t": state.at_s, "name": heard.command, "said": said}))
    done = say(replace(state, armed=None), book.interviewer.reply(moment), because)
    return Step(state=done.state, commands=(*notes, *done.commands))


def _heard_while_paused(state: SessionState, words: tuple[Word, ...], book: Book) -> Step:
    """Only "resume" is obeyed."""
    if book.reader.command(words) == CommandName.RESUME:
        return on_command(state, CommandName.RESUME, book)
    return Step(state=state)


def _arm(state: SessionState, book: Book) -> Step:
    """Has the follow-up that would be asked now rendered ahead."""
    line = book.interviewer.next_follow_up(state.moment(Heard(tail=Tail.COMPLETE)))
    if line is None or line.text == state.armed:
        return Step(state=state)
    return Step(state=replace(state, armed=line.text), commands=(Render(text=line.text),))


def _is_unheard(state: SessionState) -> bool:
    """Whether speech has ended that was not cut into a piece yet."""
    is_cut = state.last_offset_s <= state.cut_until_s
    return not is_cut and state.at_s - state.last_offset_s < UNHEARD_LIMIT_S


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
