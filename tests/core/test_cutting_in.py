"""The coach interrupts, withdraws, changes the scope: recorded conversations in virtual time."""

from __future__ import annotations

from itertools import chain, cycle

import pytest

from tests.core.small_book import small_book
from tests.scenario import Scenario
from tests.talker import CLAUSES, Talker
from voice_coach.core import session
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.interview_state import Line
from voice_coach.core.pressure import Pressure
from voice_coach.core.rubric_ids import SCOPE_CHANGE
from voice_coach.core.session_stage import Stage

COVERED = "The requirements are small. At a high level there is a service and a store. "
CHANGE = "Now the garage has a second site. What changes in your design?"


def talker(pressure: Pressure = Pressure.NORMAL, **options: object) -> Talker:
    return Talker(book=small_book(pressure=pressure, seed=3), is_full_duplex=True, **options).start()  # type: ignore[arg-type]


def kinds(scenario: Scenario) -> list[str]:
    return [note.kind for note in scenario.notes]


class TestInterruption:
    def test_sorry_comes_first_then_why_then_a_question(self) -> None:
        talk = talker().talks(200.0)
        sorry, why, asked = talk.said[2:5]
        assert (sorry.text, sorry.intent) == ("Sorry,", Intent.INTERRUPTION)
        assert sorry.end_s - sorry.start_s <= 0.6
        assert why.text.startswith("let me stop you there")
        assert asked.intent is Intent.FOLLOW_UP

    def test_why_it_was_now_is_in_the_journal(self) -> None:
        talk = talker().talks(200.0)
        because = talk.said[2].because
        assert because["reason"] in ("off_point", "over_budget", "long_talk")
        assert float(str(because["silence_s"])) >= 0.35
        assert float(str(because["elapsed_s"])) >= 60.0
        assert because["words_known"] is False
        assert kinds(talk).count("interruption") == 1

    def test_where_all_words_are_known_nothing_is_waited_for(self) -> None:
        talk = talker(pause_s=2.4).talks(200.0)
        assert talk.said[2].because["words_known"] is True
        assert float(str(talk.said[2].because["held_s"])) < 30.0

    def test_who_has_time_to_think_is_left_alone(self) -> None:
        talk = talker().candidate_says("Let me think.")
        talk.until_coach_has_spoken().passes(25.0)
        assert "interruption" not in kinds(talk)

    def test_a_pause_on_command_is_no_time_to_interrupt(self) -> None:
        talk = talker().talks(100.0)
        talk.presses(CommandName.PAUSE).passes(300.0)
        assert "interruption" not in kinds(talk)

    def test_an_interruption_that_is_heeded_leaves_a_turn_to_answer_in(self) -> None:
        talk = talker()
        talk.until(lambda: talk.talks(10.0).state.interruptions > 0, limit_s=300.0)
        assert talk.state.withdrawn == 0
        assert talk.state.speaking is None
        assert talk.state.interview.asked

    def test_the_journal_gives_the_same_session(self) -> None:
        talk = talker(Pressure.TOUGH, yields=False).talks(600.0)
        assert talk.state.withdrawn > 0
        assert session.replay(talk.recorded, talk.book).withdrawn == talk.state.withdrawn


class TestWithdrawal:
    def test_who_talks_on_is_not_interrupted(self) -> None:
        talk = talker(yields=False)
        before = talk.talks(60.0).state
        talk.until(lambda: talk.talks(5.0).state.withdrawn > 0, limit_s=300.0)
        sorry = next(line for line in talk.said if line.text == "Sorry,")
        stopped = next(note for note in talk.notes if note.kind == "coach_interrupted")
        assert 1.5 <= float(str(stopped.content["t"])) - sorry.start_s <= 2.2
        assert talk.state.interview.asked == before.interview.asked
        assert talk.state.turn_from_s == before.turn_from_s
        assert talk.state.false_cut_offs == 0

    def test_without_headphones_the_coach_looks_at_its_start(self) -> None:
        talk = Talker(book=small_book(seed=3), yields=False).start()
        talk.until(lambda: talk.talks(5.0).state.withdrawn > 0, limit_s=300.0)
        assert "interruption" not in [line.intent for line in talk.said]
        played = next(note.content["played_s"] for note in talk.notes if note.kind == "coach_interrupted")
        assert float(str(played)) <= 0.2


class TestScopeChange:
    def test_at_tough_it_comes_at_the_end_of_a_turn_that_ends_in_time(self) -> None:
        talk = talker(Pressure.TOUGH)
        talk.clauses = chain([COVERED], cycle(CLAUSES))
        until_s = 0.55 * 750.0
        talk.talks(until_s - 60.0)
        talk.until(lambda: any(line.intent is Intent.SCOPE_CHANGE for line in talk.said), limit_s=200.0)
        line = talk.said[-1]
        assert (line.text, line.about) == (CHANGE, "second-site")
        assert "tail" in line.because
        assert "scope_change" in kinds(talk)
        assert talk.state.transcript.turns[-1].asked_about == (SCOPE_CHANGE,)

    def test_one_that_was_talked_over_is_said_again(self) -> None:
        talk = talker(Pressure.TOUGH, yields=False).talks(450.0)
        assert talk.state.withdrawn == 1
        assert CHANGE not in [line.text for line in talk.said]
        talk.until(lambda: CHANGE in [line.text for line in talk.said], limit_s=30.0)

    def test_too_late_it_is_not(self) -> None:
        talk = talker(Pressure.TOUGH, yields=False).talks(820.0)
        talk.until(lambda: talk.state.stage is Stage.ENDED)
        assert CHANGE not in [line.text for line in talk.said]
        assert Intent.WRAP_UP in [line.intent for line in talk.said]

    def test_at_gentle_nothing_changes(self) -> None:
        talk = talker(Pressure.GENTLE).talks(400.0)
        talk.until_coach_has_spoken()
        assert "scope_change" not in kinds(talk)

    def test_it_is_agreed_to_a_check_before_it(self) -> None:
        talk = talker(Pressure.TOUGH).talks(0.42 * 750.0)
        talk.candidate_says("Does that make sense?")
        talk.until(lambda: CHANGE in [line.text for line in talk.said], limit_s=10.0)
        assert talk.said[-2].text == "<agreed>"


class TestOnlyQuestions:
    def asked(self, count: int, **options: object) -> Scenario:
        scenario = Scenario(book=small_book(**options)).start()  # type: ignore[arg-type]
        for number in range(count):
            text = "How many spaces are there?" if number % 2 else "And how fast must a gate open?"
            scenario.candidate_says(text).until_coach_has_spoken()
            scenario.until(lambda: scenario.state.speaking is None)
        return scenario

    @pytest.mark.parametrize("pressure", Pressure)
    def test_after_eight_the_coach_answers_and_leads_on_to_the_design(self, pressure: Pressure) -> None:
        said = [line.text for line in self.asked(8, pressure=pressure).said]
        assert said.count("<enough_questions>") == 1
        assert said[-2:] == ["Eight hundred spaces.", "<enough_questions>"]

    def test_who_goes_on_is_led_on_again_but_not_each_time(self) -> None:
        said = [line.text for line in self.asked(13).said]
        assert said.count("<enough_questions>") == 2

    def test_who_has_designed_may_ask(self) -> None:
        scenario = Scenario(book=small_book()).start().candidate_says(COVERED, after_s=0.5)
        for _ in range(9):
            scenario.candidate_says("How many spaces are there?").until_coach_has_spoken()
            scenario.until(lambda: scenario.state.speaking is None)
        assert "<enough_questions>" not in [line.text for line in scenario.said]

    def test_after_a_quarter_of_the_time_fewer_are_enough(self) -> None:
        scenario = Scenario(book=small_book()).start()
        for _ in range(5):
            scenario.candidate_says("It is so that " + "well " * 100 + ". How many spaces are there?")
            scenario.until_coach_has_spoken().until(lambda: scenario.state.speaking is None)
        assert [line.text for line in scenario.said].count("<enough_questions>") == 1

    def test_the_session_ends_all_the_same(self) -> None:
        scenario = Scenario(book=small_book()).start()
        for _ in range(400):
            if scenario.state.stage is Stage.ENDED:
                break
            scenario.candidate_says("How many spaces are there?").passes(4.0)
        assert scenario.state.end_reason == "completed"
        assert scenario.state.clock.elapsed_s(scenario.now_s) <= 1.25 * 750.0
        assert Intent.WRAP_UP in [line.intent for line in scenario.said]


@pytest.mark.parametrize("pressure", Pressure)
@pytest.mark.parametrize("is_full_duplex", [True, False])
def test_a_silent_candidate_is_asked_twice_and_the_session_ends(
    pressure: Pressure,
    is_full_duplex: bool,  # noqa: FBT001 - drawn
) -> None:
    scenario = Scenario(book=small_book(pressure=pressure), is_full_duplex=is_full_duplex).start()
    scenario.until_ended()
    texts = [line.text for line in scenario.said]
    assert texts.count("<nothing_heard>") == 2
    assert "interruption" not in kinds(scenario)
    assert scenario.now_s < 120.0


def test_a_line_of_an_interruption_says_what_it_is_about() -> None:
    talk = talker().talks(200.0)
    lines = [(line.intent, line.about) for line in talk.said[2:4]]
    assert lines == [(Intent.INTERRUPTION, talk.said[2].because["reason"])] * 2
    assert isinstance(talk.state.interview.last[0], Line)
