"""The candidate's turn: speech, its words, commands, and the silence that may be the end of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.coach_turn import broken_off_now, end, say, stop_speaking, taken_back
from voice_coach.core.commands import Note, Render, Transcribe
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.session_stage import TALKING, Stage
from voice_coach.core.session_state import BeforeReply, SessionState
from voice_coach.core.session_step import Book, Step
from voice_coach.core.talked_over import FEW_WORDS, NEEDED
from voice_coach.core.transcript import Speaker
from voice_coach.core.turn_taking import Heard, Mode, Situation, Tail, wait_s

if TYPE_CHECKING:
    from voice_coach.core import events
    from voice_coach.core.transcript import Word

PART_OF_THE_ANSWER = frozenset({CommandName.THINK, CommandName.DONE})
"""Commands that one says to a person as well: they stay in the answer."""
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
    piece = frozenset({event.piece})
    return replace(
        state,
        pending=state.pending - piece,
        failed=state.failed | piece if event.has_failed else state.failed - piece,
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
    state = broken_off_now(state)
    note = Note(kind="command", content={"t": state.at_s, "name": name})
    reply = book.interviewer.obey(name, state.moment(Heard(tail=Tail.COMMAND, command=name)))
    done = stop_speaking(state).then(lambda stopped: say(stopped, reply, {"reason": f"command: {name}"}))
    return Step(state=done.state, commands=(note, *done.commands))


def in_silence(state: SessionState, book: Book) -> Step:
    """Weighs the four cues, once all that was said is known; at the end of the turn, replies."""
    if state.is_paused or state.voice_since_s is not None or state.pending or _is_unheard(state):
        return Step(state=state)
    if state.was_talked_over and state.interview.owed:
        if not _has_words(state, book):
            return _go_on(state, book)
        # What was asked for stays asked for.
        if state.before_reply is not None and not _owes_answer(state):
            state = taken_back(state, state.before_reply)
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
    before = BeforeReply(interview=state.interview, mode=state.mode, turn_from_s=state.turn_from_s)
    elapsed = {"elapsed_s": round(moment.elapsed_s, 3), "words": len(moment.words)}
    notes = [Note(kind="turn_ended", content={"t": state.at_s, **because, **elapsed})]
    if heard.command is not None:
        said = " ".join(word.text for word in moment.words)
        notes.append(Note(kind="command", content={"t": state.at_s, "name": heard.command, "said": said}))
    reply = book.interviewer.reply(moment)
    done = say(replace(_without_command(state, heard), armed=None), reply, because)
    is_talk = heard.command is None and reply.stage is None
    after = replace(done.state, before_reply=before if is_talk else None)
    return Step(state=after, commands=(*notes, *done.commands))


def ended_by(state: SessionState, event: events.InputEnded, book: Book) -> Step:
    """The end of the input, before which a command may have been said that was not yet obeyed."""
    if state.stage in TALKING and not state.pending:
        state = _without_command(*_read(state, book))
    return end(state, event.reason)


def _without_command(state: SessionState, heard: Heard) -> SessionState:
    """What was said to the program is no part of the answer: it stays in the journal alone."""
    if heard.command is None or heard.command in PART_OF_THE_ANSWER:
        return state
    return replace(state, transcript=state.transcript.without(heard.said), heard=None)


def _has_words(state: SessionState, book: Book) -> bool:
    """Whether the coach was talked over by more than a noise or an "mm-hm"."""
    spoken = [word for word in state.words if not word.filler]
    return bool(spoken) and not book.reader.is_backchannel(spoken)


def _owes_answer(state: SessionState) -> bool:
    return any(item.line.intent is Intent.ANSWER for item in state.interview.owed)


def _go_on(state: SessionState, book: Book) -> Step:
    """After a moment the coach says on what it had begun."""
    silence_s = state.at_s - state.silent_from_s
    if silence_s < book.turn_taking.resume_s:
        return Step(state=state)
    because = {"reason": "talked over by no words", "silence_s": round(silence_s, 3)}
    return say(state, book.interviewer.go_on(state.interview), because)


def _heard_while_paused(state: SessionState, words: tuple[Word, ...], book: Book) -> Step:
    """Only "resume" is obeyed, and while a device is lost not even that."""
    if state.outage is None and book.reader.resuming(words):
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
    unheard = _unheard_intents(state)
    is_underway = len(state.words) >= FEW_WORDS
    if Intent.FOLLOW_UP in unheard:
        mode = Mode.MONOLOGUE
    is_wrapping_up = state.stage is Stage.WRAPPING_UP
    near_end_s = book.pace.range_s[1] - book.turn_taking.near_end_s
    is_covered = book.interviewer.is_covered(state.covered, state.interview, mode, elapsed_s)
    return Situation(
        mode=mode,
        tail=heard.tail,
        is_covered=is_wrapping_up or is_covered,
        is_near_end=is_wrapping_up or elapsed_s >= near_end_s,
        is_awaited=not unheard.isdisjoint(NEEDED - {Intent.QUESTION} if is_underway else NEEDED),
        factor=state.wait_factor,
    )


def _unheard_intents(state: SessionState) -> frozenset[Intent]:
    """What kinds of lines the candidate has just talked over before they were heard."""
    if not state.was_talked_over:
        return frozenset()
    return frozenset(item.line.intent for item in state.interview.owed if not item.was_heard)
