"""Reads labelled answers and fragments: who said what, and what an annotator found in it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from voice_coach.adapters.term_matcher import TermMatcher
from voice_coach.adapters.transcript_file import FILLERS, WORDS_PER_MINUTE, read_transcript
from voice_coach.core import rubric_ids
from voice_coach.core.stages import NO_STAGE
from voice_coach.core.transcript import Speaker, Transcript, Turn, Word, turn_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from voice_coach.core.content import Lexicon
    from voice_coach.core.heard import Heard

GROUPS: Mapping[str, tuple[str, ...]] = {
    "checklist": rubric_ids.CHECKLIST,
    "mistakes": rubric_ids.MISTAKES,
    "delivery": rubric_ids.DELIVERY,
    "clarification": rubric_ids.CLARIFICATION,
    "deep_dives": rubric_ids.DEEP_DIVES,
}
IDS = tuple(id_ for ids in GROUPS.values() for id_ in ids)

AS_WRITTEN = "as written"
TALK = "talk"
"""Of everyday things, in which nothing belongs to a design answer."""
Place = tuple[int, int]
"""A sentence: its turn, and its place in the turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """An answer, or a fragment of one, with its labels."""

    id: str
    question: str
    transcript: Transcript
    sentences: tuple[tuple[Place, float, float], ...]
    """The candidate's sentences in order: place, start and end in seconds."""
    truth: Mapping[str, bool | None] = field(default_factory=dict)
    """By rubric id: met, or made; None where it could not be judged. Empty for a fragment."""
    evidence: Mapping[str, frozenset[Place]]
    stages: Mapping[Place, str]
    part: str | None = None
    """Where a fragment stood: start, middle or end. None for a whole answer."""
    form: str = AS_WRITTEN
    """Or "as recognised", "garbled", or ``TALK``."""

    def places(self, heard: Heard) -> list[Place]:
        """For each line of *heard* the sentence that holds its middle."""
        found: list[Place] = []
        for line in heard.lines:
            middle = (line.start_s + line.end_s) / 2
            found.append(min(self.sentences, key=lambda item: max(item[1] - middle, middle - item[2]))[0])
        return found

    def shows(self, heard: Heard, id_: str) -> list[bool]:
        """For each line of *heard* whether a sentence that it holds, or that holds it, is evidence of *id_*."""
        evidence = self.evidence.get(id_, frozenset())
        return [
            place in evidence
            or any(
                line.start_s <= (start_s + end_s) / 2 <= line.end_s
                for sentence, start_s, end_s in self.sentences
                if sentence in evidence
            )
            for line, place in zip(heard.lines, self.places(heard), strict=True)
        ]


def read_answers(folder: Path, lexicon: Lexicon) -> list[Labelled]:
    """Every ``*.json`` in *folder*, in the order of their names."""
    matcher = TermMatcher(lexicon)
    return [_answer(json.loads(path.read_text("utf-8")), matcher) for path in sorted(folder.glob("*.json"))]


def read_recognised(answers: Iterable[Labelled], folder: Path) -> list[Labelled]:
    """Those of *answers* that ``scripts/recognise_answers.py`` wrote down in *folder*, with what was heard."""
    found: list[Labelled] = []
    for answer in answers:
        path = folder / f"{answer.id}.json"
        if path.is_file():
            transcript, _ = read_transcript(path)
            times = json.loads(path.read_text("utf-8")).get("sentences", ())
            sentences = tuple(((turn, place), start_s, end_s) for turn, place, start_s, end_s in times)
            found.append(replace(answer, transcript=transcript, sentences=sentences, form="as recognised"))
    return found


def read_fragments(folder: Path, lexicon: Lexicon) -> list[Labelled]:
    """Every fragment in the lists ``*.json`` in *folder*."""
    matcher = TermMatcher(lexicon)
    return [
        _fragment(data, matcher)
        for path in sorted(folder.glob("*.json"))
        for data in json.loads(path.read_text("utf-8"))
    ]


def read_talk(folder: Path, lexicon: Lexicon) -> list[Labelled]:
    """Every ``*.txt`` in *folder*: nothing in it is met. What mistakes are in it says nothing about answers."""
    matcher = TermMatcher(lexicon)
    return [_talk(path, matcher) for path in sorted(folder.glob("*.txt"))]


def _talk(path: Path, matcher: TermMatcher) -> Labelled:
    said, _ = read_transcript(path)
    sentences = tuple(
        ((sentence.turn, number), sentence.start_s, sentence.end_s)
        for number, sentence in enumerate(said.sentences())
    )
    turns = tuple(turn_of(turn.speaker, matcher.correct(turn.words)) for turn in said.turns)
    return Labelled(
        id=path.stem,
        question="",
        transcript=replace(said, turns=turns),
        sentences=sentences,
        truth={id_: None if group == "mistakes" else False for group, ids in GROUPS.items() for id_ in ids},
        evidence={},
        stages={place: NO_STAGE for place, _, _ in sentences},
        form=TALK,
    )


def _answer(data: Mapping[str, Any], matcher: TermMatcher) -> Labelled:
    gold = data["gold"]
    turns, sentences = _laid_out(data["turns"], matcher)
    return Labelled(
        id=data["id"],
        question=data["question"],
        transcript=Transcript(turns=turns, times_estimated=True),
        sentences=sentences,
        truth=_truth(gold),
        evidence={id_: _places(gold[group][id_]["evidence"]) for group, ids in GROUPS.items() for id_ in ids},
        stages=_stages(gold["stages"], [place for place, _, _ in sentences]),
    )


def read_second_labels(folder: Path) -> dict[str, Mapping[str, bool | None]]:
    """By answer what a second reader found in it, by rubric id."""
    labels = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    return {data["id"]: _truth(data["gold"]) for data in labels}


def _truth(gold: Mapping[str, Any]) -> dict[str, bool | None]:
    verdicts = {id_: gold[group][id_] for group, ids in GROUPS.items() for id_ in ids}
    return {id_: verdict.get("met", verdict.get("made")) for id_, verdict in verdicts.items()}


def _fragment(data: Mapping[str, Any], matcher: TermMatcher) -> Labelled:
    turns, sentences = _laid_out(data["turns"], matcher)
    return Labelled(
        id=data["id"],
        question=data["question"],
        transcript=Transcript(turns=turns, times_estimated=True),
        sentences=sentences,
        evidence={id_: _places(places) for id_, places in data["evidence"].items()},
        stages=_stages(data["stages"], [place for place, _, _ in sentences]),
        part=data["part"],
    )


def _places(pairs: Iterable[Sequence[int]]) -> frozenset[Place]:
    return frozenset((turn, place) for turn, place in pairs)


def _laid_out(
    turns: Sequence[Mapping[str, Any]], matcher: TermMatcher
) -> tuple[tuple[Turn, ...], tuple[tuple[Place, float, float], ...]]:
    """The turns at the pace at which ``analyze`` lays out text, and the candidate's sentences in time."""
    made: list[Turn] = []
    sentences: list[tuple[Place, float, float]] = []
    at_s = 0.0
    for number, turn in enumerate(turns):
        is_candidate = turn["speaker"] == "candidate"
        words: list[Word] = []
        for place, sentence in enumerate(turn["sentences"]):
            start_s = at_s
            spoken = list(_words(sentence, start_s))
            words += spoken
            at_s = spoken[-1].end_s
            if is_candidate:
                sentences.append(((number, place), start_s, at_s))
        speaker = Speaker.CANDIDATE if is_candidate else Speaker.COACH
        made.append(turn_of(speaker, matcher.correct(tuple(words)) if is_candidate else words))
    return tuple(made), tuple(sentences)


def _words(sentence: str, start_s: float) -> Iterator[Word]:
    each_s = 60.0 / WORDS_PER_MINUTE
    for index, text in enumerate(sentence.split()):
        begin_s = start_s + index * each_s
        is_filler = text.strip(".,!?…").lower() in FILLERS
        yield Word(text=text, start_s=begin_s, end_s=begin_s + each_s, filler=is_filler)


def _stages(starts: Sequence[tuple[int, int, str]], places: Sequence[Place]) -> dict[Place, str]:
    begins = {(turn, place): stage for turn, place, stage in starts}
    current, stages = NO_STAGE, {}
    for place in places:
        current = begins.get(place, current)
        stages[place] = current
    return stages
