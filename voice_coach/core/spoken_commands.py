"""What is said to the coach rather than in the answer: "pause", "coach, how much time do I have?".

Two things keep commands apart from an answer that is about pausing consumers and skipping records. A command is
a whole utterance, set apart by silence, after a finished sentence; and it is in so many words one of the cues
of ``prompts/commands.toml``. Only the coach's name may stand in mid utterance.

A recogniser that expects design talk mishears a bare "pause" as "Postgres". What it writes then is a cue as
well (``misheard``), but only where it doubts its own words; of "resume", which counts in a pause alone, always.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.cues import Cue, compile_cue, plain_text, whole
from voice_coach.core.events import CommandName

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voice_coach.core.content import SpokenCommand, SpokenCommands
    from voice_coach.core.transcript import Word

FINAL = frozenset({CommandName.STOP, CommandName.SKIP})
"""Commands that cannot be taken back: after talk they need a longer silence."""
FINAL_GAP_S = 1.5
"""This long: a new sentence begins after it, whatever the punctuation."""
UNBELIEVED = 0.001
"""The recogniser has all but ruled a word out. Measured on the base model, one word said alone in several voices:
"pause" written as "Postgres" under 0.0005 (9 of 9), a true "Postgres" from 0.002 to 0.4 (13 of 13)."""
MOST_SENTENCES = 4
"""So many commands in one breath, at most: "I'm back. Let's continue."."""
_FINISHED = re.compile(r"(?<!\.\.)[.!?][\"')\]]*$")
"""The end of a sentence; three dots are none."""
_GOES_ON = re.compile(r"(,|\.\.)$")
"""The voice stayed up, or died away: the sentence is not over."""
_CALL = "(hey|okay|ok|so|and)?"
"""May stand before the coach's name."""


@dataclass(frozen=True, slots=True)
class _Cues:
    """Of one command, each the whole of what is said."""

    id: str
    plain: Cue
    at_once: Cue | None
    """Where nothing was said before it in the turn."""
    called: Cue
    """After the coach's name, misheard or not."""
    called_perhaps: Cue | None
    """After what the name may have become, where the recogniser doubts that word."""
    misheard: Cue | None
    """What the command may have become, where the recogniser doubts any of its words."""
    unbelieved: Cue | None
    """The same, where it hardly believes any."""


@dataclass(frozen=True, slots=True)
class Given:
    """A command, and the words that give it."""

    name: str
    words: tuple[Word, ...]
    is_unsure: bool = False
    """A sentence may begin with these words: it is a command if nothing follows for longer."""


class CommandReader:
    """Finds the command in what was said."""

    def __init__(self, commands: SpokenCommands, *, gap_s: float, doubt: float) -> None:
        """A silence of *gap_s* sets an utterance apart; words of a probability under *doubt* are doubted."""
        self._gap_s = gap_s
        self._doubt = doubt
        compiled = [_compiled(command, commands) for command in commands.command]
        self._commands = [cues for cues in compiled if cues.id != CommandName.RESUME]
        self._resume = [cues for cues in compiled if cues.id == CommandName.RESUME]
        self._name = compile_cue(_any(commands.coach))
        polite = _any((*commands.before, *commands.after))
        before = _perhaps(commands.before)
        self._opener = (
            compile_cue(whole(f"{before} {before} ({_any(commands.opener)})")) if commands.opener else None
        )
        self._polite = compile_cue(whole(f"({polite}) ({polite})? ({polite})?")) if polite else None

    def command(self, words: Sequence[Word]) -> Given | None:
        """The command that the last utterance of *words* is, or that the coach is addressed with in it.

        "… and the worker can [pause] stop now" is none: without "coach", a command is all that was said, or follows
        a finished sentence; and one that cannot be taken back follows a long silence. "Let's continue" is
        none either: where nothing is paused it hands nothing over.
        """
        utterance = last_utterance(words, self._gap_s)
        before, last = self._parted(words)
        addressed = self._addressed(last)
        name = self._named(addressed)
        if name is not None:
            return Given(name, tuple(addressed))
        if before and not _FINISHED.search(before[-1].text):
            return None
        if last and _GOES_ON.search(last[-1].text):
            return None
        named = self._named if before else self._named_at_once
        name = self._last_of(sentences_of(last), named)
        is_soon = bool(before) and last_utterance(words, FINAL_GAP_S) != utterance
        if name is None or (is_soon and name in FINAL):
            return None
        may_go_on = self._opener is not None and self._opener.find(plain_text(last)) is not None
        return Given(name, tuple(last), is_unsure=may_go_on and not last[-1].text.endswith("?"))

    def in_pause(self, words: Sequence[Word]) -> Given | None:
        """The command that *words*, said in a pause, give: "resume", or any with the coach's name.

        All else is said to somebody in the room.
        """
        _, last = self._parted(words)
        addressed = self._addressed(last)
        if self._resumes(addressed):
            return Given(CommandName.RESUME, tuple(addressed))
        if self._last_of(sentences_of(last), self._resumes):
            return Given(CommandName.RESUME, tuple(last))
        name = self._named(addressed)
        return None if name is None else Given(name, tuple(addressed))

    def doubts(self, word: Word) -> bool:
        """Whether the recogniser gives *word* so little that it may be another."""
        return word.p is not None and word.p < self._doubt

    def _parted(self, words: Sequence[Word]) -> tuple[Sequence[Word], Sequence[Word]]:
        """The last utterance of *words* and what comes before it, fillers left out."""
        last = [word for word in last_utterance(words, self._gap_s) if not word.filler]
        spoken = [word for word in words if not word.filler]
        return spoken[: len(spoken) - len(last)], last

    def _addressed(self, words: Sequence[Word]) -> Sequence[Word]:
        """The words from the coach's name on, where it was last said; none if it was not."""
        spans = list(self._name.find_all(plain_text(words)))
        return words[spans[-1].first :] if spans else ()

    def _last_of(
        self, sentences: Sequence[Sequence[Word]], named: Callable[[Sequence[Word]], str | None]
    ) -> str | None:
        """The last of the commands that *sentences* are; None where one of them is something else."""
        if len(sentences) > MOST_SENTENCES:
            return None
        for count in range(len(sentences), 0, -1):
            name = named([word for sentence in sentences[:count] for word in sentence])
            if name is None:
                continue
            rest = sentences[count:]
            if all(self._is_polite(sentence) or self._is_ghost(sentence) for sentence in rest):
                return name
            return self._last_of(rest, named)
        return None

    def _is_ghost(self, words: Sequence[Word]) -> bool:
        """Whether they are one word that the recogniser doubts: it may echo the end ("interview? View.")."""
        return len(words) == 1 and self.doubts(words[0])

    def _is_polite(self, words: Sequence[Word]) -> bool:
        return self._polite is not None and self._polite.find(plain_text(words)) is not None

    def _named_at_once(self, words: Sequence[Word]) -> str | None:
        """What *words* are where they are the first of the turn."""
        text = plain_text(words)
        found = (cues.id for cues in self._commands if cues.at_once is not None and cues.at_once.find(text))
        return next(found, None) or self._named(words)

    def _named(self, words: Sequence[Word]) -> str | None:
        """The command that *words* are: in so many words, or misheard where they are doubted."""
        text = plain_text(words)
        for cues in self._commands:
            if cues.plain.find(text) or cues.called.find(text):
                return cues.id
        known = [1.0 if word.p is None else word.p for word in words]
        if not any(p < self._doubt for p in known):
            return None
        for cues in self._commands:
            perhaps = (
                (known[0] < self._doubt, cues.called_perhaps),
                (True, cues.misheard),
                (min(known) < UNBELIEVED, cues.unbelieved),
            )
            if any(may_be and cue is not None and cue.find(text) for may_be, cue in perhaps):
                return cues.id
        return None

    def _resumes(self, words: Sequence[Word]) -> str | None:
        """Likewise of "resume", misheard or not, doubted or not."""
        text = plain_text(words)
        all_cues = ((cues.plain, cues.called, cues.called_perhaps, cues.misheard) for cues in self._resume)
        found = any(cue is not None and cue.find(text) for cues in all_cues for cue in cues)
        return CommandName.RESUME if found else None


def last_utterance(words: Sequence[Word], gap_s: float) -> Sequence[Word]:
    """The words after the last gap of *gap_s* or more."""
    first = len(words) - 1
    while first > 0 and words[first].start_s - words[first - 1].end_s < gap_s:
        first -= 1
    return words[max(first, 0) :]


def sentences_of(words: Sequence[Word]) -> list[Sequence[Word]]:
    """*words* cut where sentences end."""
    sentences: list[Sequence[Word]] = []
    first = 0
    for index, word in enumerate(words):
        if index + 1 == len(words) or _FINISHED.search(word.text):
            sentences.append(words[first : index + 1])
            first = index + 1
    return sentences


def _compiled(command: SpokenCommand, commands: SpokenCommands) -> _Cues:
    def politely(cues: Sequence[str], *, call: str = "") -> Cue:
        return compile_cue(_politely(commands, cues, call=call))

    name, like_name = _any(commands.coach), _any(commands.coach_misheard)
    everything = (*command.cues, *command.at_once, *command.addressed, *command.misheard)
    return _Cues(
        id=command.id,
        plain=politely(command.cues),
        at_once=politely(command.at_once) if command.at_once else None,
        called=politely(everything, call=f"{_CALL} ({name})"),
        called_perhaps=politely(everything, call=f"({like_name})") if like_name else None,
        misheard=politely(command.misheard) if command.misheard else None,
        unbelieved=politely(command.unbelieved) if command.unbelieved else None,
    )


def _politely(commands: SpokenCommands, cues: Sequence[str], *, call: str = "") -> str:
    """*cues* with polite words around them, as all that is said."""
    before, after = _perhaps(commands.before), _perhaps(commands.after)
    return whole(f"{call} {before} {before} ({_any(cues)}) {after}")


def _any(cues: Sequence[str]) -> str:
    return "|".join(cues)


def _perhaps(cues: Sequence[str]) -> str:
    return f"({_any(cues)})?" if cues else ""
