"""Devices that are lost while the session loop runs, told as a live card tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.small_book import small_book
from tests.fakes import Stage, line, raises
from tests.runtime.test_rehearsal import TALK, check_journal, said
from voice_coach.core.clock import PaceSettings
from voice_coach.core.errors import AudioDeviceError
from voice_coach.core.events import LOUDSPEAKER, MICROPHONE, CommandName, DeviceBack, DeviceLost, MachineSlept
from voice_coach.core.session_stage import Stage as SessionStage

if TYPE_CHECKING:
    from collections.abc import Callable

REASON = "the microphone 'Blue' is gone: plug it in"


def stage(**options: object) -> Stage:
    """A candidate who says four things."""
    chosen = {"lines": [line(6.0), line(), line(1.0), line()], "texts": TALK, **options}
    return Stage(book=small_book(pace=PaceSettings(minutes=0.5)), **chosen)  # type: ignore[arg-type]  # a test's options are of the right types


def loses(scene: Stage, role: str) -> Callable[[], None]:
    return lambda: scene.news.append(
        DeviceLost(at_s=0.0, role=role, name="Blue", reason=REASON, heard_until_s=0.0)
    )


def gets_back(scene: Stage, role: str) -> Callable[[], None]:
    return lambda: scene.news.append(DeviceBack(at_s=0.0, role=role, name="Blue"))


@pytest.mark.parametrize("is_full_duplex", [False, True])
@pytest.mark.parametrize("frame", [20, 150, 400, 600, 900])
@pytest.mark.parametrize("role", [MICROPHONE, LOUDSPEAKER])
def test_the_session_goes_on_when_the_device_is_back(role: str, frame: int, *, is_full_duplex: bool) -> None:
    scene = stage(is_full_duplex=is_full_duplex)
    scene.at(frame, loses(scene, role))
    scene.when(lambda: scene.looks == 1, gets_back(scene, role), from_frame=frame + 300)
    state = scene.run()
    assert state.end_reason == "completed"
    assert scene.looks == 1
    (lost,), (back,) = scene.journal.of("device_lost"), scene.journal.of("device_back")
    assert lost["t"] == pytest.approx(0.02 * frame)
    assert (lost["role"], lost["reason"]) == (role, REASON)
    assert ("<microphone_lost>" in abouts(scene)) is (role == MICROPHONE)
    # Who talks at the return is not talked over.
    is_talked_over = is_full_duplex and frame == 20
    assert ("<device_back>" in abouts(scene)) is not is_talked_over
    assert scene.tape.loudest(scene.tape.microphone, lost["t"], back["t"]) == 0
    assert state.pauses[0] == (lost["t"], back["t"])
    assert state.clock.elapsed_s(back["t"]) <= state.clock.elapsed_s(state.at_s)
    check_journal(scene.journal, state)


def abouts(scene: Stage) -> list[str]:
    return [entry["text"] for entry in scene.journal.of("coach_said")]


def test_what_was_said_right_before_is_transcribed_and_kept() -> None:
    whole = stage()
    whole.run()
    (begun, *_) = whole.journal.of("speech_started")
    scene = stage()
    scene.at(round(begun["t"] / 0.02) + 150, loses(scene, MICROPHONE))
    scene.when(lambda: scene.looks == 1, gets_back(scene, MICROPHONE))
    state = scene.run()
    assert TALK[0] in said(state)
    (lost,) = scene.journal.of("device_lost")
    assert scene.journal.of("piece_cut")[0]["t"] == lost["t"]


def test_no_frame_is_played_into_a_lost_loudspeaker() -> None:
    scene = stage()
    scene.at(20, loses(scene, LOUDSPEAKER))
    scene.at(500, gets_back(scene, LOUDSPEAKER))
    scene.run()
    (lost,), (back,) = scene.journal.of("device_lost"), scene.journal.of("device_back")
    assert scene.tape.loudest(scene.tape.coach, lost["t"] + 0.1, back["t"]) == 0
    question = [entry["text"] for entry in scene.journal.of("coach_said")]
    assert "Design a parking garage." in question


@pytest.mark.parametrize(
    ("key", "seconds"), [(CommandName.STOP, 5.0), (None, 300.0)], ids=["stop", "after a long wait"]
)
def test_what_is_given_up_ends_it_with_everything_saved(key: CommandName | None, seconds: float) -> None:
    scene = stage()
    scene.at(400, loses(scene, MICROPHONE))
    if key is not None:
        scene.at(650, lambda: scene.notices.put(key))
    with pytest.raises(AudioDeviceError, match="Blue"):
        scene.run()
    assert scene.rehearsal.state.end_reason == "device lost"
    assert scene.rehearsal.state.at_s == pytest.approx(8.0 + seconds, abs=0.3)
    assert len(scene.journal.of("device_lost")) == 1
    assert scene.assessed[-1].stage is SessionStage.ENDED
    assert scene.journal.lines[-1]["kind"] == "session_ended"
    check_journal(scene.journal, scene.rehearsal.state)


def test_ctrl_c_meanwhile_ends_it_with_everything_saved() -> None:
    scene = stage()
    scene.at(400, loses(scene, MICROPHONE))
    scene.at(700, raises(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        scene.run()
    assert scene.rehearsal.state.end_reason == "interrupted"
    assert scene.assessed


def test_a_machine_that_slept_is_told_and_the_session_goes_on() -> None:
    scene = stage()
    scene.at(450, lambda: scene.news.append(MachineSlept(at_s=0.0, until_s=0.02 * 450, asleep_s=3600.0)))
    state = scene.run()
    assert state.end_reason == "completed"
    assert scene.journal.of("machine_slept")[0]["asleep_s"] == 3600.0
    assert "<slept>" in abouts(scene)
    assert state.pauses[0][1] - state.pauses[0][0] <= 0.2
    check_journal(scene.journal, state)


def test_the_screen_shows_what_is_lost() -> None:
    scene = stage()
    scene.at(400, loses(scene, MICROPHONE))
    scene.at(700, gets_back(scene, MICROPHONE))
    scene.run()
    missing = [snapshot.state.outage is not None for snapshot in scene.shown]
    assert any(missing)
    assert not missing[-1]
