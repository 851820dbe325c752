"""What is found open in the candidate's own words, and above all what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.bundled import CONTENT
from tests.core.spoken import dialogue
from voice_coach.core.content import Nouns
from voice_coach.core.gap_content import GapSettings
from voice_coach.core.gaps import Gap, gaps_in
from voice_coach.core.said_state import Said, SaidEar
from voice_coach.core.transcript import Speaker, Transcript, Turn, turn_of

COACH, CANDIDATE = Speaker.COACH, Speaker.CANDIDATE
AT_ONCE = GapSettings(promise_words=0, number_words=0, part_words=0)
"""Nothing is waited for: so that a test need not talk for a minute."""
EAR = SaidEar(
    CONTENT.gaps,
    CONTENT.bank.reason,
    CONTENT.lexicon,
    AT_ONCE,
    Nouns(item=("links", "link"), write=("uploads", "upload")),
)
TALK = (
    "A caller sends something and the service answers it. Then the next one comes and it goes the same way. "
    "Nothing more happens there for the moment. "
)
"""Talk of nothing in particular."""


def heard(*turns: str) -> Said:
    """The candidate says each of *turns*; one that begins with "Coach:" is the coach's."""
    return EAR.read(talk(*turns))


def talk(*turns: str) -> Transcript:
    return dialogue(
        *(
            (COACH, turn.removeprefix("Coach: ")) if turn.startswith("Coach: ") else (CANDIDATE, turn)
            for turn in turns
        )
    )


def doubted(transcript: Transcript, word: str) -> Transcript:
    """The recogniser hardly believes *word*."""
    turns: list[Turn] = [
        turn_of(turn.speaker, [replace(item, p=0.2 if item.bare == word else 0.9) for item in turn.words])
        for turn in transcript.turns
    ]
    return Transcript(turns=tuple(turns))


def gaps(said: Said, kind: str) -> list[Gap]:
    return [gap for gap in gaps_in(said, CONTENT.gaps, AT_ONCE) if gap.kind == kind]


class TestPromises:
    @pytest.mark.parametrize(
        ("said", "topic"),
        [
            ("I'll come back to sharding.", "sharding"),
            ("I will come back to the failure case in a minute.", "the failure case"),
            ("We'll circle back to cache invalidation.", "cache invalidation"),
            ("Let me park the hot keys for now.", "the hot keys"),
            ("I'll talk about monitoring later.", "monitoring"),
            ("I'll explain the ranking at the end.", "the ranking"),
            ("There's the question of consistency, more on that later.", "consistency"),
            ("Sharding is a topic of its own. I'll come back to that.", "sharding"),
            ("Then there's deduplication, I'll get to that.", "deduplication"),
            (
                "I'll come back to how the code is generated, because that's the fun bit.",
                "how the code is generated",
            ),
        ],
    )
    def test_what_was_put_off_is_known_by_its_name(self, said: str, topic: str) -> None:
        found = heard(f"{TALK}{said} {TALK}").promises
        assert [(item.topic, item.is_kept) for item in found] == [(topic, False)]

    @pytest.mark.parametrize(
        "kept",
        [
            "So we shard by customer id.",
            "Back to what I put off. It is done by the customer.",
            "As promised, here is how it grows.",
            "Now each partition has its own machine.",
        ],
    )
    def test_what_was_spoken_of_since_is_kept(self, kept: str) -> None:
        (promise,) = heard(f"I'll come back to sharding. {TALK}{kept}").promises
        assert promise.is_kept
        assert not gaps(heard(f"I'll come back to sharding. {TALK}{kept}"), "promise")

    @pytest.mark.parametrize(
        "said",
        [
            "If there's time I'll come back to sharding.",
            "When the phone is online again it'll come back to the server.",
            "The user says I'll come back to the page later.",
            "In version two I'll cover monitoring later.",
            "Should I come back to sharding later?",
            "I'd go back to the old way.",
            "We care more about availability than consistency.",
            "I want to think more about cost.",
            "I'll get back to you on that.",
            "Let me get back to the main flow.",
            "I'll come back to my schema.",
            "Recommendations I leave for later.",
            "I'll come to the conclusion.",
            "I'll come back to that.",
            "We come back to the client with an id.",
        ],
    )
    def test_what_only_sounds_like_one_is_none(self, said: str) -> None:
        assert not heard(f"{TALK}{said} {TALK}").promises

    def test_it_is_given_its_time(self) -> None:
        said = heard(f"I'll come back to sharding. {TALK}")
        assert not [gap for gap in gaps_in(said, CONTENT.gaps, GapSettings()) if gap.kind == "promise"]
        late = heard(f"I'll come back to sharding. {TALK * 4}")
        assert [gap for gap in gaps_in(late, CONTENT.gaps, GapSettings()) if gap.kind == "promise"]

    def test_a_topic_that_was_hardly_heard_is_not_said_back(self) -> None:
        said = talk(f"I'll come back to sharding. {TALK}")
        assert EAR.read(said).promises
        assert not EAR.read(doubted(said, "sharding")).promises


class TestContradictions:
    @pytest.mark.parametrize(
        ("one", "other", "slots"),
        [
            (
                "The ledger must be strongly consistent.",
                "The ledger is eventually consistent.",
                ("the ledger", "strongly consistent", "eventually consistent"),
            ),
            (
                "We have strong consistency for the metadata.",
                "The metadata is eventually consistent.",
                ("the metadata", "strong consistency", "eventually consistent"),
            ),
            (
                "Every event is delivered exactly once.",
                "The event is delivered at least once.",
                ("the event", "exactly once", "at least once"),
            ),
            (
                "We keep the messages in Cassandra.",
                "The messages live in Postgres.",
                ("messages", "Cassandra", "Postgres"),
            ),
            ("I use MySQL for orders.", "The orders are in DynamoDB.", ("orders", "MySQL", "Dynamo")),
            (
                "There are two thousand writes a second.",
                "We have fifty thousand writes a second.",
                ("writes", "two thousand writes a second", "fifty thousand writes a second"),
            ),
        ],
    )
    def test_two_statements_about_one_thing_that_do_not_fit(
        self, one: str, other: str, slots: tuple[str, str, str]
    ) -> None:
        (found,) = heard(f"{one} {TALK}{other}").contradictions
        assert found.subject.removeprefix("the ") == slots[0].removeprefix("the ")
        assert (found.one, found.other) == slots[1:]

    @pytest.mark.parametrize(
        "said",
        [
            # another thing
            "The ledger is strongly consistent. {} The feed is eventually consistent.",
            "We keep the messages in Cassandra. {} The users live in Postgres.",
            "There are two thousand writes a second. {} There are fifty thousand reads a second.",
            "There are two thousand writes a second. {} That makes a hundred million writes a day.",
            # corrected
            "The ledger is eventually consistent. {} Actually, the ledger must be strongly consistent.",
            "We keep the messages in Cassandra. Scratch that. The messages live in Postgres.",
            "There are two thousand writes a second. {} Sorry, make that fifty thousand writes a second.",
            "There are two thousand, no wait, fifty thousand writes a second.",
            # weighed, conditional, of the past, of a part
            "The ledger is strongly consistent. {} If money was no matter, the ledger would be eventually consistent.",
            "We keep the messages in Cassandra. {} At first the messages were in Postgres.",
            "We keep the messages in Cassandra. {} The old messages are in Postgres.",
            "We keep the messages in Cassandra. {} A copy of the messages is in Postgres.",
            "We keep the messages in Cassandra. {} We could keep the messages in Postgres.",
            "We keep the photos in S3. {} The photos are in Postgres.",
            "There are two thousand writes a second. {} At the peak there are fifty thousand writes a second.",
            "There are two thousand writes a second on each server. {} There are fifty thousand writes a second.",
            "It is eventually consistent or strongly consistent, whichever the ledger is.",
            "The ledger is strongly consistent. {} Should the ledger be eventually consistent?",
            # what something can take, or a part of them
            "We have 100 writes per second. {} Postgres does five thousand writes per second.",
            "Kafka does a million messages per second. {} We get ten thousand messages per second.",
            "We have a hundred million users. {} A group has two thousand users.",
            "A viral link gets fifty thousand reads per second. {} We see two thousand reads per second.",
            # said roughly
            "There are two thousand writes a second. {} There are 2,100 writes a second.",
        ],
    )
    def test_no_contradiction(self, said: str) -> None:
        assert not heard(said.replace("{}", TALK)).contradictions

    @pytest.mark.parametrize(
        "between",
        [
            "Coach: Why not Cassandra for the messages?",
            "Coach: From now on nobody may lose anything. What changes?",
        ],
    )
    def test_who_was_asked_may_change_their_mind(self, between: str) -> None:
        assert not heard(
            "We keep the messages in Cassandra.", between, "The messages are in Postgres."
        ).contradictions

    def test_words_that_were_hardly_heard_claim_nothing(self) -> None:
        said = talk(f"We keep the messages in Cassandra. {TALK}The messages are in Postgres.")
        assert EAR.read(said).contradictions
        assert not EAR.read(doubted(said, "cassandra")).contradictions

    def test_a_correction_later_takes_it_back(self) -> None:
        said = "We keep the messages in Cassandra. {} The messages are in Postgres. Sorry, I meant Cassandra."
        assert not heard(said.replace("{}", TALK)).contradictions


class TestNumbers:
    def test_a_number_of_which_nothing_was_made(self) -> None:
        said = heard(f"There are two million daily users. {TALK}")
        assert [gap.slots for gap in gaps(said, "number")] == [{"number": "two million daily users"}]

    def test_it_is_said_back_with_its_article(self) -> None:
        said = heard(f"There are a million daily users. {TALK}")
        assert [gap.slots for gap in gaps(said, "number")] == [{"number": "a million daily users"}]

    @pytest.mark.parametrize(
        "said",
        [
            "There are two million daily users, so I need four servers. {}",
            "There are two million daily users. That's about twenty requests a second. {}",
            "There are two million daily users. {} For two million people one server is enough.",
            "There are two million daily users. {} At that scale nothing breaks.",
            "There are two million daily users. {} Each of the users makes three calls a day.",
            "There are two million daily users, and one Postgres holds them. {}",
            "There are two million, sorry, three million daily users, so four servers. {}",
            "If there were two million daily users I would shard. {}",
            "Are there two million daily users? {}",
            "There are four hundred users. {}",
            "There are three and a bit thousand writes a second. {}",
        ],
    )
    def test_a_number_that_was_used_or_is_none(self, said: str) -> None:
        assert not gaps(heard(said.replace("{}", TALK)), "number")

    def test_a_corrected_number_is_not_asked_about(self) -> None:
        said = heard(f"There are ten thousand writes a second. Actually make that twenty thousand. {TALK}")
        assert not gaps(said, "number")


class TestParts:
    def test_a_component_without_a_reason(self) -> None:
        assert [gap.slots for gap in gaps(heard(f"There's Redis in the middle. {TALK}"), "reason")] == [
            {"part": "Redis"}
        ]

    @pytest.mark.parametrize(
        "said",
        [
            "There's Redis in the middle because reads are hot.",
            "There's Redis, so that the table is not read again and again.",
            "There's Redis. It takes most of the reads. And a cache keeps it fast.",
            "I thought about Redis.",
            "We could have Redis.",
            "There's no Redis.",
            "Redis would be another way.",
            "Do we have Redis?",
            "There's a database.",
            "Redis is known to everybody here.",
        ],
    )
    def test_no_reason_is_missing(self, said: str) -> None:
        assert not gaps(heard(f"{said} {TALK}"), "reason")

    def test_what_was_said_of_the_same_kind_of_component_counts(self) -> None:
        said = f"There's a cache because the same links are read again. {TALK * 2}We have Redis there. {TALK}"
        assert not gaps(heard(said), "reason")

    def test_only_what_much_is_built_on_is_asked_about_its_failure(self) -> None:
        assert not gaps(heard(f"There's Kafka in the middle. {TALK}"), "failure")
        twice = f"There's Kafka in the middle. {TALK}{TALK}It goes on from Kafka. {TALK}"
        assert [gap.slots for gap in gaps(heard(twice), "failure")] == [{"part": "Kafka"}]
        assert not gaps(heard(f"{twice}If Kafka crashes a standby goes on."), "failure")


class TestAreas:
    def test_an_area_that_was_left_at_once(self) -> None:
        said = heard(f"Let me dig into monitoring. We look at it. Now let's talk about the API. {TALK}")
        assert [(item.area, item.topic) for item in said.shallow] == [("observability", "monitoring")]

    @pytest.mark.parametrize(
        "said",
        [
            "Let me dig into monitoring. {} {} Now let's talk about the API.",
            "Let me dig into monitoring. We look at it. Now let's talk about the API. {} There's an alert on errors.",
            "Let me dig into monitoring. We look at it. {}",
            "First let me talk about the API, then let me talk about monitoring. {}",
            "Let me dig into monitoring. Let me talk about alerting. {}",
        ],
    )
    def test_an_area_that_was_gone_into_or_is_still_open(self, said: str) -> None:
        assert not heard(said.replace("{}", TALK)).shallow

    def test_an_area_that_is_dwelt_on(self) -> None:
        line = "There is a table with an owner column and a primary key and every row belongs to one customer of ours. "
        assert heard(line * 15).dwelt_on == "storage"
        assert heard(line * 5).dwelt_on is None
        assert (
            heard(
                line * 8 + "If that server dies we retry until it is back and nobody is told. " * 8
            ).dwelt_on
            is None
        )

    def test_what_is_offered_in_the_candidates_words(self) -> None:
        words = talk("I can go into failure recovery or sharding.").turns[0].words
        assert [(item.area, item.topic) for item in EAR.options(words)] == [
            ("failures", "failure recovery"),
            ("scaling", "sharding"),
        ]


def test_things_are_the_packs_nouns_and_what_recurs() -> None:
    said = heard(
        "Each link has an owner. A courier takes it. Every courier has a bag. One courier is late. It takes a second."
    )
    assert said.things == ("link", "courier")


def test_the_same_words_give_the_same_state() -> None:
    said = talk(f"There's Redis. I'll come back to sharding. There are two million daily users. {TALK}")
    again = SaidEar(CONTENT.gaps, CONTENT.bank.reason, CONTENT.lexicon, AT_ONCE, Nouns())
    assert replace(EAR.read(said), things=()) == replace(again.read(said), things=())
