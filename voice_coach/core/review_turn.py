"""The candidate's part once the answer is over: questions about the feedback, and something said again.

Words are taken for the coach's only where they are a question or a command; all else is nobody's business. Nothing
that is said here becomes a part of the answer: the transcript is not touched, and the clock stands.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core import candidate_turn
from voice_coach.core.coach_turn import end, next_line, say
from voice_coach.core.commands import KeepReview, Note, Render
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.feedback_turn import on_command_in_feedback, review_line, said_again
from voice_coach.core.interview_state import Line, Reply
from voice_coach.core.review_state import Ask, Correction, Redo, Redoing
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_step import Book, Step
from voice_coach.core.turn_taking import Asks, Mode, Situation, Tail, wait_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core import events
    from voice_coach.core.feedback_line import FeedbackLine
    from voice_coach.core.review_book import ReviewBook
    from voice_coach.core.session_state import SessionState
    from voice_coach.core.spoken_commands import Given
    from voice_coach.core.transcript import Word

_CUT_IN_S = 0.5
"""A pause in which what takes too long is judged."""
_MORE_S = 5.0
"""So much longer a pause, or the last words, are waited for."""


def begun(state: SessionState, feedback: tuple[FeedbackLine, ...], book: Book) -> Step:
    """*feedback* is about to be read."""
    if book.review is None or not state.review.is_open:
        return Step(state=state)
    between_s = 0.0 if state.is_full_duplex else book.review.settings.between_lines_s
    review = replace(state.review, feedback=feedback, between_lines_s=between_s)
    offer = Render(text=book.review.lines.offer[0], speed=state.interview.speed)
    return Step(state=replace(state, review=review), commands=(offer,))


def is_for_the_coach(state: SessionState, words: Sequence[Word], book: Book) -> bool:
    """Whether *words*, said after the answer, may be written down: a question, or something said again."""
    if book.review is None or not state.review.is_open:
        return False
    is_asked = book.review.reader.read((*state.review.words, *words)) is not None
    return state.stage is Stage.REDOING or is_asked or _answer(state, words, book) is not None


def _answer(state: SessionState, words: Sequence[Word], book: Book) -> CommandName | None:
    """What *words* answer to what the coach offered last: once more of that, or nothing more at all."""
    review = state.review
    if book.review is None or state.stage is not Stage.REVIEWING or review.ask is not None:
        return None
    if review.redone and book.review.reader.wants_once_more(words):
        return CommandName.REDO
    is_silent = state.speaking is None and not state.queue and not state.interview.owed
    is_no = book.reader.wants_again(words) is False and book.reader.command(words) is None
    return CommandName.DONE if is_no and is_silent and review.is_offered else None


def on_transcribed(state: SessionState, event: events.Transcribed, book: Book) -> Step:
    """What was said: a command is obeyed at once, a question when it is over."""
    if event.piece not in state.pending or state.is_paused or book.review is None:
        return candidate_turn.on_transcribed(state, event, book)
    state = candidate_turn.with_words(state, event)
    words = (*state.review.words, *event.words)
    state = replace(state, review=replace(state.review, words=words))
    if state.outage is not None:
        return Step(state=state)
    asked = None if state.stage is Stage.REDOING else book.review.reader.read(words)
    if asked is None:
        answer = _answer(state, event.words, book)
        if answer is not None:
            return on_command_in_feedback(state, answer, book)
        given = book.reader.command(event.words)
        return _said_on(state, event.words) if given is None else _obeyed(state, given, book)
    if state.speaking is not None and not state.speaking.is_stopping:
        return on_command_in_feedback(state, CommandName(asked.name), book, asked.claim)
    return Step(state=state)


def _said_on(state: SessionState, words: Sequence[Word]) -> Step:
    """What is said again goes on, and whoever asked for time to think has thought."""
    redoing = state.review.redoing
    if redoing is None or not words:
        return Step(state=state)
    review = replace(state.review, redoing=replace(redoing, is_thinking=False))
    return Step(state=replace(state, review=review))


def _obeyed(state: SessionState, given: Given, book: Book) -> Step:
    name = CommandName(given.name)
    if state.stage is Stage.REDOING and name is not CommandName.DONE:
        # It is no part of what is said again.
        words = tuple(word for word in state.review.words if word not in given.words)
        state = replace(state, review=replace(state.review, words=words))
    return on_command_in_feedback(state, name, book)


def on_tick(state: SessionState, book: Book) -> Step:
    """Silence: a question is answered, the feedback goes on, or it is over."""
    review = state.review
    is_idle = state.is_paused or review.ask is not None
    if book.review is None or not review.is_open or is_idle:
        return Step(state=state)
    is_known = not state.pending and not candidate_turn.is_unheard(state)
    if state.voice_since_s is not None or not is_known:
        return _in_talk(state, book, book.review)
    silence_s = state.at_s - state.silent_from_s
    if state.stage is Stage.REDOING:
        return _in_redo(state, silence_s, book, book.review)
    asked = book.review.reader.read(review.words)
    if asked is not None:
        if silence_s < book.review.settings.ask_s:
            return Step(state=state)
        return on_command_in_feedback(state, CommandName(asked.name), book, asked.claim)
    if state.interview.owed:
        is_over = silence_s >= book.turn_taking.resume_s
        return _go_on(state, book) if is_over else Step(state=state)
    if state.queue:
        is_due = review.next_line_s is None or state.at_s >= review.next_line_s
        return next_line(state) if is_due else Step(state=state)
    if not review.is_offered:
        return _offered(state, book)
    is_over = silence_s >= review.wait_s or state.at_s - review.since_s >= book.review.settings.longest_s
    return end(state, "completed") if is_over else Step(state=state)


def _in_talk(state: SessionState, book: Book, review: ReviewBook) -> Step:
    """A voice, or words that are not known yet: it may be a television, and is not waited for without end."""
    talk_s = state.at_s - state.review.since_s
    if state.stage is Stage.REDOING:
        is_over = talk_s >= review.settings.redo_longest_s + _MORE_S
        return said_again(state, book) if is_over else Step(state=state)
    if talk_s < review.settings.longest_s + (_MORE_S if state.pending else 0.0):
        return Step(state=state)
    asked = review.reader.read(state.review.words)
    if asked is not None:
        return on_command_in_feedback(state, CommandName(asked.name), book, asked.claim)
    return end(state, "completed")


def _go_on(state: SessionState, book: Book) -> Step:
    """What was broken off by something that asks nothing."""
    state = replace(state, review=replace(state.review, words=()))
    return say(state, book.interviewer.go_on(state.interview), {"reason": "talked over by no question"})


def _offered(state: SessionState, book: Book) -> Step:
    state = replace(state, review=replace(state.review, is_offered=True))
    return review_line(state, "offer", book)


# -- answers ---------------------------------------------------------------------------------------------------


def on_reviewed(state: SessionState, event: events.Reviewed, book: Book) -> Step:
    """What was looked up is said; what it changes is kept."""
    ask = state.review.ask
    if ask is None or event.request != state.review.requests:
        return Step(state=state)
    state = replace(state, review=replace(state.review, ask=None, redone=False))
    if event.has_failed:
        state = replace(state, review=replace(state.review, redoing=None))
        stage = Stage.REVIEWING if state.stage is Stage.REDOING else None
        return review_line(state, "failed", book, stage=stage)
    lines = tuple(Line(text=text, intent=Intent.REPLY, about=event.about) for text in event.lines)
    if event.start_s is not None and event.end_s is not None:
        replay = (event.start_s, event.end_s)
        lines = (*lines, Line(text=event.quote, intent=Intent.REPLY, about=event.about, replay=replay))
    if event.other_start_s is not None and event.other_end_s is not None:
        told = Line(text=event.other_line, intent=Intent.REPLY, about=event.about)
        other = (event.other_start_s, event.other_end_s)
        lines = (*lines, told, replace(told, text=event.other_quote, replay=other))
    match ask:
        case Ask.REDO if event.before and event.lines:
            return _redo_begun(state, event, lines)
        case Ask.COMPARE:
            return _redone(state, event, lines)
        case Ask.CLAIM if event.after != event.before:
            return _corrected(state, event).then(lambda now: _told(now, lines, ask))
        case _:
            return _told(state, lines, ask)


def _told(state: SessionState, lines: tuple[Line, ...], ask: Ask, stage: Stage | None = None) -> Step:
    """*lines*, and what was still to be read."""
    owed = tuple(item.line for item in state.interview.owed)
    interview = replace(state.interview, owed=())
    state = replace(state, review=replace(state.review, answered=lines))
    reply = Reply(state=interview, lines=(*lines, *owed, *state.queue), stage=stage, mode=None)
    return say(state, reply, {"reason": f"asked: {ask}"})


def _corrected(state: SessionState, event: events.Reviewed) -> Step:
    correction = Correction(
        item=event.about or "",
        before=event.before,
        after=event.after,
        quote=event.quote,
        start_s=event.start_s or 0.0,
        end_s=event.end_s or 0.0,
    )
    corrections = (*state.review.corrections, correction)
    content = {"item": correction.item, "before": event.before, "after": event.after, "quote": event.quote}
    note = Note(kind="correction", content={"t": state.at_s, **content})
    state = replace(state, review=replace(state.review, corrections=corrections))
    return Step(state=state, commands=(note, KeepReview()))


# -- something is said again -----------------------------------------------------------------------------------


def _redo_begun(state: SessionState, event: events.Reviewed, lines: tuple[Line, ...]) -> Step:
    redoing = Redoing(
        item=event.about or "",
        goal=event.lines[-1],
        before=event.quote_before,
        verdict_before=event.before,
    )
    interview = replace(state.interview, owed=())
    review = replace(state.review, redoing=redoing, words=(), answered=lines, is_offered=True)
    state = replace(state, review=review)
    reply = Reply(state=interview, lines=lines, stage=Stage.REDOING, mode=None)
    return say(state, reply, {"reason": "asked: redo"})


def _in_redo(state: SessionState, silence_s: float, book: Book, review: ReviewBook) -> Step:
    heard = book.reader.read(state.review.words, asks=Asks.NOT)
    situation = Situation(mode=Mode.SHORT, tail=heard.tail, is_covered=False, is_near_end=False)
    needed_s = wait_s(situation, book.turn_taking)
    if heard.tail is Tail.COMPLETE:
        needed_s = max(needed_s, review.settings.redo_silence_s)
    redoing = state.review.redoing
    if redoing is not None and redoing.is_thinking:
        is_over = silence_s >= book.turn_taking.think_s
        return said_again(state, book) if is_over else Step(state=state)
    is_long = state.at_s - state.review.since_s >= review.settings.redo_longest_s
    if silence_s < (_CUT_IN_S if is_long else needed_s):
        return Step(state=state)
    return said_again(state, book)


def _redone(state: SessionState, event: events.Reviewed, lines: tuple[Line, ...]) -> Step:
    redoing = state.review.redoing
    if redoing is None:
        return _told(state, lines, Ask.COMPARE, Stage.REVIEWING)
    redo = Redo(
        item=redoing.item,
        goal=redoing.goal,
        before=redoing.before,
        after=event.quote,
        verdict_before=redoing.verdict_before,
        verdict_after=event.after,
    )
    review = replace(state.review, redoing=None, redone=True, redos=(*state.review.redos, redo))
    kept = Step(state=replace(state, review=review), commands=(KeepReview(),))
    return kept.then(lambda now: _told(now, lines, Ask.COMPARE, Stage.REVIEWING))
