"""What of an answer was asked for, and what answers a change of scope."""

from __future__ import annotations

import pytest

from tests.core.bundled import CONTENT, RULES
from tests.core.small_book import small_book
from tests.core.spoken import dialogue
from tests.scenario import Scenario
from voice_coach.core import events
from voice_coach.core.coach_turn import say
from voice_coach.core.content import FollowUp
from voice_coach.core.events import Intent
from voice_coach.core.heard import Line
from voice_coach.core.interview_state import Line as Said
from voice_coach.core.interview_state import Reply
from voice_coach.core.replies import Replies
from voice_coach.core.rubric_ids import CHECKLIST, DEEP_DIVES, TWINS
from voice_coach.core.rules import REPLY_SENTENCES
from voice_coach.core.transcript import Speaker, Transcript, laid_out

CANDIDATE, COACH = Speaker.CANDIDATE, Speaker.COACH
REPLIES = Replies(CONTENT.rubric)
PROMPTED = (*CHECKLIST, *DEEP_DIVES)
FOLLOW_UPS = [
    *CONTENT.bank.follow_up,
    *(item for question in CONTENT.questions.values() for item in question.follow_ups),
]
LONG = "The requirements are small and at a high level there is a service and a store. "


def reply_to(*asked: str, reply: str = "Let me see.") -> Line:
    """The last sentence of a talk in which the interviewer says *asked* and the candidate answers each."""
    turns = [(CANDIDATE, "We have a service and a store.")]
    for text in asked:
        turns += [(COACH, text), (CANDIDATE, reply)]
    return RULES.listen(dialogue(*turns)).lines[-1]


def asked_for(line: Line) -> set[str]:
    return {id_ for id_ in PROMPTED if REPLIES.is_prompted(id_, line)}


def in_session(text: str, *about: str) -> Line:
    """The reply to what the coach of a session said, which knows what it asked about."""
    transcript = (
        Transcript()
        .with_words(CANDIDATE, laid_out("We have a service.", 0.0, 2.0))
        .with_words(COACH, laid_out(text, 3.0, 6.0), about)
        .with_words(CANDIDATE, laid_out("Let me see.", 7.0, 8.0))
    )
    return RULES.listen(transcript).lines[-1]


@pytest.mark.parametrize("item", FOLLOW_UPS, ids=lambda item: item.id)
def test_every_follow_up_of_a_session_prompts_what_it_is_about(item: FollowUp) -> None:
    line = in_session(item.text, item.about)
    assert REPLIES.is_prompted(item.about, line)
    assert asked_for(line) <= frozenset({item.about}).union(
        *(twins for twins in TWINS if item.about in twins)
    )


def test_most_follow_ups_are_recognised_by_their_words() -> None:
    """In a bare transcript: a session knows what it asked about.

    84 of 112 of these when this was written; the others ask in words that are about anything. So do most of the later
    packs: of all 24 and the bank it is 177 of 561.
    """
    packs = ("url-shortener", "notification-system", "messaging-backend")
    of_packs = (item for name in packs for item in CONTENT.questions[name].follow_ups)
    wanted = [item for item in (*CONTENT.bank.follow_up, *of_packs) if item.about in PROMPTED]
    found = [
        item
        for item in wanted
        if REPLIES.is_prompted(item.about, reply_to(item.text.format(component="the database")))
    ]
    assert len(found) >= 0.7 * len(wanted)


@pytest.mark.parametrize(
    ("asked", "about"),
    [
        ("What happens when a worker dies?", "failure_mitigation"),
        ("Walkers die. What then?", "reliability"),
        ("Okay. And when one of the services behind it fails?", "failure_mitigation"),
        ("so what happens if the provider is down", "failure_mitigation"),
        ("Suppose the bank's system never answers because it crashed.", "failure_mitigation"),
        ("Monitoring, please.", "observability"),
        ("How would it grow?", "scaling"),
        ("How would it grow?", "scaling_strategy"),
        ("Why Postgres?", "storage_decision"),
        ("Please sum up.", "tradeoff_summary"),
        ("Let's talk about the schema.", "data_model"),
    ],
)
def test_a_question_about_it_prompts_it(asked: str, about: str) -> None:
    assert about in asked_for(reply_to(asked))


@pytest.mark.parametrize(
    "said",
    [
        "The load is ten thousand requests a second.",
        "The load is ten thousand requests a second. What would you like to do first?",
        "About four hundred thousand payments a day. A lost one is a disaster. Anything else?",
        "Yes, duplicates can be dropped, they are harmless.",
        "Some of our users lose their signal. That's your call.",
        "That's right. Go on.",
    ],
)
def test_facts_and_nods_prompt_nothing(said: str) -> None:
    assert asked_for(reply_to(said)) == set()


def test_what_comes_long_after_a_question_is_not_prompted() -> None:
    asked = "What happens when a worker dies?"
    early = reply_to(asked, reply="It is like this. " * REPLY_SENTENCES)
    late = reply_to(asked, reply="It is like this. " * (REPLY_SENTENCES + 1))
    assert "failure_mitigation" in asked_for(early)
    assert asked_for(late) == set()


@pytest.mark.parametrize("nod", ["Mm-hm.", "Yes.", "Go on.", "That makes sense, yes."])
def test_a_nod_does_not_end_the_reply(nod: str) -> None:
    asked = "What happens when a worker dies?"
    line = reply_to(asked, nod)
    assert "failure_mitigation" in asked_for(line)
    assert line.place_in_reply == 1
    assert asked_for(reply_to(asked, nod, reply="It is like this. " * (REPLY_SENTENCES // 2 + 1))) == set()


@pytest.mark.parametrize("said", ["And the API?", "Monitoring, please.", "Then let us leave it at that."])
def test_anything_more_does(said: str) -> None:
    line = reply_to("What happens when a worker dies?", said)
    assert "failure_mitigation" not in asked_for(line)
    assert line.place_in_reply == 0


def test_in_a_session_what_the_coach_asked_about_counts_and_not_its_words() -> None:
    asked = "How would you know that it fails?"
    assert asked_for(in_session(asked, "api")) == {"api"}
    assert asked_for(in_session(asked)) == set()


def answers_a_change(said: str) -> bool:
    heard = RULES.listen(
        dialogue((CANDIDATE, "We have a service and a store."), (COACH, said), (CANDIDATE, "Let me see."))
    )
    return REPLIES.to_a_change(heard) == {2}


@pytest.mark.parametrize(
    "said",
    [
        "Let me change something. Photos are now private.",
        "Okay, let's change one thing: it must run on one machine.",
        "Here is a new requirement. Nothing may leave the building.",
        "There's a new constraint, the data has to stay in the country.",
        "Fine. What if we now need to support groups?",
        "What if it also has to work offline?",
        "The budget was halved last night.",
        "Now suppose it must work with no network at all.",
        "Suppose you now have to run it in ten countries.",
        "Imagine the company buys a bank and we now have to keep everything for ten years.",
        "A small change, the counts must be exact.",
        "Actually, a change. Finance will bill from these counts.",
        "Legal has just told us that we may not keep addresses.",
        "The board has decided that nothing runs in the cloud.",
        "It turns out that a third of the players are children.",
        "Change of plans. We only serve one school.",
        "let me change one thing the shop will now sell live",
    ],
)
def test_a_change_of_scope(said: str) -> None:
    assert answers_a_change(said)


@pytest.mark.parametrize(
    "said",
    [
        "Text only for now. Say where pictures would fit.",
        "Now suppose the cache goes down.",
        "Now imagine a worker dies half way.",
        "How would you roll out a change to the schema?",
        "What should now happen to the old links?",
        "Is there another requirement that you would add?",
        "You have now a cache and a queue.",
        "You've just told me that it scales.",
        "The change log.",
        "Suppose I open a link now. What happens?",
        "What if a worker is suddenly lost?",
        "Ten thousand a day, and it will grow.",
        "Let's move on to the database.",
        "What would you change?",
        "Yes. Go on.",
    ],
)
def test_no_change_of_scope(said: str) -> None:
    assert not answers_a_change(said)


def test_what_comes_before_a_change_does_not_answer_it() -> None:
    heard = RULES.listen(
        dialogue(
            (CANDIDATE, "We have a service."),
            (COACH, "How does it grow?"),
            (CANDIDATE, "By hand."),
            (COACH, "Let me change one thing. It runs in a cellar."),
            (CANDIDATE, "One machine then."),
            (COACH, "And the store?"),
            (CANDIDATE, "A file."),
        )
    )
    assert REPLIES.to_a_change(heard) == {4, 6}


class TestSessions:
    """What the coach writes down of what it asked about."""

    def _asked(self, scenario: Scenario) -> list[tuple[str, ...] | None]:
        return [turn.asked_about for turn in scenario.state.transcript.turns if turn.speaker is COACH]

    def test_follow_ups_and_the_wrap_up_say_what_they_are_about(self) -> None:
        scenario = Scenario(book=small_book()).start()
        scenario.candidate_says(LONG).until_coach_has_spoken()
        follow_up = scenario.said[-1]
        assert follow_up.intent is Intent.FOLLOW_UP
        assert self._asked(scenario) == [(), (follow_up.about,)]

    def test_what_was_asked_stands_when_it_is_said_again(self) -> None:
        scenario = Scenario(book=small_book()).start()
        scenario.candidate_says(LONG).until_coach_has_spoken()
        about = scenario.said[-1].about
        scenario.candidate_says("Say that again.").until_coach_has_spoken()
        assert scenario.said[-1].intent is Intent.REPLY
        assert self._asked(scenario)[-1] == (about,)

    def test_answers_ask_nothing(self) -> None:
        scenario = Scenario(book=small_book()).start()
        scenario.candidate_says("How many spaces are there?").until_coach_has_spoken()
        assert scenario.said[-1].intent is Intent.ANSWER
        assert self._asked(scenario) == [(), ()]

    def test_a_question_that_was_broken_off_at_once_asked_nothing(self) -> None:
        scenario = Scenario(book=small_book(), is_full_duplex=True, coach_words_per_s=0.5).start()
        scenario.candidate_says(LONG)
        scenario.until(
            lambda: scenario.state.speaking is not None and scenario.state.speaking.started_s is not None
        )
        scenario.candidate_says("and it has a queue of cars waiting", after_s=0.2)
        assert all(not asked for asked in self._asked(scenario))

    def test_only_a_line_that_changes_the_scope_changes_it(self) -> None:
        scenario = Scenario(book=small_book()).start()
        scenario.candidate_says("There are gates.", after_s=0.5)
        for intent, changes in ((Intent.BRIDGE, False), (Intent.SCOPE_CHANGE, True)):
            line = Said(text="Let me change one thing.", intent=intent)
            done = say(scenario.state, Reply(state=scenario.state.interview, lines=(line,)), {})
            scenario.state = done.state
            utterance = scenario.state.utterances
            scenario.post(events.PlaybackStarted(at_s=scenario.now_s, utterance=utterance, duration_s=2.0))
            scenario.passes(2.0)
            scenario.post(
                events.PlaybackEnded(
                    at_s=scenario.now_s, utterance=utterance, played_s=2.0, was_stopped=False
                )
            )
            scenario.candidate_says("Then it is another one.")
            heard = RULES.listen(scenario.state.transcript)
            assert bool(REPLIES.to_a_change(heard)) is changes
