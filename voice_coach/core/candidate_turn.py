"""The candidate's turn: speech, its words, commands, and the silence that may be the end of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.coach_turn import (
    broken_off_now,
    end,
    on_words_over_coach,
    say,
    stop_speaking,
    taken_back,
    talked_over,
)
from voice_coach.core.commands import Draft, HearEnd, Listen, Note, Render, Transcribe
from voice_coach.core.cut_offs import before_cut_off, factor, with_pause
from voice_coach.core.echo import after_glitch
from voice_coach.core.events import REVIEW_COMMANDS, CommandName, Intent
from voice_coach.core.feedback_turn import on_command_in_feedback
from voice_coach.core.model_turn import ask_answer, ask_follow_up, put_better
from voice_coach.core.offer_turn import on_command_to_offer, on_words_to_offer
from voice_coach.core.session_stage import REVIEW, TALKING, Stage
from voice_coach.core.session_state import WORD_LEAD_S, Hint, SessionState
from voice_coach.core.session_step import Book, Step
from voice_coach.core.steering import topics_per_100
from voice_coach.core.talked_over import FEW_WORDS
from voice_coach.core.transcript import Speaker
from voice_coach.core.turn_taking import Heard, Mode, Situation, Tail, table_wait_s, wait_s

if TYPE_CHECKING:
    from voice_coach.core import events
    from voice_coach.core.interview_state import Moment, Reply
    from voice_coach.core.spoken_commands import Given
    from voice_coach.core.talked_over import Owed
    from voice_coach.core.transcript import Word
    from voice_coach.core.turn_taking import TurnTakingSettings

PART_OF_THE_ANSWER = frozenset({CommandName.THINK, CommandName.DONE})
"""Commands that one says to a person as well: they stay in the answer."""
HANDED_OVER = frozenset({Tail.HAND_OVER, Tail.QUESTION, Tail.DONE})
"""Endings that are answered at once, on a draft of what was said."""
ENDS_PAUSE = frozenset({CommandName.RESUME, CommandName.SKIP, CommandName.DONE, CommandName.STOP})
"""Commands that end a pause; the others are answered in it."""
UNHEARD_LIMIT_S = 1.5
"""A silence of this length after speech that was never cut into a piece: it was too faint to be words."""


def began_to_speak(state: SessionState, onset_s: float, book: Book) -> Step:
    """The candidate's voice since *onset_s*. A reply that is not audible yet is taken back unheard."""
    speaking = state.speaking
    is_audible = speaking is not None and speaking.started_s is not None
    learnt = Step(state=state) if is_audible else with_pause(state, onset_s, book)
    done = learnt.then(lambda now: Step(state=replace(now, voice_since_s=onset_s)))
    if state.before_reply is None or speaking is None or is_audible:
        return done
    return done.then(lambda now: talked_over(now, onset_s, book))


def fell_silent(state: SessionState, offset_s: float) -> Step:
    """Silence since *offset_s*, which says nothing of the turn yet; what was said may, and how it sounded."""
    state = replace(
        state,
        voice_since_s=None,
        last_offset_s=offset_s,
        silent_from_s=max(state.silent_from_s, offset_s),
    )
    done = _look(state) if state.is_listening else Step(state=state)
    hears_end = state.is_listening and state.speaking is None
    return done.and_do(HearEnd(offset_s=offset_s)) if hears_end else done


def looked_at(state: SessionState, settings: TurnTakingSettings) -> Step:
    """While somebody talks on, what was said is looked at from time to time."""
    if not state.is_listening or state.voice_since_s is None:
        return Step(state=state)
    since_s = max(state.voice_since_s, state.draft_asked_s)
    return _look(state) if state.at_s - since_s >= settings.draft_every_s else Step(state=state)


def _look(state: SessionState) -> Step:
    return Step(state=replace(state, draft_asked_s=state.at_s), commands=(Draft(),))


def on_drafted(state: SessionState, event: events.Drafted, book: Book) -> Step:
    """What was said, more or less; what will be replied to it, if it is the end, is rendered ahead."""
    state = replace(state, drafts=state.drafts.drafted(event, state.pauses), heard=None)
    if state.stage is not Stage.ANSWERING or state.speaking is not None or state.is_paused:
        return Step(state=state)
    return ask_answer(state, book).then(lambda now: _reply_ahead(now, book))


def _reply_ahead(state: SessionState, book: Book) -> Step:
    state, heard = read_tail(state, book)
    if heard.tail not in HANDED_OVER:
        return Step(state=state)
    line = next(iter(book.interviewer.reply(state.moment(heard)).lines), None)
    if line is None or line.text in (state.armed, state.ahead):
        return Step(state=state)
    render = Render(text=line.text, speed=state.interview.speed)
    return Step(state=replace(state, ahead=line.text), commands=(render,))


def with_hint(state: SessionState, event: events.HintHeard) -> SessionState:
    """How the last utterance sounded, unless there was another one since."""
    if event.offset_s != state.last_offset_s:
        return state
    return replace(state, hint=Hint(offset_s=event.offset_s, complete=event.complete))


def on_piece(state: SessionState, event: events.PieceCut) -> Step:
    """Its words are wanted."""
    state = replace(
        state,
        pending=state.pending | {event.piece},
        cut_until_s=event.end_s,
        drafts=state.drafts.cut(event),
    )
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
        drafts=state.drafts.transcribed(event.piece),
        heard=None,
    )


def on_transcribed(state: SessionState, event: events.Transcribed, book: Book) -> Step:
    """The words are on the record, and the follow-up that they call for is rendered ahead."""
    if event.piece not in state.pending:
        return Step(state=state)
    state = with_words(state, event)
    if state.is_paused:
        return _heard_while_paused(state, event.words, book)
    if state.stage is Stage.OFFERING:
        return on_words_to_offer(state, event.words, book)
    over = event.words if state.stage in REVIEW else _said_over_the_coach(state, event.words)
    given = book.reader.command(over) if over else None
    if given is not None:
        return _on_given(state, given, book)
    if not event.words:
        return Step(state=state)
    if state.stage is Stage.ANSWERING:
        topics = topics_per_100(state.words, book.topics, book.steering)
        state = replace(state, covered=book.covered(state.transcript), topics_per_100=topics)
    if state.speaking is not None:
        return on_words_over_coach(state, event.words, book)
    confirmed = _confirmed(state, book)
    if state.stage is not Stage.ANSWERING:
        return confirmed
    return confirmed.then(lambda now: ask_answer(now, book)).then(lambda now: arm(now, book))


def on_command(state: SessionState, name: CommandName, book: Book) -> Step:
    """A key, or what was said in a pause or over the coach. It silences the coach."""
    if state.is_paused and name is CommandName.PAUSE:
        name = CommandName.RESUME
    if state.stage in REVIEW:
        if name is CommandName.SAY_AGAIN and state.review.redone:
            name = CommandName.REDO
        return on_command_in_feedback(state, name, book)
    if state.stage is Stage.OFFERING:
        return on_command_to_offer(state, name)
    is_idle = name is CommandName.RESUME and not state.is_paused
    if state.stage not in TALKING or is_idle or name in REVIEW_COMMANDS:
        return Step(state=state)
    note = Note(kind="command", content={"t": state.at_s, "name": name})
    if state.is_paused and name not in ENDS_PAUSE:
        reply = _in_pause(state, name, book)
        state = replace(state, queue=())
        listen: tuple[Listen, ...] = ()
    else:
        listen = (Listen(is_on=state.is_full_duplex),) if state.is_paused else ()
        if state.is_paused and name is not CommandName.RESUME:
            state = state.resumed()
        if state.stage is Stage.OPENING and name in (CommandName.SKIP, CommandName.DONE):
            state = replace(state, stage=Stage.ANSWERING)
        state = broken_off_now(state, book.turn_taking.resume_from_s)
        state, reply = put_better(state, book.interviewer.obey(name, _told(state, name)), book)
    done = stop_speaking(state).then(lambda stopped: say(stopped, reply, {"reason": f"command: {name}"}))
    return Step(state=done.state, commands=(note, *listen, *done.commands))


def _told(state: SessionState, name: CommandName) -> Moment:
    return state.moment(Heard(tail=Tail.COMMAND, command=name))


def _in_pause(state: SessionState, name: CommandName, book: Book) -> Reply:
    """The reply to *name* alone: what "pause" broke off is said after the pause."""
    owed = state.interview.owed
    state = replace(state, interview=replace(state.interview, owed=()))
    reply = book.interviewer.obey(name, _told(state, name))
    return replace(reply, state=replace(reply.state, owed=owed))


def in_silence(state: SessionState, book: Book) -> Step:
    """Weighs the four cues, once all that was said is known; at the end of the turn, replies."""
    is_known = not state.pending and not is_unheard(state)
    is_drafted = state.drafts.until_s >= state.last_offset_s
    if state.is_paused or state.voice_since_s is not None or not (is_known or is_drafted):
        return Step(state=state)
    if state.was_talked_over and state.interview.owed:
        if not _has_words(state, book):
            # A draft without any words may have missed some; one of an "mm-hm" has not.
            return _go_on(state, book) if is_known or state.words else Step(state=state)
        # What was asked for stays asked for.
        if state.before_reply is not None and not _owes_more(state):
            state = taken_back(state, state.before_reply)
    state, heard = read_tail(state, book)
    if not is_known and heard.tail not in HANDED_OVER:
        return Step(state=state)
    situation = _situation(state, heard, book)
    needed_s = wait_s(situation, book.turn_taking)
    silence_s = state.at_s - state.silent_from_s
    if silence_s < needed_s:
        return Step(state=state)
    because: dict[str, object] = {
        "silence_s": round(silence_s, 3),
        "wait_s": round(needed_s, 3),
        **_why_so_long(situation, book),
        "tail": heard.tail,
        "mode": situation.mode,
        "part": book.pace.phase_at(state.clock.elapsed_s(state.at_s)),
        "covered": situation.is_covered,
        "near_end": situation.is_near_end,
        "drafted": not is_known,
    }
    if not is_known:
        state = replace(state, covered=book.covered(state.known))
    moment = state.moment(heard)
    before = state.before
    elapsed = {"elapsed_s": round(moment.elapsed_s, 3), "words": len(moment.words)}
    notes = [Note(kind="turn_ended", content={"t": state.at_s, **because, **elapsed})]
    if heard.command is not None:
        said = " ".join(word.text for word in moment.words)
        notes.append(Note(kind="command", content={"t": state.at_s, "name": heard.command, "said": said}))
    offline = book.interviewer.reply(moment)
    state, reply = put_better(state, offline, book)
    if reply is offline and _has_to_be_composed(reply, (state.armed, state.ahead)):
        reply = book.interviewer.bridged(reply)
    elif reply is not offline:
        because["model"] = True
    done = say(replace(_without_command(state, heard), armed=None, ahead=None), reply, because)
    is_talk = heard.command is None and reply.stage is None
    after = replace(done.state, before_reply=before if is_talk else None)
    return Step(state=after, commands=(*notes, *done.commands))


def _has_to_be_composed(reply: Reply, rendered: tuple[str | None, ...]) -> bool:
    """Whether it begins with a follow-up that is not among the *rendered* texts."""
    first = next(iter(reply.lines), None)
    return first is not None and first.intent is Intent.FOLLOW_UP and first.text not in rendered


def ended_by(state: SessionState, event: events.InputEnded, book: Book) -> Step:
    """The end of the input, before which a command may have been said that was not yet obeyed."""
    if state.stage in TALKING and not state.pending:
        state = _without_command(*read_tail(state, book))
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


def _confirmed(state: SessionState, book: Book) -> Step:
    """Who talks over the coach in words is listened to as ever: pieces get their full length again."""
    if not state.is_cut_short or not _has_words(state, book):
        return Step(state=state)
    listen = Listen(is_on=True, is_short=state.mode is Mode.SHORT, is_recorded=not state.is_paused)
    return Step(state=replace(state, is_cut_short=False), commands=(listen,))


def _owes_more(state: SessionState) -> bool:
    return any(item.line.intent in (Intent.ANSWER, Intent.SCOPE_CHANGE) for item in state.interview.owed)


def _go_on(state: SessionState, book: Book) -> Step:
    """After a moment the coach says on what it had begun."""
    silence_s = state.at_s - state.silent_from_s
    if silence_s < book.turn_taking.resume_s:
        return Step(state=state)
    if state.before_reply is not None:
        state = before_cut_off(state, state.before_reply)
    because = {"reason": "talked over by no words", "silence_s": round(silence_s, 3)}
    # It may have been the coach's echo: once is enough.
    return say(after_glitch(state), book.interviewer.go_on(state.interview), because)


def _heard_while_paused(state: SessionState, words: tuple[Word, ...], book: Book) -> Step:
    """To "resume" and to whatever is said to the coach by name it listens, but for an outage."""
    if state.outage is not None:
        return Step(state=state)
    given = book.reader.in_pause(words)
    return Step(state=state) if given is None else on_command(state, CommandName(given.name), book)


def _said_over_the_coach(state: SessionState, words: tuple[Word, ...]) -> tuple[Word, ...]:
    """*words* where it spoke as they began, and they were too few to stop it: those belong to no turn."""
    if not state.is_full_duplex or state.stage not in TALKING or state.was_talked_over:
        return ()
    said = tuple(word for word in words if word.start_s >= state.reply_from_s - WORD_LEAD_S)
    is_over = state.speaking is not None or not set(said) <= set(state.words)
    return said if is_over else ()


def _on_given(state: SessionState, given: Given, book: Book) -> Step:
    """A command that was said over the coach."""
    heard = Heard(tail=Tail.COMMAND, command=given.name, said=given.words)
    return on_command(_without_command(state, heard), CommandName(given.name), book)


def arm(state: SessionState, book: Book) -> Step:
    """Has the follow-up that would be asked now rendered ahead, and a language model put it better."""
    line = book.interviewer.next_follow_up(state.moment(Heard(tail=Tail.COMPLETE)))
    if line is None:
        return Step(state=state)
    armed = Step(state=state)
    if line.text != state.armed:
        render = Render(text=line.text, speed=state.interview.speed)
        armed = Step(state=replace(state, armed=line.text), commands=(render,))
    return armed.then(lambda now: ask_follow_up(now, line, book))


def is_unheard(state: SessionState) -> bool:
    """Whether speech has ended that was not cut into a piece yet."""
    is_cut = state.last_offset_s <= state.cut_until_s
    return not is_cut and state.at_s - state.last_offset_s < UNHEARD_LIMIT_S


def read_tail(state: SessionState, book: Book) -> tuple[SessionState, Heard]:
    """The tail of the open turn, read once for as long as no words are added."""
    if state.heard is not None:
        return state, state.heard
    words = state.words
    heard = book.reader.read(words, asks=book.interviewer.asks(words))
    return replace(state, heard=heard), heard


def _situation(state: SessionState, heard: Heard, book: Book) -> Situation:
    settings = book.turn_taking
    elapsed_s = state.clock.elapsed_s(state.at_s)
    mode = state.mode
    said_something = heard.tail is not Tail.NOTHING
    has_grown = state.last_offset_s - state.turn_from_s > settings.short_answer_s
    if said_something and (mode is Mode.THINKING or has_grown):
        mode = Mode.MONOLOGUE
    if any(item.line.intent is Intent.FOLLOW_UP and not item.was_heard for item in _owed(state)):
        mode = Mode.MONOLOGUE
    is_wrapping_up = state.stage is Stage.WRAPPING_UP
    near_end_s = book.pace.range_s[1] - settings.near_end_s
    is_covered = book.interviewer.is_covered(state.covered, state.interview, mode, elapsed_s)
    return Situation(
        mode=mode,
        tail=heard.tail,
        is_covered=is_wrapping_up or is_covered,
        is_near_end=is_wrapping_up or elapsed_s >= near_end_s,
        is_awaited=_is_awaited(state),
        factor=factor(state, settings),
        pace_s=state.pace.wait_s(is_short=mode is Mode.SHORT, settings=settings.pauses),
        hint=state.hint.complete if state.hint and state.hint.offset_s == state.last_offset_s else None,
    )


def _why_so_long(situation: Situation, book: Book) -> dict[str, object]:
    """What made this wait other than the table's, for the journal."""
    known: dict[str, float | None] = {
        "table_s": table_wait_s(situation, book.turn_taking),
        "factor": situation.factor,
        "pace_s": situation.pace_s,
        "hint": situation.hint,
    }
    return {name: round(value, 3) for name, value in known.items() if value is not None}


def _owed(state: SessionState) -> tuple[Owed, ...]:
    """What the candidate has just talked over."""
    return state.interview.owed if state.was_talked_over else ()


def _is_awaited(state: SessionState) -> bool:
    """Whether the candidate waits for what was talked over: not who has talked on since."""
    is_owed = any(item.is_needed and not item.was_heard for item in _owed(state))
    return is_owed and len(state.words) < FEW_WORDS
