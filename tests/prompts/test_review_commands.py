"""What is taken for a question about the feedback, with the program's own cues, and what is not."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from voice_coach.compose.content import load_content
from voice_coach.config import Config
from voice_coach.core.errors import PromptError
from voice_coach.core.review_words import ReviewReader
from voice_coach.core.transcript import laid_out
from voice_coach.prompts.review import check_review, load_review
from voice_coach.prompts.same_words import load_same_words

CONTENT = load_content()
READER = ReviewReader(CONTENT.commands, doubt=Config().turn_taking.misheard_probability)


@pytest.mark.parametrize(
    ("said", "name", "claim"),
    [
        ("Why?", "why", "Why?"),
        ("Okay, why do you say that?", "why", "Okay, why do you say that?"),
        ("Coach, why did you say that?", "why", "Coach, why did you say that?"),
        ("Why did I get that score?", "why", "Why did I get that score?"),
        ("Hmm. How did you get that?", "why", "Hmm. How did you get that?"),
        ("When did I say that?", "when", ""),
        ("Wait, when did I say that exactly?", "when", ""),
        ("When did I say something about caching?", "when", "say something about caching?"),
        ("Where did I mention the queue?", "when", "mention the queue?"),
        ("Can you play that again?", "when", ""),
        ("Can you find where I talked about retries?", "when", "talked about retries?"),
        ("Did I mention refunds?", "when", "refunds?"),
        ("Have I said anything about backups?", "when", "about backups?"),
        ("Did I say that?", "when", ""),
        ("Where in my answer did I choose the store?", "when", "choose the store?"),
        ("What did I say the peak was?", "when", "the peak was?"),
        ("Can you play me what I said about sharding?", "when", "sharding?"),
        ("Did you hear me mention idempotency?", "when", "idempotency?"),
        ("I remember saying the cache comes later.", "claim", "the cache comes later."),
        ("At what point did I bring up sharding?", "when", "bring up sharding?"),
        ("Take me back to the part where I compared the two stores.", "when", "compared the two stores."),
        ("But didn't I mention the cache?", "claim", "the cache?"),
        ("I'm pretty sure I said it fails open.", "claim", "it fails open."),
        ("I did say that.", "claim", ""),
        ("But I did say that already.", "claim", ""),
        ("That's not true, I did say that.", "claim", ""),
        ("I did mention retries.", "claim", "retries."),
        ("I already talked about the cache.", "claim", "the cache."),
        ("Redo.", "redo", ""),
        ("Let me try that again.", "redo", ""),
        ("Read it again.", "read_again", ""),
        ("Could you read that again from the top?", "read_again", ""),
        ("Next point.", "next_point", ""),
    ],
)
def test_a_question_is_read(said: str, name: str, claim: str) -> None:
    asked = READER.read(laid_out(said, 0.0, 2.0))
    assert asked is not None
    assert asked.name == name
    assert " ".join(word.text for word in asked.claim) == claim


@pytest.mark.parametrize(
    ("said", "is_wanted"),
    [
        ("Again.", True),
        ("Again, please.", True),
        ("Okay, once more.", True),
        ("Yes, one more time.", True),
        ("Pardon?", False),
        ("Can you repeat that?", False),
        ("Say that again.", False),
    ],
)
def test_once_more_is_not_what_asks_the_coach_to_repeat_itself(said: str, is_wanted: bool) -> None:  # noqa: FBT001 - a table
    words = laid_out(said, 0.0, 2.0)
    assert READER.wants_once_more(words) is is_wanted
    assert READER.read(words) is None


@pytest.mark.parametrize(
    "said",
    [
        "She said that she would be here.",
        "That's why we have a cache.",
        "I think that the queue is fine.",
        "Yes, okay.",
        "That's wrong.",
        "We retry when the provider is down.",
        "Well, that was something. I will get a coffee first, and then we see.",
    ],
)
def test_ordinary_talk_is_none(said: str) -> None:
    assert READER.read(laid_out(said, 0.0, 3.0)) is None


def test_what_is_misheard_counts_only_where_it_is_doubted() -> None:
    sure, doubted = (laid_out("Radio.", 0.0, 1.0)[0] for _ in range(2))
    assert READER.read([replace(sure, p=0.95)]) is None
    asked = READER.read([replace(doubted, p=0.3)])
    assert asked is not None
    assert asked.name == "redo"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('found = ["At {time}:"]', 'found = ["At some time:"]', "must hold {time}"),
        ('found = ["At {time}:"]', "found = []", "needs at least one variant"),
        ("[redo]", "[redo]\nmore = 1", "more"),
        (
            'nothing = ["There is nothing to do again in this one."]',
            f'nothing = ["{"so " * 26}"]',
            "26 words",
        ),
    ],
)
def test_a_broken_file_is_told_with_its_line(old: str, new: str, told: str, tmp_path: Path) -> None:
    text = (CONTENT.folder / "review.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "review.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PromptError, match=r"review\.toml:\d+"):
        load_review(path)
    assert told in check_review(path)[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[same]\nloss = ["(lost|gone"]\n', r"same_words\.toml:2"),
        ("[same]\nloss = []\n", "needs at least one cue"),
        ('[same]\nloss = ["lost"]\n[more]\n', "more"),
    ],
)
def test_a_broken_list_of_words_is_told_with_its_line(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "same_words.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PromptError, match=told):
        load_same_words(path)


@pytest.mark.parametrize("said", ["Did I do all right?", "Did I pass?", "I think that went well."])
def test_not_all_that_begins_so_is_asked_of_the_answer(said: str) -> None:
    assert READER.read(laid_out(said, 0.0, 1.0)) is None


def test_all_lines_stand_in_one_file() -> None:
    content = tomllib.loads((CONTENT.folder / "review.toml").read_text(encoding="utf-8"))
    assert set(content) == {"lines", "why", "when", "claim", "redo"}
