"""The parts of the full-screen view, each as lines of text: pure functions of a session, a width and a height."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from itertools import accumulate, groupby, pairwise
from typing import TYPE_CHECKING

from rich.text import Text

from voice_coach.core.clock import PaceSettings
from voice_coach.core.pressure import Pressure
from voice_coach.core.session_stage import TALKING
from voice_coach.core.transcript import Speaker
from voice_coach.tui.words import missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voice_coach.core.session_state import SessionState

QUIETEST_DBFS = -60.0
LEVEL_CELLS = 30
_LABEL = 7
"""Cells before what somebody said …"""
_LINE_CELLS = 100
"""… and of all that: a longer line is hard to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a session's view is made for."""

    pace: PaceSettings
    pressure: Pressure = Pressure.TOUGH
    checklist: Mapping[str, str] = field(default_factory=dict)
    """What is listened for: rubric ids with their names, in the order in which they are shown. Empty: none is."""


# -- the phases, the level ---------------------------------------------------------------------------------------


def phase_bar(state: SessionState, look: Look, width: int) -> list[Text]:
    """The parts of an answer as wide as their budgets, filled up to now, and above them their names.

    A drill has one part and no names: its rounds are no phases of an answer.
    """
    elapsed_s = state.clock.elapsed_s(state.at_s)
    is_drill = bool(state.interview.rounds)
    now = "" if is_drill else look.pace.phase_at(elapsed_s)
    budget = {"": 1.0} if is_drill else look.pace.budget
    # The gap behind the last one is beyond the edge.
    ends = [round((width + 1) * end) for end in accumulate(budget.values(), initial=0.0)]
    segments = {phase: (start, end - 1) for phase, (start, end) in zip(budget, pairwise(ends), strict=True)}
    done = round((width + 1) * min(1.0, elapsed_s / look.pace.target_s))
    bar = Text(no_wrap=True)
    for start, end in segments.values():
        filled = min(max(0, done - start), end - start)
        bar.append(" " if start else "").append("█" * filled, style="bold")
        bar.append("░" * (end - start - filled), style="dim")
    return [_phase_names(segments, now, width), bar]


def _phase_names(segments: Mapping[str, tuple[int, int]], now: str, width: int) -> Text:
    """Each name above its segment, or where one is too long the current one alone."""
    if all(len(phase) <= end - start for phase, (start, end) in segments.items()):
        names = Text(no_wrap=True)
        for phase, (start, end) in segments.items():
            names.append(phase.ljust(end - start + 1), style="bold" if phase == now else "dim")
        names.rstrip()
        return names
    start = max(0, min(segments[now][0], width - len(now)))
    return Text(" " * start + now, style="bold", no_wrap=True)


def level_cells(level_dbfs: float, cells: int = LEVEL_CELLS) -> int:
    """How many of *cells* a level fills: none at -60 dBFS and below, all at 0."""
    share = (level_dbfs - QUIETEST_DBFS) / -QUIETEST_DBFS
    return round(cells * min(1.0, max(0.0, share)))


def level_bar(level_dbfs: float, width: int) -> Text:
    """The microphone's level."""
    title = "microphone "
    cells = max(1, min(LEVEL_CELLS, width - len(title)))
    filled = level_cells(level_dbfs, cells)
    line = Text(no_wrap=True).append(title, style="dim")
    return line.append("▮" * filled, style="green").append("·" * (cells - filled), style="dim")


# -- what was said -----------------------------------------------------------------------------------------------


def heard(state: SessionState, width: int, height: int) -> list[Text]:
    """The latest words of both, as many lines as there are *height*; what is only a draft is dim and ends in "…".

    What somebody goes on to say follows their words on the same line, so that nothing moves when it is settled.
    """
    lines: list[Text] = []
    for is_coach, words in reversed(_said(state)):
        lines = [*_lines(is_coach, words, min(width, _LINE_CELLS), height), *lines]
        if len(lines) >= height:
            break
    return lines[-height:] if height > 0 else []


_Styled = list[tuple[str, str]]
"""Words, each with its style."""


def _said(state: SessionState) -> list[tuple[bool, _Styled]]:
    """Who said what, the coach or not, in turn; a draft where it will stand."""
    drafted = {word.start_s for word in state.drafts.words}
    said: list[tuple[bool, _Styled]] = []
    for turn in state.known.turns:
        is_coach = turn.speaker is Speaker.COACH
        usual = "cyan" if is_coach else ""
        words = [
            (word.text, "dim" if not is_coach and word.start_s in drafted else usual) for word in turn.words
        ]
        said.append((is_coach, [*words, ("…", "dim")] if words[-1][1] == "dim" else words))
    if state.speaking is not None:
        spoken = [(word, "cyan") for word in state.speaking.line.text.split()]
        if said and said[-1][0]:
            said[-1] = (True, said[-1][1] + spoken)
        else:
            said.append((True, spoken))
    return said


def _lines(is_coach: bool, words: _Styled, width: int, height: int) -> list[Text]:  # noqa: FBT001 - half of a pair
    """The last *height* lines of *words*, with who says them before the first of all."""
    indent = _LABEL if width >= 4 * _LABEL else 0
    rows = _wrapped(words, width - indent)
    label = ("coach" if is_coach else "you").ljust(indent)[:indent]
    lines = []
    for number in range(max(0, len(rows) - height), len(rows)):
        line = Text(" " * indent if number else label, style="", no_wrap=True)
        line.stylize("bold", 0, indent)
        for style, run in groupby(rows[number], key=lambda word: word[1]):
            line.append(" " if len(line) > indent else "")
            line.append(" ".join(text for text, _ in run), style=style)
        lines.append(line)
    return lines


def _wrapped(words: _Styled, width: int) -> list[_Styled]:
    """*words* in rows of *width* cells; what is longer than a row is cut."""
    rows: list[_Styled] = []
    room = 0
    for text, style in words:
        if len(text) >= room:
            rows.append([])
            room = width + 1
        rows[-1].append((text[:width], style))
        room -= len(text) + 1
    return rows


# -- what is listened for ----------------------------------------------------------------------------------------


def checklist(state: SessionState, look: Look) -> list[Text]:
    """What is listened for, as far as the interviewer's pressure allows to be shown.

    Gentle: all of it, what was heard lit. Normal: what was heard alone, since a list of what is missing would be
    read off, and the interview has none. Tough: nothing. Once the answer is over the verdicts count, which know more.
    """
    if look.pressure is Pressure.TOUGH or not look.checklist or state.stage not in TALKING:
        return []
    title = "listened for" if look.pressure is Pressure.GENTLE else "heard so far"
    rows = [Text(title, style="dim", no_wrap=True)]
    for item, name in look.checklist.items():
        if item in state.covered:
            rows.append(Text(f"■ {name}", style="bold green", no_wrap=True))
        elif look.pressure is Pressure.GENTLE:
            rows.append(Text(f"□ {name}", style="dim", no_wrap=True))
    return rows


# -- what else is to be told -------------------------------------------------------------------------------------


def notices(state: SessionState, told: Sequence[str], width: int, height: int) -> list[Text]:
    """Why a device is lost, and what was told of the engines, the newest last; at most *height* lines."""
    rows: list[Text] = [Text(row, style="yellow") for text in told for row in textwrap.wrap(text, width)]
    if state.outage is not None and missing(state):
        reason = f"Paused: {state.outage.reason}"
        rows += [Text(row, style="bold reverse") for row in textwrap.wrap(reason, width)]
    return rows[-height:] if height > 0 else []
