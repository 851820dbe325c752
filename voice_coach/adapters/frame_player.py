"""A loudspeaker without a device, which plays on the microphone's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.core.audio import frames_to_s
from voice_coach.ports import Progress

if TYPE_CHECKING:
    from voice_coach.core.audio import Clip


class FramePlayer:
    """A :class:`~voice_coach.ports.Player` whose utterance gets on by 20 ms with each :meth:`advance`.

    Used with simulated rooms, recordings and ``--output none``. It falls silent at once when stopped.
    """

    def __init__(self) -> None:
        self._utterance_id: int | None = None
        self._duration_s = 0.0
        self._frames = 0
        self._is_done = True

    @property
    def is_speaking(self) -> bool:
        """Whether an utterance was started and is neither over nor stopped."""
        return not self._is_done

    def start(self, utterance_id: int, clip: Clip) -> None:
        """Begin *clip* with the next frame, in place of whatever was playing."""
        self._utterance_id = utterance_id
        self._duration_s = clip.duration_s
        self._frames = 0
        self._is_done = False

    def stop(self) -> None:
        """Fall silent."""
        self._is_done = True

    def advance(self) -> Progress:
        """20 ms have passed."""
        if not self._is_done:
            self._frames += 1
            self._is_done = frames_to_s(self._frames) >= self._duration_s
        return Progress(
            utterance_id=self._utterance_id,
            played_s=min(frames_to_s(self._frames), self._duration_s),
            is_done=self._is_done,
        )

    def close(self) -> None:
        """Fall silent."""
        self.stop()
