"""Plain lines: what is shown where nothing can be redrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from voice_coach.core.session_stage import REVIEW, Stage
from voice_coach.core.transcript import Speaker, Turn
from voice_coach.tui.words import activity, clock_text, missing

if TYPE_CHECKING:
    from rich.console import Console

    from voice_coach.core.session_state import SessionState, Speaking


class LineScreen:
    """One line for each thing said, none of them ever redrawn."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown: dict[Speaker, float] = {Speaker.CANDIDATE: -1.0, Speaker.COACH: -1.0}
        self._activity = ""
        self._missing: list[str] = []
        self._shown_feedback = 0
        """The last utterance of the feedback that was shown."""

    def start(self) -> None:
        """See :class:`Screen`."""

    def show(self, state: SessionState, level_dbfs: float) -> None:
        """See :class:`Screen`."""
        del level_dbfs
        for turn in state.transcript.turns:
            self._print_new(turn, state)
        now = activity(state)
        self._show_missing(state)
        if now in ("paused", "judging") and now != self._activity:
            self._line(state, f"({now})")
        if (state.stage in REVIEW or state.stage is Stage.OFFERING) and state.speaking is not None:
            self._feedback(state, state.speaking)
        self._activity = now

    def stop(self) -> None:
        """See :class:`Screen`."""

    def tell(self, text: str) -> None:
        """Print *text*, something that the candidate should know."""
        self._console.print(Text(text), soft_wrap=True)

    def _show_missing(self, state: SessionState) -> None:
        now = missing(state)
        if now != self._missing:
            reason = state.outage.reason if now and state.outage is not None else ""
            self._line(state, f"(paused: {reason})" if now else "(the sound is back)")
        self._missing = now

    def _print_new(self, turn: Turn, state: SessionState) -> None:
        new = [word for word in turn.words if word.start_s > self._shown[turn.speaker]]
        if new:
            self._shown[turn.speaker] = new[-1].start_s
            who = "coach" if turn.speaker is Speaker.COACH else "you"
            self._line(state, f"{who}: " + " ".join(word.text for word in new), new[0].start_s)

    def _feedback(self, state: SessionState, speaking: Speaking) -> None:
        if speaking.utterance > self._shown_feedback:
            self._shown_feedback = speaking.utterance
            who = "coach" if speaking.line.replay is None else "you said"
            self._line(state, f"{who}: {speaking.line.text}")

    def _line(self, state: SessionState, text: str, at_s: float | None = None) -> None:
        elapsed = clock_text(state.at_s if at_s is None else at_s)
        self._console.print(Text(f"[{elapsed}] {text}"), soft_wrap=True)
