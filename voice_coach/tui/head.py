"""The head of the full-screen view: the state's word and the clock, as big as there is room for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from voice_coach.tui import big
from voice_coach.tui.words import activity, aside, clock_text, missing, time_told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voice_coach.core.session_state import SessionState
    from voice_coach.tui.parts import Look

_LOST = "paused"
"""The state's one word where it has a longer name: which device is lost."""
_APART = 4
"""Blank cells between the state's word and the clock."""
_WORD_CELLS = big.width("listening")
_CLOCK_CELLS = big.width("00:00")
_BEATS_A_DOT = 5
_COLOURS: Mapping[str, str] = {
    "listening": "green",
    "waiting": "green",
    "thinking": "blue",
    "speaking": "cyan",
    "paused": "yellow",
    "judging": "magenta",
    "feedback": "magenta",
}
"""Of the states' words; one that tells of a lost device is red."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """How big the state's word and the clock are; 0: as ordinary text."""

    word: int
    clock: int

    @property
    def rows(self) -> int:
        """Of the head, the line below the big letters included."""
        return max(big.height(self.word) if self.word else 1, big.height(self.clock) if self.clock else 1) + 1


def scales(width: int, height: int) -> Scales:
    """The biggest that stand beside each other in *width* cells and take no more than a quarter of *height* rows.

    They depend on no word or time, so that nothing changes its size while a session runs.
    """
    fitting = [
        Scales(word=word, clock=clock)
        for clock in range(1, big.LARGEST + 1)
        for word in (clock - 1, clock)
        if big.height(clock) <= max(3, height // 4)
        and _CLOCK_CELLS * clock + _APART + (_WORD_CELLS * word or len("listening")) <= width
    ]
    if height < big.height() + 6 or not fitting:
        return Scales(word=0, clock=0)
    return max(fitting, key=lambda one: (one.word + one.clock, one.word))


def head(state: SessionState, look: Look, room: tuple[int, int], beat: int = 0) -> list[Text]:
    """The state's word on the left, the clock on the right, and below what each means.

    *room*: cells and rows of the screen. *beat* counts on while somebody waits for a verdict, to show that it comes.
    """
    width, height = room
    size = scales(width, height)
    word = activity(state)
    style = f"bold {'red' if missing(state) else _COLOURS.get(word, '')}".strip()
    elapsed_s = state.clock.elapsed_s(state.at_s)
    clock = clock_text(elapsed_s)
    left = _letters(word, size.word)
    right = big.drawn(clock, size.clock) if size.clock else (clock,)
    rows = size.rows - 1
    above = (rows - len(left)) // 2
    left = ("",) * above + left + ("",) * (rows - above - len(left))
    lines = [
        _sides(Text(one, style=style), Text(other, style="bold"), width)
        for one, other in zip(left, right, strict=True)
    ]
    told = Text(time_told(state, look.pace))
    dots = "." * (beat // _BEATS_A_DOT % 4) if word == "judging" else ""
    return [*lines, _sides(Text(aside(state) + dots, style="dim"), told, width)]


def _letters(word: str, scale: int) -> tuple[str, ...]:
    """*word* in big letters where it is no longer than the longest that there is room for."""
    if not scale:
        return (word.upper(),)
    return big.drawn(word if big.width(word) <= _WORD_CELLS else _LOST, scale)


def _sides(left: Text, right: Text, width: int) -> Text:
    """*left* and *right* at the two ends of a line; where it is too narrow for both, the right one alone."""
    room = max(0, width - right.cell_len)
    shown = left if left.cell_len < room else Text()
    shown.pad_right(room - shown.cell_len)
    line = Text.assemble(shown, right, no_wrap=True)
    line.truncate(width)
    return line
