"""What is learnt when the candidate goes on after a pause, and when the coach spoke into one.

A false cut-off is apologised for by silence (:mod:`voice_coach.core.coach_turn` stops the coach, and the turn goes
on as if it had said nothing). Here it is counted: waits double, and what was added to them is halved again with
time. The pause that was misjudged is one of the speaker's pauses like any that they resumed from.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.commands import Note
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_step import Book, Step
from voice_coach.core.turn_taking import Mode, Tail, TurnTakingSettings

if TYPE_CHECKING:
    from voice_coach.core.session_state import BeforeReply, SessionState

_NOTED_S = 0.5
"""A change of what the pauses amount to by less than this is not worth a line."""


def factor(state: SessionState, settings: TurnTakingSettings) -> float:
    """By how much waits are longer after false cut-offs."""
    since_s = state.clock.elapsed_s(state.at_s) - state.cut_off_at_s
    halvings = since_s // settings.forgiven_s
    return 1.0 + (state.wait_factor - 1.0) * float(0.5**halvings)


def with_pause(state: SessionState, onset_s: float, book: Book) -> Step:
    """The candidate speaks again from *onset_s* on: the silence before it was a pause, if it was theirs alone."""
    settings = book.turn_taking
    is_theirs = (
        state.stage in (Stage.ANSWERING, Stage.WRAPPING_UP)
        and not state.is_paused
        and state.turn_from_s < state.last_offset_s == state.silent_from_s < onset_s
        # Time that was asked for says nothing of how this speaker pauses otherwise.
        and (state.heard is None or state.heard.tail is not Tail.THINK)
    )
    if not is_theirs:
        return Step(state=state)
    short = _is_short(state, settings)
    before_s = state.pace.wait_s(is_short=short, settings=settings.pauses)
    pace = state.pace.after(onset_s - state.last_offset_s, is_short=short, settings=settings.pauses)
    wait_s = pace.wait_s(is_short=short, settings=settings.pauses)
    state = replace(state, pace=pace)
    if wait_s is None or (before_s is not None and _steps(before_s) == _steps(wait_s)):
        return Step(state=state)
    mode = Mode.SHORT if short else Mode.MONOLOGUE
    content = {"reason": "the speaker's pauses", "mode": mode, "pace_s": round(wait_s, 2)}
    return Step(state=state, commands=(Note(kind="wait_changed", content={"t": state.at_s, **content}),))


def counted(state: SessionState, onset_s: float, settings: TurnTakingSettings) -> Step:
    """The coach has spoken into a pause that the candidate ended at *onset_s*."""
    longer = min(2.0 * factor(state, settings), settings.longest_wait_factor)
    pause_s = round(onset_s - state.last_offset_s, 3)
    state = replace(
        state,
        false_cut_offs=state.false_cut_offs + 1,
        wait_factor=longer,
        cut_off_at_s=state.clock.elapsed_s(state.at_s),
    )
    content = {"reason": "a false cut-off", "factor": round(longer, 2), "pause_s": pause_s}
    return Step(state=state, commands=(Note(kind="wait_changed", content={"t": state.at_s, **content}),))


def before_cut_off(state: SessionState, before: BeforeReply) -> SessionState:
    """What spoke into the coach's words was a noise or an "mm-hm": nothing was learnt."""
    return replace(
        state,
        false_cut_offs=before.false_cut_offs,
        wait_factor=before.wait_factor,
        cut_off_at_s=before.cut_off_at_s,
        pace=before.pace,
    )


def _is_short(state: SessionState, settings: TurnTakingSettings) -> bool:
    """Whether what was said before the pause was a short answer: one that goes on is a monologue."""
    turn = state if state.speaking is None else state.before_reply
    if turn is None or turn.mode is not Mode.SHORT:
        return False
    return state.last_offset_s - turn.turn_from_s <= settings.short_answer_s


def _steps(seconds: float) -> int:
    return round(seconds / _NOTED_S)
