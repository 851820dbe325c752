"""Reads beginnings of answers, and makes of each the moment at which the interviewer decides what to ask."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.adapters.transcript_file import read_transcript
from voice_coach.core.interview_state import InterviewState, Moment
from voice_coach.core.session_stage import Stage
from voice_coach.core.transcript import Speaker, Transcript

if TYPE_CHECKING:
    from voice_coach.compose.judging import Judging
    from voice_coach.core.content import FollowUpBank, Question
    from voice_coach.core.session_step import Book

FOLDER = Path(__file__).resolve().parents[1] / "evaluation" / "follow_ups"
HALVES = ("tuning", "judging", "unseen", "fresh", "second")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix:
    """An answer up to the end of one of the candidate's turns."""

    id: str
    half: str
    question: str
    """The pack's id."""
    elapsed_s: float
    """The candidate's time: more than the words take, since the text is what matters of an answer."""
    transcript: Transcript
    gaps: tuple[str, ...]
    """What the follow-ups in it were about, in order."""


def read_prefixes(half: str, judging: Judging) -> list[Prefix]:
    """The prefixes in *half*, backend terms put right as a recogniser's are."""
    return [_prefix(path, half, judging) for path in sorted((FOLDER / half).glob("*.json"))]


def _prefix(path: Path, half: str, judging: Judging) -> Prefix:
    data = json.loads(path.read_text(encoding="utf-8"))
    transcript, question = read_transcript(path)
    about = [turn.get("about") for turn in data["turns"]]
    turns = tuple(
        replace(turn, asked_about=() if id_ is None else (id_,)) if turn.speaker is Speaker.COACH else turn
        for turn, id_ in zip(transcript.turns, about, strict=True)
    )
    return Prefix(
        id=path.stem,
        half=half,
        question=question or "",
        elapsed_s=data["minute"] * 60.0,
        transcript=judging.corrected(replace(transcript, turns=turns)),
        gaps=tuple(id_ for id_ in about if id_ is not None),
    )


def moment_of(prefix: Prefix, book: Book, question: Question, bank: FollowUpBank) -> Moment:
    """What the interviewer of *book* is told when the last turn of *prefix* ends, as a session tells it."""
    words = prefix.transcript.turns[-1].words
    known = {item.text: item.id for item in (*question.follow_ups, *bank.follow_up)}
    coach = (turn.text for turn in prefix.transcript.turns if turn.speaker is Speaker.COACH)
    return Moment(
        stage=Stage.ANSWERING,
        elapsed_s=prefix.elapsed_s,
        transcript=prefix.transcript,
        words=words,
        heard=book.reader.read(words, asks=book.interviewer.asks(words)),
        covered=book.covered(prefix.transcript),
        state=InterviewState(asked=tuple(known[text] for text in coach if text in known), gaps=prefix.gaps),
    )
