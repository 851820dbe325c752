"""After the feedback on a drill: another attempt is offered, and taken up or declined by voice, key or silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.core.coach_turn import end
from voice_coach.core.commands import Note
from voice_coach.core.events import CommandName
from voice_coach.core.session_step import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.session_state import SessionState
    from voice_coach.core.session_step import Book
    from voice_coach.core.transcript import Word
    from voice_coach.core.turn_taking import TurnTakingSettings

AGAIN = "again"
"""Why a session ended whose candidate wants another attempt."""
_YES = frozenset({CommandName.SAY_AGAIN, CommandName.REPEAT_QUESTION, CommandName.RESUME})
_NO = frozenset({CommandName.STOP, CommandName.DONE, CommandName.SKIP})
_LONGEST_WAITS = 3.0
"""A noise that never falls silent is no answer: after so many waits the offer is declined."""


def on_words_to_offer(state: SessionState, words: Sequence[Word], book: Book) -> Step:
    """What is said after the offer; what is neither yes nor no is talk to somebody else."""
    wants = book.reader.wants_again(words) if words else None
    if wants is not None:
        return _answered(state, wants=wants)
    given = book.reader.command(words) if words else None
    return Step(state=state) if given is None else on_command_to_offer(state, CommandName(given.name))


def on_command_to_offer(state: SessionState, name: CommandName) -> Step:
    """A key, or a command that was said, which answers the offer; others mean nothing here."""
    if name not in _YES | _NO:
        return Step(state=state)
    note = Note(kind="command", content={"t": state.at_s, "name": name})
    done = _answered(state, wants=name in _YES)
    return Step(state=done.state, commands=(note, *done.commands))


def unanswered(state: SessionState, settings: TurnTakingSettings) -> Step:
    """Whether the silence after the offer has lasted long enough to be a no."""
    is_busy = state.voice_since_s is not None or bool(state.pending)
    silent_from_s = max(state.silent_from_s, state.reply_from_s)
    waited_s = state.at_s - silent_from_s
    is_over = waited_s >= settings.offer_s and not is_busy
    is_late = state.at_s - state.reply_from_s >= _LONGEST_WAITS * settings.offer_s
    return end(state, "completed") if is_over or is_late else Step(state=state)


def _answered(state: SessionState, *, wants: bool) -> Step:
    return end(state, AGAIN if wants else "completed")
