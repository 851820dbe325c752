"""What a language model is asked in a session, and what becomes of what it writes: in virtual time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.small_book import QUESTION, small_book
from tests.scenario import Scenario
from voice_coach.core import events, journal, session
from voice_coach.core.commands import AskModel, Render
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.model_guard import ModelGuard
from voice_coach.core.model_state import Job, LanguageModelSettings
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_step import Book
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.llm import load_guard_cues

GUARD = ModelGuard(QUESTION, load_guard_cues(prompts_folder() / "llm"), lambda _: frozenset())
DESIGN = "The requirements are small and at a high level there is a service and a store."
OFFLINE = "Why this store?"
BETTER = "You named one store for everything, so which lookups did you have in mind?"
UNKNOWN = "Should I use my own colours?"


def book(**settings: object) -> Book:
    chosen = LanguageModelSettings(**settings)  # type: ignore[arg-type]  # a test's settings are of the right types
    return replace(small_book(), guard=GUARD, model=chosen)


class Modelled(Scenario):
    """A session with a language model that is answered by the test."""

    @property
    def asked(self) -> list[AskModel]:
        return [command for command in self.issued if isinstance(command, AskModel)]

    def model_writes(self, text: str, *, job: Job = Job.FOLLOW_UP, is_rendered: bool = True) -> Modelled:
        """The newest request of *job* is answered."""
        request = [ask.request for ask in self.asked if ask.job is job][-1]
        self.post(
            events.ModelWrote(at_s=self.now_s, request=request, job=job, text=text, tokens=100, cost=0.5)
        )
        if is_rendered:
            for command in self.issued:
                if isinstance(command, Render) and command.request == request:
                    self.post(events.LineReady(at_s=self.now_s, request=request))
        return self

    def model_fails(self, *, is_final: bool = False) -> Modelled:
        ask = self.asked[-1]
        self.post(
            events.ModelFailed(
                at_s=self.now_s, request=ask.request, job=ask.job, fault="slow", is_final=is_final
            )
        )
        return self

    @property
    def dropped(self) -> list[object]:
        return [note.content["why"] for note in self.notes if note.kind == "model_text_dropped"]

    def follow_up(self) -> str:
        """What the coach asks next."""
        self.until(lambda: any(line.intent is Intent.FOLLOW_UP for line in self.said))
        return next(line.text for line in self.said if line.intent is Intent.FOLLOW_UP)


def designed(**settings: object) -> Modelled:
    """A candidate who has said a design, and may go on."""
    scenario = Modelled(book=book(**settings), model="small at here").start()
    scenario.candidate_says(DESIGN)
    assert isinstance(scenario, Modelled)
    return scenario


class TestFollowUps:
    def test_it_is_asked_to_put_the_armed_one_better(self) -> None:
        scenario = designed()
        (ask,) = scenario.asked
        assert (ask.job, ask.about, ask.gap) == (Job.FOLLOW_UP, OFFLINE, "storage_decision")
        assert scenario.state.armed == OFFLINE

    def test_what_came_in_time_is_asked_instead_and_about_the_same_gap(self) -> None:
        scenario = designed().model_writes(BETTER)
        assert scenario.follow_up() == BETTER
        line = scenario.said[-1]
        assert line.about == "storage_decision"
        assert line.because["model"] is True
        assert scenario.state.interview.gaps == ("storage_decision",)
        assert scenario.state.model.used == {Job.FOLLOW_UP: 1}
        assert (scenario.state.model.tokens, scenario.state.model.cost) == (100, 0.5)

    def test_say_that_again_repeats_its_words(self) -> None:
        scenario = designed().model_writes(BETTER)
        scenario.follow_up()
        scenario.until_it_is_the_candidates_turn().presses(CommandName.SAY_AGAIN).until_coach_has_spoken()
        assert scenario.said[-1].text == BETTER

    def test_one_that_was_taken_back_before_it_was_heard_is_asked_later(self) -> None:
        scenario = designed().model_writes(BETTER)
        scenario.until(lambda: scenario.state.speaking is not None)
        assert scenario.state.model.used == {Job.FOLLOW_UP: 1}
        scenario.candidate_says("It also has a gate.", after_s=0.0)
        assert BETTER not in [line.text for line in scenario.said]
        assert not scenario.state.model.used
        assert scenario.follow_up() == BETTER
        assert scenario.state.model.used == {Job.FOLLOW_UP: 1}
        assert [ask.about for ask in scenario.asked].count(OFFLINE) == 1

    @pytest.mark.parametrize("is_rendered", [True, False])
    def test_what_is_not_rendered_is_not_waited_for(self, *, is_rendered: bool) -> None:
        scenario = designed().model_writes(BETTER, is_rendered=is_rendered)
        silent_s = scenario.now_s
        assert scenario.follow_up() == (BETTER if is_rendered else OFFLINE)
        without = Scenario(book=book()).start().candidate_says(DESIGN).until_coach_has_spoken()
        assert scenario.said[-1].start_s == without.said[-1].start_s
        assert scenario.said[-1].start_s > silent_s

    def test_what_comes_when_the_offline_one_is_being_asked_changes_nothing(self) -> None:
        scenario = designed()
        scenario.until(lambda: scenario.state.speaking is not None)
        scenario.model_writes(BETTER)
        assert scenario.follow_up() == OFFLINE
        assert scenario.dropped == ["too late"]
        assert BETTER not in [line.text for line in scenario.until_ended().said]

    def test_an_answer_to_an_older_request_changes_nothing(self) -> None:
        scenario = designed()
        old = scenario.asked[-1]
        scenario.model_fails().candidate_says(
            "Gates have a battery. " + "We count the cars again. " * 10, after_s=0.5
        )
        assert len(scenario.asked) == 2
        scenario.post(
            events.ModelWrote(at_s=scenario.now_s, request=old.request, job=Job.FOLLOW_UP, text=BETTER)
        )
        assert not scenario.state.model.standby
        assert scenario.follow_up() == OFFLINE

    def test_the_gap_that_was_closed_meanwhile_is_not_asked_about(self) -> None:
        scenario = designed()
        first = scenario.asked[-1]
        scenario.candidate_says("Postgres because we look up by plate.", after_s=0.5)
        scenario.post(
            events.ModelWrote(at_s=scenario.now_s, request=first.request, job=Job.FOLLOW_UP, text=BETTER)
        )
        assert scenario.dropped == ["too late"]
        assert scenario.asked[-1].about == "What grows first?"
        assert scenario.follow_up() == "What grows first?"

    def test_much_the_same_is_not_asked_again_soon(self) -> None:
        scenario = designed().model_writes(BETTER)
        scenario.candidate_says("It also has a gate.", after_s=0.5)
        assert len(scenario.asked) == 1
        scenario.candidate_says("word " * 40 + "and so it goes.", after_s=0.5)
        assert len(scenario.asked) == 2

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("Tell me about the store.", "no single question"),
            ("Why this one? And why not that one?", "no single question"),
            ("Why so?", "2 words"),
            ("Why would " + "that " * 40 + "be?", "43 words"),
            ("What of **this** `store` do you like?", "not to be spoken"),
            ("Why not use a plain file for the store?", "leading"),
            ("Great answer, but what about the store?", "a verdict"),
            ("As an AI, may I ask about the store?", "about the model"),
            ("How does it serve ninety thousand spaces?", "a number that nobody said"),
            ("Can you design the parking garage?", "a repetition"),
            ("What happens if two gates fail at once?", None),
            ("How does it find one of the eight hundred spaces?", None),
        ],
    )
    def test_what_may_not_be_said_is_dropped(self, text: str, why: str | None) -> None:
        scenario = designed().model_writes(text)
        assert scenario.dropped == ([] if why is None else [why])
        assert scenario.follow_up() == (text if why is None else OFFLINE)

    def test_what_was_covered_is_not_asked_about(self) -> None:
        guard = ModelGuard(
            QUESTION,
            load_guard_cues(prompts_folder() / "llm"),
            lambda text: frozenset({"high_level_first"} if "overview" in text else ()),
        )
        scenario = Modelled(book=replace(book(), guard=guard), model="small").start()
        scenario.candidate_says(DESIGN)
        assert isinstance(scenario, Modelled)
        scenario.model_writes("Could you give me an overview of all the parts?")
        assert scenario.dropped == ["about what was covered"]


class TestAnswers:
    def asked(self) -> Modelled:
        scenario = Modelled(book=book(), model="small").start()
        scenario.candidate_says(UNKNOWN)
        assert isinstance(scenario, Modelled)
        return scenario

    def test_what_no_fact_answers_is_asked_of_the_model(self) -> None:
        scenario = self.asked()
        assert (scenario.asked[0].job, scenario.asked[0].about) == (Job.ANSWER, UNKNOWN)

    def test_its_answer_is_said_when_the_reply_is_due_and_no_later(self) -> None:
        with_model = self.asked().model_writes("Plain grey is fine.", job=Job.ANSWER)
        with_model.until_coach_has_spoken()
        offline = Scenario(book=book()).start().candidate_says(UNKNOWN).until_coach_has_spoken()
        assert with_model.said[-1].text == "Plain grey is fine."
        assert with_model.said[-1].intent is Intent.ANSWER
        assert offline.said[-1].text == "<unknown_fact>"
        assert with_model.said[-1].start_s == offline.said[-1].start_s

    def test_late_ones_hand_the_decision_back_as_ever(self) -> None:
        scenario = self.asked().until_coach_has_spoken()
        assert isinstance(scenario, Modelled)
        scenario.model_writes("Plain grey is fine.", job=Job.ANSWER).until_ended()
        assert scenario.said[2].text == "<unknown_fact>"
        assert "Plain grey is fine." not in [line.text for line in scenario.said]

    def test_the_same_question_gets_the_same_answer(self) -> None:
        scenario = self.asked().model_writes("Plain grey is fine.", job=Job.ANSWER)
        scenario.until_coach_has_spoken().candidate_says(UNKNOWN).until_coach_has_spoken()
        assert [line.text for line in scenario.said[2:4]] == ["Plain grey is fine."] * 2
        assert [ask.job for ask in scenario.asked].count(Job.ANSWER) == 1

    @pytest.mark.parametrize(
        ("text", "is_said"),
        [
            ("", False),
            ("There are nine thousand spaces in that.", False),
            ("All eight hundred spaces look alike.", True),
            ("Would you like grey?", False),
            ("You have passed the interview.", False),
            ("Nothing. " * 4, False),
        ],
    )
    def test_only_what_the_facts_bear_is_said(self, text: str, *, is_said: bool) -> None:
        scenario = self.asked().model_writes(text.strip(), job=Job.ANSWER).until_coach_has_spoken()
        assert (scenario.said[-1].text == text.strip()) is is_said

    def test_known_facts_are_never_asked_of_it(self) -> None:
        scenario = Modelled(book=book(), model="small").start()
        scenario.candidate_says("How many spaces are there?").until_coach_has_spoken()
        assert isinstance(scenario, Modelled)
        assert Job.ANSWER not in [ask.job for ask in scenario.asked]


class TestOpinions:
    def closing(self) -> Modelled:
        scenario = designed()
        scenario.model_writes(BETTER).presses(CommandName.STOP)
        scenario.until(lambda: scenario.state.stage is Stage.ASSESSING)
        return scenario

    def test_the_feedback_waits_for_it_a_while(self) -> None:
        scenario = self.closing()
        assert scenario.asked[-1].job is Job.OPINION
        scenario.passes(1.0)
        assert not scenario.state.is_assessed
        scenario.model_writes("", job=Job.OPINION).passes(0.4)
        assert scenario.state.is_assessed

    def test_and_no_longer(self) -> None:
        scenario = self.closing()
        asked_s = scenario.state.model.asked[Job.OPINION].at_s
        scenario.until(lambda: scenario.state.is_assessed)
        assert scenario.now_s - asked_s == pytest.approx(LanguageModelSettings().opinion_s, abs=0.3)
        assert scenario.until_ended().state.end_reason == "completed"

    def test_a_failure_ends_the_wait(self) -> None:
        scenario = self.closing().model_fails().passes(0.4)
        assert scenario.state.is_assessed


class TestFaults:
    def test_after_several_in_a_row_it_is_left_alone(self) -> None:
        scenario = designed(faults_allowed=2)
        scenario.model_fails().candidate_says("word " * 50, after_s=0.5)
        assert isinstance(scenario, Modelled)
        scenario.model_fails().candidate_says("word " * 50, after_s=0.5)
        assert len(scenario.asked) == 2
        assert scenario.state.model.is_off
        assert [note.kind for note in scenario.notes].count("model_left_alone") == 1
        assert scenario.until_ended().state.end_reason == "completed"
        assert len(scenario.asked) == 2

    def test_an_answer_between_them_forgives(self) -> None:
        scenario = designed(faults_allowed=2)
        scenario.model_fails().candidate_says("word " * 50, after_s=0.5)
        assert isinstance(scenario, Modelled)
        scenario.model_writes("no question").candidate_says("word " * 50, after_s=0.5)
        assert isinstance(scenario, Modelled)
        assert not scenario.model_fails().state.model.is_off

    def test_one_for_good_is_enough(self) -> None:
        assert designed().model_fails(is_final=True).state.model.is_off

    def test_without_a_model_nothing_is_asked(self) -> None:
        scenario = Scenario(book=book()).start().candidate_says(DESIGN).until_ended()
        assert not any(isinstance(command, AskModel) for command in scenario.issued)


def test_a_journal_gives_the_same_session_again() -> None:
    scenario = designed().model_writes(BETTER)
    scenario.follow_up()
    scenario.candidate_says(UNKNOWN).until_ended()
    lines = [journal.to_line(journal.encode(event)) for event in scenario.recorded]
    again = [event for line in journal.parse(lines) if (event := journal.decode(line)) is not None]
    assert again == scenario.recorded
    assert session.replay(again, scenario.book).model == scenario.state.model
