"""What becomes of the lines that the candidate talks over.

Words confirm the stop, as between people; a cough or an "mm-hm" does not, and the coach goes on from the clause
that was broken off. After words, what was not heard and is still needed is said once the candidate has finished:
answers that were waited for, the question itself, the wrap-up. A follow-up that was not heard was not asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voice_coach.core.events import Intent
from voice_coach.core.transcript import laid_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.interview_state import InterviewState, Line

HALF = 0.5
"""A line that was heard this far was heard: what it is about is known by then."""
MOST = 0.8
"""A wrap-up must have been heard this far: its question stands at its end, and nothing that is said later asks it."""
FEW_WORDS = 8
"""Who says so few words over the coach waits for the rest of it: they are no answer, and no talk that goes on."""
NEEDED = frozenset({Intent.QUESTION, Intent.ANSWER, Intent.SCOPE_CHANGE, Intent.WRAP_UP})
"""What is said afterwards where it was not heard."""
_CLAUSE_END = (",", ";", ":", ".", "?", "!", "–")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A line that was talked over."""

    line: Line
    """What is left of it, from the beginning of the clause that was broken off."""
    heard_share: float = 0.0

    @property
    def was_heard(self) -> bool:
        """Whether enough of it was."""
        return self.heard_share >= (MOST if self.line.intent is Intent.WRAP_UP else HALF)

    @property
    def is_needed(self) -> bool:
        """Whether it is said afterwards where it was not heard.

        That no fact answers a question is not: who talks on had asked it of nobody.
        """
        is_empty = self.line.intent is Intent.ANSWER and self.line.about is None
        return self.line.intent in NEEDED and not is_empty


def words_heard(text: str, heard_share: float) -> int:
    """How many words of *text* are over after *heard_share* of its sound, by their letters."""
    return sum(word.end_s <= heard_share for word in laid_out(text, 0.0, 1.0))


def broken_off(line: Line, heard_share: float) -> Owed | None:
    """What is owed of *line* when it stops after *heard_share* of it; None where it was as good as over."""
    words = line.text.split()
    heard = words_heard(line.text, heard_share)
    if heard >= len(words):
        return None
    if line.replay is not None:
        return Owed(line=line, heard_share=heard_share)
    clause = max((at for at in range(heard + 1) if at and words[at - 1].endswith(_CLAUSE_END)), default=0)
    text = " ".join(words[clause:])
    return Owed(line=replace(line, text=text[0].upper() + text[1:]), heard_share=heard_share)


def settled(state: InterviewState) -> InterviewState:
    """*state* with nothing owed; a follow-up that was not heard was not asked."""
    unheard = sum(item.line.intent is Intent.FOLLOW_UP and not item.was_heard for item in state.owed)
    kept = len(state.asked) - unheard
    return replace(state, owed=(), asked=state.asked[:kept], gaps=state.gaps[:kept])


def rest(owed: Sequence[Owed]) -> tuple[Line, ...]:
    """All that is left to say after an interruption that was about something else."""
    return tuple(item.line for item in owed if item.line.intent not in (Intent.REPLY, Intent.TIME_CUE))


def needed(owed: Sequence[Owed], question: str) -> tuple[Line, ...]:
    """What is still to be said after words: the *question* in any case, the rest where it was not heard."""
    return tuple(
        item.line for item in owed if item.is_needed and (not item.was_heard or item.line.about == question)
    )
