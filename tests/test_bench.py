"""The speed figures: what can be shown of them without taking minutes."""

from __future__ import annotations

import json
import random
import subprocess
import sys

import psutil
import pytest

from scripts import bench, bench_core
from scripts.bench_answer import ANSWER, chosen_for, entries
from scripts.bench_figure import Figure, table
from scripts.bench_live import Tree, most_behind, watching
from scripts.bench_pauses import LONGEST_S, SHORTEST_S, TALK_S, Said, counted, script
from scripts.bench_replies import decisions_to_sound_s
from scripts.bench_room import Told, tally
from voice_coach.core.session_stage import Stage
from voice_coach.core.transcript import Word


def figure(value: float) -> Figure:
    return Figure(
        name="first_word",
        measured="to the first word",
        on="a card",
        value=value,
        unit="s",
        at_most=3,
        load=0.5,
    )


def test_a_figure_says_what_it_is_and_whether_its_goal_is_reached() -> None:
    line = json.loads(figure(2.98765).as_json())
    assert line["figure"] == "first_word"
    assert line["value"] == 2.988
    assert line["goal"] == "<= 3"
    assert line["reached"] is True
    assert json.loads(figure(3.01).as_json())["reached"] is False


def test_the_table_has_a_row_for_each_figure() -> None:
    head, reached, missed = table([figure(1.0), figure(4.0)]).splitlines()
    assert head.startswith("figure")
    assert "reached" in reached
    assert "MISSED" in missed


def test_the_answer_is_long_enough_to_measure_with() -> None:
    words = sum(len(entry.text.split()) for entry in entries())
    assert words > 1400
    assert not [entry for entry in entries() if entry.voice is not None], ANSWER


@pytest.mark.parametrize(
    ("wanted_s", "chosen"), [(0.0, [4, 5]), (25.0, [1, 4, 5]), (35.0, [1, 2, 4, 5]), (1e9, [1, 2, 3, 4, 5])]
)
def test_a_monologue_ends_as_the_answer_does(wanted_s: float, chosen: list[int]) -> None:
    assert chosen_for([10.0] * 6, wanted_s) == chosen


def test_the_recorded_session_is_whole_and_its_journal_leads_to_the_same_state() -> None:
    scenario = bench_core.recorded()
    assert scenario.state.stage is Stage.ENDED
    assert scenario.state.at_s > 600
    replayed = bench_core.replayed(bench_core.journal_lines(scenario), bench_core.book())
    assert replayed.transcript == scenario.state.transcript
    assert replayed.stage is Stage.ENDED


def test_pieces_behind_are_counted_when_another_is_cut() -> None:
    def lines(*kinds: tuple[str, int]) -> list[dict[str, object]]:
        return [{"kind": kind, "piece": piece} for kind, piece in kinds]

    cut, done = "piece_cut", "transcript"
    assert most_behind([]) == 0
    assert most_behind(lines((cut, 0), (done, 0), (cut, 1), (done, 1))) == 0
    assert most_behind(lines((cut, 0), (cut, 1), (done, 0), (done, 1))) == 1
    assert most_behind(lines((cut, 0), (cut, 1), (cut, 2), (done, 0), (cut, 3))) == 2


def test_a_tree_counts_its_children() -> None:
    grandchild = "import sys; held = bytearray(40_000_000); print(1, flush=True); sys.stdin.read()"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        tree = Tree()
        tree.sample(psutil.Process(child.pid))
        child.communicate()
    assert len(tree.processor_s) == 2
    assert tree.peak_bytes > 45_000_000
    assert sum(tree.processor_s.values()) > 0


def test_a_busy_process_keeps_a_processor_busy() -> None:
    program = "import time\nwhile time.process_time() < 0.8: pass"
    with (
        subprocess.Popen([sys.executable, "-c", program]) as child,
        watching(child.pid) as watched,
    ):
        child.wait()
    assert 0.05 < watched.processors < 1.3


def test_every_measurement_can_be_asked_for_by_name() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.bench", "nonsense"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    for name in bench.measurements(1.0):
        assert name in done.stderr


def test_a_decision_is_measured_to_the_first_sound_after_words_alone() -> None:
    lines = [
        {"t": 1.0, "kind": "playback_started"},
        {"t": 4.0, "kind": "turn_ended", "words": 7},
        {"t": 4.1, "kind": "playback_started"},
        {"t": 6.0, "kind": "playback_started"},
        {"t": 20.0, "kind": "turn_ended", "words": 0},
        {"t": 20.3, "kind": "playback_started"},
    ]
    assert list(decisions_to_sound_s(lines)) == pytest.approx([0.1])


def test_pauses_that_the_coach_spoke_into_and_waits_after_replies_are_counted() -> None:
    said = [
        Said(text="A store.", pause_s=0.0),
        Said(text="A cache.", pause_s=2.5),
        Said(text="A queue,", pause_s=4.0),
        Said(text="which is full.", pause_s=3.0),
        Said(text="Two.", pause_s=None),
        Said(text="Three.", pause_s=None),
        Said(text="Four.", pause_s=None),
    ]
    begins_s = (1.0, 7.0, 15.0, 22.0, 40.0, 50.0, 60.0)
    lines = [
        {"t": begin_s + 3.0, "kind": "room_said", "index": number, "start": begin_s, "end": begin_s + 3.0}
        for number, begin_s in enumerate(begins_s)
    ]
    # Before all; in the second pause; just as the fourth part began; after the monologue; after and in replies.
    lines += [{"t": at_s, "kind": "playback_started"} for at_s in (0.2, 14.0, 22.2, 31.0, 45.0, 52.0, 70.5)]
    lines.sort(key=lambda line: float(str(line["t"])))
    found = counted(lines, said)
    assert (found.pauses, found.cut_off) == (3, [4.0, 3.0])
    assert found.waits_s == pytest.approx([2.0, 7.5])
    assert found.interrupted == 1
    both = found.and_then(found)
    assert (both.pauses, len(both.cut_off), len(both.waits_s), both.interrupted) == (6, 4, 4, 2)


def test_a_monologue_with_pauses_is_long_enough_and_drawn_from_its_seed() -> None:
    said = script(random.Random(3))
    assert said == script(random.Random(3))
    assert said != script(random.Random(4))
    pauses_s = [item.pause_s for item in said[1:] if item.pause_s is not None]
    assert len(pauses_s) > 20
    assert all(SHORTEST_S <= pause_s <= LONGEST_S for pause_s in pauses_s)
    assert sum(len(item.text.split()) for item in said if item.pause_s is not None) / 2.8 > 0.6 * TALK_S
    assert not [item for item in said if item.text.endswith("?")]
    assert said[-1].pause_s is None


def test_what_noise_does_to_words_and_ends_and_pauses_is_counted() -> None:
    def told(text: str, *speech_s: tuple[float, float, float], from_s: float = 3.0) -> Told:
        words = [
            Word(text=word, start_s=from_s + at, end_s=from_s + at + 0.5)
            for at, word in enumerate(text.split())
        ]
        return Told(speech_s=list(speech_s), words=words)

    spans = ((3.0, 6.0), (9.0, 11.0))
    clean = told("one two three four", (3.1, 6.0, 6.3), (9.1, 11.0, 11.3))
    quiet = tally(clean, clean, spans)
    assert (quiet.said, quiet.lost, quiet.added, quiet.early, quiet.ends, quiet.missed) == (4, 0, 0, 0, 2, 0)
    assert quiet.false_s == 0
    # The second end is told too late, and a second and a half of the first pause passes for speech.
    noisy = told("one to three four five six", (3.1, 6.0, 6.3), (7.0, 8.5, 8.8), (9.1, 12.0, 12.3))
    found = tally(noisy, clean, spans)
    assert (found.lost, found.added, found.missed) == (1, 2, 1)
    assert found.false_s == pytest.approx(1.5 + 12.0 - 11.35)
    assert tally(told("far off one two three four", from_s=1.0), clean, spans).early == 2
