"""The checks of follow-ups: what passes, what fails, and what only looks as if it did the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.follow_up_checks import (
    CHECKS,
    CheckWords,
    FollowUpChecks,
    Said,
    has_length,
    has_question_form,
    stem,
)
from scripts.follow_up_prefixes import FOLDER
from voice_coach.compose.content import load_content
from voice_coach.core.errors import PromptError
from voice_coach.toml_file import load_toml

CONTENT = load_content()
WORDS = load_toml(FOLDER / "checks.toml", CheckWords, PromptError)
CHECK = FollowUpChecks(WORDS, CONTENT.lexicon, CONTENT.bank.reason)


def said(*candidate: str, coach: tuple[str, ...] = (), covered: tuple[str, ...] = ()) -> Said:
    question = "Design a service that sells numbered seats for concerts."
    return Said(candidate=candidate, coach=coach, question=question, covered=frozenset(covered))


@pytest.mark.parametrize(
    "text",
    [
        "Why Postgres?",
        "The queue is full. What does the caller see?",
        "If a hold runs out, does the seat go back at once?",
        "A voucher is used in two browsers at once. And now?",
        "Walk me through a write, from the phone to the disk.",
    ],
)
def test_a_question_asks_once_and_at_its_end(text: str) -> None:
    assert has_question_form(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Interesting.",
        "You chose Postgres?",
        "Why Postgres? Tell me.",
        "Why Postgres? And why Kafka?",
        "I see. The queue is full. What does the caller see?",
        "What about:\n- the queue",
        "Why `Postgres`?",
        "I would walk me through a write.",
    ],
)
def test_a_statement_two_questions_or_a_list_are_no_question(text: str) -> None:
    assert not has_question_form(text)


def test_the_length_counts_words() -> None:
    assert has_length(" ".join(["word"] * 25))
    assert not has_length(" ".join(["word"] * 26))
    assert has_length("Why not Postgres?")
    assert not has_length("Why Postgres?")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("queries", "query"),
        ("stopped", "stops"),
        ("sharing", "share"),
        ("processes", "process"),
        ("holds", "hold"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"), [("seat", "season"), ("cart", "card"), ("used", "us"), ("rider", "ride")]
)
def test_other_words_have_another(one: str, other: str) -> None:
    assert stem(one) != stem(other)


class TestOwnNouns:
    @pytest.mark.parametrize(
        ("candidate", "text"),
        [
            ("The holds live in Redis.", "What does Redis lose when it restarts?"),
            ("It writes five thousand rows a second.", "Does one machine take 5,000 a second?"),
            ("A lottery decides who gets in.", "Who draws the lottery?"),
            ("", "What happens to a seat at the end?"),
        ],
    )
    def test_a_part_a_number_or_a_word_of_theirs_is_one(self, candidate: str, text: str) -> None:
        assert CHECK.names_own(text, said(candidate))

    @pytest.mark.parametrize(
        ("candidate", "text"),
        [
            ("The holds live in Redis.", "What does Memcached lose when it restarts?"),
            ("It writes five thousand rows a second.", "Does one machine take 500 a second?"),
            ("Two people want it.", "What happens if two people come at once?"),
            ("It must scale when something fails.", "What happens when something fails?"),
            ("We need low latency and high availability.", "What about availability matters most?"),
        ],
    )
    def test_what_stands_in_anybodys_question_is_none(self, candidate: str, text: str) -> None:
        assert not CHECK.names_own(text, said(candidate))

    def test_words_and_numbers_of_the_product_count_unless_many_packs_have_them(self) -> None:
        packs = {str(number): "Customers pay." for number in range(7)}
        packs["seats"] = "Customers stand before the box office, eighty thousand of them."
        product = CHECK.products(packs)["seats"]
        assert CHECK.names_own("What does the office see?", Said(candidate=(), product=product))
        assert CHECK.names_own("Where do eighty thousand go?", Said(candidate=(), product=product))
        assert not CHECK.names_own("What do customers see?", Said(candidate=(), product=product))


class TestRepetition:
    EARLIER = "What happens to a held seat whose buyer closes the laptop?"

    @pytest.mark.parametrize(
        "text",
        [
            EARLIER,
            "What happens to held seats whose buyer closes a laptop?",
            "A buyer closes the laptop. What becomes of the held seat?",
        ],
    )
    def test_the_same_in_other_words_is_one(self, text: str) -> None:
        assert CHECK.repeats(text, said(coach=(self.EARLIER,)))

    def test_so_is_a_part_of_it_with_nothing_new(self) -> None:
        earlier = "A buyer with six seats pays by voucher, and the bank refuses. What does the laptop show?"
        assert CHECK.repeats("The bank refuses a voucher. What does the buyer see?", said(coach=(earlier,)))
        assert not CHECK.repeats(
            "The bank refuses a cheque. What does the buyer see?", said(coach=(earlier,))
        )

    @pytest.mark.parametrize(
        "text",
        ["What happens to a held seat that nobody pays?", "Who closes the sale?", "What does the buyer see?"],
    )
    def test_another_question_about_the_same_is_none(self, text: str) -> None:
        assert not CHECK.repeats(text, said(coach=(self.EARLIER,)))

    def test_a_fact_that_was_told_may_be_asked_about(self) -> None:
        told = "A seat is never sold to two people."
        assert not CHECK.repeats("A seat is sold to two people. Who notices?", said(coach=(told,)))

    def test_the_question_that_opened_the_session_is_one_as_well(self) -> None:
        assert CHECK.repeats("How do you sell numbered seats for concerts?", said())
        assert not CHECK.repeats("Which numbered seats are picked first?", said())


class TestCovered:
    def test_an_element_that_is_met_is_covered(self) -> None:
        assert CHECK.asks_covered("Why Postgres?", ("storage_decision",), said(covered=("storage_decision",)))
        assert not CHECK.asks_covered("Why Postgres?", ("storage_decision",), said(covered=("api",)))

    @pytest.mark.parametrize(
        ("candidate", "text"),
        [
            (("Postgres keeps the seats, because a hold is one row.",), "Why Postgres?"),
            (("Seats are in Postgres.", "That's because a hold is one row."), "Why Postgres?"),
            (("A hold lasts eight minutes.",), "How long does a hold last?"),
            (("If Redis restarts, every hold expires early.",), "When Redis restarts, which holds expire?"),
        ],
    )
    def test_so_is_what_was_answered(self, candidate: tuple[str, ...], text: str) -> None:
        assert CHECK.asks_covered(text, (), said(*candidate))

    @pytest.mark.parametrize(
        ("candidate", "text"),
        [
            (("Postgres keeps the seats.",), "Why Postgres?"),
            (("Redis keeps the seats, because it's fast.", "Sales go to Postgres."), "Why Postgres?"),
            (("A hold lasts for a while.",), "How long does a hold last?"),
            (
                ("What if Redis restarts, does every hold expire?",),
                "When Redis restarts, which holds expire?",
            ),
            (
                ("If Redis restarts the holds expire, I'll come back to that.",),
                "Redis restarts. Which holds expire?",
            ),
            (("The buyer pays.",), "What does the buyer see?"),
        ],
    )
    def test_what_was_only_named_asked_or_put_off_is_not(self, candidate: tuple[str, ...], text: str) -> None:
        assert not CHECK.asks_covered(text, (), said(*candidate))


class TestLeading:
    @pytest.mark.parametrize(
        "text",
        [
            "Wouldn't it be simpler to lock the row?",
            "Have you considered a waiting room?",
            "What about adding a second region?",
            "Would it pay to sell in batches?",
            "Could you shard by event?",
            "You might split it. What do you think?",
            "How does Kafka help you here?",
            "So it's eventually consistent, right?",
        ],
    )
    def test_it_holds_out_an_answer(self, text: str) -> None:
        assert CHECK.leads(text, said("Seats are in Postgres."))

    @pytest.mark.parametrize(
        "text",
        [
            "What would be simpler here?",
            "What have you considered instead of Postgres?",
            "What about the second region worries you?",
            "How much could you save?",
            "Where could two people get one seat?",
            "What makes Postgres right?",
        ],
    )
    def test_it_only_asks(self, text: str) -> None:
        assert not CHECK.leads(text, said("Seats are in Postgres."))

    def test_what_the_candidate_named_may_be_named(self) -> None:
        assert not CHECK.leads("What does Kafka hold back?", said("Sales go to Kafka."))
        assert not CHECK.leads("What does Kafka hold back?", said(coach=("The shop has Kafka.",)))


@given(st.text(), st.lists(st.text(), max_size=3))
def test_every_text_is_checked_whatever_it_is(text: str, candidate: list[str]) -> None:
    assert tuple(CHECK.passed(text, (), said(*candidate))) == CHECKS


@given(st.text(alphabet="abcdefgh ,.", min_size=1))
def test_whatever_was_asked_is_not_asked_again(text: str) -> None:
    assert CHECK.repeats(f"{text}?", said(coach=(f"{text}?",)))


def test_generic_questions_are_well_formed_and_name_nothing_but_a_database() -> None:
    everything = " ".join(item.text for item in WORDS.generic)
    for item in WORDS.generic:
        assert has_question_form(item.text)
        assert has_length(item.text)
        assert not CHECK.leads(item.text, said())
        assert CHECK.names_own(item.text, Said(candidate=(everything,))) == ("database" in item.text)
