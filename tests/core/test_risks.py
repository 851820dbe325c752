"""Claims with a known price: which are heard, when their price was paid, and how they are said back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.core.bundled import CONTENT
from tests.core.spoken import dialogue
from tests.core.test_next_question import asked, coach, moment
from voice_coach.core.gap_content import RISK
from voice_coach.core.gaps import wording_of
from voice_coach.core.risks import LONGEST, Risk, RiskBook, RiskEar
from voice_coach.core.said_lines import lines_of
from voice_coach.core.transcript import Speaker

if TYPE_CHECKING:
    from voice_coach.core.risks import OpenRisk

FILLING = "A caller sends something and the service answers it, and then the next one comes along as before."


def found(*said: str, book: RiskBook = CONTENT.risks, pack: str = "url-shortener") -> list[OpenRisk]:
    talk = dialogue((Speaker.COACH, "Design it."), (Speaker.CANDIDATE, " ".join(said)))
    return list(RiskEar(book, pack).find(lines_of(talk)))


def ids(*said: str, pack: str = "url-shortener") -> list[str]:
    return [item.risk.id for item in found(*said, pack=pack)]


def book(**changes: object) -> RiskBook:
    risk = {"id": "one", "about": ("scaling",), "said": ("one queue",), "text": "What then?"} | changes
    return RiskBook(risk=(Risk(**risk),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pack", "said", "id_", "quote"),
    [
        (
            "notification-system",
            "Everything goes into one queue, first in, first out.",
            "risk_one_queue",
            "one queue",
        ),
        (
            "web-crawler",
            "The filter sits on one machine.",
            "risk_one_machine",
            "the filter sits on one machine",
        ),
        (
            "url-shortener",
            "I'd return a 301, moved permanently.",
            "risk_permanent_redirect",
            "moved permanently",
        ),
        (
            "messaging-backend",
            "We sort by the timestamp from the phone.",
            "risk_their_clock",
            "timestamp from the phone",
        ),
        ("ticket-booking", "The seat is held for ten minutes.", "risk_lease_over", "held for ten minutes"),
        ("key-value-store", "I write with W equals one.", "risk_quorum_one", "I write with W equals one"),
        ("leaderboard", "A worker bumps the score in the set.", "risk_counted_twice", "bumps the score"),
        ("photo-sharing", "Photos are cached for a day at the edge.", "risk_stale_copy", "cached for a day"),
        (
            "ad-clicks",
            "I'd partition by advertisement id.",
            "risk_hot_part",
            "I'd partition by advertisement id",
        ),
    ],
)
def test_a_claim_is_said_back_in_the_candidates_words(pack: str, said: str, id_: str, quote: str) -> None:
    heard = {item.risk.id: item for item in found(said, FILLING, pack=pack)}
    assert id_ in heard
    assert quote in heard[id_].said
    assert heard[id_].said.lower() in said.lower()


@pytest.mark.parametrize(
    ("pack", "said", "paid", "id_"),
    [
        (
            "web-crawler",
            "The filter sits on one machine.",
            "If that machine dies, a standby takes over.",
            "risk_one_machine",
        ),
        (
            "ticket-booking",
            "The seat is held for ten minutes.",
            "A late payment is refunded.",
            "risk_lease_over",
        ),
        (
            "url-shortener",
            "The code is drawn at random.",
            "If it exists already we take another one.",
            "risk_random_code",
        ),
        ("photo-sharing", "Photos are cached for a day.", "A delete purges the cache.", "risk_stale_copy"),
        (
            "leaderboard",
            "A worker bumps the score.",
            "The result has an id, so a duplicate is dropped.",
            "risk_counted_twice",
        ),
    ],
)
def test_a_price_that_was_spoken_of_is_not_asked_for(pack: str, said: str, paid: str, id_: str) -> None:
    assert id_ in ids(said, FILLING, pack=pack)
    assert id_ not in ids(said, FILLING, paid, pack=pack)
    assert id_ not in ids(said, paid, FILLING, pack=pack)


@pytest.mark.parametrize(
    "said",
    [
        "We don't have one queue for all of it.",
        "Should everything go into one queue?",
        "I would not put it into one queue.",
    ],
)
def test_what_is_turned_down_or_asked_is_no_claim(said: str) -> None:
    assert "risk_one_queue" not in ids(said, FILLING, pack="notification-system")


def test_a_claim_about_one_product_is_heard_there_alone() -> None:
    said = "I'd use a fixed window of one minute."
    assert "risk_fixed_window" in ids(said, pack="rate-limiter")
    assert "risk_fixed_window" not in ids(said, pack="news-feed")


def test_unless_speaks_against_it_in_the_same_sentence() -> None:
    risk = book(unless=("for now",))
    assert not found("There is one queue for now.", book=risk)
    assert found("There is one queue. It's fine for now.", book=risk)


def test_it_is_over_after_so_many_words() -> None:
    risk = book(within_words=20)
    assert found("There is one queue.", FILLING, book=risk)
    assert not found("There is one queue.", FILLING, FILLING, book=risk)


@pytest.mark.parametrize(
    "said",
    [
        "One queue would mix urgent and slow.",
        "We could have one queue.",
        "If I did that with one queue, each mail would wait.",
        "Then there is one queue, which sounds nice.",
    ],
)
def test_what_is_only_weighed_is_no_claim(said: str) -> None:
    risk = replace(CONTENT.risks, risk=book().risk)
    assert found("There is one queue.", FILLING, book=risk)
    assert not found(said, FILLING, book=risk)


def test_what_the_next_sentence_takes_back_is_no_claim() -> None:
    risk = replace(CONTENT.risks, risk=book().risk)
    assert not found("You put it all into one queue.", "So you don't do that.", book=risk)
    assert found("You put it all into one queue.", FILLING, "So you don't do that.", book=risk)


def test_what_the_question_takes_for_granted_was_said_there_or_right_before() -> None:
    risk = book(needs=("worker*",))
    assert found("There is one queue for the workers.", book=risk)
    assert found("Workers do it.", "There is one queue.", book=risk)
    assert not found("Workers do it.", FILLING, "There is one queue.", book=risk)


@pytest.mark.parametrize(
    ("pack", "fits", "misfits", "id_"),
    [
        (
            "messaging-backend",
            "The profile is in a cache with a TTL of one hour.",
            "Presence has a key with a TTL of one minute.",
            "risk_stale_copy",
        ),
        (
            "job-scheduler",
            "Each worker sends a heartbeat.",
            "The stream has a heartbeat with the version in it.",
            "risk_cut_off_worker",
        ),
        (
            "payment-ledger",
            "Each phone polls every minute for the rates.",
            "A rates service polls every minute.",
            "risk_polling",
        ),
        (
            "web-crawler",
            "The index is written in two data centers.",
            "The budget grows with how many other sites link to it.",
            "risk_two_sites",
        ),
        (
            "rate-limiter",
            "It reads the count, if it's under the limit it adds one and sets it.",
            "If there's a token then I read the plan from it.",
            "risk_check_then_act",
        ),
    ],
)
def test_a_question_fits_what_was_said(pack: str, fits: str, misfits: str, id_: str) -> None:
    assert id_ in ids(fits, pack=pack)
    assert id_ not in ids(misfits, pack=pack)


def test_the_line_beside_is_one_of_the_same_turn() -> None:
    def is_found(risk: RiskBook, *turns: str) -> bool:
        coach = (Speaker.COACH, "And what else?")
        talk = dialogue(coach, *(item for said in turns for item in ((Speaker.CANDIDATE, said), coach)))
        return bool(list(RiskEar(risk, "").find(lines_of(talk))))

    needing = book(needs=("worker*",))
    assert is_found(needing, "Workers do it. There is one queue.")
    assert not is_found(needing, "Workers do it.", "There is one queue.")
    taken_back = replace(CONTENT.risks, risk=book().risk)
    assert not is_found(taken_back, "There is one queue. No.")
    assert is_found(taken_back, "There is one queue.", "No.")


def test_what_the_coach_has_asked_for_is_not_asked_again() -> None:
    said = "Redis has the counters."
    talk = dialogue((Speaker.COACH, "Design it."), (Speaker.CANDIDATE, said))
    ear = RiskEar(CONTENT.risks, "rate-limiter")
    coach_said = dialogue((Speaker.COACH, "What happens when that Redis is gone?")).turns[0].words
    assert "risk_redis_empty" in {item.risk.id for item in ear.find(lines_of(talk))}
    assert "risk_redis_empty" not in {item.risk.id for item in ear.find(lines_of(talk), coach_said)}


def test_the_session_tells_what_the_coach_has_asked() -> None:
    before = "Redis has the counters."
    open_ = [item.id for item, _ in asked(coach(), moment(before, FILLING))]
    assert f"risk_redis_empty/{RISK}" in open_
    now = moment(before, FILLING)
    talk = dialogue(
        (Speaker.COACH, "Design it."),
        (Speaker.CANDIDATE, before),
        (Speaker.COACH, "What happens when that Redis is gone?"),
        (Speaker.CANDIDATE, FILLING),
    )
    again = [item.id for item, _ in asked(coach(), replace(now, transcript=talk))]
    assert f"risk_redis_empty/{RISK}" not in again


def test_what_costs_by_load_costs_nothing_where_there_is_little() -> None:
    risk = replace(CONTENT.risks, risk=book(is_of_load=True).risk)
    assert found("There is one queue.", FILLING, book=risk)
    assert not found("There is one queue.", FILLING, "The volume's tiny, by the way.", book=risk)
    other = replace(CONTENT.risks, risk=book().risk)
    assert found("There is one queue.", FILLING, "The volume's tiny, by the way.", book=other)


@pytest.mark.parametrize(
    ("said", "cue", "quote"),
    [
        (
            "Post service writes the post to MySQL, sharded by author, and puts post id, author, time on a topic.",
            "sharded by author",
            "post service writes the post to MySQL, sharded by author",
        ),
        ("If it hangs, the gateway lets people in.", "lets people in", "the gateway lets people in"),
    ],
)
def test_a_quote_is_cut_neither_within_a_list_nor_before_its_last_word(
    said: str, cue: str, quote: str
) -> None:
    assert quote in found(said, book=book(said=(cue,)))[0].said.lower().replace("mysql", "MySQL")


def test_a_quote_has_no_hedges_at_its_edges() -> None:
    said = "Well, you know, the last write on it wins, let's say."
    assert found(said, book=book(said=("last write",)))[0].said == "the last write on it wins"
    assert found("And so it goes into one queue.", book=book())[0].said == "it goes into one queue"
    said = "A job in one queue copies the board to, let's say, some place."
    assert found(said, book=book(said=("copies the board",)))[0].said.endswith("copies the board")


def put_off(said: str, before: tuple[str, str] | None = None) -> list[str]:
    """What is said back of *said* as put off; *before*: the candidate's words and the coach's right before it."""
    turns = [] if before is None else [(Speaker.CANDIDATE, before[0]), (Speaker.COACH, before[1])]
    talk = dialogue((Speaker.COACH, "Design it."), *turns, (Speaker.CANDIDATE, said))
    heard = RiskEar(CONTENT.risks, "url-shortener").find(lines_of(talk))
    return [item.said for item in heard if item.risk.id == "risk_put_off"]


class TestDeferral:
    def test_what_was_put_off_is_said_back(self) -> None:
        heard = found("Time zones are the real horror, I'll return to that.", FILLING)
        ear = RiskEar(CONTENT.risks, "job-scheduler")
        assert ear.put(heard[0], 0).startswith("You put off “time zones are the real horror”. ")

    def test_the_sentence_before_is_meant_where_little_stands_before_it(self) -> None:
        assert found("Then there's deduplication of messages.", "I'll get to that.")[0].said == (
            "there's deduplication of messages"
        )

    def test_what_was_taken_up_again_is_not_put_off(self) -> None:
        said = ("Time zones are the real horror, I'll return to that.", FILLING)
        assert "risk_put_off" in ids(*said)
        assert "risk_put_off" not in ids(*said, "So the time zones, that horror: we store local times.")

    def test_what_the_coach_asked_between_was_put_off_and_is_not_the_candidates(self) -> None:
        stored = "We store the short links in a relational database with an index on the code."
        later = "I'll come back to that later."
        assert "risk_put_off" in ids(stored, later)
        assert put_off(later, before=(stored, "What happens when the cache goes down?")) == []

    @pytest.mark.parametrize(
        "said",
        [
            "Reads are cached, and it's another story with writes because they all go to the leader.",
            "We come to caching now. That's a whole topic of its own but here it is.",
            "If the network splits, then that's another story.",
            "So when the whole network splits between the sites, that's another story.",
        ],
    )
    def test_an_idiom_puts_off_neither_what_is_explained_nor_a_condition(self, said: str) -> None:
        assert put_off(said) == []

    def test_an_idiom_at_the_end_puts_off(self) -> None:
        assert put_off("Time zones across countries are hard, and that's another story.") == [
            "time zones across countries are hard"
        ]

    def test_a_word_of_five_letters_tells_what_was_put_off(self) -> None:
        said = (
            "The way one goes to the shard of that user for one of the calls in the app the retries of the calls "
            "to the bank, I'll come back to that."
        )
        assert put_off(said) == ["the way one goes to the shard of that user"]


class TestPut:
    def test_leads_take_turns(self) -> None:
        ear = RiskEar(CONTENT.risks, "notification-system")
        heard = found("Everything goes into one queue.", pack="notification-system")[0]
        assert len({ear.put(heard, turn) for turn in range(len(CONTENT.risks.lead))}) == len(
            CONTENT.risks.lead
        )

    def test_a_whole_question_needs_no_lead(self) -> None:
        assert (
            RiskEar(book(is_whole=True), "").put(found("One queue.", book=book(is_whole=True))[0], 0)
            == "What then?"
        )

    @pytest.mark.parametrize("risk", CONTENT.risks.risk, ids=lambda risk: risk.id)
    def test_a_long_sentence_leaves_room(self, risk: Risk) -> None:
        long = RiskBook(lead=CONTENT.risks.lead, risk=(risk_of(risk),))
        said = f"{FILLING[:-1]} and so on with one queue and whatever else there may be behind all that."
        ear = RiskEar(long, "")
        for item in found(said, book=long, pack=""):
            assert all(len(ear.put(item, turn).split()) <= LONGEST for turn in range(3))


def risk_of(risk: Risk) -> Risk:
    """*risk*, but heard in "one queue"."""
    return Risk(
        id=risk.id,
        about=risk.about,
        said=("one queue",),
        text=risk.text,
        lead=risk.lead,
        is_whole=risk.is_whole,
    )


class TestAsked:
    def test_a_risk_comes_before_the_ladder_and_once(self) -> None:
        now = moment("I'd return a 301, moved permanently.", FILLING)
        all_asked = list(asked(coach(), now))
        assert all_asked[0][0].id == f"risk_permanent_redirect/{RISK}"
        assert all_asked[0][1].text == (
            "You said “I'd return a 301, moved permanently”. How do you then count openings, or stop a link that "
            "was deleted?"
        )
        assert [wording_of(item.id) for item, _ in all_asked].count("risk_permanent_redirect") == 1

    def test_no_risk_is_called_as_a_wording_is(self) -> None:
        wordings = {wording.id for wording in CONTENT.gaps.wording}
        assert wordings.isdisjoint(risk.id for risk in CONTENT.risks.risk)
