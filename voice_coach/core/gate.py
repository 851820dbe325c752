"""Whether an answer can be judged at all: garbage in, silence out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from voice_coach.core.counting import counted
from voice_coach.core.heard import Heard
from voice_coach.core.rubric import Gate

TOPIC = "/topic"


class Reason(StrEnum):
    """Why nothing is judged."""

    SILENT = "silent"
    TOO_SHORT = "too_short"
    OTHER_LANGUAGE = "other_language"
    UNCLEAR = "unclear"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Nothing is judged, and why."""

    reason: Reason
    why: str
    """One sentence."""


OFF_TOPIC = Refusal(reason=Reason.OFF_TOPIC, why="The talk does not seem to be about a system's design.")


def refusal(heard: Heard, gate: Gate) -> Refusal | None:
    """The first reason not to judge, or None."""
    bare = [word.bare for word in heard.words if word.bare and not word.filler]
    if not bare:
        return Refusal(reason=Reason.SILENT, why="No words of yours were heard.")
    if len(bare) < gate.min_words:
        heard_words = counted(len(bare), "word")
        why = f"Only {heard_words} came through, and it takes {gate.min_words} to judge an answer."
        return Refusal(reason=Reason.TOO_SHORT, why=why)
    if heard.is_other_language:
        return Refusal(reason=Reason.OTHER_LANGUAGE, why="The answer does not seem to be in English.")
    if median_p(heard) < gate.min_median_p:
        return Refusal(reason=Reason.UNCLEAR, why="The recording was recognised with too little certainty.")
    if function_share(bare, gate) < gate.min_function_words:
        return Refusal(reason=Reason.OTHER_LANGUAGE, why="The answer does not seem to be in English.")
    if topic_per_100(heard) < gate.min_topic_per_100:
        return OFF_TOPIC
    return None


def median_p(heard: Heard) -> float:
    """Median recognition probability; 1.0 where the words came as text."""
    known = [word.p for word in heard.words if word.p is not None]
    return median(known) if known else 1.0


def function_share(bare: list[str], gate: Gate) -> float:
    """Share of the words that every English text is full of."""
    return sum(word in gate.function_words for word in bare) / len(bare)


def topic_per_100(heard: Heard) -> float:
    """How many different topic cues occur, for each hundred words, in the median of stretches of some 200
    words.

    Different ones: a word said over and over is no topic.
    """
    shares: list[float] = []
    cues: set[int] = set()
    words = 0
    for line in heard.lines:
        cues |= {hit.cue for hit in line.hits.get(TOPIC, ())}
        words += len(line.words)
        if words >= _STRETCH_WORDS:
            shares.append(100.0 * len(cues) / words)
            cues, words = set(), 0
    if not shares:
        shares.append(100.0 * len(cues) / max(words, 1))
    return median(shares)


_STRETCH_WORDS = 200
