"""What is answered about the feedback, with the judge as it ships and its real sentence model."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scripts.bench_review import read_claims
from scripts.labelled import read_answers
from tests.compose.small_engines import CONTENT, small_config
from tests.core.test_doubts import answer
from voice_coach.adapters.session_folder import SessionFolder
from voice_coach.compose.judging import Judging
from voice_coach.core.commands import LookUp
from voice_coach.core.events import Reviewed
from voice_coach.core.review_state import Ask, Correction, Redo, ReviewState
from voice_coach.core.review_words import ReviewReader
from voice_coach.core.session_state import SessionState
from voice_coach.core.transcript import Speaker, Transcript, laid_out

ANSWERS = Path(__file__).parents[2] / "evaluation/answers/tuning"
MOST_WORDS = 25
READER = ReviewReader(CONTENT.commands, doubt=0.5)


class Setting:
    """A judged answer about which questions are asked."""

    def __init__(self, folder: Path, transcript: Transcript) -> None:
        self.judging = Judging(config=small_config(), content=CONTENT)
        self.folder = SessionFolder(path=folder)
        self.state = SessionState(transcript=transcript)
        self.judging.write(self.folder, self.state, question="pastebin", stt="none", fell_back=())

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.folder.analysis_path.read_text(encoding="utf-8"))
        return document

    @property
    def said(self) -> str:
        return " ".join(word.text for word in self.state.transcript.by(Speaker.CANDIDATE))

    def ask(self, ask: Ask, about: str | None = None, claim: str = "", *, unmet: str = "") -> Reviewed:
        """*unmet*: an item that is taken for not met, whatever the judge says."""
        words = laid_out(claim, 900.0, 903.0)
        asked = LookUp(request=1, ask=ask, about=about, claim=words)
        wrong = Correction(item=unmet, before="met", after="not_met", quote="", start_s=0.0, end_s=0.0)
        review = ReviewState(corrections=(wrong,) if unmet else ())
        return self.judging.reviewed(asked, replace(self.state, review=review))

    def finding(self, id_: str) -> dict[str, Any]:
        groups = ("checklist", "mistakes", "delivery", "clarification", "deep_dives")
        items: list[dict[str, Any]] = [item for name in groups for item in self.document[name]]
        return next(item for item in items if item["id"] == id_)

    def support(self, id_: str, at_s: float) -> tuple[str, float]:
        """The sentence that is said at *at_s*, and how likely it shows *id_*."""
        judge = self.judging.judge
        heard = judge.listen(self.state.transcript)
        number = next(number for number, line in enumerate(heard.lines) if line.end_s > at_s)
        likely = judge.support(id_, heard, judge.detect(heard))[number]
        return " ".join(word.text for word in heard.lines[number].words), float(likely)

    def verdict(self, id_: str) -> str:
        return str(self.finding(id_)["verdict"])


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Setting:
    folder = tmp_path_factory.mktemp("judged")
    shutil.copy(ANSWERS / "t110.json", folder)
    (answer,) = read_answers(folder, CONTENT.lexicon)
    return Setting(folder, answer.transcript)


def words(lines: tuple[str, ...]) -> list[int]:
    return [len(line.split()) for line in lines]


def test_why_gives_the_judges_reason_and_its_quote(setting: Setting) -> None:
    answered = setting.ask(Ask.WHY, "storage_decision")
    assert answered.lines[0] == "You named a choice of storage and tied a reason to it."
    assert "you said:" in answered.lines[1]
    assert max(words(answered.lines)) <= MOST_WORDS


def test_why_says_the_quote_of_a_doubt_once(tmp_path: Path) -> None:
    doubted = Setting(tmp_path, answer("links", "If the cache dies we have a big problem."))
    (line,) = doubted.ask(Ask.WHY, "failure_mitigation").lines
    assert line == doubted.finding("failure_mitigation")["why"]
    assert '"If the cache dies we have a big problem."' in line


@pytest.mark.parametrize("about", [None, "pacing", "fillers_per_100", "opening_roadmap", "rambling"])
def test_why_has_an_answer_to_every_line(setting: Setting, about: str | None) -> None:
    lines = setting.ask(Ask.WHY, about).lines
    assert 1 <= len(lines) <= 2
    assert max(words(lines)) <= MOST_WORDS


def test_why_that_score_tells_where_most_is_missing(setting: Setting) -> None:
    (line,) = setting.ask(Ask.WHY, None, "why that score").lines
    assert f"{setting.document['score']['total']} out of a hundred" in line


def test_when_plays_the_very_words(setting: Setting) -> None:
    answered = setting.ask(Ask.WHEN, None, "that I would add a cache")
    assert "cache" in answered.quote
    assert answered.quote in setting.said
    assert answered.start_s is not None
    assert answered.end_s is not None
    assert 0 < answered.end_s - answered.start_s <= small_config().review.replay_s


def test_when_finds_it_in_other_words_too(setting: Setting) -> None:
    asked = [claim for claim in read_claims() if claim.answer == "t110"]
    said = [claim for claim in asked if claim.said]
    found = 0
    for claim in said:
        question = READER.read(laid_out(claim.asked, 900.0, 903.0))
        assert question is not None
        words = " ".join(word.text for word in question.claim)
        answered = setting.ask(Ask.WHEN, None, words)
        played = (answered.quote, answered.other_quote)
        found += any(text in quote for text in claim.said for quote in played)
    assert found >= 0.8 * len(said)


def test_when_plays_another_place_that_fits_as_well(setting: Setting) -> None:
    answered = setting.ask(Ask.WHEN, None, "talk about the ids being random")
    assert answered.other_start_s not in {None, answered.start_s}
    assert answered.other_quote
    assert answered.other_quote in setting.said
    assert len(answered.other_line.split()) <= MOST_WORDS


def test_when_without_words_means_the_line_that_was_read(setting: Setting) -> None:
    answered = setting.ask(Ask.WHEN, "storage_decision")
    assert answered.quote in setting.said
    assert answered.start_s is not None


def test_when_says_what_was_looked_for_where_nothing_was_said(setting: Setting) -> None:
    answered = setting.ask(Ask.WHEN, None, "penguins on icebergs")
    assert answered.start_s is None
    assert "penguins on icebergs" in answered.lines[0]


def test_a_claim_of_what_was_never_said_changes_nothing(setting: Setting) -> None:
    answered = setting.ask(Ask.CLAIM, "failure_mitigation", "idempotent retries with a dead letter queue")
    assert answered.before == answered.after == ""
    assert "may have missed it" in " ".join(answered.lines)


def test_a_claim_is_about_what_its_words_show_not_about_what_was_read_last(setting: Setting) -> None:
    claim = "Postgres because every request is a key lookup"
    answered = setting.ask(Ask.CLAIM, "failure_mitigation", claim, unmet="storage_decision")
    assert (answered.about, answered.before, answered.after) == ("storage_decision", "not_met", "met")
    assert "Postgres" in answered.quote
    answered = setting.ask(Ask.CLAIM, "failure_mitigation", "joins no search", unmet="data_model")
    assert (answered.about, answered.after) == ("data_model", "met")


def test_a_claim_without_words_needs_a_sentence_that_the_judge_believes_unasked(setting: Setting) -> None:
    answered = setting.ask(Ask.CLAIM, "data_model", unmet="data_model")
    assert answered.before == answered.after == ""
    answered = setting.ask(Ask.CLAIM, "storage_decision", unmet="storage_decision")
    assert answered.after == "met"


def test_what_shows_a_mistake_is_not_played_as_if_it_showed_the_opposite(setting: Setting) -> None:
    answered = setting.ask(Ask.CLAIM, "tools_too_early")
    assert answered.start_s is None
    assert answered.lines == (setting.finding("tools_too_early")["why"],)


WORDS = (
    *("cache", "Postgres", "retries", "failure", "queue", "plan", "users", "scale", "tradeoff", "price"),
    *("cost", "random", "delete", "night", "requirements", "latency", "the", "a", "said", "that"),
)
CLAIMS = st.lists(st.sampled_from(WORDS), max_size=6)


@settings(max_examples=15, deadline=None)
@given(
    claim=CLAIMS,
    about=st.sampled_from([None, "opening_roadmap", "failure_mitigation", "no_failure_modes", "data_model"]),
    unmet=st.sampled_from(["", "storage_decision", "scaling_strategy", "data_model", "tradeoff_summary"]),
)
@example(claim=["cache", "database"], about="opening_roadmap", unmet="scaling_strategy")
@example(claim=["the", "speed's", "worth"], about=None, unmet="tradeoff_summary")
@example(claim=[], about="data_model", unmet="data_model")
def test_no_verdict_changes_without_a_quote_from_the_transcript(
    setting: Setting, claim: list[str], about: str | None, unmet: str
) -> None:
    answered = setting.ask(Ask.CLAIM, about, " ".join(claim), unmet=unmet)
    config = small_config().review
    if answered.quote:
        assert answered.quote in setting.said
    if answered.after != answered.before:
        assert answered.quote
        assert answered.about is not None
        assert answered.start_s is not None
        assert answered.about == unmet or setting.verdict(answered.about) == answered.before
        line, support = setting.support(answered.about, answered.start_s + 0.5)
        assert support >= (config.claim_probability if claim else config.bare_claim_probability)
        assert not claim or any(word in line for word in claim)
    assert max(words(answered.lines)) <= MOST_WORDS


def test_a_redo_has_the_first_things_goal_and_is_compared_in_quotes(setting: Setting) -> None:
    begun = setting.ask(Ask.REDO)
    assert begun.about == setting.document["feedback"]["improvements"][0]["item"]
    assert begun.lines == (setting.document["feedback"]["lines"][-1],)
    better = "If the cache goes down, all reads hit Postgres, so we limit them and retry with a backoff."
    done = setting.ask(Ask.COMPARE, "failure_mitigation", better)
    assert done.after == "met"
    assert done.quote in better
    assert done.quote.strip(",") in done.lines[1]
    worse = setting.ask(Ask.COMPARE, "failure_mitigation", "I would use a really nice table for all of it.")
    assert worse.after == "not_met"
    assert max(words(done.lines) + words(worse.lines)) <= MOST_WORDS


def test_what_is_corrected_and_said_again_is_added_and_nothing_that_was_measured_changes(
    setting: Setting,
) -> None:
    before = setting.document
    quote = "if that one server's CPU gets busy"
    correction = Correction(
        item="failure_mitigation", before="not_met", after="met", quote=quote, start_s=60.0, end_s=63.0
    )
    redo = Redo(
        item="opening_roadmap", goal="Say it again.", before="", after="First the limits",
        verdict_before="not_met", verdict_after="met",
    )  # fmt: skip
    assert setting.verdict("failure_mitigation") == "not_met"
    review = ReviewState(corrections=(correction,), redos=(redo,))
    setting.judging.amend(setting.folder, replace(setting.state, review=review))
    after = setting.document
    assert setting.verdict("failure_mitigation") == "met"
    assert setting.finding("failure_mitigation")["confidence"] >= 0.5
    assert setting.verdict("no_failure_modes") == "not_made"  # not both at once
    assert setting.verdict("reliability") == "not_met"  # not shown by that sentence
    assert after["corrections"] == [
        {
            "item": "failure_mitigation",
            "before": "not_met",
            "after": "met",
            "quote": quote,
            "start": 60.0,
            "end": 63.0,
        }
    ]
    assert [item["verdict_after"] for item in after["redos"]] == ["met"]
    assert after["score"]["total"] > before["score"]["total"]
    for key in ("transcript", "speech", "pacing", "feedback", "source"):
        assert after[key] == before[key]
    setting.judging.write(
        setting.folder, replace(setting.state, review=review), question="pastebin", stt="none", fell_back=()
    )
    assert setting.document == after
    setting.judging.amend(setting.folder, setting.state)
