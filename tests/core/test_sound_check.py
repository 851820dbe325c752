"""What the set-up check makes of what it measured."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voice_coach.core.sound_check import (
    Finding,
    Measures,
    Problem,
    SoundCheckSettings,
    Verdict,
    Way,
    findings,
    percentile,
    same_share,
    worst,
)
from voice_coach.core.sound_measures import Echo
from voice_coach.core.transcript import laid_out

SENTENCE = "I would put a cache in front of the database."
SETTINGS = SoundCheckSettings()
NO_ECHO = Echo(share=0.0, dbfs=-120.0, cancelled_db=0.0, left_dbfs=-62.0)
LOUD_ECHO = Echo(share=0.9, dbfs=-30.0, cancelled_db=0.0, left_dbfs=-30.0)
CANCELLED = replace(LOUD_ECHO, cancelled_db=28.0, left_dbfs=-58.0)
HEADPHONES = Way(headphones=True, is_cancelled=False, wants_cancelling=True)
CANCELLER = Way(headphones=False, is_cancelled=True, wants_cancelling=True)
NOTHING = Way(headphones=False, is_cancelled=False, wants_cancelling=True)
GOOD = Measures(
    room_dbfs=(-62.0,) * 75,
    room_voice_share=0.0,
    echo=NO_ECHO,
    level_dbfs=-28.0,
    clipped_share=0.0002,
    frames=800,
    lost=0,
    words=laid_out(SENTENCE, 0.0, 3.0),
    is_dead=False,
)
RANK = list(Verdict)


def found(measured: Measures, what: str, way: Way = HEADPHONES) -> Finding:
    (one,) = (item for item in findings(measured, SENTENCE, way, SETTINGS) if item.what == what)
    return one


def verdict(measured: Measures, what: str) -> int:
    """The higher the worse."""
    return RANK.index(found(measured, what).verdict)


def told(measured: Measures, way: Way = HEADPHONES) -> Problem | None:
    first = worst(findings(measured, SENTENCE, way, SETTINGS))
    return None if first is None else first.problem


def test_all_is_well() -> None:
    all_of_it = findings(GOOD, SENTENCE, HEADPHONES, SETTINGS)
    assert [item.what for item in all_of_it] == ["noise", "voice", "clipping", "echo", "lost sound", "words"]
    assert {item.verdict for item in all_of_it} == {Verdict.GOOD}
    assert not any(item.mend for item in all_of_it)
    assert worst(all_of_it) is None
    assert found(GOOD, "voice").found == "-28 dBFS, 34 dB above the room"


@pytest.mark.parametrize(
    ("changed", "what", "problem", "is_wrong", "mend"),
    [
        ({"is_dead": True}, "microphone", Problem.DEAD, True, "muted"),
        ({"level_dbfs": None, "words": None}, "voice", Problem.UNHEARD, False, "--input"),
        ({"level_dbfs": -48.0, "room_dbfs": (-80.0,)}, "voice", Problem.FAINT, False, "come closer"),
        ({"level_dbfs": -57.0, "room_dbfs": (-80.0,)}, "voice", Problem.FAINT, True, "raise the microphone"),
        ({"level_dbfs": -40.0, "room_dbfs": (-52.0,)}, "voice", Problem.NOISY, False, "room quieter"),
        ({"room_dbfs": (-44.0,)}, "noise", Problem.NOISY, False, "hums"),
        ({"room_dbfs": (-25.0,)}, "noise", Problem.NOISY, True, "hums"),
        ({"room_voice_share": 0.5}, "noise", Problem.NOISY, False, "radio"),
        ({"clipped_share": 0.012}, "clipping", Problem.CLIPPED, False, "lower the microphone"),
        ({"clipped_share": 0.1}, "clipping", Problem.CLIPPED, True, "lower the microphone"),
        ({"lost": 8}, "lost sound", Problem.LOST, False, "latency_s"),
        ({"lost": 100}, "lost sound", Problem.LOST, True, "busy"),
        ({"words": ()}, "words", Problem.MISHEARD, True, "closer"),
        ({"words": None}, "words", Problem.MISHEARD, False, "busy"),
        ({"words": None, "failure": "no model; fetch it"}, "words", Problem.MISHEARD, False, "fetch it"),
    ],
)
def test_each_fault_is_named_with_its_mend(
    changed: dict[str, object],
    what: str,
    problem: Problem,
    is_wrong: bool,  # noqa: FBT001 - a parameter of a test
    mend: str,
) -> None:
    measured = replace(GOOD, **changed)  # type: ignore[arg-type]
    wrong = found(measured, what)
    assert wrong.problem is problem
    assert wrong.verdict is (Verdict.WRONG if is_wrong else Verdict.DOUBTED)
    assert mend in wrong.mend
    assert told(measured) is problem


class TestEcho:
    def test_without_one_headphones_are_guessed_and_only_told(self) -> None:
        for way, what_for in ((CANCELLER, "nothing needs to be cancelled"), (NOTHING, "talk over the coach")):
            guessed = found(GOOD, "echo", way)
            assert guessed.verdict is Verdict.GOOD
            assert "you wear headphones" in guessed.found
            assert "headphones = true" in guessed.mend
            assert what_for in guessed.mend
            assert told(GOOD, way) is None

    def test_who_heard_nothing_may_wear_none(self) -> None:
        assert found(replace(GOOD, level_dbfs=None, words=None), "echo", CANCELLER).found == "none"

    def test_an_echo_that_is_cancelled_is_good(self) -> None:
        good = found(replace(GOOD, echo=CANCELLED), "echo", CANCELLER)
        assert good.verdict is Verdict.GOOD
        assert good.found == (
            "loudspeakers: the coach's voice comes back at -30 dBFS, and 28 dB quieter when cancelled"
        )

    def test_a_quiet_one_need_not_be_cancelled_by_much(self) -> None:
        quiet = Echo(share=0.4, dbfs=-57.0, cancelled_db=4.0, left_dbfs=-60.0)
        assert found(replace(GOOD, echo=quiet), "echo", CANCELLER).verdict is Verdict.GOOD

    def test_one_that_is_left_is_doubted(self) -> None:
        left = replace(GOOD, echo=replace(CANCELLED, cancelled_db=7.0, left_dbfs=-37.0))
        assert found(left, "echo", CANCELLER).verdict is Verdict.DOUBTED
        assert told(left, CANCELLER) is Problem.ECHO

    def test_without_a_canceller_the_coach_is_deaf_meanwhile(self) -> None:
        heard = replace(GOOD, echo=LOUD_ECHO)
        assert told(heard, NOTHING) is Problem.DEAF
        assert "extra `speakers`" in found(heard, "echo", NOTHING).mend
        unwanted = replace(NOTHING, wants_cancelling=False)
        assert "cancels_echo" in found(heard, "echo", unwanted).mend

    def test_one_in_headphones_belies_the_configuration(self) -> None:
        belied = found(replace(GOOD, echo=LOUD_ECHO), "echo")
        assert belied.verdict is Verdict.WRONG
        assert "headphones = false" in belied.mend

    @pytest.mark.parametrize("echo", [replace(LOUD_ECHO, dbfs=-70.0), replace(LOUD_ECHO, share=0.01)])
    def test_what_cannot_be_heard_is_none(self, echo: Echo) -> None:
        assert found(replace(GOOD, echo=echo), "echo").verdict is Verdict.GOOD


def test_what_is_wrong_is_told_before_what_is_doubted() -> None:
    both = replace(GOOD, lost=8, words=())
    assert told(both) is Problem.MISHEARD
    assert told(replace(both, words=GOOD.words, clipped_share=0.01)) is Problem.LOST


@pytest.mark.parametrize(
    ("heard", "share"),
    [
        (SENTENCE, 1.0),
        ("Um, I would put a cache in front of that database", 0.9),
        ("put a cache in front of the database", 0.8),
        ("I would like some cake", 0.2),
        ("", 0.0),
    ],
)
def test_words_are_compared_in_their_order(heard: str, share: float) -> None:
    assert same_share(laid_out(heard, 0.0, 3.0), SENTENCE) == pytest.approx(share)


def test_percentiles() -> None:
    levels = [float(level) for level in range(-100, 0)]
    assert percentile(levels, 0.5) == -50.0
    assert percentile(levels, 1.0) == -1.0
    assert percentile([], 0.5) == -120.0


LEVELS = st.floats(-90.0, 0.0)


@given(levels=st.tuples(LEVELS, LEVELS), room=st.floats(-90.0, -20.0))
@example(levels=(-15.0, -46.0), room=-20.0)
def test_a_louder_voice_is_never_worse(levels: tuple[float, float], room: float) -> None:
    quiet, loud = (replace(GOOD, level_dbfs=level, room_dbfs=(room,)) for level in sorted(levels))
    assert verdict(loud, "voice") <= verdict(quiet, "voice")


@given(rooms=st.tuples(LEVELS, LEVELS), level=LEVELS)
def test_a_quieter_room_is_never_worse(rooms: tuple[float, float], level: float) -> None:
    quiet, loud = (replace(GOOD, level_dbfs=level, room_dbfs=(room,)) for room in sorted(rooms))
    for what in ("noise", "voice"):
        assert verdict(quiet, what) <= verdict(loud, what)


@given(
    shares=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
    name=st.sampled_from(["clipped_share", "room_voice_share"]),
)
def test_less_of_what_is_bad_is_never_worse(shares: tuple[float, float], name: str) -> None:
    less, more = (replace(GOOD, **{name: share}) for share in sorted(shares))  # type: ignore[arg-type]
    for what in ("clipping", "noise"):
        assert verdict(less, what) <= verdict(more, what)


@given(
    room=LEVELS,
    level=st.none() | LEVELS,
    echo=st.builds(
        Echo,
        share=st.floats(0.0, 1.0),
        dbfs=st.floats(-120.0, 0.0),
        cancelled_db=st.floats(-5.0, 60.0),
        left_dbfs=st.floats(-120.0, 0.0),
    ),
    clipped=st.floats(0.0, 1.0),
    way=st.sampled_from([HEADPHONES, CANCELLER, NOTHING]),
    heard=st.sampled_from([None, "", SENTENCE]),
)
def test_all_that_is_not_good_has_one_mend_and_something_to_be_told(
    room: float, level: float | None, echo: Echo, clipped: float, way: Way, heard: str | None
) -> None:
    words = None if heard is None or level is None else laid_out(heard, 0.0, 3.0)
    measured = replace(
        GOOD, room_dbfs=(room,), level_dbfs=level, echo=echo, clipped_share=clipped, words=words
    )
    for item in findings(measured, SENTENCE, way, SETTINGS):
        assert (item.verdict is Verdict.GOOD) == (item.problem is None)
        assert item.mend or item.verdict is Verdict.GOOD or level is None
        assert "\n" not in item.found + item.mend
