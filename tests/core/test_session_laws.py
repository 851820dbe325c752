"""What holds of a rehearsal whatever happens in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.small_book import PHRASES, QUESTION, small_book
from tests.scenario import Scenario
from voice_coach.core import commands, events, journal, session
from voice_coach.core.candidate_turn import UNHEARD_LIMIT_S
from voice_coach.core.clock import PaceSettings
from voice_coach.core.coach_turn import say
from voice_coach.core.events import TICK_S, CommandName, Event, Intent
from voice_coach.core.interview import Interviewer
from voice_coach.core.interview_state import InterviewState, Reply
from voice_coach.core.model_guard import ModelGuard
from voice_coach.core.model_state import Job
from voice_coach.core.session_stage import REVIEW, STAGES, Stage
from voice_coach.core.session_state import SessionState
from voice_coach.core.transcript import Speaker, Word, laid_out
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.llm import load_guard_cues

GUARD = ModelGuard(QUESTION, load_guard_cues(prompts_folder() / "llm"), lambda _: frozenset())
BOOK = replace(small_book(pace=PaceSettings(minutes=0.5)), guard=GUARD)
FRAME_S = 0.02

SAYINGS = (
    *(f"{phrase} fine." for phrase in PHRASES.values()),
    "",
    "How many spaces are there?",
    "Should I paint it?",
    "So how would I do that?",
    "We keep it in Redis and",
    "um",
    "Let me think.",
    "Pause.",
    "Resume.",
    "Stop.",
    "I'm done.",
    "That's my design.",
    "Coach, how much time do I have?",
    "Does that make sense?",
    "Why?",
    "When did I say something about Redis?",
    "I did mention sharding.",
    "Redo.",
    "naïve Ünïcödé 数据库 🎤 e\u0301 “quoted”",
)


@dataclass(frozen=True, slots=True)
class Move:
    """Something that happens; *pick* chooses among what is open, or something that never was."""

    kind: str
    after_frames: int = 0
    pick: int = 0
    text: str = ""
    name: CommandName = CommandName.TIME
    is_so: bool = False


MOVES = st.builds(
    Move,
    kind=st.sampled_from(
        [
            *["coach_plays"] * 12,
            *["candidate_says"] * 6,
            *["wait"] * 3,
            *["speech_started", "speech_ended", "piece", "transcribed", "playback_started", "playback_ended"],
            *["assessed"] * 3,
            *["key"] * 2,
            "fell_back",
            "room_said",
            *["hint", "drafted"] * 3,
            *["model_wrote", "line_ready"] * 3,
            "model_failed",
            *["lost", "back"] * 2,
            *["reviewed"] * 3,
            "slept",
        ]
    ),
    after_frames=st.one_of(st.just(0), st.integers(0, 20), st.integers(0, 1000)),
    pick=st.sampled_from([0, 0, 0, 0, 1, 2, -1]),
    text=st.sampled_from(SAYINGS),
    name=st.sampled_from(CommandName),
    is_so=st.booleans(),
)

_ROLES = (events.MICROPHONE, events.LOUDSPEAKER, "device", events.MICROPHONE)
WHOLE = {
    "coach_plays": (("playback_started", 5), ("playback_ended", 100)),
    "candidate_says": (
        ("speech_started", 50),
        ("speech_ended", 150),
        ("piece", 20),
        ("transcribed", 10),
        ("wait", 800),
    ),
}
"""Moves that happen in one go, each after so many frames: else chance alone would hardly get past the question."""


@dataclass(slots=True)
class World:
    """Posts events as a runtime might, sound or not, and checks every law after each."""

    state: SessionState = field(default_factory=SessionState)
    frames: int = 0
    ticks: int = 0
    recorded: list[Event] = field(default_factory=list)
    lines: list[dict[str, object]] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)
    transcribing: list[int] = field(default_factory=list)
    spoken: list[int] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    assessments: int = 0
    paused_from_s: float | None = None
    pauses: list[tuple[float, float]] = field(default_factory=list)
    asked: dict[int, Job] = field(default_factory=dict)
    """Of the language model."""

    @property
    def now_s(self) -> float:
        return round(self.frames * FRAME_S, 3)

    def start(self, *, is_full_duplex: bool, reads_feedback: bool) -> None:
        self.post(
            events.SessionStarted(
                at_s=0.0,
                question="parking",
                target_s=60.0,
                pressure="normal",
                seed=0,
                is_full_duplex=is_full_duplex,
                reads_feedback=reads_feedback,
                digest="",
                model="small",
                review_s=20.0,
            )
        )

    def passes(self, frames: int) -> None:
        self.frames += frames
        while round((self.ticks + 1) * TICK_S, 3) <= self.now_s:
            self.ticks += 1
            self.post(events.Tick(at_s=round(self.ticks * TICK_S, 3)))

    def make(self, move: Move) -> Event | None:  # noqa: C901, PLR0911, PLR0912 - one branch an event
        now_s = self.now_s
        match move.kind:
            case "speech_started":
                return events.SpeechStarted(at_s=now_s, onset_s=max(0.0, round(now_s - 0.1, 3)))
            case "speech_ended":
                return events.SpeechEnded(at_s=now_s, offset_s=max(0.0, round(now_s - 0.3, 3)))
            case "hint":
                offset_s = self.state.last_offset_s if move.is_so else now_s
                return events.HintHeard(at_s=now_s, offset_s=offset_s, complete=0.95)
            case "piece":
                start_s = max(0.0, round(now_s - 2.0, 3))
                return events.PieceCut(
                    at_s=now_s, piece=len(self.cut), start_s=start_s, end_s=now_s, voiced_s=1.0
                )
            case "transcribed":
                words = laid_out(move.text, max(0.0, now_s - 2.0), now_s)
                return events.Transcribed(
                    at_s=now_s, piece=_picked(self.transcribing, move.pick), words=words
                )
            case "drafted":
                start_s = max(0.0, now_s - 2.0)
                return events.Drafted(
                    at_s=now_s, start_s=start_s, end_s=now_s, words=laid_out(move.text, start_s, now_s)
                )
            case "playback_started":
                return events.PlaybackStarted(
                    at_s=now_s, utterance=_picked(self.spoken, move.pick), duration_s=2.0
                )
            case "playback_ended":
                return events.PlaybackEnded(
                    at_s=now_s,
                    utterance=_picked(self.spoken, move.pick),
                    played_s=1.3,
                    was_stopped=move.is_so,
                )
            case "assessed":
                return events.Assessed(at_s=now_s, feedback=(move.text,) if move.text else ())
            case "key":
                return events.CommandGiven(at_s=now_s, name=move.name)
            case "fell_back":
                return events.EngineFellBack(at_s=now_s, role="voice", name="a", to=None, reason=move.text)
            case "lost":
                role = _ROLES[move.pick]
                return events.DeviceLost(
                    at_s=now_s,
                    role=role,
                    name="",
                    reason="gone",
                    heard_until_s=max(0.0, round(now_s - 0.5, 3)),
                )
            case "back":
                role = _ROLES[move.pick]
                return events.DeviceBack(at_s=now_s, role=role, name="", is_replaced=move.is_so)
            case "slept":
                return events.MachineSlept(at_s=now_s, until_s=round(now_s + move.pick, 3), asleep_s=9.0)
            case "reviewed":
                return events.Reviewed(
                    at_s=now_s,
                    request=self.state.review.requests + min(move.pick, 0),
                    lines=(move.text,) if move.text else (),
                    about="scale",
                    start_s=1.0 if move.is_so else None,
                    end_s=2.0 if move.is_so else None,
                    quote="my words" if move.is_so else "",
                    before="not_met" if move.pick else "",
                    after="met" if move.pick else "",
                    has_failed=move.pick == 2,
                )
            case "model_wrote" | "line_ready" | "model_failed":
                request = _picked([*self.asked], -1 - move.pick if move.is_so else move.pick)
                return self._of_model(move, request)
            case "room_said":
                return events.RoomSaid(at_s=now_s, index=move.pick, start_s=0.0, end_s=now_s)
            case _:
                return None

    def _of_model(self, move: Move, request: int) -> Event:
        job = self.asked.get(request, Job.FOLLOW_UP)
        match move.kind:
            case "model_wrote":
                text = move.text if move.pick else "So what happens to the cars that are inside?"
                return events.ModelWrote(at_s=self.now_s, request=request, job=job, text=text, tokens=9)
            case "line_ready":
                return events.LineReady(at_s=self.now_s, request=request)
            case _:
                return events.ModelFailed(at_s=self.now_s, request=request, job=job, fault=move.text)

    def post(self, event: Event) -> None:
        if not isinstance(event, events.Tick):
            self.recorded.append(event)
            self.lines.append(journal.encode(event))
        before = self.state
        done = session.step(before, event, BOOK)
        self.state = done.state
        self._note(event)
        self._check(before, event, done.commands)
        for command in done.commands:
            if isinstance(command, commands.Assess):
                self.assessments += 1

    def _note(self, event: Event) -> None:
        if isinstance(event, events.PieceCut):
            self.cut.append(event.piece)
        if isinstance(event, events.Transcribed) and event.piece in self.transcribing:
            self.transcribing.remove(event.piece)
        if isinstance(event, events.PlaybackEnded) and event.utterance in self.spoken:
            self.spoken.remove(event.utterance)
            self.ended.append(event.utterance)

    def _check(self, before: SessionState, event: Event, issued: tuple[commands.Command, ...]) -> None:
        after = self.state
        assert after.stage is before.stage or after.stage in STAGES[before.stage]
        assert after.at_s >= before.at_s
        _check_clock(before, after)
        _check_review(before, after)
        if _is_stale(before, event):
            assert replace(after, at_s=before.at_s) == before
            assert not issued
        if after.stage is Stage.ENDED:
            assert not after.queue
        if before.stage is Stage.ENDED:
            assert not issued
            assert replace(
                after,
                transcript=before.transcript,
                pending=before.pending,
                heard=before.heard,
                drafts=before.drafts,
            ) == (before)
        for command in issued:
            self._check_command(command)
            _check_decision(before, command)
        self._note_pause(after)
        assert (after.speaking is None) is (not self.spoken or after.stage is Stage.ENDED)

    def _note_pause(self, state: SessionState) -> None:
        if state.is_paused and self.paused_from_s is None:
            self.paused_from_s = state.at_s
        elif not state.is_paused and self.paused_from_s is not None:
            self.pauses.append((self.paused_from_s, state.at_s))
            self.paused_from_s = None

    def _check_command(self, command: commands.Command) -> None:
        match command:
            case commands.Speak() | commands.Replay():
                assert not self.spoken, "two at once"
                if isinstance(command, commands.Speak):
                    assert command.text
                assert command.utterance == len(self.ended) + 1
                self.spoken.append(command.utterance)
            case commands.StopSpeaking():
                assert command.utterance in self.spoken
                assert command.utterance not in self.stopped
                self.stopped.append(command.utterance)
            case commands.Transcribe():
                assert command.piece == self.cut[-1]
                assert command.piece not in self.transcribing
                self.transcribing.append(command.piece)
            case commands.AskModel():
                assert command.request not in self.asked
                self.asked[command.request] = command.job
            case commands.Note():
                self.lines.append({**command.content, "kind": command.kind})
            case _:
                pass


def _picked(items: list[int], pick: int) -> int:
    """One of *items*, or a number that was never given out."""
    return items[pick % len(items)] if items and pick >= 0 else 1000 + pick


def _is_stale(state: SessionState, event: Event) -> bool:
    match event:
        case events.Transcribed():
            return event.piece not in state.pending
        case events.PlaybackStarted() | events.PlaybackEnded():
            return state.speaking is None or state.speaking.utterance != event.utterance
        case events.Assessed():
            return state.stage is not Stage.ASSESSING
        case events.Reviewed():
            return state.review.ask is None or event.request != state.review.requests
        case _:
            return False


def _check_clock(before: SessionState, after: SessionState) -> None:
    is_candidates_turn = (
        after.stage in (Stage.ANSWERING, Stage.WRAPPING_UP) and after.speaking is None and not after.is_paused
    )
    assert (after.clock.since_s is not None) is is_candidates_turn
    assert after.outage is None or after.clock.since_s is None
    gone_s = after.clock.elapsed_s(after.at_s) - before.clock.elapsed_s(before.at_s)
    assert -1e-9 <= gone_s <= after.at_s - before.at_s + 1e-9


def _check_review(before: SessionState, after: SessionState) -> None:
    """Nothing that comes after the verdicts touches what they are about."""
    if before.stage in REVIEW:
        assert after.transcript == before.transcript
        assert after.answer_s == before.answer_s
    for correction in after.review.corrections[len(before.review.corrections) :]:
        assert correction.before != correction.after


def _check_decision(before: SessionState, command: commands.Command) -> None:
    """Nothing is judged over words that are still to come, and nothing decided but on a draft of them."""
    if isinstance(command, commands.Assess):
        assert not before.pending
    if isinstance(command, commands.Note) and command.kind == "turn_ended":
        assert command.content["drafted"] or not before.pending
        assert before.voice_since_s is None
        assert before.speaking is None
        assert not before.is_paused


def played(moves: list[Move], *, is_full_duplex: bool, reads_feedback: bool) -> World:
    world = World()
    world.start(is_full_duplex=is_full_duplex, reads_feedback=reads_feedback)
    for move in moves:
        for kind, frames in WHOLE.get(move.kind, ((move.kind, move.after_frames),)):
            world.passes(frames)
            event = world.make(replace(move, kind=kind))
            if event is not None:
                world.post(event)
    return world


def reviewed(moves: list[Move], *, is_full_duplex: bool) -> World:
    """A world whose feedback begins to be read before the *moves*."""
    world = World()
    world.start(is_full_duplex=is_full_duplex, reads_feedback=True)
    world.post(events.CommandGiven(at_s=0.0, name=CommandName.STOP))
    while world.state.stage is not Stage.ASSESSING:
        if world.spoken:
            event = world.make(Move(kind="playback_ended"))
            assert event is not None
            world.post(event)
        world.passes(10)
    world.post(
        events.Assessed(at_s=world.now_s, feedback=("You named it.", "Say why."), about=("scale", "scale"))
    )
    for move in moves:
        for kind, frames in WHOLE.get(move.kind, ((move.kind, move.after_frames),)):
            world.passes(frames)
            event = world.make(replace(move, kind=kind))
            if event is not None:
                world.post(event)
    return world


WORLDS = st.builds(
    played,
    st.lists(MOVES, min_size=25, max_size=80),
    is_full_duplex=st.booleans(),
    reads_feedback=st.booleans(),
)


@settings(max_examples=100, deadline=None)
@given(WORLDS)
def test_any_events_leave_a_legal_state(world: World) -> None:
    """Building the world checks stages, clock, utterances, pieces and stale results after every event."""
    assert world.state.pending == set(world.transcribing)
    assert world.assessments <= 1
    assert world.state.utterances == len(world.ended) + len(world.spoken)
    _check_times([float(str(line["t"])) for line in world.lines])
    _check_times([turn.start_s for turn in world.state.transcript.turns])
    for turn in world.state.transcript.turns:
        _check_times([word.start_s for word in turn.words])
    heard = [word.start_s for word in world.state.transcript.by(Speaker.CANDIDATE)]
    assert not [at_s for at_s in heard for start_s, end_s in world.pauses if start_s <= at_s < end_s]
    assert world.paused_from_s is None or all(at_s < world.paused_from_s for at_s in heard)


def _check_times(times: list[float]) -> None:
    assert times == sorted(times)


@settings(max_examples=60, deadline=None)
@given(st.builds(reviewed, st.lists(MOVES, min_size=10, max_size=50), is_full_duplex=st.booleans()))
def test_any_events_after_the_answer_leave_it_alone_and_replay(world: World) -> None:
    lines = [journal.to_line(line) for line in world.lines]
    again = [event for line in journal.parse(lines) if (event := journal.decode(line)) is not None]
    replayed = session.replay(
        [*again, events.RoomSaid(at_s=world.now_s, index=0, start_s=0.0, end_s=0.0)], BOOK
    )
    assert replayed.review == world.state.review
    assert replayed.transcript == world.state.transcript


@settings(max_examples=40, deadline=None)
@given(WORLDS)
def test_the_journal_alone_gives_the_same_state(world: World) -> None:
    world.post(events.RoomSaid(at_s=world.now_s, index=0, start_s=0.0, end_s=0.0))
    lines = [journal.to_line(line) for line in world.lines]
    again = [event for line in journal.parse(lines) if (event := journal.decode(line)) is not None]
    assert again == world.recorded
    assert session.replay(again, BOOK) == world.state
    notes = session.decisions(again, BOOK)
    noted = [line for line in world.lines if line["kind"] not in journal.KINDS]
    assert [{**note.content, "kind": note.kind} for note in notes] == noted


@settings(max_examples=20, deadline=None)
@given(WORLDS)
def test_an_end_is_an_end(world: World) -> None:
    before = world.state
    world.post(events.InputEnded(at_s=world.now_s, reason="unplugged"))
    assert world.state.stage is Stage.ENDED
    assert world.state.end_reason == (before.end_reason if before.stage is Stage.ENDED else "unplugged")
    assert [line["kind"] for line in world.lines].count("session_ended") == 1
    for name in CommandName:
        world.post(events.CommandGiven(at_s=world.now_s, name=name))
    world.passes(500)


def test_an_end_during_the_question_leaves_nothing_to_say() -> None:
    world = World()
    world.start(is_full_duplex=False, reads_feedback=True)
    assert world.state.queue
    world.post(events.InputEnded(at_s=0.0, reason="unplugged"))
    assert world.stopped == [1]


def test_a_reply_that_leads_back_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="cannot go from closing to answering"):
        say(SessionState(stage=Stage.CLOSING), Reply(state=InterviewState(), stage=Stage.ANSWERING), {})


TALK = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.sampled_from([text for text in SAYINGS if text]), st.floats(0.2, 20.0)),
        st.tuples(st.just("press"), st.sampled_from(CommandName), st.just(0.0)),
        st.tuples(st.just("wait"), st.just(""), st.floats(0.0, 40.0)),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(TALK, st.booleans(), st.booleans())
def test_a_candidate_who_falls_silent_gets_to_the_end(
    talk: list[tuple[str, str, float]],
    is_full_duplex: bool,  # noqa: FBT001 - drawn
    reads_feedback: bool,  # noqa: FBT001 - drawn
) -> None:
    scenario = Scenario(book=BOOK, is_full_duplex=is_full_duplex, reads_feedback=reads_feedback).start()
    for what, text, seconds in talk:
        if what == "say":
            scenario.candidate_says(text, after_s=seconds)
        elif what == "press":
            scenario.presses(CommandName(text))
        else:
            scenario.passes(seconds)
    while scenario.state.stage is not Stage.ENDED:
        scenario.until(lambda: scenario.state.is_paused or scenario.state.stage is Stage.ENDED, limit_s=300.0)
        scenario.presses(CommandName.RESUME)
    assert scenario.state.end_reason == "completed"
    assert scenario.said[-1].intent is (Intent.FEEDBACK if reads_feedback else Intent.REPLY)
    assert session.replay(scenario.recorded, BOOK).transcript == scenario.state.transcript


def piece_cut(scenario: Scenario, words: tuple[Word, ...]) -> None:
    """A piece is cut now; its *words* come a moment later."""
    scenario._texts[50] = words
    scenario.post(
        events.PieceCut(
            at_s=scenario.now_s,
            piece=50,
            start_s=words[0].start_s,
            end_s=words[-1].end_s,
            voiced_s=1.0,
        )
    )


class TestPause:
    """Nothing that is said during a pause is kept, and nothing that was said before it is lost."""

    @pytest.mark.parametrize("is_full_duplex", [True, False])
    def test_a_key_in_mid_sentence_keeps_what_was_said(self, is_full_duplex: bool) -> None:  # noqa: FBT001
        scenario = Scenario(book=BOOK, is_full_duplex=is_full_duplex).start()
        start_s = scenario.now_s
        scenario.passes(6.0).presses(CommandName.PAUSE)
        words = laid_out("we keep plates in a table nobody may hear this", start_s, scenario.now_s + 2.0)
        piece_cut(scenario, words)
        scenario.passes(1.0)
        said = " ".join(word.text for word in scenario.state.transcript.by(Speaker.CANDIDATE))
        assert said.startswith("we keep plates in a table")
        assert not said.endswith("this")

    def test_words_that_come_after_the_end_of_a_paused_session_are_dropped(self) -> None:
        scenario = Scenario(book=BOOK).start().passes(2.0).presses(CommandName.PAUSE).passes(8.0)
        piece_cut(scenario, laid_out("nobody may hear this", scenario.now_s - 2.0, scenario.now_s))
        scenario.post(events.InputEnded(at_s=scenario.now_s, reason="interrupted"))
        assert scenario.state.pending
        scenario.passes(1.0)
        assert not scenario.state.pending
        assert not list(scenario.state.transcript.by(Speaker.CANDIDATE))

    def test_words_that_come_after_the_end_are_kept_otherwise(self) -> None:
        scenario = Scenario(book=BOOK).start().passes(4.0)
        piece_cut(scenario, laid_out("everybody may hear this", scenario.now_s - 2.0, scenario.now_s))
        scenario.post(events.InputEnded(at_s=scenario.now_s, reason="interrupted"))
        scenario.passes(1.0)
        assert [word.text for word in scenario.state.transcript.by(Speaker.CANDIDATE)][-1] == "this"

    @pytest.mark.parametrize("key", [CommandName.RESUME, CommandName.STOP])
    def test_words_of_a_pause_that_come_after_it_are_dropped(self, key: CommandName) -> None:
        scenario = Scenario(book=BOOK).start().passes(2.0).presses(CommandName.PAUSE).passes(8.0)
        piece_cut(scenario, laid_out("nobody may hear this", scenario.now_s - 2.0, scenario.now_s))
        scenario.presses(key).passes(10.0)
        assert not scenario.state.is_paused
        assert not scenario.state.pending
        assert not list(scenario.state.transcript.by(Speaker.CANDIDATE))

    def test_resume_while_not_paused_does_nothing(self) -> None:
        scenario = Scenario(book=BOOK).start()
        before = scenario.state
        scenario.presses(CommandName.RESUME)
        assert scenario.state == before

    def test_a_second_pause_key_resumes(self) -> None:
        scenario = Scenario(book=BOOK).start().presses(CommandName.PAUSE).until_coach_has_spoken()
        assert scenario.state.is_paused
        scenario.presses(CommandName.TIME).until_coach_has_spoken()
        assert scenario.state.is_paused
        scenario.presses(CommandName.PAUSE).until_coach_has_spoken()
        assert not scenario.state.is_paused


def test_a_slow_loudspeaker_is_stopped_once_and_the_cut_off_counted_once() -> None:
    scenario = Scenario(book=BOOK, is_full_duplex=True, coach_words_per_s=0.2).start()
    scenario.candidate_says("At a high level there is a gate.")
    scenario.until(
        lambda: scenario.state.speaking is not None and scenario.state.speaking.started_s is not None
    )
    speaking = scenario.state.speaking
    assert speaking is not None
    state = replace(scenario.state, voice_since_s=scenario.now_s)
    stops = 0
    for tick in range(1, 20):
        done = session.step(state, events.Tick(at_s=scenario.now_s + tick * TICK_S), BOOK)
        state = done.state
        stops += sum(isinstance(command, commands.StopSpeaking) for command in done.commands)
    assert stops == 1
    assert state.false_cut_offs == 1


def test_words_that_are_not_cut_yet_are_waited_for_but_not_for_ever() -> None:
    """More speech after a question: it is part of it, unless it was too faint to be words."""
    scenario = Scenario(book=BOOK).start().candidate_says("How many spaces are there?")
    asked = len(scenario.said)
    offset_s = scenario.now_s
    scenario.post(events.SpeechStarted(at_s=offset_s, onset_s=offset_s - 0.1))
    scenario.post(events.SpeechEnded(at_s=offset_s, offset_s=offset_s))
    scenario.passes(UNHEARD_LIMIT_S - TICK_S)
    assert scenario.state.speaking is None
    assert len(scenario.said) == asked
    scenario.passes(2 * TICK_S)
    assert scenario.state.speaking is not None


def test_an_answer_cannot_be_over_before_it_began() -> None:
    """During the question, "done" is at least the beginning of the answer."""
    book = small_book()
    assert isinstance(book.interviewer, Interviewer)
    book.interviewer._follow_ups._ladder._items = ()
    scenario = Scenario(book=book)
    scenario.post(
        events.SessionStarted(
            at_s=0.0,
            question="any",
            target_s=750.0,
            pressure="normal",
            seed=0,
            is_full_duplex=False,
            reads_feedback=True,
            digest="",
        )
    )
    stages = [scenario.passes(0.6).presses(CommandName.DONE).state.stage]
    stages.append(scenario.until_coach_has_spoken().state.stage)
    stages.append(scenario.presses(CommandName.DONE).state.stage)
    assert stages == [Stage.WRAPPING_UP, Stage.WRAPPING_UP, Stage.CLOSING]
