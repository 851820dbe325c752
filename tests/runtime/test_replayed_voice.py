"""The session loop after the feedback: what is asked is looked up, and one's own voice is played as it was recorded."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.small_book import small_book
from tests.fakes import Stage, line
from voice_coach.adapters.heard_tape import HeardTape
from voice_coach.core.audio import FRAME_SAMPLES, RATE_HZ, AudioFrame, Clip
from voice_coach.core.commands import LookUp
from voice_coach.core.errors import EngineError
from voice_coach.core.events import CommandName, Reviewed
from voice_coach.core.session_stage import Stage as At
from voice_coach.core.session_state import SessionState


@dataclass(slots=True)
class Desk:
    """Answers with the candidate's own voice, from its own copy of the recording."""

    tape: HeardTape = field(default_factory=HeardTape)
    asked: list[LookUp] = field(default_factory=list)
    kept: list[SessionState] = field(default_factory=list)
    fails: bool = False
    from_s: float = 0.0
    """Where it finds what was said."""

    def answer(self, asked: LookUp, state: SessionState) -> Reviewed:
        del state
        self.asked.append(asked)
        if self.fails:
            raise EngineError("no model; fetch it")
        return Reviewed(
            at_s=0.0,
            request=asked.request,
            lines=("There:",),
            start_s=self.from_s,
            end_s=self.from_s + 1.5,
            quote="a tone",
        )

    def prepare(self) -> None:
        """Nothing is worth it."""

    def clip(self, start_s: float, end_s: float) -> Clip:
        return self.tape.clip(start_s, end_s)

    def keep(self, state: SessionState) -> None:
        self.kept.append(state)


def rehearsed(desk: Desk | None) -> Stage:
    """A short session, after whose feedback "when?" is pressed once."""
    stage = Stage(
        small_book(),
        lines=[line(4.0)],
        texts=["There is a store."],
        review=desk,
        review_s=3.0,
        is_full_duplex=True,
        more_tapes=() if desk is None else (desk.tape,),
    )

    def is_at(reached: At) -> bool:
        state = stage.rehearsal.state
        return state.stage is reached and state.speaking is None

    def ask() -> None:
        if desk is not None:
            desk.from_s = round(stage.journal.of("room_said")[0]["start"] + 1.0, 2)
        stage.notices.put(CommandName.WHEN)

    stage.when(lambda: is_at(At.ANSWERING), lambda: stage.notices.put(CommandName.STOP), from_frame=700)
    stage.when(
        lambda: is_at(At.REVIEWING) and stage.rehearsal.state.review.is_offered,
        ask,
    )
    stage.run()
    return stage


def test_the_replay_is_sample_for_sample_what_the_recording_holds() -> None:
    desk = Desk()
    stage = rehearsed(desk)
    (said,) = [item for item in stage.journal.of("coach_said") if "replayed" in item]
    assert said["text"] == "a tone"
    assert said["intent"] == "reply"
    played = range(round(said["start"] / 0.02), round(said["end"] / 0.02))
    heard = np.concatenate([stage.tape.coach[index] for index in played])
    first = round(desk.from_s / 0.02)
    recorded = np.concatenate([stage.tape.microphone[index] for index in range(first, first + 75)])
    assert np.abs(recorded).max() > 0
    assert np.array_equal(heard[: len(recorded)], recorded)


@pytest.mark.parametrize("desk", [None, Desk(fails=True)])
def test_what_cannot_be_looked_up_is_said_and_the_session_ends_as_ever(desk: Desk | None) -> None:
    stage = rehearsed(desk)
    assert [item["text"] for item in stage.journal.of("coach_said")][-1] == "<failed>"
    assert stage.journal.of("session_ended")[0]["reason"] == "completed"


@given(
    frames=st.lists(st.integers(min_value=-3000, max_value=3000), min_size=1, max_size=20),
    ends=st.tuples(st.floats(0.0, 0.5), st.floats(0.0, 0.5)),
    lost=st.sets(st.integers(0, 19)),
)
def test_a_stretch_is_the_recordings_samples(
    frames: list[int], ends: tuple[float, float], lost: set[int]
) -> None:
    tape, whole = HeardTape(), np.zeros(RATE_HZ, np.int16)
    for index, level in enumerate(frames):
        if index not in lost:
            pcm = np.full(FRAME_SAMPLES, level, np.int16)
            tape.write(AudioFrame(index=index, pcm=pcm), pcm)
            whole[index * FRAME_SAMPLES : (index + 1) * FRAME_SAMPLES] = pcm
    start_s, end_s = sorted(ends)
    clip = tape.clip(start_s, end_s)
    assert np.array_equal(clip.pcm, whole[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)])
