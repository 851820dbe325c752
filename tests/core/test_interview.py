"""What the interviewer says, with the content that comes with the program."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.bundled import CONTENT, bundled_book
from tests.scenario import Scenario
from voice_coach.config import Config
from voice_coach.core.clock import PaceSettings
from voice_coach.core.content import FollowUp, Question
from voice_coach.core.cues import compile_cue, plain
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.feedback_line import FeedbackLine
from voice_coach.core.follow_ups import NEVER_ASKED, filled, noun_for
from voice_coach.core.interview import Interviewer
from voice_coach.core.interview_state import InterviewState, Line, Moment, Reply
from voice_coach.core.pressure import Pressure
from voice_coach.core.rubric_ids import CHECKLIST
from voice_coach.core.session_stage import Stage
from voice_coach.core.transcript import Speaker, Transcript, laid_out
from voice_coach.core.turn_taking import Heard, Mode, Tail

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTIONS = list(CONTENT.questions.values())
EACH_QUESTION = pytest.mark.parametrize("question", QUESTIONS, ids=[item.id for item in QUESTIONS])
TALK = "There is a service behind it. We use Redis for that and Kafka behind it. The data is in Postgres."
NEEDLESS_WITH = {sense.about: set(sense.unless) for sense in CONTENT.bank.sense}
DEEP_S = 400.0
"""A time of the default plan at which gaps are asked about."""


def interviewer(
    question: Question,
    *,
    pressure: Pressure = Pressure.NORMAL,
    seed: int = 0,
    pace: PaceSettings | None = None,
) -> Interviewer:
    return _interviewer(question.id, pressure, seed, pace or PaceSettings())


@cache
def _interviewer(question: str, pressure: Pressure, seed: int, pace: PaceSettings) -> Interviewer:
    config = replace(Config(), pace=pace)
    interviewer = bundled_book(question, config=config, pressure=pressure, seed=seed).interviewer
    assert isinstance(interviewer, Interviewer)
    return interviewer


def moment(
    text: str = TALK,
    *,
    state: InterviewState | None = None,
    covered: frozenset[str] = frozenset(),
    elapsed_s: float = DEEP_S,
    stage: Stage = Stage.ANSWERING,
    tail: Tail = Tail.COMPLETE,
) -> Moment:
    words = laid_out(text, 0.0, 30.0)
    return Moment(
        stage=stage,
        elapsed_s=elapsed_s,
        transcript=Transcript().with_words(Speaker.CANDIDATE, words),
        words=words,
        heard=Heard(tail=tail),
        covered=covered,
        state=state or InterviewState(changes=("put already",)),
    )


def follow_ups(coach: Interviewer, now: Moment) -> Iterator[Line]:
    """What is asked one after the other while the candidate only ever says the same."""
    while True:
        reply = coach.reply(now)
        if reply.stage is Stage.WRAPPING_UP or not any(
            item.intent is Intent.FOLLOW_UP for item in reply.lines
        ):
            return
        yield from (line for line in reply.lines if line.intent is Intent.FOLLOW_UP)
        now = replace(now, state=reply.state)


def is_spoken_well(text: str) -> bool:
    return (
        text.count("?") == 1 and len(text.split()) <= 20 and not set("{}") & set(text) and text[0].isupper()
    )


class TestFollowUps:
    @EACH_QUESTION
    @pytest.mark.parametrize("seed", range(4))
    def test_each_is_short_one_question_and_never_put_twice(self, question: Question, seed: int) -> None:
        asked = list(follow_ups(interviewer(question, seed=seed), moment()))
        texts = [line.text for line in asked]
        assert len(texts) >= 6
        assert len(set(texts)) == len(texts)
        assert [text for text in texts if not is_spoken_well(text)] == []

    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(QUESTIONS), st.frozensets(st.sampled_from(CHECKLIST)), st.integers(0, 5))
    def test_what_is_covered_is_never_asked_about(
        self, question: Question, covered: frozenset[str], seed: int
    ) -> None:
        coach = interviewer(question, seed=seed)
        for line in islice(follow_ups(coach, moment(covered=covered)), 12):
            assert line.about is not None
            assert line.about not in covered | NEVER_ASKED
            assert not covered & NEEDLESS_WITH.get(line.about, set())

    @EACH_QUESTION
    def test_a_gap_is_asked_about_as_often_as_configured(self, question: Question) -> None:
        about = [line.about for line in follow_ups(interviewer(question), moment())]
        assert max(about.count(item) for item in about) == Config().interview.asked_about_once

    @EACH_QUESTION
    def test_what_was_said_in_so_many_words_is_not_asked(self, question: Question) -> None:
        """The cues of a follow-up tell what makes it needless."""
        coach = interviewer(question)
        asked = {line.text for line in follow_ups(coach, moment())}
        plain_items = [item for item in question.follow_ups if item.covered and item.text in asked]
        assert plain_items
        for item in plain_items:
            said = f"{TALK} {_words_of(item)}"
            assert item.text not in {line.text for line in follow_ups(coach, moment(said))}

    @EACH_QUESTION
    def test_any_noun_of_the_candidate_leaves_a_sentence_of_twenty_words(self, question: Question) -> None:
        slotted = [item for item in (*question.follow_ups, *CONTENT.bank.follow_up) if item.components]
        assert slotted
        texts = [
            filled(item.text, noun)
            for item in slotted
            for term in CONTENT.lexicon.term
            if (noun := noun_for(item, [term]))
        ]
        assert [text for text in texts if not is_spoken_well(text)] == []

    @EACH_QUESTION
    def test_a_component_is_one_that_the_candidate_named(self, question: Question) -> None:
        coach = interviewer(question)
        slotted = {item.id for item in (*question.follow_ups, *CONTENT.bank.follow_up) if item.components}
        others = tuple(
            item.id
            for item in (*question.follow_ups, *CONTENT.bank.follow_up)
            if item.id not in slotted or "store" not in item.components
        )
        state = InterviewState(asked=others)
        assert coach.next_follow_up(moment("We keep it somewhere.", state=state)) is None
        line = coach.next_follow_up(moment("We keep it in Cassandra. No, in MySQL.", state=state))
        assert line is not None
        assert "MySQL" in line.text
        assert "Cassandra" not in line.text

    @pytest.mark.parametrize(
        "said",
        [
            "I would use MySQL rather than Cassandra.",
            "We take MySQL, not Cassandra.",
            "MySQL it is, and I wouldn't take Cassandra here.",
        ],
    )
    def test_a_component_is_none_that_the_candidate_turned_down(self, said: str) -> None:
        coach = interviewer(QUESTIONS[0])
        line = coach.next_follow_up(moment(said, covered=frozenset(CHECKLIST) - {"storage_decision"}))
        assert line is not None
        assert "Cassandra" not in line.text

    def test_in_the_candidates_own_words_the_gaps_come_in_the_order_of_the_bank(self) -> None:
        about = [line.about for line in follow_ups(interviewer(QUESTIONS[0]), moment())]
        assert about[:4] == [item for item in CONTENT.bank.order if item in about[:4]]
        assert set(about[:4]) < set(CHECKLIST)


def _words_of(item: FollowUp) -> str:
    """Words that a cue of *item* matches, spelled out from one of them."""
    for cue in item.covered:
        text = " ".join(_first_choice(cue))
        if compile_cue(cue).find(plain(text)):
            return text
    message = f"no cue of {item.id} could be spelled out"
    raise AssertionError(message)


def _first_choice(cue: str) -> list[str]:
    """The first alternative of every bracket; enough for the cues of follow-ups."""
    words: list[str] = []
    depth, skips = 0, False
    for token in cue.replace("(", " ( ").replace(")", " ) ").replace("|", " | ").replace("?", " ").split():
        if token == "(":
            depth += 1
        elif token == ")":
            depth -= 1
            skips = skips and depth > 0
        elif token == "|":
            skips = True
        elif not skips and token not in ("...", "^", "$"):
            words.append("7" if token == "#" else token.replace("*", ""))
    return words


class TestSession:
    """Whole conversations, told by what the coach said."""

    ANSWERS = (
        "How many users are there?",
        "Should I assume anything about the colour of the page?",
        "The requirements are that it works. At a high level there is a load balancer and a service.",
        "We use Redis for that and Kafka behind it. The data is in Postgres.",
        "Coach, how much time do I have left?",
        "I would not know. Maybe we shard the table by user.",
        "Does that make sense?",
        "We retry with an idempotency key.",
        "That's my design.",
        "I gave up simple writes for fast reads.",
    )

    def told(self, question: str, *, seed: int, pressure: Pressure = Pressure.NORMAL) -> list[str]:
        config = replace(Config(), pace=PaceSettings(minutes=3.0))
        book = bundled_book(question, config=config, pressure=pressure, seed=seed)
        scenario = Scenario(book=book, seed=seed, target_s=180.0).start()
        for text in self.ANSWERS:
            scenario.candidate_says(text)
            scenario.until(lambda: scenario.state.speaking is None and not scenario.state.words)
        scenario.until_ended()
        return [line.text for line in scenario.said]

    @EACH_QUESTION
    def test_the_same_seed_says_the_same_and_another_one_words_it_otherwise(self, question: Question) -> None:
        told = self.told(question.id, seed=1)
        assert told == self.told(question.id, seed=1)
        others = [self.told(question.id, seed=seed) for seed in (2, 3)]
        assert all(told != other for other in others)
        assert all("{" not in text for text in (*told, *others[0], *others[1]))

    @EACH_QUESTION
    def test_no_line_is_said_twice_in_a_row(self, question: Question) -> None:
        told = self.told(question.id, seed=0)
        assert all(one != following for one, following in pairwise(told))


class TestFacts:
    @pytest.mark.parametrize(
        "question", [pack for pack in QUESTIONS if not pack.is_own_system], ids=lambda pack: pack.id
    )
    def test_what_the_fact_sheet_holds_is_said_as_it_stands(self, question: Question) -> None:
        coach = interviewer(question)
        reply = coach.reply(moment("How many users do we have?", elapsed_s=10.0, tail=Tail.QUESTION))
        (line,) = reply.lines
        assert line.intent is Intent.ANSWER
        assert line.text in {fact.answer for fact in question.facts if fact.id == line.about}

    @EACH_QUESTION
    def test_what_no_fact_answers_is_left_to_the_candidate(self, question: Question) -> None:
        now = moment("Should I assume that the office has a garden?", elapsed_s=10.0)
        said = {line.text for seed in range(4) for line in interviewer(question, seed=seed).reply(now).lines}
        assert said == set(CONTENT.lines.unknown_fact)


class TestTimeCues:
    def cues(self, pressure: Pressure, pace: PaceSettings) -> list[Line]:
        coach = interviewer(QUESTIONS[0], pressure=pressure, pace=pace)
        now, found = moment(), []
        for elapsed_s in range(0, round(pace.wrap_up_at_s), 20):
            reply = coach.reply(replace(now, elapsed_s=float(elapsed_s)))
            now = replace(now, state=replace(reply.state, asked=(), gaps=()))
            found += [line for line in reply.lines if line.intent is Intent.TIME_CUE]
        return found

    @pytest.mark.parametrize("pressure", [Pressure.NORMAL, Pressure.TOUGH])
    def test_they_come_at_the_configured_shares(self, pressure: Pressure) -> None:
        first, second = self.cues(pressure, PaceSettings())
        assert "six" in first.text
        assert "two and a half" in second.text

    def test_there_are_none_at_gentle_pressure(self) -> None:
        assert self.cues(Pressure.GENTLE, PaceSettings()) == []

    def test_there_are_none_where_none_are_configured(self) -> None:
        assert self.cues(Pressure.NORMAL, PaceSettings(time_cues=())) == []

    def test_a_turn_that_lasted_past_both_shares_gets_one(self) -> None:
        reply = interviewer(QUESTIONS[0]).reply(moment(elapsed_s=650.0))
        assert [line.intent for line in reply.lines] == [Intent.TIME_CUE, Intent.FOLLOW_UP]
        again = interviewer(QUESTIONS[0]).reply(moment(elapsed_s=660.0, state=reply.state))
        assert Intent.TIME_CUE not in [line.intent for line in again.lines]

    def test_there_are_none_in_the_last_minute(self) -> None:
        assert self.cues(Pressure.NORMAL, PaceSettings(minutes=1.0)) == []


class TestCommands:
    @pytest.mark.parametrize("command", CommandName)
    @pytest.mark.parametrize("stage", [Stage.OPENING, Stage.ANSWERING, Stage.WRAPPING_UP])
    @EACH_QUESTION
    def test_each_is_answered_with_filled_lines(
        self, question: Question, stage: Stage, command: CommandName
    ) -> None:
        for seed, elapsed_s in ((0, 0.0), (1, 400.0), (2, 1000.0)):
            reply = interviewer(question, seed=seed).obey(command, moment(stage=stage, elapsed_s=elapsed_s))
            assert reply.lines
            assert all("{" not in line.text for line in reply.lines)

    def test_a_command_that_was_spoken_is_obeyed_like_a_key(self) -> None:
        coach = interviewer(QUESTIONS[0])
        spoken = replace(moment(), heard=Heard(tail=Tail.COMMAND, command="time"))
        assert coach.reply(spoken) == coach.obey(CommandName.TIME, spoken)

    def test_the_question_is_repeated_word_by_word_and_the_mode_stays(self) -> None:
        reply = interviewer(QUESTIONS[0]).obey(CommandName.REPEAT_QUESTION, moment())
        assert [line.text for line in reply.lines] == [QUESTIONS[0].asked]
        assert reply.mode is None

    def test_the_last_line_is_said_again(self) -> None:
        coach = interviewer(QUESTIONS[0])
        assert self._only(coach.obey(CommandName.SAY_AGAIN, moment())) == QUESTIONS[0].asked
        line = Line(text="What fails first?", intent=Intent.FOLLOW_UP)
        state = InterviewState(last=(line,))
        for _ in range(3):
            reply = coach.obey(CommandName.SAY_AGAIN, moment(state=state))
            assert self._only(reply) == "What fails first?"
            state = reply.state

    @pytest.mark.parametrize(
        ("elapsed_s", "kind", "told"),
        [
            (0.0, "time_left", ("ten seconds", "twelve and a half minutes")),
            (300.0, "time_left", ("five minutes", "seven and a half minutes")),
            (715.0, "time_left", ("eleven minutes fifty", "forty seconds")),
            (742.0, "time_left", ("twelve minutes twenty", "ten seconds")),
            (750.0, "time_past", ("twelve and a half minutes", "two and a half minutes")),
            (860.0, "time_past", ("fourteen minutes twenty", "forty seconds")),
            (893.0, "time_past", ("fourteen minutes fifty", "ten seconds")),
            (899.0, "time_over", ("fifteen minutes",)),
            (950.0, "time_over", ("fifteen minutes fifty",)),
        ],
    )
    def test_time_left_is_that_to_the_target_then_to_the_end_of_its_range(
        self, elapsed_s: float, kind: str, told: tuple[str, ...]
    ) -> None:
        reply = interviewer(QUESTIONS[0]).obey(CommandName.TIME, moment(elapsed_s=elapsed_s))
        assert reply.state.said == {kind: 1}
        assert [text for text in told if text not in self._only(reply)] == []

    def test_what_is_left_never_grows_without_saying_of_what(self) -> None:
        """Up to the target it only shrinks; the first answer past it says that the target has passed."""
        coach, kinds, lefts = interviewer(QUESTIONS[0]), list[str](), list[str]()
        for elapsed_s in range(0, 1000, 7):
            reply = coach.obey(CommandName.TIME, moment(elapsed_s=float(elapsed_s)))
            kinds += reply.state.said
            lefts.append(self._only(reply))
        assert list(dict.fromkeys(kinds)) == ["time_left", "time_past", "time_over"]
        assert kinds == sorted(kinds, key=["time_left", "time_past", "time_over"].index)
        for kind, text in zip(kinds, lefts, strict=True):
            assert ("the target" in text) is (kind != "time_over")
            assert ("past the target" in text) is (kind == "time_past")

    def test_skipping_goes_on_to_another_question(self) -> None:
        coach = interviewer(QUESTIONS[0])
        now = moment(elapsed_s=10.0)
        first = coach.obey(CommandName.SKIP, now)
        second = coach.obey(CommandName.SKIP, replace(now, state=first.state))
        assert {line.intent for line in (*first.lines, *second.lines)} == {Intent.FOLLOW_UP}
        assert first.lines != second.lines

    @pytest.mark.parametrize("command", [CommandName.SKIP, CommandName.DONE, CommandName.STOP])
    def test_in_the_wrap_up_they_lead_to_the_thanks(self, command: CommandName) -> None:
        reply = interviewer(QUESTIONS[0]).obey(command, moment(stage=Stage.WRAPPING_UP))
        assert reply.stage is Stage.CLOSING
        assert self._only(reply) in CONTENT.lines.thanks

    def test_thinking_changes_what_is_expected(self) -> None:
        assert interviewer(QUESTIONS[0]).obey(CommandName.THINK, moment()).mode is Mode.THINKING

    def test_a_pause_and_its_end_are_said(self) -> None:
        coach = interviewer(QUESTIONS[0])
        assert coach.obey(CommandName.PAUSE, moment()).pauses is True
        assert coach.obey(CommandName.RESUME, moment()).pauses is False

    @staticmethod
    def _only(reply: Reply) -> str:
        (line,) = reply.lines
        return line.text


class TestHandedOver:
    @pytest.mark.parametrize("elapsed_s", [60.0, DEEP_S])
    def test_a_check_is_agreed_to_and_leads_on(self, elapsed_s: float) -> None:
        asked = f"{TALK} Does that plan work for you?"
        first, *_, second = interviewer(QUESTIONS[0]).reply(moment(asked, elapsed_s=elapsed_s)).lines
        assert first.text in CONTENT.lines.agreed
        assert (second.text in CONTENT.lines.go_on) is (elapsed_s < DEEP_S)
        assert (second.intent is Intent.FOLLOW_UP) is (elapsed_s == DEEP_S)

    @pytest.mark.parametrize("elapsed_s", [60.0, DEEP_S])
    def test_a_choice_of_what_nobody_knows_is_left_to_the_candidate(self, elapsed_s: float) -> None:
        asked = f"{TALK} Shall I go deeper on the left half or on the right half?"
        line = interviewer(QUESTIONS[0]).reply(moment(asked, elapsed_s=elapsed_s)).lines[-1]
        assert line.text in CONTENT.lines.your_choice

    def test_a_number_that_the_fact_holds_is_confirmed_before_the_fact(self) -> None:
        question = CONTENT.questions["url-shortener"]
        asked = "We write about 40 links a second. Is that right?"
        first, second = interviewer(question).reply(moment(asked, elapsed_s=60.0)).lines
        assert first.text in CONTENT.lines.confirmed
        assert second.about == "write_volume"


class TestEnd:
    def test_with_no_gap_left_the_candidate_is_invited_on_and_then_to_sum_up(self) -> None:
        coach = interviewer(QUESTIONS[0])
        everything = tuple(item.id for item in (*QUESTIONS[0].follow_ups, *CONTENT.bank.follow_up))
        now = moment(state=InterviewState(asked=everything))
        assert coach.next_follow_up(now) is None
        invited = coach.reply(now)
        assert invited.lines[-1].text in CONTENT.lines.go_on
        summed_up = coach.reply(replace(now, state=invited.state))
        assert summed_up.stage is Stage.WRAPPING_UP
        assert summed_up.lines[0].about == "tradeoff_summary"

    def test_done_with_no_gap_left_is_the_end_at_any_time(self) -> None:
        everything = tuple(item.id for item in (*QUESTIONS[0].follow_ups, *CONTENT.bank.follow_up))
        now = moment(state=InterviewState(asked=everything), tail=Tail.DONE, elapsed_s=30.0)
        assert interviewer(QUESTIONS[0]).reply(now).stage is Stage.WRAPPING_UP

    def test_the_wrap_up_comes_on_time_whatever_is_missing(self) -> None:
        coach = interviewer(QUESTIONS[0])
        assert coach.reply(moment(elapsed_s=809.0)).stage is None
        assert coach.reply(moment(elapsed_s=811.0)).stage is Stage.WRAPPING_UP

    @pytest.mark.parametrize(
        ("covered", "kind", "about"),
        [((), "wrap_up", "tradeoff_summary"), (("tradeoff_summary",), "wrap_up_summed_up", None)],
    )
    def test_who_has_just_summed_up_is_not_asked_to(
        self, covered: tuple[str, ...], kind: str, about: str | None
    ) -> None:
        reply = interviewer(QUESTIONS[0]).reply(moment(elapsed_s=811.0, covered=frozenset(covered)))
        (line,) = reply.lines
        assert reply.stage is Stage.WRAPPING_UP
        assert (line.intent, line.about) == (Intent.WRAP_UP, about)
        assert line.text in getattr(CONTENT.lines, kind)
        assert ("tradeoff" in line.text) is (kind == "wrap_up")

    def test_whatever_is_said_to_the_wrap_up_is_thanked_for(self) -> None:
        reply = interviewer(QUESTIONS[0]).reply(moment(stage=Stage.WRAPPING_UP))
        assert reply.stage is Stage.CLOSING

    def test_feedback_is_read_sentence_by_sentence_after_its_introduction(self) -> None:
        lines = (FeedbackLine(text="One."), FeedbackLine(text="Two.", about="scale"))
        reply = interviewer(QUESTIONS[0]).feedback(lines, InterviewState())
        assert reply.stage is Stage.FEEDBACK
        assert reply.lines[0].text in CONTENT.lines.feedback_intro
        assert [(line.text, line.about) for line in reply.lines[1:]] == [("One.", None), ("Two.", "scale")]


class TestCovered:
    def test_in_a_reply_it_is_the_gap_that_was_asked_about(self) -> None:
        coach = interviewer(QUESTIONS[0])
        state = InterviewState(gaps=("storage_decision", "failure_mitigation"))
        assert coach.is_covered(frozenset({"failure_mitigation"}), state, Mode.SHORT, 0.0)
        assert not coach.is_covered(frozenset({"storage_decision"}), state, Mode.SHORT, 0.0)

    @pytest.mark.parametrize(
        ("elapsed_s", "items"),
        [
            (10.0, {"explicit_requirements"}),
            (200.0, {"high_level_first"}),
            (400.0, {"storage_decision", "scaling_strategy"}),
            (700.0, {"failure_mitigation"}),
        ],
    )
    def test_in_a_monologue_it_is_the_part_that_it_is_time_for(
        self, elapsed_s: float, items: set[str]
    ) -> None:
        coach = interviewer(QUESTIONS[0])
        for mode in (Mode.MONOLOGUE, Mode.SHORT):
            assert coach.is_covered(frozenset(items), InterviewState(), mode, elapsed_s)
            for missing in items:
                left = frozenset(items - {missing})
                assert not coach.is_covered(left, InterviewState(), mode, elapsed_s)


@pytest.mark.parametrize("name", [item.name for item in fields(CONTENT.lines)])
def test_lines_have_no_slots_that_nobody_fills(name: str) -> None:
    slots = {
        "rules": {"minutes"},
        "time_left": {"elapsed", "left"},
        "time_past": {"elapsed", "left"},
        "time_over": {"elapsed"},
        "time_cue": {"left"},
        "status_left": {"elapsed", "left"},
        "status_past": {"elapsed", "left"},
        "status_over": {"elapsed"},
        "status_parts": {"parts"},
    }
    for line in getattr(CONTENT.lines, name):
        for slot in slots.get(name, set()):
            line = line.replace("{" + slot + "}", "x")  # noqa: PLW2901 - one slot after the other
        assert "{" not in line
