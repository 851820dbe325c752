"""What is said between the steps of an evening: the coach announces, the candidate says go, skip or later.

A straight line over the same source, player, ears and recogniser as a rehearsal has, on the sample clock. Nothing of it
is recorded.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

from voice_coach.coach_speech import CoachSpeech
from voice_coach.core.audio import FRAME_S, AudioFrame, frames_to_s
from voice_coach.core.cues import plain_text
from voice_coach.core.errors import AudioDeviceError
from voice_coach.core.evening import LONGEST_HOURS, SHORTEST_HOURS
from voice_coach.core.evening_said import KEYS, Answer, answer_of
from voice_coach.core.events import DeviceBack, DeviceLost, PlaybackEnded, SpeechStarted
from voice_coach.core.hours_said import hours_said
from voice_coach.listening import hear
from voice_coach.workers import Failed

if TYPE_CHECKING:
    from voice_coach.core.audio import Clip, Piece
    from voice_coach.core.evening import EveningSettings
    from voice_coach.core.spoken_commands import CommandReader
    from voice_coach.core.transcript import Word
    from voice_coach.ports import AudioSource, SpeechToText
    from voice_coach.shell import DeviceNews, Ears, Mouth
    from voice_coach.workers import Workers

T = TypeVar("T")
_MOST_REMINDERS = 2
_OVERTIME = 3.0
"""So many times the silence that was waited for, where it is not silent."""
_BACKSPACE = "\x7f\b"
_ENTER = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lobby:
    """What the talk takes place in."""

    source: AudioSource
    ears: Ears
    mouth: Mouth
    stt: SpeechToText
    workers: Workers
    device_news: Callable[[], Sequence[DeviceNews]]
    look_for_devices: Callable[[], object]
    keys: queue.SimpleQueue[str]
    """Keys that were pressed."""
    reader: CommandReader
    """Of what can be said between steps: its ids are those of :class:`~voice_coach.core.evening_said.Answer`."""
    break_reader: CommandReader
    """Of what can be said in a break."""
    tell: Callable[[str], None]
    """Given what the candidate should know of the devices."""
    show: Callable[[str], None]
    """Given each line that the coach says."""
    hears_over: bool
    """Whether the microphone does not hear the coach, so that it can be talked over."""


@dataclass(frozen=True, slots=True)
class _Rendered:
    utterance: int
    clip: Clip


@dataclass(frozen=True, slots=True)
class _Missed:
    """Something was said, or pressed, that is no answer."""


class Talk:
    """One talk, from the opening of the devices to their closing."""

    def __init__(self, lobby: Lobby, settings: EveningSettings) -> None:
        lobby.ears.endpointer.set_short(is_short=True)
        self._lobby = lobby
        self._settings = settings
        self._speech = CoachSpeech(lobby.mouth.player, lobby.mouth.track)
        self._said = 0
        self._frames = 0
        self._deaf_until = 0
        """The frame from which on the room's echo of the coach is over."""
        self._heard: list[tuple[Word, ...] | str] = []
        """Words of a piece, or a key, that nobody has looked at yet."""
        self._pending = 0
        """Pieces without words yet."""
        self._is_talking = False
        """The candidate."""
        self._is_coach_on = False
        self._lost = ""
        """Why a device is lost."""

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return frames_to_s(self._frames)

    def say(self, text: str) -> None:
        """Say *text*, to its end or until the candidate answers it. Raises AudioDeviceError or EngineError."""
        self._lobby.show(text)
        while not self._say_once(text):
            """The loudspeaker was lost over it, and is back."""

    def ask(self, text: str, remind: str, wait: str) -> Answer | None:
        """The answer to *text*, never again or wait; None where nobody answers for long.

        *remind* is said where there is none, *wait* where a pause is wanted: it is a break then.
        """
        self.say(text)
        reminders, since, read = 0, self._frames, self._answer
        while (waited := frames_to_s(self._frames - since)) < self._settings.longest_wait_s:
            seconds = min(self._settings.wait_s, self._settings.longest_wait_s - waited)
            got = self._wait_for(read, seconds)
            if got is Answer.AGAIN:
                self.say(text)
            elif got is Answer.WAIT:
                self.say(wait)
                reminders, since, read = _MOST_REMINDERS, self._frames, self._answer_in_break
            elif isinstance(got, Answer):
                return got
            elif reminders < _MOST_REMINDERS and (reminders == 0 or isinstance(got, _Missed)):
                reminders += 1
                self.say(remind)
        return None

    def ask_hours(self, text: str, again: str) -> float | None:
        """The hours that are said or typed in answer to *text*; None where neither is understood, asked twice."""
        typed: list[str] = []

        def hours(heard: tuple[Word, ...] | str) -> float | _Missed | None:
            if not isinstance(heard, str):
                return _hours(hours_said(plain_text(heard)))
            if heard in _BACKSPACE:
                del typed[-1:]
                return None
            if heard not in _ENTER:
                typed.append(heard)
                return None
            number = "".join(typed).strip().replace(",", ".")
            typed.clear()
            return _hours(_number(number))

        for line in (text, again):
            self.say(line)
            got = self._wait_for(hours, self._settings.wait_s)
            if isinstance(got, float):
                return got
        return None

    def rest(self, seconds: float) -> Answer | None:
        """Silence for *seconds*, or until the candidate wants something; None: it was not wanted any shorter."""
        until = self._frames + round(seconds / FRAME_S)
        while self._frames < until:
            got = self._wait_for(self._answer_in_break, frames_to_s(until - self._frames))
            if isinstance(got, Answer) and got not in (Answer.AGAIN, Answer.WAIT):
                return got
        return None

    # -- what was said -----------------------------------------------------------------------------------------

    def _answer(self, heard: tuple[Word, ...] | str) -> Answer | _Missed | None:
        if isinstance(heard, str):
            return KEYS.get(heard)
        return (answer_of(self._lobby.reader.command(heard)) or _Missed()) if heard else None

    def _answer_in_break(self, heard: tuple[Word, ...] | str) -> Answer | _Missed | None:
        if isinstance(heard, str):
            return KEYS.get(heard)
        return (answer_of(self._lobby.break_reader.in_pause(heard)) or _Missed()) if heard else None

    def _wait_for(self, read: Callable[[tuple[Word, ...] | str], T | None], seconds: float) -> T | None:
        """What *read* makes of what is heard; None after *seconds* of silence, or longer of talk that goes on."""
        until = self._frames + round(seconds / FRAME_S)
        longest = until + round(_OVERTIME * min(seconds, self._settings.wait_s) / FRAME_S)
        while True:
            while self._heard:
                got = read(self._heard.pop(0))
                if got is not None:
                    return got
            is_heard_out = not (self._is_talking or self._pending)
            if self._frames >= (until if is_heard_out else longest):
                return None
            self._pass()

    def _say_once(self, text: str) -> bool:
        """Whether it was said, or answered; not where a device was lost meanwhile, which is back."""
        self._said += 1
        number = self._said
        voice = self._lobby.mouth.voice
        self._speech.order(number)
        self._is_coach_on = True
        self._lobby.workers.submit("voice", number, lambda: _Rendered(number, voice.render(text)))
        while self._is_coach_on:
            self._is_coach_on = not self._pass()
            if self._lost:
                self._is_coach_on = False
                self._wait_for_devices()
                return False
            if any(isinstance(self._answer(heard), Answer) for heard in self._heard):
                # Where it is not heard yet it has ended with that, and is never rendered.
                self._is_coach_on &= not self._speech.stop(number, frames_to_s(self._frames))
        return True

    def _wait_for_devices(self) -> None:
        """Until they are back. Raises AudioDeviceError where that takes too long."""
        reason, until = self._lost, self._frames + round(self._settings.longest_wait_s / FRAME_S)
        while self._lost:
            if self._frames >= until:
                raise AudioDeviceError(reason)
            self._pass()

    # -- frames ------------------------------------------------------------------------------------------------

    def _pass(self) -> bool:
        """20 ms more; whether a line of the coach ended with them."""
        lobby = self._lobby
        frame = lobby.source.read()
        if frame is None:
            raise AudioDeviceError("the microphone's sound ended; choose another with --input")
        self._take_news()
        lost = frame.index - self._frames
        self._frames = frame.index + 1
        _, playback = self._speech.advance(self._frames)
        ended = [event for event in playback if isinstance(event, PlaybackEnded)]
        canceller = lobby.ears.canceller
        if canceller is not None:
            canceller.miss(lost)
            frame = AudioFrame(index=frame.index, pcm=canceller.cancel(frame.pcm))
        self._hear(frame)
        while not lobby.keys.empty():
            self._heard.append(lobby.keys.get())
        for result in lobby.workers.drain():
            ended += self._collect(result)
        return bool(ended)

    def _take_news(self) -> None:
        for news in self._lobby.device_news():
            if isinstance(news, DeviceLost):
                self._lost = news.reason
                self._lobby.tell(news.reason)
                self._lobby.look_for_devices()
            elif isinstance(news, DeviceBack):
                self._lost = ""
                self._lobby.tell(f"{news.name} is back.")

    def _hear(self, frame: AudioFrame) -> None:
        """Over a loudspeaker the ears are closed while the coach speaks: it would hear itself say "go"."""
        lobby = self._lobby
        if self._is_coach_on and not lobby.hears_over:
            self._deaf_until = frame.index + round(self._settings.deaf_s / FRAME_S)
        if frame.index < self._deaf_until:
            frame = replace(frame, pcm=np.zeros_like(frame.pcm))
        heard = hear(frame, lobby.ears.detector, lobby.ears.endpointer)
        for edge in heard.events:
            self._is_talking = isinstance(edge, SpeechStarted)
        for piece in heard.pieces:
            self._pending += 1
            lobby.workers.submit("ears", piece.id, _Hearing(lobby.stt, piece))

    def _collect(self, result: object) -> list[PlaybackEnded]:
        """What comes of a worker's *result*. Raises what the ears failed of."""
        if isinstance(result, _Rendered):
            self._speech.rendered(result.utterance, result.clip)
        elif isinstance(result, Failed) and result.role == "voice":
            # The line stands on the screen.
            events = self._speech.failed(result.token, frames_to_s(self._frames))
            return [event for event in events if isinstance(event, PlaybackEnded)]
        elif isinstance(result, Failed):
            raise result.error
        elif isinstance(result, tuple):
            self._pending -= 1
            self._heard.append(cast("tuple[Word, ...]", result))
        return []


@dataclass(frozen=True, slots=True)
class _Hearing:
    """A job of the recogniser's."""

    stt: SpeechToText
    piece: Piece

    def __call__(self) -> tuple[Word, ...]:
        return self.stt.transcribe(self.piece)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _hours(said: float | None) -> float | _Missed:
    """Hours that an evening can have."""
    return said if said is not None and SHORTEST_HOURS <= said <= LONGEST_HOURS else _Missed()
