"""The coach's utterances between the order to speak and the last sample that is heard.

One is wanted at a time. It is rendered by a worker, which takes its time; it may be taken back meanwhile, and then
nothing of it is played. What becomes of it comes out as events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.core.audio import frames_to_s
from voice_coach.core.events import PlaybackEnded, PlaybackStarted

if TYPE_CHECKING:
    from voice_coach.core.audio import Clip, Pcm
    from voice_coach.ports import Player, Progress
    from voice_coach.shell import CoachTrack

Playback = PlaybackStarted | PlaybackEnded


class CoachSpeech:
    """Follows the player, frame by frame."""

    def __init__(self, player: Player, track: CoachTrack) -> None:
        self._player = player
        self._track = track
        self._wanted: int | None = None
        """The utterance that was ordered and has not ended."""
        self._playing: int | None = None
        self._duration_s = 0.0
        self._is_audible = False
        self._was_stopped = False

    def order(self, utterance: int) -> None:
        """*utterance* is to be spoken as soon as it is rendered."""
        self._wanted = utterance
        self._was_stopped = False

    def rendered(self, utterance: int | None, clip: Clip) -> None:
        """*clip* is ready; it begins to play if it is still wanted."""
        if utterance is None or utterance != self._wanted:
            return
        self._playing, self._is_audible = utterance, False
        self._duration_s = clip.duration_s
        self._track.start(utterance, clip)
        self._player.start(utterance, clip)

    def stop(self, utterance: int, now_s: float) -> tuple[Playback, ...]:
        """*utterance* is to fall silent, or is not wanted any more."""
        if self._playing == utterance:
            self._was_stopped = True
            self._player.stop()
            return ()
        return self._unplayed(utterance, now_s, was_stopped=True)

    def failed(self, utterance: object, now_s: float) -> tuple[Playback, ...]:
        """*utterance* could not be rendered."""
        return self._unplayed(utterance, now_s, was_stopped=False)

    def silence(self) -> None:
        """Whatever plays falls silent: the session ends."""
        self._player.stop()

    def advance(self, frames: int) -> tuple[Pcm, tuple[Playback, ...]]:
        """What the coach said during the microphone's frame that makes *frames* of them, and what came of it.

        Raises AudioDeviceError.
        """
        progress = self._player.advance()
        return self._track.frame(progress), tuple(self._followed(progress, frames))

    def _followed(self, progress: Progress, frames: int) -> list[Playback]:
        utterance = self._playing
        if utterance is None or progress.utterance_id != utterance:
            return []
        found: list[Playback] = []
        if not self._is_audible and (progress.played_s > 0 or progress.is_done):
            self._is_audible = True
            duration_s = round(self._duration_s, 3)
            began_s = frames_to_s(frames - 1)
            found.append(PlaybackStarted(at_s=began_s, utterance=utterance, duration_s=duration_s))
        if progress.is_done:
            self._playing = self._wanted = None
            found.append(
                PlaybackEnded(
                    at_s=frames_to_s(frames),
                    utterance=utterance,
                    played_s=round(progress.played_s, 3),
                    was_stopped=self._was_stopped,
                )
            )
        return found

    def _unplayed(self, utterance: object, now_s: float, *, was_stopped: bool) -> tuple[Playback, ...]:
        """The end of an utterance that was never heard; nothing where another one is wanted by now."""
        wanted = self._wanted
        if wanted is None or utterance != wanted:
            return ()
        self._wanted = None
        return (PlaybackEnded(at_s=now_s, utterance=wanted, played_s=0.0, was_stopped=was_stopped),)
