"""The speed figures: ``python -m scripts.bench [NAME]...``; one JSON line each on stdout, a table on stderr.

The better part of two hours on two cores, half of it for "pauses", and a minute more when the long answer has to be
spoken first. Other programs make it slower: each figure says how busy the machine was. The exit status is 1 when a goal
was missed.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from scripts.bench_barge_in import barge_in_figures
from scripts.bench_commands import command_figures
from scripts.bench_core import replay_figure
from scripts.bench_devices import device_figures
from scripts.bench_echo import echo_figures
from scripts.bench_figure import Figure, table
from scripts.bench_history import history_figure
from scripts.bench_judge import judge_figure
from scripts.bench_live import live_figures, simulated_figure
from scripts.bench_model import model_figures
from scripts.bench_pauses import pause_figures
from scripts.bench_replies import reply_figures
from scripts.bench_report import report_figures
from scripts.bench_review import review_figures
from scripts.bench_room import room_figures
from scripts.bench_sound_check import sound_check_figures
from scripts.bench_start import first_word_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LIVE_MINUTES = 4.0


def measurements(live_minutes: float) -> Mapping[str, Callable[[], Iterable[Figure]]]:
    """What can be measured, by name, the quickest first."""
    return {
        "core": lambda: [replay_figure()],
        "history": lambda: [history_figure()],
        "commands": command_figures,
        "echo": echo_figures,
        "judge": lambda: [judge_figure()],
        "report": report_figures,
        "review": review_figures,
        "start": first_word_figures,
        "sound-check": sound_check_figures,
        "replies": reply_figures,
        "barge-in": barge_in_figures,
        "model": model_figures,
        "devices": device_figures,
        "live": lambda: live_figures(live_minutes),
        "room": room_figures,
        "simulated": lambda: [simulated_figure()],
        "pauses": pause_figures,
    }


def main() -> int:
    """The exit status."""
    known = measurements(LIVE_MINUTES)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(known)}; all by default")
    parser.add_argument(
        "--live-minutes", type=float, default=LIVE_MINUTES, help="how long somebody talks live"
    )
    options = parser.parse_args()
    if unknown := set(options.names) - set(known):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    figures: list[Figure] = []
    chosen = measurements(options.live_minutes)
    for name in options.names or chosen:
        for figure in chosen[name]():
            print(figure.as_json(), flush=True)
            figures.append(figure)
    print(table(figures), file=sys.stderr)
    return 0 if all(figure.is_reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
