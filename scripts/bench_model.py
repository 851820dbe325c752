"""What a language model costs a session: hangs, lost turns, and how soon the coach replies, each fault injected.

Each session runs the real loop and the real client, against a server that speaks the real protocol, `SPEED` times as
fast as live; so does the server. A frame has 20 ms in a live session, so what the loop takes longer than that for one
would be heard: it is added to the reply.
"""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from typing import TYPE_CHECKING

from scripts.bench_figure import Figure, load
from tests.fakes import HeldWorkers
from tests.model_server import Fault, model_server
from tests.model_sessions import SETTINGS, TALK, book, modelled, replies, stage_of
from voice_coach.workers import ThreadWorkers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.fakes import Stage

SESSIONS = 100
SPEED = 40.0
FRAME_S = 0.02
MOST_SLOWER = 0.1
"""Of the reply without a model."""
_FRAMES_AT_ONCE = 8
_LIVE_SILENT_S, _LIVE_DELAY_S, _LIVE_STALL_S = 5.0, 0.6, 20.0
"""How long, live, the client waits for a byte, a good server thinks, and a bad one says nothing."""


@dataclass(slots=True)
class Pace:
    """Lets time pass, and measures what a live session would have been late by."""

    began_s: float = field(default_factory=time.monotonic)
    read_s: float | None = None
    late: dict[int, float] = field(default_factory=dict)
    """By frame, how much longer than a frame the loop took for the one before."""

    def before(self, index: int) -> None:
        """The loop is done with a frame, and waits for the one of *index*."""
        now_s = time.monotonic()
        if self.read_s is not None and now_s - self.read_s > FRAME_S:
            self.late[index] = now_s - self.read_s - FRAME_S
        if index % _FRAMES_AT_ONCE == 0:
            due_s = self.began_s + index * FRAME_S / SPEED
            threading.Event().wait(max(0.0, due_s - now_s))
        self.read_s = time.monotonic()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A session that is over."""

    waits_s: list[float]
    """From the end of each turn's talk to the coach's first sound."""
    turns: int
    reason: str | None
    better: int = 0
    """Lines that were said in the model's words."""


def model_figures(sessions: int = SESSIONS, faults: Sequence[Fault] = tuple(Fault)) -> Iterator[Figure]:
    """Hangs, lost turns, and the reply beside that without a model, with each of *faults* in turn."""
    at_load = load()
    alone = _offline()
    ran = [
        _with(fault, number // len(faults) % 4)
        for number, fault in enumerate(islice(cycle(faults), sessions))
    ]
    slower = statistics.fmean(_mean(one) / _mean(alone) for one in ran) - 1.0
    slowest = max(_mean(one) / _mean(alone) for one in ran) - 1.0
    better = sum(one.better for one in ran)
    hangs = sum(one.reason != "completed" for one in ran)
    lost = sum(abs(one.turns - alone.turns) for one in ran)
    on = f"{sessions} sessions, {len(faults)} ways in which an endpoint answers; {better} lines in its words"
    rows = (
        ("model_hangs", "sessions that did not come to their end", hangs, 0.0),
        ("model_lost_turns", "turns of the candidate without a reply", lost, 0.0),
        ("model_reply", "how much longer replies take than without a model, mean", slower, MOST_SLOWER),
        ("model_reply_worst", "the same, the worst session", slowest, MOST_SLOWER),
    )
    for name, what, value, at_most in rows:
        yield Figure(
            name=name, measured=what, on=on, value=float(value), unit="", at_most=at_most, load=at_load
        )


def _offline() -> Ran:
    stage = stage_of(TALK, book())
    stage = replace(stage, workers=HeldWorkers(works_ahead=True))
    pace = Pace()
    stage.source.before = pace.before
    state = stage.run()
    return Ran(waits_s=_waits(stage, pace), turns=_turns(stage), reason=state.end_reason)


def _with(fault: Fault, good: int) -> Ran:
    """A session in which *fault* comes after so many good answers."""
    settings = replace(SETTINGS, silent_s=_LIVE_SILENT_S / SPEED, faults_allowed=3)
    workers = ThreadWorkers()
    with (
        model_server(
            lambda request: fault if request >= good else Fault.NONE,
            delay_s=_LIVE_DELAY_S / SPEED,
            stall_s=_LIVE_STALL_S / SPEED,
        ) as server,
        modelled(server, settings=settings, workers=workers, held=True) as session,
    ):
        pace = Pace()
        session.stage.source.before = pace.before
        state = session.run()
    return Ran(
        waits_s=_waits(session.stage, pace),
        turns=_turns(session.stage),
        reason=state.end_reason,
        better=sum(state.model.used.values()),
    )


def _waits(stage: Stage, pace: Pace) -> list[float]:
    return [
        heard_s
        - silent_s
        + sum(late for frame, late in pace.late.items() if silent_s <= frame * FRAME_S <= heard_s)
        for silent_s, heard_s in replies(stage)
    ]


def _turns(stage: Stage) -> int:
    return len(replies(stage))


def _mean(ran: Ran) -> float:
    return statistics.fmean(ran.waits_s)
