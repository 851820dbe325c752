"""Commands while the feedback is read: the answer is over, and what is left is to listen. Others mean nothing there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.coach_turn import end, next_line, rest_of, stop_speaking
from voice_coach.core.commands import Note, Render
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.session_step import Book, Step
from voice_coach.core.turn_taking import Heard, Tail

if TYPE_CHECKING:
    from voice_coach.core.interview_state import Line
    from voice_coach.core.session_state import SessionState


def on_command_in_feedback(state: SessionState, name: CommandName, book: Book) -> Step:
    """A command while the feedback is read, by key or, with headphones, by voice."""
    done = _obeyed(state, name, book)
    if done is None:
        return Step(state=state)
    note = Note(kind="command", content={"t": state.at_s, "name": name})
    return Step(state=done.state, commands=(note, *done.commands))


def _obeyed(state: SessionState, name: CommandName, book: Book) -> Step | None:
    if name in (CommandName.STOP, CommandName.DONE):
        return end(state, "completed")
    if state.is_paused:
        return next_line(state.resumed()) if name is CommandName.RESUME else None
    match name:
        case CommandName.PAUSE:
            return stop_speaking(
                replace(state.paused(), queue=(*rest_of(state, book.turn_taking.resume_from_s), *state.queue))
            )
        case CommandName.SKIP:
            return stop_speaking(state)
        case CommandName.SLOWER | CommandName.FASTER | CommandName.SAY_AGAIN | CommandName.SAY_SLOWER:
            return _at_speed(state, name, book)
        case _:
            return None


def _at_speed(state: SessionState, name: CommandName, book: Book) -> Step:
    """The line that is read, from its beginning or where it was, and all that follows."""
    obeyed = book.interviewer.obey(name, state.moment(Heard(tail=Tail.COMMAND, command=name)))
    if name in (CommandName.SAY_AGAIN, CommandName.SAY_SLOWER):
        first: tuple[Line, ...] = () if state.speaking is None else (state.speaking.line,)
    else:
        told = replace(obeyed.lines[0], intent=Intent.FEEDBACK)
        first = (told, *rest_of(state, book.turn_taking.resume_from_s))
    lines = (*first, *state.queue)
    speed = obeyed.state.speed
    interview = replace(state.interview, speed=speed, said=obeyed.state.said)
    ahead = [Render(text=line.text, speed=speed) for line in lines] if speed != state.interview.speed else []
    return stop_speaking(replace(state, interview=interview, queue=lines)).and_do(*ahead)
