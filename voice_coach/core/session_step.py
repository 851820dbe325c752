"""What a step of the session is made of: what it is run with, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voice_coach.core.commands import Command
from voice_coach.core.model_state import LanguageModelSettings
from voice_coach.core.session_state import SessionState

if TYPE_CHECKING:
    from voice_coach.core.clock import PaceSettings
    from voice_coach.core.echo import EchoSettings
    from voice_coach.core.interviewing import Interviewing
    from voice_coach.core.model_guard import ModelGuard
    from voice_coach.core.review_book import ReviewBook
    from voice_coach.core.steering import SteeringSettings
    from voice_coach.core.transcript import Transcript, Word
    from voice_coach.core.turn_taking import TailReader, TurnTakingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What a session is run with; constant throughout."""

    interviewer: Interviewing
    reader: TailReader
    turn_taking: TurnTakingSettings
    pace: PaceSettings
    steering: SteeringSettings
    echo: EchoSettings
    covered: Callable[[Transcript], frozenset[str]]
    """The checklist items that a transcript meets so far."""
    topics: Callable[[Sequence[Word]], int]
    """How many different topics of a design are spoken of in some words."""
    model: LanguageModelSettings = field(default_factory=LanguageModelSettings)
    review: ReviewBook | None = None
    """What can be asked about the feedback; without it nothing can."""
    guard: ModelGuard | None = None
    """What checks the words of a language model; without it none is ever asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The state after an event and what to do about it."""

    state: SessionState
    commands: tuple[Command, ...] = ()

    def then(self, act: Callable[[SessionState], Step]) -> Step:
        """This step followed by *act* on its state."""
        after = act(self.state)
        return Step(state=after.state, commands=(*self.commands, *after.commands))

    def and_do(self, *commands: Command) -> Step:
        """This step with more commands."""
        return Step(state=self.state, commands=(*self.commands, *commands))
