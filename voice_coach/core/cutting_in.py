"""The coach interrupts: at the end of a clause, "Sorry," first, and not against a candidate who talks on.

Whether there is a reason is told by :mod:`voice_coach.core.steering`. Here it is told whether this is the moment:
the candidate has said a clause that does not ask for more, nobody was given time to think, all words are known (or
the reason has waited long enough for them), and the last interruption was long enough ago.

The candidate takes a second to stop, so an interruption is no barge-in at once. Where the microphone does not hear
the coach, voice of ``withdraw_s`` over it makes the coach withdraw; where it does, voice at the coach's start.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core import coach_turn
from voice_coach.core.candidate_turn import is_unheard, read_tail
from voice_coach.core.coach_turn import broken_off_now, say, stop_speaking
from voice_coach.core.commands import Note
from voice_coach.core.model_turn import put_better
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_state import CuttingIn, SessionState
from voice_coach.core.session_step import Book, Step
from voice_coach.core.steering import Talk
from voice_coach.core.talked_over import HALF, NEEDED
from voice_coach.core.turn_taking import Heard, Mode, Tail

if TYPE_CHECKING:
    from voice_coach.core.events import PlaybackStarted
    from voice_coach.core.steering import Due


def cut_in(state: SessionState, book: Book) -> Step:
    """Interrupts, if there is a reason and this is the moment."""
    if not _is_pause_in_talk(state, book):
        return Step(state=state)
    due = book.interviewer.due(
        Talk(
            elapsed_s=state.clock.elapsed_s(state.at_s),
            since_exchange_s=state.at_s - state.turn_from_s,
            covered=state.covered,
            topics_per_100=state.topics_per_100,
            interruptions=state.interruptions,
            changes=state.interview.changes,
        ),
        state.interview,
    )
    if due is None:
        return Step(state=state)
    state, is_known, is_moment = _is_moment(state, due, book)
    return _interrupted(state, due, book, is_known=is_known) if is_moment else Step(state=state)


def while_speaking(state: SessionState, book: Book) -> Step:
    """What the candidate's voice does to a coach who speaks: one who interrupts withdraws only after a while."""
    cutting = state.cutting_in
    if cutting is None or not state.is_full_duplex or _is_understood(state):
        return coach_turn.while_speaking(state, book)
    if cutting.since_s is None or state.voice_since_s is None:
        return Step(state=state)
    talked_s = state.at_s - max(state.voice_since_s, cutting.since_s)
    return _withdrawn(state, book) if talked_s >= book.steering.withdraw_s else Step(state=state)


def on_playback_started(state: SessionState, event: PlaybackStarted, book: Book) -> Step:
    """A coach who interrupts and cannot listen meanwhile looks at its start whether the candidate talks on."""
    done = coach_turn.on_playback_started(state, event, book)
    cutting, speaking = done.state.cutting_in, done.state.speaking
    is_first = speaking is not None and speaking.utterance == event.utterance
    if cutting is None or cutting.since_s is not None or not is_first:
        return done
    if not state.is_full_duplex and state.voice_since_s is not None:
        return _withdrawn(replace(state, speaking=speaking), book)
    marked = replace(done.state, cutting_in=replace(cutting, since_s=event.at_s))
    return Step(state=marked, commands=done.commands)


def _is_pause_in_talk(state: SessionState, book: Book) -> bool:
    return (
        state.stage is Stage.ANSWERING
        and state.speaking is None
        and not state.is_paused
        and state.voice_since_s is None
        and state.last_offset_s > state.turn_from_s
        and state.at_s - state.silent_from_s >= book.steering.boundary_s
        and state.at_s >= state.next_interruption_s
    )


def _is_moment(state: SessionState, due: Due, book: Book) -> tuple[SessionState, bool, bool]:
    """Whether all words are known, and whether the talk may be interrupted behind the last of them."""
    is_known = not state.pending and not is_unheard(state)
    if not is_known and (not due.is_pressing or state.mode is Mode.THINKING):
        return state, is_known, False
    state, heard = read_tail(state, book)
    return state, is_known, heard.tail is Tail.COMPLETE or (not is_known and heard.tail is Tail.NOTHING)


def _interrupted(state: SessionState, due: Due, book: Book, *, is_known: bool) -> Step:
    because: dict[str, object] = {
        "reason": due.why,
        "held_s": round(due.held_s, 3),
        "part": due.part or book.pace.phase_at(state.clock.elapsed_s(state.at_s)),
        "silence_s": round(state.at_s - state.silent_from_s, 3),
        "words_known": is_known,
        "since_exchange_s": round(state.at_s - state.turn_from_s, 3),
        "elapsed_s": round(state.clock.elapsed_s(state.at_s), 3),
    }
    state, reply = put_better(
        state, book.interviewer.interrupt(state.moment(Heard(tail=Tail.COMPLETE)), due), book
    )
    note = Note(kind="interruption", content={"t": state.at_s, **because})
    done = say(replace(state, armed=None), reply, because)
    after = replace(
        done.state,
        cutting_in=CuttingIn(before=state.before),
        interruptions=state.interruptions + 1,
        next_interruption_s=state.at_s + book.interviewer.apart_s,
    )
    return Step(state=after, commands=(note, *done.commands))


def _is_understood(state: SessionState) -> bool:
    """Whether so much of the last line was heard that talk over it is an answer."""
    speaking = state.speaking
    if state.queue or speaking is None or speaking.started_s is None:
        return False
    return state.at_s - speaking.started_s >= HALF * speaking.duration_s


def _withdrawn(state: SessionState, book: Book) -> Step:
    """All is as it was, but for what has to be said some time."""
    cutting = state.cutting_in
    if cutting is None:
        return Step(state=state)
    put, before = broken_off_now(state, book.turn_taking.resume_from_s).interview, cutting.before.interview
    interview = replace(
        before,
        owed=(*before.owed, *(item for item in put.owed if item.line.intent in NEEDED)),
        changes=put.changes,
        said=put.said,
    )
    after = replace(
        state,
        queue=(),
        interview=interview,
        mode=cutting.before.mode,
        turn_from_s=cutting.before.turn_from_s,
        heard=None,
        cutting_in=None,
        was_talked_over=True,
        withdrawn=state.withdrawn + 1,
        next_interruption_s=state.at_s + book.steering.after_withdrawal_s,
    )
    note = Note(kind="interruption_withdrawn", content={"t": state.at_s})
    return stop_speaking(after).and_do(note)
