"""What a language model is asked during a session, and what becomes of what it writes.

Nothing here ever waits but the feedback, and that only for as long as is set. What was chosen offline is always ready;
what the model wrote takes its place where it came in time, passed every check and lies rendered. Each request has a
number; an answer to any but the newest of its job changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.commands import AskModel, Note, Render
from voice_coach.core.events import Intent
from voice_coach.core.model_guard import is_same_question
from voice_coach.core.model_state import Asked, Job, Standby
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_step import Step
from voice_coach.core.transcript import Speaker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voice_coach.core import events
    from voice_coach.core.interview_state import Line, Reply
    from voice_coach.core.session_state import SessionState
    from voice_coach.core.session_step import Book
    from voice_coach.core.transcript import Word


def ask_follow_up(state: SessionState, line: Line, book: Book) -> Step:
    """Has *line*, the follow-up that is armed, put better, unless that was asked of much the same."""
    model = state.model
    if not _may_ask(state, book) or model.is_open(Job.FOLLOW_UP):
        return Step(state=state)
    said = sum(1 for _ in state.transcript.by(Speaker.CANDIDATE))
    before = model.asked.get(Job.FOLLOW_UP)
    if before is not None and before.about == line.text and said - before.words < book.model.again_words:
        return Step(state=state)
    return _asked(state, Job.FOLLOW_UP, line.text, gap=line.about, words=said)


def ask_answer(state: SessionState, book: Book) -> Step:
    """Has a question of the open turn answered that no fact answers."""
    if state.stage is not Stage.ANSWERING or not _may_ask(state, book) or state.model.is_open(Job.ANSWER):
        return Step(state=state)
    if book.guard is None or not book.guard.has_facts:
        return Step(state=state)
    question = _text(book.interviewer.unanswered(state.words))
    if not question or _told(state, question) is not None:
        return Step(state=state)
    before = state.model.asked.get(Job.ANSWER)
    if before is not None and is_same_question(before.about, question):
        return Step(state=state)
    return _asked(state, Job.ANSWER, question)


def ask_opinion(state: SessionState, book: Book) -> Step:
    """Has the whole answer looked at once more, as soon as it is over and known."""
    is_over = state.stage in (Stage.CLOSING, Stage.ASSESSING)
    is_asked = Job.OPINION in state.model.asked
    if not is_over or is_asked or state.pending or not _may_ask(state, book):
        return Step(state=state)
    return _asked(state, Job.OPINION, "")


def awaits_opinion(state: SessionState, book: Book) -> bool:
    """Whether the feedback may wait a little longer for the second opinion."""
    asked = state.model.asked.get(Job.OPINION)
    is_open = asked is not None and asked.is_open and state.model.is_on
    return is_open and asked is not None and state.at_s - asked.at_s < book.model.opinion_s


def on_written(
    state: SessionState, event: events.ModelWrote, book: Book, arm: Callable[[SessionState, Book], Step]
) -> Step:
    """What the model wrote stands by once it is rendered, if it may be said. *arm* asks anew where that is due."""
    asked = state.model.asked.get(event.job)
    closed = replace(state.model.closed(event.job, event.request, event.tokens, event.cost), faults=0)
    state = replace(state, model=closed)
    if asked is None or asked.request != event.request or not asked.is_open:
        return Step(state=state)
    is_open = state.stage is Stage.ANSWERING and state.speaking is None and not state.is_paused
    match event.job:
        case Job.FOLLOW_UP:
            kept = _kept(state, event, asked.about, _follow_up_fault(state, event.text, asked, book))
            return kept.then(lambda now: arm(now, book)) if is_open and state.armed is not None else kept
        case Job.ANSWER:
            fault = None if book.guard is None else book.guard.answer(event.text, state)
            kept = _kept(state, event, asked.about, fault) if event.text else Step(state=state)
            return kept.then(lambda now: ask_answer(now, book)) if is_open else kept
        case Job.OPINION:
            return Step(state=state)


def on_failed(state: SessionState, event: events.ModelFailed, book: Book) -> Step:
    """One more fault; after several in a row, or one for good, it is left alone."""
    model = state.model.closed(event.job, event.request, event.tokens, event.cost)
    faults = model.faults + 1
    is_off = event.is_final or faults >= book.model.faults_allowed
    if is_off and not model.is_off:
        note = Note(kind="model_left_alone", content={"t": state.at_s, "faults": faults})
        return Step(state=replace(state, model=replace(model, faults=faults, is_off=True)), commands=(note,))
    return Step(state=replace(state, model=replace(model, faults=faults)))


def on_line_ready(state: SessionState, event: events.LineReady) -> SessionState:
    """What was written to that request lies rendered."""
    standby = {
        job: replace(item, is_ready=True) if item.request == event.request else item
        for job, item in state.model.standby.items()
    }
    return replace(state, model=replace(state.model, standby=standby))


def put_better(state: SessionState, reply: Reply, book: Book) -> tuple[SessionState, Reply]:
    """*reply* in the words of the model, where they lie ready."""
    state, reply = _with_answer(state, reply, book)
    written = state.model.standby.get(Job.FOLLOW_UP)
    asks = next((line for line in reply.lines if line.intent is Intent.FOLLOW_UP), None)
    if written is None or asks is None:
        return state, reply
    if asks.text != written.about or not _is_sayable(written, state):
        # It belongs to this turn or to none.
        return replace(state, model=state.model.standing_by(Job.FOLLOW_UP, None)), reply
    return replace(state, model=state.model.said(Job.FOLLOW_UP)), _replaced(reply, asks, written.text)


def _with_answer(state: SessionState, reply: Reply, book: Book) -> tuple[SessionState, Reply]:
    handed_back = next(
        (line for line in reply.lines if line.intent is Intent.ANSWER and line.about is None), None
    )
    if handed_back is None or not state.model.name:
        return state, reply
    question = _text(book.interviewer.unanswered(state.words))
    known = _told(state, question)
    if known is not None:
        return state, _replaced(reply, handed_back, known)
    written = state.model.standby.get(Job.ANSWER)
    if written is None or not is_same_question(written.about, question) or not _is_sayable(written, state):
        return state, reply
    model = state.model.said(Job.ANSWER)
    model = replace(model, told=(*model.told, (question, written.text)))
    return replace(state, model=model), _replaced(reply, handed_back, written.text)


def _is_sayable(written: Standby, state: SessionState) -> bool:
    return written.is_ready and written.speed == state.interview.speed


def _replaced(reply: Reply, line: Line, text: str) -> Reply:
    better = replace(line, text=text)

    def put(lines: Sequence[Line]) -> tuple[Line, ...]:
        return tuple(better if item == line else item for item in lines)

    return replace(reply, lines=put(reply.lines), state=replace(reply.state, last=put(reply.state.last)))


def _may_ask(state: SessionState, book: Book) -> bool:
    return state.model.is_on and book.guard is not None and not state.is_paused and state.outage is None


def _asked(state: SessionState, job: Job, about: str, *, gap: str | None = None, words: int = 0) -> Step:
    model = state.model.asking(
        job, Asked(request=state.model.requests + 1, at_s=state.at_s, about=about, gap=gap, words=words)
    )
    ask = AskModel(request=model.requests, job=job, about=about, gap=gap)
    return Step(state=replace(state, model=model), commands=(ask,))


def _follow_up_fault(state: SessionState, text: str, asked: Asked, book: Book) -> str | None:
    if state.armed != asked.about:
        return "too late"
    return None if book.guard is None else book.guard.follow_up(text, asked.gap, state)


def _kept(state: SessionState, event: events.ModelWrote, about: str, fault: str | None) -> Step:
    if fault is not None:
        content = {"t": state.at_s, "request": event.request, "why": fault}
        return Step(state=state, commands=(Note(kind="model_text_dropped", content=content),))
    speed = state.interview.speed
    written = Standby(request=event.request, about=about, text=event.text, speed=speed)
    render = Render(text=event.text, speed=speed, request=event.request)
    return Step(state=replace(state, model=state.model.standing_by(event.job, written)), commands=(render,))


def _told(state: SessionState, question: str) -> str | None:
    """What was answered when the same was asked before."""
    return next((text for asked, text in state.model.told if is_same_question(asked, question)), None)


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
