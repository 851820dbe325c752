"""How fast past sessions are listed."""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from scripts.bench_figure import Figure, load
from tests.sessions_made import NOON, Made, after, make_session
from voice_coach.cli.history import show_all
from voice_coach.compose.history import overview
from voice_coach.core.history import HistorySettings

SESSIONS = 2000
TIMES = 9
GOAL_S = 0.3
REAL_TURNS = 70
"""An analysis of as many bytes as that of a rehearsal of a quarter of an hour, 110 kB."""


def history_figure() -> Figure:
    """Sessions, trends and all that is claimed, from the index on disk to the last line of text."""
    at_load = load()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for number in range(SESSIONS):
            missed = ("storage_decision", "rambling") if number % 3 else ("opening_roadmap",)
            made = Made(started=after(number / 4), missed=missed, score=50 + number % 40, turns=REAL_TURNS)
            make_session(root, made)
        now = NOON + timedelta(days=SESSIONS / 4)
        began_s = time.perf_counter()
        overview(root, HistorySettings(), now)
        first_s = time.perf_counter() - began_s
        took_s = []
        for _ in range(TIMES):
            console = Console(file=io.StringIO())
            began_s = time.perf_counter()
            show_all(console, overview(root, HistorySettings(), now), SESSIONS)
            took_s.append(time.perf_counter() - began_s)
    return Figure(
        name="history",
        measured=f"{SESSIONS} sessions are listed with their trends",
        on=f"an index on disk, the median of {TIMES}; made anew it takes {first_s:.1f} s",
        value=statistics.median(took_s),
        unit="s",
        at_most=GOAL_S,
        load=at_load,
    )
