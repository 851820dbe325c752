"""What is said to the coach between the steps of an evening."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from voice_coach.core.content import SpokenCommand, SpokenCommands
from voice_coach.core.events import CommandName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voice_coach.core.evening_content import EveningWords


class Answer(StrEnum):
    """To the announcement of a step."""

    GO = "go"
    SKIP = "skip"
    LATER = "later"
    """Not now: the evening is left, and can be taken up again."""
    AGAIN = "again"
    """Say that once more."""


KEYS: Mapping[str, Answer] = {
    "g": Answer.GO,
    " ": Answer.GO,
    "\n": Answer.GO,
    "\r": Answer.GO,
    "s": Answer.SKIP,
    "l": Answer.LATER,
    "q": Answer.LATER,
    "a": Answer.AGAIN,
}
_AS_IN_A_SESSION: Mapping[Answer, Sequence[CommandName]] = {
    Answer.LATER: (CommandName.STOP, CommandName.PAUSE, CommandName.DONE),
    Answer.SKIP: (CommandName.SKIP,),
    Answer.AGAIN: (CommandName.SAY_AGAIN, CommandName.REPEAT_QUESTION, CommandName.SAY_SLOWER),
    Answer.GO: (CommandName.RESUME,),
}
"""Commands of a session that mean the same here."""


def between_steps(words: EveningWords, commands: SpokenCommands) -> SpokenCommands:
    """What can be said between steps: *words*, and the *commands* of a session that mean the same, misheard or not. Its
    ids are those of :class:`Answer`.
    """
    own = {
        Answer.LATER: words.later,
        Answer.SKIP: words.skip,
        Answer.GO: words.go,
        Answer.AGAIN: (),
    }
    known = {command.id: command for command in commands.command}
    made = []
    for answer, names in _AS_IN_A_SESSION.items():
        found = [known[name] for name in names if name in known]
        cues = (*own[answer], *(cue for command in found for cue in (*command.cues, *command.addressed)))
        if cues:
            misheard = (
                *(words.misheard_go if answer is Answer.GO else ()),
                *(cue for command in found for cue in command.misheard),
            )
            made.append(SpokenCommand(id=answer, cues=cues, misheard=misheard))
    return SpokenCommands(
        command=tuple(made),
        coach=commands.coach,
        coach_misheard=commands.coach_misheard,
        before=commands.before,
        after=commands.after,
    )
