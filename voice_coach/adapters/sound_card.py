"""The sound devices that PortAudio shows, and how a stream on one is opened.

The list is frozen when PortAudio starts: :func:`rescan` renews it. All calls come from one thread.
"""

from __future__ import annotations

import ctypes
import difflib
import os
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from voice_coach.core.errors import AudioDeviceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_SEE = "`voice-coach devices` lists what there is"
_WRONG_FORM = frozenset({-9998, -9997, -9994})
"""PortAudio's codes (portaudio.h) for channels, a rate or a sample format that the device lacks."""
_BUSY = -9985
"""paDeviceUnavailable."""
_STDERR = 2


class Role(StrEnum):
    """What a device is wanted for."""

    MICROPHONE = "microphone"
    LOUDSPEAKER = "loudspeaker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One entry of PortAudio's list; a piece of hardware may have several, one for each host API."""

    index: int
    name: str
    host_api: str
    input_channels: int
    output_channels: int
    rate_hz: int
    """The rate it prefers."""
    is_default_input: bool
    is_default_output: bool

    def channels(self, role: Role) -> int:
        """How many channels it has for *role*."""
        return self.input_channels if role is Role.MICROPHONE else self.output_channels

    def is_default(self, role: Role) -> bool:
        """Whether the system uses it for *role* unless told otherwise."""
        return self.is_default_input if role is Role.MICROPHONE else self.is_default_output


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How sound is exchanged with a device."""

    rate_hz: int
    channels: int


def sound_library() -> Any:  # noqa: ANN401 - sounddevice ships no annotations
    """The sounddevice module. Raises AudioDeviceError when PortAudio is not installed or does not start."""
    try:
        with library_noise_muted():
            import sounddevice
    except OSError as err:
        raise AudioDeviceError(
            "the sound library PortAudio is missing: install it (Debian, Ubuntu: apt install libportaudio2), "
            "or rehearse with --input FILE --output none"
        ) from err
    except Exception as err:  # PortAudioError, which is not there to be named when the import fails
        raise _no_start(err) from err
    _hush_alsa()
    return sounddevice


def has_sound_library() -> bool:
    """Whether PortAudio is installed; without it there are no devices."""
    try:
        sound_library()
    except AudioDeviceError:
        return False
    return True


def list_devices() -> tuple[Device, ...]:
    """All devices in PortAudio's order. Raises AudioDeviceError when PortAudio is missing or fails."""
    library = sound_library()
    try:
        apis, entries = library.query_hostapis(), library.query_devices()
    except library.PortAudioError as err:
        raise _no_start(err) from err
    default_input, default_output = library.default.device
    return tuple(
        Device(
            index=index,
            name=entry["name"],
            host_api=apis[entry["hostapi"]]["name"],
            input_channels=entry["max_input_channels"],
            output_channels=entry["max_output_channels"],
            rate_hz=round(entry["default_samplerate"]),
            is_default_input=index == default_input,
            is_default_output=index == default_output,
        )
        for index, entry in enumerate(entries)
    )


def has_device(role: Role) -> bool:
    """Whether there is any device for *role*. No sound library counts as no device."""
    return has_sound_library() and any(device.channels(role) for device in list_devices())


def rescan() -> None:
    """Look again which devices there are. No stream may be open. Raises AudioDeviceError."""
    library = sound_library()
    with library_noise_muted():
        # sounddevice has no public way; its documentation of these two names this use.
        with suppress(library.PortAudioError):  # it did not start the last time
            library._terminate()  # noqa: SLF001
        try:
            library._initialize()  # noqa: SLF001
        except library.PortAudioError as err:
            raise _no_start(err) from err


def find_device(role: Role, wanted: str | int | None = None) -> Device:
    """The device for *role* by index, by a part of its name, or the default one.

    Raises AudioDeviceError when there is none, with the nearest names.
    """
    return choose(role, list_devices(), wanted)


def lasting_name(role: Role, wanted: str | None) -> str | None:
    """By what the device *wanted* is found again later: its number changes, and so does ALSA's in its name.

    Raises AudioDeviceError.
    """
    if wanted is None or not wanted.strip().isdecimal():
        return wanted
    return find_device(role, wanted).name.partition(" (hw:")[0]


def choose(role: Role, devices: Sequence[Device], wanted: str | int | None) -> Device:
    """:func:`find_device` for a list that is already at hand."""
    fitting = [device for device in devices if device.channels(role)]
    if not fitting:
        raise AudioDeviceError(
            f"no {role} found: plug one in and check that your user may use it "
            f"(Linux: group audio), or rehearse with {_alternative(role)}"
        )
    # The default's host API first: the same hardware appears under several.
    default = next((device for device in fitting if device.is_default(role)), fitting[0])
    if wanted is None:
        return default
    fitting.sort(key=lambda device: (device.host_api != default.host_api, device.index))
    matches = _matches(fitting, str(wanted).strip().casefold())
    if not matches:
        names = [device.name for device in fitting]
        near = difflib.get_close_matches(str(wanted), names, n=3, cutoff=0.3) or names[:3]
        raise AudioDeviceError(f"no {role} is called {str(wanted)!r}; did you mean {_either(near)}? {_SEE}")
    return matches[0]


def open_stream(
    role: Role, device: Device, forms: Sequence[Form], make: Callable[[Form], Any]
) -> tuple[Any, Form]:
    """A started stream in the first of *forms* that the device has, and that form.

    *make* gives the stream of a form, not yet started. Raises AudioDeviceError with the mend.
    """
    library = sound_library()
    refusal: Exception | None = None
    for form in forms:
        try:
            with library_noise_muted():
                stream = make(form)
                _start(stream)
        except library.PortAudioError as err:
            refusal = err
            if _code(err) in _WRONG_FORM:
                continue
            break
        return stream, form
    raise AudioDeviceError(
        f"the {role} {device.name!r} cannot be opened: {_reason(refusal)}; {_SEE}"
    ) from refusal


def _start(stream: Any) -> None:  # noqa: ANN401 - sounddevice ships no annotations
    try:
        stream.start()
    except BaseException:
        stream.close(ignore_errors=True)
        raise


@contextmanager
def library_noise_muted() -> Iterator[None]:
    """PortAudio and ALSA write each refusal to stderr; the error that is raised says it better."""
    kept, nowhere = os.dup(_STDERR), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDERR)
    try:
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
        os.close(nowhere)


def _hush_alsa() -> None:
    """Keep ALSA's library (Linux) from writing to the terminal whenever a stream runs dry.

    Its error handler is replaced by a function of the C library that does nothing: one in Python would make
    the sound thread wait for the interpreter.
    """
    if sys.platform == "linux":
        nothing = ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p)
        with suppress(OSError):  # a PortAudio without ALSA, which then writes nothing
            ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(nothing)


def hush_library() -> None:
    """Keep PortAudio from writing to the terminal when a stream breaks, for good.

    It does so from a thread of its own and asks nobody, so the C library's ``stderr`` is led elsewhere (glibc);
    Python's own is not.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.fopen.restype = ctypes.c_void_p
        with suppress(ValueError):  # another C library
            ctypes.c_void_p.in_dll(libc, "stderr").value = libc.fopen(os.devnull.encode(), b"w")


def _no_start(err: Exception) -> AudioDeviceError:
    return AudioDeviceError(
        f"the sound system does not answer: {str(err).splitlines()[0]}; restart it, "
        "or rehearse with --input FILE --output none"
    )


def _matches(devices: Sequence[Device], wanted: str) -> list[Device]:
    if wanted.isdecimal():
        return [device for device in devices if device.index == int(wanted)]
    exact = [device for device in devices if device.name.casefold() == wanted]
    return exact or [device for device in devices if wanted and wanted in device.name.casefold()]


def _either(names: Sequence[str]) -> str:
    return " or ".join(repr(name) for name in names)


def _alternative(role: Role) -> str:
    return "--input FILE" if role is Role.MICROPHONE else "--output none"


def _code(err: Exception) -> int:
    """PortAudio's error code; 0 where sounddevice raised by itself."""
    return int(err.args[1]) if len(err.args) > 1 else 0


def _reason(err: Exception | None) -> str:
    if err is None or _code(err) != _BUSY:
        text = str(err).splitlines()[0] if err else "it has no usable form"
        return f"{text} (is it plugged in, and may your user use it?)"
    return "it is busy: close the program that uses it"
