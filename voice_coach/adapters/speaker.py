"""The loudspeaker, through PortAudio.

The stream runs as long as the session and carries silence between utterances. The callback, on PortAudio's
thread, copies from the clip that is playing; what has really been heard is worked out from the time at which
the driver says each block reaches the air.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from voice_coach.adapters.handed_over import HandedOver
from voice_coach.adapters.pulse_streams import PLAYING, StreamWatch
from voice_coach.adapters.rate_conversion import converted
from voice_coach.adapters.sound_card import (
    Device,
    Form,
    Role,
    find_device,
    library_noise_muted,
    open_stream,
    sound_library,
)
from voice_coach.core.audio import FRAME_S
from voice_coach.core.errors import AudioDeviceError
from voice_coach.ports import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voice_coach.core.audio import Clip, Pcm

_BLOCKS_A_SECOND = round(1 / FRAME_S)
VOICE_RATE_HZ = 22_050
"""The rate of the clips that both voices give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerSettings:
    """How the loudspeaker is opened, stopped, and when it counts as lost."""

    __pydantic_config__ = {"extra": "forbid"}

    latency_s: float = 0.1
    """Asked of the driver. Less runs dry beside a busy recogniser, more delays a stop."""
    fade_s: float = 0.03
    """Length of the fade when the coach is stopped: shorter clicks, longer is heard as going on."""
    lost_after_s: float = 0.5
    """No call of the driver for so long means that the device is gone."""
    opening_s: float = 3.0
    """The same before its first call."""


class Mark(NamedTuple):
    """When a sample of the clip reaches the air."""

    sample: int
    air_s: float
    """On the stream's clock."""


class Playback:
    """One clip on its way to the device.

    :meth:`fill` belongs to the driver's thread, the rest to the player's.
    """

    def __init__(self, utterance_id: int, pcm: Pcm, rate_hz: int, fade_s: float) -> None:
        """*pcm* is at the stream's rate."""
        self.utterance_id = utterance_id
        self._pcm = pcm.copy()  # a stop fades it in place
        self._rate_hz = rate_hz
        self._fade = round(fade_s * rate_hz)
        self._end = len(pcm)
        self._handed = 0
        self._is_stopping = False
        self._mark: Mark | None = None
        self._left = 0.0

    def stop(self) -> None:
        """Fade out from where the device is."""
        self._is_stopping = True

    def fill(self, out: NDArray[np.int16], air_s: float) -> None:
        """Write the next samples into *out* (int16, (n, channels), zeros), which is heard at *air_s*."""
        if self._is_stopping:
            self._cut()
        taken = self._pcm[self._handed : min(self._end, self._handed + len(out))]
        if len(taken):
            out[: len(taken)] = taken[:, None]
            self._mark = Mark(self._handed, air_s)
            self._handed += len(taken)

    def progress(self, now_s: float) -> Progress:
        """How much has been heard at *now_s* on the stream's clock; never goes back."""
        if self._mark is not None:
            left = self._mark.sample + (now_s - self._mark.air_s) * self._rate_hz
            self._left = max(self._left, min(left, float(self._handed)))
        return Progress(
            utterance_id=self.utterance_id,
            played_s=self._left / self._rate_hz,
            is_done=self._left >= self._end or (self._is_stopping and self._handed == 0),
        )

    def _cut(self) -> None:
        self._is_stopping = False
        length = min(self._fade, self._end - self._handed) if self._handed else 0
        self._end = self._handed + length
        ramp = np.linspace(1.0, 0.0, length)
        self._pcm[self._handed : self._end] = (self._pcm[self._handed : self._end] * ramp).astype(np.int16)


class Speaker:
    """A :class:`~voice_coach.ports.Player` on a real device. Opened and used from one thread."""

    def __init__(
        self,
        settings: SpeakerSettings,
        device: Device | None = None,
        rate_hz: int = VOICE_RATE_HZ,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open *device* (the default one if None) at *rate_hz*, or at its own rate where it refuses.

        Raises AudioDeviceError: none there, busy or not permitted.
        """
        self._settings = settings
        self._device = device or find_device(Role.LOUDSPEAKER)
        self._now = now
        self._playback: Playback | None = None
        self._progress = Progress(utterance_id=None, played_s=0.0, is_done=True)
        self._failure: Exception | None = None
        self._has_ended = False
        self._opened_s = now()
        self._called_s: float | None = None
        self._abort = sound_library().CallbackAbort
        self._handed: HandedOver | None = None
        self._stream, self._form = open_stream(
            Role.LOUDSPEAKER, self._device, _forms(self._device, rate_hz), self._make_stream
        )
        self._watch: StreamWatch | None = None
        try:
            self._watch = StreamWatch(PLAYING)
        except BaseException:
            self.close()
            raise

    @property
    def name(self) -> str:
        """The device's."""
        return self._device.name

    @property
    def unheard_s(self) -> float:
        """How long ago the driver last took sound."""
        return self._now() - (self._opened_s if self._called_s is None else self._called_s)

    def handed_over(self) -> HandedOver:
        """What the driver is given from now on, for who cancels its echo."""
        self._handed = HandedOver(self._form.rate_hz)
        return self._handed

    @property
    def is_speaking(self) -> bool:
        """Whether an utterance was started and had not been heard to its end at the last :meth:`advance`."""
        return not self._progress.is_done

    def start(self, utterance_id: int, clip: Clip) -> None:
        """Begin to play *clip* in place of whatever was playing; returns at once."""
        pcm = converted(clip.pcm, clip.rate_hz, self._form.rate_hz)
        self._progress = Progress(utterance_id=utterance_id, played_s=0.0, is_done=False)
        self._playback = Playback(utterance_id, pcm, self._form.rate_hz, self._settings.fade_s)

    def stop(self) -> None:
        """Fade out and fall silent. What the driver already has, about its latency, is still heard."""
        if self._playback is not None:
            self._playback.stop()

    def advance(self) -> Progress:
        """What has been heard by now. Raises AudioDeviceError when the device is lost."""
        self._check_alive()
        if self._playback is not None:
            self._progress = self._playback.progress(self._stream.time)
        return self._progress

    def has_begun(self) -> bool:
        """Whether the driver takes sound; does not wait for it. Raises AudioDeviceError when the device is lost."""
        self._check_alive()
        return self._called_s is not None

    def close(self) -> None:
        """Let the device go. May be called twice."""
        with library_noise_muted():
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)
        if self._watch is not None:
            self._watch.close()

    def _check_alive(self) -> None:
        patience_s = self._settings.opening_s if self._called_s is None else self._settings.lost_after_s
        if self._watch is not None and self._watch.is_away:
            raise AudioDeviceError(
                f"the loudspeaker {self._device.name!r} was unplugged: plug it in again, "
                "or choose another with --output"
            )
        if self.unheard_s > patience_s or self._has_ended:
            raise AudioDeviceError(
                f"the loudspeaker {self._device.name!r} has stopped playing: plug it in again, "
                "or choose another with --output"
            ) from self._failure

    # Any: sounddevice ships no annotations.
    def _make_stream(self, form: Form) -> Any:  # noqa: ANN401
        return sound_library().OutputStream(
            device=self._device.index,
            samplerate=form.rate_hz,
            channels=form.channels,
            dtype="int16",
            blocksize=form.rate_hz // _BLOCKS_A_SECOND,
            latency=self._settings.latency_s,
            callback=self._on_block,
            finished_callback=self._on_end,
        )

    def _on_block(self, out: NDArray[np.int16], _count: int, times: Any, _status: Any) -> None:  # noqa: ANN401
        """Called by PortAudio's thread."""
        try:
            self._called_s = self._now()
            out.fill(0)
            if self._playback is not None:
                self._playback.fill(out, times.outputBufferDacTime)
            if self._handed is not None:
                self._handed.put(out[:, 0])
        except Exception as err:
            # sounddevice would print it and stop the stream; the player must know.
            self._failure = err
            raise self._abort from err

    def _on_end(self) -> None:
        self._has_ended = True


def _forms(device: Device, rate_hz: int) -> list[Form]:
    """The clips' rate where the device (or the system for it) can; else its own, clips being converted."""
    rates = dict.fromkeys([rate_hz, device.rate_hz, 48_000, 44_100])
    channels = [1, 2] if device.output_channels > 1 else [1]
    return [Form(rate_hz=rate, channels=count) for rate in rates for count in channels]
