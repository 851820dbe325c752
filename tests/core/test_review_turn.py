"""Once the feedback is read: what is asked about it, said again, claimed; and what none of that may touch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.core.small_book import small_book
from tests.scenario import Scenario
from voice_coach.core import commands, events, journal, session
from voice_coach.core.events import CommandName, Intent, Reviewed
from voice_coach.core.review_state import Ask
from voice_coach.core.review_turn import is_for_the_coach
from voice_coach.core.session_stage import REVIEW, Stage
from voice_coach.core.transcript import Speaker, laid_out

if TYPE_CHECKING:
    from collections.abc import Callable

LINES = ("You named the store.", "And why you took it.", "The load was missing.")
ABOUT = ("storage_decision", "storage_decision", "explicit_requirements")
FEEDBACK = [f"<feedback_intro> {LINES[0]}", *LINES[1:]]


def found(asked: commands.LookUp) -> Reviewed:
    """What a desk that knows everything finds out."""
    match asked.ask:
        case Ask.WHY:
            lines: tuple[str, ...] = ("Because I heard it.", "At ten seconds you said: Postgres.")
            return Reviewed(at_s=0.0, request=asked.request, lines=lines, about=asked.about)
        case Ask.WHEN:
            return Reviewed(
                at_s=0.0,
                request=asked.request,
                lines=("At two seconds:",),
                start_s=2.0,
                end_s=4.0,
                quote="my own voice",
            )
        case Ask.CLAIM:
            return Reviewed(
                at_s=0.0,
                request=asked.request,
                lines=("You are right.",),
                about="scaling_strategy",
                start_s=2.0,
                end_s=4.0,
                quote="we shard by user",
                before="not_met",
                after="met",
            )
        case Ask.REDO:
            return Reviewed(
                at_s=0.0,
                request=asked.request,
                lines=("Say it again.",),
                about="storage_decision",
                quote_before="a store",
                before="not_met",
            )
        case Ask.COMPARE:
            return Reviewed(
                at_s=0.0,
                request=asked.request,
                lines=("Before: a store.", "Now: Postgres because it is small.", "Again?"),
                about="storage_decision",
                quote="Postgres because it is small",
                quote_before="a store",
                after="met",
            )


def reading(
    *,
    is_full_duplex: bool = True,
    answers: Callable[[commands.LookUp], Reviewed | None] = found,
    coach_words_per_s: float = 1.0,
    review_s: float = 20.0,
) -> Scenario:
    """A session whose feedback begins to be read."""
    scenario = Scenario(
        book=small_book(),
        is_full_duplex=is_full_duplex,
        feedback=LINES,
        about=ABOUT,
        answers=answers,
        coach_words_per_s=coach_words_per_s,
        review_s=review_s,
    ).start()
    scenario.candidate_says("There is a store and the requirements are small.").presses(CommandName.STOP)
    return until_audible(scenario.until(lambda: scenario.state.stage is Stage.FEEDBACK))


def reviewing(**options: object) -> Scenario:
    """A session whose feedback is read, and the candidate was told what can be asked."""
    scenario = reading(**options)  # type: ignore[arg-type]
    return scenario.until(lambda: texts(scenario)[-1] == "<offer>" and scenario.state.speaking is None)


def until_audible(scenario: Scenario) -> Scenario:
    return scenario.until(
        lambda: scenario.state.speaking is not None and scenario.state.speaking.started_s is not None
    )


def texts(scenario: Scenario) -> list[str]:
    return [line.text for line in scenario.said]


def asked(scenario: Scenario) -> list[commands.LookUp]:
    return [command for command in scenario.issued if isinstance(command, commands.LookUp)]


def ears(scenario: Scenario) -> commands.Listen:
    """How the microphone is listened to."""
    return [command for command in scenario.issued if isinstance(command, commands.Listen)][-1]


def kept(scenario: Scenario) -> int:
    return sum(isinstance(command, commands.KeepReview) for command in scenario.issued)


def told(scenario: Scenario, text: str) -> Scenario:
    """Until the coach has said *text* and is silent."""
    return scenario.until(lambda: text in texts(scenario) and scenario.state.speaking is None)


class TestReading:
    def test_a_question_stops_it_is_answered_and_the_rest_is_read(self) -> None:
        scenario = reading()
        until_audible(scenario.until(lambda: scenario.state.review.read is not None))
        scenario.until(lambda: scenario.state.review.read.about is not None)  # type: ignore[union-attr]
        scenario.candidate_says("Why?", after_s=0.6).until_ended()
        said = texts(scenario)
        assert [request.about for request in asked(scenario)] == ["storage_decision"]
        answer = said.index("Because I heard it.")
        assert said[answer + 1] == "At ten seconds you said: Postgres."
        assert said[answer + 2] == LINES[0]  # broken off in its first clause
        assert said[answer + 3 :] == [*LINES[1:], "<offer>"]
        assert scenario.state.end_reason == "completed"

    def test_a_cough_stops_it_for_a_moment(self) -> None:
        scenario = reading().candidate_says("", after_s=0.6, for_s=0.4).until_ended()
        assert asked(scenario) == []
        assert texts(scenario)[-4:] == [*LINES, "<offer>"]

    def test_talk_that_asks_nothing_does_not_hold_it_up(self) -> None:
        scenario = reading().candidate_says("She is right about that.", after_s=0.6).until_ended()
        assert asked(scenario) == []
        assert texts(scenario)[-4:] == [*LINES, "<offer>"]

    def test_next_leaves_a_line_out_even_by_voice(self) -> None:
        scenario = reading()
        scenario.until(lambda: scenario.state.review.read.about is not None)  # type: ignore[union-attr]
        scenario.candidate_says("Skip.", after_s=0.4).until_ended()
        assert texts(scenario)[-3:] == [*LINES[1:], "<offer>"]

    def test_next_point_leaves_out_all_that_is_about_the_same(self) -> None:
        scenario = reading()
        scenario.until(lambda: scenario.state.review.read.about is not None)  # type: ignore[union-attr]
        scenario.presses(CommandName.NEXT_POINT).until_ended()
        assert texts(scenario)[-2:] == [LINES[2], "<offer>"]

    def test_read_it_again_means_the_line(self) -> None:
        scenario = reading()
        scenario.until(lambda: scenario.state.review.read.about is not None)  # type: ignore[union-attr]
        scenario.candidate_says("Read it again.", after_s=0.4).until_ended()
        assert texts(scenario)[-4:] == [*LINES, "<offer>"]

    def test_with_closed_ears_it_listens_between_the_lines(self) -> None:
        scenario = reading(is_full_duplex=False)
        scenario.until(lambda: LINES[0] in texts(scenario))
        assert scenario.state.speaking is None
        listens = [command for command in scenario.issued if isinstance(command, commands.Listen)]
        assert listens[-1].is_on
        scenario.candidate_says("Why?", after_s=0.2).until_ended()
        said = texts(scenario)
        assert said[said.index(LINES[0]) + 1 :] == [
            "Because I heard it.",
            "At ten seconds you said: Postgres.",
            *LINES[1:],
            "<offer>",
        ]

    def test_redo_leaves_the_rest_unread(self) -> None:
        scenario = reading().presses(CommandName.REDO)
        scenario.until(lambda: scenario.state.stage is Stage.REDOING and scenario.state.speaking is None)
        assert texts(scenario)[-1] == "Say it again."
        assert not set(LINES[1:]) & set(texts(scenario))

    def test_with_no_wait_nothing_can_be_asked_and_it_ends_with_the_feedback(self) -> None:
        scenario = reading(review_s=0.0).presses(CommandName.WHY).presses(CommandName.REDO).until_ended()
        assert asked(scenario) == []
        assert texts(scenario)[-1] == LINES[2]


class TestAfterIt:
    def test_it_waits_and_ends_by_itself(self) -> None:
        scenario = reviewing()
        from_s = scenario.now_s
        scenario.until_ended()
        assert 20.0 <= scenario.now_s - from_s <= 21.0
        assert texts(scenario).count("<offer>") == 1

    @pytest.mark.parametrize("words", ["I'm done.", "Stop.", "Nothing."])
    def test_it_ends_when_told(self, words: str) -> None:
        scenario = reviewing().candidate_says(words).passes(1.0)
        assert scenario.state.stage is Stage.ENDED

    @pytest.mark.parametrize(
        ("words", "is_kept"), [("Nothing.", True), ("Why?", True), ("Tea is up.", False)]
    )
    def test_only_what_means_something_is_written_down(self, words: str, is_kept: bool) -> None:  # noqa: FBT001
        scenario = reviewing()
        said = laid_out(words, scenario.now_s, scenario.now_s + 1.0)
        assert is_for_the_coach(scenario.state, said, scenario.book) is is_kept

    def test_talk_that_asks_nothing_ends_it_some_time(self) -> None:
        scenario = reviewing()
        for _ in range(20):
            if scenario.state.stage is Stage.ENDED:
                break
            scenario.candidate_says("She is right about that.", after_s=5.0)
        assert scenario.state.stage is Stage.ENDED

    def test_ones_own_voice_is_played_and_told_apart(self) -> None:
        scenario = told(reviewing().candidate_says("When did I say something about caching?"), "my own voice")
        assert [word.bare for word in asked(scenario)[0].claim] == ["caching"]
        replays = [command for command in scenario.issued if isinstance(command, commands.Replay)]
        assert [(command.start_s, command.end_s) for command in replays] == [(2.0, 4.0)]
        note = [note for note in scenario.notes if note.kind == "coach_said"][-1]
        assert note.content["intent"] == Intent.REPLY
        assert note.content["replayed"] == {"start": 2.0, "end": 4.0}
        assert texts(scenario)[-2:] == ["At two seconds:", "my own voice"]

    def test_where_two_places_fit_the_other_is_played_as_well(self) -> None:
        def both(asked: commands.LookUp) -> Reviewed:
            return replace(
                found(asked),
                other_line="Or this, at nine seconds:",
                other_start_s=9.0,
                other_end_s=11.0,
                other_quote="the other voice",
            )

        asks = "When did I say something about caching?"
        scenario = told(reviewing(answers=both).candidate_says(asks), "the other voice")
        replays = [command for command in scenario.issued if isinstance(command, commands.Replay)]
        assert [(command.start_s, command.end_s) for command in replays] == [(2.0, 4.0), (9.0, 11.0)]
        assert texts(scenario)[-4:] == [
            "At two seconds:",
            "my own voice",
            "Or this, at nine seconds:",
            "the other voice",
        ]

    def test_what_is_looked_up_for_long_is_waited_for(self) -> None:
        scenario = reviewing(answers=lambda _: None).presses(CommandName.WHY).passes(100.0)
        assert scenario.state.stage is Stage.REVIEWING
        scenario.post(Reviewed(at_s=scenario.now_s, request=1, has_failed=True))
        told(scenario, "<failed>").until_ended()

    def test_an_answer_to_another_question_changes_nothing(self) -> None:
        scenario = reviewing()
        before = scenario.state
        scenario.post(Reviewed(at_s=scenario.now_s, request=1, lines=("Never asked.",)))
        assert scenario.state == before

    def test_a_claim_corrects_the_record(self) -> None:
        scenario = told(reviewing().candidate_says("I did mention sharding."), "we shard by user")
        correction = scenario.state.review.corrections[-1]
        assert (correction.item, correction.before, correction.after) == (
            "scaling_strategy",
            "not_met",
            "met",
        )
        assert kept(scenario) == 1
        assert [note.content["quote"] for note in scenario.notes if note.kind == "correction"] == [
            "we shard by user"
        ]

    def test_read_it_again_means_all_of_it(self) -> None:
        scenario = reviewing().candidate_says("Read it again.").until_ended()
        assert texts(scenario)[-3:] == list(LINES)

    def test_say_that_again_means_the_answer(self) -> None:
        scenario = told(reviewing().presses(CommandName.WHY), "At ten seconds you said: Postgres.")
        scenario.presses(CommandName.SAY_AGAIN).passes(30.0)
        assert texts(scenario)[-2:] == ["Because I heard it.", "At ten seconds you said: Postgres."]

    def test_say_that_again_means_the_line_that_was_read_since(self) -> None:
        scenario = reading()
        scenario.until(lambda: scenario.state.review.read.about is not None)  # type: ignore[union-attr]
        scenario.presses(CommandName.WHY)
        until_audible(scenario.until(lambda: LINES[1] in texts(scenario)))
        scenario.candidate_says("Say that again.", after_s=0.4).until_ended()
        assert texts(scenario)[-2:] == [LINES[2], "<offer>"]
        assert texts(scenario).count("Because I heard it.") == 1

    def test_next_says_that_there_is_none(self) -> None:
        told(reviewing().presses(CommandName.SKIP), "<nothing next>").until_ended()
        told(reviewing().candidate_says("Skip."), "<nothing next>").until_ended()

    @pytest.mark.parametrize("is_full_duplex", [True, False])
    def test_it_can_be_paused(self, is_full_duplex: bool) -> None:  # noqa: FBT001
        scenario = reviewing(is_full_duplex=is_full_duplex).presses(CommandName.PAUSE)
        assert ears(scenario) == commands.Listen(is_on=True, is_short=True, is_recorded=False)
        scenario.passes(60.0)
        assert scenario.state.stage is Stage.REVIEWING
        scenario.presses(CommandName.WHY).passes(5.0)
        assert asked(scenario) == []
        scenario.candidate_says("Resume.").passes(1.0)
        assert ears(scenario) == commands.Listen(is_on=True, is_short=True)
        scenario.presses(CommandName.WHY).passes(5.0)
        assert len(asked(scenario)) == 1

    @pytest.mark.parametrize("is_full_duplex", [True, False])
    def test_a_pause_within_a_line_is_off_the_record_and_resume_is_heard(
        self,
        is_full_duplex: bool,  # noqa: FBT001
    ) -> None:
        scenario = reading(is_full_duplex=is_full_duplex)
        scenario.until(lambda: scenario.state.review.read.about is not None)  # type: ignore[union-attr]
        scenario.presses(CommandName.PAUSE)
        assert not ears(scenario).is_recorded
        scenario.passes(30.0)
        assert ears(scenario) == commands.Listen(is_on=True, is_short=True, is_recorded=False)
        assert not set(LINES[1:]) & set(texts(scenario))
        scenario.candidate_says("Resume.")
        assert ears(scenario).is_recorded
        scenario.until_ended()
        assert texts(scenario)[-4:] == [*LINES, "<offer>"]

    def test_a_voice_that_never_falls_silent_ends_it(self) -> None:
        scenario = reviewing()
        scenario.candidate_says("She is right about that.", for_s=400.0)
        assert scenario.state.end_reason == "completed"
        assert scenario.state.at_s < 400.0

    def test_a_question_in_endless_talk_is_answered(self) -> None:
        scenario = reviewing()
        from_s = scenario.now_s
        talk_s = scenario.book.review.settings.longest_s - 4.0  # type: ignore[union-attr]
        scenario.post(events.SpeechStarted(at_s=scenario.now_s, onset_s=from_s))
        scenario.passes(talk_s).pieces_say("Why?", for_s=0.5).passes(3.0)
        assert asked(scenario) == []
        scenario.until(lambda: len(asked(scenario)) == 1, limit_s=2.0)

    @pytest.mark.parametrize("name", [CommandName.PAUSE, CommandName.SKIP])
    def test_a_key_while_something_is_looked_up_loses_nothing(self, name: CommandName) -> None:
        scenario = reading(answers=lambda _: None)
        scenario.until(lambda: scenario.state.review.read.about is not None)  # type: ignore[union-attr]
        scenario.presses(CommandName.WHY).passes(1.0).presses(name)
        scenario.post(Reviewed(at_s=scenario.now_s, request=1, lines=("Because.",)))
        scenario.passes(1.0)
        if name is CommandName.PAUSE:
            scenario.presses(CommandName.RESUME).until_ended()
            assert texts(scenario)[-5:] == ["Because.", *LINES, "<offer>"]
        else:
            scenario.until_ended()
            assert texts(scenario)[-3:] == [*LINES[1:], "<offer>"]
            assert "Because." not in texts(scenario)


class TestSayingItAgain:
    def begun(self) -> Scenario:
        scenario = reviewing().candidate_says("Redo.")
        return scenario.until(
            lambda: scenario.state.stage is Stage.REDOING and scenario.state.speaking is None
        )

    def test_it_is_judged_alone_and_compared(self) -> None:
        scenario = told(self.begun().candidate_says("Postgres because it is small."), "Again?")
        assert " ".join(word.text for word in asked(scenario)[-1].claim) == "Postgres because it is small."
        (redo,) = scenario.state.review.redos
        assert (redo.item, redo.goal) == ("storage_decision", "Say it again.")
        assert (redo.before, redo.after) == ("a store", "Postgres because it is small")
        assert (redo.verdict_before, redo.verdict_after) == ("not_met", "met")
        assert kept(scenario) == 1
        scenario.until_ended()

    @pytest.mark.parametrize("is_by_key", [True, False])
    def test_again_means_once_more_of_that(self, is_by_key: bool) -> None:  # noqa: FBT001
        scenario = told(self.begun().candidate_says("Postgres because it is small."), "Again?")
        if is_by_key:
            scenario.presses(CommandName.SAY_AGAIN)
        else:
            scenario.candidate_says("Again.")
        scenario.until(lambda: scenario.state.stage is Stage.REDOING)

    def test_who_did_not_catch_the_comparison_hears_it_again(self) -> None:
        scenario = told(self.begun().candidate_says("Postgres because it is small."), "Again?")
        scenario.candidate_says("Say that again.").passes(30.0)
        assert texts(scenario)[-3:] == ["Before: a store.", "Now: Postgres because it is small.", "Again?"]
        assert len(scenario.state.review.redos) == 1

    def test_a_pause_within_a_sentence_is_no_end(self) -> None:
        scenario = self.begun().candidate_says("Postgres because it is small, and").passes(3.4)
        assert len(asked(scenario)) == 1
        scenario.candidate_says("it is known.", after_s=0.4).until(lambda: len(asked(scenario)) == 2)
        assert len(asked(scenario)[-1].claim) == 9

    def test_a_command_in_it_leaves_what_was_said_and_time_to_think_holds_it_open(self) -> None:
        scenario = self.begun().candidate_says("Postgres because it is small.")
        scenario.candidate_says("Let me think.", after_s=1.0).passes(20.0)
        assert len(asked(scenario)) == 1
        scenario.candidate_says("Say that again.").until_coach_has_spoken()
        assert texts(scenario)[-1] == "Say it again."
        scenario.candidate_says("It is known.", after_s=1.0).until(lambda: len(asked(scenario)) == 2)
        words = " ".join(word.text for word in asked(scenario)[-1].claim)
        assert words == "Postgres because it is small. It is known."

    def test_done_ends_it_and_is_no_part_of_it(self) -> None:
        scenario = self.begun().candidate_says("Postgres because it is small.")
        scenario.candidate_says("I'm done.", after_s=1.0).passes(0.4)
        assert [word.bare for word in asked(scenario)[-1].claim][-1] == "small"

    def test_silence_is_said_to_be_silence(self) -> None:
        told(self.begun(), "<unheard>").until_ended()

    def test_a_voice_that_never_falls_silent_is_judged_in_the_end(self) -> None:
        scenario = self.begun().pieces_say("Postgres because it is small.", for_s=3.0)
        scenario.post(events.SpeechStarted(at_s=scenario.now_s, onset_s=scenario.now_s))
        settings = scenario.book.review.settings  # type: ignore[union-attr]
        scenario.until(lambda: len(asked(scenario)) == 2, limit_s=settings.redo_longest_s + 6.0)
        assert asked(scenario)[-1].ask is Ask.COMPARE

    def test_it_can_be_left(self) -> None:
        scenario = self.begun().presses(CommandName.SKIP).passes(1.0)
        assert scenario.state.stage is Stage.REVIEWING
        assert scenario.state.review.redos == ()

    def test_words_of_other_stages_mean_nothing_in_an_answer(self) -> None:
        scenario = Scenario(book=small_book(), is_full_duplex=True, review_s=20.0).start()
        before = scenario.state
        for name in events.REVIEW_COMMANDS:
            scenario.presses(name)
        assert scenario.state == before


@pytest.mark.parametrize("is_full_duplex", [True, False])
def test_nothing_after_the_thanks_touches_the_answer_and_all_of_it_replays(
    is_full_duplex: bool,  # noqa: FBT001
) -> None:
    scenario = reviewing(is_full_duplex=is_full_duplex)
    transcript, answer_s = scenario.state.transcript, scenario.state.answer_s
    elapsed_s = scenario.state.clock.elapsed_s(scenario.now_s)
    scenario.candidate_says("Why?").until_coach_has_spoken()
    scenario.candidate_says("I did mention sharding.", after_s=12.0).until_coach_has_spoken()
    scenario.candidate_says("Redo.", after_s=12.0)
    scenario.until(lambda: scenario.state.stage is Stage.REDOING and scenario.state.speaking is None)
    scenario.candidate_says("The requirements are large and we shard by user.").until_ended()
    assert scenario.state.transcript == transcript
    assert scenario.state.answer_s == answer_s
    assert scenario.state.clock.elapsed_s(scenario.now_s) == elapsed_s
    assert "shard" not in " ".join(word.bare for word in transcript.by(Speaker.CANDIDATE))
    lines = [journal.decode(journal.encode(event)) for event in scenario.recorded]
    again = session.replay([event for event in lines if event is not None], scenario.book)
    assert again.review == scenario.state.review
    assert again.review.redos
    assert again.review.corrections
    assert again.transcript == transcript


def test_the_stages_of_a_review_are_reached() -> None:
    seen: set[Stage] = set()
    scenario = reading()
    while scenario.state.stage is not Stage.ENDED:
        seen.add(scenario.state.stage)
        scenario.passes(0.2)
        if scenario.state.stage is Stage.REVIEWING and not asked(scenario):
            scenario.presses(CommandName.REDO)
    assert seen == REVIEW
