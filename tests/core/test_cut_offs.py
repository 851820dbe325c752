"""The coach speaks into a pause, or nearly does; and what is learnt of the speaker."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.small_book import small_book
from tests.scenario import Scenario
from voice_coach.core import events
from voice_coach.core.commands import HearEnd, Listen, Note, StopSpeaking
from voice_coach.core.cut_offs import factor
from voice_coach.core.events import CommandName
from voice_coach.core.session_stage import Stage
from voice_coach.core.speaker_pace import SpeakerPace
from voice_coach.core.turn_taking import Mode

SENTENCE = "There is a service for the gates."
LONG = "The requirements are small and at a high level there is a service and a store."
BOOK = small_book()


def opened(*, is_full_duplex: bool = True, pace: SpeakerPace | None = None, keeps: bool = False) -> Scenario:
    """A session whose opening is over."""
    scenario = Scenario(
        book=BOOK, is_full_duplex=is_full_duplex, pace=pace or SpeakerPace(), keeps_pace=keeps
    ).begin()
    return scenario.until(lambda: scenario.state.stage is Stage.ANSWERING)


def noted(scenario: Scenario, kind: str) -> list[Note]:
    return [note for note in scenario.notes if note.kind == kind]


def speaks_before_it_is_audible(scenario: Scenario, *, is_playing: bool = False) -> None:
    """The reply was ordered; right then the candidate goes on, perhaps too late to keep it from being heard."""
    scenario.until(lambda: scenario.state.speaking is not None)
    speaking = scenario.state.speaking
    assert speaking is not None
    assert speaking.started_s is None
    scenario.post(events.SpeechStarted(at_s=scenario.now_s, onset_s=scenario.now_s - 0.1))
    if is_playing:
        scenario.post(
            events.PlaybackStarted(at_s=scenario.now_s, utterance=speaking.utterance, duration_s=3.0)
        )


class TestPauses:
    def test_those_that_the_candidate_resumed_from_are_learnt(self) -> None:
        scenario = opened()
        for after_s in (1.0, 3.0, 2.0):
            scenario.candidate_says(SENTENCE, after_s=after_s)
        # The first silence is the coach's; the others are longer by what the words took to come.
        assert scenario.state.pace.monologue == pytest.approx((3.6, 2.6), abs=0.05)

    def test_not_those_around_the_coachs_words(self) -> None:
        scenario = opened().candidate_says(SENTENCE).until_coach_has_spoken()
        scenario.candidate_says(SENTENCE, after_s=3.0)
        assert scenario.state.pace == SpeakerPace()

    def test_nor_one_in_which_the_session_was_paused(self) -> None:
        scenario = opened().candidate_says(SENTENCE).presses(CommandName.PAUSE).until_coach_has_spoken()
        scenario.passes(20.0).candidate_says("We are talking.").passes(2.0)
        scenario.presses(CommandName.RESUME).until_coach_has_spoken().candidate_says(SENTENCE, after_s=2.0)
        assert scenario.state.pace == SpeakerPace()

    def test_nor_time_to_think_that_was_asked_for(self) -> None:
        scenario = opened().candidate_says(f"{SENTENCE} Give me a minute").passes(10.0)
        scenario.candidate_says(SENTENCE)
        assert scenario.state.pace == SpeakerPace()

    def test_a_slow_speaker_is_waited_for_longer_and_a_quick_one_no_less_than_five_seconds(self) -> None:
        waits = {}
        for pause_s in (6.0, 4.6, 1.5):
            scenario = opened(pace=SpeakerPace(monologue=(pause_s,) * 8)).candidate_says(SENTENCE)
            silent_s = scenario.state.last_offset_s
            scenario.until_coach_has_spoken()
            waits[pause_s] = scenario.said[-1].start_s - silent_s
        assert 7.2 <= waits[6.0] <= 7.8
        assert 5.5 <= waits[4.6] <= 6.1
        assert 5.0 <= waits[1.5] <= 5.6

    def test_a_change_that_matters_is_noted(self) -> None:
        scenario = opened(pace=SpeakerPace(monologue=(2.0,) * 7))
        scenario.candidate_says(SENTENCE).candidate_says(SENTENCE, after_s=3.4).candidate_says(SENTENCE)
        (note,) = noted(scenario, "wait_changed")
        assert note.content["reason"] == "the speaker's pauses"
        assert note.content["pace_s"] == pytest.approx(1.2 * 4.0, abs=0.1)

    @pytest.mark.parametrize("keeps", [True, False])
    def test_they_are_left_to_the_next_session_only_where_they_are_somebodys(self, *, keeps: bool) -> None:
        scenario = opened(pace=SpeakerPace(monologue=(2.5, 3.5), short=(0.7,)), keeps=keeps)
        scenario.presses(CommandName.STOP).until_ended()
        (end,) = noted(scenario, "session_ended")
        kept = {key: end.content[key] for key in ("pauses", "short_pauses") if key in end.content}
        assert kept == ({"pauses": [2.5, 3.5], "short_pauses": [0.7]} if keeps else {})


class TestTakenBackUnheard:
    @pytest.mark.parametrize("is_full_duplex", [True, False])
    def test_a_reply_that_is_not_audible_yet_is_not_said(self, *, is_full_duplex: bool) -> None:
        scenario = opened(is_full_duplex=is_full_duplex).candidate_says(LONG)
        said = len(scenario.said)
        speaks_before_it_is_audible(scenario)
        assert any(isinstance(command, StopSpeaking) for command in scenario.issued[-2:])
        assert scenario.state.false_cut_offs == 0
        assert scenario.state.pace.monologue == pytest.approx((5.5,), abs=0.2)
        scenario.passes(2.0).candidate_says("and a queue of cars", after_s=0.0)
        assert len(scenario.said) == said
        assert scenario.state.interview.asked == ()
        assert "requirements" in [word.bare for word in scenario.state.words]

    def test_after_a_noise_it_is_said_all_the_same_and_nothing_was_learnt(self) -> None:
        scenario = opened().candidate_says(LONG)
        speaks_before_it_is_audible(scenario)
        scenario.passes(0.4)
        scenario.post(events.SpeechEnded(at_s=scenario.now_s, offset_s=scenario.now_s - 0.3))
        scenario.until_coach_has_spoken()
        assert scenario.said[-1].text == "Why this store?"
        assert scenario.state.pace == SpeakerPace()


class TestFalseCutOff:
    def test_without_headphones_one_that_came_too_late_to_stay_unheard_is_counted(self) -> None:
        """The ears stay open, and the turn goes on as if nothing had been said."""
        scenario = opened(is_full_duplex=False).candidate_says(LONG)
        said = len(scenario.said)
        speaks_before_it_is_audible(scenario, is_playing=True)
        assert scenario.state.false_cut_offs == 1
        assert scenario.state.wait_factor == 2.0
        assert scenario.state.voice_since_s is not None
        after_it = scenario.issued[scenario.issued.index(noted(scenario, "wait_changed")[-1]) :]
        assert not any(isinstance(command, Listen) and not command.is_on for command in after_it)
        scenario.passes(2.0).candidate_says("and a queue of cars", after_s=0.0)
        assert len(scenario.said) == said
        assert scenario.state.interview.asked == ()
        silent_s = scenario.state.last_offset_s
        scenario.until_coach_has_spoken()
        assert scenario.said[-1].start_s - silent_s > 10.0

    def test_it_is_in_the_journal_with_the_pause_that_was_misjudged(self) -> None:
        scenario = opened().candidate_says(LONG)
        speaks_before_it_is_audible(scenario, is_playing=True)
        (note,) = noted(scenario, "wait_changed")
        assert note.content["reason"] == "a false cut-off"
        assert note.content["factor"] == 2.0
        assert note.content["pause_s"] == pytest.approx(scenario.state.pace.monologue[-1], abs=0.01)
        scenario.presses(CommandName.STOP).until_ended()
        assert noted(scenario, "session_ended")[0].content["false_cut_offs"] == 1

    def test_into_the_coachs_first_words_it_is_learnt_from_too(self) -> None:
        scenario = opened().candidate_says(LONG)
        scenario.until(
            lambda: scenario.state.speaking is not None and scenario.state.speaking.started_s is not None
        )
        scenario.candidate_says("and a queue of cars waiting", after_s=0.2)
        assert scenario.state.false_cut_offs == 1
        assert scenario.state.pace.monologue == pytest.approx((6.3,), abs=0.3)

    def test_an_mm_hm_at_its_start_was_none(self) -> None:
        scenario = opened().candidate_says(LONG)
        scenario.until(
            lambda: scenario.state.speaking is not None and scenario.state.speaking.started_s is not None
        )
        scenario.candidate_says("Mm-hm.", after_s=0.2, for_s=0.9)
        scenario.until_coach_has_spoken()
        assert scenario.said[-1].text == "Why this store?"
        assert (scenario.state.false_cut_offs, scenario.state.wait_factor) == (0, 1.0)
        assert scenario.state.pace == SpeakerPace()

    def test_it_is_forgiven_slowly(self) -> None:
        settings = BOOK.turn_taking
        state = replace(opened().state, wait_factor=2.0)
        state = replace(state, cut_off_at_s=state.clock.elapsed_s(state.at_s))
        later = [factor(replace(state, at_s=state.at_s + after_s), settings) for after_s in range(0, 600, 60)]
        assert later[:5] == [2.0, 2.0, 1.5, 1.5, 1.25]
        assert later == sorted(later, reverse=True)
        assert all(value > 1.0 for value in later)


class TestHint:
    def heard(self, scenario: Scenario, complete: float, *, offset_s: float | None = None) -> None:
        at_s = scenario.state.last_offset_s if offset_s is None else offset_s
        scenario.post(events.HintHeard(at_s=scenario.now_s, offset_s=at_s, complete=complete))

    def wait(self, complete: float | None, *, stale: bool = False) -> float:
        scenario = opened().candidate_says(SENTENCE)
        silent_s = scenario.state.last_offset_s
        if complete is not None:
            self.heard(scenario, complete, offset_s=silent_s - 1.0 if stale else None)
        scenario.until_coach_has_spoken()
        return scenario.said[-1].start_s - silent_s

    def test_one_that_sounds_finished_is_answered_sooner_and_no_other_later(self) -> None:
        assert self.wait(0.95) == pytest.approx(self.wait(None) - 1.0, abs=0.01)
        assert self.wait(0.05) == self.wait(None)

    def test_one_of_an_earlier_utterance_changes_nothing(self) -> None:
        assert self.wait(0.95, stale=True) == self.wait(None)

    def test_it_does_not_outlast_its_utterance(self) -> None:
        scenario = opened().candidate_says(SENTENCE)
        self.heard(scenario, 0.99)
        scenario.candidate_says(SENTENCE)
        silent_s = scenario.state.last_offset_s
        scenario.until_coach_has_spoken()
        assert scenario.said[-1].start_s - silent_s >= 6.0

    def test_it_is_asked_for_only_of_the_candidates_turn(self) -> None:
        scenario = opened().candidate_says(SENTENCE)
        assert [command for command in scenario.issued if isinstance(command, HearEnd)] == [
            HearEnd(offset_s=scenario.state.last_offset_s)
        ]
        scenario.presses(CommandName.PAUSE).until_coach_has_spoken().candidate_says("We are talking.")
        assert sum(isinstance(command, HearEnd) for command in scenario.issued) == 1

    def test_the_decision_is_noted_with_all_its_cues(self) -> None:
        scenario = opened(pace=SpeakerPace(monologue=(5.0,) * 8)).candidate_says(SENTENCE)
        self.heard(scenario, 0.95)
        scenario.until_coach_has_spoken()
        content = noted(scenario, "turn_ended")[0].content
        cues = {name: content[name] for name in ("wait_s", "table_s", "factor", "pace_s", "hint", "mode")}
        assert cues == {
            "wait_s": 6.0,
            "table_s": 6.0,
            "factor": 1.0,
            "pace_s": 6.0,
            "hint": 0.95,
            "mode": Mode.MONOLOGUE,
        }
        assert scenario.said[-1].because["hint"] == 0.95
