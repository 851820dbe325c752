"""How a change of scope was taken up: what is measured, and that it is quoted."""

from __future__ import annotations

import pytest

from tests.core.bundled import CONTENT
from voice_coach.core.adaptation import Adaptation, AdaptationEar
from voice_coach.core.cues import compile_cue, plain
from voice_coach.core.findings import Assessment, Finding, Verdict
from voice_coach.core.own_words import OwnWords
from voice_coach.core.replies import Replies
from voice_coach.core.rubric_ids import SCOPE_CHANGE
from voice_coach.core.transcript import Evidence, Speaker, Transcript, laid_out, turn_of

EAR = AdaptationEar(CONTENT.rubric, CONTENT.lexicon, Replies(CONTENT.rubric))
CHANGES = CONTENT.questions["url-shortener"].scope_change
EUROPE = next(change for change in CHANGES if change.id == "stored_in_europe")
NOT_DEFENDED = Finding(id="defends_first_design", verdict=Verdict.NOT_MADE, why="")
FIRST = "The links live in Postgres. In front of it there is a cache for hot links."

Said = tuple[Speaker, str, float, tuple[str, ...] | None]


def coach(text: str, at_s: float, about: tuple[str, ...] | None = (SCOPE_CHANGE,)) -> Said:
    return (Speaker.COACH, text, at_s, about)


def candidate(text: str, at_s: float) -> Said:
    return (Speaker.CANDIDATE, text, at_s, None)


def transcript(*said: Said) -> Transcript:
    return Transcript(
        turns=tuple(
            turn_of(speaker, laid_out(text, at_s, at_s + len(text.split()) / 2.5), about)
            for speaker, text, at_s, about in said
        )
    )


def assessment(defended: Finding = NOT_DEFENDED) -> Assessment:
    return Assessment(
        checklist=(),
        mistakes=(defended,),
        delivery=(),
        clarification=(),
        deep_dives=(),
        stretches=(),
        own=OwnWords(lines=(), parts=()),
    )


def measured(*said: Said) -> tuple[Adaptation, ...]:
    return EAR.measure(transcript(*said), assessment(), CHANGES)


def after(reply: str, *, after_s: float = 2.0) -> Adaptation:
    asked = coach(EUROPE.text, 60.0)
    ends_s = 60.0 + len(EUROPE.text.split()) / 2.5
    (found,) = measured(candidate(FIRST, 10.0), asked, candidate(reply, ends_s + after_s))
    return found


class TestFirstWord:
    def test_it_is_measured_from_the_end_of_the_change(self) -> None:
        found = after("Europe needs its own database then.", after_s=3.0)
        assert found.first_content_s == pytest.approx(3.0, abs=0.01)
        assert found.first_content is not None
        assert found.first_content.quote.startswith("Europe needs")

    @pytest.mark.parametrize(
        "lead_in",
        [
            "Okay, so",
            "Hmm, that's a good question.",
            "Right. Let me think about that for a second.",
            "Well, okay, that's interesting,",
        ],
    )
    def test_a_lead_in_is_no_word_about_it(self, lead_in: str) -> None:
        found = after(f"{lead_in} European links go to their own database.")
        assert found.first_content is not None
        assert found.first_content.quote.startswith("European links")
        assert found.first_content_s is not None
        assert found.first_content_s > 2.5

    def test_filled_pauses_are_left_out(self) -> None:
        found = after("um")
        assert found.first_content is not None  # the transcript marks fillers, and this one has no mark
        words = laid_out("um European links", 80.0, 82.0)
        marked = transcript(candidate(FIRST, 10.0), coach(EUROPE.text, 60.0))
        um = type(words[0])(text="um", start_s=80.0, end_s=80.4, filler=True)
        marked = marked.with_words(Speaker.CANDIDATE, (um, *words[1:]))
        (found,) = EAR.measure(marked, assessment(), CHANGES)
        assert found.first_content is not None
        assert found.first_content.quote == "European links"

    def test_who_talks_into_the_change_needs_no_time(self) -> None:
        assert after("Europe needs its own database.", after_s=-0.5).first_content_s == 0.0


class TestTakenUp:
    def test_the_constraint_in_ones_own_words(self) -> None:
        found = after("Okay. Links of European users go into a database in that region.")
        assert found.change == "stored_in_europe"
        assert found.taken_up is Verdict.MET
        assert "European" in found.named[0].quote
        assert found.touched[0].area == "where links are stored"

    def test_talk_of_something_else_is_none(self) -> None:
        found = after("As I said, the cache holds the hot links for an hour.")
        assert found.taken_up is Verdict.NOT_MET
        assert not found.named

    def test_who_says_nothing_is_not_judged(self) -> None:
        (found,) = measured(candidate(FIRST, 10.0), coach(EUROPE.text, 60.0))
        assert found.taken_up is Verdict.NOT_ASSESSED
        assert found.first_content_s is None

    def test_a_change_that_no_pack_knows_is_taken_up_in_its_own_words(self) -> None:
        asked = coach("Now suppose that every customer pays for each invoice separately.", 60.0, None)
        reply = candidate("Then the invoice of a customer is a row of its own.", 70.0)
        (found,) = measured(candidate(FIRST, 10.0), asked, reply)
        assert found.change is None
        assert found.taken_up is Verdict.MET
        (other,) = measured(candidate(FIRST, 10.0), asked, candidate("The cache is fine as it is.", 70.0))
        assert other.taken_up is Verdict.NOT_MET

    def test_one_that_was_broken_off_is_known(self) -> None:
        asked = coach(
            "From now on, links made in Europe have to be stored in Europe, and nowhere else.", 60.0
        )
        (found,) = measured(candidate(FIRST, 10.0), asked)
        assert found.change == "stored_in_europe"


class TestRevisited:
    def test_an_earlier_part_that_changes(self) -> None:
        found = after("So European links need a second Postgres, and we split it by region.")
        (again,) = found.revisited
        assert again.part == "Postgres"
        assert again.before.quote == "The links live in Postgres."
        assert "Postgres" in again.after.quote

    def test_naming_it_again_is_no_change(self) -> None:
        assert not after("Europe is fine, the cache is quick.").revisited

    def test_nor_is_a_new_part(self) -> None:
        assert not after("For Europe we would add a queue and change nothing else.").revisited


class TestReply:
    def test_it_ends_where_the_interviewer_asks_about_something_else(self) -> None:
        (found,) = measured(
            candidate(FIRST, 10.0),
            coach(EUROPE.text, 60.0),
            candidate("One moment please.", 72.0),
            coach("How do you back up the data?", 90.0, ("reliability",)),
            candidate("We change Postgres in Europe.", 100.0),
        )
        assert found.taken_up is Verdict.NOT_MET
        assert not found.revisited

    def test_an_answer_or_a_nod_does_not_end_it(self) -> None:
        (found,) = measured(
            candidate(FIRST, 10.0),
            coach(EUROPE.text, 60.0),
            candidate("Which countries are those?", 72.0),
            coach("All of the European Union, as it is today.", 80.0, ()),
            candidate("Then we move Postgres for them to Europe.", 100.0),
        )
        assert [again.part for again in found.revisited] == ["Postgres"]

    def test_without_a_change_there_is_nothing_to_measure(self) -> None:
        assert measured(candidate(FIRST, 10.0), coach("Why Postgres?", 20.0, ("storage_decision",))) == ()

    def test_the_judge_says_whether_the_first_design_was_defended(self) -> None:
        quoted = (Evidence(start_s=70.0, end_s=72.0, quote="it is fine"),)
        made = Finding(id="defends_first_design", verdict=Verdict.MADE, why="", evidence=quoted)
        said = transcript(candidate(FIRST, 10.0), coach(EUROPE.text, 60.0), candidate("It is fine.", 70.0))
        (found,) = EAR.measure(said, assessment(made), CHANGES)
        assert found.defended is made


REPLIES = (
    "Okay, so links from Europe move to a second Postgres in that region, and the cache there keeps only those.",
    "No, I would leave it. The cache is fine, and Postgres can grow.",
    "um okay hmm let me think. Well. A region per code prefix; the load balancer changes to route by it.",
    "So so so",
)


@pytest.mark.parametrize("reply", REPLIES)
def test_every_quote_stands_in_the_transcript(reply: str) -> None:
    found = after(reply)
    quotes = [*found.named, *(item.heard for item in found.touched)]
    quotes += [quote for item in found.revisited for quote in (item.before, item.after, item.heard)]
    quotes += [] if found.first_content is None else [found.first_content]
    for quote in quotes:
        assert quote.quote in reply or quote.quote in FIRST


@pytest.mark.parametrize("name", CONTENT.questions)
def test_packs_change_the_scope_in_words_that_are_told_for_a_change(name: str) -> None:
    question = CONTENT.questions[name]
    replies = Replies(CONTENT.rubric)
    assert len(question.scope_change) >= 3
    for change in question.scope_change:
        turn = turn_of(Speaker.COACH, laid_out(change.text, 0.0, 5.0))
        assert replies.is_change(turn), change.text
        said = plain(change.text)
        assert any(compile_cue(cue).find(said) for cue in change.named), change.id
