"""A drill as a session: rounds, their time, commands, and the offer of another attempt."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.small_drill import DRILL, small_drill_book
from tests.scenario import Scenario
from voice_coach.core import session
from voice_coach.core.events import MICROPHONE, CommandName, DeviceBack, DeviceLost, Intent
from voice_coach.core.offer_turn import AGAIN
from voice_coach.core.session_stage import Stage

FIRST, SECOND = (part.ask for part in DRILL.round)
FEEDBACK = ("You named the gate.", "Name the sign.")


def begun(*, is_full_duplex: bool = False, is_strict: bool = True) -> Scenario:
    """The first round was asked."""
    book = small_drill_book(is_strict=is_strict)
    return Scenario(book, feedback=FEEDBACK, is_full_duplex=is_full_duplex).start()


def texts(scenario: Scenario) -> list[str]:
    return [said.text for said in scenario.said]


def offered(*, is_full_duplex: bool = False) -> Scenario:
    """The feedback was read, and another attempt is offered."""
    scenario = begun(is_full_duplex=is_full_duplex)
    scenario.presses(CommandName.SKIP).until_coach_has_spoken()
    scenario.presses(CommandName.SKIP)
    return scenario.until(lambda: scenario.state.stage is Stage.OFFERING and scenario.state.speaking is None)


class TestRounds:
    def test_what_it_is_and_the_first_prompt_are_said_first(self) -> None:
        assert texts(begun()) == ["Two rounds.", FIRST]

    def test_who_falls_silent_hands_over_as_in_a_short_answer(self) -> None:
        scenario = begun().candidate_says("There is a gate and a sign.")
        silent_s = scenario.now_s
        scenario.until_coach_has_spoken()
        assert SECOND in texts(scenario)
        ended = next(said.start_s for said in scenario.said if said.text == "<acknowledged>")
        assert ended - silent_s < 4.0

    def test_when_its_time_is_over_that_is_said_at_a_clause_and_the_next_round_begins(self) -> None:
        scenario = begun()
        for _ in range(6):
            scenario.candidate_says("There is a gate, and it opens for every car that comes.", after_s=0.7)
        scenario.until_coach_has_spoken()
        said = texts(scenario)
        assert said[2:4] == ["<time_up>", SECOND]
        reasons = [note.content["elapsed_s"] for note in scenario.notes if note.kind == "interruption"]
        assert DRILL.round[0].limit_s <= float(str(reasons[0])) < DRILL.round[0].limit_s + 8.0

    def test_nobody_is_interrupted_at_gentle_pressure(self) -> None:
        scenario = begun(is_strict=False)
        for _ in range(6):
            scenario.candidate_says("There is a gate, and it opens for every car that comes.", after_s=0.7)
        assert texts(scenario) == ["Two rounds.", FIRST]

    def test_words_belong_to_the_round_in_which_they_were_said(self) -> None:
        scenario = begun().candidate_says("There is a gate.")
        scenario.until_coach_has_spoken().until(lambda: scenario.state.speaking is None)
        scenario.candidate_says("How many cars?")
        first, second = (start.at_s for start in scenario.state.interview.rounds)
        words = [word for turn in scenario.state.transcript.turns for word in turn.words]
        gate = next(word for word in words if word.bare == "gate")
        cars = next(word for word in words if word.bare == "cars")
        assert first <= gate.start_s < second <= cars.start_s

    def test_silence_gets_one_prompt_and_is_then_left(self) -> None:
        scenario = begun()
        scenario.until(lambda: SECOND in texts(scenario))
        assert texts(scenario)[2:4] == ["<nothing_heard>", SECOND]


class TestQuestions:
    @pytest.fixture
    def asked(self) -> Scenario:
        scenario = begun().presses(CommandName.SKIP)
        return scenario.until(lambda: SECOND in texts(scenario) and scenario.state.speaking is None)

    def test_the_pack_answers_and_the_round_goes_on(self, asked: Scenario) -> None:
        asked.candidate_says("How many cars?").until_coach_has_spoken()
        assert asked.said[-1].intent is Intent.ANSWER
        assert asked.said[-1].text == "Eight hundred spaces."
        assert len(asked.state.interview.rounds) == 2
        assert asked.state.stage is Stage.ANSWERING

    def test_what_leads_up_to_a_question_is_no_playing_back(self, asked: Scenario) -> None:
        asked.candidate_says("Before I begin I want to understand what it is about. How many cars?")
        asked.until_coach_has_spoken()
        assert asked.said[-1].text == "Eight hundred spaces."

    def test_a_question_is_answered_though_a_few_words_follow(self, asked: Scenario) -> None:
        asked.candidate_says("How many cars? That would help me.").until_coach_has_spoken()
        assert asked.said[-1].text == "Eight hundred spaces."

    def test_what_the_pack_does_not_know_is_the_candidates_call(self, asked: Scenario) -> None:
        asked.candidate_says("Should I draw it in blue?").until_coach_has_spoken()
        assert asked.said[-1].text == "<noted>"

    def test_the_scope_played_back_ends_the_round(self, asked: Scenario) -> None:
        asked.candidate_says("How many cars?").until_coach_has_spoken()
        asked.candidate_says("So we need eight hundred spaces.").until_coach_has_spoken()
        assert asked.said[-1].text == "<thanks>"

    @pytest.mark.parametrize(
        "scope",
        [
            "So we need a garage with eight hundred spaces for cars that come and go all day, is that right?",
            "So we need a garage for eight hundred cars, with a gate and a sign. Is that right?",
            "So we need a garage for eight hundred cars that come and go at any time of day, right?",
        ],
    )
    def test_the_scope_played_back_as_a_question_is_agreed_to_and_ends_the_round(
        self, asked: Scenario, scope: str
    ) -> None:
        asked.candidate_says("How many cars?").until_coach_has_spoken()
        asked.candidate_says(scope).until_coach_has_spoken()
        assert texts(asked)[-2:] == ["<agreed>", "<thanks>"]

    def test_another_question_that_asks_for_agreement_plays_nothing_back(self, asked: Scenario) -> None:
        asked.candidate_says("How many cars?").until_coach_has_spoken()
        asked.candidate_says("That helps me a lot. Is it fine if the gate stays open for a while?")
        asked.until_coach_has_spoken()
        assert "<thanks>" not in texts(asked)

    def test_who_only_announces_questions_is_invited_to_ask(self, asked: Scenario) -> None:
        asked.candidate_says("There are some things to clear up.").until_coach_has_spoken()
        assert asked.said[-1].text == "<ask_me>"

    def test_who_falls_silent_after_the_answers_is_asked_to_play_back(self, asked: Scenario) -> None:
        asked.candidate_says("How many cars?").until_coach_has_spoken().until_coach_has_spoken()
        assert asked.said[-1].text == "<play_back>"


class TestCommands:
    @pytest.mark.parametrize(
        ("said", "answer"),
        [
            ("How much time do I have?", "fifteen seconds"),
            ("How am I doing?", "one of two"),
            ("Say that again.", FIRST),
            ("Repeat the question.", FIRST),
            ("Let me think.", "<thinking_granted>"),
            ("Pause.", "<paused>"),
            ("Skip.", "<skipped>"),
            ("Stop.", "<thanks>"),
        ],
    )
    def test_all_commands_work_by_voice(self, said: str, answer: str) -> None:
        scenario = begun().candidate_says(said).until_coach_has_spoken()
        assert answer in texts(scenario)[2:]

    def test_who_stops_is_offered_no_other_attempt(self) -> None:
        scenario = begun().presses(CommandName.STOP).until_ended()
        assert scenario.state.end_reason == "completed"
        assert not any(text.startswith("<offer") for text in texts(scenario))

    def test_a_pause_stops_the_time_of_the_round(self) -> None:
        scenario = begun().presses(CommandName.PAUSE).passes(60.0).presses(CommandName.RESUME)
        scenario.until(lambda: scenario.state.speaking is None)
        scenario.candidate_says("There is a gate.").until_coach_has_spoken()
        assert "<time_up>" not in texts(scenario)


class TestOffer:
    def test_it_follows_two_sentences_of_feedback(self) -> None:
        said = [line for line in offered().said if line.intent is Intent.FEEDBACK]
        assert [line.text for line in said] == [*FEEDBACK, "<offer_missed>"]

    @pytest.mark.parametrize("words", ["Again.", "Yes, please."])
    def test_it_is_taken_up_by_voice(self, words: str) -> None:
        scenario = offered().candidate_says(words)
        assert (scenario.state.stage, scenario.state.end_reason) == (Stage.ENDED, AGAIN)

    def test_it_is_taken_up_by_key(self) -> None:
        assert offered().presses(CommandName.SAY_AGAIN).state.end_reason == AGAIN

    @pytest.mark.parametrize("words", ["No, thanks.", "I'm done.", "Stop."])
    def test_it_is_declined_by_voice(self, words: str) -> None:
        assert offered().candidate_says(words).state.end_reason == "completed"

    def test_talk_to_somebody_else_neither_takes_it_up_nor_declines_it(self) -> None:
        scenario = offered().candidate_says("The coffee is in the kitchen.")
        assert scenario.state.stage is Stage.OFFERING
        assert scenario.candidate_says("Again.").state.end_reason == AGAIN

    def test_silence_declines_it(self) -> None:
        scenario = offered()
        begun_s = scenario.now_s
        assert scenario.until_ended().state.end_reason == "completed"
        assert scenario.now_s - begun_s == pytest.approx(8.0, abs=0.5)

    @pytest.mark.parametrize("is_read", [True, False])
    def test_it_waits_for_a_lost_microphone(self, is_read: bool) -> None:  # noqa: FBT001
        if is_read:
            scenario = offered()
        else:
            scenario = begun().presses(CommandName.SKIP).until_coach_has_spoken().presses(CommandName.SKIP)
            scenario.until(lambda: scenario.state.stage is Stage.FEEDBACK)
        lost = DeviceLost(
            at_s=scenario.now_s, role=MICROPHONE, name="Blue", reason="gone", heard_until_s=scenario.now_s
        )
        scenario.post(lost)
        scenario.passes(60.0)
        assert scenario.state.outage is not None
        scenario.post(DeviceBack(at_s=scenario.now_s, role=MICROPHONE, name="Blue"))
        scenario.until(lambda: scenario.state.stage is Stage.OFFERING and scenario.state.speaking is None)
        assert scenario.candidate_says("Again.").state.end_reason == AGAIN

    def test_nothing_that_is_said_after_it_is_kept(self) -> None:
        scenario = offered().candidate_says("The coffee is in the kitchen.").candidate_says("Again.")
        said = {word.bare for turn in scenario.state.transcript.turns for word in turn.words}
        assert said.isdisjoint({"coffee", "again"})

    def test_with_headphones_it_may_be_answered_while_it_is_put(self) -> None:
        scenario = begun(is_full_duplex=True)
        scenario.presses(CommandName.SKIP).until_coach_has_spoken()
        scenario.presses(CommandName.SKIP)
        scenario.until(lambda: scenario.state.stage is Stage.OFFERING)
        scenario.candidate_says("Again.", after_s=0.0, for_s=0.4)
        assert scenario.state.end_reason == AGAIN


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "There is a gate.",
                "How many cars?",
                "So we need a gate and",
                "um",
                "Skip.",
                "Pause.",
                "Resume.",
                "Again.",
                "Stop.",
            ]
        ),
        max_size=8,
    ),
    st.booleans(),
)
def test_whatever_is_said_a_drill_ends_and_can_be_replayed(talk: list[str], is_full_duplex: bool) -> None:  # noqa: FBT001 - drawn
    scenario = begun(is_full_duplex=is_full_duplex)
    for text in talk:
        if scenario.state.stage is not Stage.ENDED:
            scenario.candidate_says(text)
    scenario.until_ended()
    assert len(scenario.state.interview.rounds) <= len(DRILL.round)
    assert session.replay(scenario.recorded, scenario.book).transcript == scenario.state.transcript
