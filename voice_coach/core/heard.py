"""The candidate's sentences made ready for listening: cues found, time and place in the answer known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from voice_coach.core.candidate_time import Interval, candidate_time
from voice_coach.core.cue_index import CueIndex, Hit
from voice_coach.core.cues import sentence_text
from voice_coach.core.english import breaks_off
from voice_coach.core.transcript import Evidence, Sentence, Speaker, Transcript, Turn, Word, evidence

MOST_WORDS = 45
"""A longer run without punctuation is cut: recognisers and subtitles often leave it out."""
CUT_FROM = 18
"""Not before this many words."""
_CONNECTIVES = frozenset({"and", "but", "so", "then", "now", "okay", "also", "next", "because"})
_QUOTED_WORDS = 40
_NOD_WORDS = 4
"""An interviewer's turn of so few words that asks nothing leaves what was asked before standing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence of the candidate."""

    turn: int
    words: tuple[Word, ...]
    hits: Mapping[str, tuple[Hit, ...]]
    """By tag."""
    is_question: bool
    reply_to: Mapping[str, tuple[Hit, ...]]
    """Hits in the interviewer's words before this turn, nods aside; empty where nobody had spoken."""
    asked: str
    """The interviewer's words before this turn, nods aside; empty where nobody had spoken."""
    asked_about: tuple[str, ...] | None = None
    """Rubric ids that they asked about; None where only the words can tell."""
    place_in_reply: int
    """How many sentences of the reply come before; a nod of the interviewer does not end it."""
    own_start_s: float
    """Start on the candidate's own clock, which begins with the first word: thinking before it is no part of the
    answer."""
    words_before: int
    """The candidate's words before this sentence."""

    @property
    def start_s(self) -> float:
        """Start of the first word."""
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        """End of the last word."""
        return self.words[-1].end_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer, line by line."""

    lines: tuple[Line, ...]
    words: tuple[Word, ...]
    """All of the candidate's words."""
    question: str = ""
    """The words of the question that is answered; empty where nobody knows."""
    is_other_language: bool = False
    """The sound was clearly not English, whatever the recogniser made of it."""


def listen(
    transcript: Transcript, index: CueIndex, excluded: Sequence[Interval] = (), question: str = ""
) -> Heard:
    """The candidate's sentences in *transcript* with everything that *index* finds in them.

    *question*: the question's words, beside what the interviewer says before the candidate.
    """
    time = candidate_time(transcript, excluded)
    begun_s = time.until(next((word.start_s for word in transcript.by(Speaker.CANDIDATE)), 0.0))
    lines: list[Line] = []
    asked: Mapping[str, tuple[Hit, ...]] = {}
    last = ""
    about: tuple[str, ...] | None = None
    before = place = 0
    for turn, group in groupby(transcript.sentences(may_think=True), key=lambda sentence: sentence.turn):
        sentences = list(group)
        if sentences[0].speaker is Speaker.COACH:
            said = transcript.turns[turn]
            if lines and not _is_nod(said):
                last, about, asked = said.text, said.asked_about, _by_tag(index, said.words)
                place = 0
            continue
        for words in _short(sentences):
            lines.append(
                Line(
                    turn=turn,
                    words=words,
                    hits=_by_tag(index, words),
                    is_question=words[-1].text.rstrip("\"')]").endswith("?"),
                    reply_to=asked,
                    asked=last,
                    asked_about=about,
                    place_in_reply=place,
                    own_start_s=time.until(words[0].start_s) - begun_s,
                    words_before=before,
                )
            )
            before += len(words)
            place += 1
    return Heard(
        lines=tuple(lines),
        words=tuple(transcript.by(Speaker.CANDIDATE)),
        question=f"{question} {_opening(transcript)}".strip(),
        is_other_language=transcript.is_other_language,
    )


def _opening(transcript: Transcript) -> str:
    before = takewhile(lambda turn: turn.speaker is Speaker.COACH, transcript.turns)
    return " ".join(turn.text for turn in before)


def _is_nod(said: Turn) -> bool:
    """Whether the interviewer only lets the candidate go on, as by "mm-hm"."""
    return len(said.words) <= _NOD_WORDS and not any(
        "?" in word.text or word.bare == "please" for word in said.words
    )


def quote(words: Sequence[Word], first: int, end: int) -> Evidence:
    """The sentence as evidence, filled pauses at its edges left out; a long one only around
    ``words[first:end]``.
    """
    start, stop = 0, len(words)
    if stop > _QUOTED_WORDS:
        start = max(0, min(first - 8, stop - _QUOTED_WORDS))
        stop = min(stop, max(start + _QUOTED_WORDS, end))
    while stop - start > 1 and words[start].filler:
        start += 1
    while stop - start > 1 and words[stop - 1].filler:
        stop -= 1
    return evidence(words[start:stop])


def quote_of(lines: Sequence[Line], number: int, first: int, end: int) -> Evidence:
    """The same of ``lines[number]``, and of the next one with it where the first breaks off in a clause, if both are
    short enough: "we handle duplicates by" says nothing without what comes next.
    """
    line = lines[number]
    last = line.words[-1]
    after = lines[number + 1] if number + 1 < len(lines) else None
    if after is not None and after.turn == line.turn and breaks_off(last.text, last.bare):
        both = (*line.words, *after.words)
        if len(both) <= _QUOTED_WORDS:
            return quote(both, first, end)
    return quote(line.words, first, end)


def quotes_of(lines: Sequence[Line], places: Iterable[tuple[int, int, int]]) -> tuple[Evidence, ...]:
    """The same of several places, each a line's number and the words in it, in their order; no words stand twice."""
    shown: list[Evidence] = []
    for number, first, end in places:
        one = quote_of(lines, number, first, end)
        if not shown or one.end_s > shown[-1].end_s or one.quote not in shown[-1].quote:
            shown.append(one)
    return tuple(shown)


def _by_tag(index: CueIndex, words: tuple[Word, ...]) -> Mapping[str, tuple[Hit, ...]]:
    found: dict[str, list[Hit]] = {}
    for hit in index.hits(sentence_text(words)):
        found.setdefault(hit.tag, []).append(hit)
    return {tag: tuple(hits) for tag, hits in found.items()}


def _short(sentences: Sequence[Sentence]) -> Iterator[tuple[Word, ...]]:
    for sentence in sentences:
        words = sentence.words
        while len(words) > MOST_WORDS:
            cut = next(
                (at for at in range(CUT_FROM, MOST_WORDS) if words[at].bare in _CONNECTIVES), MOST_WORDS
            )
            yield words[:cut]
            words = words[cut:]
        yield words
