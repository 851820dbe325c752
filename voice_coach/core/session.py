"""The rehearsal: ``step(state, event, book) -> Step``, a pure function of what happened and when.

Theory of operation
-------------------
The runtime reads frames, and turns what it sees into events: a tick every ``TICK_S`` seconds of audio, speech
that started or ended, pieces cut and transcribed, utterances that began and ended to play. ``step`` folds them
into one immutable :class:`SessionState` and answers with commands. It never waits: whatever takes time (a
transcription, a voice, the analysis) is a command now and an event later. Every such command carries an id
(piece or utterance) that its event brings back; an event with an id that is not open any more changes nothing.

The coach speaks only from a queue of lines (:mod:`voice_coach.core.coach_turn`). A tick during the candidate's
silence (:mod:`voice_coach.core.candidate_turn`) asks :mod:`voice_coach.core.turn_taking` how long this silence
must last, and when it has, :mod:`voice_coach.core.interview` decides what to say. While words are still being
transcribed nothing is decided.

Stages follow each other by :mod:`voice_coach.core.session_stage`; the clock runs from the end of the question to
the thanks, but not while the coach speaks or the session is paused. A lost device or a machine that slept pauses it
as well (:mod:`voice_coach.core.outage`).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, repeat
from typing import TYPE_CHECKING, assert_never

from voice_coach.core import events, review_turn
from voice_coach.core.candidate_turn import (
    arm,
    began_to_speak,
    ended_by,
    fell_silent,
    in_silence,
    looked_at,
    on_command,
    on_drafted,
    on_piece,
    on_transcribed,
    with_hint,
    with_words,
)
from voice_coach.core.coach_turn import end, on_playback_ended, say
from voice_coach.core.commands import Assess, Note, Render
from voice_coach.core.cutting_in import cut_in, on_playback_started, while_speaking
from voice_coach.core.echo import after_glitch
from voice_coach.core.feedback_line import FeedbackLine
from voice_coach.core.model_state import ModelState
from voice_coach.core.model_turn import ask_opinion, awaits_opinion, on_failed, on_line_ready, on_written
from voice_coach.core.offer_turn import unanswered
from voice_coach.core.outage import command_in_outage, in_outage, on_device_back, on_device_lost, on_slept
from voice_coach.core.review_state import ReviewState
from voice_coach.core.session_stage import REVIEW, Stage
from voice_coach.core.session_state import SessionState
from voice_coach.core.session_step import Book, Step
from voice_coach.core.speaker_pace import SpeakerPace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voice_coach.core.events import Event


def step(state: SessionState, event: Event, book: Book) -> Step:  # noqa: C901, PLR0911, PLR0912 - one branch an event
    """What follows from *event*."""
    if state.stage is Stage.ENDED:
        return _after_the_end(state, event)
    state = replace(state, at_s=max(state.at_s, event.at_s))
    match event:
        case events.SessionStarted():
            return _on_started(state, event, book)
        case events.Tick():
            looked = looked_at(state, book.turn_taking).then(lambda now: ask_opinion(now, book))
            return looked.then(lambda now: _on_tick(now, book))
        case events.SpeechStarted():
            begun = began_to_speak(state, event.onset_s, book)
            return begun.then(lambda now: while_speaking(now, book))
        case events.SpeechEnded():
            return fell_silent(state, event.offset_s)
        case events.HintHeard():
            return Step(state=with_hint(state, event))
        case events.PieceCut():
            return on_piece(state, event)
        case events.Transcribed() if state.stage in REVIEW and state.review.is_open:
            return review_turn.on_transcribed(state, event, book)
        case events.Transcribed():
            return on_transcribed(state, event, book)
        case events.Drafted():
            return on_drafted(state, event, book).then(lambda now: _on_tick(now, book))
        case events.PlaybackStarted():
            return on_playback_started(state, event, book)
        case events.PlaybackEnded():
            return on_playback_ended(state, event)
        case events.CommandGiven() if state.outage is not None:
            return command_in_outage(state, state.outage, event.name, book)
        case events.CommandGiven():
            return on_command(state, event.name, book)
        case events.DeviceLost():
            return on_device_lost(state, event, book)
        case events.DeviceBack():
            return on_device_back(state, event, book)
        case events.MachineSlept():
            return on_slept(state, event)
        case events.Assessed():
            return _on_assessed(state, event, book)
        case events.Reviewed():
            return review_turn.on_reviewed(state, event, book)
        case events.InputEnded():
            return ended_by(state, event, book)
        case events.FramesLost():
            state = replace(state, lost_frames=state.lost_frames + event.frames)
            return Step(state=after_glitch(state))
        case events.LanguageHeard():
            return Step(state=replace(state, transcript=state.transcript.with_language(event.other)))
        case events.ModelWrote():
            return on_written(state, event, book, arm)
        case events.ModelFailed():
            return on_failed(state, event, book)
        case events.LineReady():
            return Step(state=on_line_ready(state, event))
        case events.EngineFellBack() | events.RoomSaid():
            return Step(state=state)
        case _:
            assert_never(event)


def _after_the_end(state: SessionState, event: Event) -> Step:
    """Only words that were still being transcribed may come, and those that the recogniser owes."""
    if isinstance(event, events.Transcribed) and event.piece in state.pending | state.failed:
        return Step(state=with_words(state, event))
    return Step(state=state)


def _on_started(state: SessionState, event: events.SessionStarted, book: Book) -> Step:
    state = replace(
        state,
        is_full_duplex=event.is_full_duplex,
        may_echo=event.may_echo,
        reads_feedback=event.reads_feedback,
        stage=Stage.OPENING,
        pace=SpeakerPace(monologue=event.pauses, short=event.short_pauses),
        keeps_pace=event.keeps_pace,
        model=ModelState(name=event.model),
        review=ReviewState(wait_s=event.review_s if book.review is not None else 0.0),
        interview=replace(state.interview, asked_before=frozenset(event.asked_before)),
    )
    reply = book.interviewer.opening(state.interview)
    begun = say(state, reply, {"reason": "the session began"})
    ahead = book.interviewer.known_ahead(begun.state.interview)
    return begun.and_do(*(Render(text=text) for text in ahead))


def _on_assessed(state: SessionState, event: events.Assessed, book: Book) -> Step:
    if state.stage is not Stage.ASSESSING:
        return Step(state=state)
    if not state.reads_feedback or not event.feedback:
        return end(state, "completed")
    abouts = chain(event.about, repeat(None))
    lines = [
        FeedbackLine(text=text, about=about) for text, about in zip(event.feedback, abouts, strict=False)
    ]
    reply = book.interviewer.feedback(lines, state.interview)
    begun = review_turn.begun(state, tuple(lines), book)
    return begun.then(lambda now: say(now, reply, {"reason": "the analysis is done"}))


def _on_tick(state: SessionState, book: Book) -> Step:
    if state.outage is not None:
        return in_outage(state, state.outage, book)
    if state.speaking is not None:
        return while_speaking(state, book)
    if state.stage is Stage.ASSESSING:
        if state.pending or state.is_assessed or awaits_opinion(state, book):
            return Step(state=state)
        return Step(state=replace(state, is_assessed=True), commands=(Assess(),))
    if state.stage is Stage.OFFERING:
        return unanswered(state, book.turn_taking)
    if state.clock.elapsed_s(state.at_s) >= book.pace.longest_s and state.stage in (
        Stage.ANSWERING,
        Stage.WRAPPING_UP,
    ):
        return say(state, book.interviewer.close(state.interview), {"reason": "the longest time has passed"})
    if state.is_paused and state.at_s - state.pauses[-1][0] >= book.turn_taking.longest_pause_s:
        if state.stage in REVIEW:
            return end(state, "completed")
        reply = book.interviewer.close(state.interview)
        return say(state.resumed(), reply, {"reason": "the pause did not end"})
    if state.stage in REVIEW:
        return review_turn.on_tick(state, book)
    done = in_silence(state, book)
    return done if done.commands else cut_in(done.state, book)


# -- replay ----------------------------------------------------------------------------------------------------


def replay(recorded: Iterable[Event], book: Book) -> SessionState:
    """The state after all *recorded* events, ticks put in where time passed."""
    state = SessionState()
    for event in with_ticks(recorded):
        state = step(state, event, book).state
    return state


def decisions(recorded: Iterable[Event], book: Book) -> Iterator[Note]:
    """What is noted when all *recorded* events happen again: every decision with its cues."""
    state = SessionState()
    for event in with_ticks(recorded):
        done = step(state, event, book)
        state = done.state
        yield from (command for command in done.commands if isinstance(command, Note))


def with_ticks(recorded: Iterable[Event]) -> Iterator[Event]:
    """*recorded* events as the session saw them: a journal leaves the ticks out, which follow from the time."""
    ticks = 0
    for event in recorded:
        while round((ticks + 1) * events.TICK_S, 3) <= event.at_s:
            ticks += 1
            yield events.Tick(at_s=round(ticks * events.TICK_S, 3))
        yield event
