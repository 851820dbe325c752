"""A voice that is given the spoken form of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.core.speakable import Pronunciation, spoken_form

if TYPE_CHECKING:
    from voice_coach.core.audio import Clip
    from voice_coach.ports import TextToSpeech


class PronouncingVoice:
    """Hands texts to *voice* in the form it reads well; a cache belongs inside."""

    def __init__(self, voice: TextToSpeech, pronunciation: Pronunciation) -> None:
        self._voice = voice
        self._pronunciation = pronunciation

    @property
    def name(self) -> str:
        """That of the voice within."""
        return self._voice.name

    def render(self, text: str, speed: float = 1.0) -> Clip:
        """*text* spoken at *speed*. Blocks. Raises TextToSpeechError."""
        return self._voice.render(spoken_form(text, self._pronunciation), speed)

    def close(self) -> None:
        """Close the voice within."""
        self._voice.close()
