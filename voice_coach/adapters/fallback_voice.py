"""Several voices, of which the first that works speaks."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from voice_coach.core.errors import TextToSpeechError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voice_coach.core.audio import Clip
    from voice_coach.ports import TextToSpeech


class FallbackVoice:
    """Speaks with the first of *voices*; when it fails, says so and goes on with the next for good.

    Put a cache inside each voice, not around this one: its name changes with the voice that speaks.
    """

    def __init__(self, voices: Sequence[TextToSpeech], on_fallback: Callable[[str, str, str], None]) -> None:
        """*on_fallback* gets the failed name, the next name and the reason, on the rendering thread."""
        if not voices:
            raise ValueError("a fallback voice needs at least one voice")
        self._voices = tuple(voices)
        self._left = deque(voices)
        self._on_fallback = on_fallback
        self._is_closed = False

    @property
    def name(self) -> str:
        """That of the voice that speaks now."""
        return self._left[0].name

    def render(self, text: str, speed: float = 1.0) -> Clip:
        """*text* spoken at *speed*. Blocks. Raises TextToSpeechError once the last voice fails."""
        while True:
            try:
                return self._left[0].render(text, speed)
            except TextToSpeechError as error:
                # A voice that was closed while it spoke has not failed.
                if len(self._left) == 1 or self._is_closed:
                    raise
                failed = self._left.popleft()
                self._on_fallback(failed.name, self.name, str(error))
                failed.close()

    def close(self) -> None:
        """Close all voices."""
        self._is_closed = True
        for voice in self._voices:
            voice.close()
