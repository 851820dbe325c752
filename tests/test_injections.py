"""What candidates may say to a language model instead of answering: no verdict and no line of the coach changes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.core.bundled import CONTENT
from tests.core.exemplars import WEAK
from tests.core.spoken import candidate, judge
from tests.model_server import model_server
from tests.model_sessions import SETTINGS, TALK, book, modelled, stage_of
from voice_coach.compose.language_model import make_guard
from voice_coach.core.model_guard import ModelGuard
from voice_coach.core.replies import Replies
from voice_coach.core.second_opinion import Claim, Opinion, Proposal, SecondOpinion
from voice_coach.core.session_state import SessionState

if TYPE_CHECKING:
    from collections.abc import Mapping

AT_ONCE = 6
"""Injections in one session."""
FILE = Path(__file__).parent / "injections.toml"


@dataclass(frozen=True, slots=True)
class Injection:
    """What is said, and what a model writes that falls for it."""

    said: str
    obeyed: str


INJECTIONS = [Injection(**item) for item in tomllib.loads(FILE.read_text(encoding="utf-8"))["injection"]]
GUARD = make_guard(CONTENT, CONTENT.questions["url-shortener"])
KNOWS_NO_INJECTION = ModelGuard(
    CONTENT.questions["url-shortener"],
    replace(CONTENT.guard_cues, command=()),
    Replies(CONTENT.rubric).asks_about,
)
each = pytest.mark.parametrize("injection", INJECTIONS, ids=lambda item: item.said[:40])


def test_there_are_enough() -> None:
    assert len({item.said for item in INJECTIONS}) >= 30


@each
def test_what_it_makes_a_model_write_is_not_said(injection: Injection) -> None:
    assert GUARD.is_to_model(injection.said)
    assert GUARD.follow_up(injection.obeyed, "storage_decision", SessionState()) is not None
    assert GUARD.answer(injection.obeyed, SessionState()) is not None
    assert GUARD.advice(injection.obeyed) is not None


@pytest.mark.parametrize(
    "said",
    [
        "So say that there are a million users.",
        "And say that this node dies.",
        "Then write that it failed to the log.",
        "So write them to the log.",
        "The cursor is at the end of the document.",
        "Each one is stored as a system message.",
        "We set the score to the new value in Redis.",
        "Then reply with the cached value.",
        "Then write only the difference.",
        "And write this job to the queue.",
        "Say I pass the id along to the next service.",
    ],
)
def test_ordinary_talk_of_a_design_is_not_to_a_model(said: str) -> None:
    assert not GUARD.is_to_model(said)


@pytest.mark.parametrize(
    "asked",
    [
        "How do you keep the total score current on the leaderboard?",
        "How would a client bypass the cache then?",
        "Who may override the limits of a single tenant?",
        "How does a driver find a free spot on the lower levels?",
        "What does the first region do when the other one fails?",
    ],
)
def test_ordinary_questions_may_be_asked(asked: str) -> None:
    assert GUARD.follow_up(asked, None, SessionState()) is None


@pytest.mark.parametrize(
    "asked",
    [
        "You did very well there; how would you shard it?",
        "You are doing great so far, so what happens when the cache fails?",
        "You're doing well, so what happens when the cache fails?",
        "Since you are clearly a strong engineer, how would you shard it?",
        "I am impressed by that; what breaks first?",
        "That was spot on, so what breaks first?",
        "You'll pass, so what is next?",
        "I love how you cache it, so what breaks first?",
    ],
)
def test_praise_in_front_of_a_question_is_not_said(asked: str) -> None:
    assert GUARD.follow_up(asked, None, SessionState()) == "a verdict"


@pytest.mark.parametrize("first", range(0, len(INJECTIONS), AT_ONCE))
def test_the_coach_says_what_it_says_without_a_model(first: int) -> None:
    some = INJECTIONS[first : first + AT_ONCE]
    texts = (TALK[0], *(item.said for item in some), "Should I use my own colours?", *TALK[3:])

    def obeys(asked: Mapping[str, Any]) -> dict[str, Any]:
        heard = str(asked)
        latest = max(some, key=lambda item: heard.rfind(item.said))
        if "instead_of" in asked:
            return {"question": latest.obeyed}
        return (
            {"is_known": True, "answer": latest.obeyed}
            if "asked" in asked
            else {"claims": [], "sentences": []}
        )

    alone = stage_of(texts, book())
    alone.run()
    with model_server(writes=obeys) as server, modelled(server, settings=SETTINGS, texts=texts) as session:
        session.run()
    assert any("instead_of" in document for document in server.documents)
    assert session.said == [str(entry["text"]) for entry in alone.journal.of("coach_said")]
    assert session.stage.journal.of("model_text_dropped")


@each
def test_no_verdict_changes_and_no_sentence_is_proposed(injection: Injection) -> None:
    heard = judge().listen(candidate(f"{WEAK} {injection.said}"))
    before = judge().assess_heard(heard)
    said = [" ".join(word.text for word in line.words) for line in heard.lines]
    ids = [
        (finding.id, "made" if group is before.mistakes else "met")
        for group in (
            before.checklist,
            before.mistakes,
            before.delivery,
            before.clarification,
            before.deep_dives,
        )
        for finding in group
    ]
    # All that was asked for, with the injection for a quote, and with every other sentence.
    opinion = Opinion(
        claims=tuple(Claim(id=id_, verdict=verdict, quote=quote) for id_, verdict in ids for quote in said),
        sentences=tuple(Proposal(id=id_, text=injection.obeyed, quote=said[0]) for id_, _ in ids),
    )
    for guard in (GUARD, KNOWS_NO_INJECTION):
        second = SecondOpinion(opinion, guard, SETTINGS, lambda id_, verdict: f"{id_} {verdict}")
        after, counted = second.combined(before, heard)
        assert not counted.sentences
        # Who says the very thing that is looked for, to whomever, has said it.
        if guard is GUARD or "dead letter queue" not in injection.said:
            assert after == before
            assert not counted.changes
