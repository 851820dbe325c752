"""A failure and its remedy in one sentence; a failure alone; conditions under which nothing fails; and other words that
contradict a flat verdict. No sentence here is among the training examples.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from dataclasses import replace
from functools import cache, reduce
from operator import getitem
from pathlib import Path

import pytest

from scripts.evaluate import EVALUATION
from tests.core.feedback_laws import laws, plain, quotes_in
from tests.core.spoken import RUBRIC, candidate, is_said, judge
from voice_coach.core import pacing, speech_metrics
from voice_coach.core.clock import PaceSettings
from voice_coach.core.errors import PromptError
from voice_coach.core.feedback import Feedback, Material, compose
from voice_coach.core.findings import Assessment, Finding, Verdict
from voice_coach.core.rule_judge import RuleJudge
from voice_coach.core.speakable_time import spoken_moment
from voice_coach.core.transcript import Speaker, Transcript, turn_of
from voice_coach.prompts.rubric import check_rubric, load_rubric

DOUBT_BELOW = judge().rubric.checklist.doubt_below
RULES = RuleJudge(judge().rubric, judge().lexicon)
SAID = tomllib.loads((Path(__file__).parent / "failures_said.toml").read_text("utf-8"))


def sentences(*kind: str) -> list[tuple[str, str]]:
    of_kind = reduce(getitem, kind, SAID)
    return [(base, sentence) for base, said in of_kind.items() for sentence in said]


def first(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of two answers one each: what is judged as a whole takes its time, what the cues find does not."""
    return list(dict(reversed(pairs)).items())[:-3:-1]


MENDED, IN_OTHER_WORDS = sentences("mended"), sentences("mended_in_other_words")
WITHOUT_REMEDY, NOTHING_FAILS = sentences("without_remedy"), sentences("nothing_fails")
NO_FAILURE = sentences("no_failure")


def answer(base: str, sentence: str) -> Transcript:
    parts = SAID["answer"][base]
    return candidate(f"{parts['before']} {sentence} {parts['after']}")


@cache
def assessed(base: str, sentence: str) -> Assessment:
    return judge().assess(answer(base, sentence))


def the(id_: str, assessment: Assessment) -> Finding:
    groups = (assessment.checklist, assessment.mistakes, assessment.delivery, assessment.deep_dives)
    return next(finding for group in groups for finding in group if finding.id == id_)


def told(transcript: Transcript, assessment: Assessment) -> Feedback:
    material = Material(
        assessment=assessment,
        metrics=speech_metrics.measure(transcript),
        pacing=pacing.review(transcript, assessment.stretches, PaceSettings()),
        words=[word.text for word in transcript.by(Speaker.CANDIDATE)],
    )
    return compose(material, judge().rubric, judge().lexicon)


def named(base: str, sentence: str) -> str | None:
    """The words in which something is heard to fail, with the few around them; None where there are none."""
    heard = RULES.listen(answer(base, sentence))
    found = RULES.doubts.named("failure_mitigation", heard, [0.0] * len(heard.lines))
    if found is None:
        return None
    return " ".join(word.text for word in heard.lines[found.line].words[found.span.first : found.span.end])


@pytest.mark.parametrize(("base", "sentence"), MENDED + WITHOUT_REMEDY)
def test_what_is_said_to_fail_is_heard(base: str, sentence: str) -> None:
    found = named(base, sentence)
    assert found is not None
    assert plain(found) in plain(sentence)


@pytest.mark.parametrize(("base", "sentence"), NOTHING_FAILS + NO_FAILURE)
def test_no_failure_is_heard_where_none_is_named(base: str, sentence: str) -> None:
    assert named(base, sentence) is None


@pytest.mark.parametrize(("base", "sentence"), first(MENDED)[:1] + first(WITHOUT_REMEDY))
def test_where_something_is_said_to_fail_nothing_is_denied_flatly(base: str, sentence: str) -> None:
    transcript, assessment = answer(base, sentence), assessed(base, sentence)
    for id_ in ("failure_mitigation", "reliability"):
        finding = the(id_, assessment)
        if finding.verdict is Verdict.NOT_MET:
            assert finding.confidence < DOUBT_BELOW
            assert finding.heard is not None
            assert is_said(finding.heard, transcript)
            assert finding.heard.quote in finding.why
            assert plain(finding.heard.quote) in plain(sentence)
    for id_ in ("no_failure_modes", "ignores_non_functional"):
        assert the(id_, assessment).verdict is Verdict.NOT_MADE


@pytest.mark.parametrize(("base", "sentence"), first(WITHOUT_REMEDY))
def test_a_failure_alone_does_not_meet_it_and_is_quoted_with_the_doubt(base: str, sentence: str) -> None:
    transcript, assessment = answer(base, sentence), assessed(base, sentence)
    assert the("failure_mitigation", assessment).verdict is Verdict.NOT_MET
    feedback = told(transcript, assessment)
    laws(feedback, transcript)
    for fix in feedback.improvements:
        if fix.item in ("failure_mitigation", "reliability"):
            assert all(plain(quote) in plain(sentence) for quote in quotes_in(fix.text)), fix.text
            assert "missed it" in fix.text or "slipped past me" in fix.text
        assert "not hear one thing break" not in fix.text
        assert "nothing broke" not in fix.text


@pytest.mark.parametrize(("base", "sentence"), first(NOTHING_FAILS)[:1])
def test_conditions_under_which_nothing_fails_are_no_failures(base: str, sentence: str) -> None:
    assessment = assessed(base, sentence)
    assert the("failure_mitigation", assessment).verdict is Verdict.NOT_MET
    assert the("failure_mitigation", assessment).confidence >= DOUBT_BELOW
    assert the("no_failure_modes", assessment).verdict is Verdict.MADE


@pytest.mark.parametrize(
    ("id_", "base", "sentence"),
    [(id_, *sentences("ends", id_)[0]) for id_ in SAID["ends"]],
)
def test_other_words_that_may_hold_it_are_quoted_with_the_doubt(id_: str, base: str, sentence: str) -> None:
    parts = SAID["answer"][base]
    transcript = candidate(f"{parts['before']} {parts['after']} {sentence}")
    assessment = judge().assess(transcript)
    finding = the(id_, assessment)
    assert finding.verdict is Verdict.MET or (finding.is_doubted and finding.confidence < DOUBT_BELOW)
    if finding.is_doubted:
        assert finding.heard is not None
        assert finding.heard.quote in finding.why
        assert plain(finding.heard.quote) in plain(sentence)
    if id_ in ("tradeoff_summary", "admits_tradeoffs"):
        assert the("no_tradeoffs", assessment).verdict is Verdict.NOT_MADE
    laws(told(transcript, assessment), transcript)


def test_a_price_long_before_the_end_is_no_summary() -> None:
    sentence = SAID["ends"]["tradeoff_summary"]["jobs"][0]
    finding = the("tradeoff_summary", assessed("jobs", sentence))
    assert finding.verdict is Verdict.NOT_MET
    assert not finding.is_doubted


def test_a_mistake_that_such_words_deny_is_denied_with_the_doubt() -> None:
    finding = the("no_failure_modes", assessed(*WITHOUT_REMEDY[0]))
    assert finding.verdict is Verdict.NOT_MADE
    assert finding.confidence < DOUBT_BELOW
    said = "If the cache dies we have a big problem."
    assert finding.why == f'I heard "{said}", and may have missed what is done about it.'


def test_words_that_were_not_heard_clearly_are_not_quoted() -> None:
    said = answer(*WITHOUT_REMEDY[0])
    words = [replace(word, p=0.15 if word.text in ("cache", "dies") else 0.9) for word in said.turns[0].words]
    assessment = judge().assess(Transcript(turns=(turn_of(Speaker.CANDIDATE, words),)))
    finding = the("failure_mitigation", assessment)
    assert finding.heard is not None
    moment = spoken_moment(finding.heard.start_s)
    assert finding.why == f"I heard something at {moment}, and may have missed what is done about it."


def test_none_of_these_sentences_is_learnt_from() -> None:
    learnt = {
        plain(sentence)
        for path in (EVALUATION / "fragments").glob("*.json")
        for fragment in json.loads(path.read_text("utf-8"))
        for turn in fragment["turns"]
        for sentence in turn["sentences"]
    }
    ends = [pair for id_ in SAID["ends"] for pair in sentences("ends", id_)]
    said = MENDED + IN_OTHER_WORDS + WITHOUT_REMEDY + NOTHING_FAILS + NO_FAILURE + ends
    assert not {plain(sentence) for _, sentence in said} & learnt


def test_there_are_words_for_every_doubt() -> None:
    doubts = judge().rubric.reasons.doubt
    advice = {item.item: item for item in judge().rubric.feedback.advice}
    for id_ in {id_ for doubt in doubts for id_ in doubt.not_flat}:
        assert advice[id_].doubted
        assert advice[id_].doubted_alone


@pytest.mark.parametrize(
    ("file", "old", "new", "wanted"),
    [
        ("reasons", '"{named_failure}"', '"{named_failures}"', "doubt.0.said"),
        ("reasons", 'said = ["{named_failure}"]', "said = []", "doubt.0.said: needs at least one cue"),
        ("reasons", 'not_flat = ["failure_mitigation"', 'not_flat = ["rambling"', "0.not_flat: 'rambling' is none"),
        ("reasons", "last_share = 0.2", "last_share = 2", "doubt.2.last_share: 2 is not between 0 and 1"),
        ("reasons", 'not_made = ["no_failure_modes"', 'not_made = ["rambling"', "0.not_made: 'rambling' is none"),
        ("reasons", "I heard {quote}, and may", "I may", "doubt.0.why: must hold {quote} and no other"),
        ("reasons", '"(dead|broken|lost) (link|links)"', '"{x}"', "doubt.0.unless.3"),
        ("feedback", '"I did not hear what you do then."', '"{word}."', "doubted.0: must hold"),
    ],
)  # fmt: skip
def test_a_mistake_in_it_is_named(tmp_path: Path, file: str, old: str, new: str, wanted: str) -> None:
    folder = Path(shutil.copytree(RUBRIC, tmp_path / "rubric"))
    path = folder / f"{file}.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PromptError) as caught:
        load_rubric(folder)
    assert wanted in str(caught.value)
    assert str(path) in str(caught.value)


def test_what_is_not_told_flatly_needs_its_words(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(RUBRIC, tmp_path / "rubric"))
    reasons = folder / "reasons.toml"
    text = reasons.read_text("utf-8")
    reasons.write_text(text.replace('not_flat = ["admits_tradeoffs"]', 'not_flat = ["signposts"]'), "utf-8")
    (problem,) = check_rubric(folder)
    assert problem.startswith(f"{folder / 'feedback.toml'}:")
    assert "'signposts' is not_flat in reasons.toml; give it doubted and doubted_alone" in problem
    with pytest.raises(PromptError, match="'signposts' is not_flat"):
        load_rubric(folder)
