"""How many spoken commands are obeyed, and how often an answer is taken for one.

From what was spoken by several voices and heard by the recogniser (``scripts/hear_commands.py``), and from the labelled
answers with a pause at every place where one may be: nothing is computed here but the reading of words.
"""

from __future__ import annotations

import json
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.bench_figure import Figure, load
from scripts.hear_commands import HEARD, OTHER_SENSES, SAID, SILENCE_S, lines
from voice_coach.compose.content import load_content
from voice_coach.config import load_config
from voice_coach.core.spoken_commands import CommandReader
from voice_coach.core.transcript import Word, laid_out

if TYPE_CHECKING:
    from voice_coach.core.spoken_commands import Given

ANSWERS = Path(__file__).resolve().parent.parent / "evaluation" / "answers" / "tuning"
RECOGNISED = ANSWERS.parent.parent / "recognised" / "tuning"
MEANT = HEARD.with_name("meant.tsv")
MOST_MISSED = 5.0
"""Percent."""
PAUSE_S = 2.0
"""Within answers: longer than all but a few of their pauses, and long enough for every command that is sure."""
SETTINGS = load_config().turn_taking
LONGEST_COMMAND = 16
"""Words: a pause within a sentence after more of them sets none apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command as one voice said it and the recogniser heard it."""

    half: str
    state: str
    command: str
    said: str
    voice: str
    words: tuple[Word, ...]

    def is_obeyed(self, reader: CommandReader) -> bool:
        """Whether it is taken for what it is."""
        given = reader.in_pause(self.words) if self.state == "paused" else reader.command(self.words)
        return given is not None and given.name == self.command


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Words that are taken for a command."""

    name: str
    said: str
    before: str

    @property
    def bare(self) -> str:
        """What was said, in small letters and without punctuation."""
        return " ".join(word.strip(".,;:?!").lower() for word in self.said.split())


def reader() -> CommandReader:
    """That of a session."""
    return CommandReader(
        load_content().commands, gap_s=SETTINGS.utterance_gap_s, doubt=SETTINGS.misheard_probability
    )


def read(written: str) -> tuple[Word, ...]:
    """The words of a line of heard.tsv."""
    parts = (item.rsplit("/", 3) for item in written.split())
    return tuple(
        Word(text=text, start_s=float(start), end_s=float(end), p=float(p)) for text, start, end, p in parts
    )


def heard() -> dict[tuple[str, str], dict[str, tuple[Word, ...]]]:
    """What was heard, by what was said and the silence in it, by voice."""
    found: dict[tuple[str, str], dict[str, tuple[Word, ...]]] = {}
    for voice, said, silence, *written in lines(HEARD):
        found.setdefault((said, silence), {})[voice] = read(written[0] if written else "")
    return found


def asked() -> Iterator[Asked]:
    """Every command that was spoken and heard."""
    known = heard()
    for half, state, command, silence, before, said in lines(SAID):
        is_alone = before == "-"
        key = (said, f"{SILENCE_S:g}") if is_alone else (f"{before} - {said}", f"{float(silence):g}")
        for voice, words in known.get(key, {}).items():
            yield Asked(half=half, state=state, command=command, said=said, voice=voice, words=words)


def other_senses() -> Iterator[tuple[Word, ...]]:
    """Every answer with words of commands in another sense that was spoken and heard."""
    known = heard()
    for (said,) in lines(OTHER_SENSES):
        yield from known.get((said, f"{SILENCE_S:g}"), {}).values()


def triggers(words: Sequence[Word], of: CommandReader) -> Iterator[Trigger]:
    """What a session would take for a command in *words*, asked at each silence in them and behind them."""
    for end in range(1, len(words) + 1):
        silence_s = words[end].start_s - words[end - 1].end_s if end < len(words) else inf
        given = of.command(words[:end]) if silence_s >= SETTINGS.yield_short_s else None
        if given is not None and silence_s >= _needed_s(given):
            said = " ".join(word.text for word in given.words)
            before = " ".join(word.text for word in words[: end - len(given.words)][-8:])
            yield Trigger(name=given.name, said=said, before=before)


def _needed_s(given: Given) -> float:
    return SETTINGS.unsure_command_s if given.is_unsure else SETTINGS.yield_short_s


def written_answers() -> Iterator[tuple[str, list[tuple[Word, ...]]]]:
    """The labelled answers: the id, and the sentences of each of the candidate's turns one after the other."""
    for path in sorted(ANSWERS.glob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        for turn in answer["turns"]:
            if turn["speaker"] == "candidate":
                yield (
                    answer["id"],
                    [laid_out(text, 0.0, len(text.split()) / 2.5) for text in turn["sentences"]],
                )


def recognised_answers() -> Iterator[tuple[str, list[tuple[Word, ...]]]]:
    """The same as they were spoken by the program's voice and heard by its recogniser, doubts included."""
    for path in sorted(RECOGNISED.glob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        ends = [end_s for *_, end_s in answer["sentences"]]
        for turn in answer["turns"]:
            if turn["speaker"] != "candidate":
                continue
            sentences: dict[int, list[Word]] = {}
            for word in turn["words"]:
                middle_s = (word["start"] + word["end"]) / 2
                place = bisect(ends, middle_s)
                sentences.setdefault(place, []).append(
                    Word(text=word["text"], start_s=word["start"], end_s=word["end"], p=word.get("p"))
                )
            yield answer["id"], [_from_zero(words) for words in sentences.values()]


def _from_zero(words: Sequence[Word]) -> tuple[Word, ...]:
    from_s = words[0].start_s
    return tuple(replace(word, start_s=word.start_s - from_s, end_s=word.end_s - from_s) for word in words)


def with_pauses(sentences: Sequence[tuple[Word, ...]], of: CommandReader) -> Iterator[Trigger]:
    """What would be taken for a command if the candidate paused between any two sentences, and behind any of the
    first words of the one that follows, or behind any clause of it.
    """
    at_s = 0.0
    before: tuple[Word, ...] = ()
    for sentence in sentences:
        now = tuple(replace(word, start_s=word.start_s + at_s, end_s=word.end_s + at_s) for word in sentence)
        for count in range(1, min(len(now), LONGEST_COMMAND) + 1):
            # A recogniser that hears a pause there may take it for the end of a sentence.
            last = replace(now[count - 1], text=now[count - 1].text.rstrip(",;:") + ".")
            for words in {now[:count], (*now[: count - 1], last)}:
                given = of.command((*before[-12:], *words))
                if given is not None and _needed_s(given) <= PAUSE_S:
                    said = " ".join(word.text for word in words)
                    yield Trigger(name=given.name, said=said, before=" ".join(word.text for word in sentence))
        before = (*before, *now)
        at_s = now[-1].end_s + PAUSE_S if now else at_s


def meant() -> frozenset[tuple[str, str, str]]:
    """What is said in the labelled answers and is the command that it is taken for: answer, command and words."""
    return frozenset((number, command, said) for number, command, said in lines(MEANT))


def unmeant(of: CommandReader, *, every: int = 1) -> tuple[int, list[tuple[str, Trigger]]]:
    """The words of each *every*-th answer, and what would be taken for a command in them and is none."""
    known, count = meant(), 0
    found: list[tuple[str, Trigger]] = []
    for number, sentences in islice(chain(written_answers(), recognised_answers()), 0, None, every):
        count += sum(map(len, sentences))
        found += [
            (number, trigger)
            for trigger in with_pauses(sentences, of)
            if (number, trigger.name, trigger.bare) not in known
        ]
    return count, found


def command_figures() -> Iterator[Figure]:
    """Commands missed, of both halves and of that which no cue was mended by; and answers taken for commands."""
    of, at_load = reader(), load()
    everything = list(asked())
    for name, chosen in (
        ("commands_missed", everything),
        ("commands_missed_judging", [item for item in everything if item.half == "judging"]),
    ):
        missed = [item for item in chosen if not item.is_obeyed(of)]
        voices = {item.voice for item in chosen}
        variants = {item.said for item in chosen}
        yield Figure(
            name=name,
            measured="commands that were spoken and not obeyed",
            on=f"{len(chosen)} by {len(voices)} voices, {len(variants)} wordings",
            value=100.0 * len(missed) / len(chosen),
            unit="%",
            at_most=MOST_MISSED,
            load=at_load,
        )
    spoken = list(other_senses())
    taken = [trigger for words in spoken for trigger in triggers(words, of)]
    count, others = unmeant(of)
    yield Figure(
        name="commands_triggered",
        measured="answers taken for commands",
        on=f"{len(spoken)} answers with words of commands, spoken and heard; {count / 9000:.1f} hours of answers "
        "with a pause at every word",
        value=float(len(taken) + len(others)),
        unit="",
        at_most=0,
        load=at_load,
    )
