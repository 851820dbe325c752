"""What is asked next, and the laws that every follow-up obeys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.bundled import CONTENT, bundled_book
from tests.core.spoken import dialogue
from tests.scenario import Scenario
from voice_coach.core.commands import Note
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.gap_content import LADDER, RISK, SLOTS
from voice_coach.core.gaps import SEPARATOR, wording_of
from voice_coach.core.interview import Interviewer
from voice_coach.core.interview_state import InterviewState, Line, Moment, Reply
from voice_coach.core.next_question import _OF_WORDS
from voice_coach.core.rubric_ids import CHECKLIST
from voice_coach.core.session_stage import Stage
from voice_coach.core.transcript import Speaker, Transcript
from voice_coach.core.turn_taking import Heard, Tail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voice_coach.core.content import FollowUp

COACH, CANDIDATE = Speaker.COACH, Speaker.CANDIDATE
SENTENCES = (
    "There's Redis in the middle.",
    "We keep the links in Cassandra.",
    "The links live in Postgres.",
    "Kafka sits behind it and a worker reads from Kafka.",
    "I'll come back to sharding.",
    "I'll talk about monitoring later.",
    "There are two million daily users.",
    "The ledger must be strongly consistent.",
    "The ledger is eventually consistent.",
    "Let me dig into monitoring. We look at it. Now let's talk about the API.",
    "A caller sends something and the service answers it, and then the next one comes along the same way as before.",
    "We have a table with the owner, the target and a date in every row.",
    "Each link has an owner and every link is checked.",
    "If Redis dies we read from the table again.",
)
FILLING = SENTENCES[10]


def coach(seed: int = 0, question: str = "url-shortener") -> Interviewer:
    interviewer = bundled_book(question, seed=seed).interviewer
    assert isinstance(interviewer, Interviewer)
    return interviewer


INTERVIEWERS = [coach(seed) for seed in range(3)]


def moment(*said: str, covered: frozenset[str] = frozenset(), elapsed_s: float = 300.0) -> Moment:
    transcript = dialogue((COACH, "Design a service that makes short links."), (CANDIDATE, " ".join(said)))
    return at(transcript, covered=covered, elapsed_s=elapsed_s)


def at(transcript: Transcript, *, covered: frozenset[str] = frozenset(), elapsed_s: float = 300.0) -> Moment:
    return Moment(
        stage=Stage.ANSWERING,
        elapsed_s=elapsed_s,
        transcript=transcript,
        words=transcript.turns[-1].words,
        heard=Heard(tail=Tail.COMPLETE),
        covered=covered,
        state=InterviewState(changes=("put already",)),
    )


def asked(interviewer: Interviewer, now: Moment) -> Iterator[tuple[FollowUp, Line]]:
    """What is asked one after the other while nothing more is said."""
    while (found := interviewer._follow_ups.next(now)) is not None:
        yield found
        item, _ = found
        state = replace(now.state, asked=(*now.state.asked, item.id), gaps=(*now.state.gaps, item.about))
        now = replace(now, state=state)


def kind_of(item: FollowUp) -> str:
    kinds = {wording.id: wording.kind for wording in CONTENT.gaps.wording}
    kinds |= dict.fromkeys((risk.id for risk in CONTENT.risks.risk), RISK)
    return kinds[wording_of(item.id)] if SEPARATOR in item.id else "ladder"


class TestOrder:
    @pytest.mark.parametrize(
        ("said", "kind"),
        [
            (
                ("The ledger must be strongly consistent.", FILLING, "The ledger is eventually consistent."),
                "opposite",
            ),
            (("We keep the messages in Cassandra.", FILLING, "The messages live in Postgres."), "place"),
            (("I'll come back to sharding.", *[FILLING] * 6), "promise"),
            (
                ("Let me dig into monitoring. We look at it. Now let's talk about the API.", FILLING),
                "shallow",
            ),
        ],
    )
    def test_what_does_not_fit_or_was_promised_comes_first(self, said: tuple[str, ...], kind: str) -> None:
        item, line = next(asked(coach(), moment(*said)))
        assert kind_of(item) == kind
        assert line.intent is Intent.FOLLOW_UP

    def test_a_number_and_a_component_are_asked_about_between_the_steps_of_the_ladder(self) -> None:
        now = moment("There are two million daily users.", "There's Redis in the middle.", *[FILLING] * 9)
        kinds = [kind_of(item) for item, _ in asked(coach(), now)]
        assert kinds[:4] == ["ladder", "number", "ladder", "reason"]

    def test_what_one_could_ask_anybody_comes_last(self) -> None:
        now = moment(
            "Each courier has a bag. Every courier is checked. There is one courier and another courier."
        )
        items = [item for item, _ in asked(coach(), now)]
        ladder = coach()._follow_ups._ladder
        own = [SEPARATOR in item.id or ladder.is_own(item, now) for item in items]
        assert own[:4] == [True] * 4

    def test_each_kind_of_gap_is_asked_about_somewhere(self) -> None:
        assert set(CONTENT.gaps.order) == {*SLOTS, LADDER, RISK}


class TestLaws:
    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=20),
        st.frozensets(st.sampled_from(CHECKLIST)),
        st.integers(0, 2),
        st.floats(0.0, 900.0),
    )
    def test_every_follow_up(
        self, said: list[str], covered: frozenset[str], seed: int, elapsed_s: float
    ) -> None:
        interviewer = INTERVIEWERS[seed]
        now = moment(*said, covered=covered, elapsed_s=elapsed_s)
        found = list(asked(interviewer, now))
        wordings = [wording_of(item.id) for item, _ in found]
        assert len(set(wordings)) == len(wordings)
        assert len({line.text for _, line in found}) == len(found)
        for item, line in found:
            assert len(line.text.split()) <= 25
            assert line.text.count("?") == 1
            assert line.text.endswith("?")
            assert not set("{}") & set(line.text)
            # What somebody said themselves stays open, whatever else was said about it.
            assert kind_of(item) in _OF_WORDS or not interviewer._follow_ups.is_covered(item.about, covered)
            assert item.about == line.about
        assert list(asked(interviewer, now)) == found

    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=12), st.data())
    def test_what_was_asked_in_the_sessions_before_is_not_asked_again(
        self, said: list[str], data: st.DataObject
    ) -> None:
        now = moment(*said)
        every = [wording_of(item.id) for item, _ in asked(INTERVIEWERS[0], now)]
        before = data.draw(st.frozensets(st.sampled_from(every))) if every else frozenset()
        later = replace(now, state=replace(now.state, asked_before=before))
        assert before.isdisjoint(wording_of(item.id) for item, _ in asked(INTERVIEWERS[0], later))

    def test_what_was_skipped_is_not_asked_in_other_words(self) -> None:
        now = moment("I'll come back to sharding.", *[FILLING] * 6)
        item, _ = next(asked(coach(), now))
        state = replace(now.state, skipped=frozenset({item.about}))
        assert item.about not in {other.about for other, _ in asked(coach(), replace(now, state=state))}

    def test_a_component_that_the_coach_asked_about_is_not_asked_about_again(self) -> None:
        talk = dialogue(
            (COACH, "Design it."),
            (CANDIDATE, f"There's Redis in the middle. {FILLING} {FILLING}"),
            (COACH, "What made you reach for Redis here?"),
            (CANDIDATE, FILLING * 3),
        )
        parts = [
            item for item, _ in asked(coach(), at(talk)) if kind_of(item) in {"reason", "failure", "data"}
        ]
        assert not parts


class TestOffers:
    @pytest.mark.parametrize(
        ("offer", "covered", "text"),
        [
            ("Shall I go into failure recovery or into storage?", frozenset(), "Failure recovery, please."),
            (
                "Shall I go into storage, or would you rather hear about sharding?",
                frozenset(),
                "Storage, please.",
            ),
            ("Shall I go into monitoring or into hot keys?", frozenset(), "Hot keys, please."),
            ("Should I go into the API or the user interface?", frozenset(), "The API, please."),
            (
                "Shall I go into failures or into storage?",
                frozenset({"failure_mitigation"}),
                "Storage, please.",
            ),
        ],
    )
    def test_it_is_taken_in_the_candidates_words(
        self, offer: str, covered: frozenset[str], text: str
    ) -> None:
        reply = coach().reply(moment(FILLING, offer, covered=covered))
        assert said(reply) == text
        assert reply.state.asked[-1].startswith("take/")

    def test_what_was_taken_is_not_taken_again(self) -> None:
        now = moment(FILLING, "Shall I go into failures or into storage?")
        first = coach().reply(now)
        again = coach().reply(replace(now, state=first.state))
        assert said(again) == "Let's do storage."

    def test_what_is_to_be_left_out_is_left_to_the_candidate(self) -> None:
        now = moment(FILLING, "Would you like me to skip the storage and go to failures, or explain the API?")
        reply = coach().reply(now)
        assert not any("storage" in line.text.lower() for line in reply.lines)

    def test_words_that_were_hardly_heard_are_left_to_the_candidate(self) -> None:
        now = moment(FILLING, "Shall I go into failures or into the screens?")
        words = tuple(replace(word, p=0.2 if word.bare == "failures" else 0.9) for word in now.words)
        transcript = Transcript().with_words(CANDIDATE, words)
        assert (
            said(coach().reply(replace(now, words=words, transcript=transcript))) in CONTENT.lines.your_choice
        )


class TestLeadIns:
    def test_an_area_that_was_dwelt_on_is_parked_once(self) -> None:
        row = "There is a table with an owner column and a primary key and every row belongs to one customer of ours."
        everything_else = frozenset(CHECKLIST) - {"failure_mitigation"}
        now = moment(*[row] * 15, covered=everything_else)
        reply = coach().reply(now)
        texts = [line.text for line in reply.lines]
        assert "storage" in texts[-2]
        assert texts[-2] in {text.replace("{area}", "storage") for text in CONTENT.gaps.lead_in.park}
        assert reply.lines[-2].intent is Intent.BRIDGE
        again = coach().reply(replace(now, state=reply.state))
        assert not any("storage" in line.text for line in again.lines if line.intent is Intent.BRIDGE)

    def test_an_area_is_not_parked_before_a_question_about_it(self) -> None:
        row = "There is a table with an owner column and a primary key and every row belongs to one customer of ours."
        for seed in range(8):
            now = moment(*[row] * 15, covered=frozenset(CHECKLIST) - {"storage_decision"})
            lines = coach(seed).reply(now).lines
            if lines[-1].about in {"storage_decision", "data_model"}:
                assert not any(line.intent is Intent.BRIDGE for line in lines)

    def test_a_part_for_which_time_is_up_is_led_to(self) -> None:
        covered = frozenset(CHECKLIST) - {"failure_mitigation"}
        reply = coach().reply(moment(FILLING, covered=covered, elapsed_s=750.0))
        assert reply.lines[-2].text in CONTENT.gaps.lead_in.overdue["evaluate"]
        assert reply.lines[-1].about == "failure_mitigation"
        early = coach().reply(moment(FILLING, covered=covered, elapsed_s=400.0))
        assert not any(line.intent is Intent.BRIDGE for line in early.lines)


def said(reply: Reply) -> str:
    return reply.lines[-1].text


@pytest.mark.parametrize("keeps_pace", [True, False])
def test_what_was_asked_is_noted_at_the_end_for_the_next_session(keeps_pace: bool) -> None:  # noqa: FBT001
    """Of a person at a microphone; a recording leaves nothing."""
    scenario = Scenario(bundled_book(), keeps_pace=keeps_pace, asked_before=("generic_numbers",)).start()
    scenario.candidate_says("There's Redis in the middle.").presses(CommandName.SKIP).passes(10.0)
    asked_ids = scenario.state.interview.asked
    scenario.presses(CommandName.STOP).until(lambda: scenario.state.stage is Stage.ENDED)
    assert "generic_numbers" in scenario.state.interview.asked_before
    notes = [item for item in scenario.issued if isinstance(item, Note) and item.kind == "session_ended"]
    assert asked_ids
    assert [note.content.get("asked") for note in notes] == [
        [wording_of(asked_ids[0])] if keeps_pace else None
    ]
