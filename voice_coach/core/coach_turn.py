"""The coach's turn: lines are queued, spoken one after the other, perhaps broken off, and the turn handed over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.commands import (
    End,
    Listen,
    LookForDevices,
    Note,
    Render,
    Replay,
    Speak,
    StopSpeaking,
)
from voice_coach.core.cut_offs import counted, with_pause
from voice_coach.core.echo import began_blind
from voice_coach.core.events import Intent
from voice_coach.core.gaps import wording_of
from voice_coach.core.interview_state import Reply
from voice_coach.core.rubric_ids import SCOPE_CHANGE
from voice_coach.core.session_stage import REVIEW, STAGES, TALKING, Stage
from voice_coach.core.session_state import BeforeReply, SessionState, Speaking
from voice_coach.core.session_step import Book, Step
from voice_coach.core.talked_over import Owed, broken_off, words_heard
from voice_coach.core.transcript import Speaker, laid_out
from voice_coach.core.turn_taking import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voice_coach.core import events
    from voice_coach.core.interview_state import Line
    from voice_coach.core.transcript import Word

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
        reply_from_s=state.at_s,
        before_reply=None,
        cutting_in=None,
        was_talked_over=False,
        keeps_turn=False,
    )
    if reply.pauses is not None:
        state = state.paused() if reply.pauses else state.resumed()
    notes = tuple(
        Note(kind=line.intent, content={"t": state.at_s, "text": line.text, "about": line.about})
        for line in reply.lines
        if line.intent in (Intent.TIME_CUE, Intent.SCOPE_CHANGE)
    )
    # From the very word: the answer to "pause" is off the record, that to "resume" on it again.
    listen = (
        () if reply.pauses is None else (Listen(is_on=state.is_full_duplex, is_recorded=not reply.pauses),)
    )
    texts = [*(line.text for line in reply.lines[1:]), *reply.ahead]
    if reply.ahead and state.armed is not None:
        texts.append(state.armed)
    ahead = tuple(Render(text=text, speed=reply.state.speed) for text in texts)
    return Step(state=state, commands=(*notes, *listen)).then(next_line).and_do(*ahead)


def on_playback_started(state: SessionState, event: events.PlaybackStarted, book: Book) -> Step:
    """Where the microphone hears the coach, the ears are closed meanwhile; else voice and words may stop it, and in the
    feedback commands are heard.
    """
    speaking = state.speaking
    if speaking is None or speaking.utterance != event.utterance:
        return Step(state=state)
    speaking = replace(speaking, started_s=event.at_s, duration_s=event.duration_s)
    state = replace(state, speaking=speaking)
    if speaking.line.intent is Intent.FEEDBACK:
        state = replace(state, review=replace(state.review, read=speaking.line, answered=()))
    if state.voice_since_s is not None and state.before_reply is not None:
        # It was taken back too late to stay unheard: the ears stay open.
        return counted(state, state.voice_since_s, book.turn_taking)
    if state.outage is not None:  # they are closed already
        return Step(state=state)
    if state.is_full_duplex:
        listen = Listen(is_on=True, is_short=True, is_recorded=not state.is_paused, is_over_coach=True)
        return Step(state=replace(state, is_cut_short=state.stage in TALKING), commands=(listen,))
    deaf = Listen(is_on=False, is_recorded=not state.is_paused)
    return Step(state=replace(state, voice_since_s=None), commands=(deaf,))


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
    return said.then(_listen_between if _listens_between(state) else next_line)


def _listens_between(state: SessionState) -> bool:
    """Whether the candidate can ask something before the next line of the feedback, and could not over this one."""
    is_read = bool(state.queue) and state.queue[0].intent is Intent.FEEDBACK
    return is_read and state.stage in REVIEW and state.review.between_lines_s > 0


def _listen_between(state: SessionState) -> Step:
    if state.is_paused:
        return next_line(state)
    next_line_s = state.at_s + state.review.between_lines_s
    review = replace(state.review, next_line_s=next_line_s, since_s=state.at_s)
    listen = Listen(is_on=True, is_short=True)
    return Step(state=replace(state, review=review, silent_from_s=state.at_s), commands=(listen,))


def while_speaking(state: SessionState, book: Book) -> Step:
    """The candidate's voice stops the coach, unless it may be the coach's own."""
    onset_s = state.voice_since_s
    if (
        not _may_be_stopped(state)
        or onset_s is None
        or began_blind(state, onset_s, book.echo)
        or _is_as_good_as_over(state, book.turn_taking.resume_from_s)
    ):
        return Step(state=state)
    return _stopped_by(state, onset_s, book)


def on_words_over_coach(state: SessionState, words: Sequence[Word], book: Book) -> Step:
    """So do words, however little voice there was, but for an "mm-hm", or where the coach has just interrupted."""
    speaking = state.speaking
    is_interrupting = state.cutting_in is not None
    if speaking is None or speaking.started_s is None or is_interrupting or not _may_be_stopped(state):
        return Step(state=state)
    over = [word for word in words if word.start_s >= speaking.started_s and not word.filler]
    if not over or book.reader.is_backchannel(over):
        return Step(state=state)
    return _stopped_by(state, over[0].start_s, book)


def _may_be_stopped(state: SessionState) -> bool:
    speaking = state.speaking
    return (
        state.is_full_duplex
        and speaking is not None
        and speaking.started_s is not None
        and not speaking.is_stopping
        and not state.is_paused
        and (state.stage in TALKING or (state.stage in REVIEW and state.review.is_open))
    )


def _is_as_good_as_over(state: SessionState, left_s: float) -> bool:
    """Whether the coach falls silent by itself as soon as it could be stopped: then its last word is heard."""
    speaking = state.speaking
    if speaking is None or speaking.started_s is None or state.queue:
        return False
    return speaking.started_s + speaking.duration_s - state.at_s <= left_s


def _stopped_by(state: SessionState, onset_s: float, book: Book) -> Step:
    """The candidate, who began at *onset_s*, has something to say, or had not finished when the coach began."""
    started_s = None if state.speaking is None else state.speaking.started_s
    is_soon = started_s is not None and onset_s - started_s <= book.turn_taking.false_cut_off_s
    if state.before_reply is None or not is_soon:
        return talked_over(replace(state, before_reply=None), onset_s, book)
    learnt = with_pause(state, onset_s, book).then(lambda now: counted(now, onset_s, book.turn_taking))
    return learnt.then(lambda now: talked_over(now, onset_s, book))


def talked_over(state: SessionState, onset_s: float, book: Book) -> Step:
    """The coach falls silent for the candidate who speaks from *onset_s* on; its next words are made ready."""
    state = broken_off_now(state, book.turn_taking.resume_from_s)
    ahead = tuple(
        Render(text=item.line.text, speed=state.interview.speed) for item in state.interview.owed[:1]
    )
    turn_from_s = state.turn_from_s if state.keeps_turn else onset_s
    return stop_speaking(replace(state, was_talked_over=True, turn_from_s=turn_from_s)).and_do(*ahead)


def taken_back(state: SessionState, before: BeforeReply) -> SessionState:
    """The candidate had not finished: the turn goes on as if the coach had said nothing."""
    return replace(
        state,
        interview=before.interview,
        model=state.model.unsaid(before.model),
        mode=before.mode,
        turn_from_s=before.turn_from_s,
        heard=None,
        before_reply=None,
        was_talked_over=False,
    )


def broken_off_now(state: SessionState, from_s: float, heard_until_s: float | None = None) -> SessionState:
    """The coach says no more; what was left of it *from_s* before *heard_until_s* (by default now) is owed."""
    until_s = state.at_s if heard_until_s is None else heard_until_s
    owed = [] if state.speaking is None else [*_left_of(state.speaking, until_s, from_s)]
    owed += [Owed(line=line) for line in state.queue if line.intent is not Intent.TIME_CUE]
    if not owed:
        return state
    return replace(state, queue=(), interview=replace(state.interview, owed=tuple(owed)))


def _left_of(speaking: Speaking, at_s: float, from_s: float) -> tuple[Owed, ...]:
    if speaking.is_stopping or speaking.line.intent is Intent.TIME_CUE:
        return ()
    heard_s = 0.0 if speaking.started_s is None else at_s - speaking.started_s
    if speaking.started_s is not None and heard_s >= speaking.duration_s:
        return ()
    share = max(0.0, heard_s - from_s) / speaking.duration_s if speaking.duration_s > 0 else 0.0
    owed = broken_off(speaking.line, share)
    return () if owed is None else (owed,)


def rest_of(state: SessionState, from_s: float) -> tuple[Line, ...]:
    """What is left of the line that is being spoken, from the clause in which it was *from_s* ago."""
    left = () if state.speaking is None else _left_of(state.speaking, state.at_s, from_s)
    return tuple(item.line for item in left)


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
    kept = {
        "pauses": list(state.pace.monologue),
        "short_pauses": list(state.pace.short),
        "asked": sorted({wording_of(id_) for id_ in state.interview.asked}),
    }
    note = Note(
        kind="session_ended",
        content={
            "t": state.at_s,
            "reason": reason,
            "answer_s": round(state.answer_s, 2),
            "false_cut_offs": state.false_cut_offs,
            "interruptions": state.interruptions,
            "withdrawn": state.withdrawn,
            "lost_frames": state.lost_frames,
            **(kept if state.keeps_pace else {}),
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
    return " ".join(words[: words_heard(speaking.line.text, played_s / speaking.duration_s)])


def _said(state: SessionState, speaking: Speaking, text: str, times_s: tuple[float, float]) -> Step:
    """*text* goes into the journal, and into the transcript, but for what comes after the answer."""
    if not text:
        return Step(state=state)
    start_s, end_s = times_s
    if state.stage not in (Stage.ASSESSING, Stage.OFFERING) and state.stage not in REVIEW:
        words = laid_out(text, start_s, end_s)
        about = _asked_about(state, speaking.line, text)
        is_apart = bool(state.pending or state.drafts.words)
        transcript = state.transcript.with_words(Speaker.COACH, words, about, is_apart=is_apart)
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
            **_replayed(speaking.line),
        },
    )
    return Step(state=state, commands=(note,))


def _replayed(line: Line) -> dict[str, object]:
    """What tells that it was the candidate's own voice."""
    return {} if line.replay is None else {"replayed": {"start": line.replay[0], "end": line.replay[1]}}


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


def next_line(state: SessionState) -> Step:
    """Speaks the next line of the queue once the last one has ended, or hands the turn to the candidate."""
    if state.speaking is not None:
        return Step(state=state)
    if state.is_paused and state.stage in REVIEW and state.outage is None:
        return Step(state=state, commands=(Listen(is_on=True, is_short=True, is_recorded=False),))
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
        review=replace(state.review, next_line_s=None),
    )
    if line.replay is not None:
        start_s, end_s = line.replay
        return Step(state=state, commands=(Replay(utterance=utterance, start_s=start_s, end_s=end_s),))
    speak = Speak(utterance=utterance, text=line.text, speed=state.interview.speed)
    return Step(state=state, commands=(speak,))


def _hand_over(state: SessionState) -> Step:
    """The coach has said all it had to say."""
    if state.outage is not None:
        return Step(state=state, commands=(LookForDevices(),) if state.outage.missing else ())
    match state.stage:
        case Stage.FEEDBACK if state.interview.offer:
            return _offered(state)
        case Stage.FEEDBACK | Stage.REVIEWING | Stage.REDOING:
            return _hand_over_in_review(state)
        case Stage.OFFERING:
            state = replace(state, silent_from_s=state.at_s)
            return Step(state=state, commands=(Listen(is_on=True, is_short=True),))
        case Stage.CLOSING:
            state = replace(state.off_the_record(), stage=Stage.ASSESSING, voice_since_s=None)
            return Step(state=state, commands=(Listen(is_on=False),))
        case Stage.OPENING:
            state = replace(state, stage=Stage.ANSWERING)
        case _:
            pass
    is_short = state.mode is Mode.SHORT
    is_cut_short = state.is_cut_short and state.was_talked_over
    listen = Listen(is_on=True, is_short=is_short or is_cut_short, is_recorded=not state.is_paused)
    clock = state.clock.hold(state.at_s) if state.is_paused else state.clock.run(state.at_s)
    turn_from_s = state.at_s
    if state.was_talked_over or state.keeps_turn:
        turn_from_s = state.turn_from_s
    elif state.is_full_duplex and state.voice_since_s is not None:
        turn_from_s = state.voice_since_s
    state = replace(
        state,
        turn_from_s=turn_from_s,
        silent_from_s=state.at_s,
        clock=clock,
        heard=None,
        cutting_in=None,
        is_cut_short=is_cut_short,
        keeps_turn=False,
    )
    return Step(state=state, commands=(listen,))


def _hand_over_in_review(state: SessionState) -> Step:
    """The candidate may ask, or say it again; what was broken off of the feedback is still to be read."""
    if not state.review.is_open:
        return end(state, "completed")
    stage = state.stage
    is_read = not state.interview.owed and state.review.ask is None
    if stage is Stage.FEEDBACK and is_read:
        stage = Stage.REVIEWING
    state = replace(
        state,
        stage=stage,
        silent_from_s=state.at_s,
        review=replace(state.review, since_s=state.at_s),
    )
    return Step(state=state, commands=(Listen(is_on=True, is_short=stage is not Stage.REDOING),))


def _offered(state: SessionState) -> Step:
    """The feedback has been read: another attempt is offered."""
    interview = replace(state.interview, offer=())
    reply = Reply(state=interview, lines=state.interview.offer, stage=Stage.OFFERING, mode=Mode.SHORT)
    return say(state, reply, {"reason": "the feedback was read"})
