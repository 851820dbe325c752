"""A source that goes on from one session to the next: each begins to count its frames anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.core.audio import AudioFrame, frames_to_s

if TYPE_CHECKING:
    from voice_coach.ports import AudioSource


class GoingOn:
    """An :class:`~voice_coach.ports.AudioSource` around another one, from whose next frame on it counts from 0."""

    def __init__(self, source: AudioSource) -> None:
        self._source = source
        self._first: int | None = None

    @property
    def began_s(self) -> float:
        """The other source's time of the first frame that was read here; 0 before it."""
        return frames_to_s(self._first or 0)

    def read(self) -> AudioFrame | None:
        """The next frame."""
        frame = self._source.read()
        if frame is None:
            return None
        if self._first is None:
            self._first = frame.index
        return AudioFrame(index=frame.index - self._first, pcm=frame.pcm)

    def close(self) -> None:
        """The other source goes on: who opened it closes it."""
