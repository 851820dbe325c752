"""What is said once the answer is over: a question about the feedback, or something else.

A question is a sentence of its own, in so many words one of the cues of ``prompts/commands.toml``; or it begins with
one, and the rest is what the candidate claims to have said ("when did I say something about caching?").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.cues import Cue, compile_cue, plain_text, whole
from voice_coach.core.events import CommandName
from voice_coach.core.spoken_commands import sentences_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.content import ReviewCommand, SpokenCommands
    from voice_coach.core.transcript import Word

MOST_SENTENCES = 4
"""More in one breath is talk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, or a claim."""

    name: str
    """One of :data:`~voice_coach.core.events.REVIEW_COMMANDS`."""
    claim: tuple[Word, ...] = ()
    """What was said, in the candidate's account; empty: what the coach spoke of last. Of "why?" all of it."""


@dataclass(frozen=True, slots=True)
class _Cues:
    id: str
    whole: Cue
    begins: Cue | None
    misheard: Cue | None


class ReviewReader:
    """Finds the question in what was said."""

    def __init__(self, commands: SpokenCommands, *, doubt: float) -> None:
        """Words of a probability under *doubt* are doubted."""
        self._doubt = doubt
        self._stands_for = frozenset(commands.stands_for)
        self._once_more = (
            compile_cue(whole(_politely(commands, commands.once_more))) if commands.once_more else None
        )
        self._commands = [_compiled(command, commands) for command in commands.review]

    def read(self, words: Sequence[Word]) -> Asked | None:
        """The last question in *words*, or None."""
        sentences = sentences_of([word for word in words if not word.filler])[-MOST_SENTENCES:]
        for first in range(len(sentences)):
            rest = [word for sentence in sentences[first:] for word in sentence]
            asked = self._asked(rest) or (
                self._asked(sentences[first]) if first + 1 < len(sentences) else None
            )
            if asked is not None:
                return asked
        return None

    def wants_once_more(self, words: Sequence[Word]) -> bool:
        """Whether *words* are all of an answer to "once more of that?"."""
        text = plain_text([word for word in words if not word.filler])
        return self._once_more is not None and self._once_more.find(text) is not None

    def _asked(self, words: Sequence[Word]) -> Asked | None:
        text = plain_text(words)
        doubted = any(word.p is not None and word.p < self._doubt for word in words)
        for cues in self._commands:
            if cues.whole.find(text) or (doubted and cues.misheard is not None and cues.misheard.find(text)):
                return Asked(name=cues.id, claim=tuple(words) if cues.id == CommandName.WHY else ())
        for cues in self._commands:
            begun = None if cues.begins is None else cues.begins.find(text)
            if begun is not None:
                claim = tuple(words[begun.end :])
                is_said = any(word.bare not in self._stands_for for word in claim)
                return Asked(name=cues.id, claim=claim if is_said else ())
        return None


def _compiled(command: ReviewCommand, commands: SpokenCommands) -> _Cues:
    misheard = _politely(commands, command.misheard) if command.misheard else None
    return _Cues(
        id=command.id,
        whole=compile_cue(whole(_politely(commands, command.cues))),
        begins=compile_cue(f"^ {_called(commands, command.begins)}") if command.begins else None,
        misheard=None if misheard is None else compile_cue(whole(misheard)),
    )


def _politely(commands: SpokenCommands, cues: Sequence[str]) -> str:
    after = f"({'|'.join(commands.after)})?" if commands.after else ""
    return f"{_called(commands, cues)} {after}"


def _called(commands: SpokenCommands, cues: Sequence[str]) -> str:
    """*cues* behind polite words or the coach's name."""
    name = f"(hey|okay|so|but)? ({'|'.join((*commands.coach, *commands.coach_misheard))})"
    before = f"({'|'.join((*commands.before, name))})?" if commands.before else f"({name})?"
    return f"{before} {before} ({'|'.join(cues)})"
