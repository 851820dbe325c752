"""Commands wherever they are given: while the coach speaks, in a pause, in the feedback; none is lost silently."""

from __future__ import annotations

import pytest

from tests.core.small_book import small_book
from tests.scenario import Scenario
from voice_coach.core import session
from voice_coach.core.coach_speed import SpeedSettings
from voice_coach.core.commands import Listen, Render, Speak
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.session_stage import Stage
from voice_coach.core.transcript import Speaker

LONG = "The requirements are small and at a high level there is a service and a store. "
SPEED = SpeedSettings()


def begun(*, is_full_duplex: bool = True, **options: object) -> Scenario:
    return Scenario(book=small_book(), is_full_duplex=is_full_duplex, **options).start()  # type: ignore[arg-type]


def until_audible(scenario: Scenario) -> Scenario:
    return scenario.until(
        lambda: scenario.state.speaking is not None and scenario.state.speaking.started_s is not None
    )


def until_silent(scenario: Scenario) -> Scenario:
    return scenario.until(lambda: scenario.state.speaking is None)


def in_feedback(*feedback: str) -> Scenario:
    """A session whose feedback has begun to be read."""
    lines = feedback or ("You named the store, and why you took it.", "The load was missing.")
    scenario = begun(feedback=lines).presses(CommandName.STOP)
    return until_audible(scenario.until(lambda: scenario.state.stage is Stage.FEEDBACK))


def abouts(scenario: Scenario) -> list[str | None]:
    return [line.about for line in scenario.said]


def given(scenario: Scenario) -> list[object]:
    """The commands that were journalled."""
    return [note.content["name"] for note in scenario.notes if note.kind == "command"]


def candidates_words(scenario: Scenario) -> str:
    return " ".join(word.text for word in scenario.state.transcript.by(Speaker.CANDIDATE))


class TestSpeed:
    @pytest.mark.parametrize(
        ("command", "line", "limit", "speed"),
        [
            (CommandName.SLOWER, "<slower>", "<slowest>", SPEED.slowest),
            (CommandName.FASTER, "<faster>", "<fastest>", SPEED.fastest),
        ],
    )
    def test_steps_up_to_a_limit_that_is_said(
        self, command: CommandName, line: str, limit: str, speed: float
    ) -> None:
        scenario, said = begun(), list[str]()
        for _ in range(5):
            scenario.presses(command).until_coach_has_spoken()
            said.append(scenario.said[-1].text)
        steps = round(abs(1.0 - speed) / SPEED.step)
        assert said == [line] * steps + [limit] * (5 - steps)
        assert scenario.state.interview.speed == speed

    def test_the_answer_and_all_that_follows_is_said_at_the_new_speed(self) -> None:
        scenario = begun().candidate_says("Slower.").until_coach_has_spoken()
        scenario.candidate_says(LONG).until_coach_has_spoken()
        speeds = [command.speed for command in scenario.issued if isinstance(command, Speak)]
        assert speeds[:2] == [1.0, 1.0]
        assert set(speeds[2:]) == {1.0 - SPEED.step}
        ahead = [command for command in scenario.issued if isinstance(command, Render)]
        assert ahead[-1].speed == 1.0 - SPEED.step
        assert "Slower" not in candidates_words(scenario)

    def test_what_was_rendered_ahead_is_rendered_anew(self) -> None:
        scenario = begun().candidate_says(LONG)
        armed = scenario.state.armed
        assert armed is not None
        scenario.presses(CommandName.FASTER)
        ahead = {command for command in scenario.issued if isinstance(command, Render)}
        assert {command.text for command in ahead if command.speed > 1.0} >= {armed, "<thinking_granted>"}

    def test_what_was_broken_off_goes_on_at_the_new_speed(self) -> None:
        scenario = begun(coach_words_per_s=1.0).candidate_says(LONG)
        until_audible(scenario).passes(0.4).presses(CommandName.SLOWER)
        scenario.until(lambda: len(scenario.said) >= 2 and scenario.state.speaking is None)
        assert abouts(scenario)[-2:] == [CommandName.SLOWER, "storage_decision"]

    def test_say_that_again_slower_does_both(self) -> None:
        scenario = begun().candidate_says(LONG).until_coach_has_spoken()
        asked = scenario.said[-1].text
        scenario.candidate_says("Say that again slower.").until_coach_has_spoken()
        assert scenario.said[-1].text == asked
        assert scenario.state.interview.speed < 1.0

    def test_say_that_again_does_not_mean_the_answer_to_slower(self) -> None:
        scenario = begun().candidate_says(LONG).until_coach_has_spoken()
        asked = scenario.said[-1].text
        scenario.presses(CommandName.SLOWER).until_coach_has_spoken()
        scenario.presses(CommandName.SAY_AGAIN).until_coach_has_spoken()
        assert scenario.said[-1].text == asked


class TestStatus:
    def test_it_tells_the_time_and_what_was_heard(self) -> None:
        scenario = begun().candidate_says(LONG).candidate_says("How am I doing?", after_s=2.0)
        scenario.until(lambda: len(scenario.said) == 4 and scenario.state.speaking is None)
        time, parts = (line.text for line in scenario.said[-2:])
        assert time == "ten seconds in, twelve minutes twenty left."
        assert parts == "Heard <part_requirements> and <part_overview>."
        assert {line.intent for line in scenario.said[-2:]} == {Intent.REPLY}

    def test_with_nothing_covered_and_over_time_it_is_as_calm(self) -> None:
        scenario = begun().passes(5.0).presses(CommandName.HOW_AM_I_DOING)
        scenario.until(lambda: len(scenario.said) == 4)
        assert scenario.said[-1].text == "<status_no_part>"


class TestWhileTheCoachSpeaks:
    @pytest.mark.parametrize(
        ("said", "name"),
        [
            ("Stop.", "stop"),
            ("Skip.", "skip"),
            ("Pause.", "pause"),
            ("Slower.", "slower"),
            ("Coach, pause.", "pause"),
        ],
    )
    def test_a_word_too_short_to_stop_it_is_obeyed_all_the_same(self, said: str, name: str) -> None:
        scenario = begun(coach_words_per_s=0.5).candidate_says(LONG)
        until_audible(scenario).candidate_says(said, after_s=0.4, for_s=0.4)
        until_silent(scenario.passes(1.0))
        assert given(scenario) == [name]
        assert said.rsplit(maxsplit=1)[-1] not in candidates_words(scenario)
        assert session.replay(scenario.recorded, scenario.book).transcript == scenario.state.transcript

    def test_nor_is_it_lost_when_its_words_come_after_the_coach_has_finished(self) -> None:
        scenario = begun(coach_words_per_s=2.0).candidate_says(LONG)
        speaking = until_audible(scenario).state.speaking
        assert speaking is not None
        scenario.candidate_says("Pause.", after_s=speaking.duration_s - 0.4, for_s=0.3).passes(1.0)
        assert given(scenario) == ["pause"]
        assert scenario.state.is_paused

    def test_an_answer_that_begins_over_its_last_word_is_none(self) -> None:
        scenario = begun(coach_words_per_s=2.0).candidate_says(LONG)
        speaking = until_audible(scenario).state.speaking
        assert speaking is not None
        scenario.candidate_says("Skip lists are what I would take here.", after_s=speaking.duration_s - 0.4)
        assert given(scenario) == []
        assert candidates_words(scenario).endswith("here.")

    def test_words_that_are_no_command_do_not_stop_it(self) -> None:
        scenario = begun(coach_words_per_s=0.5).candidate_says(LONG)
        until_audible(scenario).candidate_says("Okay.", after_s=0.4, for_s=0.4).passes(1.0)
        assert scenario.state.speaking is not None
        assert given(scenario) == []


class TestInAPause:
    @pytest.mark.parametrize("is_full_duplex", [True, False])
    def test_nothing_is_recorded_and_no_time_passes_from_the_very_command_on(
        self,
        is_full_duplex: bool,  # noqa: FBT001
    ) -> None:
        scenario = begun(is_full_duplex=is_full_duplex).passes(5.0)
        scenario.presses(CommandName.PAUSE)
        elapsed_s = scenario.state.clock.elapsed_s(scenario.now_s)
        since = len(scenario.issued)
        scenario.passes(60.0).presses(CommandName.TIME).passes(30.0)
        assert scenario.state.clock.elapsed_s(scenario.now_s) == elapsed_s
        listens = [command for command in scenario.issued[since:] if isinstance(command, Listen)]
        assert not any(command.is_recorded for command in listens)
        first = [command for command in scenario.issued[:since] if isinstance(command, Listen)][-1]
        assert first.is_recorded is False

    @pytest.mark.parametrize(
        "name",
        [
            CommandName.TIME,
            CommandName.HOW_AM_I_DOING,
            CommandName.REPEAT_QUESTION,
            CommandName.SAY_AGAIN,
            CommandName.SLOWER,
            CommandName.FASTER,
            CommandName.THINK,
        ],
    )
    def test_what_can_be_answered_is_and_the_pause_lasts(self, name: CommandName) -> None:
        scenario = begun(coach_words_per_s=1.0).candidate_says(LONG)
        until_silent(until_audible(scenario).presses(CommandName.PAUSE))
        before = len(scenario.said)
        until_silent(scenario.presses(name).passes(0.4))
        assert len(scenario.said) > before
        assert abouts(scenario)[before:].count("storage_decision") == 0
        assert scenario.state.is_paused
        scenario.presses(CommandName.RESUME)
        scenario.until(lambda: abouts(scenario)[-1] == "storage_decision")

    @pytest.mark.parametrize("name", [CommandName.SKIP, CommandName.DONE, CommandName.STOP])
    def test_what_leads_on_ends_it(self, name: CommandName) -> None:
        scenario = begun().passes(2.0).presses(CommandName.PAUSE).until_coach_has_spoken()
        since = len(scenario.issued)
        scenario.presses(name)
        assert not scenario.state.is_paused
        first = next(command for command in scenario.issued[since:] if isinstance(command, Listen))
        assert first.is_recorded
        until_silent(scenario)
        assert given(scenario) == ["pause", name]

    def test_by_voice_it_needs_the_coachs_name(self) -> None:
        scenario = begun().presses(CommandName.PAUSE).until_coach_has_spoken()
        scenario.candidate_says("How much time do I have?").passes(5.0)
        assert given(scenario) == ["pause"]
        scenario.candidate_says("Coach, how much time do I have?").until_coach_has_spoken()
        assert given(scenario) == ["pause", "time"]
        assert scenario.state.is_paused
        assert candidates_words(scenario) == ""

    def test_private_talk_does_not_silence_the_coach(self) -> None:
        scenario = begun(coach_words_per_s=0.5).presses(CommandName.PAUSE)
        until_audible(scenario).candidate_says("Yes, I will be there in a minute.", after_s=0.2)
        until_silent(scenario)
        assert scenario.said[-1].text == "<paused>"
        assert "coach_interrupted" not in [note.kind for note in scenario.notes]


class TestSkip:
    def test_what_was_skipped_is_not_asked_about_again(self) -> None:
        scenario, asked = begun(), list[str | None]()
        while scenario.state.stage is Stage.ANSWERING:
            scenario.presses(CommandName.SKIP).until_coach_has_spoken()
            asked.append(scenario.said[-1].about)
        assert scenario.said[-1].intent is Intent.WRAP_UP
        assert len(asked) == len(set(asked)) == 5

    def test_in_the_wrap_up_it_leads_to_the_thanks(self) -> None:
        scenario = begun()
        while scenario.state.stage is Stage.ANSWERING:
            scenario.presses(CommandName.SKIP).until_coach_has_spoken()
        scenario.candidate_says("Skip.").until(lambda: scenario.state.stage is not Stage.WRAPPING_UP)
        assert scenario.state.stage is Stage.CLOSING


class TestInTheFeedback:
    @pytest.mark.parametrize("name", [CommandName.STOP, CommandName.DONE])
    def test_it_can_be_ended(self, name: CommandName) -> None:
        scenario = in_feedback().presses(name)
        assert scenario.state.stage is Stage.ENDED
        assert scenario.state.end_reason == "completed"

    def test_a_sentence_can_be_skipped(self) -> None:
        scenario = in_feedback(*(f"Sentence number {name} of the feedback." for name in "abc"))
        until_audible(scenario.presses(CommandName.SKIP).passes(0.4)).presses(CommandName.SKIP).until_ended()
        assert [line.text for line in scenario.said[-2:]] == [
            "Sentence number b of the feedback.",
            "Sentence number c of the feedback.",
        ]

    def test_a_sentence_can_be_heard_again_slower(self) -> None:
        scenario = in_feedback("One sentence is all.")
        scenario.until(lambda: scenario.state.speaking is not None and not scenario.state.queue)
        until_audible(scenario).presses(CommandName.SAY_SLOWER).until_ended()
        assert scenario.said[-1].text == "One sentence is all."
        assert [command.speed for command in scenario.issued if isinstance(command, Speak)][-1] < 1.0

    def test_it_can_be_slower_and_nothing_is_lost(self) -> None:
        scenario = in_feedback().passes(1.0)
        until_audible(scenario).presses(CommandName.SLOWER).until_ended()
        assert [line.text for line in scenario.said[-3:]] == [
            "<slower>",
            "You named the store, and why you took it.",
            "The load was missing.",
        ]

    def test_it_can_be_paused_by_key_and_goes_on(self) -> None:
        scenario = in_feedback().presses(CommandName.PAUSE).passes(60.0)
        before = len(scenario.said)
        assert scenario.state.speaking is None
        assert scenario.state.stage is Stage.FEEDBACK
        scenario.presses(CommandName.TIME).presses(CommandName.SLOWER).passes(5.0)
        assert len(scenario.said) == before
        scenario.presses(CommandName.PAUSE).until_ended()
        assert [line.text for line in scenario.said[-2:]] == [
            "You named the store, and why you took it.",
            "The load was missing.",
        ]

    def test_a_pause_that_nobody_ends_ends_it(self) -> None:
        scenario = in_feedback().presses(CommandName.PAUSE).until_ended()
        assert scenario.state.end_reason == "completed"

    @pytest.mark.parametrize("is_full_duplex", [True, False])
    def test_with_headphones_it_listens_and_keeps_nothing_of_what_it_hears(
        self,
        is_full_duplex: bool,  # noqa: FBT001
    ) -> None:
        scenario = begun(
            is_full_duplex=is_full_duplex, coach_words_per_s=0.5, feedback=("One of two.", "Two of two.")
        )
        scenario.presses(CommandName.STOP).until(lambda: scenario.state.stage is Stage.FEEDBACK)
        until_audible(scenario)
        listens = [command for command in scenario.issued if isinstance(command, Listen)]
        assert listens[-1].is_on is is_full_duplex
        if not is_full_duplex:
            return
        scenario.candidate_says("Yes, she is right about that.", after_s=0.2)
        assert scenario.state.speaking is not None
        assert given(scenario) == ["stop"]
        scenario.candidate_says("Stop.", after_s=0.4).passes(1.0)
        assert scenario.state.stage is Stage.ENDED
        assert given(scenario) == ["stop", "stop"]
        assert candidates_words(scenario) == ""

    def test_what_means_nothing_there_changes_nothing(self) -> None:
        scenario = in_feedback()
        before = scenario.state
        for name in (CommandName.TIME, CommandName.THINK, CommandName.RESUME, CommandName.HOW_AM_I_DOING):
            scenario.presses(name)
        assert scenario.state == before
