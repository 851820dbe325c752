"""The coach's turn: lines are queued, spoken one after the other, perhaps broken off, and the turn handed over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.commands import End, Listen, LookForDevices, Note, Render, Speak, StopSpeaking
from voice_coach.core.events import Intent
from voice_coach.core.rubric_ids import SCOPE_CHANGE
from voice_coach.core.session_stage import STAGES, TALKING, Stage
from voice_coach.core.session_state import BeforeReply, SessionState, Speaking
from voice_coach.core.session_step import Book, Step
from voice_coach.core.talked_over import Owed, broken_off
from voice_coach.core.transcript import Speaker, laid_out
from voice_coach.core.turn_taking import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voice_coach.core import events
    from voice_coach.core.interview_state import Line, Reply

_UNDERSTOOD = 0.5
"""Who has heard this share of a question knows what it is about."""


def say(state: SessionState, reply: Reply, because: Mapping[str, object]) -> Step:
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
        before_reply=None,
        was_talked_over=False,
        keeps_turn=False,
    )
    if reply.pauses is not None:
        state = state.paused() if reply.pauses else state.resumed()
    notes = tuple(
        Note(kind=line.intent, content={"t": state.at_s, "text": line.text})
        for line in reply.lines
        if line.intent in (Intent.TIME_CUE, Intent.SCOPE_CHANGE)
    )
    # The answer to "resume" is on the record again.
    listen = (Listen(is_on=state.is_full_duplex),) if reply.pauses is False else ()
    ahead = tuple(Render(text=line.text) for line in reply.lines[1:])
    return Step(state=state, commands=(*notes, *listen)).then(_next_line).and_do(*ahead)


def on_playback_started(state: SessionState, event: events.PlaybackStarted) -> Step:
    """Where the microphone hears the coach, the ears are closed meanwhile."""
    speaking = state.speaking
    if speaking is None or speaking.utterance != event.utterance:
        return Step(state=state)
    speaking = replace(speaking, started_s=event.at_s, duration_s=event.duration_s)
    state = replace(state, speaking=speaking)
    is_heard_beside = state.is_full_duplex and state.stage is not Stage.FEEDBACK
    if is_heard_beside or state.outage is not None:  # in an outage they are closed already
        return Step(state=state)
    return Step(state=replace(state, voice_since_s=None), commands=(Listen(is_on=False),))


def on_playback_ended(state: SessionState, event: events.PlaybackEnded) -> Step:
    """The line is on the record as far as it was heard; the next one follows."""
    speaking = state.speaking
    if speaking is None or speaking.utterance != event.utterance:
        return Step(state=state)
    start_s = event.at_s if speaking.started_s is None else speaking.started_s
    text = _heard_of(speaking, event.played_s) if event.was_stopped else speaking.line.text
    before = state.before_reply if state.was_talked_over else None
    silent = replace(state, speaking=None, before_reply=before)
    said = _said(silent, speaking, text, (start_s, event.at_s))
    if event.was_stopped:
        content = {"utterance": event.utterance, "played_s": event.played_s}
        said = said.and_do(Note(kind="coach_interrupted", content={"t": event.at_s, **content}))
    return said.then(_next_line)


def while_speaking(state: SessionState, book: Book) -> Step:
    """Where the microphone does not hear the coach, the candidate's voice stops it."""
    speaking, settings = state.speaking, book.turn_taking
    if (
        not state.is_full_duplex
        or state.voice_since_s is None
        or speaking is None
        or speaking.started_s is None
        or speaking.is_stopping
        or state.stage not in TALKING
        or state.at_s - state.voice_since_s < settings.barge_in_s
    ):
        return Step(state=state)
    onset_s = state.voice_since_s
    turn_from_s = state.turn_from_s if state.keeps_turn else onset_s
    state = replace(broken_off_now(state), was_talked_over=True, turn_from_s=turn_from_s)
    if state.before_reply is not None and onset_s - speaking.started_s <= settings.false_cut_off_s:
        state = replace(
            state,
            false_cut_offs=state.false_cut_offs + 1,
            wait_factor=min(2.0 * state.wait_factor, settings.longest_wait_factor),
        )
    else:
        state = replace(state, before_reply=None)
    return stop_speaking(state)


def taken_back(state: SessionState, before: BeforeReply) -> SessionState:
    """The candidate had not finished: the turn goes on as if the coach had said nothing."""
    return replace(
        state,
        interview=before.interview,
        mode=before.mode,
        turn_from_s=before.turn_from_s,
        heard=None,
        before_reply=None,
        was_talked_over=False,
    )


def broken_off_now(state: SessionState, heard_until_s: float | None = None) -> SessionState:
    """The coach says no more; what was left of it (after *heard_until_s* if given, else by now) is owed."""
    until_s = state.at_s if heard_until_s is None else heard_until_s
    owed = [] if state.speaking is None else [*_left_of(state.speaking, until_s)]
    owed += [Owed(line=line) for line in state.queue if line.intent is not Intent.TIME_CUE]
    if not owed:
        return state
    return replace(state, queue=(), interview=replace(state.interview, owed=tuple(owed)))


def _left_of(speaking: Speaking, at_s: float) -> tuple[Owed, ...]:
    if speaking.is_stopping or speaking.line.intent is Intent.TIME_CUE:
        return ()
    heard_s = 0.0 if speaking.started_s is None else max(0.0, at_s - speaking.started_s)
    share = min(1.0, heard_s / speaking.duration_s) if speaking.duration_s > 0 else 0.0
    owed = broken_off(speaking.line, share)
    return () if owed is None else (owed,)


def stop_speaking(state: SessionState) -> Step:
    """Has the coach fall silent; once is enough, however long the loudspeaker takes."""
    if state.speaking is None or state.speaking.is_stopping:
        return Step(state=state)
    speaking = replace(state.speaking, is_stopping=True)
    return Step(
        state=replace(state, speaking=speaking), commands=(StopSpeaking(utterance=speaking.utterance),)
    )


def end(state: SessionState, reason: str) -> Step:
    """The session is over, whoever speaks."""
    note = Note(
        kind="session_ended",
        content={
            "t": state.at_s,
            "reason": reason,
            "answer_s": round(state.answer_s, 2),
            "false_cut_offs": state.false_cut_offs,
            "lost_frames": state.lost_frames,
        },
    )
    stopped = stop_speaking(state)
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
        transcript = state.transcript.with_words(
            Speaker.COACH, words, _asked_about(state, speaking.line, text)
        )
        state = replace(state, transcript=transcript)
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


def _asked_about(state: SessionState, line: Line, text: str) -> tuple[str, ...]:
    """What the candidate was asked about when as much as *text* was heard of *line*."""
    if len(text.split()) < _UNDERSTOOD * len(line.text.split()):
        return ()
    match line.intent:
        case Intent.FOLLOW_UP | Intent.WRAP_UP:
            return () if line.about is None else (line.about,)
        case Intent.SCOPE_CHANGE:
            return (SCOPE_CHANGE,)
        case Intent.REPLY | Intent.CHECK:
            # What was asked before still stands.
            asked = (
                turn.asked_about for turn in reversed(state.transcript.turns) if turn.asked_about is not None
            )
            return next(asked, ())
        case _:
            return ()


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
    if state.outage is not None:
        return Step(state=state, commands=(LookForDevices(),) if state.outage.missing else ())
    match state.stage:
        case Stage.FEEDBACK:
            return end(state, "completed")
        case Stage.CLOSING:
            state = replace(state, stage=Stage.ASSESSING, voice_since_s=None)
            return Step(state=state, commands=(Listen(is_on=False),))
        case Stage.OPENING:
            state = replace(state, stage=Stage.ANSWERING)
        case _:
            pass
    listen = Listen(is_on=True, is_short=state.mode is Mode.SHORT, is_recorded=not state.is_paused)
    clock = state.clock.hold(state.at_s) if state.is_paused else state.clock.run(state.at_s)
    turn_from_s = state.at_s
    if state.was_talked_over or state.keeps_turn:
        turn_from_s = state.turn_from_s
    elif state.is_full_duplex and state.voice_since_s is not None:
        turn_from_s = state.voice_since_s
    state = replace(
        state,
        turn_from_s=turn_from_s,
        keeps_turn=False,
        silent_from_s=state.at_s,
        clock=clock,
        heard=None,
    )
    return Step(state=state, commands=(listen,))
