"""What is looked at, what counts as wrong, and what is told as the mend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.adapters.voices import ToneVoice
from tests.compose.small_engines import SmallStt
from tests.fakes import Doubling
from voice_coach.adapters.sound_card import Device, Role, choose
from voice_coach.compose import doctor
from voice_coach.compose.doctor import Found, State, examine, examine_by_voice
from voice_coach.compose.engines import EngineNeeds
from voice_coach.compose.options import InputKind, OutputKind, Speed
from voice_coach.compose.scene import Scene
from voice_coach.compose.sound_check import CheckNeeds
from voice_coach.core.errors import AudioDeviceError
from voice_coach.core.events import EngineFellBack
from voice_coach.core.sound_check import Finding, Verdict
from voice_coach.sound_check import Checked

if TYPE_CHECKING:
    from pathlib import Path

    from voice_coach.adapters.microphone import MicrophoneSettings
    from voice_coach.ports import FarEnd

MICROPHONE = Device(
    index=0,
    name="Blue Yeti",
    host_api="ALSA",
    input_channels=1,
    output_channels=0,
    rate_hz=48_000,
    is_default_input=True,
    is_default_output=False,
)
LOUDSPEAKER = replace(
    MICROPHONE,
    index=1,
    name="Headset",
    input_channels=0,
    output_channels=2,
    is_default_input=False,
    is_default_output=True,
)


class Machine:
    """What the doctor finds. Everything is there until it is taken away."""

    def __init__(self) -> None:
        self.devices = [MICROPHONE, LOUDSPEAKER]
        self.lost: int | AudioDeviceError = 0
        self.fell_back: tuple[EngineFellBack, ...] = ()
        self.needs: list[EngineNeeds] = []
        self.cannot_cancel: str | None = None

    def frames_lost(self, settings: MicrophoneSettings, device: Device) -> int:
        if isinstance(self.lost, AudioDeviceError):
            raise self.lost
        return self.lost

    def make_voice(self, needs: EngineNeeds, on_notice: Callable[[EngineFellBack], None]) -> ToneVoice:
        self.needs.append(needs)
        for event in self.fell_back:
            on_notice(event)
        return ToneVoice()

    def make_canceller(self, far: FarEnd, tell: Callable[[str], None]) -> Doubling | None:
        if self.cannot_cancel is not None:
            tell(self.cannot_cancel)
            return None
        return Doubling()


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    made = Machine()
    monkeypatch.setenv("VOICE_COACH_CONFIG", str(tmp_path / "mine.toml"))
    monkeypatch.setenv("VOICE_COACH_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(doctor, "has_device", lambda role: any(item.channels(role) for item in made.devices))
    monkeypatch.setattr(doctor, "find_device", lambda role, wanted: choose(role, made.devices, wanted))
    monkeypatch.setattr(doctor, "frames_lost", made.frames_lost)
    monkeypatch.setattr(doctor, "make_stt", lambda _: SmallStt([""]))
    monkeypatch.setattr(doctor, "make_voice", made.make_voice)
    monkeypatch.setattr(doctor, "make_canceller", made.make_canceller)
    return made


def found(what: str) -> Found:
    (one,) = (item for item in examine(None) if item.what == what)
    return one


def configured(folder: Path, text: str) -> None:
    (folder / "mine.toml").write_text(text, encoding="utf-8")


def test_all_is_well() -> None:
    assert [item.state for item in examine(None)] == [State.GOOD] * 12


@pytest.mark.parametrize(
    ("what", "name", "setting"),
    [
        ("turn-end hint", "smart-turn", "[turn_hint]\nmodel = ''\n"),
        ("quick recogniser", "faster-whisper base int8", "[stt]\ndraft_model = ''\n"),
    ],
)
def test_a_model_that_is_not_needed_may_be_absent(
    what: str, name: str, setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(what).found == name
    monkeypatch.setenv("VOICE_COACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    absent = found(what)
    assert absent.state is State.NOTE
    assert absent.mend == "run `voice-coach models fetch`"
    configured(tmp_path, setting)
    assert found(what).state is State.GOOD


def test_a_language_model_is_named_and_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("language model").found.startswith("none")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("VOICE_COACH_DATA", str(tmp_path / "data"))
    configured(tmp_path, "[llm]\nbase_url = 'https://a.invalid/v1'\nmodel = 'small'\n")
    told = found("language model").found
    assert told.startswith("small at https://a.invalid/v1, without a key; the first session")
    configured(tmp_path, "[llm]\nbase_url = 'https://api.openai.com/v1'\nmodel = 'small'\n")
    told = found("language model").found
    assert told.startswith("small at https://api.openai.com/v1, with the key in OPENAI_API_KEY; the first")
    assert "sk-secret" not in told


class TestSound:
    def test_without_any_device_a_session_still_works(self, machine: Machine) -> None:
        machine.devices.clear()
        assert [found(role).state for role in Role] == [State.NOTE, State.NOTE]

    def test_one_alone_does_not_do(self, machine: Machine) -> None:
        machine.devices.remove(LOUDSPEAKER)
        assert found("microphone").state is State.GOOD
        assert found("loudspeaker").state is State.BROKEN

    def test_a_microphone_that_cannot_be_opened_is_wrong(self, machine: Machine) -> None:
        machine.lost = AudioDeviceError("the microphone 'Blue Yeti' is busy; end what uses it")
        wrong = found("microphone")
        assert (wrong.state, wrong.mend) == (State.BROKEN, "end what uses it")

    def test_lost_frames_are_told(self, machine: Machine) -> None:
        machine.lost = 7
        told = found("microphone")
        assert told.state is State.NOTE
        assert told.found == "Blue Yeti: 7 of 50 frames were lost within a second"
        assert "latency_s" in told.mend

    def test_without_the_canceller_the_coach_is_told_to_be_deaf(self, machine: Machine) -> None:
        assert "you can talk over the coach" in found("echo").found
        machine.cannot_cancel = "echo cannot be cancelled: no module; install it. The coach does not listen."
        told = found("echo")
        assert told.state is State.NOTE
        assert told.found == "echo cannot be cancelled: no module; the coach does not listen while it speaks"
        assert told.mend.startswith("install it, or wear headphones")

    @pytest.mark.parametrize(
        ("setting", "state"), [("headphones = true", State.GOOD), ("cancels_echo = false", State.NOTE)]
    )
    def test_nor_where_it_is_not_wanted(
        self, machine: Machine, tmp_path: Path, setting: str, state: State
    ) -> None:
        machine.cannot_cancel = "not asked"
        configured(tmp_path, f"[audio]\n{setting}\n")
        assert found("echo").state is state
        assert setting in found("echo").found

    def test_a_configured_device_that_is_absent_is_wrong(self, machine: Machine, tmp_path: Path) -> None:
        configured(tmp_path, "[audio]\ninput = 'Jabra'\n")
        wrong = found("microphone")
        assert wrong.state is State.BROKEN
        assert wrong.found == "no microphone is called 'Jabra'"
        assert wrong.mend.startswith("did you mean 'Blue Yeti'?")
        machine.devices.clear()
        assert [found(role).state for role in Role] == [State.BROKEN, State.BROKEN]

    def test_files_need_no_device(self, machine: Machine, tmp_path: Path) -> None:
        machine.devices.clear()
        talk = tmp_path / "talk.wav"
        configured(tmp_path, f"[audio]\ninput = '{talk}'\n")
        wrong = found("microphone")
        assert (wrong.state, wrong.found) == (State.BROKEN, f"audio.input = '{talk}': no such file")
        assert "config.toml" in wrong.mend
        talk.touch()
        assert found("microphone") == Found(
            what="microphone", state=State.GOOD, found=f"none: {talk} is heard"
        )
        assert not [item for item in examine(None) if item.what == "loudspeaker"]

    @pytest.mark.parametrize(
        ("output", "told"), [("none", "the coach is only shown"), ("both.wav", "written to both.wav")]
    )
    def test_the_coach_need_not_be_heard(
        self, machine: Machine, tmp_path: Path, output: str, told: str
    ) -> None:
        machine.devices.remove(LOUDSPEAKER)
        configured(tmp_path, f"[audio]\noutput = '{output}'\n")
        assert found("loudspeaker") == Found(what="loudspeaker", state=State.GOOD, found=f"none: {told}")


class TestVoice:
    def test_the_reason_for_another_voice_is_told_with_its_mend(self, machine: Machine) -> None:
        reason = "model 'piper-jo' is not on this machine; run `voice-coach models fetch piper-jo`"
        machine.fell_back = (EngineFellBack(at_s=0.0, role="voice", name="piper", to="tone", reason=reason),)
        told = found("voice")
        assert told.state is State.NOTE
        assert told.found.endswith("because piper cannot be used: model 'piper-jo' is not on this machine")
        assert told.mend == "run `voice-coach models fetch piper-jo`"

    def test_a_line_on_disk_proves_nothing(self, machine: Machine) -> None:
        found("voice")
        found("voice")
        first, second = machine.needs
        assert first.cache != second.cache
        assert not first.cache.exists()


class TestFolder:
    def test_a_file_in_its_place_is_wrong(self, tmp_path: Path) -> None:
        configured(tmp_path, f"[session]\nfolder = '{tmp_path / 'mine.toml' / 'talks'}'\n")
        wrong = found("session folder")
        assert (wrong.state, wrong.found) == (State.BROKEN, f"{tmp_path / 'mine.toml'} is no folder")

    def test_one_that_is_still_to_be_made_is_good(self, tmp_path: Path) -> None:
        assert found("session folder").found == str(tmp_path / "data" / "sessions")


class TestByVoice:
    @pytest.fixture
    def checked(self, monkeypatch: pytest.MonkeyPatch) -> list[CheckNeeds]:
        asked: list[CheckNeeds] = []
        outcome = Checked(
            findings=(
                Finding(what="noise", verdict=Verdict.GOOD, found="none"),
                Finding(what="voice", verdict=Verdict.DOUBTED, found="quiet", mend="come closer"),
                Finding(what="words", verdict=Verdict.WRONG, found="none", mend="speak"),
            ),
            took_s=16.0,
        )

        def check(needs: CheckNeeds, _tell: Callable[[str], None]) -> Checked:
            asked.append(needs)
            return outcome

        monkeypatch.setattr(doctor, "check_sound", check)
        return asked

    def live(self, monkeypatch: pytest.MonkeyPatch, *, output: OutputKind = OutputKind.DEVICE) -> None:
        scene = Scene(
            input=InputKind.DEVICE, output=output, input_name=None, output_name=None, speed=Speed.REALTIME
        )
        monkeypatch.setattr(doctor, "choose_scene", lambda *_: scene)

    def test_each_finding_is_one_of_the_doctors(
        self, checked: list[CheckNeeds], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.live(monkeypatch)
        found = list(examine_by_voice(None, [], pytest.fail))
        assert [(item.what, item.state, item.mend) for item in found] == [
            ("sound: noise", State.GOOD, ""),
            ("sound: voice", State.NOTE, "come closer"),
            ("sound: words", State.BROKEN, "speak"),
        ]
        assert len(checked) == 1

    def test_nothing_is_checked_without_what_it_needs(
        self, checked: list[CheckNeeds], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.live(monkeypatch)
        broken = Found(what=Role.LOUDSPEAKER, state=State.BROKEN, found="none", mend="plug one in")
        assert not list(examine_by_voice(None, [broken], pytest.fail))
        self.live(monkeypatch, output=OutputKind.NONE)
        told: list[str] = []
        assert not list(examine_by_voice(None, [replace(broken, what="judge")], told.append))
        assert "only with a microphone and a loudspeaker" in told[0]
        assert not checked


def test_a_broken_configuration_is_told_alone_with_its_mend(tmp_path: Path) -> None:
    configured(tmp_path, "[pace]\nminutes = 0\n")
    (only,) = examine(None)
    assert only.found == f"{tmp_path / 'mine.toml'}:2: pace.minutes: 0 is out of range"
    assert only.mend == "choose between 0.5 and 120"
    configured(tmp_path, "[pace\n")
    (only,) = examine(None)
    assert only.mend == "mend that line"
