"""Small working stand-ins for everything that a rehearsal runs in."""

from __future__ import annotations

import queue
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.adapters.voices import ToneVoice
from tests.sounds import tone
from voice_coach.adapters.coach_track import CoachTrack
from voice_coach.adapters.frame_player import FramePlayer
from voice_coach.adapters.room import Room
from voice_coach.adapters.room_script import Line, When
from voice_coach.compose.scene import said_in
from voice_coach.core.audio import AudioFrame, Clip, Pcm, Piece
from voice_coach.core.endpointing import Endpointer, EndpointerSettings
from voice_coach.core.errors import SpeechToTextError, StorageError
from voice_coach.core.events import SessionStarted
from voice_coach.core.feedback_line import FeedbackLine
from voice_coach.core.transcript import Word, laid_out
from voice_coach.runtime import Rehearsal
from voice_coach.shell import Ears, Mouth, Records, Shell, Snapshot
from voice_coach.workers import InlineWorkers, Workers, done

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voice_coach.core.events import CommandName, EngineFellBack
    from voice_coach.core.session_state import SessionState
    from voice_coach.core.session_step import Book
    from voice_coach.ports import AudioSource, EchoCanceller, GatedDetector, TurnEndHint
    from voice_coach.shell import DeviceNews, ModelDesk, ReviewDesk, Tape

LOUD = 1000
MOST_FRAMES = 20_000


class LevelDetector:
    """Takes every loud frame for speech."""

    is_gate_open = False

    def __init__(self) -> None:
        self.resets = 0

    def is_speech(self, pcm: Pcm) -> bool:
        return int(np.abs(pcm).max()) > LOUD

    def reset(self) -> None:
        """It has no memory."""
        self.resets += 1


class Doubling:
    """An echo canceller that makes what it hears twice as loud, so that it can be told what has gone through it."""

    def __init__(self) -> None:
        self.frames = 0

    def cancel(self, near: Pcm) -> Pcm:
        self.frames += 1
        return near * np.int16(2)

    def miss(self, frames: int) -> None:
        self.frames += frames


class HookedSource:
    """Another source whose frames can be acted on: *before* is called with the index that comes next.

    What *before* raises comes out of :meth:`read`, as a device's failure would. Frames of *lost* are never seen.
    """

    def __init__(self, source: AudioSource, lost: range = range(0)) -> None:
        self._source = source
        self._lost = lost
        self._next = 0
        self.before: Callable[[int], None] = lambda _: None
        self.ends_at: int | None = None
        self.closed = 0

    def read(self) -> AudioFrame | None:
        assert self._next < MOST_FRAMES, "the session never ended"
        self.before(self._next)
        if self._next == self.ends_at:
            return None
        while True:
            frame = self._source.read()
            assert frame is not None
            self._next = frame.index + 1
            if frame.index not in self._lost:
                return frame

    def close(self) -> None:
        self.closed += 1


class ScriptedStt:
    """Hears the texts it was given, one a piece, then nothing; raises what stands in the place of a text."""

    name = "scripted"

    def __init__(self, texts: Sequence[str | BaseException], language: str | None = None) -> None:
        self.language = language
        self._texts = deque(texts)
        self.heard: list[Piece] = []
        self.hears: Callable[[Piece], str] | None = None
        """In place of those texts: what is heard of a piece."""

    def transcribe(self, piece: Piece) -> tuple[Word, ...]:
        self.heard.append(piece)
        if self.hears is not None:
            return laid_out(self.hears(piece), piece.start_s + 0.3, piece.end_s - 0.3)
        text = self._texts.popleft() if self._texts else ""
        if isinstance(text, BaseException):
            raise text
        return laid_out(text, piece.start_s + 0.3, piece.end_s - 0.3)

    def other_language(self, piece: Piece) -> str | None:
        del piece
        return self.language


class ScriptedHint:
    """Gives one answer whatever it hears; raises it where it is an error."""

    name = "scripted"

    def __init__(self, complete: float | Exception) -> None:
        self._complete = complete
        self.heard: list[Pcm] = []

    def complete(self, pcm: Pcm) -> float:
        self.heard.append(pcm)
        if isinstance(self._complete, Exception):
            raise self._complete
        return self._complete


class MemoryJournal:
    """Keeps the lines; the disk is full from line *full_at* on."""

    def __init__(self, full_at: int | None = None) -> None:
        self.lines: list[dict[str, Any]] = []
        self._full_at = full_at

    def write(self, content: Mapping[str, object]) -> None:
        if self._full_at is not None and len(self.lines) >= self._full_at:
            raise StorageError("journal.jsonl: cannot be written: no space; free space and try again")
        self.lines.append(dict(content))

    def kinds(self) -> list[str]:
        return [str(line["kind"]) for line in self.lines]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["kind"] == kind]


class MemoryTape:
    """Keeps both channels, lost frames as silence; the disk is full from frame *full_at* on."""

    def __init__(self, full_at: int | None = None) -> None:
        self.microphone: dict[int, Pcm] = {}
        self.coach: dict[int, Pcm] = {}
        self._full_at = full_at

    def write(self, frame: AudioFrame, coach: Pcm) -> None:
        if self._full_at is not None and frame.index >= self._full_at:
            raise StorageError("audio.flac: cannot be written: no space; free space and try again")
        self.microphone[frame.index] = frame.pcm
        self.coach[frame.index] = coach

    def loudest(self, channel: Mapping[int, Pcm], start_s: float, end_s: float) -> int:
        """The largest sample from *start_s* to *end_s*."""
        frames = range(round(start_s / 0.02), round(end_s / 0.02))
        return max((int(np.abs(channel[index]).max()) for index in frames if index in channel), default=0)


class ListeningPlayer(FramePlayer):
    """Remembers which utterances were started."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[int] = []
        self.stops = 0

    def start(self, utterance_id: int, clip: Clip) -> None:
        self.started.append(utterance_id)
        super().start(utterance_id, clip)

    def stop(self) -> None:
        self.stops += 1
        super().stop()


class ForgetfulWorkers(InlineWorkers):
    """Ctrl-C comes while the first result *that_is* lies in no hand."""

    def __init__(self, that_is: Callable[[object], bool]) -> None:
        super().__init__()
        self._that_is = that_is
        self._was_interrupted = False

    def drain(self) -> list[object]:
        results = super().drain()
        if not self._was_interrupted and any(map(self._that_is, results)):
            self._was_interrupted = True
            raise KeyboardInterrupt
        return results

    wait = drain


class HeldWorkers:
    """Leaves the jobs of some roles until they are released: engines that take their time."""

    def __init__(self, *roles: str, works_ahead: bool = False) -> None:
        self.works_ahead = works_ahead
        self._roles = roles
        self._held: list[tuple[str, object, Callable[[], object]]] = []
        self._results: list[object] = []

    def submit(self, role: str, token: object, job: Callable[[], object], *, is_urgent: bool = True) -> None:
        if role in self._roles:
            self._held.append((role, token, job))
        else:
            self._results.append(done(role, token, job))

    def release(self) -> None:
        """Do what is waiting, and leave nothing from now on."""
        jobs, self._held, self._roles = self._held, [], ()
        self._results += [done(*job) for job in jobs]

    def drain(self) -> list[object]:
        results, self._results = self._results, []
        return results

    def wait(self) -> list[object]:
        self.release()
        return self.drain()

    def stop(self) -> None:
        self._held.clear()

    def close(self) -> None:
        self._held.clear()


def line(seconds: float = 2.0, *, when: When = When.ASKED, wait_s: float = 0.5) -> Line:
    """Something that a simulated candidate says: a tone."""
    return Line(pcm=tone(seconds), when=when, wait_s=wait_s)


@dataclass(slots=True)
class Stage:
    """A rehearsal with everything that stands around it within reach."""

    book: Book
    lines: Sequence[Line] = ()
    texts: Sequence[str | BaseException] = ()
    workers: Workers = field(default_factory=InlineWorkers)
    voice: ToneVoice = field(default_factory=ToneVoice)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    tape: MemoryTape = field(default_factory=MemoryTape)
    lost: range = range(0)
    feedback: tuple[FeedbackLine, ...] = (FeedbackLine(text="Well done.", about="scale"),)
    is_full_duplex: bool = False
    player: ListeningPlayer = field(default_factory=ListeningPlayer)
    assessed: list[SessionState] = field(default_factory=list)
    fails_to_assess: BaseException | None = None
    shown: list[Snapshot] = field(default_factory=list)
    told: list[EngineFellBack] = field(default_factory=list)
    notices: queue.SimpleQueue[CommandName | EngineFellBack] = field(default_factory=queue.SimpleQueue)
    detector: GatedDetector = field(default_factory=LevelDetector)
    news: list[DeviceNews] = field(default_factory=list)
    looks: int = 0
    canceller: EchoCanceller | None = None
    hint: TurnEndHint | None = None
    model: ModelDesk | None = None
    review: ReviewDesk | None = None
    review_s: float = 0.0
    more_tapes: Sequence[Tape] = ()
    source: HookedSource = field(init=False)
    stt: ScriptedStt = field(init=False)
    drafter: ScriptedStt | None = None
    rehearsal: Rehearsal = field(init=False)

    def __post_init__(self) -> None:
        room = Room(self.lines, self.player)
        self.source = HookedSource(room, self.lost)
        self.stt = ScriptedStt(self.texts)
        shell = Shell(
            source=self.source,
            ears=Ears(
                detector=self.detector,
                endpointer=Endpointer(EndpointerSettings()),
                canceller=self.canceller,
            ),
            mouth=Mouth(voice=self.voice, player=self.player, track=CoachTrack()),
            stt=self.stt,
            drafter=self.drafter,
            workers=self.workers,
            records=Records(journal=self.journal, tapes=[self.tape, *self.more_tapes]),
            assess=self._assess,
            show=self.shown.append,
            tell=self.told.append,
            notices=self.notices,
            said=lambda: said_in(room),
            hint=self.hint,
            model=self.model,
            device_news=self._take_news,
            look_for_devices=self._look,
            review=self.review,
        )
        self.rehearsal = Rehearsal(shell, self.book)

    def run(self) -> SessionState:
        """To the end."""
        return self.rehearsal.run(
            SessionStarted(
                at_s=0.0,
                question="parking",
                target_s=30.0,
                pressure="normal",
                seed=0,
                is_full_duplex=self.is_full_duplex,
                reads_feedback=True,
                digest="",
                may_echo=self.canceller is not None,
                model="" if self.model is None else "small at here",
                review_s=self.review_s,
            )
        )

    def at(self, frame: int, act: Callable[[], object]) -> None:
        """Do *act* before *frame* is read."""
        self.when(lambda: True, act, from_frame=frame)

    def when(self, is_so: Callable[[], bool], act: Callable[[], object], *, from_frame: int = 0) -> None:
        """Do *act* once, before the first frame from *from_frame* on at which *is_so*."""
        before = self.source.before
        done: list[int] = []

        def hook(index: int) -> None:
            before(index)
            if not done and index >= from_frame and is_so():
                done.append(index)
                act()

        self.source.before = hook

    def _take_news(self) -> list[DeviceNews]:
        news, self.news[:] = [*self.news], []
        return news

    def _look(self) -> None:
        self.looks += 1

    def _assess(self, state: SessionState) -> tuple[FeedbackLine, ...]:
        self.assessed.append(state)
        if self.fails_to_assess is not None:
            raise self.fails_to_assess
        return self.feedback


def raises(error: BaseException) -> Callable[[], object]:
    """Something that raises *error* when it is done."""

    def act() -> object:
        raise error

    return act


def deaf(times: int) -> list[Exception]:
    """A recogniser's failures."""
    return [SpeechToTextError("scripted: cannot hear; choose another recogniser") for _ in range(times)]
