"""A device is lost, or the machine slept: what becomes of the session, in virtual time."""

from __future__ import annotations

import pytest

from tests.core.small_book import small_book
from tests.scenario import Scenario
from voice_coach.core import events, journal, session
from voice_coach.core.commands import GiveUp, Listen, LookForDevices, LookUp, Speak
from voice_coach.core.events import (
    LOUDSPEAKER,
    MICROPHONE,
    CommandName,
    DeviceBack,
    DeviceLost,
    MachineSlept,
    Reviewed,
)
from voice_coach.core.session_stage import Stage
from voice_coach.core.speech_metrics import measure
from voice_coach.core.transcript import Speaker
from voice_coach.core.turn_taking import TurnTakingSettings
from voice_coach.tui import activity

LONG = "The requirements are small and at a high level there is a service and a store."


def started(**options: object) -> Scenario:
    return Scenario(book=small_book(), **options).start()  # type: ignore[arg-type]


def loses(scenario: Scenario, role: str, *, unheard_s: float = 0.0) -> Scenario:
    now_s = scenario.now_s
    scenario.post(
        DeviceLost(
            at_s=now_s,
            role=role,
            name="Blue",
            reason=f"the {role} is gone",
            heard_until_s=max(0.0, now_s - unheard_s),
        )
    )
    return scenario


def gets_back(scenario: Scenario, role: str, *, is_replaced: bool = False) -> Scenario:
    scenario.post(DeviceBack(at_s=scenario.now_s, role=role, name="Blue", is_replaced=is_replaced))
    return scenario


def until_silent(scenario: Scenario) -> Scenario:
    return scenario.until(lambda: scenario.state.speaking is None and not scenario.state.queue, limit_s=60.0)


def texts(scenario: Scenario, since: int = 0) -> list[str]:
    return [line.text for line in scenario.said[since:]]


def missing(scenario: Scenario) -> set[str]:
    outage = scenario.state.outage
    return set() if outage is None else set(outage.missing)


def looks(scenario: Scenario) -> int:
    return sum(isinstance(command, LookForDevices) for command in scenario.issued)


class TestLost:
    def test_a_lost_microphone_is_said_aloud_and_then_looked_for(self) -> None:
        scenario = loses(started().candidate_says(LONG), MICROPHONE)
        assert looks(scenario) == 0
        until_silent(scenario)
        assert scenario.said[-1].text == "<microphone_lost>"
        assert looks(scenario) == 1
        assert scenario.issued[-1] == LookForDevices()

    @pytest.mark.parametrize("role", [LOUDSPEAKER, "device"])
    def test_a_lost_loudspeaker_is_looked_for_at_once(self, role: str) -> None:
        scenario = loses(started().passes(3.0), role)
        assert looks(scenario) == 1
        scenario.passes(20.0)
        assert texts(scenario, 2) == []

    def test_the_clock_stands_and_nothing_is_said_meanwhile(self) -> None:
        scenario = loses(started().candidate_says(LONG), MICROPHONE)
        before_s = scenario.state.clock.elapsed_s(scenario.now_s)
        until_silent(scenario).passes(200.0)
        assert scenario.state.clock.elapsed_s(scenario.now_s) == before_s
        assert scenario.said[-1].text == "<microphone_lost>"

    def test_the_ears_are_shut_and_nothing_is_recorded_until_it_is_back(self) -> None:
        scenario = loses(started().passes(3.0), LOUDSPEAKER)
        assert [command for command in scenario.issued if isinstance(command, Listen)][-1] == Listen(
            is_on=False, is_recorded=False
        )
        until_silent(gets_back(scenario, LOUDSPEAKER))
        heard = [command for command in scenario.issued if isinstance(command, Listen)][-1]
        assert heard.is_on
        assert heard.is_recorded

    def test_a_loudspeaker_that_is_lost_while_that_is_said_is_looked_for_as_well(self) -> None:
        scenario = loses(started().passes(3.0), MICROPHONE).passes(0.4)
        assert scenario.state.speaking is not None
        until_silent(loses(scenario, LOUDSPEAKER))
        assert looks(scenario) >= 1
        gets_back(scenario, MICROPHONE).passes(2.0)
        assert missing(scenario) == {LOUDSPEAKER}
        until_silent(gets_back(scenario, LOUDSPEAKER))
        assert missing(scenario) == set()
        assert scenario.said[-1].text == "<device_back>"

    def test_words_said_right_before_are_kept_and_what_comes_behind_belongs_to_the_same_turn(self) -> None:
        scenario = started().candidate_says("We put the gates in one service and")
        until_silent(loses(scenario, MICROPHONE)).passes(30.0)
        until_silent(gets_back(scenario, MICROPHONE))
        scenario.candidate_says("the cars in another one")
        text = " ".join(word.text for word in scenario.state.words)
        assert text == "We put the gates in one service and the cars in another one"

    def test_a_question_asked_right_before_is_answered_behind_it(self) -> None:
        scenario = loses(started().candidate_says("How many spaces are there?"), MICROPHONE)
        until_silent(scenario).passes(30.0)
        until_silent(gets_back(scenario, MICROPHONE)).until_coach_has_spoken()
        assert texts(scenario, 2) == ["<microphone_lost>", "<device_back>", "Eight hundred spaces."]

    def test_what_was_transcribed_meanwhile_counts(self) -> None:
        scenario = started().passes(8.0)
        scenario.pieces_say(LONG, for_s=6.0)
        until_silent(loses(scenario, MICROPHONE))
        assert "high_level_first" not in scenario.state.covered
        gets_back(scenario, MICROPHONE)
        assert "high_level_first" in scenario.state.covered

    def test_resume_said_right_before_does_not_end_it(self) -> None:
        scenario = started().passes(5.0)
        scenario.pieces_say("Resume.", for_s=1.0)
        until_silent(loses(scenario, MICROPHONE))
        assert scenario.state.is_paused
        assert not scenario.state.pending


class TestOwed:
    def test_what_the_coach_was_saying_is_said_again_from_its_clause(self) -> None:
        scenario = Scenario(book=small_book(), coach_words_per_s=1.0).start()
        scenario.candidate_says(LONG).until(lambda: scenario.state.speaking is not None).passes(1.4)
        before = len(scenario.said)
        until_silent(loses(scenario, LOUDSPEAKER))
        until_silent(gets_back(scenario, LOUDSPEAKER))
        told = texts(scenario, before)
        assert told[-2:] == ["<device_back>", "Why this store?"]
        assert scenario.state.interview.owed == ()

    def test_what_was_not_heard_for_sure_counts_as_not_heard(self) -> None:
        """A lost loudspeaker is noticed half a second late, when the line seemed to be as good as over."""
        scenario = started().candidate_says("How many spaces are there?")
        scenario.until(lambda: scenario.state.speaking is not None).passes(1.2)
        before = len(scenario.said)
        until_silent(loses(scenario, LOUDSPEAKER, unheard_s=0.6))
        until_silent(gets_back(scenario, LOUDSPEAKER))
        assert texts(scenario, before)[-2:] == ["<device_back>", "Eight hundred spaces."]

    def test_the_line_that_tells_of_the_loss_is_not_owed(self) -> None:
        scenario = loses(started().passes(3.0), MICROPHONE).passes(0.4)
        until_silent(loses(scenario, LOUDSPEAKER))
        for role in (MICROPHONE, LOUDSPEAKER):
            gets_back(scenario, role)
        before = len(scenario.said)
        until_silent(scenario)
        assert texts(scenario, before) == ["<device_back>"]

    def test_feedback_goes_on_where_the_loudspeaker_was_lost(self) -> None:
        scenario = started(feedback=("One thing.", "Another thing.", "A third."))
        scenario.presses(CommandName.STOP).until(
            lambda: scenario.state.stage is Stage.FEEDBACK and any(t == "One thing." for t in texts(scenario))
        )
        until_silent(loses(scenario, LOUDSPEAKER))
        gets_back(scenario, LOUDSPEAKER).until_ended()
        assert texts(scenario)[-2:] == ["Another thing.", "A third."]
        assert scenario.state.end_reason == "completed"

    @pytest.mark.parametrize("stage", [Stage.CLOSING, Stage.ASSESSING, Stage.FEEDBACK])
    def test_once_nobody_is_listened_to_no_microphone_is_missed(self, stage: Stage) -> None:
        scenario = started().presses(CommandName.STOP)
        scenario.until(lambda: scenario.state.stage is stage)
        loses(scenario, MICROPHONE).until_ended()
        assert scenario.state.end_reason == "completed"
        assert "<microphone_lost>" not in texts(scenario)

    def test_after_the_feedback_a_lost_microphone_is_missed_and_a_question_right_before_is_answered(
        self,
    ) -> None:
        answers: list[str] = []

        def found(asked: LookUp) -> Reviewed:
            answers.append(asked.ask)
            return Reviewed(at_s=0.0, request=asked.request, lines=("Because.",))

        scenario = started(review_s=20.0, answers=found).presses(CommandName.STOP)
        scenario.until(lambda: scenario.state.stage is Stage.REVIEWING and scenario.state.speaking is None)
        scenario.pieces_say("Why?", for_s=0.5)
        until_silent(loses(scenario, MICROPHONE))
        assert texts(scenario)[-1] == "<microphone_lost>"
        assert looks(scenario) == 1
        scenario.passes(60.0)
        assert not answers
        gets_back(scenario, MICROPHONE).until_ended()
        assert answers == ["why"]
        assert texts(scenario)[-3:] == ["<device_back>", "Because.", "<offer>"]
        assert scenario.state.end_reason == "completed"

    def test_a_pause_after_the_feedback_goes_on_behind_it(self) -> None:
        scenario = started(review_s=20.0).presses(CommandName.STOP)
        scenario.until(lambda: scenario.state.stage is Stage.REVIEWING and scenario.state.speaking is None)
        until_silent(loses(scenario.presses(CommandName.PAUSE), MICROPHONE))
        assert looks(scenario) == 1
        gets_back(scenario, MICROPHONE).passes(30.0)
        assert scenario.state.is_paused
        assert [command for command in scenario.issued if isinstance(command, Listen)][-1] == Listen(
            is_on=True, is_short=True, is_recorded=False
        )

    def test_the_assessment_waits_for_the_loudspeaker_and_nothing_is_said_of_it(self) -> None:
        scenario = started().presses(CommandName.STOP)
        scenario.until(lambda: scenario.state.stage is Stage.ASSESSING)
        before = len(scenario.said)
        loses(scenario, LOUDSPEAKER).passes(20.0)
        assert scenario.state.stage is Stage.ASSESSING
        gets_back(scenario, LOUDSPEAKER).until_ended()
        assert texts(scenario, before) == ["<feedback_intro>", "You said how it would grow."]


class TestBack:
    def test_who_talks_over_that_line_goes_on_with_the_same_turn(self) -> None:
        scenario = started(is_full_duplex=True, coach_words_per_s=0.5)
        scenario.candidate_says("We put the gates in one service and")
        until_silent(loses(scenario, LOUDSPEAKER)).passes(5.0)
        gets_back(scenario, LOUDSPEAKER).passes(0.4)
        scenario.candidate_says("the cars in another one", after_s=0.0)
        assert scenario.state.interview.owed
        text = " ".join(word.text for word in scenario.state.words)
        assert text == "We put the gates in one service and the cars in another one"

    def test_a_device_that_is_lost_again_while_that_is_said_is_told_once_it_is_back(self) -> None:
        scenario = started(coach_words_per_s=0.5).candidate_says("How many spaces are there?")
        scenario.until(lambda: scenario.state.speaking is not None).passes(1.0)
        for _ in range(3):
            until_silent(loses(scenario, LOUDSPEAKER)).passes(2.0)
            gets_back(scenario, LOUDSPEAKER).passes(1.0)
        before = len(scenario.said)
        until_silent(scenario)
        assert texts(scenario, before) == ["<device_back>", "Eight hundred spaces."]

    def test_another_device_is_named_as_such(self) -> None:
        scenario = loses(started().passes(3.0), LOUDSPEAKER).passes(5.0)
        until_silent(gets_back(scenario, LOUDSPEAKER, is_replaced=True))
        assert scenario.said[-1].text == "<device_replaced>"

    def test_a_pause_on_command_goes_on_behind_it(self) -> None:
        scenario = started().presses(CommandName.PAUSE)
        until_silent(scenario)
        until_silent(loses(scenario, MICROPHONE)).passes(10.0)
        until_silent(gets_back(scenario, MICROPHONE))
        assert activity(scenario.state) == "paused"
        assert "<device_back>" not in texts(scenario)
        until_silent(scenario.presses(CommandName.RESUME))
        assert activity(scenario.state) == "waiting"
        assert len(scenario.state.pauses) == 1

    def test_what_is_back_and_was_not_lost_changes_nothing(self) -> None:
        scenario = started().passes(3.0)
        before = scenario.state
        gets_back(scenario, MICROPHONE)
        assert scenario.state == before


class TestGivingUp:
    def test_what_does_not_come_back_is_given_up(self) -> None:
        scenario = Scenario(book=small_book(turn_taking=TurnTakingSettings(longest_outage_s=30.0))).start()
        until_silent(loses(scenario, MICROPHONE)).passes(20.0)
        assert not any(isinstance(command, GiveUp) for command in scenario.issued)
        scenario.passes(12.0)
        assert GiveUp(reason="the microphone is gone") in scenario.issued

    @pytest.mark.parametrize("name", CommandName)
    def test_only_stop_is_obeyed_meanwhile_and_gives_it_up(self, name: CommandName) -> None:
        scenario = until_silent(loses(started().passes(3.0), MICROPHONE))
        issued = len(scenario.issued)
        scenario.presses(name)
        wanted = [GiveUp(reason="the microphone is gone")] if name is CommandName.STOP else []
        assert scenario.issued[issued:] == wanted
        scenario.post(events.InputEnded(at_s=scenario.now_s, reason="device lost"))
        assert scenario.state.stage is Stage.ENDED


class TestSleep:
    def test_a_sleep_is_a_pause_with_a_line_behind_it(self) -> None:
        scenario = started().candidate_says("We put the gates in one service and")
        scenario.post(MachineSlept(at_s=scenario.now_s, until_s=scenario.now_s, asleep_s=600.0))
        before_s = scenario.state.clock.elapsed_s(scenario.now_s)
        until_silent(scenario.passes(0.4))
        assert scenario.said[-1].text == "<slept>"
        assert scenario.state.clock.elapsed_s(scenario.now_s) == before_s
        assert " ".join(word.text for word in scenario.state.words).endswith("service and")

    def test_a_gap_in_the_sound_counts_for_nothing(self) -> None:
        scenario = started().candidate_says(LONG)
        before_s, said = scenario.state.clock.elapsed_s(scenario.now_s), len(scenario.said)
        until_s = scenario.now_s + 60.0
        scenario.post(MachineSlept(at_s=scenario.now_s, until_s=until_s, asleep_s=60.0))
        scenario.passes(59.0)
        assert len(scenario.said) == said
        scenario.until(lambda: scenario.state.outage is None)
        assert until_s <= scenario.now_s <= until_s + 0.2
        assert scenario.state.clock.elapsed_s(scenario.now_s) == pytest.approx(before_s, abs=0.3)

    def test_a_device_that_did_not_wake_up_is_looked_for(self) -> None:
        scenario = started().passes(3.0)
        scenario.post(MachineSlept(at_s=scenario.now_s, until_s=scenario.now_s, asleep_s=600.0))
        loses(scenario, LOUDSPEAKER).passes(3.0)
        assert looks(scenario) == 1
        until_silent(gets_back(scenario, LOUDSPEAKER))
        assert texts(scenario, 2) == ["<device_back>"]
        assert len(scenario.state.pauses) == 1

    def test_who_paused_before_is_left_alone(self) -> None:
        scenario = started().presses(CommandName.PAUSE)
        until_silent(scenario)
        before = len(scenario.said)
        scenario.post(MachineSlept(at_s=scenario.now_s, until_s=scenario.now_s, asleep_s=600.0))
        scenario.passes(5.0)
        assert scenario.state.is_paused
        assert texts(scenario, before) == []
        assert [command for command in scenario.issued if isinstance(command, Listen)][-1] == Listen(
            is_on=True, is_recorded=False
        )

    def test_a_key_right_behind_it_is_obeyed(self) -> None:
        scenario = started().passes(3.0)
        scenario.post(MachineSlept(at_s=scenario.now_s, until_s=scenario.now_s, asleep_s=600.0))
        until_silent(scenario.presses(CommandName.TIME))
        assert any(line.about == "time" for line in scenario.said)

    @pytest.mark.parametrize("stage", [Stage.CLOSING, Stage.ASSESSING, Stage.FEEDBACK])
    def test_the_end_of_a_session_goes_on_behind_it(self, stage: Stage) -> None:
        scenario = started().presses(CommandName.STOP)
        scenario.until(lambda: scenario.state.stage is stage)
        scenario.post(MachineSlept(at_s=scenario.now_s, until_s=scenario.now_s, asleep_s=600.0))
        scenario.until_ended()
        assert scenario.state.end_reason == "completed"
        assert texts(scenario)[-1] == "You said how it would grow."


def test_lost_time_is_no_pause_of_the_speaker() -> None:
    """The gap around it is between two stretches, whatever its length."""
    scenario = started().candidate_says(LONG)
    until_silent(loses(scenario, MICROPHONE)).passes(60.0)
    until_silent(gets_back(scenario, MICROPHONE))
    scenario.candidate_says(LONG)
    state = scenario.state
    holds = state.clock.all_holds(state.at_s)
    metrics = measure(state.transcript, excluded=holds)
    assert metrics.longest_pause_s is not None
    assert metrics.longest_pause_s < 2.0
    assert state.answer_s < state.at_s - 60.0


def test_the_journal_alone_gives_the_same_state() -> None:
    scenario = started().candidate_says(LONG)
    until_silent(loses(scenario, MICROPHONE)).passes(7.0)
    until_silent(gets_back(scenario, MICROPHONE, is_replaced=True)).candidate_says(LONG)
    scenario.post(MachineSlept(at_s=scenario.now_s, until_s=scenario.now_s + 9.0, asleep_s=9.0))
    until_silent(scenario.passes(12.0))
    lines = [journal.to_line(journal.encode(event)) for event in scenario.recorded]
    again = [event for line in journal.parse(lines) if (event := journal.decode(line)) is not None]
    assert again == scenario.recorded
    replayed = session.replay(again, scenario.book)
    assert replayed.pauses == scenario.state.pauses
    assert replayed.transcript == scenario.state.transcript
    assert not [
        word
        for word in replayed.transcript.by(Speaker.CANDIDATE)
        if any(start_s <= word.start_s < end_s for start_s, end_s in replayed.pauses)
    ]


def test_nothing_is_spoken_while_a_device_is_looked_for() -> None:
    scenario = until_silent(loses(started().candidate_says(LONG), MICROPHONE))
    issued = len(scenario.issued)
    scenario.passes(120.0)
    assert not [command for command in scenario.issued[issued:] if isinstance(command, Speak)]
