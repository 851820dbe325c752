"""What a session costs, as fast as the machine can and live, and whether it keeps up."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from scripts.bench_answer import monologue, spoken_room
from scripts.bench_figure import Figure, load
from scripts.bench_start import virtual_card
from tests import rig
from tests.end_to_end.program import journal, only_session, run, wait_until
from tests.end_to_end.test_live import asked, wer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scripts.bench_answer import Speech

SESSION_S = 240.0
"""For ten minutes of a simulated session."""
TEN_MINUTES_S = 600.0
BEHIND = 1.0
PROCESSORS = 1.2
MEMORY_GB = 1.1
WER_ABOVE = 0.03
_SAMPLE_S = 0.2


# -- as fast as the machine can --------------------------------------------------------------------------------


def simulated_figure() -> Figure:
    """How long ten minutes of a simulated session take."""
    room = spoken_room()
    with tempfile.TemporaryDirectory() as folder:
        at_load, began_s = load(), time.monotonic()
        done = run(
            "practice", "--input", str(room), "--speed", "max", "--sessions", folder, "--seed", "1",
            timeout_s=3600.0,
        )  # fmt: skip
        took_s = time.monotonic() - began_s
        if done.status != 0:
            raise RuntimeError(done.stderr)
        length_s = float(journal(only_session(Path(folder)))[-1]["t"])
    return Figure(
        name="simulated_session",
        measured="10 minutes of a simulated session at --speed max, process start to end",
        on=f"a session of {length_s / 60:.1f} minutes in {took_s:.0f} s",
        value=took_s * TEN_MINUTES_S / length_s,
        unit="s",
        at_most=SESSION_S,
        load=at_load,
    )


# -- live ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Tree:
    """What a process and its children have used."""

    processor_s: dict[int, float] = field(default_factory=dict)
    """By process id, those that have ended included."""
    peak_bytes: int = 0
    """The most that all held at once. What they share counts for each."""

    def sample(self, root: psutil.Process) -> None:
        """Look at the tree of *root*."""
        total = 0
        for process in self._alive(root):
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    total += process.memory_info().rss
            except psutil.Error:
                continue
            self.processor_s[process.pid] = times.user + times.system
        self.peak_bytes = max(self.peak_bytes, total)

    @staticmethod
    def _alive(root: psutil.Process) -> list[psutil.Process]:
        try:
            return [root, *root.children(recursive=True)]
        except psutil.Error:
            return []


@dataclass(slots=True)
class Watched:
    """A tree that was watched for a while."""

    tree: Tree = field(default_factory=Tree)
    seconds: float = 0.0

    @property
    def processors(self) -> float:
        """How many it kept busy on average."""
        return sum(self.tree.processor_s.values()) / self.seconds


@contextmanager
def watching(pid: int) -> Iterator[Watched]:
    """Samples the tree of *pid* meanwhile, from its start."""
    watched, over = Watched(), threading.Event()
    root = psutil.Process(pid)

    def watch() -> None:
        while not over.wait(_SAMPLE_S):
            watched.tree.sample(root)
            watched.seconds = time.time() - root_began

    root_began = root.create_time()
    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield watched
    finally:
        over.set()
        thread.join()


def most_behind(lines: Sequence[dict[str, Any]]) -> int:
    """The most pieces that were still untranscribed when another was cut."""
    waiting: set[int] = set()
    most = 0
    for line in lines:
        if line["kind"] == "piece_cut":
            most = max(most, len(waiting))
            waiting.add(line["piece"])
        elif line["kind"] == "transcript":
            waiting.discard(line["piece"])
    return most


def live_figures(minutes: float) -> Iterator[Figure]:
    """What a session on a sound card costs and hears while somebody talks for *minutes*."""
    if rig.missing() is not None:
        return
    speech = monologue(spoken_room(), minutes)
    with tempfile.TemporaryDirectory() as name, virtual_card(Path(name) / "card") as card:
        at_load = load()
        # As long as somebody talks: "I'm done" is then believed.
        options = ("--minutes", f"{minutes:g}", "--no-feedback-speech")
        with asked(card, Path(name) / "sessions", *options) as (live, folder), watching(live.pid) as watched:
            card.say(speech.path)
            wait_until(
                lambda: any(line["kind"] == "session_ended" for line in journal(folder)),
                limit_s=300,
                what="the end of the session",
            )
        lines = journal(folder)
    on = f"a session of {lines[-1]['t'] / 60:.1f} minutes on a virtual sound card, {minutes:g} of them talk"

    def figure(name: str, value: float, unit: str, at_most: float, measured: str) -> Figure:
        return Figure(
            name=name, measured=measured, on=on, value=value, unit=unit, at_most=at_most, load=at_load
        )

    yield figure(
        "live_behind", most_behind(lines), "pieces", BEHIND, "most untranscribed when another is cut"
    )
    cores = watched.processors
    yield figure("live_processors", cores, "cores", PROCESSORS, "kept busy on average, children included")
    peak_gb = watched.tree.peak_bytes / 1e9
    yield figure("live_memory", peak_gb, "GB", MEMORY_GB, "resident at most, children included")
    above = _wer_above(lines, speech)
    yield figure("live_wer", above, "", WER_ABOVE, "word error rate above that of analyze on the same file")


def _wer_above(lines: Sequence[dict[str, Any]], speech: Speech) -> float:
    heard = " ".join(word["text"] for line in lines if line["kind"] == "transcript" for word in line["words"])
    done = run("analyze", "--json", str(speech.path), timeout_s=1800.0)
    if done.status != 0:
        raise RuntimeError(done.stderr)
    analysed = json.loads(done.stdout)
    from_file = " ".join(turn["text"] for turn in analysed["transcript"]["turns"])
    return wer(speech.text, heard) - wer(speech.text, from_file)
