"""The candidate talks over the coach: with headphones the coach stops, and nothing that is needed is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.small_book import small_book
from tests.scenario import Scenario
from voice_coach.core import events
from voice_coach.core.commands import Render, StopSpeaking
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.interview_state import InterviewState, Line
from voice_coach.core.session_stage import Stage
from voice_coach.core.talked_over import HALF, broken_off, needed, settled

QUESTION, RULES = "Design a parking garage.", "You have twelve and a half minutes."
SIZE, LATENCY = "Eight hundred spaces.", "A gate opens within a second."
TWO_QUESTIONS = "How many spaces are there? And how fast must a gate open?"
LONG = "The requirements are small and at a high level there is a service and a store. "


def begun(*, words_per_s: float = 1.0, is_full_duplex: bool = True) -> Scenario:
    """A session in whose opening the coach is not audible yet."""
    scenario = Scenario(book=small_book(), is_full_duplex=is_full_duplex, coach_words_per_s=words_per_s)
    return scenario.begin()


def opened(*, words_per_s: float = 1.0) -> Scenario:
    """A session whose opening is over."""
    scenario = begun(words_per_s=words_per_s)
    return scenario.until(lambda: scenario.state.stage is Stage.ANSWERING)


def until_audible(scenario: Scenario, text: str) -> Scenario:
    """Until the coach is heard saying *text*."""

    def is_heard() -> bool:
        speaking = scenario.state.speaking
        return speaking is not None and speaking.started_s is not None and speaking.line.text == text

    return scenario.until(is_heard)


def texts(scenario: Scenario) -> list[str]:
    return [line.text for line in scenario.said]


def stops(scenario: Scenario) -> int:
    return sum(isinstance(command, StopSpeaking) for command in scenario.issued)


def two_answers(*, words_per_s: float = 1.0) -> Scenario:
    """Two questions were asked, and the coach is at the first answer."""
    scenario = opened(words_per_s=words_per_s).candidate_says(TWO_QUESTIONS)
    return until_audible(scenario, SIZE)


class TestAnswers:
    def test_the_second_answer_is_given_after_talk_over_the_first(self) -> None:
        scenario = two_answers().passes(2.0).candidate_says("Okay so that is quite a lot", after_s=0.2)
        assert stops(scenario) == 1
        silent_s = scenario.now_s - 0.6
        scenario.until_coach_has_spoken()
        assert texts(scenario)[-1] == LATENCY
        assert scenario.said[-1].intent is Intent.ANSWER
        assert scenario.said[-1].start_s - silent_s < 3.0

    def test_an_answer_of_which_hardly_a_word_was_heard_is_given_again(self) -> None:
        scenario = two_answers(words_per_s=0.4).passes(0.9)
        scenario.candidate_says("wait I was not done with that", after_s=0.0)
        scenario.until(lambda: texts(scenario)[-1:] == [LATENCY])
        assert texts(scenario)[-2:] == [SIZE, LATENCY]

    def test_a_question_asked_over_it_is_answered_with_the_rest(self) -> None:
        scenario = two_answers().passes(2.0).candidate_says("Should I paint it?", after_s=0.2)
        scenario.until(lambda: texts(scenario)[-1:] == ["<unknown_fact>"])
        assert texts(scenario)[-2:] == [LATENCY, "<unknown_fact>"]

    def test_the_same_question_asked_over_it_is_answered_once(self) -> None:
        scenario = two_answers().passes(2.0).candidate_says("And how fast must a gate open?", after_s=0.2)
        scenario.until(lambda: texts(scenario)[-1:] == [LATENCY]).passes(4.0)
        assert texts(scenario).count(LATENCY) == 1

    def test_over_the_second_answer_it_is_no_cut_off(self) -> None:
        scenario = until_audible(two_answers(), LATENCY)
        scenario.candidate_says("Right and I will size it", after_s=0.2)
        assert scenario.state.false_cut_offs == 0
        scenario.until_coach_has_spoken()
        assert texts(scenario)[-1] == LATENCY

    def test_who_is_done_needs_no_more_answers(self) -> None:
        scenario = two_answers().passes(2.0).candidate_says("Never mind, that's my design.", after_s=0.2)
        scenario.until_coach_has_spoken()
        assert LATENCY not in texts(scenario)


class TestNoWords:
    @pytest.mark.parametrize("said", ["Mm-hm.", "Okay.", "Yeah, okay, got it.", "Um"])
    def test_after_what_only_shows_that_one_listens_the_coach_goes_on(self, said: str) -> None:
        scenario = two_answers().passes(1.5).candidate_says(said, after_s=0.0, for_s=0.9)
        assert stops(scenario) == 1
        silent_s = scenario.now_s - 0.6
        scenario.until(lambda: texts(scenario)[-1:] == [LATENCY])
        assert texts(scenario)[-2:] == [SIZE, LATENCY]
        assert scenario.said[-2].because["reason"] == "talked over by no words"
        assert 0.99 <= scenario.said[-2].start_s - silent_s <= 1.41

    def test_whoever_begins_at_its_last_word_lets_it_end(self) -> None:
        scenario = until_audible(opened().candidate_says(LONG), "Why this store?").passes(2.8)
        scenario.candidate_says("Um", after_s=0.0, for_s=0.9).passes(3.0)
        assert stops(scenario) == 0
        assert texts(scenario).count("Why this store?") == 1

    def test_after_a_cough_too(self) -> None:
        scenario = two_answers().passes(1.5)
        onset_s = scenario.now_s
        scenario.post(events.SpeechStarted(at_s=onset_s, onset_s=onset_s))
        scenario.passes(0.8)
        scenario.post(events.SpeechEnded(at_s=scenario.now_s, offset_s=scenario.now_s))
        scenario.until(lambda: texts(scenario)[-1:] == [LATENCY])
        assert texts(scenario)[-2:] == [SIZE, LATENCY]

    def test_a_follow_up_that_was_coughed_over_is_asked_and_answered_as_one(self) -> None:
        scenario = opened().candidate_says(LONG)
        scenario = until_audible(scenario, "Why this store?").passes(1.5)
        scenario.candidate_says("Mm.", after_s=0.0, for_s=0.9).until_coach_has_spoken()
        assert texts(scenario)[-1] == "Why this store?"
        scenario.candidate_says("Postgres because it is small.")
        silent_s = scenario.now_s - 0.6
        scenario.until_coach_has_spoken()
        assert scenario.said[-1].start_s - silent_s < 2.0

    def test_what_comes_next_is_rendered_while_the_coach_falls_silent(self) -> None:
        scenario = two_answers().passes(1.5).candidate_says("Mm-hm.", after_s=0.0, for_s=0.9)
        stop = next(at for at, command in enumerate(scenario.issued) if isinstance(command, StopSpeaking))
        assert scenario.issued[stop + 1] == Render(text=SIZE)


class TestOpening:
    def test_a_cough_over_the_question_leaves_it_whole(self) -> None:
        scenario = until_audible(begun(), QUESTION).passes(1.5).candidate_says("Um", after_s=0.0, for_s=0.9)
        assert stops(scenario) == 1
        scenario.until(lambda: texts(scenario)[-1:] == [RULES])
        assert texts(scenario)[1:] == [QUESTION, RULES]

    def test_who_wants_it_again_gets_it_again(self) -> None:
        scenario = until_audible(begun(), QUESTION).passes(2.5)
        scenario.candidate_says("Repeat the question", after_s=0.0)
        scenario.until(lambda: texts(scenario)[-1:] == [RULES])
        assert texts(scenario)[1:] == [QUESTION, RULES]

    def test_a_question_over_it_is_answered_after_it(self) -> None:
        scenario = until_audible(begun(), QUESTION).passes(2.5)
        scenario.candidate_says("How many spaces are there?", after_s=0.0)
        scenario.until(lambda: texts(scenario)[-1:] == [SIZE])
        assert texts(scenario)[1:] == [QUESTION, RULES, SIZE]

    def test_who_begins_to_answer_is_left_to_it(self) -> None:
        scenario = until_audible(begun(), QUESTION).passes(2.5)
        scenario.candidate_says("Right, so I know this one, there is a service for the gates.", after_s=0.0)
        assert scenario.state.stage is Stage.ANSWERING
        scenario.passes(4.0)
        assert len(scenario.said) == 1
        scenario.until_coach_has_spoken()
        assert scenario.said[-1].intent is Intent.CHECK

    def test_it_counts_as_no_cut_off_and_takes_nothing_back(self) -> None:
        scenario = until_audible(begun(), QUESTION).candidate_says("Hello can you hear me", after_s=0.2)
        assert stops(scenario) == 1
        assert scenario.state.false_cut_offs == 0

    def test_without_headphones_the_ears_are_closed(self) -> None:
        scenario = until_audible(begun(is_full_duplex=False), QUESTION).passes(1.0)
        scenario.candidate_says("Hello can you hear me", after_s=0.0).passes(10.0)
        assert stops(scenario) == 0
        assert texts(scenario)[:2] == [QUESTION, RULES]

    def test_a_key_breaks_nothing_off_for_good(self) -> None:
        scenario = until_audible(begun(is_full_duplex=False), QUESTION).passes(2.5).presses(CommandName.TIME)
        scenario.until(lambda: texts(scenario)[-1:] == [RULES])
        assert [line.about for line in scenario.said[1:]] == [CommandName.TIME, "parking", "rules"]
        assert texts(scenario)[2] == QUESTION

    def test_a_pause_in_it_is_followed_by_the_rest(self) -> None:
        scenario = until_audible(begun(is_full_duplex=False), QUESTION).passes(2.5).presses(CommandName.PAUSE)
        scenario.passes(30.0).presses(CommandName.RESUME)
        scenario.until(lambda: texts(scenario)[-1:] == [RULES])
        assert texts(scenario)[1:] == ["<paused>", "<resumed>", QUESTION, RULES]


class TestFalseCutOff:
    def test_the_turn_goes_on_as_if_nothing_had_been_said(self) -> None:
        """The question before the coach's mistake still counts, and so does the rest of the turn."""
        scenario = opened().candidate_says("How many spaces are there?")
        until_audible(scenario, SIZE).candidate_says("And how fast must a gate open?", after_s=0.2)
        assert scenario.state.false_cut_offs == 1
        scenario.until(lambda: texts(scenario)[-1:] == [LATENCY])
        assert texts(scenario)[-2:] == [SIZE, LATENCY]

    def test_a_follow_up_that_nobody_heard_was_not_asked(self) -> None:
        scenario = opened().candidate_says(LONG)
        until_audible(scenario, "Why this store?").candidate_says("and there are gates", after_s=0.2)
        assert scenario.passes(0.4).state.interview.asked == ()
        assert scenario.state.wait_factor == 2.0
        scenario.until_coach_has_spoken()
        assert texts(scenario)[-1] == "Why this store?"

    def test_a_later_one_either(self) -> None:
        scenario = opened(words_per_s=0.5).candidate_says(LONG)
        until_audible(scenario, "Why this store?").passes(1.0)
        scenario.candidate_says("and there are gates all around it", after_s=0.0)
        silent_s = scenario.now_s - 0.6
        scenario.until_coach_has_spoken()
        assert texts(scenario)[-1] == "Why this store?"
        assert scenario.state.false_cut_offs == 0
        assert scenario.said[-1].start_s - silent_s > 5.0


class TestWrapUp:
    def test_one_that_nobody_heard_is_asked_again(self) -> None:
        scenario = opened(words_per_s=0.2)
        scenario.until(lambda: scenario.state.stage is Stage.WRAPPING_UP)
        until_audible(scenario, "<wrap_up>").passes(1.0)
        scenario.candidate_says("One more thing about the gates", after_s=0.0).until_coach_has_spoken()
        assert texts(scenario)[-1] == "<wrap_up>"
        assert scenario.state.stage is Stage.WRAPPING_UP
        scenario.candidate_says("I gave up cheap writes.").until_ended()
        assert texts(scenario).count("<thanks>") == 1

    def test_who_is_done_needs_none(self) -> None:
        scenario = opened(words_per_s=0.2)
        scenario.until(lambda: scenario.state.stage is Stage.WRAPPING_UP)
        until_audible(scenario, "<wrap_up>").passes(1.0)
        scenario.candidate_says("I'm done.", after_s=0.0).until_ended()
        assert texts(scenario).count("<wrap_up>") == 0


LINE = Line(text="Most users are on one continent, so start there. Keep it simple.", intent=Intent.ANSWER)


class TestTalksOn:
    @pytest.mark.parametrize("asked", ["How many spaces are there?", TWO_QUESTIONS])
    def test_who_talks_on_after_an_answer_is_not_answered_at_every_pause(self, asked: str) -> None:
        scenario = opened(words_per_s=0.4).candidate_says(asked)
        until_audible(scenario, SIZE)
        for _ in range(3):
            scenario.candidate_says(LONG, after_s=0.9)
            silent_s = scenario.now_s
            until_audible(scenario, SIZE)
            assert scenario.now_s - silent_s > 4.0


class TestLeft:
    @pytest.mark.parametrize(
        ("share", "left"),
        [
            (0.0, LINE.text),
            (0.4, LINE.text),
            (0.55, "So start there. Keep it simple."),
            (0.8, "Keep it simple."),
            (0.95, "Keep it simple."),
        ],
    )
    def test_it_begins_with_the_clause_that_was_broken_off(self, share: float, left: str) -> None:
        owed = broken_off(LINE, share)
        assert owed is not None
        assert owed.line == replace(LINE, text=left)
        assert owed.was_heard is (share >= HALF)

    @pytest.mark.parametrize(("intent", "is_needed"), [(Intent.WRAP_UP, True), (Intent.ANSWER, False)])
    def test_a_wrap_up_is_needed_until_its_question_was_heard(
        self, intent: Intent, *, is_needed: bool
    ) -> None:
        text = "Let's bring it to a close. What should I remember most?"
        line = Line(text=text, intent=intent, about="spaces")
        for share, is_still in ((0.4, True), (0.6, is_needed), (0.85, False)):
            owed = broken_off(line, share)
            assert owed is not None
            assert bool(needed((owed,), "parking")) is is_still

    def test_that_nothing_is_known_of_it_need_not_be_said_again(self) -> None:
        known, unknown = broken_off(replace(LINE, about="spaces"), 0.1), broken_off(LINE, 0.1)
        assert known is not None
        assert unknown is not None
        assert needed((known, unknown), "parking") == (known.line,)

    def test_nothing_is_left_of_what_was_heard_to_the_end(self) -> None:
        assert broken_off(LINE, 1.0) is None

    @given(st.text(alphabet="ab ,.", min_size=1).filter(str.split), st.floats(0.0, 1.0))
    def test_it_is_always_the_end_of_the_line(self, text: str, share: float) -> None:
        owed = broken_off(Line(text=text, intent=Intent.ANSWER), share)
        if owed is not None:
            assert " ".join(text.split()).lower().endswith(owed.line.text.lower())

    def test_settling_forgets_only_the_follow_up_that_was_not_heard(self) -> None:
        line = Line(text="Why this store?", intent=Intent.FOLLOW_UP)
        state = InterviewState(asked=("a", "b"), gaps=("x", "y"))
        for share, asked in ((0.2, ("a",)), (0.7, ("a", "b"))):
            owed = broken_off(line, share)
            assert owed is not None
            after = settled(replace(state, owed=(owed,)))
            assert (after.asked, after.owed) == (asked, ())


@settings(max_examples=60, deadline=None)
@given(st.floats(0.0, 14.0), st.floats(0.4, 3.0))
def test_whenever_one_coughs_no_word_is_lost(after_s: float, for_s: float) -> None:
    """All that is heard before and after, on end, holds every word of the line in order."""
    scenario = until_audible(begun(words_per_s=0.8), QUESTION).passes(after_s)
    scenario.candidate_says("Um", after_s=0.0, for_s=for_s).passes(40.0)
    said = " ".join(texts(scenario)).lower().split()
    for line in (QUESTION, RULES):
        left = iter(said)
        assert all(word in left for word in line.lower().split()), texts(scenario)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.0, 9.0),
    st.sampled_from(
        ["Mm-hm.", "Okay so that is a lot of them", "Should I paint it?", "Coach, how much time do I have?"]
    ),
    st.floats(0.2, 3.0),
)
def test_whenever_one_talks_over_two_answers_both_are_given(after_s: float, said: str, for_s: float) -> None:
    scenario = two_answers().passes(after_s).candidate_says(said, after_s=0.0, for_s=for_s).passes(40.0)
    assert {"size", "latency"} <= {line.about for line in scenario.said}
    assert scenario.state.interview.owed == ()
