"""How soon a lost device is noticed, and how soon the session goes on when it is back."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.bench_figure import Figure, load
from scripts.bench_start import virtual_card
from tests import rig
from tests.end_to_end.device_faults import BACK_S, FAULTS, MOVED_S, STOPPED_S, Took, Watched, befall
from tests.end_to_end.test_live import asked

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 6
"""Of each of five faults: thirty in all."""


def device_figures() -> Iterator[Figure]:
    """The longest of all rounds, in one session."""
    if rig.missing() is not None:
        return
    took: dict[str, list[Took]] = {name: [] for name in FAULTS}
    with tempfile.TemporaryDirectory() as name, virtual_card(Path(name) / "card") as card:
        at_load = load()
        with asked(card, Path(name) / "sessions", "--no-feedback-speech") as (_, folder):
            watched = Watched(folder)
            for _ in range(ROUNDS):
                for fault in FAULTS:
                    took[fault].append(befall(card, watched, FAULTS[fault]))

    def figure(name: str, values: list[float], at_most: float, measured: str) -> Figure:
        on = f"a virtual sound card, the longest of {len(values)}; their median {statistics.median(values):.2f} s"
        return Figure(
            name=name, measured=measured, on=on, value=max(values), unit="s", at_most=at_most, load=at_load
        )

    for limit_s, kind in ((STOPPED_S, "stopped"), (MOVED_S, "moved")):
        noticed = [
            one.noticed_s
            for name, fault in FAULTS.items()
            if fault.noticed_s == limit_s
            for one in took[name]
        ]
        yield figure(
            f"device_{kind}", noticed, limit_s, f"a device that is {kind} to the journal's device_lost"
        )
    back = [one.back_s for rounds in took.values() for one in rounds]
    yield figure("device_back", back, BACK_S, "a device's return to the journal's device_back")
