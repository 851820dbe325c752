from __future__ import annotations

import pytest

from tests.core.spoken import at, candidate, dialogue
from voice_coach.core.speech_metrics import measure
from voice_coach.core.transcript import Speaker, Transcript

CANDIDATE, COACH = Speaker.CANDIDATE, Speaker.COACH


def steady(count: int, gap_s: float) -> Transcript:
    """*count* words of 0.3 s with *gap_s* between them."""
    step = 0.3 + gap_s
    return at(*((f"word{n}", n * step, n * step + 0.3) for n in range(count)))


def test_rates_with_and_without_pauses() -> None:
    metrics = measure(steady(41, 0.3))
    whole_s = 41 * 0.3 + 40 * 0.3
    assert metrics.words == 41
    assert metrics.wpm == pytest.approx(60 * 41 / whole_s)
    assert metrics.articulation_wpm == pytest.approx(60 * 41 / (41 * 0.3))
    assert metrics.pause_share == pytest.approx(12.0 / whole_s)
    assert metrics.speaking_s == pytest.approx(12.3)
    assert metrics.longest_pause_s == pytest.approx(0.3)


def test_gaps_below_a_quarter_of_a_second_are_no_pauses() -> None:
    metrics = measure(steady(30, 0.24))
    assert metrics.pause_share == 0.0
    assert metrics.wpm == metrics.articulation_wpm


def test_pauses_around_the_coach_are_left_out() -> None:
    spoken = dialogue(
        (CANDIDATE, "one two " * 15), (COACH, "And then?"), (CANDIDATE, "three four " * 15), pause_s=5
    )
    assert measure(spoken).longest_pause_s == pytest.approx(0.0, abs=1e-6)
    assert measure(spoken).wpm == pytest.approx(150)


def test_a_pause_on_command_is_no_pause() -> None:
    words = [("word", n * 1.0, n * 1.0 + 0.9) for n in range(15)]
    late = [("word", 60 + n * 1.0, 60.9 + n) for n in range(15)]
    spoken = at(*words, *late)
    assert measure(spoken).longest_pause_s == pytest.approx(45.1)
    metrics = measure(spoken, excluded=[(16.0, 59.0)])
    assert metrics.longest_pause_s == pytest.approx(0.1)
    assert metrics.longest_monologue_s < 16


def test_too_few_words_have_no_rate() -> None:
    metrics = measure(steady(19, 0.3))
    assert metrics.wpm is None
    assert metrics.articulation_wpm is None
    assert metrics.fillers_per_100_words is None
    assert metrics.words == 19


def test_nothing_said() -> None:
    metrics = measure(Transcript())
    assert (metrics.words, metrics.speaking_s, metrics.longest_pause_s) == (0, 0.0, None)


def test_estimated_times_give_no_pauses_or_rates() -> None:
    real = candidate("um so " + "we write it down " * 10)
    metrics = measure(Transcript(turns=real.turns, times_estimated=True))
    assert metrics.wpm is None
    assert metrics.articulation_wpm is None
    assert metrics.pause_share is None
    assert metrics.longest_pause_s is None
    assert [(f.text, f.start_s, f.end_s) for f in metrics.fillers] == [("um", None, None)]
    assert metrics.fillers_per_100_words == pytest.approx(100 / 42)


def test_words_spread_over_long_stretches_hide_pauses_but_not_the_rate() -> None:
    real = candidate("so we write it down " * 10)
    metrics = measure(Transcript(turns=real.turns, pauses_known=False))
    assert metrics.wpm == pytest.approx(150)
    assert metrics.pause_share is None
    assert metrics.articulation_wpm is None


def test_fillers_have_times() -> None:
    metrics = measure(at(("So,", 0.0, 0.2), ("um,", 0.3, 0.6), ("yes", 0.7, 0.9)))
    assert [(f.text, f.start_s, f.end_s) for f in metrics.fillers] == [("um", 0.3, 0.6)]


@pytest.mark.parametrize(
    ("text", "restarts"),
    [
        ("the the cache is full", 1),
        ("the the the cache is full", 1),
        ("we could um we could shard it", 1),
        ("we could- we would shard it", 1),
        ("I'd I'd put it in a queue, in a queue", 2),
        ("it is very very large", 0),
        ("we had had that that day", 0),
        ("one one two two 5 5", 2),
        ("That is full. Full caches are slow", 0),
        ("the cache and the queue", 0),
    ],
)
def test_restarts(text: str, restarts: int) -> None:
    assert measure(candidate(text)).restarts == restarts


def test_a_monologue_ends_at_a_check_in_and_at_the_coach() -> None:
    spoken = dialogue((CANDIDATE, "word " * 100), (COACH, "Mm-hm."), (CANDIDATE, "word " * 50))
    assert measure(spoken).longest_monologue_s == pytest.approx(40.0)
    assert measure(spoken, check_ins=[10.0]).longest_monologue_s == pytest.approx(30.0)
