"""Commands as a recogniser writes them: misheard, doubted, in several voices; and answers that look like them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.bundled import bundled_book
from voice_coach.core.transcript import Word, laid_out
from voice_coach.core.turn_taking import Tail

BOOK = bundled_book()
FOLDER = Path(__file__).parent
OBEYED_SHARE = 0.9
"""Of what is spoken by the voices, in each state. What they make of "skip this one" no cue can mend."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of heard_commands.tsv."""

    state: str
    command: str
    said: str
    voice: str
    words: tuple[Word, ...]


def rows() -> list[Row]:
    found = []
    for line in (FOLDER / "heard_commands.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            state, command, said, voice, *written = line.split("\t")
            found.append(Row(state, command, said, voice, words(written[0] if written else "")))
    return found


def words(written: str, start_s: float = 0.0) -> tuple[Word, ...]:
    """*written* as "Coach,/0.912 pause./0.003"; a word without a probability has none."""
    texts = [item.rpartition("/") if "/" in item else (item, "", "") for item in written.split()]
    laid = laid_out(" ".join(text for text, _, _ in texts), start_s, start_s + 0.4 * len(texts))
    return tuple(
        replace(word, p=float(p) if p else None) for word, (_, _, p) in zip(laid, texts, strict=True)
    )


def command_in(spoken: tuple[Word, ...]) -> str | None:
    return BOOK.reader.read(spoken, asks=BOOK.interviewer.asks(spoken)).command


def obeyed(row: Row) -> str:
    if row.state == "paused":
        given = BOOK.reader.in_pause(row.words)
        return "-" if given is None else given.name
    return command_in(row.words) or "-"


def resumed_by(said: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words of *said* that end a pause."""
    given = BOOK.reader.in_pause(said)
    return () if given is None or given.name != "resume" else given.words


ROWS = rows()


@pytest.mark.parametrize("voice", sorted({row.voice for row in ROWS}))
@pytest.mark.parametrize("state", ["answering", "paused"])
def test_commands_that_were_really_spoken_and_heard_are_obeyed(voice: str, state: str) -> None:
    asked = [row for row in ROWS if (row.voice, row.state) == (voice, state) and row.command != "-"]
    counted = Counter(obeyed(row) == row.command for row in asked)
    assert len(asked) >= 9
    assert counted[True] >= OBEYED_SHARE * len(asked), [row for row in asked if obeyed(row) != row.command]


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.command == "-"], ids=lambda row: f"{row.voice}: {row.said}"
)
def test_answers_that_were_really_spoken_and_heard_command_nothing(row: Row) -> None:
    assert obeyed(row) == "-"


@pytest.mark.parametrize(
    ("written", "command"),
    [
        ("Paws./0.644", "pause"),
        ("Postgres./0.000", "pause"),
        ("Post,/0.001 please./0.940", "pause"),
        ("Couch,/0.9 pause./0.9", "pause"),
        ("Coach/0.776 Paws/0.644", "pause"),
        ("Code,/0.089 give/0.9 me/0.9 a/0.9 moment./0.9", "think"),
        ("Go,/0.137 pause./0.764", "pause"),
        ("Koch,/0.269 say/0.409 that/0.491 again./0.999", "say_again"),
        ("Time/0.757 kick./0.023", "time"),
        ("It's/0.501 app./0.186", "skip"),
        ("Let's/0.515 get./0.550", "skip"),
        ("Let's/0.525 get/0.899 it./0.308", "skip"),
        ("To/0.055 get,/0.918 please./0.907", "skip"),
        ("I/0.9 am/0.9 done./0.9 That's/0.9 it./0.9", "done"),
    ],
)
def test_what_is_written_for_a_command_is_one(written: str, command: str) -> None:
    assert command_in(words(written)) == command


@pytest.mark.parametrize(
    "written",
    [
        "Postgres./0.002",
        "Postgres./0.9",
        "Postgres.",
        "Post./0.3",
        "Code,/0.9 give/0.9 me/0.9 a/0.9 moment./0.9",
        "Go,/0.8 pause./0.9",
        "Posts/0.000 in/0.9 Postgres./0.000",
        "The/0.9 post/0.000",
        "Review./0.1",
        "I'm/0.9 done./0.9 Then/0.9 the/0.9 cache./0.9",
        "Next./0.9 Storage./0.9",
        "Let's/0.83 get./0.9",
        "Let's/0.5 get/0.97 going./0.99",
    ],
)
def test_what_may_be_an_answer_is_none(written: str) -> None:
    assert command_in(words(written)) is None


@pytest.mark.parametrize(
    "written",
    ["Renew.", "Review.", "Code,/0.9 resume./0.3", "Redis./0.004", "And/0.2 pause./0.9", "Couch, resume."],
)
def test_in_a_pause_what_is_written_for_resume_needs_no_doubt(written: str) -> None:
    assert resumed_by(words(written))
    assert command_in(words(written)) in (None, "pause")


def test_only_the_words_of_the_command_leave_a_pause() -> None:
    private = laid_out("No, I am still in the interview.", 0.0, 3.0)
    command = words("I'm back. Let's continue.", start_s=4.0)
    assert resumed_by((*private, *command)) == command
    called = words("Sure, see you. Coach, resume.")
    assert [word.text for word in resumed_by(called)] == ["Coach,", "resume."]
    assert not resumed_by(private)


def test_a_misheard_command_after_half_a_sentence_is_part_of_it() -> None:
    for before, command in (("We keep it in", None), ("We have a store.", "pause")):
        spoken = (*laid_out(before, 0.0, 2.0), *words("Postgres./0.000", start_s=4.0))
        assert command_in(spoken) == command


ANSWERED = st.sampled_from(
    [
        "Postgres", "posts", "code", "next", "skip", "stop", "pause", "resume", "done", "again", "review", "paws",
        "the", "worker", "cache", "then", "we", "it", "reads", "and", "coat", "go", "time",
    ]
)  # fmt: skip


@given(
    st.lists(st.tuples(ANSWERED, st.floats(0.0, 1.0)), min_size=1, max_size=8),
    st.sampled_from(["We", "So the"]),
)
def test_no_word_of_an_unfinished_sentence_is_a_command_however_doubted(
    said: list[tuple[str, float]], start: str
) -> None:
    """The coach's own name aside, nothing in the middle of talk is said to the coach."""
    before = laid_out(f"{start} read it from", 0.0, 2.0)
    after = tuple(
        Word(text=text, start_s=4.0 + 0.4 * at, end_s=4.3 + 0.4 * at, p=p)
        for at, (text, p) in enumerate(said)
    )
    heard = BOOK.reader.read((*before, *after), asks=BOOK.interviewer.asks((*before, *after)))
    assert heard.tail is not Tail.COMMAND
