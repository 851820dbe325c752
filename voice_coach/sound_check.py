"""The set-up check as it goes: the coach speaks, the room is listened to, the candidate says a sentence.

A straight line over the same source, player, ears and recogniser as a rehearsal has, on the sample clock. What was
measured is judged by :mod:`voice_coach.core.sound_check`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np

from voice_coach.coach_speech import CoachSpeech
from voice_coach.core.audio import FRAME_S, Piece, dbfs, frames_to_s
from voice_coach.core.errors import AudioDeviceError
from voice_coach.core.events import DeviceLost, PlaybackEnded
from voice_coach.core.sound_check import Finding, Measures, findings, worst
from voice_coach.core.sound_measures import clipped_share, echo_of, levels_dbfs
from voice_coach.workers import Failed

if TYPE_CHECKING:
    from voice_coach.core.audio import Clip, Pcm
    from voice_coach.core.sound_check import SoundCheckSettings, Way
    from voice_coach.core.transcript import Word
    from voice_coach.ports import AudioSource, SpeechToText
    from voice_coach.prompts.sound_check import SoundCheckTexts
    from voice_coach.shell import DeviceNews, Ears, Mouth
    from voice_coach.workers import Workers

SPOKEN_FRAMES = 10
"""So many frames of voice are somebody who speaks; fewer are a click or a cough."""
ENOUGH_FRAMES = 50
"""So many may be the sentence; after fewer more is waited for."""
PAD_FRAMES = 15
"""Recognisers clip words at the very edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booth:
    """What a check takes place in."""

    source: AudioSource
    ears: Ears
    """Only the detector and the canceller are used."""
    mouth: Mouth
    stt: SpeechToText
    workers: Workers
    device_news: Callable[[], Sequence[DeviceNews]]
    """What has become of the devices since the last call."""
    is_unwanted: Callable[[], bool]
    """Asked all the time: whether the candidate wants no check, or no more of it."""
    show: Callable[[str], None]
    """Given each line that the coach says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A check that came to its end."""

    findings: tuple[Finding, ...]
    took_s: float
    """From the first frame to the last."""


class Unwanted(Exception):  # noqa: N818 - nothing is wrong
    """The candidate has had enough."""


@dataclass(slots=True)
class Stretch:
    """What was heard, frame by frame."""

    near: list[Pcm] = field(default_factory=list)
    """The microphone."""
    left: list[Pcm] = field(default_factory=list)
    """The same without the coach's echo, where there is a canceller."""
    coach: list[Pcm] = field(default_factory=list)
    """What the coach said."""
    voiced: list[bool] = field(default_factory=list)
    """What the detector made of it."""

    @property
    def silent_frames(self) -> int:
        """Since the last voice."""
        return next((at for at, is_voice in enumerate(reversed(self.voiced)) if is_voice), len(self.voiced))

    @property
    def is_spoken(self) -> bool:
        """Whether somebody spoke."""
        return sum(self.voiced) >= SPOKEN_FRAMES

    def voice(self) -> Pcm:
        """The frames of voice, of the microphone itself."""
        return _joined([pcm for pcm, is_voice in zip(self.near, self.voiced, strict=True) if is_voice])


def _joined(frames: Sequence[Pcm]) -> Pcm:
    return np.concatenate(frames) if frames else np.zeros(0, np.int16)


class SoundCheck:
    """One check."""

    def __init__(self, booth: Booth, texts: SoundCheckTexts, way: Way, settings: SoundCheckSettings) -> None:
        """Nothing is heard or said yet."""
        self._booth = booth
        self._texts = texts
        self._way = way
        self._settings = settings
        self._speech = CoachSpeech(booth.mouth.player, booth.mouth.track)
        self._said = 0
        self._frames = 0
        self._lost = 0
        self._failure = ""
        """Of the recogniser."""
        self._values: set[int] = set()
        """The lowest and highest sample of each frame, while they are all the same."""

    def run(self, opening: Clip, asked: Clip) -> Checked:
        """All of it; both clips are the texts' lines of these names, rendered.

        Raises Unwanted, and AudioDeviceError or TextToSpeechError where it cannot be done.
        """
        texts, settings = self._texts, self._settings
        self._say(texts.opening, opening)
        self._listen(settings.settle_s)
        room = self._listen(settings.quiet_s)
        coach = self._say(texts.asked, asked)
        answer = self._answer()
        measured = self._measured(room, coach, answer, self._words(answer))
        found = findings(measured, texts.sentence, self._way, settings)
        told = worst(found)
        line: str = getattr(texts.told, "good" if told is None or told.problem is None else told.problem)
        self._say(line, self._booth.mouth.voice.render(line))
        return Checked(findings=found, took_s=frames_to_s(self._frames))

    # -- steps -------------------------------------------------------------------------------------------------

    def _say(self, text: str, clip: Clip) -> Stretch:
        """What is heard while the coach speaks."""
        self._booth.show(text)
        self._said += 1
        self._speech.order(self._said)
        self._speech.rendered(self._said, clip)
        return self._hear(lambda _, is_over: is_over)

    def _listen(self, seconds: float) -> Stretch:
        return self._hear(lambda stretch, _: len(stretch.near) * FRAME_S >= seconds)

    def _answer(self) -> Stretch:
        """Until the sentence was said, or nobody says it."""
        settings = self._settings

        def is_over(stretch: Stretch, _: bool) -> bool:  # noqa: FBT001 - as it is asked
            heard_s = len(stretch.near) * FRAME_S
            if heard_s <= settings.settle_s:
                stretch.voiced[-1] = False  # the end of the coach's own may still be heard
            is_enough = sum(stretch.voiced) >= ENOUGH_FRAMES or heard_s >= settings.nothing_s
            is_silent = stretch.silent_frames * FRAME_S >= settings.end_s
            return (is_enough and is_silent) or heard_s >= settings.answer_s

        return self._hear(is_over)

    def _words(self, answer: Stretch) -> tuple[Word, ...] | None:
        """What the recogniser makes of it; None where there was no voice, or it takes too long."""
        if not answer.is_spoken:
            return None
        first = max(0, answer.voiced.index(True) - PAD_FRAMES)
        last = len(answer.voiced) - max(0, answer.silent_frames - PAD_FRAMES)
        piece = Piece(
            id=0,
            start_s=0.0,
            pcm=_joined(answer.left[first:last]),
            voiced_s=frames_to_s(sum(answer.voiced)),
        )
        self._booth.workers.submit("ears", None, lambda: self._booth.stt.transcribe(piece))
        results: list[object] = []

        def is_over(*_: object) -> bool:
            results.extend(item for item in self._booth.workers.drain() if item is not None)
            return bool(results) or frames_to_s(self._frames) >= self._settings.words_by_s

        self._hear(is_over)
        if results and isinstance(results[0], Failed):
            self._failure = str(results[0].error)
            return None
        return cast("tuple[Word, ...]", results[0]) if results else None

    # -- frames ------------------------------------------------------------------------------------------------

    def _hear(self, is_over: Callable[[Stretch, bool], bool]) -> Stretch:
        """What is heard until *is_over*, which is asked after each frame and told whether the coach's line ended."""
        stretch = Stretch()
        while not is_over(stretch, self._pass(stretch)):
            pass
        return stretch

    def _pass(self, stretch: Stretch) -> bool:
        """20 ms more; whether a line of the coach ended with them."""
        booth = self._booth
        if booth.is_unwanted():
            booth.mouth.player.stop()
            raise Unwanted
        frame = booth.source.read()
        if frame is None:
            raise AudioDeviceError("the microphone's sound ended; choose another with --input")
        for news in booth.device_news():
            if isinstance(news, DeviceLost):
                raise AudioDeviceError(news.reason)
        lost = frame.index - self._frames
        self._frames, self._lost = frame.index + 1, self._lost + lost
        coach, playback = self._speech.advance(self._frames)
        left, canceller = frame.pcm, booth.ears.canceller
        if canceller is not None:
            canceller.miss(lost)
            left = canceller.cancel(frame.pcm)
        stretch.near.append(frame.pcm)
        stretch.left.append(left)
        stretch.coach.append(coach)
        stretch.voiced.append(booth.ears.detector.is_speech(left))
        if len(self._values) <= 1:
            self._values |= {int(frame.pcm.min()), int(frame.pcm.max())}
        return any(isinstance(event, PlaybackEnded) for event in playback)

    def _measured(
        self, room: Stretch, coach: Stretch, answer: Stretch, words: tuple[Word, ...] | None
    ) -> Measures:
        voice = answer.voice()
        left = _joined(coach.left) if self._booth.ears.canceller is not None else None
        return Measures(
            room_dbfs=tuple(float(level) for level in levels_dbfs(_joined(room.near))),
            room_voice_share=sum(room.voiced) / max(1, len(room.voiced)),
            echo=echo_of(_joined(coach.coach), _joined(coach.near), left),
            level_dbfs=dbfs(voice) if answer.is_spoken else None,
            clipped_share=clipped_share(voice),
            frames=self._frames,
            lost=self._lost,
            words=words,
            failure=self._failure,
            is_dead=len(self._values) <= 1,
        )
