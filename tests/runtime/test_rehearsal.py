"""The session loop with small engines: frames in, a journal, a tape and a played voice out."""

from __future__ import annotations

import logging
import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.adapters.voices import ToneVoice
from tests.core.small_book import small_book
from tests.fakes import (
    Doubling,
    ForgetfulWorkers,
    HeldWorkers,
    LevelDetector,
    ListeningPlayer,
    MemoryJournal,
    MemoryTape,
    ScriptedStt,
    Stage,
    deaf,
    line,
    raises,
)
from voice_coach.adapters.room_script import When
from voice_coach.core import journal, session
from voice_coach.core.audio import dbfs
from voice_coach.core.clock import PaceSettings
from voice_coach.core.errors import AudioDeviceError, SpeechToTextError, StorageError
from voice_coach.core.events import CommandName, EngineFellBack, Reviewed
from voice_coach.core.session_stage import Stage as SessionStage
from voice_coach.core.transcript import Speaker
from voice_coach.listening import LANGUAGE_PIECES
from voice_coach.workers import ThreadWorkers

if TYPE_CHECKING:
    from voice_coach.core.audio import Clip
    from voice_coach.core.commands import LookUp
    from voice_coach.core.session_state import SessionState

BOOK = small_book(pace=PaceSettings(minutes=0.5))
DESIGN = "The requirements are small and at a high level there is a service and a store."
TALK = (DESIGN, "How many spaces are there?", "I'm done.", "I gave up cheap writes.")


def stage(**options: object) -> Stage:
    """A candidate who says four things."""
    chosen = {"lines": [line(6.0), line(), line(1.0), line()], "texts": TALK, **options}
    return Stage(book=BOOK, **chosen)  # type: ignore[arg-type]  # a test's options are of the right types


def said(state: SessionState, speaker: Speaker = Speaker.CANDIDATE) -> str:
    return " ".join(word.text for word in state.transcript.by(speaker))


def check_journal(book: MemoryJournal, state: SessionState) -> None:
    """Times never go back, and the events alone give the same session."""
    times = [entry["t"] for entry in book.lines]
    assert times == sorted(times)
    events = [event for entry in book.lines if (event := journal.decode(entry)) is not None]
    again = session.replay(events, BOOK)
    assert again.transcript == state.transcript
    assert again.stage is state.stage
    assert again.end_reason == state.end_reason
    assert again.clock.elapsed_s(again.at_s) == pytest.approx(state.clock.elapsed_s(state.at_s), abs=0.2)


def early_look(**options: object) -> Stage:
    """A session whose recogniser takes its time, and a quicker one that need not."""
    return stage(workers=HeldWorkers("ears", works_ahead=True), **options)


class TestDrafts:
    def test_a_question_is_answered_on_a_draft_and_its_words_come_later(self) -> None:
        scene = early_look(lines=[line(2.0)], texts=[TALK[1]], drafter=ScriptedStt([TALK[1]] * 20))
        answered = "Eight hundred spaces."
        scene.when(
            lambda: answered in said(scene.rehearsal.state, Speaker.COACH),
            scene.workers.release,  # type: ignore[attr-defined]  # held ones
        )
        state = scene.run()
        turn = next(entry for entry in scene.journal.of("turn_ended") if entry["drafted"])
        transcript = next(entry for entry in scene.journal.of("transcript") if entry["words"])
        assert turn["t"] < transcript["t"]
        assert said(state) == TALK[1]
        check_journal(scene.journal, state)

    def test_a_quick_recogniser_that_fails_is_told_once_and_done_without(self) -> None:
        scene = stage(workers=HeldWorkers(works_ahead=True), drafter=ScriptedStt(deaf(3)))
        state = scene.run()
        assert [event.role for event in scene.told] == ["drafts"]
        assert [text for text in TALK if text not in said(state)] == []

    def test_what_was_rendered_ahead_is_not_rendered_again(self) -> None:
        scene = stage(workers=HeldWorkers(works_ahead=True))
        scene.run()
        assert len(set(scene.voice.rendered)) == len(scene.voice.rendered)


class TestWholeSession:
    def test_everything_is_said_heard_judged_and_kept(self) -> None:
        scene = stage()
        state = scene.run()
        assert state.stage is SessionStage.ENDED
        assert state.end_reason == "completed"
        assert [text for text in TALK if text not in said(state)] == []
        assert "Eight hundred spaces." in said(state, Speaker.COACH)
        assert scene.player.started == list(range(1, len(scene.player.started) + 1))
        assert len(scene.assessed) == 1
        assert scene.journal.lines[-1]["kind"] == "session_ended"
        check_journal(scene.journal, state)

    def test_two_runs_give_the_same_journal_and_sound(self) -> None:
        first, second = stage(), stage()
        first.run()
        second.run()
        assert first.journal.lines == second.journal.lines
        for channel in ("microphone", "coach"):
            one, other = getattr(first.tape, channel), getattr(second.tape, channel)
            assert all((one[index] == other[index]).all() for index in one | other)

    def test_what_is_journalled_as_said_is_on_the_tape_and_nothing_else(self) -> None:
        scene = stage()
        scene.run()
        lines = scene.journal.of("coach_said")
        assert lines
        for entry in lines:
            assert scene.tape.loudest(scene.tape.coach, entry["start"], entry["end"]) > 1000
        for entry, following in pairwise(lines):
            assert scene.tape.loudest(scene.tape.coach, entry["end"] + 0.02, following["start"]) == 0
        for entry in scene.journal.of("room_said"):
            assert scene.tape.loudest(scene.tape.microphone, entry["start"] + 0.02, entry["end"]) > 1000
            assert entry["t"] >= entry["end"]

    def test_the_language_of_the_first_long_pieces_is_noted_and_told_the_judge(self) -> None:
        scene = stage()
        scene.stt.language = "de"
        state = scene.run()
        noted = scene.journal.of("language_heard")
        assert 1 <= len(noted) <= LANGUAGE_PIECES
        assert state.transcript.languages == ("de",) * len(noted)
        check_journal(scene.journal, state)

    def test_the_screen_is_shown_every_tick(self) -> None:
        scene = stage()
        state = scene.run()
        times = [snapshot.state.at_s for snapshot in scene.shown]
        assert len({round(at_s, 1) for at_s in times}) >= state.at_s / 0.2 - 2
        assert max(snapshot.level_dbfs for snapshot in scene.shown) > -20
        assert min(snapshot.level_dbfs for snapshot in scene.shown) == -120

    def test_on_threads_the_same_is_said(self) -> None:
        class Patient(ThreadWorkers):
            """The source waits for the engines, which could not keep up with it else."""

            def drain(self) -> list[object]:
                for role in ("ears", "voice"):
                    reached = threading.Event()
                    self.submit(role, None, reached.set)
                    assert reached.wait(10)
                return super().drain()

        workers = Patient()
        scene = stage(workers=workers)
        state = scene.run()
        workers.close()
        assert state.end_reason == "completed"
        assert "Design a parking garage." in said(state, Speaker.COACH)
        assert len(scene.assessed) == 1
        times = [entry["t"] for entry in scene.journal.lines]
        assert times == sorted(times)


class TestEngines:
    def test_a_piece_that_cannot_be_heard_has_no_words_and_the_session_goes_on(self) -> None:
        scene = stage(texts=[*deaf(1), *TALK[1:]])
        state = scene.run()
        assert state.end_reason == "completed"
        (fell,) = scene.journal.of("engine_fell_back")
        assert (fell["role"], fell["name"], fell["to"]) == ("ears", "scripted", None)
        assert "cannot hear" in fell["reason"]
        assert [entry.get("has_failed", False) for entry in scene.journal.of("transcript")][:2] == [
            True,
            False,
        ]
        assert scene.journal.of("transcript")[0]["words"] == []
        assert "How many spaces" in said(state)

    def test_a_recogniser_that_never_works_leaves_a_session_with_no_words(self) -> None:
        scene = stage(texts=deaf(20))
        state = scene.run()
        assert state.end_reason == "completed"
        assert said(state) == ""
        assert not state.pending
        assert scene.rehearsal.heard_nothing
        assert len(scene.told) == len(scene.stt.heard) > 1

    def test_one_piece_that_was_heard_is_something(self) -> None:
        scene = stage(texts=[*deaf(1), *TALK[1:]])
        scene.run()
        assert not scene.rehearsal.heard_nothing
        silent = stage(lines=[])
        silent.run()
        assert not silent.rehearsal.heard_nothing

    def test_a_voice_that_cannot_speak_leaves_its_lines_to_be_read(self) -> None:
        scene = stage(voice=ToneVoice(fails_on=""))
        state = scene.run()
        assert state.end_reason == "completed"
        assert scene.player.started == []
        texts = [entry["text"] for entry in scene.journal.of("coach_said")]
        assert texts[0] == "Design a parking garage."
        assert texts[-1] == "Well done."
        assert {entry["role"] for entry in scene.journal.of("engine_fell_back")} == {"voice"}
        check_journal(scene.journal, state)

    def test_a_fault_of_an_engine_is_logged_and_the_session_goes_on(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        scene = stage(texts=[ZeroDivisionError("oh"), *TALK[1:]])
        assert scene.run().end_reason == "completed"
        assert "a ears job failed" in caplog.text
        assert all(record.levelno < logging.ERROR for record in caplog.records), (
            "no traceback without --debug"
        )
        assert DESIGN not in caplog.text
        (told,) = scene.told
        assert (told.role, told.to, told.reason) == ("ears", None, "oh")

    def test_an_engine_that_fell_back_is_journalled_when_it_is_known(self) -> None:
        scene = stage()
        notice = EngineFellBack(at_s=0.0, role="voice", name="piper", to="pyttsx3", reason="gone")
        scene.at(100, lambda: scene.notices.put(notice))
        scene.run()
        (entry,) = scene.journal.of("engine_fell_back")
        assert entry["t"] == pytest.approx(2.02)
        assert entry["to"] == "pyttsx3"
        assert [told.to for told in scene.told] == ["pyttsx3"]

    def test_a_line_that_is_rendered_too_late_is_not_played(self) -> None:
        workers = HeldWorkers("voice")
        scene = stage(workers=workers)
        scene.at(50, lambda: scene.notices.put(CommandName.TIME))
        scene.at(60, workers.release)
        scene.run()
        assert scene.player.started[:2] == [2, 3]
        first = scene.journal.of("playback_ended")[0]
        assert (first["utterance"], first["played_s"], first["was_stopped"]) == (1, 0.0, True)
        assert "time" in [entry["about"] for entry in scene.journal.of("coach_said")][:2]

    def test_a_line_that_fails_after_it_was_taken_back_changes_nothing(self) -> None:
        workers = HeldWorkers("voice")
        scene = stage(workers=workers, voice=ToneVoice(fails_on="parking"))
        scene.at(50, lambda: scene.notices.put(CommandName.TIME))
        scene.at(60, workers.release)
        state = scene.run()
        # The question fails when it has been taken back, and again when it is finished after the reply.
        assert scene.journal.kinds().count("engine_fell_back") == 2
        assert scene.player.started[0] == 2
        assert state.end_reason == "completed"

    def test_what_else_the_workers_do_changes_nothing(self) -> None:
        """Loading the recogniser goes the same way as its work; that it fails is said."""
        scene, plain = stage(), stage()
        scene.workers.submit("ears", None, lambda: None)
        scene.run()
        plain.run()
        assert scene.journal.lines == plain.journal.lines
        broken = stage()
        broken.workers.submit("ears", None, raises(SpeechToTextError("scripted: cannot be loaded")))
        assert broken.run().end_reason == "completed"
        assert broken.journal.of("engine_fell_back")[0]["reason"] == "scripted: cannot be loaded"


class TestKeys:
    def test_a_key_silences_the_coach_in_mid_sentence(self) -> None:
        scene = stage()
        scene.at(20, lambda: scene.notices.put(CommandName.TIME))
        scene.run()
        assert scene.player.stops >= 1
        (cut,) = scene.journal.of("coach_interrupted")
        assert cut["utterance"] == 1
        assert 0.2 < cut["played_s"] < 0.6
        assert scene.journal.of("coach_said")[0]["text"] != "Design a parking garage."
        assert scene.journal.of("key_pressed")[0]["name"] == "time"

    @pytest.mark.parametrize("is_full_duplex", [True, False])
    def test_a_pause_key_in_mid_speech_stops_the_recording_and_the_clock_at_once(
        self,
        is_full_duplex: bool,  # noqa: FBT001 - drawn
    ) -> None:
        scene = stage(is_full_duplex=is_full_duplex, lines=[line(8.0)], texts=["There are gates."])
        pressed: list[float] = []

        def press() -> None:
            state = scene.rehearsal.state
            pressed.append(state.at_s)
            pressed.append(state.clock.elapsed_s(state.at_s))
            scene.notices.put(CommandName.PAUSE)

        scene.when(lambda: scene.rehearsal.state.voice_since_s is not None, press)
        scene.at(700, lambda: scene.notices.put(CommandName.PAUSE))
        scene.run()
        pressed_s, elapsed_s = pressed
        (resumed,) = (entry for entry in scene.journal.of("command") if entry["name"] == "resume")
        assert scene.tape.loudest(scene.tape.microphone, pressed_s + 0.06, resumed["t"]) == 0
        assert scene.tape.loudest(scene.tape.microphone, pressed_s - 0.06, pressed_s) > 1000
        held = next(shown.state for shown in scene.shown if shown.state.at_s >= resumed["t"] - 0.2)
        assert held.clock.elapsed_s(held.at_s) == pytest.approx(elapsed_s, abs=0.25)

    def test_a_pause_is_recorded_as_silence_and_nothing_of_it_is_kept(self) -> None:
        scene = stage(
            lines=[
                line(),
                line(1.0),
                line(4.0, when=When.THEN, wait_s=5.0),
                line(1.0, when=When.THEN, wait_s=2.0),
            ],
            texts=["There are gates.", "Pause.", "nobody may hear this", "Resume."],
        )
        state = scene.run()
        paused, resumed = (
            next(entry for entry in scene.journal.of("coach_said") if entry["text"] == text)
            for text in ("<paused>", "<resumed>")
        )
        private = scene.journal.of("room_said")[2]
        assert paused["end"] < private["start"] < private["end"] < resumed["start"]
        assert [entry.get("is_recorded", True) for entry in scene.journal.of("room_said")] == [
            True,
            True,
            False,
            False,
        ]
        assert scene.tape.loudest(scene.tape.microphone, paused["end"] + 0.1, resumed["start"]) == 0
        assert scene.tape.loudest(scene.tape.microphone, 0.0, paused["start"]) > 1000
        assert "nobody" not in said(state)
        assert "nobody" not in str(scene.journal.lines)
        assert "Resume." in str(scene.journal.of("transcript")[-1])
        assert "gates" in said(state)
        assert state.clock.elapsed_s(state.at_s) < state.at_s - (resumed["start"] - paused["end"])


class TestBargeIn:
    def test_with_headphones_the_candidate_is_heard_over_the_coach(self) -> None:
        scene = stage(
            is_full_duplex=True,
            lines=[line(3.0), line(3.0), line(3.0, when=When.OVER, wait_s=0.1)],
            texts=["There are gates.", "They open.", "and a queue of cars"],
            voice=ToneVoice(),
        )
        state = scene.run()
        assert scene.journal.kinds().count("coach_interrupted") == 1
        assert "queue of cars" in said(state)
        check_journal(scene.journal, state)

    def test_the_detector_keeps_its_memory_of_a_voice_that_it_hears(self) -> None:
        open_all_along, closed_at_times = LevelDetector(), LevelDetector()
        stage(is_full_duplex=True, detector=open_all_along).run()
        # It was deaf while the session was judged, and hears commands in the feedback.
        assert open_all_along.resets == 1
        stage(detector=closed_at_times).run()
        assert closed_at_times.resets >= 1

    def test_without_them_the_ears_are_closed_while_the_coach_speaks(self) -> None:
        scene = stage(lines=[line(0.6, when=When.OVER, wait_s=0.2)], texts=["This is the coach's own echo."])
        state = scene.run()
        assert scene.stt.heard == []
        assert said(state) == ""


class TestEcho:
    def test_ears_and_recording_hear_what_is_cancelled(self) -> None:
        plain, doubled = stage(is_full_duplex=True), stage(is_full_duplex=True, canceller=Doubling())
        plain.run()
        doubled.run()
        loud = max(plain.tape.microphone, key=lambda index: int(np.abs(plain.tape.microphone[index]).max()))
        assert np.array_equal(doubled.tape.microphone[loud], plain.tape.microphone[loud] * 2)
        assert dbfs(doubled.stt.heard[0].pcm) - dbfs(plain.stt.heard[0].pcm) == pytest.approx(6.0, abs=0.1)

    def test_the_canceller_is_told_of_every_frame_the_lost_ones_too(self) -> None:
        canceller = Doubling()
        state = stage(is_full_duplex=True, canceller=canceller, lost=range(60, 70)).run()
        assert canceller.frames == round(state.at_s / 0.02)

    def test_words_of_the_coach_itself_are_dropped_and_noted(self) -> None:
        first = heard_over_coach("")
        assert "echo_heard" not in first.journal.kinds()
        text = first.journal.of("coach_said")[0]["text"]
        scene = heard_over_coach(text)
        (note,) = scene.journal.of("echo_heard")
        assert note["text"] == text
        assert scene.journal.of("transcript")[0]["words"] == []
        check_journal(scene.journal, scene.rehearsal.state)


def heard_over_coach(text: str) -> Stage:
    """A session in which something is heard while the coach says its first line, and written as *text*."""
    scene = stage(
        is_full_duplex=True,
        canceller=Doubling(),
        lines=[line(1.2, when=When.OVER, wait_s=0.1)],
        texts=[text],
    )
    scene.run()
    return scene


class TestTime:
    def test_lost_frames_leave_a_gap_and_no_shift(self) -> None:
        scene = stage(lost=range(600, 700))
        state = scene.run()
        assert state.end_reason == "completed"
        assert state.at_s == pytest.approx(0.02 * (max(scene.tape.microphone) + 1))
        assert not set(range(600, 700)) & set(scene.tape.microphone)
        (lost,) = scene.journal.of("frames_lost")
        assert (lost["t"], lost["frames"]) == (pytest.approx(14.02), 100)
        assert scene.journal.of("session_ended")[0]["lost_frames"] == 100
        check_journal(scene.journal, state)

    def test_the_same_is_heard_before_and_behind_a_long_gap(self) -> None:
        whole, broken = stage(), stage(lost=range(1500, 1620))
        whole.run()
        state = broken.run()
        assert TALK[0] in said(state)
        first = broken.journal.of("room_said")[0]
        assert first == whole.journal.of("room_said")[0]

    def test_what_happened_in_a_gap_is_noticed_behind_it_and_every_tick_of_it_passes(self) -> None:
        whole = stage()
        whole.run()
        entry = whole.journal.of("room_said")[0]
        gap = range(round(entry["start"] / 0.02) + 50, round(entry["end"] / 0.02) + 100)
        scene = stage(lost=gap)
        state = scene.run()
        (ended, *_) = scene.journal.of("speech_ended")
        assert ended["offset_s"] < gap[0] * 0.02 + 0.05
        assert ended["t"] == pytest.approx(gap[-1] * 0.02 + 0.04)
        ticks = {round(snapshot.state.at_s / 0.2) for snapshot in scene.shown}
        assert ticks >= set(range(1, round(state.at_s / 0.2)))
        check_journal(scene.journal, state)

    def test_what_ends_within_a_frame_is_told_with_the_frame(self) -> None:
        scene = stage(lines=[line(2.0131), line(1.007)], texts=["There are gates.", "Stop."])
        state = scene.run()
        entries = scene.journal.of("room_said")
        assert len(entries) == 2
        for entry in entries:
            assert entry["t"] == pytest.approx(round(entry["t"] / 0.02) * 0.02)
            assert entry["end"] < entry["t"] < entry["end"] + 0.02
        check_journal(scene.journal, state)


class AnotherTry:
    """Has whatever is asked answered by another try."""

    def answer(self, asked: LookUp, state: SessionState) -> Reviewed:
        del state
        lines = ("Once more.",)
        return Reviewed(at_s=0.0, request=asked.request, lines=lines, about="scale", before="not_met")

    def prepare(self) -> None:
        """Nothing is worth it."""

    def clip(self, start_s: float, end_s: float) -> Clip:
        raise NotImplementedError

    def keep(self, state: SessionState) -> None:
        """Nothing is."""


STAGES = [item for item in SessionStage if item not in (SessionStage.ENDED, SessionStage.OFFERING)]
"""Of a rehearsal."""


class TestBrokenOff:
    @pytest.mark.parametrize("at", STAGES)
    def test_ctrl_c_in_any_stage_keeps_and_judges_everything(self, at: SessionStage) -> None:
        scene = stage(review=AnotherTry(), review_s=3.0)
        scene.when(lambda: scene.rehearsal.state.stage is at, raises(KeyboardInterrupt()))
        if at is SessionStage.REDOING:
            is_read = lambda: scene.rehearsal.state.stage is SessionStage.REVIEWING  # noqa: E731 - short
            scene.when(is_read, lambda: scene.notices.put(CommandName.REDO))
        with pytest.raises(KeyboardInterrupt):
            scene.run()
        state = scene.rehearsal.state
        assert state.stage is SessionStage.ENDED
        assert state.end_reason == "interrupted"
        assert scene.assessed[-1] == state
        assert scene.journal.kinds().count("session_ended") == 1
        assert not scene.player.is_speaking
        check_journal(scene.journal, state)

    def test_ctrl_c_in_mid_sentence_keeps_the_words(self) -> None:
        scene = stage()
        scene.when(
            lambda: scene.rehearsal.state.voice_since_s is not None,
            raises(KeyboardInterrupt()),
            from_frame=300,
        )
        with pytest.raises(KeyboardInterrupt):
            scene.run()
        assert DESIGN in said(scene.assessed[-1])

    def test_ctrl_c_while_words_are_being_transcribed_waits_for_them(self) -> None:
        scene = stage(workers=HeldWorkers("ears"))
        scene.when(lambda: bool(scene.rehearsal.state.pending), raises(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            scene.run()
        assert DESIGN in said(scene.assessed[-1])
        assert not scene.rehearsal.state.pending

    def test_ctrl_c_in_the_midst_of_transcribing_transcribes_it_again(self) -> None:
        scene = stage(texts=[KeyboardInterrupt(), DESIGN])
        with pytest.raises(KeyboardInterrupt):
            scene.run()
        assert DESIGN in said(scene.assessed[-1])
        assert not scene.rehearsal.state.pending
        check_journal(scene.journal, scene.rehearsal.state)

    def test_ctrl_c_while_words_are_handed_over_loses_none(self) -> None:
        workers = ForgetfulWorkers(lambda result: "requirements" in str(result))
        scene = stage(texts=[DESIGN, DESIGN], workers=workers)
        with pytest.raises(KeyboardInterrupt):
            scene.run()
        assert DESIGN in said(scene.assessed[-1])
        assert not scene.rehearsal.state.pending

    def test_ctrl_c_silences_the_coach_before_anything_is_waited_for(self) -> None:
        class Waited(HeldWorkers):
            def wait(self) -> list[object]:
                was_speaking.append(scene.player.is_speaking)
                return super().wait()

        was_speaking: list[bool] = []
        scene = stage(workers=Waited("ears"))
        scene.at(30, raises(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            scene.run()
        assert scene.player.started == [1]
        assert was_speaking
        assert not any(was_speaking)

    def test_a_line_that_is_ready_after_ctrl_c_is_not_spoken(self) -> None:
        scene = stage(workers=HeldWorkers("voice"))
        scene.at(50, raises(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            scene.run()
        assert not scene.player.is_speaking
        assert scene.rehearsal.state.end_reason == "interrupted"

    @pytest.mark.parametrize("frame", [0, 30, 500, 900])
    def test_a_lost_microphone_is_noted_and_everything_saved(self, frame: int) -> None:
        scene = stage()
        scene.at(frame, raises(AudioDeviceError("microphone 'Blue': gone; plug it in")))
        with pytest.raises(AudioDeviceError, match="Blue"):
            scene.run()
        (note,) = scene.journal.of("device_lost")
        assert "Blue" in note["reason"]
        assert scene.rehearsal.state.end_reason == "device lost"
        assert scene.assessed[-1].stage is SessionStage.ENDED
        assert scene.journal.lines[-1]["kind"] == "session_ended"
        check_journal(scene.journal, scene.rehearsal.state)

    def test_a_lost_loudspeaker_too(self) -> None:
        class Unplugged(ListeningPlayer):
            def advance(self) -> object:  # type: ignore[override]  # it never returns
                raise AudioDeviceError("loudspeaker: gone; plug it in")

        scene = stage(player=Unplugged())
        with pytest.raises(AudioDeviceError, match="loudspeaker"):
            scene.run()
        assert scene.journal.kinds().count("device_lost") == 1
        assert scene.assessed

    def test_a_full_disk_ends_it_with_what_was_heard(self) -> None:
        scene = stage(tape=MemoryTape(full_at=700))
        with pytest.raises(StorageError, match=r"audio\.flac"):
            scene.run()
        assert scene.rehearsal.state.end_reason == "failed"
        assert "device_lost" not in scene.journal.kinds()
        assert scene.assessed
        assert max(scene.tape.microphone) == 699

    def test_a_journal_that_cannot_be_written_is_named(self) -> None:
        scene = stage(journal=MemoryJournal(full_at=6))
        with pytest.raises(StorageError, match=r"journal\.jsonl"):
            scene.run()
        assert len(scene.journal.lines) == 6

    def test_an_analysis_that_cannot_be_written_is_tried_again_and_named(self) -> None:
        scene = stage()
        scene.fails_to_assess = StorageError("session.json: cannot be written; free space")
        with pytest.raises(StorageError, match=r"session\.json"):
            scene.run()
        assert len(scene.assessed) == 2
        assert scene.rehearsal.state.stage is SessionStage.ENDED
        assert scene.journal.kinds().count("session_ended") == 1

    def test_ctrl_c_while_a_broken_session_is_saved_saves_it(self) -> None:
        scene = stage()
        scene.source.ends_at = 500
        scene.fails_to_assess = KeyboardInterrupt()
        with pytest.raises(KeyboardInterrupt):
            scene.run()
        assert scene.rehearsal.state.end_reason == "the input ended"
        assert scene.journal.kinds().count("session_ended") == 1

    def test_an_input_that_ends_is_judged_like_any_other(self) -> None:
        scene = stage()
        scene.source.ends_at = 500
        state = scene.run()
        assert state.end_reason == "the input ended"
        assert scene.assessed == [state]
        assert "The requirements" in said(state)


@pytest.mark.parametrize("slow", [(), ("ears",), ("voice",), ("ears", "voice")])
def test_ctrl_c_with_slow_engines_ends_with_nothing_pending(slow: tuple[str, ...]) -> None:
    workers = HeldWorkers(*slow) if slow else ThreadWorkers()
    scene = stage(workers=workers)
    scene.at(450, raises(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        scene.run()
    workers.close()
    assert not scene.rehearsal.state.pending
    assert scene.rehearsal.state.stage is SessionStage.ENDED
    assert scene.assessed[-1] == scene.rehearsal.state
