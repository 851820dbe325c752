"""Commands once the answer is over: the feedback is read, asked about, and something said again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.coach_turn import broken_off_now, end, next_line, rest_of, say, stop_speaking
from voice_coach.core.commands import Listen, LookUp, Note, Render
from voice_coach.core.events import REVIEW_COMMANDS, CommandName, Intent
from voice_coach.core.interview_state import Line, Reply
from voice_coach.core.review_state import Ask
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_step import Book, Step
from voice_coach.core.turn_taking import Heard, Tail

if TYPE_CHECKING:
    from voice_coach.core.session_state import SessionState
    from voice_coach.core.transcript import Word

_LOOKED_UP = {
    CommandName.WHY: Ask.WHY,
    CommandName.WHEN: Ask.WHEN,
    CommandName.CLAIM: Ask.CLAIM,
    CommandName.REDO: Ask.REDO,
}


def on_command_in_feedback(
    state: SessionState, name: CommandName, book: Book, claim: tuple[Word, ...] = ()
) -> Step:
    """A command by key or by voice; of what the candidate says to have said, *claim* is the words."""
    done = _asked(state, name, book, claim) if name in REVIEW_COMMANDS else _obeyed(state, name, book)
    if done is None:
        return Step(state=state)
    content = {"name": name, **({"said": " ".join(word.text for word in claim)} if claim else {})}
    note = Note(kind="command", content={"t": state.at_s, **content})
    return Step(state=done.state, commands=(note, *done.commands))


def _obeyed(state: SessionState, name: CommandName, book: Book) -> Step | None:
    if name is CommandName.DONE and state.stage is Stage.REDOING:
        return said_again(state, book)
    if name in (CommandName.STOP, CommandName.DONE):
        return end(state, "completed")
    if state.is_paused:
        return _resumed(state) if name is CommandName.RESUME else None
    match name:
        case CommandName.PAUSE:
            return _paused(replace(_put_by(state, book), was_talked_over=False).paused())
        case CommandName.SKIP:
            return _skipped(state, book)
        case CommandName.THINK if state.review.redoing is not None:
            redoing = replace(state.review.redoing, is_thinking=True)
            return Step(state=replace(state, review=replace(state.review, redoing=redoing)))
        case CommandName.SLOWER | CommandName.FASTER | CommandName.SAY_AGAIN | CommandName.SAY_SLOWER:
            return _at_speed(state, name, book)
        case _:
            return None


def _put_by(state: SessionState, book: Book) -> SessionState:
    """The coach says no more for now; what is left of it is queued, from the clause that it was in."""
    owed = tuple(item.line for item in state.interview.owed)
    queue = (*owed, *rest_of(state, book.turn_taking.resume_from_s), *state.queue)
    return replace(state, queue=queue, interview=replace(state.interview, owed=()))


def _paused(state: SessionState) -> Step:
    """Off the record from now on; where the ears are closed over the coach, they open once it is silent."""
    is_on = state.is_full_duplex or state.speaking is None
    ears = Listen(is_on=is_on, is_short=True, is_recorded=False)
    return stop_speaking(state).and_do(ears)


def _resumed(state: SessionState) -> Step:
    ears = Listen(is_on=state.is_full_duplex, is_short=state.stage is not Stage.REDOING)
    return Step(state=state.resumed(), commands=(ears,)).then(next_line)


def _skipped(state: SessionState, book: Book) -> Step:
    """On to the next line, or, where something was to be said again, back to questions.

    What is still being looked up is not told any more.
    """
    state = replace(state, review=replace(state.review, ask=None))
    if state.stage is Stage.REDOING:
        review = replace(state.review, redoing=None, words=())
        reply = Reply(state=replace(state.interview, owed=()), stage=Stage.REVIEWING, mode=None)
        return stop_speaking(replace(state, review=review, queue=())).then(
            lambda now: say(now, reply, {"reason": "skipped"})
        )
    left = tuple(item.line for item in state.interview.owed[1:])
    if state.interview.owed:
        state = replace(state, queue=(*left, *state.queue), interview=replace(state.interview, owed=()))
    elif state.stage is Stage.REVIEWING and state.speaking is None and not state.queue:
        return review_line(state, "nothing_next", book)
    return stop_speaking(_cleared(state)).then(next_line)


def _at_speed(state: SessionState, name: CommandName, book: Book) -> Step:
    """The line that is read, from its beginning or where it was, and all that follows."""
    obeyed = book.interviewer.obey(name, state.moment(Heard(tail=Tail.COMMAND, command=name)))
    owed = tuple(item.line for item in state.interview.owed)
    if name in (CommandName.SAY_AGAIN, CommandName.SAY_SLOWER):
        first, owed = _said_last(state), owed[1:]
    else:
        told = replace(obeyed.lines[0], intent=Intent.FEEDBACK)
        first = (told, *rest_of(state, book.turn_taking.resume_from_s))
    lines = (*first, *owed, *state.queue)
    speed = obeyed.state.speed
    interview = replace(state.interview, speed=speed, said=obeyed.state.said, owed=())
    ahead = [Render(text=line.text, speed=speed) for line in lines] if speed != state.interview.speed else []
    state = replace(_cleared(state), interview=interview, queue=lines)
    return stop_speaking(state).and_do(*ahead).then(next_line)


def _said_last(state: SessionState) -> tuple[Line, ...]:
    if state.speaking is not None:
        return (state.speaking.line,)
    read = () if state.review.read is None else (state.review.read,)
    return state.review.answered or read


def _cleared(state: SessionState) -> SessionState:
    """With nothing more to be made of what was said, but for what is being said again."""
    words = state.review.words if state.stage is Stage.REDOING else ()
    review = replace(state.review, words=words, next_line_s=None)
    return replace(state, review=review, was_talked_over=False) if state.review.is_open else state


# -- what is asked ---------------------------------------------------------------------------------------------


def _asked(state: SessionState, name: CommandName, book: Book, claim: tuple[Word, ...]) -> Step | None:
    """A question about the feedback; None where none can be asked."""
    review = state.review
    if book.review is None or not review.is_open or state.is_paused or review.ask is not None:
        return None
    match name:
        case CommandName.READ_AGAIN if state.stage is Stage.REVIEWING:
            return _read_again(state)
        case CommandName.READ_AGAIN:
            return _at_speed(state, CommandName.SAY_AGAIN, book)
        case CommandName.NEXT_POINT:
            return _next_point(state, book)
        case _:
            about = None if review.read is None else review.read.about
            return look_up(state, _LOOKED_UP[name], about, claim, book)


def look_up(state: SessionState, ask: Ask, about: str | None, claim: tuple[Word, ...], book: Book) -> Step:
    """Has something found out; meanwhile the coach is silent, and reads on after it has answered."""
    state = broken_off_now(state, book.turn_taking.resume_from_s)
    owed = tuple(item for item in state.interview.owed if item.line.intent is Intent.FEEDBACK)
    state = replace(state, queue=(), interview=replace(state.interview, owed=owed))
    request = state.review.requests + 1
    review = replace(state.review, words=(), next_line_s=None, ask=ask, requests=request)
    command = LookUp(request=request, ask=ask, about=about, claim=claim)
    return stop_speaking(replace(state, review=review, was_talked_over=False)).and_do(command)


def said_again(state: SessionState, book: Book) -> Step:
    """What was said again is over; it is compared with what was said before."""
    redoing, words = state.review.redoing, state.review.words
    spoken = [word for word in words if not word.filler]
    command = book.reader.command(words)
    if command is not None and command.name == CommandName.DONE:
        gone = set(command.words)
        spoken = [word for word in spoken if word not in gone]
    if redoing is None or not spoken:
        state = replace(state, review=replace(state.review, redoing=None, words=()))
        return review_line(state, "unheard", book, stage=Stage.REVIEWING)
    return look_up(state, Ask.COMPARE, redoing.item, tuple(spoken), book)


def review_line(state: SessionState, kind: str, book: Book, *, stage: Stage | None = None) -> Step:
    """The coach says a line of *kind* (of ``ReviewLines``), and what was still to be read."""
    if book.review is None:
        return Step(state=state)
    variants: tuple[str, ...] = getattr(book.review.lines, kind)
    about = f"review_{kind}"
    times = state.interview.said.get(about, 0)
    line = Line(text=variants[times % len(variants)], intent=Intent.REPLY, about=about)
    owed = tuple(item.line for item in state.interview.owed)
    interview = replace(state.interview, said={**state.interview.said, about: times + 1}, owed=())
    state = replace(state, review=replace(state.review, words=(), answered=(line,)))
    reply = Reply(state=interview, lines=(line, *owed, *state.queue), stage=stage, mode=None)
    return stop_speaking(state).then(lambda now: say(now, reply, {"reason": about}))


def _read_again(state: SessionState) -> Step:
    lines = tuple(
        Line(text=line.text, intent=Intent.FEEDBACK, about=line.about) for line in state.review.feedback
    )
    reply = Reply(state=replace(state.interview, owed=()), lines=lines, mode=None)
    return stop_speaking(_cleared(state)).then(lambda now: say(now, reply, {"reason": "read again"}))


def _next_point(state: SessionState, book: Book) -> Step:
    """On to the first line that is about something else."""
    about = None if state.review.read is None else state.review.read.about
    state = _put_by(state, book)
    left = list(state.queue)
    while left and left[0].about == about:
        left.pop(0)
    if not left:
        return review_line(replace(state, queue=()), "nothing_next", book)
    return stop_speaking(replace(_cleared(state), queue=tuple(left))).then(next_line)
