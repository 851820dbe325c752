from __future__ import annotations

import ctypes
import subprocess
import sys
from importlib.abc import MetaPathFinder

import pytest

from voice_coach.adapters import sound_card as adapter
from voice_coach.adapters.sound_card import (
    Device,
    Form,
    Role,
    choose,
    lasting_name,
    library_noise_muted,
    list_devices,
    open_stream,
    rescan,
    sound_library,
)
from voice_coach.core.errors import AudioDeviceError


def device(index: int, name: str, *, inputs: int = 0, outputs: int = 0, **more: object) -> Device:
    values: dict[str, object] = {
        "host_api": "WASAPI",
        "rate_hz": 48_000,
        "is_default_input": False,
        "is_default_output": False,
        **more,
    }
    return Device(index=index, name=name, input_channels=inputs, output_channels=outputs, **values)  # type: ignore[arg-type]


DEVICES = (
    device(0, "Studio USB Microphone", inputs=1, host_api="MME"),
    device(1, "Speakers (Realtek)", outputs=2, host_api="MME"),
    device(2, "Laptop array", inputs=2, is_default_input=True),
    device(3, "Studio USB Microphone", inputs=1),
    device(4, "Headphones", outputs=2, is_default_output=True),
    device(5, "Headphones (hands-free)", inputs=1, outputs=1),
)


@pytest.mark.parametrize(
    ("role", "wanted", "index"),
    [
        (Role.MICROPHONE, None, 2),
        (Role.LOUDSPEAKER, None, 4),
        (Role.MICROPHONE, "array", 2),
        (Role.MICROPHONE, "studio usb", 3),  # the default's host API goes first
        (Role.MICROPHONE, "0", 0),
        (Role.MICROPHONE, 0, 0),
        (Role.MICROPHONE, "headphones", 5),
        (Role.LOUDSPEAKER, "headphones", 4),  # the exact name wins
        (Role.LOUDSPEAKER, " hands-free ", 5),
    ],
)
def test_a_device_is_found(role: Role, wanted: str | int | None, index: int) -> None:
    assert choose(role, DEVICES, wanted).index == index


@pytest.mark.parametrize("wanted", ["Studoi Micro", "1", "99", 99])
def test_an_unknown_name_gets_the_nearest(wanted: str | int) -> None:
    with pytest.raises(AudioDeviceError, match=r"no microphone is called .*did you mean '") as caught:
        choose(Role.MICROPHONE, DEVICES, wanted)
    if wanted == "Studoi Micro":
        assert "did you mean 'Studio USB Microphone'" in str(caught.value)


def test_the_empty_name_matches_nothing() -> None:
    with pytest.raises(AudioDeviceError):
        choose(Role.MICROPHONE, DEVICES, "")


@pytest.mark.parametrize(
    ("role", "mend"), [(Role.MICROPHONE, "--input FILE"), (Role.LOUDSPEAKER, "--output none")]
)
def test_no_device_at_all(role: Role, mend: str) -> None:
    with pytest.raises(AudioDeviceError, match=f"no {role} found: .*{mend}"):
        choose(role, (), None)


def test_without_a_default_the_first_that_fits() -> None:
    assert choose(Role.LOUDSPEAKER, DEVICES[:2], None).index == 1


class Stream:
    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.is_closed = False

    def start(self) -> None:
        if self.failure is not None:
            raise self.failure

    def close(self, *, ignore_errors: bool) -> None:
        assert ignore_errors
        self.is_closed = True


class Card:
    """Refuses forms with given PortAudio codes."""

    def __init__(self, refusals: dict[Form, int]) -> None:
        self.refusals = refusals
        self.asked: list[Form] = []

    def make(self, form: Form) -> Stream:
        self.asked.append(form)
        if form in self.refusals:
            code = self.refusals[form]
            raise sound_library().PortAudioError("refused", code)
        return Stream()


FORMS = [Form(rate_hz=16_000, channels=1), Form(rate_hz=48_000, channels=1), Form(rate_hz=48_000, channels=2)]


@pytest.mark.parametrize("code", [-9997, -9998, -9994])
def test_the_next_form_is_tried_when_the_device_does_not_have_one(code: int) -> None:
    card = Card(dict.fromkeys(FORMS[:2], code))
    _, form = open_stream(Role.MICROPHONE, DEVICES[2], FORMS, card.make)
    assert form == FORMS[2]


@pytest.mark.parametrize(
    ("code", "reason"), [(-9985, "busy: close the program"), (-9999, r"refused.*\(is it plugged in")]
)
def test_another_refusal_is_said_at_once(code: int, reason: str) -> None:
    card = Card({FORMS[0]: code})
    with pytest.raises(AudioDeviceError, match=f"microphone 'Laptop array' cannot be opened: .*{reason}"):
        open_stream(Role.MICROPHONE, DEVICES[2], FORMS, card.make)
    assert card.asked == FORMS[:1]


def test_a_device_without_any_form_is_an_error() -> None:
    card = Card(dict.fromkeys(FORMS, -9997))
    with pytest.raises(AudioDeviceError, match="cannot be opened"):
        open_stream(Role.LOUDSPEAKER, DEVICES[4], FORMS, card.make)


def test_a_stream_that_does_not_start_is_closed() -> None:
    stream = Stream(sound_library().PortAudioError("refused", -9999))
    with pytest.raises(AudioDeviceError, match="cannot be opened: refused"):
        open_stream(Role.LOUDSPEAKER, DEVICES[4], FORMS, lambda _form: stream)
    assert stream.is_closed


@pytest.mark.parametrize("call", ["query_devices", "query_hostapis"])
def test_a_sound_system_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    library = sound_library()

    def refuse() -> None:
        raise library.PortAudioError("Error querying\nmore", -9999)

    monkeypatch.setattr(library, call, refuse)
    with pytest.raises(AudioDeviceError, match=r"does not answer: Error querying.*; restart it"):
        list_devices()


def test_a_sound_system_that_does_not_start_again_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    library = sound_library()

    def refuse() -> None:
        raise library.PortAudioError("Error initializing PortAudio", -9999)

    monkeypatch.setattr(library, "_terminate", refuse)
    with monkeypatch.context() as patch:
        patch.setattr(library, "_initialize", refuse)
        with pytest.raises(AudioDeviceError, match="does not answer: Error initializing"):
            rescan()
    started = []
    monkeypatch.setattr(library, "_initialize", lambda: started.append(True))
    rescan()
    assert started, "what did not start the last time is started the next time"


def test_a_device_chosen_by_number_is_found_again_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    usb = device(6, "USB Audio: - (hw:1,0)", inputs=1)
    monkeypatch.setattr(adapter, "list_devices", lambda: (*DEVICES, usb))
    assert lasting_name(Role.MICROPHONE, "2") == "Laptop array"
    assert lasting_name(Role.MICROPHONE, " 6 ") == "USB Audio: -"
    assert lasting_name(Role.MICROPHONE, "Lapt") == "Lapt"
    assert lasting_name(Role.MICROPHONE, None) is None


def test_what_the_library_writes_by_itself_is_not_seen() -> None:
    program = (
        "import ctypes, os, sys\n"
        "from voice_coach.adapters.sound_card import hush_library\n"
        "libc = ctypes.CDLL(None)\n"
        "def complain():\n"
        "    libc.perror(b'noise')\n"
        "complain()\n"
        "hush_library()\n"
        "complain()\n"
        "print('said', file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.count("noise") == (1 if sys.platform == "linux" else 2)
    assert done.stderr.rstrip().endswith("said")


def test_a_sound_library_that_does_not_start_or_has_no_alsa(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(MetaPathFinder):
        def find_spec(self, name: str, *_: object) -> None:
            if name == "sounddevice":
                raise RuntimeError("Error initializing PortAudio")

    def no_alsa(name: str | None) -> object:
        if name is None:
            return ctypes.PyDLL(None)
        raise OSError(name)

    with monkeypatch.context() as patch:
        patch.delitem(sys.modules, "sounddevice", raising=False)
        patch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
        with pytest.raises(AudioDeviceError, match="does not answer: Error initializing PortAudio"):
            sound_library()
    monkeypatch.setattr(ctypes, "CDLL", no_alsa)
    assert sound_library() is not None


def test_what_the_library_prints_is_muted_and_what_follows_is_not(capfd: pytest.CaptureFixture[str]) -> None:
    with library_noise_muted():
        subprocess.run([sys.executable, "-c", "import os; os.write(2, b'noise')"], check=True)
    subprocess.run([sys.executable, "-c", "import os; os.write(2, b'news')"], check=True)
    assert capfd.readouterr().err == "news"


def test_without_portaudio_there_are_no_devices_and_the_mend_is_said() -> None:
    script = """\
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
sys.meta_path.insert(0, Missing())
from voice_coach.adapters.sound_card import Role, has_device, has_sound_library, list_devices
from voice_coach.core.errors import AudioDeviceError
assert not has_sound_library()
assert not has_device(Role.MICROPHONE)
try:
    list_devices()
except AudioDeviceError as err:
    print(err)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "apt install libportaudio2" in result.stdout
    assert result.stderr == ""
