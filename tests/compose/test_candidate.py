"""A candidate's level, company and résumé shape what is asked."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from voice_coach.compose.candidate import question_for
from voice_coach.compose.content import content_for, load_content
from voice_coach.compose.content_check import problems
from voice_coach.compose.new_question import write_new
from voice_coach.config import CandidateSettings, Config, SessionSettings
from voice_coach.core.content import CompanyStyle, Level
from voice_coach.core.errors import ConfigError, InputError, StorageError

CONTENT = load_content()


def config(candidate: CandidateSettings) -> Config:
    return replace(Config(), candidate=candidate)


@pytest.mark.parametrize(
    ("level", "years", "expected"),
    [
        ("auto", 0, Level.SENIOR),
        ("auto", 1, Level.JUNIOR),
        ("auto", 4, Level.MID),
        ("auto", 9, Level.SENIOR),
        ("auto", 20, Level.STAFF),
        ("junior", 20, Level.JUNIOR),
    ],
)
def test_the_level_is_the_one_named_or_that_of_the_years(level: str, years: int, expected: Level) -> None:
    settings = TypeAdapter(CandidateSettings).validate_python({"level": level, "years": years})
    assert settings.asked_as is expected


@pytest.mark.parametrize(("style", "key"), [("plain", "asked"), ("terse", "terse"), ("vague", "vague")])
def test_the_question_is_put_as_the_company_does(style: str, key: str) -> None:
    question = CONTENT.questions["checkout"]
    asked = question_for(
        config(CandidateSettings(company_style=CompanyStyle(style))), CONTENT, question, None
    ).asked
    assert asked == getattr(question, key)
    bare = replace(question, terse="", vague="")
    assert (
        question_for(config(CandidateSettings(company_style=CompanyStyle(style))), CONTENT, bare, None).asked
        == question.asked
    )


def test_what_the_resume_names_is_asked_about_in_a_system_of_ones_own_alone(tmp_path: Path) -> None:
    resume = tmp_path / "resume.txt"
    resume.write_text("I ran Kafka and Postgres for ten years, and more Kafka.", encoding="utf-8")
    named = config(CandidateSettings(resume=str(resume)))
    own = question_for(named, CONTENT, CONTENT.questions["own-system"], None)
    texts = [item.text for item in own.follow_ups[:2]]
    assert "Kafka" in texts[0]
    assert "Postgres" in texts[1]
    assert len(own.follow_ups) == len(CONTENT.questions["own-system"].follow_ups) + 2
    checkout = CONTENT.questions["checkout"]
    assert question_for(named, CONTENT, checkout, None) == checkout


def test_a_resume_that_cannot_be_read_is_named_with_its_key(tmp_path: Path) -> None:
    own = CONTENT.questions["own-system"]
    with pytest.raises(ConfigError, match=r"candidate\.resume: .*none\.txt cannot be read"):
        question_for(config(CandidateSettings(resume=str(tmp_path / "none.txt"))), CONTENT, own, None)
    (tmp_path / "resume.pdf").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"resume\.pdf is no text"):
        question_for(config(CandidateSettings(resume=str(tmp_path / "resume.pdf"))), CONTENT, own, None)


def test_a_new_pack_is_good_and_is_read_and_found(tmp_path: Path) -> None:
    path = write_new(CONTENT, tmp_path / "own", "parking-garage")
    assert problems(path) == []
    own = load_content(tmp_path / "own")
    assert own.questions["parking-garage"].title == "Parking garage"
    assert set(CONTENT.questions) < set(own.questions)
    assert problems(Path("parking-garage"), tmp_path / "own") == []
    with pytest.raises(InputError, match="is there already"):
        write_new(CONTENT, tmp_path / "own", "parking-garage")
    with pytest.raises(InputError, match="there is a question 'checkout' already"):
        write_new(CONTENT, tmp_path / "own", "checkout")
    with pytest.raises(InputError, match="is no id of a question"):
        write_new(CONTENT, tmp_path / "own", "../evil")


def test_a_pack_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match=r"file is a file; name a folder"):
        write_new(CONTENT, tmp_path / "file", "parking-lot")


def test_a_pack_of_ones_own_takes_the_place_of_ours_and_is_checked(tmp_path: Path) -> None:
    path = write_new(CONTENT, tmp_path, "mine")
    text = path.read_text(encoding="utf-8")
    (tmp_path / "checkout.toml").write_text(text.replace("mine", "checkout"), encoding="utf-8")
    assert load_content(tmp_path).questions["checkout"].title != CONTENT.questions["checkout"].title
    path.write_text(text.replace("two seconds", ""), encoding="utf-8")
    assert problems(None, tmp_path) == []
    path.write_text(text.replace('about = "consistency"', 'about = "luck"'), encoding="utf-8")
    assert any(problem.startswith(f"{path}:") for problem in problems(None, tmp_path))


def test_a_folder_of_packs_that_is_named_must_be_there(tmp_path: Path) -> None:
    named = replace(Config(), session=SessionSettings(questions=str(tmp_path / "none")))
    with pytest.raises(ConfigError, match=r"session\.questions: .*none is no folder"):
        content_for(named)
    (tmp_path / "empty").mkdir()
    there = replace(Config(), session=SessionSettings(questions=str(tmp_path / "empty")))
    assert set(content_for(there).questions) == set(CONTENT.questions)
