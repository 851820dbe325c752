"""The microphone and the loudspeaker of a live session as one, which outlives both.

PortAudio's list of devices is frozen until it is started anew, and that closes every stream; so one object owns both.
When either is lost, silent frames paced by the monotonic clock carry the session's time on. Once the session has said
what it wants to say over a loudspeaker that is left, both are closed, and the named devices, or the system's default
ones, are opened again and again, until both have worked for a moment. What was lost, came back, or slept is told as
news. All calls come from one thread.
"""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

import numpy as np

from voice_coach.adapters.frame_player import FramePlayer
from voice_coach.core.audio import FRAME_S, FRAME_SAMPLES, AudioFrame, frames_to_s
from voice_coach.core.errors import AudioDeviceError
from voice_coach.core.events import LOUDSPEAKER, MICROPHONE, DeviceBack, DeviceLost, MachineSlept
from voice_coach.ports import AudioSource, Player, Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from voice_coach.core.audio import Clip
    from voice_coach.shell import DeviceNews


_STEP_S = FRAME_S / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCardSettings:
    """How lost devices are looked for, and from when on the machine slept."""

    __pydantic_config__ = {"extra": "forbid"}

    retry_s: float = 0.5
    """Between two looks for a lost device; one takes 0.1 s (measured, PulseAudio)."""
    proof_s: float = 0.7
    """So long must both work before they count as back: a stalled device takes sound for a moment."""
    opening_s: float = 3.0
    """Who has not shown it by then is opened anew."""
    slept_s: float = 3.0
    """The machine was asleep, or no sound came for as long, and then it goes on: a pause."""


class OpenDevice(Protocol):
    """A device with a stream on it."""

    @property
    def name(self) -> str:
        """The device's."""

    def has_begun(self) -> bool:
        """Whether sound passes; does not wait for it. Raises AudioDeviceError when the device is lost."""


class OpenMicrophone(OpenDevice, AudioSource, Protocol):
    """A microphone; its frames count from 0."""


class OpenLoudspeaker(OpenDevice, Player, Protocol):
    """A loudspeaker."""

    @property
    def unheard_s(self) -> float:
        """How long ago the driver last took sound."""


class NoLoudspeaker(FramePlayer):
    """In place of a loudspeaker that is not wanted: it cannot be lost."""

    name = ""
    unheard_s = 0.0

    def has_begun(self) -> bool:
        """At once."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How the devices are had; each call raises AudioDeviceError."""

    microphone: Callable[[], OpenMicrophone]
    loudspeaker: Callable[[], OpenLoudspeaker]
    rescan: Callable[[], object]
    """Look anew which devices there are; no stream is open."""


def slept_so_far_s() -> float:
    """How long this machine has slept since it was started; of use are differences. 0 where the system does not tell.

    The monotonic clock stands while Linux or macOS sleeps; another one goes on.
    """
    clock = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return 0.0 if clock is None else time.clock_gettime(clock) - time.monotonic()


class _Condition(Enum):
    LIVE = auto()
    LOST = auto()
    """A device is lost, and nobody has said yet that it is to be looked for."""
    LOOKING = auto()
    PROVING = auto()
    """Both are open again and have to show that they work."""


class LiveCard:
    """An :class:`~voice_coach.ports.AudioSource` and :class:`~voice_coach.ports.Player` on real devices."""

    def __init__(
        self,
        opening: Opening,
        settings: LiveCardSettings,
        *,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
        slept_so_far: Callable[[], float] = slept_so_far_s,
    ) -> None:
        """Open both devices. Raises AudioDeviceError."""
        self._opening = opening
        self._settings = settings
        self._now = now
        self._wait = wait or threading.Event().wait
        self._slept_so_far = slept_so_far
        self._slept_s = slept_so_far()
        self._loudspeaker: OpenLoudspeaker | None = opening.loudspeaker()
        self._microphone: OpenMicrophone | None = None
        self._progress = Progress(utterance_id=None, played_s=0.0, is_done=True)
        self._news: list[DeviceNews] = []
        self._condition = _Condition.LIVE
        self._next = 0
        """The index of the next frame."""
        self._first = 0
        """The index of the frame that the microphone counts as 0."""
        self._read_s = now()
        """When the last frame was read."""
        self._lost: dict[str, str] = {}
        """The names of lost devices by their roles."""
        self._base_index, self._base_s = 0, 0.0
        """A frame and when it is due while none comes."""
        self._since_s = 0.0
        """When both were last opened, or that failed."""
        try:
            self._microphone = opening.microphone()
        except BaseException:
            self.close()
            raise
        self._names = {MICROPHONE: self._microphone.name, LOUDSPEAKER: self._loudspeaker.name}

    # -- the session's side ------------------------------------------------------------------------------------

    def read(self) -> AudioFrame:
        """The next frame, of silence while a device is lost. Raises AudioDeviceError where no sound ever came."""
        self._note_sleep()
        if self._condition is _Condition.LIVE:
            try:
                return self._live_frame()
            except AudioDeviceError as failure:
                self._lose(MICROPHONE, failure)
        return self._silent_frame()

    def start(self, utterance_id: int, clip: Clip) -> None:
        """Begin to play *clip*; without a loudspeaker it is over at once."""
        if self._loudspeaker is None:
            self._progress = Progress(utterance_id=utterance_id, played_s=0.0, is_done=True)
        else:
            self._loudspeaker.start(utterance_id, clip)

    def stop(self) -> None:
        """Fall silent."""
        if self._loudspeaker is None:
            self._progress = replace(self._progress, is_done=True)
        else:
            self._loudspeaker.stop()

    def advance(self) -> Progress:
        """How far the loudspeaker is, or was when it was lost. Raises AudioDeviceError where it never worked."""
        if self._loudspeaker is not None and self._condition is not _Condition.PROVING:
            try:
                self._progress = self._loudspeaker.advance()
            except AudioDeviceError as failure:
                self._lose(LOUDSPEAKER, failure)
        return self._progress

    def take_news(self) -> list[DeviceNews]:
        """What has happened since the last call."""
        news, self._news = self._news, []
        return news

    def look(self) -> None:
        """Look for what is lost from now on. What plays is dropped."""
        if self._condition is _Condition.LOST:
            self.close()
            self._condition = _Condition.LOOKING
            self._since_s = self._now() - self._settings.retry_s

    def close(self) -> None:
        """Let both devices go. May be called twice."""
        with ExitStack() as stack:
            for device in (self._microphone, self._loudspeaker):
                if device is not None:
                    stack.callback(device.close)
        self._microphone = self._loudspeaker = None

    # -- live --------------------------------------------------------------------------------------------------

    def _live_frame(self) -> AudioFrame:
        assert self._microphone is not None  # noqa: S101 - live
        frame = self._microphone.read()
        assert frame is not None  # noqa: S101 - a microphone is never exhausted
        index = self._first + frame.index
        if frames_to_s(index - self._next) >= self._settings.slept_s:
            self._tell_slept(frames_to_s(index), frames_to_s(index - self._next))
        self._next, self._read_s = index + 1, self._now()
        return AudioFrame(index=index, pcm=frame.pcm)

    def _note_sleep(self) -> None:
        slept_s = self._slept_so_far()
        asleep_s, self._slept_s = slept_s - self._slept_s, slept_s
        if asleep_s >= self._settings.slept_s:
            self._tell_slept(self._at_s, asleep_s)

    def _tell_slept(self, until_s: float, asleep_s: float) -> None:
        self._news.append(MachineSlept(at_s=self._at_s, until_s=until_s, asleep_s=round(asleep_s, 3)))

    @property
    def _at_s(self) -> float:
        return frames_to_s(self._next)

    # -- lost --------------------------------------------------------------------------------------------------

    def _lose(self, role: str, failure: AudioDeviceError) -> None:
        """*role* is lost. Raises *failure* where nothing was ever heard: such a session hardly began."""
        if self._next == 0:
            raise failure
        unheard_s = 0.0
        if role == LOUDSPEAKER and self._loudspeaker is not None:
            unheard_s = self._loudspeaker.unheard_s
            self._loudspeaker.close()
            self._loudspeaker = None
        if not self._lost:
            self._base_index, self._base_s = self._next, self._read_s
        self._condition = _Condition.LOST
        self._lost[role] = self._names[role]
        self._news.append(
            DeviceLost(
                at_s=self._at_s,
                role=role,
                name=self._names[role],
                reason=str(failure),
                heard_until_s=max(0.0, round(self._at_s - unheard_s, 3)),
            )
        )

    def _silent_frame(self) -> AudioFrame:
        """The next frame of silence, when it is due; or the first one of sound again."""
        while self._now() < self._due_s(self._next + 1):
            self._get_on()
            if self._condition is _Condition.LIVE:
                return self.read()
        self._next += 1
        return AudioFrame(index=self._next - 1, pcm=np.zeros(FRAME_SAMPLES, dtype=np.int16))

    def _due_s(self, index: int) -> float:
        return self._base_s + (index - self._base_index) * FRAME_S

    def _get_on(self) -> None:
        """Open what is to be opened, see whether it works, or wait a little."""
        since_s = self._now() - self._since_s
        try:
            if self._condition is _Condition.LOOKING and since_s >= self._settings.retry_s:
                self._open()
            elif self._condition is _Condition.PROVING:
                self._prove(since_s)
            else:
                self._wait(_STEP_S)
        except AudioDeviceError:
            self.close()
            self._condition = _Condition.LOOKING
            self._since_s = self._now()

    def _open(self) -> None:
        self._opening.rescan()
        self._loudspeaker = self._opening.loudspeaker()
        self._microphone = self._opening.microphone()
        self._since_s = self._now()
        self._condition = _Condition.PROVING

    def _prove(self, since_s: float) -> None:
        """Both have been open for *since_s*. Raises AudioDeviceError where one does not work after all."""
        assert self._microphone is not None  # noqa: S101 - open
        assert self._loudspeaker is not None  # noqa: S101 - open
        is_heard, is_played = self._microphone.has_begun(), self._loudspeaker.has_begun()
        if since_s > self._settings.opening_s and not (is_heard and is_played):
            raise AudioDeviceError("it gives no sound")
        if not is_heard:
            self._wait(_STEP_S)
            return
        # Read at once what has come meanwhile: the next frame is that of now.
        frame = self._microphone.read()
        if frame is not None and is_played and since_s >= self._settings.proof_s:
            self._first = self._next - frame.index - 1
            self._go_live(self._microphone.name, self._loudspeaker.name)

    def _go_live(self, microphone: str, loudspeaker: str) -> None:
        self._condition = _Condition.LIVE
        names = {MICROPHONE: microphone, LOUDSPEAKER: loudspeaker}
        self._news += [
            DeviceBack(at_s=self._at_s, role=role, name=names[role], is_replaced=name != names[role])
            for role, name in self._lost.items()
        ]
        self._names, self._lost = names, {}
        self._progress = Progress(utterance_id=None, played_s=0.0, is_done=True)
