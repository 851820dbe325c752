"""The microphone, through PortAudio.

PortAudio calls back on a thread of its own that must never wait. The callback copies the block into a ring,
notes its number and returns; everything else happens in :meth:`Microphone.read`, on the reader's thread.
(What PortAudio calls a frame is one sample; here a frame is 20 ms.)

The number of samples is the clock. A block that finds the ring full, or that the driver reports as lost, is
counted and not kept, so that what follows keeps its place in time.
"""

from __future__ import annotations

import queue
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from voice_coach.adapters.pulse_streams import RECORDING, StreamWatch
from voice_coach.adapters.rate_conversion import RateStream
from voice_coach.adapters.sound_card import (
    Device,
    Form,
    Role,
    find_device,
    library_noise_muted,
    open_stream,
    sound_library,
)
from voice_coach.core.audio import FRAME_S, FRAME_SAMPLES, RATE_HZ, AudioFrame
from voice_coach.core.errors import AudioDeviceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voice_coach.core.audio import Pcm

_BLOCKS_A_SECOND = round(1 / FRAME_S)
_END = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneSettings:
    """How the microphone is opened and when it counts as lost."""

    __pydantic_config__ = {"extra": "forbid"}

    latency_s: float = 0.08
    """Asked of the driver. Under 0.06 s PulseAudio's ALSA plugin starves and the stream dies silently."""
    ring_s: float = 10.0
    """Sound that is kept while the program is busy; what comes on top is dropped and counted."""
    lost_after_s: float = 0.5
    """No sound for so long means that the device is gone: unplugging raises nothing by itself."""
    opening_s: float = 3.0
    """The same before the first sound: Bluetooth and sound servers take their time."""
    refuses_monitor: bool = True
    """Whether recording what a loudspeaker plays counts as no microphone (PulseAudio, PipeWire)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """20 ms as the device gave them."""

    index: int
    """Counts 20 ms since the stream began; lost and dropped ones are counted."""
    samples: NDArray[np.int16]
    """int16, (n, channels)."""


class BlockRing:
    """A fixed number of blocks between a writer that must not wait and a reader that may."""

    def __init__(self, slots: int, samples: int, channels: int) -> None:
        self._slots = np.zeros((slots, samples, channels), dtype=np.int16)
        self._ready: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._written = 0
        self._taken = 0

    def put(self, index: int, samples: NDArray[np.int16]) -> bool:
        """Copy a block in; False when the ring is full and the block was not kept. Never waits."""
        if self._written - self._taken >= len(self._slots):
            return False
        self._slots[self._written % len(self._slots)] = samples
        self._written += 1
        self._ready.put(index)
        return True

    def end(self) -> None:
        """Wake the reader: no block will follow."""
        self._ready.put(_END)

    def get(self, timeout_s: float) -> Block | None:
        """The oldest block; None when none has come for *timeout_s* or the end has."""
        try:
            index = self._ready.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if index == _END:
            return None
        samples = self._slots[self._taken % len(self._slots)].copy()
        self._taken += 1
        return Block(index=index, samples=samples)


class Framer:
    """Cuts blocks of a device's rate into session frames; a gap between blocks is one between frames."""

    def __init__(self, rate_hz: int, first_index: int) -> None:
        self._to_session = RateStream(rate_hz)
        self._first_index = first_index
        self._frames = 0
        self._blocks = 0
        self._gap = 0
        self._rest: Pcm = np.zeros(0, dtype=np.int16)

    def push(self, block: Block) -> None:
        """Add the next block."""
        self._gap = block.index - self._blocks
        self._blocks += 1
        fresh = self._to_session.convert(block.samples[:, 0])
        self._rest = np.concatenate((self._rest, fresh))

    def pop(self) -> AudioFrame | None:
        """The next whole frame, if there is one."""
        if len(self._rest) < FRAME_SAMPLES:
            return None
        pcm, self._rest = self._rest[:FRAME_SAMPLES], self._rest[FRAME_SAMPLES:]
        frame = AudioFrame(index=self._first_index + self._frames + self._gap, pcm=pcm)
        self._frames += 1
        return frame


class Microphone:
    """An :class:`~voice_coach.ports.AudioSource` on a real device. Opened and read from one thread."""

    def __init__(
        self, settings: MicrophoneSettings, device: Device | None = None, first_index: int = 0
    ) -> None:
        """Open *device* (the default one if None) and start. Its first frame gets *first_index*.

        Raises AudioDeviceError: none there, busy, not permitted, or only a loudspeaker's monitor.
        """
        self._settings = settings
        self._device = device or find_device(Role.MICROPHONE)
        self._count = 0
        self._dropped = 0
        self._captured_s: float | None = None
        self._failure: Exception | None = None
        self._has_begun = False
        self._abort = sound_library().CallbackAbort
        self._stream, form = open_stream(
            Role.MICROPHONE, self._device, _forms(self._device), self._make_stream
        )
        self._watch: StreamWatch | None = None
        try:
            self._framer = Framer(form.rate_hz, first_index)
            self._watch = StreamWatch(RECORDING)
            self._check_source()
        except BaseException:
            self.close()
            raise

    @property
    def name(self) -> str:
        """The device's."""
        return self._device.name

    @property
    def dropped_frames(self) -> int:
        """Frames that were lost because the driver or this program was late."""
        return self._dropped

    def read(self) -> AudioFrame:
        """The next frame, waiting for it. Raises AudioDeviceError when the device is lost."""
        while True:
            self._check_source()
            if (frame := self._framer.pop()) is not None:
                return frame
            self._framer.push(self._next_block())

    def has_begun(self) -> bool:
        """Whether sound comes; does not wait for it. Raises AudioDeviceError when the device is lost."""
        self._check_source()
        return self._captured_s is not None

    def close(self) -> None:
        """Let the device go. May be called twice."""
        with library_noise_muted():
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)
        if self._watch is not None:
            self._watch.close()

    def _check_source(self) -> None:
        if self._watch is None:
            return
        if self._watch.is_on_monitor and self._settings.refuses_monitor:
            raise AudioDeviceError(
                f"there is no microphone behind {self._device.name!r}: the sound server gives what the "
                "loudspeaker plays in its place; plug the microphone in"
            )
        if self._watch.is_away:
            raise AudioDeviceError(
                f"the microphone {self._device.name!r} was unplugged: plug it in again, or choose another with --input"
            )

    def _next_block(self) -> Block:
        settings = self._settings
        block = self._ring.get(settings.lost_after_s if self._has_begun else settings.opening_s)
        if block is None:
            raise AudioDeviceError(
                f"the microphone {self._device.name!r} gives no sound any more: plug it in again, "
                "or choose another with --input"
            ) from self._failure
        self._has_begun = True
        return block

    # Any: sounddevice ships no annotations.
    def _make_stream(self, form: Form) -> Any:  # noqa: ANN401
        samples = form.rate_hz // _BLOCKS_A_SECOND
        self._ring = BlockRing(round(self._settings.ring_s / FRAME_S), samples, form.channels)
        return sound_library().InputStream(
            device=self._device.index,
            samplerate=form.rate_hz,
            channels=form.channels,
            dtype="int16",
            blocksize=samples,
            latency=self._settings.latency_s,
            callback=self._on_block,
            finished_callback=self._ring.end,
        )

    def _on_block(self, samples: NDArray[np.int16], _count: int, times: Any, status: Any) -> None:  # noqa: ANN401
        """Called by PortAudio's thread."""
        try:
            if status.input_overflow:
                self._skip_lost(times.inputBufferAdcTime)
            self._captured_s = times.inputBufferAdcTime
            if not self._ring.put(self._count, samples):
                self._dropped += 1
            self._count += 1
        except Exception as err:
            # sounddevice would print it and stop the stream; the reader must know.
            self._failure = err
            raise self._abort from err

    def _skip_lost(self, captured_s: float) -> None:
        if self._captured_s is not None:
            lost = max(0, round((captured_s - self._captured_s) / FRAME_S) - 1)
            self._count += lost
            self._dropped += lost


def frames_lost(settings: MicrophoneSettings, device: Device, seconds: float = 1.0) -> int:
    """How many frames are lost of *seconds* in which nothing else is done but listening to *device*.

    Blocks for as long. Raises AudioDeviceError.
    """
    microphone = Microphone(settings, device)
    try:
        for _ in range(round(seconds / FRAME_S)):
            microphone.read()
    finally:
        microphone.close()
    return microphone.dropped_frames


def _forms(device: Device) -> list[Form]:
    """16 kHz mono where the device (or the system for it) can; else its own rate, converted here."""
    rates = [RATE_HZ, device.rate_hz, 48_000, 44_100]
    channels = [1, 2] if device.input_channels > 1 else [1]
    return [
        Form(rate_hz=rate, channels=count)
        for rate in dict.fromkeys(rate for rate in rates if rate % _BLOCKS_A_SECOND == 0)
        for count in channels
    ]
