"""A device is lost, or the machine slept: the session stands still, and goes on by itself.

The clock stands and nothing is listened to. What the coach was saying is owed. While a device is missing only "stop"
is obeyed, which gives it up, as a long wait does. Behind the outage the coach says one line and what it owes; a turn
of the candidate goes on where it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.candidate_turn import on_command
from voice_coach.core.coach_turn import broken_off_now, say, stop_speaking
from voice_coach.core.commands import GiveUp, Listen, Render
from voice_coach.core.echo import after_glitch
from voice_coach.core.events import MICROPHONE, CommandName
from voice_coach.core.interview_state import Reply
from voice_coach.core.session_stage import REVIEW, TALKING, Stage
from voice_coach.core.session_state import Outage
from voice_coach.core.session_step import Book, Step

if TYPE_CHECKING:
    from voice_coach.core import events
    from voice_coach.core.session_state import SessionState

_REMARKS = frozenset({"microphone_lost", "device_back", "device_replaced", "slept"})
"""Lines on an outage, which are over with it."""


def on_device_lost(state: SessionState, event: events.DeviceLost, book: Book) -> Step:
    """The session stands still; a lost microphone is said aloud. Once nobody is listened to, it is not missed."""
    if event.role == MICROPHONE and not _listens(state):
        return Step(state=state)
    if state.outage is not None and state.outage.missing:
        return _one_more(state, event)
    done = _begun(state, event.heard_until_s).then(lambda begun: Step(state=_missing(begun, event)))
    if event.role != MICROPHONE:
        return done.then(_silent)
    line, interview = book.interviewer.remark("microphone_lost", done.state.interview)
    ahead, _ = book.interviewer.remark("device_back", interview)
    reply = Reply(state=interview, lines=(line,), mode=None)
    because = {"reason": "the microphone was lost"}
    return done.then(lambda lost: say(lost, reply, because)).and_do(Render(text=ahead.text))


def on_device_back(state: SessionState, event: events.DeviceBack, book: Book) -> Step:
    """The session goes on once nothing is missing any more."""
    outage = state.outage
    if outage is None or event.role not in outage.missing:
        return Step(state=state)
    outage = replace(
        outage,
        missing=outage.missing - {event.role},
        is_replaced=outage.is_replaced or event.is_replaced,
        asleep_until_s=None,
    )
    state = after_glitch(replace(state, outage=outage))
    if outage.missing:
        return Step(state=state)
    return _go_on(state, outage, "device_replaced" if outage.is_replaced else "device_back", book)


def on_slept(state: SessionState, event: events.MachineSlept) -> Step:
    """The session stands still until the machine woke."""
    if state.stage is Stage.ASSESSING or state.outage is not None:
        return Step(state=state)
    begun = _begun(state, event.at_s)
    outage = begun.state.outage and replace(begun.state.outage, asleep_until_s=event.until_s)
    return Step(state=replace(begun.state, outage=outage), commands=begun.commands)


def in_outage(state: SessionState, outage: Outage, book: Book) -> Step:
    """A tick: what is missing is not waited for without end."""
    if outage.missing:
        is_over = state.at_s - outage.from_s >= book.turn_taking.longest_outage_s
        return Step(state=state, commands=(GiveUp(reason=outage.reason),) if is_over else ())
    if outage.asleep_until_s is not None and state.at_s < outage.asleep_until_s:
        return Step(state=state)
    return _go_on(state, outage, "slept", book)


def command_in_outage(state: SessionState, outage: Outage, name: CommandName, book: Book) -> Step:
    """A key: "stop" gives up what is missing. Right after a sleep any is obeyed."""
    if outage.missing:
        is_stop = name is CommandName.STOP
        return Step(state=state, commands=(GiveUp(reason=outage.reason),) if is_stop else ())
    return _go_on(state, outage, "slept", book).then(lambda awake: on_command(awake, name, book))


def _begun(state: SessionState, heard_until_s: float) -> Step:
    """The coach falls silent, the clock stands and the ears are shut. A sleep before it is part of it."""
    if state.outage is not None:
        return Step(state=state)
    is_silent = state.speaking is None and not state.queue
    broken = broken_off_now(state, 0.0, heard_until_s)
    has_paused = state.stage in TALKING and not state.is_paused
    outage = Outage(
        from_s=state.at_s,
        has_paused=has_paused,
        breaks_off=broken.interview is not state.interview,
        keeps_turn=is_silent or state.was_talked_over or state.keeps_turn,
    )
    stood = replace(
        broken.paused() if has_paused else broken,
        outage=outage,
        queue=(),
        voice_since_s=None,
        clock=broken.clock.hold(state.at_s),
    )
    return stop_speaking(stood).and_do(Listen(is_on=False, is_recorded=False))


def _missing(state: SessionState, event: events.DeviceLost) -> SessionState:
    outage = state.outage
    missing = outage and replace(outage, missing=outage.missing | {event.role}, reason=event.reason)
    return replace(state, outage=missing)


def _one_more(state: SessionState, event: events.DeviceLost) -> Step:
    """Another device is lost: nobody may hear what is said of the first."""
    return stop_speaking(replace(_missing(state, event), queue=())).then(_silent)


def _silent(state: SessionState) -> Step:
    """Nothing is left to say: once the coach is silent, what is missing is looked for."""
    return say(state, Reply(state=state.interview, mode=None), {})


def _go_on(state: SessionState, outage: Outage, kind: str, book: Book) -> Step:
    """The *outage* is over: a line of *kind*, and what the coach owes of before it; not into a pause on command."""
    ended = _ended(state, outage, book)
    if ended.state.is_paused or state.stage is Stage.ASSESSING:
        return ended
    line, interview = book.interviewer.remark(kind, state.interview)
    owed = [item.line for item in interview.owed if item.line.about not in _REMARKS]
    owed = owed if outage.breaks_off else []
    interview = replace(interview, owed=() if outage.breaks_off else interview.owed)
    reply = Reply(state=interview, lines=(line, *owed), mode=None)
    said = ended.then(lambda awake: say(awake, reply, {"reason": f"an outage is over: {kind}"}))
    return Step(state=replace(said.state, keeps_turn=outage.keeps_turn), commands=said.commands)


def _ended(state: SessionState, outage: Outage, book: Book) -> Step:
    """The ears are open again, but for a pause on command to which only "resume" is heard."""
    if outage.has_paused:
        state = state.resumed()
    if state.stage is Stage.ANSWERING:
        # Words that came meanwhile.
        state = replace(state, covered=book.covered(state.transcript))
    is_on = _listens(state)
    is_short = is_on and state.stage not in TALKING
    listen = Listen(is_on=is_on, is_short=is_short, is_recorded=not state.is_paused)
    return Step(state=replace(state, outage=None), commands=(listen,))


def _listens(state: SessionState) -> bool:
    """Whether the candidate may say something now, or once the feedback is read."""
    if state.stage in REVIEW:
        return state.review.is_open or bool(state.interview.offer)
    return state.stage in TALKING or state.stage is Stage.OFFERING
