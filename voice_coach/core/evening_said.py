"""What is said to the coach between the steps of an evening."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from voice_coach.core.content import SpokenCommand, SpokenCommands
from voice_coach.core.events import CommandName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voice_coach.core.evening_content import EveningWords
    from voice_coach.core.spoken_commands import Given


class Answer(StrEnum):
    """To the announcement of a step."""

    GO = "go"
    SKIP = "skip"
    LATER = "later"
    """Not now: the evening is left, and can be taken up again."""
    AGAIN = "again"
    """Say that once more."""
    WAIT = "wait"
    """Not yet, and nobody is to be reminded: a pause, or a moment to think."""


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
    Answer.WAIT: (CommandName.PAUSE, CommandName.THINK),
    Answer.LATER: (CommandName.STOP, CommandName.DONE),
    Answer.SKIP: (CommandName.SKIP,),
    Answer.AGAIN: (CommandName.SAY_AGAIN, CommandName.REPEAT_QUESTION, CommandName.SAY_SLOWER),
    Answer.GO: (CommandName.RESUME,),
}
"""Commands of a session that mean the same here."""
UNCLEAR = "unclear"
"""Id of what is a command in a session, and here no answer: "next" is skip there, and what the coach has just said."""


def between_steps(words: EveningWords, commands: SpokenCommands) -> SpokenCommands:
    """What can be said between steps: *words*, and the *commands* of a session that mean the same, misheard or not. Its
    ids are those of :class:`Answer`, and :data:`UNCLEAR`.
    """
    own: dict[Answer, Sequence[str]] = {
        Answer.LATER: words.later,
        Answer.SKIP: words.skip,
        Answer.GO: words.go,
    }
    known = {command.id: command for command in commands.command}
    made = [SpokenCommand(id=UNCLEAR, cues=words.unclear)]
    for answer, names in _AS_IN_A_SESSION.items():
        found = [known[name] for name in names if name in known]
        cues = (
            *own.get(answer, ()),
            *(cue for command in found for cue in (*command.cues, *command.addressed)),
        )
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


def in_a_break(words: EveningWords, commands: SpokenCommands) -> SpokenCommands:
    """The same in a break, to be read as in a pause: all but what ends the break counts only after "coach".

    Others may be talked to in it.
    """
    between = between_steps(words, commands)
    back = SpokenCommand(id=CommandName.RESUME, cues=words.back)
    return replace(between, command=(back, *(one for one in between.command if one.id != Answer.GO)))


def answer_of(given: Given | None) -> Answer | None:
    """The answer that *given* is; None where it is none."""
    if given is None or given.name == UNCLEAR:
        return None
    return Answer.GO if given.name == CommandName.RESUME else Answer(given.name)
