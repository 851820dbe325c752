"""Conversations in virtual time, one for each thing that can happen in a rehearsal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.small_book import small_book
from tests.scenario import Scenario
from voice_coach.core import events, session
from voice_coach.core.clock import PaceSettings
from voice_coach.core.commands import Listen, Render, StopSpeaking
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.pressure import Pressure
from voice_coach.core.session_stage import Stage
from voice_coach.core.transcript import Speaker

LONG = "The requirements are small and at a high level there is a service and a store. "


def started(**options: object) -> Scenario:
    return Scenario(book=small_book(**options)).start()  # type: ignore[arg-type]


class TestOpening:
    def test_the_question_and_the_rules_come_first(self) -> None:
        scenario = started()
        assert [line.text for line in scenario.said] == [
            "Design a parking garage.",
            "You have twelve and a half minutes.",
        ]
        assert {line.intent for line in scenario.said} == {Intent.QUESTION}
        assert scenario.state.stage is Stage.ANSWERING

    def test_the_clock_starts_when_the_question_has_been_asked(self) -> None:
        scenario = started()
        asked_s = scenario.said[-1].end_s
        scenario.passes(10.0)
        assert scenario.state.clock.elapsed_s(scenario.now_s) == pytest.approx(
            scenario.now_s - asked_s, abs=0.3
        )


class TestClarifying:
    def test_a_question_is_answered_from_the_facts_soon_after_it_ends(self) -> None:
        scenario = started().candidate_says("How many spaces are there?")
        silent_s = scenario.now_s - 0.6
        scenario.until_coach_has_spoken()
        line = scenario.said[-1]
        assert (line.text, line.intent, line.about) == ("Eight hundred spaces.", Intent.ANSWER, "size")
        assert 0.7 <= line.start_s - silent_s <= 1.4
        assert line.because["tail"] == "question"

    def test_two_questions_in_one_breath_get_two_answers(self) -> None:
        scenario = started().candidate_says("How many spaces are there? And how fast must a gate open?")
        scenario.until(lambda: len(scenario.said) == 4 and scenario.state.speaking is None)
        assert [line.about for line in scenario.said[2:]] == ["size", "latency"]

    def test_what_no_fact_answers_is_handed_back(self) -> None:
        scenario = started().candidate_says("Should I use my own colours?").until_coach_has_spoken()
        assert scenario.said[-1].text == "<unknown_fact>"

    def test_a_question_to_oneself_is_not_answered(self) -> None:
        scenario = started().candidate_says("So how would I do that?").passes(3.0)
        assert len(scenario.said) == 2

    def test_a_check_early_on_is_answered_with_a_go_ahead(self) -> None:
        scenario = started().candidate_says("There are gates. Does that make sense?").until_coach_has_spoken()
        assert scenario.said[-1].text == "<go_on>"


class TestPatience:
    def test_nobody_is_cut_off_while_a_sentence_hangs(self) -> None:
        scenario = started().candidate_says("We put the gates in one service and").passes(10.0)
        assert len(scenario.said) == 2

    def test_a_finished_sentence_in_a_monologue_is_no_end(self) -> None:
        scenario = started().candidate_says("There is a service for the gates.").passes(4.5)
        assert len(scenario.said) == 2

    def test_thinking_time_on_request_lasts_half_a_minute(self) -> None:
        scenario = started().candidate_says("Let me think.").until_coach_has_spoken()
        assert scenario.said[-1].text == "<thinking_granted>"
        scenario.passes(28.0)
        assert len(scenario.said) == 3
        scenario.passes(4.0)
        assert len(scenario.said) == 4

    def test_asking_for_a_minute_at_the_end_of_a_sentence_is_granted_in_silence(self) -> None:
        scenario = started().candidate_says("There are gates. Give me a minute").passes(28.0)
        assert len(scenario.said) == 2

    def test_after_a_reply_to_a_follow_up_the_coach_is_prompter(self) -> None:
        scenario = started().candidate_says(LONG).until_coach_has_spoken()
        assert scenario.said[-1].intent is Intent.FOLLOW_UP
        scenario.candidate_says("We keep it in Postgres because we look up by plate.")
        silent_s = scenario.now_s - 0.6
        scenario.until_coach_has_spoken()
        assert scenario.said[-1].start_s - silent_s < 2.0

    def test_nothing_is_decided_while_words_are_being_transcribed(self) -> None:
        scenario = started()
        scenario.post(events.SpeechStarted(at_s=scenario.now_s, onset_s=scenario.now_s))
        scenario.post(events.SpeechEnded(at_s=scenario.now_s, offset_s=scenario.now_s))
        state = replace(scenario.state, pending=frozenset({99}))
        scenario.state = state
        scenario.passes(40.0)
        assert len(scenario.said) == 2

    def test_a_false_cut_off_stops_the_coach_and_doubles_the_wait(self) -> None:
        scenario = Scenario(book=small_book(), is_full_duplex=True, coach_words_per_s=0.5).start()
        scenario.candidate_says("There is a service for the gates.")
        scenario.until(
            lambda: scenario.state.speaking is not None and scenario.state.speaking.started_s is not None
        )
        scenario.candidate_says("and it has a queue of cars waiting", after_s=0.2)
        assert scenario.state.false_cut_offs == 1
        assert scenario.state.wait_factor == 2.0
        assert any(isinstance(command, StopSpeaking) for command in scenario.issued)
        silent_s = scenario.now_s - 0.6
        scenario.until_coach_has_spoken()
        assert scenario.said[-1].start_s - silent_s > 10.0


class TestSilence:
    def test_a_silent_candidate_is_prompted_then_asked_to_sum_up_then_thanked(self) -> None:
        scenario = started().until_ended()
        texts = [line.text for line in scenario.said[2:]]
        assert texts == [
            "<nothing_heard>",
            "<nothing_heard>",
            "<wrap_up>",
            "<thanks>",
            "<feedback_intro>",
            "You said how it would grow.",
        ]
        assert scenario.now_s < 90.0


class TestFollowUps:
    def test_the_part_unfinished_is_first_invited_to_go_on(self) -> None:
        scenario = started().candidate_says("There is a service for the gates.").until_coach_has_spoken()
        assert scenario.said[-1].text == "<soft_prompt>"

    def test_the_most_valuable_gap_is_asked_about(self) -> None:
        scenario = started().candidate_says(LONG).until_coach_has_spoken()
        assert scenario.said[-1].about == "storage_decision"

    def test_what_was_covered_is_never_asked(self) -> None:
        scenario = started().candidate_says(
            LONG + "We keep it in Postgres because it is small. We shard by user."
        )
        scenario.until_coach_has_spoken()
        assert scenario.said[-1].about == "failure_mitigation"

    def test_a_follow_up_uses_the_candidates_own_component(self) -> None:
        said = LONG + "We keep it in Postgres because it is small. We shard by user. Reads go to Redis."
        scenario = started().candidate_says(said).until_coach_has_spoken()
        assert scenario.said[-1].text == "What if your Redis is empty?"

    def test_no_follow_up_is_asked_twice(self) -> None:
        scenario = started()
        for _ in range(12):
            scenario.candidate_says(LONG)
            scenario.until_it_is_the_candidates_turn()
            if scenario.state.stage is not Stage.ANSWERING:
                break
        asked = [line.text for line in scenario.said if line.intent is Intent.FOLLOW_UP]
        assert len(asked) >= 3
        assert len(asked) == len(set(asked))

    def test_the_next_follow_up_is_rendered_ahead(self) -> None:
        scenario = started().candidate_says(LONG)
        rendered = [command.text for command in scenario.issued if isinstance(command, Render)]
        scenario.until_coach_has_spoken()
        assert scenario.said[-1].text in rendered


class TestClock:
    def test_the_coachs_speech_does_not_count(self) -> None:
        scenario = started()
        scenario.candidate_says("How much time do I have?").until_coach_has_spoken()
        spoken_s = sum(line.end_s - line.start_s for line in scenario.said)
        assert scenario.state.clock.elapsed_s(scenario.now_s) <= scenario.now_s - spoken_s + 0.01

    def test_time_is_told_when_asked(self) -> None:
        scenario = started().passes(12.0).candidate_says("Coach, how am I doing on time?")
        scenario.until_coach_has_spoken()
        assert scenario.said[-1].text.endswith("left.")

    def test_the_wrap_up_is_asked_for_before_the_range_ends(self) -> None:
        pace = PaceSettings(minutes=2.0)
        scenario = started(pace=pace)
        while scenario.state.stage is Stage.ANSWERING:
            scenario.candidate_says(LONG)
            scenario.until_it_is_the_candidates_turn()
        wrap_up = next(line for line in scenario.said if line.intent is Intent.WRAP_UP)
        assert pace.wrap_up_at_s == pytest.approx(144.0 - 18.0)
        assert wrap_up.about == "tradeoff_summary"
        scenario.candidate_says("I gave up cheap writes for fast reads.").until_ended()
        assert scenario.state.end_reason == "completed"

    @pytest.mark.parametrize(("pressure", "most"), [(Pressure.GENTLE, 0), (Pressure.NORMAL, 2)])
    def test_time_cues_come_after_turns_and_never_at_gentle_pressure(
        self, pressure: Pressure, most: int
    ) -> None:
        scenario = started(pace=PaceSettings(minutes=5.0), pressure=pressure)
        while scenario.state.stage is Stage.ANSWERING:
            scenario.candidate_says("There are gates. " * 12)
            scenario.until_it_is_the_candidates_turn()
        cues = [line for line in scenario.said if line.intent is Intent.TIME_CUE]
        assert len(cues) <= most
        assert bool(cues) is (most > 0)


class TestCommands:
    def test_a_pause_stops_the_clock_and_the_recording_until_resume(self) -> None:
        scenario = (
            started().candidate_says("There are gates.").candidate_says("Pause.").until_coach_has_spoken()
        )
        elapsed_s = scenario.state.clock.elapsed_s(scenario.now_s)
        listens = [command for command in scenario.issued if isinstance(command, Listen)]
        assert listens[-1].is_recorded is False
        scenario.passes(120.0).candidate_says("This is private.")
        assert scenario.state.clock.elapsed_s(scenario.now_s) == elapsed_s
        assert "private" not in str(scenario.state.transcript)
        scenario.candidate_says("Resume.").until_coach_has_spoken()
        assert scenario.said[-1].text == "<resumed>"
        scenario.passes(5.0)
        assert scenario.state.clock.elapsed_s(scenario.now_s) > elapsed_s

    def test_the_same_words_inside_an_answer_do_nothing(self) -> None:
        scenario = started().candidate_says("Then we pause the consumer and skip the cache.").passes(4.0)
        assert not scenario.state.is_paused
        assert len(scenario.said) == 2

    def test_done_leads_to_the_wrap_up_once_the_shortest_time_has_passed(self) -> None:
        scenario = (
            started(pace=PaceSettings(minutes=0.5)).candidate_says(LONG * 4).candidate_says("I'm done.")
        )
        scenario.until_coach_has_spoken()
        assert scenario.said[-1].intent is Intent.WRAP_UP

    def test_done_long_before_that_still_leaves_room_for_a_follow_up(self) -> None:
        scenario = started().candidate_says(LONG).candidate_says("That's my design.").until_coach_has_spoken()
        assert scenario.said[-1].intent is Intent.FOLLOW_UP

    def test_a_key_silences_the_coach(self) -> None:
        scenario = Scenario(book=small_book()).begin()
        scenario.passes(0.6).presses(CommandName.TIME)
        assert any(isinstance(command, StopSpeaking) for command in scenario.issued)
        scenario.until(lambda: CommandName.TIME in [line.about for line in scenario.said])
        assert [line.about for line in scenario.said] == ["parking", CommandName.TIME]

    def test_stop_ends_it_with_feedback(self) -> None:
        scenario = started().candidate_says("Stop.").until_ended()
        assert scenario.state.end_reason == "completed"

    def test_words_after_a_pause_for_breath_are_no_command(self) -> None:
        scenario = started().candidate_says("If it takes too long, we")
        scenario.candidate_says("stop.").passes(3.0)
        assert len(scenario.said) == 2

    def test_what_cannot_be_taken_back_follows_a_long_silence(self) -> None:
        scenario = started().candidate_says("There are gates.")
        scenario.candidate_says("Stop.", after_s=0.5).passes(3.0)
        assert scenario.state.stage is Stage.ANSWERING
        scenario.candidate_says("Stop.", after_s=0.0).until_ended()

    def test_nor_is_it_one_inside_an_answer(self) -> None:
        scenario = started().candidate_says("And then the worker gets a message that says").passes(2.0)
        scenario.candidate_says("stop.", after_s=0.0).passes(3.0)
        scenario.candidate_says("The worker does not start.").candidate_says("Stop the worker.").passes(3.0)
        assert scenario.state.stage is Stage.ANSWERING

    def test_what_is_said_to_the_program_is_no_part_of_the_answer(self) -> None:
        scenario = started().candidate_says("There are gates.").candidate_says("Pause.")
        scenario.until_coach_has_spoken().candidate_says("Resume.").until_coach_has_spoken()
        scenario.candidate_says("We keep them open, coach, how much time do I have?").until_coach_has_spoken()
        scenario.candidate_says("Coach, skip.").until_coach_has_spoken()
        scenario.candidate_says("Let me think.").until_coach_has_spoken()
        said = " ".join(word.text for word in scenario.state.transcript.by(Speaker.CANDIDATE))
        assert said == "There are gates. We keep them open, Let me think."
        given = [note.content.get("said") for note in scenario.notes if note.kind == "command"]
        assert given[0] == "There are gates. Pause."
        assert session.replay(scenario.recorded, scenario.book).transcript == scenario.state.transcript

    def test_nor_is_what_the_end_of_the_input_came_before(self) -> None:
        scenario = started().candidate_says("There are gates.").candidate_says("Pause.")
        scenario.post(events.InputEnded(at_s=scenario.now_s, reason="gone"))
        assert [word.text for word in scenario.state.transcript.by(Speaker.CANDIDATE)][-1] == "gates."

    def test_saying_it_again_does_not_grow(self) -> None:
        scenario = started().candidate_says(LONG).until_coach_has_spoken()
        asked = scenario.said[-1].text
        for _ in range(3):
            scenario.candidate_says("Say that again.").until_coach_has_spoken()
            assert scenario.said[-1].text == asked

    def test_a_line_stopped_before_it_was_audible_was_not_said_and_comes_after(self) -> None:
        scenario = started().candidate_says(LONG)
        scenario.until(lambda: scenario.state.speaking is not None).presses(CommandName.TIME)
        scenario.until_coach_has_spoken().until(lambda: scenario.state.speaking is None)
        assert [line.about for line in scenario.said[2:]] == [CommandName.TIME, "storage_decision"]


class TestBargeIn:
    def test_with_headphones_the_candidates_voice_stops_the_coach(self) -> None:
        scenario = Scenario(book=small_book(), is_full_duplex=True, coach_words_per_s=0.2).start()
        scenario.candidate_says(LONG)
        scenario.until(
            lambda: scenario.state.speaking is not None and scenario.state.speaking.started_s is not None
        )
        scenario.passes(2.0).candidate_says("Sorry, one more thing about that.", after_s=0.2)
        kinds = [note.kind for note in scenario.notes]
        assert "coach_interrupted" in kinds
        assert scenario.state.false_cut_offs == 0


class TestEnd:
    def test_a_pause_that_nobody_ends_ends_the_session(self) -> None:
        scenario = started().candidate_says("Pause.").until_coach_has_spoken().until_ended()
        assert scenario.said[3].text == "<thanks>"
        assert 600.0 < scenario.now_s < 700.0

    def test_a_voice_that_never_falls_silent_is_ended(self) -> None:
        scenario = started(pace=PaceSettings(minutes=1.0))
        scenario.post(events.SpeechStarted(at_s=scenario.now_s, onset_s=scenario.now_s))
        scenario.until_ended()
        assert scenario.said[2].text == "<thanks>"
        assert scenario.now_s < 200.0

    def test_the_line_that_is_being_spoken_is_kept_as_far_as_it_was_heard(self) -> None:
        scenario = Scenario(book=small_book(), coach_words_per_s=1.0).start()
        scenario.candidate_says("How many spaces are there?")
        scenario.until(lambda: scenario.state.speaking is not None).passes(2.4)
        scenario.post(events.InputEnded(at_s=scenario.now_s, reason="interrupted"))
        assert scenario.said[-1].text == "Eight hundred"

    def test_the_analysis_is_written_before_the_feedback_is_read(self) -> None:
        scenario = started().candidate_says("Stop.").until_ended()
        order = [type(command).__name__ for command in scenario.issued]
        assert order.index("Assess") < len(order) - 1 - order[::-1].index("Speak")

    def test_feedback_is_no_part_of_the_transcript(self) -> None:
        scenario = started().candidate_says("Stop.").until_ended()
        assert "grow" not in str(scenario.state.transcript)

    @pytest.mark.parametrize("about", [(), (None, "scale")])
    def test_each_line_of_feedback_says_what_it_is_about(self, about: tuple[str | None, ...]) -> None:
        """Journals that were written before the analysis told it are read the same."""
        scenario = Scenario(book=small_book(), feedback=("You did it.", "Say how many."), about=about).start()
        scenario.candidate_says("Stop.").until_ended()
        told = [(said.text, said.about) for said in scenario.said if said.intent is Intent.FEEDBACK]
        assert told[1:] == [("You did it.", None), ("Say how many.", "scale" if about else None)]
        assert session.replay(scenario.recorded, small_book()).end_reason == "completed"

    def test_without_reading_the_session_ends_at_once(self) -> None:
        scenario = Scenario(book=small_book(), reads_feedback=False).start()
        scenario.candidate_says("Stop.").until_ended()
        assert scenario.said[-1].text == "<thanks>"

    def test_a_lost_input_ends_it_from_any_stage(self) -> None:
        for wait_s in (0.0, 1.0, 5.0, 30.0, 60.0):
            scenario = started().passes(wait_s)
            scenario.post(events.InputEnded(at_s=scenario.now_s, reason="device lost"))
            assert scenario.state.end_reason in ("device lost", "completed")

    def test_each_decision_is_noted_with_its_cues(self) -> None:
        scenario = started().candidate_says(LONG).until_coach_has_spoken()
        note = next(note for note in scenario.notes if note.kind == "turn_ended")
        assert {"silence_s", "wait_s", "tail", "mode", "part", "covered", "near_end"} <= set(note.content)


class TestReplay:
    def test_the_events_alone_give_the_same_state(self) -> None:
        scenario = started().candidate_says("How many spaces are there?").until_coach_has_spoken()
        scenario.candidate_says(LONG).until_coach_has_spoken()
        scenario.candidate_says("Pause.").until_coach_has_spoken().passes(10.0)
        scenario.candidate_says("Resume.").until_coach_has_spoken()
        scenario.candidate_says("I'm done.").until_ended()
        again = session.replay(scenario.recorded, small_book())
        assert replace(again, at_s=0.0) == replace(scenario.state, at_s=0.0)

    def test_stale_results_change_nothing(self) -> None:
        scenario = started()
        for event in (
            events.Transcribed(at_s=scenario.now_s, piece=77, words=()),
            events.PlaybackStarted(at_s=scenario.now_s, utterance=77, duration_s=1.0),
            events.PlaybackEnded(at_s=scenario.now_s, utterance=77, played_s=1.0, was_stopped=False),
            events.Assessed(at_s=scenario.now_s, feedback=("no",)),
        ):
            before = scenario.state
            scenario.post(event)
            assert scenario.state == before


def test_what_concerns_only_the_journal_changes_nothing() -> None:
    scenario = started()
    before = scenario.state
    at_s = scenario.now_s
    scenario.post(events.RoomSaid(at_s=at_s, index=0, start_s=0.0, end_s=at_s))
    scenario.post(events.EngineFellBack(at_s=at_s, role="voice", name="a", to="b", reason="gone"))
    assert scenario.state == before


def test_notes_have_their_time() -> None:
    scenario = started().candidate_says(LONG).until_coach_has_spoken()
    assert scenario.notes
    assert all("t" in note.content for note in scenario.notes)
