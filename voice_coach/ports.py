"""What the program needs from the outside world, as small protocols.

Each is implemented by at least two adapters. All calls are made from one thread per object unless said.
Failures are raised as the errors of :mod:`voice_coach.core.errors`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from voice_coach.core.audio import AudioFrame, Clip, Pcm, Piece
from voice_coach.core.transcript import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a player has come with the utterance that was started last."""

    utterance_id: int | None
    """None when nothing was started yet."""
    played_s: float
    """Seconds of the clip that have left the loudspeaker."""
    is_done: bool
    """True once the clip was played to its end or stopped."""


class AudioSource(Protocol):
    """A microphone, or something that stands in for one."""

    def read(self) -> AudioFrame | None:
        """The next frame of 20 ms, waiting for it where the source runs in real time; None once it is exhausted.

        Raises AudioDeviceError when the device fails.
        """

    def close(self) -> None:
        """Let the device go. May be called twice."""


class Player(Protocol):
    """A loudspeaker, or something that stands in for one. One utterance at a time."""

    def start(self, utterance_id: int, clip: Clip) -> None:
        """Begin to play *clip*; returns at once."""

    def stop(self) -> None:
        """Fade out and fall silent at once; the rest of the clip is dropped."""

    def advance(self) -> Progress:
        """Called once for every microphone frame, in order. Raises AudioDeviceError when the device fails."""

    def close(self) -> None:
        """Let the device go. May be called twice."""


class VoiceDetector(Protocol):
    """Says frame by frame whether somebody speaks. Keeps its own short memory."""

    def is_speech(self, pcm: Pcm) -> bool:
        """Whether this frame (int16, (320,), 16 kHz) belongs to speech. Frames come in order."""

    def reset(self) -> None:
        """Forget the frames heard so far."""


class GatedDetector(VoiceDetector, Protocol):
    """A detector that also tells what it left unjudged."""

    @property
    def is_gate_open(self) -> bool:
        """Whether the last frame may hold speech, even where it was not called so: such audio is not thrown away."""


class FarEnd(Protocol):
    """What the loudspeaker is given, on the loudspeaker's own clock: silence between the coach's lines too."""

    def frame(self) -> Pcm:
        """The next 20 ms (int16, (320,), 16 kHz), asked for once for each frame of the microphone. Never waits."""


class EchoCanceller(Protocol):
    """Takes the coach's voice out of what the microphone hears. Learns the room while it works."""

    def cancel(self, near: Pcm) -> Pcm:
        """*near*, the microphone's next 20 ms (int16, (320,), 16 kHz), without the loudspeaker's echo."""

    def miss(self, frames: int) -> None:
        """So many *frames* of the microphone were lost, while the loudspeaker went on."""


class SpeechToText(Protocol):
    """A recogniser."""

    @property
    def name(self) -> str:
        """Engine and model, as shown in the analysis."""

    def transcribe(self, piece: Piece) -> tuple[Word, ...]:
        """The words of *piece* with session times. Blocks. Raises SpeechToTextError."""

    def other_language(self, piece: Piece) -> str | None:
        """The language of *piece* by two letters where it clearly is not English; else, and in doubt, None. Blocks."""


class TurnEndHint(Protocol):
    """Tells by the sound of a voice whether its turn is over."""

    @property
    def name(self) -> str:
        """The model, as shown."""

    def complete(self, pcm: Pcm) -> float:
        """How probable it is that who speaks in *pcm* (int16, (n,), 16 kHz) has finished where it ends.

        Only the last seconds count. Blocks. Raises EngineError.
        """


class TextToSpeech(Protocol):
    """A voice."""

    @property
    def name(self) -> str:
        """Engine, voice and rate, as shown."""

    def render(self, text: str, speed: float = 1.0) -> Clip:
        """*text* spoken at *speed*, a multiple of the voice's own rate. Blocks. Raises TextToSpeechError."""

    def close(self) -> None:
        """End any child process. May be called twice."""


class KeyedVoice(TextToSpeech, Protocol):
    """A voice whose clips may be kept."""

    @property
    def key(self) -> str:
        """All that a clip depends on besides its text and speed: the engine and its version, the very voice, the rate
        as the engine takes it. May block for a tenth of a second at first. Raises TextToSpeechError.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """What a language model is asked."""

    instructions: str
    data: str
    """A document of JSON that it is to work on; nothing in it is an instruction."""
    schema_name: str
    schema: Mapping[str, object]
    """JSON Schema of the answer."""
    most_tokens: int
    """Of the answer."""
    limit_s: float
    """An answer that takes longer is worth nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswer:
    """What it answered, not yet checked."""

    text: str
    tokens_in: int | None = None
    """As the endpoint counts them, whatever that is worth; None where it does not."""
    tokens_out: int | None = None


class LanguageModel(Protocol):
    """An endpoint that answers in JSON. May be asked from several threads at once."""

    @property
    def name(self) -> str:
        """The model and where it runs, as shown in the analysis."""

    def answer(self, request: ModelRequest) -> ModelAnswer:
        """The answer to *request*. Blocks. Raises LanguageModelError."""
