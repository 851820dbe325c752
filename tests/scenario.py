"""A conversation in virtual time: what the candidate says and does, and what the core makes of it.

The scenario plays the part of the runtime: ticks pass, pieces are transcribed, the coach's utterances take time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Self

from voice_coach.core import commands, events, session
from voice_coach.core.commands import Note
from voice_coach.core.events import TICK_S, CommandName, Event, Intent
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_state import SessionState
from voice_coach.core.session_step import Book
from voice_coach.core.speaker_pace import SpeakerPace
from voice_coach.core.transcript import Word, laid_out

WORDS_PER_S = 2.5
PIECE_AFTER_S = 0.6
"""Silence after which the words of an utterance are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A line of the coach, as journalled."""

    text: str
    intent: Intent
    about: str | None
    start_s: float
    end_s: float
    because: Mapping[str, object]


@dataclass(slots=True)
class Scenario:
    """Drives ``step``; every event is kept, so that the scenario can be replayed."""

    book: Book
    is_full_duplex: bool = False
    may_echo: bool = False
    reads_feedback: bool = True
    feedback: tuple[str, ...] = ("You said how it would grow.",)
    about: tuple[str | None, ...] = ()
    coach_words_per_s: float = 2.5
    seed: int = 0
    target_s: float = 750.0
    question: str = "any"
    pace: SpeakerPace = field(default_factory=SpeakerPace)
    """What earlier sessions have told of the speaker."""
    keeps_pace: bool = False
    model: str = ""
    """The name of a language model, if there is one."""
    asked_before: tuple[str, ...] = ()
    review_s: float = 0.0
    answers: Callable[[commands.LookUp], events.Reviewed | None] = lambda _: None
    """What is found out when something is asked about the feedback; None: that never ends."""
    state: SessionState = field(default_factory=SessionState)
    recorded: list[Event] = field(default_factory=list)
    issued: list[commands.Command] = field(default_factory=list)
    _ticks: int = 0
    _due: list[tuple[float, int, Callable[[], Event]]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)
    _pieces: count[int] = field(default_factory=count)
    _texts: dict[int, tuple[Word, ...]] = field(default_factory=dict)
    _stops: dict[int, float] = field(default_factory=dict)
    _started: dict[int, float] = field(default_factory=dict)

    @property
    def now_s(self) -> float:
        """Virtual time."""
        return round(self._ticks * TICK_S, 3)

    def begin(self) -> Self:
        """Begin; the coach is about to speak."""
        self.post(
            events.SessionStarted(
                at_s=0.0,
                question=self.question,
                target_s=self.target_s,
                pressure="normal",
                seed=self.seed,
                is_full_duplex=self.is_full_duplex,
                reads_feedback=self.reads_feedback,
                digest="",
                may_echo=self.may_echo,
                pauses=self.pace.monologue,
                short_pauses=self.pace.short,
                keeps_pace=self.keeps_pace,
                model=self.model,
                asked_before=self.asked_before,
                review_s=self.review_s,
            )
        )
        return self

    def start(self) -> Self:
        """Begin, and let the coach ask the question."""
        return self.begin().until(lambda: self.state.speaking is None)

    def candidate_says(self, text: str, *, after_s: float = 1.0, for_s: float | None = None) -> Self:
        """The candidate speaks *text* after a pause of *after_s*; returns when it is over and transcribed."""
        start_s = self.now_s + after_s
        end_s = start_s + (len(text.split()) / WORDS_PER_S if for_s is None else for_s)
        self._at(start_s + 0.1, lambda: events.SpeechStarted(at_s=self.now_s, onset_s=start_s))
        self._at(end_s + 0.3, lambda: events.SpeechEnded(at_s=self.now_s, offset_s=end_s))
        piece = next(self._pieces)
        self._texts[piece] = laid_out(text, start_s, end_s)
        self._at(
            end_s + PIECE_AFTER_S - 0.2,
            lambda: events.PieceCut(
                at_s=self.now_s, piece=piece, start_s=start_s, end_s=end_s + 0.3, voiced_s=end_s - start_s
            ),
        )
        return self.passes(end_s + PIECE_AFTER_S - self.now_s)

    def pieces_say(self, text: str, *, for_s: float) -> Self:
        """*text* was said up to now and has just been cut out; its words come with the next tick."""
        piece, now_s = next(self._pieces), self.now_s
        self._texts[piece] = laid_out(text, now_s - for_s, now_s)
        self.post(
            events.PieceCut(at_s=now_s, piece=piece, start_s=now_s - for_s, end_s=now_s, voiced_s=for_s)
        )
        return self

    def presses(self, name: CommandName) -> Self:
        """A key is pressed now."""
        self.post(events.CommandGiven(at_s=self.now_s, name=name))
        return self

    def passes(self, seconds: float) -> Self:
        """Time goes by."""
        end_s = self.now_s + seconds
        return self.until(lambda: self.now_s >= end_s)

    def until(self, is_reached: Callable[[], bool], *, limit_s: float = 2000.0) -> Self:
        """Time goes by until *is_reached*; fails after *limit_s*."""
        end_s = self.now_s + limit_s
        while not is_reached():
            assert self.now_s < end_s, "never came"
            self._ticks += 1
            self.post(events.Tick(at_s=self.now_s))
            for item in sorted(due for due in self._due if due[0] <= self.now_s):
                self._due.remove(item)
                self.post(item[2]())
        return self

    def until_coach_has_spoken(self) -> Self:
        """Until the coach has said something more and is silent again."""
        before = len(self.said)
        return self.until(lambda: len(self.said) > before and self.state.speaking is None)

    def until_ended(self) -> Self:
        """Until the session is over."""
        return self.until(lambda: self.state.stage is Stage.ENDED)

    def until_it_is_the_candidates_turn(self) -> Self:
        """Until the coach has replied to what was said and is silent."""
        return self.until(lambda: self.state.speaking is None and not self.state.words)

    def post(self, event: Event) -> None:
        """One event, and what follows from it."""
        if not isinstance(event, events.Tick):
            self.recorded.append(event)
        done = session.step(self.state, event, self.book)
        self.state = done.state
        for command in done.commands:
            self.issued.append(command)
            self._carry_out(command)

    @property
    def notes(self) -> list[Note]:
        """Everything noted for the journal."""
        return [command for command in self.issued if isinstance(command, Note)]

    @property
    def said(self) -> list[Said]:
        """What the coach said, in order."""
        return [
            Said(
                text=str(note.content["text"]),
                intent=Intent(str(note.content["intent"])),
                about=None if note.content["about"] is None else str(note.content["about"]),
                start_s=float(str(note.content["start"])),
                end_s=float(str(note.content["end"])),
                because=dict(note.content["because"]),  # type: ignore[call-overload]  # a mapping by contract
            )
            for note in self.notes
            if note.kind == "coach_said"
        ]

    def _at(self, at_s: float, make: Callable[[], Event]) -> None:
        self._due.append((round(at_s, 3), next(self._order), make))

    def _carry_out(self, command: commands.Command) -> None:
        match command:
            case commands.Transcribe():
                words = self._texts.pop(command.piece)
                self._at(
                    self.now_s,
                    lambda: events.Transcribed(at_s=self.now_s, piece=command.piece, words=words),
                )
            case commands.Speak():
                self._speak(command)
            case commands.Replay():
                self._play(command.utterance, command.end_s - command.start_s)
            case commands.LookUp():
                reviewed = self.answers(command)
                if reviewed is not None:
                    self._at(self.now_s, lambda: replace(reviewed, at_s=self.now_s))
            case commands.StopSpeaking():
                self._stops[command.utterance] = self.now_s
                self._at(self.now_s, lambda: self._ended(command.utterance, was_stopped=True))
            case commands.Assess():
                self._at(
                    self.now_s,
                    lambda: events.Assessed(at_s=self.now_s, feedback=self.feedback, about=self.about),
                )
            case _:
                pass

    def _speak(self, command: commands.Speak) -> None:
        self._play(command.utterance, len(command.text.split()) / (self.coach_words_per_s * command.speed))

    def _play(self, utterance: int, duration_s: float) -> None:
        start_s = self.now_s + TICK_S
        self._started[utterance] = start_s
        self._at(
            start_s,
            lambda: events.PlaybackStarted(at_s=self.now_s, utterance=utterance, duration_s=duration_s),
        )
        self._at(start_s + duration_s, lambda: self._ended(utterance, was_stopped=False))

    def _ended(self, utterance: int, *, was_stopped: bool) -> Event:
        played_s = round(self.now_s - self._started[utterance], 3)
        return events.PlaybackEnded(
            at_s=self.now_s, utterance=utterance, played_s=max(0.0, played_s), was_stopped=was_stopped
        )
