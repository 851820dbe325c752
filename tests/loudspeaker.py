"""A room in which the microphone hears the loudspeaker, and a coach who talks in it.

Everything but sound card and recogniser is real: canceller, detector, endpointer and core, on the sample clock.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.core import coach_turn, commands, events, session
from voice_coach.core.audio import FRAME_SAMPLES, RATE_HZ, AudioFrame, Pcm, frames_to_s
from voice_coach.core.events import TICK_S, Intent
from voice_coach.core.interview_state import Line, Reply
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_state import SessionState
from voice_coach.core.session_step import Step
from voice_coach.listening import hear

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voice_coach.core.session_step import Book
    from voice_coach.shell import Ears

TICK_FRAMES = round(TICK_S * RATE_HZ / FRAME_SAMPLES)
SHUTS_UP_FRAMES = 6
"""A sound card plays what it has been given: 0.12 s of it."""
TRANSCRIBED_FRAMES = 25
"""A recogniser takes half a second."""
_REVERBERATION_S = 0.06


class EchoPath:
    """From the loudspeaker to the microphone: a delay, the walls of a room, and a little noise."""

    def __init__(self, *, delay_s: float, gain: float, noise: float = 16.0, seed: int = 1) -> None:
        """The echo has *gain* times the loudspeaker's amplitude; *noise* is the deviation of samples."""
        self._random = np.random.default_rng(seed)
        length = round(_REVERBERATION_S * RATE_HZ)
        walls = self._random.normal(0.0, 1.0, length) * np.exp(-6.9 * np.arange(length) / length)
        walls[0] = 3.0
        self._walls = gain * walls / np.sqrt(np.sum(walls**2))
        self._noise = noise
        self._delay = round(delay_s * RATE_HZ)
        self._far = np.zeros(self._delay + length - 1 + FRAME_SAMPLES)
        self._played: deque[Pcm] = deque()

    def frame(self) -> Pcm:
        """What the loudspeaker played, frame by frame: the far end of the echo."""
        return self._played.popleft()

    def microphone(self, far: Pcm, near: Pcm) -> Pcm:
        """What is heard of *far*, *near* on top; both int16, (320,)."""
        self._played.append(far)
        self._far = np.concatenate((self._far[FRAME_SAMPLES:], far))
        late = self._far[: len(self._far) - self._delay]
        echo = np.convolve(late, self._walls, "valid")[-FRAME_SAMPLES:]
        noise = self._random.normal(0.0, self._noise, FRAME_SAMPLES)
        heard: Pcm = (echo + near + noise).clip(-32768, 32767).astype(np.int16)
        return heard


@dataclass(slots=True)
class CoachInRoom:
    """The coach says lines one after the other; a candidate may be heard at any time, and never in words."""

    book: Book
    ears: Ears
    path: EchoPath
    render: Callable[[str], Pcm]
    """A line as sound, int16 at 16 kHz."""
    may_echo: bool = True
    stops: list[float] = field(default_factory=list)
    """When the core had the coach stop."""
    silent: list[float] = field(default_factory=list)
    """When the coach had fallen silent then."""
    begun: list[tuple[float, str]] = field(default_factory=list)
    """When the coach was heard beginning to say what."""
    state: SessionState = field(default_factory=SessionState)
    frames: int = 0
    ears_s: float = 0.0
    """Processor time that hearing took."""
    _clip: Pcm = field(default_factory=lambda: np.zeros(0, np.int16))
    _utterance: int = 0
    _played: int = 0
    _stop_in: int = 0
    _due: list[tuple[int, events.Event]] = field(default_factory=list)

    @property
    def now_s(self) -> float:
        """Of the session."""
        return frames_to_s(self.frames)

    @property
    def is_speaking(self) -> bool:
        """Whether the coach is at it, or has only stopped for a moment."""
        return self.state.speaking is not None or bool(self.state.interview.owed)

    def says(self, texts: Sequence[str]) -> None:
        """The coach is to say *texts* from now on."""
        lines = tuple(Line(text=text, intent=Intent.ANSWER) for text in texts)
        self.state = SessionState(
            stage=Stage.ANSWERING, is_full_duplex=True, may_echo=self.may_echo, at_s=self.now_s,
            transcript=self.state.transcript, glitch_s=self.state.glitch_s, utterances=self.state.utterances,
        )  # fmt: skip
        self._follow(coach_turn.say(self.state, Reply(state=self.state.interview, lines=lines), {}))

    def loses_frames(self, count: int) -> None:
        """The microphone was not heard for *count* frames, while the coach went on."""
        for _ in range(count):
            far = self._far()
            self.path.microphone(far, np.zeros_like(far))
        if self.ears.canceller is not None:
            self.ears.canceller.miss(count)
        self.frames += count
        self._post(events.FramesLost(at_s=self.now_s, frames=count))

    def passes(self, near: Pcm | None = None) -> None:
        """20 ms, in which the candidate is heard as *near*."""
        far = self._far()
        heard = self.path.microphone(far, np.zeros_like(far) if near is None else near)
        began_s = time.process_time()
        if self.ears.canceller is not None:
            heard = self.ears.canceller.cancel(heard)
        found = hear(AudioFrame(index=self.frames, pcm=heard), self.ears.detector, self.ears.endpointer)
        self.ears_s += time.process_time() - began_s
        self.frames += 1
        if self.frames % TICK_FRAMES == 0:
            self._post(events.Tick(at_s=self.now_s))
        for event in found.events:
            self._post(event)
        for piece in found.pieces:
            cut = events.PieceCut(
                at_s=self.now_s, piece=piece.id, start_s=piece.start_s, end_s=piece.end_s,
                voiced_s=piece.voiced_s,
            )  # fmt: skip
            self._post(cut)
        for due in [item for item in self._due if item[0] <= self.frames]:
            self._due.remove(due)
            self._post(due[1])

    def _far(self) -> Pcm:
        """What the loudspeaker plays next."""
        out = np.zeros(FRAME_SAMPLES, np.int16)
        if not self._utterance:
            return out
        if self._played == 0:
            speaking = self.state.speaking
            assert speaking is not None
            self.begun.append((self.now_s, speaking.line.text))
            self._post(
                events.PlaybackStarted(
                    at_s=self.now_s, utterance=self._utterance, duration_s=len(self._clip) / RATE_HZ
                )
            )
        part = self._clip[self._played : self._played + FRAME_SAMPLES]
        out[: len(part)] = part
        self._played += len(part)
        was_stopped = self._stop_in == 1
        self._stop_in = max(0, self._stop_in - 1)
        if was_stopped or self._played >= len(self._clip):
            ended = events.PlaybackEnded(
                at_s=self.now_s, utterance=self._utterance, played_s=self._played / RATE_HZ,
                was_stopped=was_stopped,
            )  # fmt: skip
            if was_stopped:
                self.silent.append(self.now_s)
            self._utterance = self._stop_in = 0
            self._post(ended)
        return out

    def _post(self, event: events.Event) -> None:
        self._follow(session.step(self.state, event, self.book))

    def _follow(self, done: Step) -> None:
        self.state = done.state
        for command in done.commands:
            match command:
                case commands.Speak():
                    self._utterance, self._played = command.utterance, 0
                    self._clip = self.render(command.text)
                case commands.StopSpeaking():
                    self.stops.append(self.now_s)
                    self._stop_in = SHUTS_UP_FRAMES
                case commands.Listen():
                    self.ears.endpointer.set_short(command.is_short)
                    self.ears.endpointer.set_over_coach(command.is_over_coach)
                case commands.Transcribe():
                    at_s = frames_to_s(self.frames + TRANSCRIBED_FRAMES)
                    words = events.Transcribed(at_s=at_s, piece=command.piece, words=())
                    self._due.append((self.frames + TRANSCRIBED_FRAMES, words))
                case _:
                    pass
