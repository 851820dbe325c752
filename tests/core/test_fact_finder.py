"""Facts are found by cues alone without a sentence model, and by meaning with one."""

from functools import cache

import numpy as np
import pytest

from tests.core.spoken import encoder
from voice_coach.compose.book import understanding
from voice_coach.compose.content import load_content
from voice_coach.compose.judging import known_wordings
from voice_coach.core.content import Fact, FactBook, Nouns, Question, StandardFact
from voice_coach.core.fact_finder import FactFinder, Found, MatchSettings
from voice_coach.core.transcript import Word, laid_out

CONTENT = load_content()
BOOK = FactBook(
    fact=(
        StandardFact(
            id="load", area="scale", cues=("how many ({read})",), asked=("how many reads are there",)
        ),
        StandardFact(id="peak", area="scale", cues=("peak",), asked=("what is the peak",), instead="load"),
        StandardFact(id="budget", area="other", cues=("budget",), asked=("do we have a budget",)),
    ),
    nouns=Nouns(item=("items", "item"), read=("reads",), write=("writes",), user=("users", "user")),
    oneself=("how do we shard this",),
    decisions=("which database should I use",),
    lead_in=("so",),
    joints=("and",),
)
QUESTION = Question(
    id="q",
    title="Q",
    asked="Design Q.",
    hard="It.",
    components=(),
    nouns=Nouns(read=("redirects", "clicks")),
    facts=(
        Fact(
            id="load", area="scale", cues=BOOK.fact[0].cues, asked=BOOK.fact[0].asked, answer="Ten a second."
        ),
        Fact(id="colour", area="other", cues=("colour",), asked=("which colour is it",), answer="Blue."),
    ),
    follow_ups=(),
)


def said(text: str) -> tuple[Word, ...]:
    return laid_out(text, 0.0, 3.0)


@cache
def bundled(pack: str) -> FactFinder:
    known = understanding(CONTENT, known_wordings(CONTENT, encoder()))
    return FactFinder(CONTENT.questions[pack], CONTENT.facts, known)


class TestWithoutASentenceModel:
    def test_cues_decide_in_the_nouns_of_the_pack(self) -> None:
        finder = FactFinder(QUESTION, BOOK)
        assert finder.find(said("how many redirects?")).facts == ("load",)
        assert finder.find(said("how many redirects, and which colour?")).facts == ("load", "colour")
        assert finder.find(said("do you like tea?")) == Found()

    def test_a_fact_that_the_pack_lacks_is_answered_by_what_stands_for_it_or_not_at_all(self) -> None:
        finder = FactFinder(QUESTION, BOOK)
        assert finder.find(said("what is the peak?")).facts == ("load",)
        assert finder.find(said("is there a budget?")).facts == ()

    def test_nothing_needs_to_be_loaded(self) -> None:
        FactFinder(QUESTION, BOOK).load()


class TestWithTheSentenceModel:
    @pytest.mark.parametrize(
        ("pack", "question", "fact"),
        [
            ("typeahead", "Is it tailored to what I searched before?", "personal"),
            ("web-crawler", "Are there sites that try to trap us?", "abuse"),
            ("photo-sharing", "Do we keep the full size picture?", "versions"),
        ],
    )
    def test_words_that_no_cue_knows_are_understood(self, pack: str, question: str, fact: str) -> None:
        assert bundled(pack).find(said(question)).facts == (fact,)

    def test_two_in_one_breath_are_two(self) -> None:
        found = bundled("leaderboard").find(said("how many players are there and what about ties?"))
        assert found.facts == ("scale", "ties")

    def test_what_asks_the_interviewer_to_design_is_handed_back(self) -> None:
        assert bundled("leaderboard").find(said("should I use Redis or Postgres?")).facts == ()

    def test_what_one_asks_oneself_is_seen(self) -> None:
        assert bundled("leaderboard").find(said("so how do we shard this?")).is_oneself

    def test_the_same_words_always_find_the_same_however_many_came_between(self) -> None:
        finder = FactFinder(QUESTION, BOOK, understanding(CONTENT, known_wordings(CONTENT, encoder())))
        first = finder.find(said("how many clicks do we get?"))
        for number in range(300):
            finder.find(said(f"is it {number}?"))
        assert finder.find(said("how many clicks do we get?")) == first
        assert first.facts == ("load",)

    def test_nothing_is_answered_below_the_least_probability(self) -> None:
        known, strict = (
            understanding(CONTENT, known_wordings(CONTENT, encoder())),
            MatchSettings(least_probability=1.0, named_probability=1.0),
        )
        found = FactFinder(QUESTION, BOOK, known, strict).find(said("how many clicks do we get?"))
        assert found.facts == ()
        assert found.is_asked

    def test_a_pack_without_facts_answers_nothing(self) -> None:
        assert bundled("own-system").find(said("how many users do we have?")).facts == ()


def test_every_bundled_wording_was_encoded_beforehand() -> None:
    """Else run python -m scripts.encode_wordings."""
    known = known_wordings(CONTENT, encoder())
    for pack in CONTENT.questions:
        missing = [text for text in bundled(pack).wordings if not known.holds(text)]
        assert not missing
    some = bundled("checkout").wordings[::60]
    assert np.all(np.sum(known.encode(some) * encoder().encode(some), axis=1) > 0.995)
