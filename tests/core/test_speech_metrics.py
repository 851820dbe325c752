from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.spoken import LEXICON, at, candidate, dialogue, shifted
from voice_coach.core.fillers import FillerKind
from voice_coach.core.restarts import RepairKind
from voice_coach.core.speech_metrics import PAUSE_S, SpeechEar, SpeechMetrics, measure
from voice_coach.core.transcript import Speaker, Transcript
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.speech import load_speech

CANDIDATE, COACH = Speaker.CANDIDATE, Speaker.COACH
EAR = SpeechEar(load_speech(prompts_folder()), LEXICON)
SPEECH = Path(os.environ.get("VOICE_COACH_DEV_DATA", "none")) / "speech"


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
    assert metrics.pauses == 40
    assert metrics.median_pause_s == pytest.approx(0.3)


def test_gaps_below_a_quarter_of_a_second_are_no_pauses() -> None:
    metrics = measure(steady(30, 0.24))
    assert metrics.pause_share == 0.0
    assert metrics.wpm == metrics.articulation_wpm
    assert metrics.pauses == 0
    assert metrics.median_pause_s is None


def test_pauses_around_the_coach_are_left_out() -> None:
    spoken = dialogue(
        (CANDIDATE, "one two " * 15), (COACH, "And then?"), (CANDIDATE, "three four " * 15), pause_s=5
    )
    assert measure(spoken).longest_pause_s == pytest.approx(0.0, abs=1e-6)
    assert measure(spoken).wpm == pytest.approx(150)


def test_nothing_is_measured_of_the_coach() -> None:
    spoken = dialogue((COACH, "Um, um, um, go on."), (CANDIDATE, "one two"), (COACH, "Um."))
    assert (measure(spoken).words, measure(spoken).fillers) == (2, ())


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
    assert (metrics.longest_monologue_s, metrics.longest_monologue_start_s) == (0.0, None)


def test_estimated_times_give_no_pauses_or_rates() -> None:
    real = candidate("um so " + "we write it down " * 10)
    metrics = measure(Transcript(turns=real.turns, times_estimated=True))
    assert metrics.wpm is None
    assert metrics.articulation_wpm is None
    assert metrics.pause_share is None
    assert metrics.longest_pause_s is None
    assert metrics.pauses is None
    assert metrics.fillers_per_min is None
    assert metrics.burst is None
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
    assert measure(spoken).longest_monologue_start_s == pytest.approx(0.0)
    metrics = measure(spoken, check_ins=[10.0])
    assert metrics.longest_monologue_s == pytest.approx(30.0)
    assert metrics.longest_monologue_start_s == pytest.approx(10.0)


def test_words_of_no_length_have_no_rate() -> None:
    metrics = measure(at(*(("word", 1.0, 1.0) for _ in range(25))))
    assert metrics.wpm is None
    assert metrics.pause_share is None
    assert metrics.fillers_per_100_words == 0.0


def test_phrases_are_heard_with_a_book_only() -> None:
    spoken = candidate("Um, it's, you know, slow. No, scratch that, the the cache is, um, warm. " * 3)
    assert [item.kind for item in measure(spoken).fillers] == [FillerKind.FILLED_PAUSE] * 6
    metrics = measure(spoken, EAR)
    assert [item.text for item in metrics.fillers] == ["um", "you know", "um"] * 3
    assert metrics.filled_pauses == 6
    assert [item.kind for item in metrics.repairs] == [RepairKind.CORRECTION, RepairKind.REPEAT] * 3
    assert metrics.restarts == 6
    assert metrics.fillers_per_100_words == pytest.approx(100 * 9 / 42)
    assert metrics.filled_pauses_per_100_words == pytest.approx(100 * 6 / 42)
    assert metrics.fillers_per_min == pytest.approx(9 / (42 * 0.4 / 60))
    assert metrics.disfluencies_per_100_words == pytest.approx(100 * 12 / 42)
    assert metrics.burst is not None
    assert (metrics.burst.count, metrics.burst.topic and metrics.burst.topic.quote) == (9, "cache")


def test_what_takes_something_back_does_not_fill() -> None:
    assert measure(candidate("It is full, actually, scratch that, it is empty."), EAR).fillers == ()


SAID = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "um",
                "so",
                "like",
                "you",
                "know,",
                "we",
                "we",
                "the",
                "cache.",
                "is",
                "no",
                "scratch",
                "that",
                "right?",
            ]
        ),
        st.floats(0, 3).map(lambda value: round(value, 2)),
        st.floats(0, 1).map(lambda value: round(value, 2)),
    ),
    max_size=60,
)


def times_of(metrics: SpeechMetrics) -> list[tuple[float | None, float | None]]:
    """Starts and ends of all that was found in the speech."""
    return [
        *((item.start_s, item.end_s) for item in metrics.fillers),
        *((item.start_s, item.end_s) for item in metrics.repairs),
    ]


def timed(said: list[tuple[str, float, float]]) -> Transcript:
    """Words with the gap before each and the length of each."""
    at_s, words = 0.0, []
    for text, gap_s, length_s in said:
        at_s += gap_s
        words.append((text, at_s, at_s + length_s))
        at_s += length_s
    return at(*words) if words else Transcript()


@given(SAID)
def test_what_is_measured_makes_sense(said: list[tuple[str, float, float]]) -> None:
    metrics = measure(timed(said), EAR)
    assert metrics.words == len(said)
    assert metrics.speaking_s >= -1e-6
    for name in SpeechMetrics.__dataclass_fields__:
        value = getattr(metrics, name)
        assert not isinstance(value, int | float) or value >= -1e-6, name
    assert metrics.filled_pauses <= len(metrics.fillers) <= metrics.words
    assert (metrics.pause_share or 0.0) <= 1.0 + 1e-6
    assert metrics.pauses is None or (metrics.pauses > 0) == (metrics.median_pause_s is not None)
    assert metrics.median_pause_s is None or metrics.median_pause_s >= PAUSE_S
    if said:
        first, last = said[0][1], sum(gap + length for _, gap, length in said)
        inside = times_of(metrics)
        if metrics.burst is not None:
            inside.append((metrics.burst.start_s, metrics.burst.end_s))
            assert 3 <= metrics.burst.count <= len(metrics.fillers)
        for start_s, end_s in inside:
            assert start_s is not None
            assert end_s is not None
            assert first - 1e-6 <= start_s <= end_s <= last + 1e-6


@given(SAID, st.integers(1, 5000))
def test_saying_it_later_shifts_the_times_and_nothing_else(
    said: list[tuple[str, float, float]], by_s: int
) -> None:
    # Pauses that are just as long as the limit may fall on either side of it once they are shifted.
    said = [(text, gap_s + 0.003, length_s) for text, gap_s, length_s in said]
    here, there = measure(timed(said), EAR), measure(shifted(timed(said), by_s), EAR)
    assert (here.words, here.pauses, here.restarts) == (there.words, there.pauses, there.restarts)
    assert [(f.text, f.kind, f.context) for f in here.fillers] == [
        (f.text, f.kind, f.context) for f in there.fillers
    ]
    for before, after in zip(times_of(here), times_of(there), strict=True):
        assert before[0] is not None
        assert after[0] == pytest.approx(before[0] + by_s)
    assert there.wpm == pytest.approx(here.wpm) if here.wpm is not None else there.wpm is None
    assert there.longest_monologue_s == pytest.approx(here.longest_monologue_s)


# -- real speech whose words were timed by hand-checked alignment


def aligned(path: Path) -> list[tuple[str, float, float]]:
    """The words in the first tier of a short TextGrid; silences are those without a label."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    head = lines.index('"words"')
    count = int(lines[head + 3])
    cells = lines[head + 4 : head + 4 + 3 * count]
    cut = [
        (cells[at + 2].strip('"'), float(cells[at]), float(cells[at + 1])) for at in range(0, len(cells), 3)
    ]
    return [item for item in cut if item[0]]


@pytest.mark.skipif(not SPEECH.is_dir(), reason="VOICE_COACH_DEV_DATA is not set")
def test_rates_and_pauses_of_real_speech_are_those_of_its_word_times() -> None:
    words = aligned(SPEECH / "acoustic_corpus.TextGrid")
    metrics = measure(at(*words), EAR)
    # By hand from the file: 58 words from 1.05 to 25.25 s; silences of a quarter of a second and more.
    silent_s = 0.48 + 0.34 + 0.97 + 1.16 + 0.57 + 0.62
    assert metrics.words == 58
    assert metrics.wpm == pytest.approx(60 * 58 / 24.2, rel=0.03)
    assert metrics.articulation_wpm == pytest.approx(60 * 58 / (24.2 - silent_s), rel=0.03)
    assert metrics.pause_share == pytest.approx(silent_s / 24.2, rel=0.03)
    assert metrics.pauses == 6
    assert metrics.longest_pause_s == pytest.approx(1.16, rel=0.03)
    assert [(item.text, item.start_s) for item in metrics.fillers] == [
        ("yknow", 5.59),
        ("um", 8.02),
        ("um", 22.9),
    ]
