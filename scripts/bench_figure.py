"""A figure, its goal, and how both are shown."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number that was measured, and the most it may be."""

    name: str
    measured: str
    """What the number is."""
    on: str
    """What it was measured on."""
    value: float
    unit: str
    at_most: float
    load: float
    """The machine's load average of the last minute when the measurement began: other programs cost time."""

    @property
    def is_reached(self) -> bool:
        """Whether the goal is."""
        return self.value <= self.at_most

    def as_json(self) -> str:
        """One line."""
        return json.dumps(
            {
                "figure": self.name,
                "measured": self.measured,
                "on": self.on,
                "value": round(self.value, 3),
                "unit": self.unit,
                "goal": f"<= {self.at_most:g}",
                "reached": self.is_reached,
                "load": round(self.load, 1),
                "processors": os.cpu_count(),
            },
            ensure_ascii=False,
        )


def load() -> float:
    """The machine's load average of the last minute; 0 where the system keeps none."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def table(figures: Sequence[Figure]) -> str:
    """For people."""
    rows = [("figure", "value", "goal", "", "load", "measured")]
    for figure in figures:
        value, goal = f"{figure.value:.2f} {figure.unit}", f"<= {figure.at_most:g}"
        mark = "reached" if figure.is_reached else "MISSED"
        rows.append((figure.name, value, goal, mark, f"{figure.load:.1f}", f"{figure.measured}; {figure.on}"))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        "  ".join((*(cell.ljust(width) for cell, width in zip(row[:5], widths, strict=True)), row[5]))
        for row in rows
    )
