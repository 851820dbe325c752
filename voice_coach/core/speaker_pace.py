"""How long this speaker pauses: the silences after which they went on by themselves, never those around the coach.

From enough of them follows how long a pause of theirs may be: 1.2 times the 95th percentile (livekit/agents 7057
leaves out the pauses around the agent's own speech for the same purpose). Monologues and short answers are learnt
apart, because one set of waits cannot be both patient and prompt.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import ceil

_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseLimits:
    """Which pauses count, and what may follow from them, in monologues."""

    __pydantic_config__ = _STRICT

    from_s: float = 1.0
    """Shorter ones lie between words and clauses."""
    shortest_s: float = 1.5
    longest_s: float = 8.0
    """What follows from the pauses stays between these two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortPauseLimits(PauseLimits):
    """The same in short answers."""

    from_s: float = 0.5
    shortest_s: float = 0.8
    longest_s: float = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerPaceSettings:
    """What is learnt from the pauses that a speaker resumed from."""

    __pydantic_config__ = _STRICT

    monologue: PauseLimits = field(default_factory=PauseLimits)
    short: ShortPauseLimits = field(default_factory=ShortPauseLimits)
    fewest: int = 8
    """With fewer pauses nothing is known."""
    kept: int = 60
    """The newest of each kind, of earlier sessions, too."""
    rank_share: float = 0.95
    """The pause that is longer than this share of them, rounded up: of fewer than 20 it is the longest."""
    stretch: float = 1.2
    """It is waited for so many times as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerPace:
    """Pauses in seconds, oldest first."""

    monologue: tuple[float, ...] = ()
    short: tuple[float, ...] = ()

    def after(self, pause_s: float, *, is_short: bool, settings: SpeakerPaceSettings) -> SpeakerPace:
        """With one more pause, unless it is too short to tell anything."""
        limits = settings.short if is_short else settings.monologue
        if pause_s < limits.from_s:
            return self
        # What is longer than any wait says no more than that.
        pauses = (*self._pauses(is_short=is_short), round(min(pause_s, 2 * limits.longest_s), 2))
        kept = pauses[-settings.kept :]
        return replace(self, short=kept) if is_short else replace(self, monologue=kept)

    def wait_s(self, *, is_short: bool, settings: SpeakerPaceSettings) -> float | None:
        """How long a silence of this speaker may still be a pause; None while too few are known."""
        pauses = self._pauses(is_short=is_short)
        if len(pauses) < settings.fewest:
            return None
        limits = settings.short if is_short else settings.monologue
        ranked = sorted(pauses)[ceil(settings.rank_share * len(pauses)) - 1]
        return min(max(settings.stretch * ranked, limits.shortest_s), limits.longest_s)

    def _pauses(self, *, is_short: bool) -> tuple[float, ...]:
        return self.short if is_short else self.monologue
