"""What is said after the answer: one strength, two things to work on, one redo.

Every line is a measured fact or a verdict with the candidate's own words or a time, and stands by itself, for lines
are read out one by one. Nothing is graded, and a verdict below the rubric's confidence is said as doubt. Where less
than two things are missing, nothing is invented: what was there is carried further. The words are data
(``prompts/rubric/feedback.toml``); which variant is used depends on the answer alone, so the same answer gets the
same feedback.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from voice_coach.core.content import Lexicon
from voice_coach.core.findings import Assessment, Finding, Verdict
from voice_coach.core.own_words import capital
from voice_coach.core.pacing import Pacing
from voice_coach.core.rubric import Advice, FeedbackTexts, Rubric
from voice_coach.core.sayings import Sayings, listed
from voice_coach.core.speakable_time import spoken_length, spoken_moment, spoken_number
from voice_coach.core.speech_metrics import SpeechMetrics
from voice_coach.core.transcript import Evidence

FIXES = 2
MOST_WORDS = 180
"""Of all lines: with the line before them about 90 s at 150 words a minute."""
_MOST_ITEMS = 3
_EDGE = re.compile(r"^\W+|\W+$")
_AT_START = frozenset({"opening_roadmap", "explicit_requirements"})
_AT_END = frozenset({"tradeoff_summary"})
_START_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything that is known about an answer."""

    assessment: Assessment
    metrics: SpeechMetrics
    pacing: Pacing
    words: Sequence[str]
    """The candidate's words in order, as shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """One thing to work on."""

    text: str
    item: str
    evidence: tuple[Evidence, ...]
    try_saying: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What is shown and read out."""

    strengths: tuple[str, ...]
    improvements: tuple[Improvement, ...]
    next_drill: str | None
    lines: tuple[str, ...]
    """What is read out, line by line."""

    @property
    def spoken(self) -> str:
        """All that is read out."""
        return " ".join(self.lines)


class _Kind(StrEnum):
    """Why something is worth working on."""

    GAP = "gap"
    SPEECH = "speech"
    PROMPTED = "prompted"
    LATE = "late"
    STRONGER = "stronger"
    """It was there and can go further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fix:
    """A fix before it is put into words. *heard*: the words it hangs on."""

    kind: _Kind
    advice: Advice
    finding: Finding | None = None
    heard: Evidence | None = None
    slots: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    """A line, and how soon it is left out where all of them take too long (0: never)."""

    text: str
    dropped: int = 0


def compose(material: Material, rubric: Rubric, lexicon: Lexicon) -> Feedback:
    """The feedback on an answer, in at most 25 words a line and 90 seconds in all."""
    refused = material.assessment.refusal
    if refused is not None:
        lines = rubric.feedback.not_assessed[refused.reason]
        return Feedback(strengths=(), improvements=(), next_drill=None, lines=lines)
    return _Composer(material, rubric, lexicon).compose()


class _Phrasing:
    """Chooses among variants by the answer's words; no two lines begin alike where that can be helped."""

    def __init__(self, words: Sequence[str]) -> None:
        self._turn = zlib.crc32(" ".join(words).encode())
        self._begun: set[str] = set()

    def line(self, variants: Sequence[str], **slots: str) -> str:
        """One of *variants*, filled, as a line of its own."""
        filled = [capital(text.format(**slots)) for text in self._turned(variants)]
        chosen = min(filled, key=self._alikeness)
        self._begun |= {_beginning(chosen, 1), _beginning(chosen, 2)}
        return chosen

    def part(self, variants: Sequence[str], **slots: str) -> str:
        """One of *variants*, filled, as a part of a line."""
        return self._turned(variants)[0].format(**slots)

    def _turned(self, variants: Sequence[str]) -> list[str]:
        first = zlib.crc32(variants[0].encode(), self._turn) % len(variants)
        return [*variants[first:], *variants[:first]]

    def _alikeness(self, text: str) -> int:
        return sum(_beginning(text, count) in self._begun for count in (1, 2))


def _beginning(text: str, count: int) -> str:
    return " ".join(text.lower().split()[:count]) + f"/{count}"


class _Composer:
    """Puts one answer's feedback into words."""

    def __init__(self, material: Material, rubric: Rubric, lexicon: Lexicon) -> None:
        self._material = material
        self._texts: FeedbackTexts = rubric.feedback
        self._doubt_below = rubric.checklist.doubt_below
        self._sayings = Sayings(material.assessment, self._texts, lexicon)
        self._phrasing = _Phrasing(material.words)
        self._order = [advice.item for advice in self._texts.advice]
        self._advice = {advice.item: advice for advice in self._texts.advice}
        self._praise = {praise.item: praise for praise in self._texts.praise}
        self._quoted: set[str] = set()

    def compose(self) -> Feedback:
        met = [f for f in self._material.assessment.checklist if f.verdict is Verdict.MET]
        best = max(
            met,
            key=lambda f: (not f.prompted, round(f.confidence, 1), -self._order.index(f.id)),
            default=None,
        )
        fixes = [fix for _, fix in zip(range(FIXES), self._wanted(met, best), strict=False)]
        strength = self._strength(best)
        also = self._also(
            [f for f in met if f is not best and f.id not in {fix.advice.item for fix in fixes}]
        )
        length = self._length()
        improvements: list[Improvement] = []
        spoken = [*(_Spoken(text=text) for text in strength), *also, _Spoken(text=length)]
        for number, fix in enumerate(fixes):
            improvement, lines = self._improvement(fix, number)
            improvements.append(improvement)
            spoken += lines
        spoken.append(_Spoken(text=self._redo(fixes[0])))
        return Feedback(
            strengths=(" ".join(strength),),
            improvements=tuple(improvements),
            next_drill=next((fix.advice.drill for fix in fixes if fix.advice.drill), None),
            lines=_within(spoken, MOST_WORDS),
        )

    # -- one strength

    def _strength(self, best: Finding | None) -> list[str]:
        line = self._phrasing.line
        if best is not None:
            kind = self._texts.strength_prompted if best.prompted else self._texts.strength_unprompted
            heard = self._heard_slots(best.heard or best.evidence[0])
            return [line(self._texts.strength, **heard), line(self._praise[best.id].lines), line(kind)]
        named = max(self._material.assessment.components, key=lambda item: item.mentions, default=None)
        if named is None:
            length = spoken_length(self._material.pacing.answer_s)
            return [line(self._texts.strength_only_time, length=length)]
        return [line(self._texts.strength_none, **self._heard_slots(named.evidence))]

    def _also(self, others: Sequence[Finding]) -> list[_Spoken]:
        if not others:
            return []
        ranked = sorted(others, key=lambda finding: (finding.prompted, -finding.confidence))
        items = listed([self._praise[finding.id].noun for finding in ranked[:_MOST_ITEMS]])
        return [_Spoken(text=self._phrasing.line(self._texts.also, items=items), dropped=2)]

    def _length(self) -> str:
        pacing = self._material.pacing
        return self._phrasing.line(
            self._texts.length[pacing.verdict],
            length=spoken_length(pacing.answer_s),
            low=spoken_length(pacing.target_min_s),
            high=spoken_length(pacing.target_max_s),
        )

    # -- what to work on

    def _wanted(self, met: Sequence[Finding], best: Finding | None) -> Iterator[_Fix]:
        """Most valuable first: sure gaps, doubtful gaps, how it was spoken, what came only when asked or late,
        what could carry more. What was just praised comes last.
        """
        checklist = self._material.assessment.checklist
        gaps = [finding for finding in checklist if finding.verdict is Verdict.NOT_MET]
        gaps.sort(key=lambda item: (item.confidence < self._doubt_below, self._order.index(item.id)))
        for finding in gaps:
            yield self._gap(finding)
        yield from self._spoken_faults()
        others = sorted(met, key=lambda item: (item is best, item.confidence, self._order.index(item.id)))
        kinds = {finding.id: self._kind_of_met(finding) for finding in others}
        for wanted in (_Kind.PROMPTED, _Kind.LATE, _Kind.STRONGER):
            for finding in others:
                if kinds[finding.id] is wanted:
                    yield _Fix(
                        kind=wanted, advice=self._advice[finding.id], finding=finding, heard=finding.heard
                    )

    def _kind_of_met(self, finding: Finding) -> _Kind:
        advice = self._advice[finding.id]
        if finding.prompted and not advice.is_asked_anyway:
            return _Kind.PROMPTED
        if advice.late_after is not None and finding.place > advice.late_after:
            return _Kind.LATE
        return _Kind.STRONGER

    def _gap(self, finding: Finding) -> _Fix:
        advice = self._advice[finding.id]
        return _Fix(
            kind=_Kind.GAP, advice=advice, finding=finding, heard=finding.heard or self._anchor(advice)
        )

    def _anchor(self, advice: Advice) -> Evidence | None:
        """The words that a gap without anything near it hangs on: those about the component that it is about."""
        if advice.item in _AT_START | _AT_END:
            return None
        term = self._sayings.term(advice)
        named = [item for item in self._material.assessment.components if term is None or item.id == term.id]
        best = max(named, key=lambda item: item.mentions, default=None)
        return best.evidence if best else None

    def _spoken_faults(self) -> Iterator[_Fix]:
        metrics, limits = self._material.metrics, self._texts.limits
        if metrics.longest_monologue_s > limits.monologue_s:
            slots = {"length": spoken_length(metrics.longest_monologue_s)}
            yield _Fix(kind=_Kind.SPEECH, advice=self._texts.monologue, slots=slots)
        if metrics.wpm is not None and not limits.slow_wpm <= metrics.wpm <= limits.fast_wpm:
            slots = {"pace": spoken_number(5 * round(metrics.wpm / 5))}
            yield _Fix(kind=_Kind.SPEECH, advice=self._texts.pace, slots=slots)
        minutes = self._material.pacing.answer_s / 60.0
        if metrics.wpm is not None and len(metrics.fillers) > limits.fillers_per_min * max(1.0, minutes):
            slots = {"number": spoken_number(5 * round(len(metrics.fillers) / 5))}
            yield _Fix(kind=_Kind.SPEECH, advice=self._texts.fillers, slots=slots)

    # -- its words

    def _improvement(self, fix: _Fix, number: int) -> tuple[Improvement, list[_Spoken]]:
        point = self._point(fix)
        opener = self._phrasing.line(self._opener(fix, number), missing=point, stronger=point)
        heard = self._heard_line(fix)
        why = [self._phrasing.line(texts) for texts in (self._why(fix),) if texts]
        saying, say = self._saying(fix)
        lines = [
            _Spoken(text=opener),
            *([_Spoken(text=heard)] if heard else []),
            *(_Spoken(text=text, dropped=3 if number else 1) for text in why),
            _Spoken(text=self._phrasing.line(say, try_saying=capital(saying))),
        ]
        is_doubt = self._is_doubt(fix)
        said = (
            self._phrasing.part(self._texts.first_doubt[-1:], missing=point) if is_doubt else capital(point)
        )
        improvement = Improvement(
            text=" ".join(part for part in (said, heard) if part),
            item=fix.advice.item,
            evidence=() if fix.heard is None else (fix.heard,),
            try_saying=capital(saying),
        )
        return improvement, lines

    def _why(self, fix: _Fix) -> Sequence[str]:
        match fix.kind:
            case _Kind.STRONGER:
                return ()
            case _Kind.PROMPTED:
                return self._texts.why_unasked
            case _Kind.LATE:
                return self._texts.why_early
            case _:
                return fix.advice.why

    def _opener(self, fix: _Fix, number: int) -> Sequence[str]:
        texts = self._texts
        if fix.kind is _Kind.STRONGER:
            return texts.second_stronger if number else texts.first_stronger
        if self._is_doubt(fix):
            return texts.second_doubt if number else texts.first_doubt
        return texts.second_fix if number else texts.first_fix

    def _is_doubt(self, fix: _Fix) -> bool:
        return (
            fix.kind is _Kind.GAP and fix.finding is not None and fix.finding.confidence < self._doubt_below
        )

    def _point(self, fix: _Fix) -> str:
        """What is said about it, to follow an opener."""
        part = self._phrasing.part
        if fix.finding is None or fix.kind is _Kind.GAP:
            return part(fix.advice.missing, **fix.slots)
        if fix.kind is _Kind.STRONGER:
            return part(fix.advice.stronger)
        noun = self._praise[fix.finding.id].noun
        variants = self._texts.prompted if fix.kind is _Kind.PROMPTED else self._texts.late
        moment = spoken_moment(fix.finding.evidence[0].start_s)
        return part(variants, noun=noun, time=moment)

    def _heard_line(self, fix: _Fix) -> str | None:
        assessment = self._material.assessment
        heard, texts = fix.heard, self._texts.heard
        if heard is None and fix.advice.item in _AT_END:
            heard, texts = assessment.closing, self._texts.heard_end
        elif heard is None and fix.advice.item in _AT_START:
            heard, texts = assessment.opening, self._texts.heard_start
        if heard is None or heard.quote in self._quoted:
            return None
        slots = self._heard_slots(heard)
        return self._phrasing.line(texts, **slots)

    def _saying(self, fix: _Fix) -> tuple[str, Sequence[str]]:
        """What to say, and the lines that introduce it."""
        if fix.finding is None or fix.kind is _Kind.GAP:
            return self._sayings.try_saying(fix.advice, fix.finding), self._texts.say
        if fix.kind is not _Kind.STRONGER and (said := fix.finding.whole or fix.finding.own):
            return f"{said}.", self._texts.say_unasked
        return self._sayings.next_saying(fix.advice, fix.finding), self._texts.say

    def _redo(self, fix: _Fix) -> str:
        goals = self._texts.redo_met if fix.kind is _Kind.STRONGER else fix.advice.redo
        goal = self._phrasing.part(goals, component=self._sayings.component(fix.advice))
        return self._phrasing.line(self._texts.redo, goal=goal)

    def _heard_slots(self, heard: Evidence) -> dict[str, str]:
        self._quoted.add(heard.quote)
        return {
            "time": spoken_moment(heard.start_s) if heard.start_s >= _START_S else self._texts.at_start,
            "quote": _EDGE.sub("", heard.quote),
        }


def _within(spoken: Sequence[_Spoken], most: int) -> tuple[str, ...]:
    """*spoken* in at most so many words: what can best be spared is left out."""
    kept = list(spoken)
    for dropped in sorted({line.dropped for line in spoken} - {0}, reverse=True):
        if sum(len(line.text.split()) for line in kept) > most:
            kept = [line for line in kept if line.dropped != dropped]
    return tuple(line.text for line in kept)
