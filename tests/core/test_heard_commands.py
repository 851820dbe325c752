"""Commands that several voices really spoke and the recogniser heard, and answers that only sound like them.

What was heard is committed (``scripts/hear_commands.py`` renews it), so that no recogniser is needed here.
"""

from __future__ import annotations

from collections import defaultdict

from scripts.bench_commands import MOST_MISSED, Asked, asked, other_senses, reader, triggers, unmeant
from scripts.hear_commands import SAID, lines
from voice_coach.core.events import REVIEW_COMMANDS, CommandName

READER = reader()
ASKED = list(asked())
LEAST = 0.8
"""Of any voice and any command."""
EVERY = 20
"""Of the labelled answers one in so many is read here: more than an hour. ``make bench`` reads all of them."""


def share(chosen: list[Asked]) -> float:
    return sum(item.is_obeyed(READER) for item in chosen) / len(chosen)


def test_there_are_a_hundred_wordings_of_every_command_by_four_voices() -> None:
    assert len({said for *_, said in lines(SAID)}) >= 100
    assert {command for _, _, command, *_ in lines(SAID)} == set(CommandName) - REVIEW_COMMANDS
    assert len({item.voice for item in ASKED}) >= 4
    assert {item.half for item in ASKED} == {"tuning", "judging"}


def test_nineteen_of_twenty_are_obeyed() -> None:
    missed = [(item.voice, item.said) for item in ASKED if not item.is_obeyed(READER)]
    assert share(ASKED) >= 1 - MOST_MISSED / 100, missed


def test_no_voice_and_no_command_is_left_behind() -> None:
    groups = defaultdict(list)
    for item in ASKED:
        groups[item.voice].append(item)
        groups[item.command].append(item)
    shares = {name: share(chosen) for name, chosen in groups.items()}
    assert min(shares.values()) >= LEAST, shares


def test_answers_with_words_of_commands_in_another_sense_command_nothing() -> None:
    heard = list(other_senses())
    assert len(heard) >= 50
    assert [trigger for words in heard for trigger in triggers(words, READER)] == []


def test_an_hour_of_answers_with_a_pause_at_every_word_commands_nothing() -> None:
    words, found = unmeant(READER, every=EVERY)
    assert words > 60 * 150
    assert found == []
