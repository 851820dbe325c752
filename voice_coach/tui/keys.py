"""The keys of a session, told on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from voice_coach.core.session_stage import REVIEW, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voice_coach.core.session_state import SessionState

KEYS: Mapping[str, str] = {
    "p": "pause",
    "d": "done",
    "s": "skip",
    "r": "repeat",
    "a": "again",
    "m": "think",
    "t": "time",
    "h": "how",
    "-+": "speed",
    "q": "stop",
}
"""Each key, or pair of keys, and what it does (adapters/keyboard.py), in the order in which they are shown."""
REVIEW_KEYS: Mapping[str, str] = {
    "p": "pause",
    "w": "why",
    "l": "listen to me",
    "e": "redo",
    "f": "read again",
    "n": "next",
    "s": "skip",
    "a": "again",
    "-+": "speed",
    "q": "stop",
}
"""The same once the answer is over."""
OFFER_KEYS: Mapping[str, str] = {"p": "pause", "a": "again", "q": "stop"}
"""The same while another attempt at a drill is offered."""
_MEANT_IN_PAUSE = ("p", "q")
_FIRST = ("q", "p", "w", "e", "l", "n", "d", "s", "r", "a", "t", "m", "f", "h", "-+")
"""Those at the end go first where it is narrow."""


def key_help(state: SessionState, width: int) -> Text:
    """Keys with what each does, as many as stand in *width* cells; one stays."""
    keys = _keys(state)
    words = {**keys, "p": "resume"} if state.is_paused else keys
    meant = [key for key in keys if not state.is_paused or key in _MEANT_IN_PAUSE]
    first = [key for key in _FIRST if key in meant]
    for count in range(len(first), 0, -1):
        kept = [(key, words[key]) for key in meant if key in first[:count]]
        cells = sum(len(key) + 1 + len(word) for key, word in kept)
        for gap in (2, 1):
            if cells + gap * (len(kept) - 1) <= width or (count, gap) == (1, 1):
                return _line(kept, " " * gap)
    return Text()


def _keys(state: SessionState) -> Mapping[str, str]:
    if state.stage is Stage.OFFERING:
        return OFFER_KEYS
    return REVIEW_KEYS if state.stage in REVIEW else KEYS


def _line(shown: list[tuple[str, str]], gap: str) -> Text:
    line = Text(no_wrap=True)
    for number, (key, word) in enumerate(shown):
        line.append(gap if number else "").append(key, style="bold").append(f" {word}", style="dim")
    return line
