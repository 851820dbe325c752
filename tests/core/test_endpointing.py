"""Where speech begins and ends, and that no sound is lost on the way to the recogniser."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.core.audio import FRAME_S, FRAME_SAMPLES, AudioFrame, Piece, frames_to_s
from voice_coach.core.endpointing import Endpointer, EndpointerSettings, Heard
from voice_coach.core.events import SpeechEnded, SpeechStarted

DEFAULTS = EndpointerSettings()


@dataclass
class Ear:
    """Feeds an endpointer with labelled frames; every sample of frame i is i + 1."""

    endpointer: Endpointer = field(default_factory=lambda: Endpointer(DEFAULTS))
    index: int = 0
    events: list[SpeechStarted | SpeechEnded] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)

    def take(self, heard: Heard) -> Heard:
        self.events += heard.events
        self.pieces += heard.pieces
        return heard

    def frame(self, label: str) -> Heard:
        pcm = np.full(FRAME_SAMPLES, (self.index % 30_000) + 1, np.int16)
        heard = self.endpointer.process(AudioFrame(index=self.index, pcm=pcm), label == "v", label in "vg")
        self.index += 1
        return self.take(heard)

    def hear(self, label: str, seconds: float) -> None:
        for _ in range(round(seconds / FRAME_S)):
            self.frame(label)

    def finish(self) -> None:
        self.take(self.endpointer.flush())


def frames_in(piece: Piece) -> range:
    first = round(piece.start_s / FRAME_S)
    return range(first, first + len(piece.pcm) // FRAME_SAMPLES)


def test_a_beginning_and_an_end_are_dated_back() -> None:
    ear = Ear()
    ear.hear("-", 1.0)
    ear.hear("v", 1.0)
    ear.hear("-", 0.5)
    assert ear.events == [
        SpeechStarted(at_s=1.1, onset_s=1.0),
        SpeechEnded(at_s=2.3, offset_s=2.0),
    ]


def test_a_click_is_no_beginning_but_is_transcribed() -> None:
    ear = Ear()
    ear.hear("-", 1.0)
    ear.hear("v", 0.08)
    ear.hear("-", 2.0)
    assert ear.events == []
    assert [piece.voiced_s for piece in ear.pieces] == [0.08]


def test_a_hole_of_one_detector_window_does_not_break_a_beginning() -> None:
    ear = Ear()
    for label in "vv--vvv":
        ear.frame(label)
    assert ear.events == [SpeechStarted(at_s=0.14, onset_s=0.0)]


def test_over_the_coach_it_takes_more_voice() -> None:
    ear = Ear()
    ear.endpointer.set_over_coach(True)
    for label in "vvvvv---vvvvvv":
        ear.frame(label)
    assert ear.events == [SpeechStarted(at_s=0.28, onset_s=0.16)]
    ear.hear("-", 0.4)
    ear.endpointer.set_over_coach(False)
    ear.hear("v", 0.1)
    assert len(ear.events) == 3


def test_a_longer_hole_begins_anew() -> None:
    ear = Ear()
    for label in "vvvv---vvvvv":
        ear.frame(label)
    assert ear.events == [SpeechStarted(at_s=0.24, onset_s=0.14)]


def test_a_short_utterance_is_cut_after_the_long_pause_with_its_pads() -> None:
    ear = Ear()
    ear.hear("-", 2.0)
    ear.hear("v", 1.0)
    ear.hear("-", 0.88)
    assert ear.pieces == []
    ear.hear("-", 0.02)
    (piece,) = ear.pieces
    assert (piece.id, piece.start_s, piece.end_s, piece.voiced_s) == (0, 1.7, 3.3, 1.0)


def test_a_long_utterance_is_cut_after_a_shorter_pause() -> None:
    ear = Ear()
    ear.hear("v", 8.0)
    ear.hear("-", 0.6)
    (piece,) = ear.pieces
    assert (piece.start_s, piece.end_s) == (0.0, 8.3)


def test_short_answers_are_cut_sooner() -> None:
    ear = Ear()
    ear.endpointer.set_short(True)
    ear.hear("v", 1.0)
    ear.hear("-", 0.42)
    assert ear.pieces == []
    ear.hear("-", 0.04)
    assert len(ear.pieces) == 1


def test_talk_without_a_long_pause_is_cut_in_the_longest_late_gap() -> None:
    ear = Ear()
    ear.hear("v", 20.0)
    ear.hear("-", 0.4)
    ear.hear("v", 2.0)
    ear.hear("-", 0.2)
    ear.hear("v", 3.0)
    (piece,) = ear.pieces
    assert 20.0 < piece.end_s < 20.4


def test_talk_without_any_gap_is_cut_at_its_quietest_late_frame() -> None:
    endpointer = Endpointer(DEFAULTS)
    pieces: list[Piece] = []
    for index in range(1250):
        level = 10 if index == 1000 else 3000
        frame = AudioFrame(index=index, pcm=np.full(FRAME_SAMPLES, level, np.int16))
        pieces += endpointer.process(frame, is_speech=True).pieces
    assert [piece.end_s for piece in pieces] == [20.0]
    (rest,) = endpointer.flush().pieces
    assert (rest.start_s, rest.end_s) == (20.0, 25.0)


def test_sound_that_only_the_gate_heard_is_transcribed_when_it_lasts() -> None:
    ear = Ear()
    ear.hear("g", 0.4)
    ear.hear("-", 2.0)
    assert [(piece.start_s, piece.voiced_s) for piece in ear.pieces] == [(0.0, 0.0)]
    assert ear.events == []


def test_a_short_noise_is_not() -> None:
    ear = Ear()
    ear.hear("g", 0.38)
    ear.hear("-", 2.0)
    ear.finish()
    assert ear.pieces == []


def test_noise_that_never_stops_does_not_keep_speech_waiting() -> None:
    ear = Ear()
    ear.hear("g", 1.0)
    ear.hear("v", 2.0)
    ear.hear("g", 0.9)
    (piece,) = ear.pieces
    assert 3.45 <= piece.end_s <= 3.9


def test_silence_is_not_carried() -> None:
    ear = Ear()
    ear.hear("-", 600.0)
    assert len(ear.endpointer._cutter._held) <= 15


def test_while_muted_nothing_is_heard() -> None:
    ear = Ear()
    ear.hear("v", 1.0)
    heard = ear.take(ear.endpointer.mute(is_muted=True))
    assert heard.events == (SpeechEnded(at_s=1.0, offset_s=1.0),)
    assert len(heard.pieces) == 1
    assert ear.endpointer.mute(is_muted=True) == Heard()
    ear.hear("v", 1.0)
    assert ear.endpointer.mute(is_muted=False) == Heard()
    ear.hear("v", 0.2)
    ear.finish()
    assert [(piece.start_s, piece.end_s) for piece in ear.pieces] == [(0.0, 1.0), (2.0, 2.2)]
    assert ear.events[2] == SpeechStarted(at_s=2.1, onset_s=2.0)


def test_lost_frames_leave_a_hole_of_zeros_and_no_shift() -> None:
    ear = Ear()
    ear.hear("v", 1.0)
    ear.index += 10
    ear.hear("v", 1.0)
    ear.finish()
    (piece,) = ear.pieces
    assert piece.end_s == 2.2
    assert not piece.pcm[50 * FRAME_SAMPLES : 60 * FRAME_SAMPLES].any()
    assert piece.pcm[60 * FRAME_SAMPLES] == 61


def test_a_loss_of_an_hour_ends_speech_and_takes_no_memory() -> None:
    ear = Ear()
    ear.hear("v", 1.0)
    ear.index += 180_000
    ear.hear("v", 1.0)
    ear.finish()
    assert [(piece.start_s, piece.end_s) for piece in ear.pieces] == [(0.0, 1.3), (3601.0, 3602.0)]
    assert [event.at_s for event in ear.events] == [0.1, 1.3, 3601.1, 3602.0]


def test_an_older_frame_is_refused() -> None:
    ear = Ear()
    ear.hear("v", 0.1)
    ear.index = 2
    with pytest.raises(ValueError, match="frame 2 came after frame 4"):
        ear.frame("v")


def test_a_session_may_begin_at_any_frame() -> None:
    ear = Ear(index=500)
    ear.hear("v", 0.1)
    assert ear.events == [SpeechStarted(at_s=10.1, onset_s=10.0)]


RUNS = st.lists(st.tuples(st.sampled_from("vvg-"), st.integers(1, 120)), max_size=40)
ACTS = st.dictionaries(st.integers(0, 2000), st.sampled_from(["cut", "short", "long"]), max_size=6)
SMALL = replace(DEFAULTS, max_piece_s=5.0, look_back_s=2.0, cut_min_s=2.0)


@settings(deadline=None, max_examples=150)
@given(runs=RUNS, acts=ACTS, options=st.sampled_from([DEFAULTS, SMALL]))
def test_no_voice_is_lost_or_heard_twice(
    runs: list[tuple[str, int]], acts: dict[int, str], options: EndpointerSettings
) -> None:
    ear = Ear(endpointer=Endpointer(options))
    labels = [label for label, count in runs for _ in range(count)]
    for index, label in enumerate(labels):
        match acts.get(index):
            case "cut":
                heard = ear.endpointer.flush()
                ear.pieces += heard.pieces
                ear.events += heard.events
            case "short" | "long" as act:
                ear.endpointer.set_short(act == "short")
            case _:
                pass
        ear.frame(label)
        assert len(ear.endpointer._cutter._held) * FRAME_S <= options.max_piece_s
    ear.finish()

    covered = [index for piece in ear.pieces for index in frames_in(piece)]
    assert covered == sorted(set(covered)), "pieces overlap or are out of order"
    assert not covered or covered[-1] < len(labels)
    assert {index for index, label in enumerate(labels) if label == "v"} <= set(covered)
    for piece in ear.pieces:
        assert len(piece.pcm) <= options.max_piece_s * 16_000
        voiced = sum(labels[index] == "v" for index in frames_in(piece))
        assert piece.voiced_s == frames_to_s(voiced)
        assert [int(piece.pcm[at]) - 1 for at in range(0, len(piece.pcm), FRAME_SAMPLES)] == list(
            frames_in(piece)
        )
    assert [piece.id for piece in ear.pieces] == sorted({piece.id for piece in ear.pieces})

    begins = [isinstance(event, SpeechStarted) for event in ear.events]
    assert begins == [True, False] * (len(begins) // 2)
    times = [event.onset_s if isinstance(event, SpeechStarted) else event.offset_s for event in ear.events]
    assert times == sorted(times)
    assert all(event.at_s <= frames_to_s(len(labels)) for event in ear.events)
