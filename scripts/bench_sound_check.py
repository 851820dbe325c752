"""How long the set-up check takes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.bench_figure import Figure, load
from scripts.bench_start import virtual_card
from tests import rig
from tests.end_to_end.answered_check import answered_check, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECK_S = 20.0
VOICES = ("English (America)", "English (Great Britain)", "English (Scotland)")


def sound_check_figures() -> Iterator[Figure]:
    """The longest of some checks, half of them over loudspeakers, and one in which nobody answers."""
    if rig.missing() is not None:
        return
    at_load, took_s = load(), []
    for echo in (False, True):
        for voice in (*VOICES, None):
            with tempfile.TemporaryDirectory() as name, virtual_card(Path(name) / "card") as card:
                if echo:
                    card.echo(0.6, 0.06)
                answer = None if voice is None else sentence(Path(name), voice)
                took_s.append(answered_check(card, Path(name) / "data", answer).took_s)
    yield Figure(
        name="sound_check",
        measured="the coach's first sound to the report",
        on=f"a virtual sound card, the longest of {len(took_s)}, half of them with an echo",
        value=max(took_s),
        unit="s",
        at_most=CHECK_S,
        load=at_load,
    )
