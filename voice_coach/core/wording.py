"""How the coach puts things: the variants of each kind of line in turn, their slots filled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.interview_state import InterviewState, Line

if TYPE_CHECKING:
    from voice_coach.core.content import Lines
    from voice_coach.core.drill import DrillLines
    from voice_coach.core.events import Intent


class Wording:
    """Takes the variants of each kind of line in turn; *seed* says with which one a session begins."""

    def __init__(self, lines: Lines | DrillLines, seed: int) -> None:
        self._lines = lines
        self._seed = seed

    def line(
        self, kind: str, intent: Intent, about: str | None, state: InterviewState, **slots: str
    ) -> tuple[Line, InterviewState]:
        """The next line of *kind* with its *slots* filled, and the state that remembers it."""
        text = self.text(kind, state)
        for name, value in slots.items():
            text = text.replace("{" + name + "}", value)
        said = {**state.said, kind: state.said.get(kind, 0) + 1}
        return Line(text=text, intent=intent, about=about), replace(state, said=said)

    def text(self, kind: str, state: InterviewState) -> str:
        """The next line of *kind* as it is written."""
        variants: tuple[str, ...] = getattr(self._lines, kind)
        return variants[(self._seed + state.said.get(kind, 0)) % len(variants)]
