"""Which follow-up is asked, and about which noun."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.bundled import CONTENT
from voice_coach.core.content import FollowUp, FollowUpBank, Question, Sense
from voice_coach.core.follow_ups import FollowUpChoice
from voice_coach.core.interview_state import InterviewState, Moment
from voice_coach.core.rubric_ids import CHECKLIST, MISTAKES
from voice_coach.core.session_stage import Stage
from voice_coach.core.transcript import Speaker, Transcript, Word, laid_out
from voice_coach.core.turn_taking import Heard, Tail

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BANK = CONTENT.bank
STORE = FollowUp(id="store", about="storage_decision", text="Why {component}?", components=("store",))
NEED = FollowUp(id="need", about="unjustified_component", text="Why {component}?", components=("cache",))


def choice(
    *items: FollowUp,
    sense: tuple[Sense, ...] = BANK.sense,
    noun_probability: float = 0.3,
    is_sceptical: bool = False,
) -> FollowUpChoice:
    question = Question(
        id="q", title="Q", asked="Q.", hard="Q.", components=(), facts=(), follow_ups=tuple(items)
    )
    bank = FollowUpBank(follow_up=(), order=BANK.order, sense=sense, reason=BANK.reason)
    return FollowUpChoice(
        question,
        bank,
        CONTENT.lexicon,
        asked_about_once=2,
        noun_probability=noun_probability,
        seed=0,
        is_sceptical=is_sceptical,
    )


def words(text: str, doubts: Mapping[str, float] | None = None, *, for_s: float = 30.0) -> tuple[Word, ...]:
    """*text*, recognised with certainty but for the words of *doubts*."""
    known = doubts or {}
    return tuple(replace(word, p=known.get(word.bare, 0.9)) for word in laid_out(text, 0.0, for_s))


def moment(said: Iterable[Word], covered: Iterable[str] = ()) -> Moment:
    spoken = tuple(said)
    return Moment(
        stage=Stage.ANSWERING,
        elapsed_s=400.0,
        transcript=Transcript().with_words(Speaker.CANDIDATE, spoken),
        words=spoken,
        heard=Heard(tail=Tail.COMPLETE),
        covered=frozenset(covered),
        state=InterviewState(),
    )


def asked(chooser: FollowUpChoice, now: Moment) -> str | None:
    found = chooser.next(now)
    return None if found is None else found[1].text


class TestProbes:
    ITEMS = (
        FollowUp(id="why", about="storage_decision", text="Why is the table a table?"),
        FollowUp(
            id="odd",
            about="consistency",
            text="Two want the last row of the table. Who gets it?",
            probe="edge",
        ),
    )
    OUTLINE = "The app calls a service behind a gateway, and the service writes to the table and a queue. "

    def test_who_has_gone_deep_is_probed_first(self) -> None:
        now = moment(words(self.OUTLINE + "Then it goes on as it does every day. " * 12))
        assert asked(choice(*self.ITEMS), now) == self.ITEMS[1].text

    def test_who_has_just_named_the_parts_is_asked_by_the_list(self) -> None:
        assert asked(choice(*self.ITEMS), moment(words(self.OUTLINE))) == self.ITEMS[0].text


class TestDoubtedNouns:
    def test_a_word_that_was_hardly_recognised_is_no_noun(self) -> None:
        said = "We keep it in Cassandra."
        assert asked(choice(STORE), moment(words(said))) == "Why Cassandra?"
        assert asked(choice(STORE), moment(words(said, {"cassandra": 0.29}))) is None
        assert asked(choice(STORE), moment(words(said, {"cassandra": 0.3}))) == "Why Cassandra?"

    def test_the_latest_one_that_was_surely_said_is_taken(self) -> None:
        said = words("We keep it in MySQL, and the clicks in Cassandra.", {"cassandra": 0.04})
        assert asked(choice(STORE), moment(said)) == "Why MySQL?"

    def test_each_word_of_a_noun_counts(self) -> None:
        said = "We keep it in a key value store."
        assert asked(choice(STORE), moment(words(said))) is not None
        assert asked(choice(STORE), moment(words(said, {"value": 0.1}))) is None

    def test_once_sure_is_enough(self) -> None:
        doubted = words("We keep it in Cassandra.", {"cassandra": 0.1})
        sure = laid_out("So Cassandra holds it.", 31.0, 33.0)
        assert asked(choice(STORE), moment((*doubted, *sure))) == "Why Cassandra?"

    def test_how_sure_one_must_be_is_a_setting(self) -> None:
        said = words("We keep it in Cassandra.", {"cassandra": 0.29})
        assert asked(choice(STORE, noun_probability=0.1), moment(said)) == "Why Cassandra?"

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(
            st.tuples(st.sampled_from(["Redis", "Kafka", "Postgres", "Cassandra", "MySQL"]), st.floats(0, 1)),
            max_size=6,
        )
    )
    def test_no_follow_up_ever_names_what_was_only_doubted(self, named: list[tuple[str, float]]) -> None:
        said: list[Word] = []
        for index, (name, p) in enumerate(named):
            said += [
                replace(word, p=p if word.bare == name.lower() else 0.9)
                for word in laid_out(f"We have {name}.", 3.0 * index, 3.0 * index + 2.0)
            ]
        sure = {name for name, p in named if p >= 0.3}
        chooser = choice(*(item for item in BANK.follow_up if item.components))
        now = moment(said or words("We have it."))
        state = now.state
        while (found := chooser.next(replace(now, state=state))) is not None:
            item, line = found
            assert not [name for name, _ in named if name in line.text and name not in sure]
            state = replace(state, asked=(*state.asked, item.id))


class TestSense:
    @pytest.mark.parametrize("about", MISTAKES)
    def test_a_mistake_is_asked_about_only_where_something_says_when(self, about: str) -> None:
        item = FollowUp(id="x", about=about, text="Why?")
        assert asked(choice(item, sense=()), moment(words("There is a service."))) is None

    @pytest.mark.parametrize(
        ("about", "covered", "is_asked"),
        [
            ("no_failure_modes", (), True),
            ("no_failure_modes", ("failure_mitigation",), False),
            ("ignores_non_functional", (), True),
            ("ignores_non_functional", ("explicit_requirements",), False),
            ("tools_too_early", ("explicit_requirements",), False),
            ("no_tradeoffs", (), False),
            ("no_tradeoffs", ("high_level_first",), True),
            ("no_tradeoffs", ("high_level_first", "tradeoff_summary"), False),
            ("planet_scale", (), False),
            ("planet_scale", ("scaling_strategy",), True),
            ("planet_scale", ("scaling_strategy", "explicit_requirements"), False),
            ("reliability", ("failure_mitigation",), False),
            ("scaling", ("scaling_strategy",), False),
            ("consistency", CHECKLIST, True),
        ],
    )
    def test_what_is_covered_makes_it_needless_or_possible(
        self,
        about: str,
        covered: tuple[str, ...],
        is_asked: bool,  # noqa: FBT001 - a table
    ) -> None:
        item = FollowUp(id="x", about=about, text="Why?")
        found = asked(choice(item), moment(words("There is a service."), covered))
        assert (found is not None) is is_asked

    def test_rambling_is_asked_about_after_three_minutes_of_talk(self) -> None:
        item = FollowUp(id="x", about="rambling", text="Which part matters most?")
        assert asked(choice(item), moment(words("There is a service.", for_s=170.0))) is None
        assert asked(choice(item), moment(words("There is a service.", for_s=190.0))) is not None

    @pytest.mark.parametrize(
        ("said", "is_asked"),
        [
            ("There is Redis in front of the table.", True),
            ("We have Redis because the same links are read again and again.", False),
            ("Reads are hot, so that is why there is Redis, to absorb them.", False),
            ("I would put Redis there so that most reads never reach the table.", False),
            ("There is Redis, and later on we count the clicks with a worker that runs every night.", True),
        ],
    )
    def test_a_component_that_got_its_reason_is_not_asked_for_one(self, said: str, is_asked: bool) -> None:  # noqa: FBT001
        assert (asked(choice(NEED), moment(words(said))) is not None) is is_asked

    def test_another_component_without_a_reason_still_is(self) -> None:
        said = (
            "We use Memcached because the same links are read again and again by very many people every day. "
            "After that the service writes the record and the answer goes back to the person who had asked for it. "
            "There is Redis as well."
        )
        assert asked(choice(NEED), moment(words(said))) == "Why Redis?"

    def test_every_mistake_of_the_bank_has_its_sense(self) -> None:
        abouts = {item.about for item in BANK.follow_up} & set(MISTAKES)
        assert abouts <= {sense.about for sense in BANK.sense}


def test_an_interviewer_who_doubts_puts_it_otherwise() -> None:
    item = replace(STORE, sceptical=("Why not without {component}?",))
    said = words("we keep the links in Postgres")
    for is_sceptical, text in ((False, "Why Postgres?"), (True, "Why not without Postgres?")):
        found = choice(item, is_sceptical=is_sceptical).next(moment(said))
        assert found is not None
        assert found[1].text == text


def test_a_follow_up_is_chosen_among_the_gaps_of_one_part() -> None:
    other = FollowUp(id="load", about="scaling_strategy", text="What grows?")
    both = choice(STORE, other)
    said = moment(words("we keep the links in Postgres"))
    found = both.next(said, frozenset({"scaling_strategy"}))
    assert found is not None
    assert found[0] is other
    assert both.next(said, frozenset({"api"})) is None
