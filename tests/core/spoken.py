"""Transcripts for tests, from text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from voice_coach.compose.content import load_content
from voice_coach.compose.judging import sentence_encoder, trained
from voice_coach.config import Config
from voice_coach.core.content import Lexicon, Term
from voice_coach.core.features import Encoder
from voice_coach.core.judge import Judge
from voice_coach.core.rule_judge import RuleJudge
from voice_coach.core.transcript import Evidence, Speaker, Transcript, Turn, Word, evidence, laid_out, turn_of
from voice_coach.prompts.rubric import load_rubric

RUBRIC = Path(__file__).resolve().parents[2] / "prompts" / "rubric"
S_PER_WORD = 0.4
FILLERS = frozenset(Lexicon(term=()).fillers)

LEXICON = Lexicon(
    term=(
        Term(id="postgres", text="Postgres", category="store"),
        Term(id="database", text="database", category="store"),
        Term(id="redis", text="Redis", category="cache"),
        Term(id="cache", text="cache", category="cache"),
        Term(id="queue", text="queue", category="queue"),
        Term(id="worker", text="worker", category="worker"),
        Term(id="idempotency-key", text="idempotency key", category="mechanism"),
    )
)


@cache
def rules() -> RuleJudge:
    """The shipped rules over a few terms."""
    return RuleJudge(load_rubric(RUBRIC, LEXICON), LEXICON)


@cache
def encoder() -> Encoder:
    """The real sentence model."""
    return sentence_encoder(Config())


@cache
def judge() -> Judge:
    """The shipped judge."""
    content = load_content()
    return Judge(RuleJudge(content.rubric, content.lexicon), trained(content, encoder()))


def dialogue(*turns: tuple[Speaker, str], pause_s: float = 0.5, start_s: float = 0.0) -> Transcript:
    """Turns one after the other at 150 words a minute, *pause_s* apart, with measured times."""
    at_s = start_s
    said: list[Turn] = []
    for speaker, text in turns:
        words = marked(laid_out(text, at_s, at_s + S_PER_WORD * len(text.split())))
        said.append(turn_of(speaker, words))
        at_s = words[-1].end_s + pause_s
    return Transcript(turns=tuple(said))


def subtitles(*turns: tuple[Speaker, str], into_next_s: float = 6.0) -> Transcript:
    """The same as cues of one sentence each, that last *into_next_s* into the next one."""
    at_s = 0.0
    said: list[Turn] = []
    for speaker, text in turns:
        words: list[Word] = []
        for cue in re.split(r"(?<=[.?!]) ", text):
            end_s = at_s + S_PER_WORD * len(cue.split())
            words += marked(laid_out(cue, at_s, end_s + into_next_s))
            at_s = end_s
        said.append(turn_of(speaker, words))
    return Transcript(turns=tuple(said))


def candidate(text: str, start_s: float = 0.0) -> Transcript:
    """One turn of the candidate."""
    return dialogue((Speaker.CANDIDATE, text), start_s=start_s)


def marked(words: Sequence[Word]) -> tuple[Word, ...]:
    """*words* with the filled pauses marked."""
    return tuple(Word(text=w.text, start_s=w.start_s, end_s=w.end_s, filler=w.bare in FILLERS) for w in words)


def at(*words: tuple[str, float, float]) -> Transcript:
    """One turn of the candidate of words with times."""
    return Transcript(
        turns=(turn_of(Speaker.CANDIDATE, marked([Word(text=t, start_s=s, end_s=e) for t, s, e in words])),)
    )


def shifted(transcript: Transcript, by_s: float) -> Transcript:
    """The same, later."""
    return Transcript(
        turns=tuple(
            turn_of(
                turn.speaker,
                [
                    Word(text=w.text, start_s=w.start_s + by_s, end_s=w.end_s + by_s, filler=w.filler)
                    for w in turn.words
                ],
            )
            for turn in transcript.turns
        ),
        times_estimated=transcript.times_estimated,
    )


def is_said(item: Evidence, transcript: Transcript) -> bool:
    """Whether it is a run of words of one of the candidate's turns, with their times."""
    return any(
        item == evidence(turn.words[first:end])
        for turn in transcript.turns
        if turn.speaker is Speaker.CANDIDATE
        for first, word in enumerate(turn.words)
        if word.start_s == item.start_s
        for end in range(first + 1, len(turn.words) + 1)
    )
