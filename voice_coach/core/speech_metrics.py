"""How the candidate spoke: rates, pauses, fillers, repairs. Formulas and sources: docs/metrics.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from voice_coach.core.candidate_time import Interval
from voice_coach.core.content import Lexicon
from voice_coach.core.cues import Span
from voice_coach.core.filler_burst import FillerBurst, Said, densest
from voice_coach.core.fillers import Filler, FillerFinder, FillerKind, FillerPhrases, FillerSpan, filler
from voice_coach.core.lexicon import TermFinder
from voice_coach.core.restarts import Repair, RepairFinder, repair
from voice_coach.core.speech_norms import Norm
from voice_coach.core.transcript import Speaker, Transcript, Word

PAUSE_S = 0.25
"""A gap between words from here on is a pause: what articulation rate leaves out (Goldman-Eisler's 250
ms).
"""
FEWEST_WORDS = 20
"""Rates of fewer words are too unstable to be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechBook:
    """What is listened for in how someone speaks, and what it is compared with."""

    fillers: FillerPhrases = field(default_factory=FillerPhrases)
    corrections: tuple[str, ...] = ()
    """Cues of what takes something back: "scratch that"."""
    norms: tuple[Norm, ...] = ()


class SpeechEar:
    """Hears fillers and repairs by *book*, and terms by *lexicon*. Raises ValueError for a malformed cue."""

    def __init__(self, book: SpeechBook | None = None, lexicon: Lexicon | None = None) -> None:
        """Without a book only filled pauses and repetitions are heard."""
        book = book or SpeechBook()
        self.norms = book.norms
        self.terms = TermFinder(lexicon or Lexicon(term=()))
        self._fillers = FillerFinder(book.fillers)
        self._repairs = RepairFinder(book.corrections)

    def said(self, words: Sequence[Word], *, pauses_known: bool) -> Said:
        """*words*, which were said in one go, with their fillers. What takes something back is none."""
        taken_back = self._repairs.corrections(words)
        fillers = tuple(
            span
            for span in self._fillers.find(words, pauses_known=pauses_known)
            if span.kind is FillerKind.FILLED_PAUSE or not any(_overlap(span, other) for other in taken_back)
        )
        return Said(words=words, fillers=fillers)

    def repairs(self, said: Said, *, is_timed: bool) -> Iterator[Repair]:
        """The repairs in *said*; without times unless *is_timed*."""
        skipped = [Span(first=span.first, end=span.end) for span in said.fillers]
        for span in self._repairs.find(said.words, skipped):
            yield repair(said.words, span, is_timed=is_timed)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechMetrics:
    """The candidate's speech in numbers; None where it could not be measured."""

    words: int
    """All words, filled pauses included."""
    speaking_s: float
    """Time in speech, pauses of ``PAUSE_S`` and more left out."""
    wpm: float | None
    articulation_wpm: float | None
    pause_share: float | None
    pauses: int | None
    """How many gaps are pauses."""
    median_pause_s: float | None
    """Of the pauses; pauses are log-normal, so that a mean says little."""
    longest_pause_s: float | None
    longest_monologue_s: float
    """Without asking the interviewer anything."""
    longest_monologue_start_s: float | None
    """None where nothing was said."""
    fillers: tuple[Filler, ...]
    fillers_per_100_words: float | None
    filled_pauses_per_100_words: float | None
    fillers_per_min: float | None
    """Of the time from the first to the last word of each stretch, pauses included."""
    burst: FillerBurst | None
    """The half minute with the most fillers."""
    repairs: tuple[Repair, ...]
    disfluencies_per_100_words: float | None
    """Filled pauses and repairs, as such counts are usually made."""
    is_measured: bool = True
    """False where times were laid out by rule: then no length is worth a word."""

    @property
    def restarts(self) -> int:
        """How often the speaker went back."""
        return len(self.repairs)

    @property
    def filled_pauses(self) -> int:
        """How many of the fillers are no words."""
        return sum(item.kind is FillerKind.FILLED_PAUSE for item in self.fillers)


def measure(
    transcript: Transcript,
    ear: SpeechEar | None = None,
    *,
    check_ins: Sequence[float] = (),
    excluded: Sequence[Interval] = (),
) -> SpeechMetrics:
    """Measures the candidate's words as *ear* hears them.

    *check_ins* are the ends of sentences that asked the interviewer something, *excluded* the stretches in
    which the session was paused on command. Gaps around either and around the coach's speech are no pauses.
    """
    ear = ear or SpeechEar()
    is_measured = not transcript.times_estimated
    pauses_known = is_measured and transcript.pauses_known
    said = [
        ear.said(part, pauses_known=pauses_known)
        for run in _runs(transcript)
        for part in _split(run, excluded)
    ]
    time = _Time([item.words for item in said])
    count = sum(len(item.words) for item in said)
    enough = count >= FEWEST_WORDS
    timed = count > 0 and pauses_known
    rated = enough and is_measured
    fillers = [filler(item.words, span, is_timed=timed) for item in said for span in item.fillers]
    filled = sum(item.kind is FillerKind.FILLED_PAUSE for item in fillers)
    repairs = [found for item in said for found in ear.repairs(item, is_timed=timed)]
    start_s, length_s = _longest_monologue([item.words for item in said], check_ins)
    return SpeechMetrics(
        words=count,
        speaking_s=time.speaking_s,
        wpm=_per(60 * count, time.whole_s) if rated else None,
        articulation_wpm=_per(60 * count, time.speaking_s) if rated and timed else None,
        pause_share=_per(sum(time.pauses), time.whole_s) if rated and timed else None,
        pauses=len(time.pauses) if timed else None,
        median_pause_s=median(time.pauses) if timed and time.pauses else None,
        longest_pause_s=max(time.gaps, default=0.0) if timed else None,
        longest_monologue_s=length_s,
        longest_monologue_start_s=start_s,
        fillers=tuple(fillers),
        fillers_per_100_words=_per(100 * len(fillers), count) if enough else None,
        filled_pauses_per_100_words=_per(100 * filled, count) if enough else None,
        fillers_per_min=_per(60 * len(fillers), time.whole_s) if rated else None,
        burst=densest(said, ear.terms) if timed else None,
        repairs=tuple(repairs),
        disfluencies_per_100_words=_per(100 * (filled + len(repairs)), count) if enough else None,
        is_measured=is_measured,
    )


class _Time:
    """How long the stretches last and what is silent in them."""

    def __init__(self, stretches: Sequence[Sequence[Word]]) -> None:
        self.whole_s = sum(words[-1].end_s - words[0].start_s for words in stretches)
        self.gaps = [
            max(0.0, after.start_s - before.end_s) for words in stretches for before, after in pairwise(words)
        ]
        self.pauses = [gap for gap in self.gaps if gap >= PAUSE_S]
        self.speaking_s = self.whole_s - sum(self.pauses)


def _runs(transcript: Transcript) -> Iterator[list[Word]]:
    """The candidate's words between two turns of the coach."""
    run: list[Word] = []
    for turn in transcript.turns:
        if turn.speaker is Speaker.CANDIDATE:
            run.extend(turn.words)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _split(run: Sequence[Word], excluded: Sequence[Interval]) -> Iterator[list[Word]]:
    part: list[Word] = []
    for word in run:
        if part and any(part[-1].end_s < end and start < word.start_s for start, end in excluded):
            yield part
            part = []
        part.append(word)
    yield part


def _per(amount: float, of: float) -> float | None:
    return amount / of if of > 0 else None


def _overlap(one: FillerSpan, other: Span) -> bool:
    return one.first < other.end and other.first < one.end


def _longest_monologue(
    stretches: Sequence[Sequence[Word]], check_ins: Sequence[float]
) -> tuple[float | None, float]:
    """Start and length; the first of several."""
    found: list[tuple[float, float]] = []
    for stretch in stretches:
        start, end = stretch[0].start_s, stretch[-1].end_s
        for moment in (*(at for at in sorted(check_ins) if start < at <= end), end):
            found.append((start, moment - start))
            start = moment
    return max(found, key=lambda item: item[1], default=(None, 0.0))
