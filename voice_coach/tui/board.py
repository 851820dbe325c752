"""What a session hands over to the thread that draws it."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from voice_coach.core.session_state import SessionState

_SILENCE_DBFS = -120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What there is to draw."""

    state: SessionState
    level_dbfs: float
    """The loudest since the last time it was taken."""
    told: tuple[str, ...]
    """What the candidate should know, the oldest first."""


class Board:
    """Holds the newest; neither side ever waits for the other."""

    def __init__(self) -> None:
        self._state = SessionState()
        self._level_dbfs = _SILENCE_DBFS
        self.told: tuple[str, ...] = ()
        """What the candidate should know, the oldest first."""
        self.is_heard = threading.Event()
        """The coach has become audible."""
        self.is_over = threading.Event()
        """Nothing comes any more."""

    def put(self, state: SessionState, level_dbfs: float) -> None:
        """Hand over the newest state."""
        self._state = state
        self._level_dbfs = max(self._level_dbfs, level_dbfs)
        if state.speaking is not None and state.speaking.started_s is not None:
            self.is_heard.set()

    def tell(self, text: str) -> None:
        """Hand over something to be read."""
        self.told = (*self.told, text)

    def take(self) -> Shown:
        """The newest."""
        shown = Shown(state=self._state, level_dbfs=self._level_dbfs, told=self.told)
        self._level_dbfs = _SILENCE_DBFS
        return shown
