"""The beginnings of answers, the page for blind judging, what was chosen there, and the evaluation as a whole."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.eval_follow_ups import Model, Offline, text_of
from scripts.follow_up_checks import CHECKS, CheckWords, FollowUpChecks, Said
from scripts.follow_up_page import SAME, Contest, blind, preferences, wilson
from scripts.follow_up_prefixes import FOLDER, HALVES, read_prefixes
from tests.model_server import model_server
from voice_coach.adapters.term_matcher import TermMatcher
from voice_coach.adapters.transcript_file import read_transcript
from voice_coach.compose.content import load_content
from voice_coach.compose.follow_up_writer import model_writer
from voice_coach.compose.judging import Judging
from voice_coach.config import Config
from voice_coach.core.content import Question
from voice_coach.core.errors import PromptError
from voice_coach.core.interview_state import Line, Moment
from voice_coach.core.model_state import LanguageModelSettings
from voice_coach.core.rubric_ids import CHECKLIST, DEEP_DIVES, MISTAKES
from voice_coach.core.transcript import Speaker, turn_of
from voice_coach.toml_file import load_toml

CONTENT = load_content()
FILES = sorted(FOLDER.glob("*/*.json"))


def contest(number: int, *texts: str) -> Contest:
    one, other = texts or (f"Why this, {number}?", f"Why that, {number}?")
    talk = (("coach", "Design it."), ("candidate", f"Well <{number}>."))
    return Contest(prefix=f"x{number}", first="offline", second="generic", texts=(one, other), talk=talk)


class Page(HTMLParser):
    """What a browser would read of the page, as far as a parser can tell."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.sections: list[str] = []
        self.choices: dict[str, dict[str, str]] = {}
        self.ids: list[str] = []
        self.script = ""
        self._at: tuple[str, str] | None = None
        self._in = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given_ = {name: value or "" for name, value in attrs}
        self._in = tag
        self.links += [value for name, value in given_.items() if name in {"src", "href", "action", "data"}]
        self.ids += [given_["id"]] if "id" in given_ else []
        if tag == "section":
            self.sections.append(given_["id"])
            self.choices[given_["id"]] = {}
        if tag == "button" and "data-choice" in given_:
            self._at = (self.sections[-1], given_["data-choice"])

    def handle_endtag(self, tag: str) -> None:
        self._in = ""
        if tag == "button":
            self._at = None

    def handle_data(self, data: str) -> None:
        if self._in == "script":
            self.script += data
        elif self._at is not None and self._in != "kbd":
            section, choice = self._at
            self.choices[section][choice] = self.choices[section].get(choice, "") + data.strip()


def test_there_are_enough_beginnings_over_enough_questions() -> None:
    data = {path: json.loads(path.read_text(encoding="utf-8")) for path in FILES}
    by_half = {half: sum(path.parent.name == half for path in FILES) for half in HALVES}
    assert len(FILES) >= 60
    assert by_half["tuning"] == by_half["judging"]
    assert len({item["question"] for item in data.values()}) >= 20
    assert len({item["persona"] for item in data.values()}) == len(FILES)
    assert len({path.stem for path in FILES}) == len(FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_is_a_beginning_that_a_follow_up_fits(path: Path) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    speakers = [turn["speaker"] for turn in data["turns"]]
    assert data["question"] in CONTENT.questions
    assert 60 <= sum(len(turn["text"].split()) for turn in data["turns"]) <= 450
    assert speakers[::2] == ["candidate"] * len(speakers[::2])
    assert speakers[1::2] == ["coach"] * len(speakers[1::2])
    assert speakers[-1] == "candidate"
    assert {turn.get("about", "api") for turn in data["turns"]} <= {*CHECKLIST, *DEEP_DIVES, *MISTAKES}
    assert 1.0 <= data["minute"] <= 12.5
    assert data["cut"]
    assert data["hook"]


def test_questions_that_a_strong_interviewer_would_ask_pass_the_checks() -> None:
    """Each was written to its beginning by somebody who knew it; what it is about is not held against it."""
    words = load_toml(FOLDER / "checks.toml", CheckWords, PromptError)
    checks = FollowUpChecks(words, CONTENT.lexicon, CONTENT.bank.reason)
    products = checks.products({pack: text_of(question) for pack, question in CONTENT.questions.items()})
    matcher = TermMatcher(CONTENT.lexicon)
    fails: list[str] = []
    for path in sorted((FOLDER / "tuning").glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        transcript, _ = read_transcript(path)
        turns = tuple(turn_of(turn.speaker, matcher.correct(turn.words)) for turn in transcript.turns)
        sentences = replace(transcript, turns=turns).sentences()
        said = Said(
            candidate=tuple(item.text for item in sentences if item.speaker is Speaker.CANDIDATE),
            coach=tuple(turn.text for turn in turns if turn.speaker is Speaker.COACH),
            question=CONTENT.questions[data["question"]].asked,
            product=products[data["question"]],
        )
        if not all(checks.passed(data["good"], (), said).values()):
            fails.append(path.stem)
    assert len(fails) <= 2, fails


def test_the_page_needs_no_network_and_names_nobody() -> None:
    text, key = blind([contest(number) for number in range(9)], seed=3)
    page = Page(text)
    assert page.links == []
    assert "http:" not in text.replace("http-equiv", "")
    assert "https:" not in text
    assert "offline" not in text
    assert "generic" not in text
    assert page.sections == list(key["pairs"])
    assert len(set(page.ids)) == len(page.ids)
    assert f'data-page="{key["page"]}"' in text


def test_the_key_tells_which_side_is_whose() -> None:
    contests = {item.prefix: item for item in (contest(number) for number in range(9))}
    text, key = blind(list(contests.values()), seed=3)
    page = Page(text)
    for pair, sides in key["pairs"].items():
        told = contests[sides["prefix"]]
        by_name = {told.first: told.texts[0], told.second: told.texts[1]}
        assert {side: page.choices[pair][side] for side in "AB"} == {
            side: by_name[sides[side]] for side in "AB"
        }
        assert page.choices[pair][SAME] == "No difference"
    assert {sides["A"] for sides in key["pairs"].values()} == {"offline", "generic"}


def test_the_seed_draws_the_order() -> None:
    contests = [contest(number) for number in range(9)]
    assert blind(contests, 1) == blind(contests, 1)
    assert blind(contests, 1)[1]["pairs"] != blind(contests, 2)[1]["pairs"]


def test_the_script_finds_what_it_looks_for() -> None:
    page = Page(blind([contest(1)], 0)[0])
    for id_ in ("back", "on", "count", "result", "save", "copy"):
        assert id_ in page.ids
        assert f'getElementById("{id_}")' in page.script
    assert '1: "A", 2: "B", 3: "same"' in page.script


@given(st.text(), st.text())
def test_no_words_become_markup(one: str, other: str) -> None:
    plain, odd = (
        Page(blind([contest(1, *texts)], 0)[0])
        for texts in (("A?", "B?"), (f"<b>{one}", f"</script>{other}"))
    )
    assert (odd.sections, odd.ids, odd.script) == (plain.sections, plain.ids, plain.script)


def test_preferences_are_counted_by_who_was_chosen() -> None:
    _, key = blind([contest(number) for number in range(10)], seed=0)
    choices = {
        pair: next(side for side in "AB" if sides[side] == "offline") for pair, sides in key["pairs"].items()
    }
    first, second, *_ = choices
    choices[first] = SAME
    choices[second] = "A" if choices[second] == "B" else "B"
    [found] = preferences({"page": key["page"], "choices": choices}, key)
    assert (found["preferred"], found["other"], found[SAME], found["share"]) == (8, 1, 1, 0.8)
    assert (found["interviewer"], found["over"]) == ("offline", "generic")


@pytest.mark.parametrize(
    "judged", [{"page": "other", "choices": {}}, {"choices": {"p77": "A"}}, {"choices": {"p01": "C"}}]
)
def test_choices_of_another_page_are_none(judged: dict[str, object]) -> None:
    _, key = blind([contest(1)], 0)
    with pytest.raises(ValueError, match=r"page|choice"):
        list(preferences({"page": key["page"], **judged}, key))


def test_the_interval_is_wilsons() -> None:
    """Newcombe (1998), table I: 81 of 263, and none of 20."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


class Politer:
    """Puts what would be asked anyway politely."""

    name = "politer"

    def write(self, question: Question, moment: Moment, armed: Line | None) -> Line | None:
        assert moment.words
        return None if armed is None else replace(armed, text=f"For {question.title}, please: {armed.text}")


@pytest.mark.slow
def test_a_model_is_told_what_would_be_asked_without_it() -> None:
    judging = Judging(Config(), CONTENT)
    offline = Offline(Config(), CONTENT, judging, seed=0)
    [prefix, *_] = read_prefixes("tuning", judging)
    armed = offline.write(prefix)
    put = Model(Politer(), offline).write(prefix)
    assert armed is not None
    assert put == replace(armed, text=f"For URL shortener, please: {armed.text}")


@pytest.mark.slow
def test_the_evaluation_measures_a_half_and_writes_a_page(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.eval_follow_ups", "--out", str(tmp_path)]
    command += ["--half", "judging", "--first", "8"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=FOLDER.parents[1])
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(item["half"], item["interviewer"]) for item in found] == [
        ("judging", name) for name in ("offline", "generic")
    ]
    assert all(
        item["prefixes"] == 8 and 0.0 <= item["all"] <= min(item[name] for name in CHECKS) for item in found
    )
    key = json.loads((tmp_path / "key.json").read_text(encoding="utf-8"))
    page = Page((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert page.sections == list(key["pairs"])
    judged = tmp_path / "judged.json"
    judged.write_text(json.dumps({"page": key["page"], "choices": dict.fromkeys(key["pairs"], SAME)}))
    told = subprocess.run(
        [*command, "--judged", str(judged)], check=True, capture_output=True, text=True, cwd=FOLDER.parents[1]
    )
    assert json.loads(told.stdout)["share"] == 0.0


def test_a_configured_model_is_asked_and_one_that_fails_leaves_what_is_armed() -> None:
    prefix = read_prefixes("tuning", Judging(Config(), CONTENT))[0]
    offline = Offline(Config(), CONTENT, Judging(Config(), CONTENT), 0)
    armed = offline.write(prefix)
    assert armed is not None
    with model_server() as server:
        config = Config(llm=LanguageModelSettings(base_url=server.base_url, model="m"))
        writer = model_writer(config, CONTENT)
        assert writer is not None
        written = Model(writer, offline).write(prefix)
        assert written == replace(
            armed, text=f"Going by your last minutes: {armed.text[0].lower()}{armed.text[1:]}"
        )
    assert Model(writer, offline).write(prefix) == armed


def test_without_one_and_without_consent_nobody_is_asked() -> None:
    assert model_writer(Config(), CONTENT) is None
    far = LanguageModelSettings(base_url="https://models.example/v1", model="m")
    assert model_writer(Config(llm=far), CONTENT) is None
