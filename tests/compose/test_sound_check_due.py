"""When the set-up check is due, what is remembered of it, and that no session fails of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.adapters.voices import ToneVoice
from tests.compose.small_engines import CONTENT, SmallStt
from voice_coach import interruption
from voice_coach.adapters.sound_card import Device, Role, choose
from voice_coach.compose import sound_check
from voice_coach.compose.engines import CorrectedSpeech
from voice_coach.compose.options import InputKind, OutputKind, Speed
from voice_coach.compose.scene import Scene
from voice_coach.compose.sound_check import CheckNeeds, check_sound, is_due, known_devices, report
from voice_coach.config import Config
from voice_coach.core.errors import AudioDeviceError, ConfigError
from voice_coach.core.sound_check import Finding, Verdict
from voice_coach.sound_check import Checked, Unwanted

LIVE = Scene(
    input=InputKind.DEVICE,
    output=OutputKind.DEVICE,
    input_name=None,
    output_name=None,
    speed=Speed.REALTIME,
)
RECORDED = replace(LIVE, input=InputKind.FILE, input_name="talk.wav")
HEADLESS = replace(LIVE, input=InputKind.ROOM, output=OutputKind.NONE, is_headless=True)
GOOD = Finding(what="voice", verdict=Verdict.GOOD, found="-28 dBFS")
WRONG = Finding(what="voice", verdict=Verdict.WRONG, found="-60 dBFS", mend="come closer")


@dataclass
class Machine:
    """Its devices, and what becomes of a check."""

    microphone: str = "Blue Yeti (hw:1,0)"
    behind: str = "usb"
    outcome: Checked | BaseException = field(default_factory=lambda: Checked(findings=(GOOD,), took_s=16.4))
    told: list[str] = field(default_factory=list)

    def find(self, role: Role, wanted: str | None) -> Device:
        names = {Role.MICROPHONE: self.microphone, Role.LOUDSPEAKER: "Box"}
        device = Device(
            index=0,
            name=names[role],
            host_api="ALSA",
            input_channels=1,
            output_channels=1,
            rate_hz=48_000,
            is_default_input=True,
            is_default_output=True,
        )
        return choose(role, [device], wanted)

    def checked(self, *_: object) -> Checked:
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome

    def check(self) -> Checked | None:
        needs = CheckNeeds(
            config=Config(),
            texts=CONTENT.sound_check,
            scene=LIVE,
            voice=ToneVoice(),
            stt=CorrectedSpeech(SmallStt([]), None),  # type: ignore[arg-type]  # not asked
        )
        return check_sound(needs, self.told.append)


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    made = Machine()
    monkeypatch.setenv("VOICE_COACH_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(sound_check, "find_device", made.find)
    monkeypatch.setattr(sound_check, "default_device", lambda _: made.behind)
    monkeypatch.setattr(sound_check, "_checked", made.checked)
    return made


class TestDue:
    def test_once_for_each_pair_of_devices(self, machine: Machine) -> None:
        assert is_due(LIVE, Config(), wanted=None)
        machine.check()
        assert not is_due(LIVE, Config(), wanted=None)
        machine.behind = "headset"
        assert is_due(LIVE, Config(), wanted=None)
        machine.check()
        machine.behind = "usb"
        assert not is_due(LIVE, Config(), wanted=None)
        machine.microphone = "Other"
        assert is_due(LIVE, Config(), wanted=None)

    def test_the_number_that_alsa_gives_a_device_is_no_new_device(self, machine: Machine) -> None:
        machine.check()
        machine.microphone = "Blue Yeti (hw:2,0)"
        assert not is_due(LIVE, Config(), wanted=None)

    def test_as_it_is_asked_for(self, machine: Machine) -> None:
        assert not is_due(LIVE, Config(), wanted=False)
        machine.check()
        assert is_due(LIVE, Config(), wanted=True)

    def test_not_where_the_configuration_leaves_it(self) -> None:
        config = Config()
        never = replace(config, sound_check=replace(config.sound_check, at_first=False))
        assert not is_due(LIVE, never, wanted=None)
        assert is_due(LIVE, never, wanted=True)

    def test_never_with_recordings_and_rooms(self) -> None:
        assert not is_due(RECORDED, Config(), wanted=None)
        assert not is_due(HEADLESS, Config(), wanted=None)
        assert not is_due(HEADLESS, Config(), wanted=True)
        with pytest.raises(ConfigError, match="--check: goes with a microphone"):
            is_due(RECORDED, Config(), wanted=True)

    @pytest.mark.parametrize("text", ["", "[]", "{", '{"checked": 3}', '{"checked": ["a", null]}', "\udcff"])
    def test_a_damaged_memory_is_none(self, machine: Machine, text: str) -> None:
        known_devices().parent.mkdir()
        known_devices().write_bytes(text.encode(errors="surrogateescape"))
        assert is_due(LIVE, Config(), wanted=None)
        machine.check()
        assert not is_due(LIVE, Config(), wanted=None)


class TestOutcome:
    def test_what_was_found_is_given_and_the_devices_are_remembered(self, machine: Machine) -> None:
        checked = machine.check()
        assert checked is not None
        assert report(checked) == ["Sound check, 16 s:", "good  voice: -28 dBFS"]
        assert json.loads(known_devices().read_text()) == {"checked": [["Blue Yeti (usb)", "Box (usb)"]]}

    def test_what_is_wrong_is_looked_at_again_next_time(self, machine: Machine) -> None:
        machine.outcome = Checked(findings=(GOOD, WRONG), took_s=16.0)
        checked = machine.check()
        assert checked is not None
        assert report(checked)[2:] == ["wrong voice: -60 dBFS", "      come closer"]
        assert is_due(LIVE, Config(), wanted=None)

    def test_who_skips_it_is_not_asked_again(self, machine: Machine) -> None:
        machine.outcome = Unwanted()
        assert machine.check() is None
        assert machine.told[-1] == "The sound check was skipped."
        assert not is_due(LIVE, Config(), wanted=None)

    @pytest.mark.parametrize("failure", [AudioDeviceError("it is busy; close it"), ZeroDivisionError("bug")])
    def test_whatever_fails_is_told_and_nothing_more(self, machine: Machine, failure: Exception) -> None:
        machine.outcome = failure
        assert machine.check() is None
        assert machine.told[-1] == f"The sound could not be checked: {failure}"
        assert is_due(LIVE, Config(), wanted=None)

    def test_ctrl_c_ends_the_program(self, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        machine.outcome = KeyboardInterrupt()
        with pytest.raises(KeyboardInterrupt):
            machine.check()
        machine.outcome = ImportError("a library made this of it")
        monkeypatch.setattr(interruption, "has_come", lambda: True)
        with pytest.raises(KeyboardInterrupt):
            machine.check()

    def test_a_memory_that_cannot_be_written_is_told(self, machine: Machine) -> None:
        known_devices().parent.write_text("no folder")
        assert machine.check() is not None
        assert "again next time" in machine.told[-1]
