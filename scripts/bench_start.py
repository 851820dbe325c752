"""How soon the program speaks."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import threading
import time
from array import array
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scripts.bench_figure import Figure, load
from tests import rig
from tests.end_to_end.program import started
from voice_coach.prompts.folder import prompts_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STARTS = 3
"""Warm starts, of which the middle one counts."""
FIRST_WORD_S = 3.0
_AUDIBLE = 300
"""int16; the coach's clips peak at some ten thousands, the sound server's silence is 0."""


@contextmanager
def virtual_card(folder: Path) -> Iterator[rig.VirtualSoundCard]:
    """A sound card for programs that are started with its environment."""
    card = rig.VirtualSoundCard(folder)
    card.up()
    try:
        yield card
    finally:
        card.down()


def first_word_figures() -> Iterator[Figure]:
    """From the start of the process to the first audible word, on a sound card and without."""
    room = prompts_folder() / "rooms" / "headless.toml"
    with tempfile.TemporaryDirectory() as folder:
        at_load = load()
        yield Figure(
            name="first_word_headless",
            measured=f"process start to the journal's playback_started, warm, median of {STARTS}",
            on="the bundled room at --speed max",
            value=_median_start(lambda number: _headless_start_s(room, Path(folder) / str(number))),
            unit="s",
            at_most=FIRST_WORD_S,
            load=at_load,
        )
    if rig.missing() is None:
        with tempfile.TemporaryDirectory() as folder, virtual_card(Path(folder) / "card") as card:
            at_load = load()
            yield Figure(
                name="first_word_card",
                measured=f"process start to the first sound out of the loudspeaker, warm, median of {STARTS}",
                on="a virtual sound card",
                value=_median_start(lambda number: _card_start_s(card, Path(folder) / str(number))),
                unit="s",
                at_most=FIRST_WORD_S,
                load=at_load,
            )


def _median_start(start_s: Callable[[int], float]) -> float:
    start_s(0)  # what is rendered once is kept
    return statistics.median(start_s(number) for number in range(1, STARTS + 1))


def _headless_start_s(room: Path, sessions: Path) -> float:
    sessions.mkdir()
    began_s = time.monotonic()
    with started(
        "practice", "--input", str(room), "--speed", "max", "--sessions", str(sessions), "--seed", "1"
    ):
        while "playback_started" not in _text_of(sessions):
            threading.Event().wait(0.01)
        return time.monotonic() - began_s


def _card_start_s(card: rig.VirtualSoundCard, sessions: Path) -> float:
    sessions.mkdir()
    with _Tap(card) as tap:
        began_s = time.monotonic()
        with started("practice", "--sessions", str(sessions), "--seed", "1", environment=card.environment):
            return tap.first_sound_at(limit_s=60.0) - began_s


def _text_of(sessions: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sessions.glob("*/journal.jsonl"))


class _Tap:
    """Listens to the loudspeaker."""

    def __init__(self, card: rig.VirtualSoundCard) -> None:
        self._recorder = subprocess.Popen(
            [
                "parecord",
                "--raw",
                "--device=coach_speaker.monitor",
                "--rate=16000",
                "--channels=1",
                "--format=s16le",
                "--latency-msec=20",
            ],
            env=card.environment,
            stdout=subprocess.PIPE,
        )
        self._heard = threading.Event()
        self._at_s = 0.0
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._recorder.terminate()
        self._recorder.wait(5.0)
        self._thread.join(5.0)

    def first_sound_at(self, *, limit_s: float) -> float:
        """The monotonic time at which it was heard."""
        if not self._heard.wait(limit_s):
            message = f"nothing was heard from the loudspeaker for {limit_s:g} s"
            raise TimeoutError(message)
        return self._at_s

    def _listen(self) -> None:
        assert self._recorder.stdout is not None  # noqa: S101 - it was asked for
        while block := self._recorder.stdout.read(320):
            if (
                not self._heard.is_set()
                and max(map(abs, array("h", block[: len(block) // 2 * 2]))) > _AUDIBLE
            ):
                self._at_s = time.monotonic()
                self._heard.set()
