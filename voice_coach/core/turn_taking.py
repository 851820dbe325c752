"""When the coach may speak: four cues together, never silence alone.

The cues are (1) the length of the silence on the sample clock, (2) the tail of what was said, (3) whether the
part that it is time for is covered, and how near the end is, (4) an acoustic hint, which may only shorten a
wait. Waits are those of the table in docs/metrics.md, fitted to the speaker's own pauses where these are known.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING, assert_never

from voice_coach.core.cues import Cue, at_end, compile_cue, plain_text, whole
from voice_coach.core.speaker_pace import SpeakerPaceSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.content import TurnCues
    from voice_coach.core.spoken_commands import CommandReader, Given
    from voice_coach.core.transcript import Word

_STRICT = {"extra": "forbid"}
TAIL_WORDS = 48
"""All cues of a tail are at its end, and shorter than this: a long turn is not searched from its beginning."""


class Mode(StrEnum):
    """What kind of talk is expected; each has waits of its own."""

    MONOLOGUE = "monologue"
    SHORT = "short"
    THINKING = "thinking"


class Tail(StrEnum):
    """How what was said so far ends."""

    NOTHING = "nothing"
    HOLD = "hold"
    THINK = "think"
    COMPLETE = "complete"
    HAND_OVER = "hand_over"
    QUESTION = "question"
    UNSURE_QUESTION = "unsure_question"
    DONE = "done"
    COMMAND = "command"
    UNSURE_COMMAND = "unsure_command"


class Asks(Enum):
    """Whether the candidate asks the interviewer something."""

    NOT = auto()
    PERHAPS = auto()
    """It sounds like a question, but no fact answers it: it may be one to oneself."""
    SURELY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTakingSettings:
    """Seconds of silence before the coach speaks."""

    __pydantic_config__ = _STRICT

    yield_monologue_s: float = 0.7
    """After a hand-over, a question to the interviewer or a command, in a monologue."""
    yield_short_s: float = 0.5
    unsure_question_s: float = 2.0
    """After what may be a question to oneself: no fact answers it; or after talk over an answer not heard yet."""
    unsure_command_s: float = 2.5
    """After a command with which a sentence may begin as well: "Next, the cache"."""
    covered_monologue_s: float = 5.5
    """Complete, and the part that it is time for is covered."""
    covered_near_end_s: float = 2.5
    """The same within ``near_end_s`` of the target's end."""
    covered_short_s: float = 1.0
    open_monologue_s: float = 6.0
    """Complete, but the part is not covered."""
    open_short_s: float = 2.0
    hold_monologue_s: float = 12.0
    """After a conjunction, a filler, "let me think"."""
    hold_short_s: float = 6.0
    think_s: float = 30.0
    """When time to think was asked for."""
    nothing_monologue_s: float = 15.0
    """When nothing at all was said since the coach spoke."""
    nothing_short_s: float = 10.0
    near_end_s: float = 90.0
    short_answer_s: float = 40.0
    """A reply to a follow-up that has gone on for longer is a monologue."""
    utterance_gap_s: float = 0.7
    """A silence of this length sets an utterance of its own apart, which may be a command."""
    misheard_probability: float = 0.6
    """A word under this is doubted: what sounds like a command then may be one. Measured: "let's" written for "skip"
    0.49 to 0.58, a true one from 0.80."""
    draft_every_s: float = 2.0
    """While somebody talks, what was said is looked at so often, to be shown and to be ready at the pause."""
    false_cut_off_s: float = 0.7
    """Who resumes within this of the coach's start was cut off: waits double."""
    resume_s: float = 0.75
    """The coach was stopped by what turns out to be no words, or a mere "mm-hm": after so much silence it goes on."""
    resume_from_s: float = 0.3
    """It goes on from the clause it was in so much earlier: where it is in a line is only known about so well."""
    longest_wait_factor: float = 2.0
    forgiven_s: float = 120.0
    """In so much of the candidate's time what a false cut-off added to the waits is halved."""
    shortest_monologue_s: float = 5.0
    """Neither the hint nor the speaker's pauses make a wait in a monologue shorter, but near the target's end."""
    shortest_short_s: float = 0.8
    hint_probability: float = 0.9
    """A voice that sounds finished by this much shortens a wait. Measured: 4 of 23 pauses within talk do, and 20 of
    27 ends."""
    hint_monologue_s: float = 1.0
    """By so much."""
    hint_short_s: float = 0.8
    longest_outage_s: float = 300.0
    """A lost microphone or loudspeaker that is not back for so long ends the session."""
    offer_s: float = 8.0
    """An offer of another attempt that nobody answers for so long is declined."""
    longest_pause_s: float = 600.0
    """A pause on command that nobody ends for so long ends the session."""
    pauses: SpeakerPaceSettings = field(default_factory=SpeakerPaceSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The cues at a moment of silence."""

    mode: Mode
    tail: Tail
    is_covered: bool
    is_near_end: bool
    is_awaited: bool = False
    """The candidate talked over something that is still to be said."""
    factor: float = 1.0
    """Above 1 after a false cut-off."""
    pace_s: float | None = None
    """What the speaker's own pauses ask for; None while too few are known."""
    hint: float | None = None
    """How probable it is by the sound alone that the speaker has finished; None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The tail of what was said, with the command that it gives, if any."""

    tail: Tail
    command: str | None = None
    said: tuple[Word, ...] = field(default=(), compare=False)
    """The words of the command."""


def wait_s(situation: Situation, settings: TurnTakingSettings) -> float:
    """How long a silence must last in *situation* before the coach speaks."""
    is_short = situation.mode is Mode.SHORT
    match situation.tail:
        case Tail.HAND_OVER | Tail.QUESTION | Tail.COMMAND | Tail.DONE:
            return settings.yield_short_s if is_short else settings.yield_monologue_s
        case Tail.UNSURE_QUESTION:
            return settings.unsure_question_s
        case Tail.UNSURE_COMMAND:
            return settings.unsure_command_s
        case Tail.THINK:
            return settings.think_s
        case Tail.NOTHING:
            if situation.mode is Mode.THINKING:
                return settings.think_s
            return settings.nothing_short_s if is_short else settings.nothing_monologue_s
        case Tail.HOLD:
            return situation.factor * (settings.hold_short_s if is_short else settings.hold_monologue_s)
        case Tail.COMPLETE:
            return _complete_wait_s(situation, settings)
        case _:
            assert_never(situation.tail)


def table_wait_s(situation: Situation, settings: TurnTakingSettings) -> float:
    """The same for any speaker, before anything is learnt or heard of this one."""
    return wait_s(replace(situation, factor=1.0, pace_s=None, hint=None), settings)


def _complete_wait_s(situation: Situation, settings: TurnTakingSettings) -> float:
    if situation.is_awaited:
        return situation.factor * settings.unsure_question_s
    is_short = situation.mode is Mode.SHORT
    needed_s = situation.factor * _finished_wait_s(situation, settings)
    shortest_s = situation.factor * (settings.shortest_short_s if is_short else settings.shortest_monologue_s)
    if situation.pace_s is not None:
        needed_s = max(situation.pace_s, min(needed_s, shortest_s))
    if situation.hint is None or situation.hint < settings.hint_probability:
        return needed_s
    if not is_short and situation.is_near_end:
        shortest_s = situation.factor * settings.covered_near_end_s
    if situation.pace_s is not None:
        shortest_s = max(shortest_s, situation.pace_s)
    less_s = settings.hint_short_s if is_short else settings.hint_monologue_s
    return min(needed_s, max(shortest_s, needed_s - less_s))


def _finished_wait_s(situation: Situation, settings: TurnTakingSettings) -> float:
    if situation.mode is Mode.SHORT:
        return settings.covered_short_s if situation.is_covered else settings.open_short_s
    if not situation.is_covered:
        return settings.open_monologue_s
    return settings.covered_near_end_s if situation.is_near_end else settings.covered_monologue_s


class TailReader:
    """Reads the tail of what was said by the cues of ``prompts/turns.toml`` and ``prompts/commands.toml``."""

    def __init__(self, cues: TurnCues, commands: CommandReader) -> None:
        self._hold = _at_end(cues.hold)
        self._finished = _at_end(cues.finished)
        self._think = _at_end(cues.think)
        self._hand_over = _at_end(cues.hand_over)
        self._done = _at_end(cues.done)
        self._again, self._no_more = _whole(cues.again), _whole(cues.no_more)
        self._commands = commands
        several = "|".join(cues.backchannel)
        self._backchannel = compile_cue(whole(f"({several})" + f" ({several})?" * 3)) if several else None

    def read(self, words: Sequence[Word], *, asks: Asks) -> Heard:
        """The tail of *words*, everything said since the coach last spoke.

        *asks* tells whether the last sentence was found to be a question to the interviewer.
        """
        spoken = [word for word in words if not word.filler]
        if not spoken:
            return Heard(tail=Tail.HOLD if words else Tail.NOTHING)
        command = self._commands.command(words)
        if command is not None:
            tail = Tail.UNSURE_COMMAND if command.is_unsure else Tail.COMMAND
            return Heard(tail=tail, command=command.name, said=command.words)
        text = plain_text(spoken[-TAIL_WORDS:])
        for tail, cues in (
            (Tail.THINK, self._think),
            (Tail.DONE, self._done),
            (Tail.HAND_OVER, self._hand_over),
        ):
            if any(cue.find(text) for cue in cues):
                return Heard(tail=tail)
        if asks is not Asks.NOT:
            return Heard(tail=Tail.QUESTION if asks is Asks.SURELY else Tail.UNSURE_QUESTION)
        is_held = any(cue.find(text) for cue in self._hold) and not self._is_finished(spoken[-TAIL_WORDS:])
        return Heard(tail=Tail.HOLD if is_held or words[-1].filler else Tail.COMPLETE)

    def _is_finished(self, words: Sequence[Word]) -> bool:
        """Whether *words*, which end like something that goes on, are a sentence as they are."""
        has_stop = words[-1].text.rstrip("\"')]").endswith((".", "!")) and not words[-1].text.endswith("..")
        return has_stop and any(cue.find(plain_text(words)) for cue in self._finished)

    def is_backchannel(self, words: Sequence[Word]) -> bool:
        """Whether *words* only tell that one is listening: "mm-hm", "okay".

        Said over the coach they are easily misheard: of most of them being such, doubted words among them tell nothing.
        """
        if self._backchannel is None:
            return False
        believed = [word for word in words if not self._commands.doubts(word) or self._listens([word])]
        return 2 * len(believed) > len(words) and self._listens(believed)

    def _listens(self, words: Sequence[Word]) -> bool:
        return self._backchannel is not None and self._backchannel.find(plain_text(words)) is not None

    def wants_again(self, words: Sequence[Word]) -> bool | None:
        """Whether *words* take up the offer of another attempt, or decline it; None where they do neither."""
        text = plain_text([word for word in words if not word.filler])
        if any(cue.find(text) for cue in self._no_more):
            return False
        return True if any(cue.find(text) for cue in self._again) else None

    def command(self, words: Sequence[Word]) -> Given | None:
        """See :meth:`CommandReader.command`."""
        return self._commands.command(words)

    def in_pause(self, words: Sequence[Word]) -> Given | None:
        """See :meth:`CommandReader.in_pause`."""
        return self._commands.in_pause(words)


def _at_end(sources: Sequence[str]) -> list[Cue]:
    return [compile_cue(at_end(source)) for source in sources]


def _whole(sources: Sequence[str]) -> list[Cue]:
    return [compile_cue(whole(source)) for source in sources]
