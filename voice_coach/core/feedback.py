"""What is said after the answer: one strength, two fixes, one redo.

Every line is a measured fact or a verdict with the candidate's own words or a time; nothing is graded, and a
verdict below the rubric's confidence is said as doubt. The words are data (``prompts/rubric/feedback.toml``);
which variant is used depends on the answer alone, so the same answer gets the same feedback.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from voice_coach.core.content import Lexicon, Term
from voice_coach.core.judge import Assessment, Component, Finding, Verdict
from voice_coach.core.pacing import Pacing
from voice_coach.core.rubric import Advice, Praise, Rubric
from voice_coach.core.speakable_time import spoken_length, spoken_moment, spoken_number
from voice_coach.core.speech_metrics import SpeechMetrics
from voice_coach.core.transcript import Evidence

QUOTED_WORDS = 12
"""A longer quote cannot be recognised by ear."""
FIXES = 2
_EDGE = re.compile(r"^\W+|\W+$")
_AT_START = frozenset({"opening_roadmap", "explicit_requirements"})
_AT_END = frozenset({"tradeoff_summary"})
ANY = "any"
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
    """One thing to mend."""

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
    """What is read out, sentence group by sentence group."""

    @property
    def spoken(self) -> str:
        """All that is read out."""
        return " ".join(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fix:
    """A fix before it is put into words. *heard*: the words it hangs on; *component*: the noun it is
    about.
    """

    advice: Advice
    finding: Finding | None
    heard: Evidence | None
    slots: dict[str, str]


def compose(material: Material, rubric: Rubric, lexicon: Lexicon) -> Feedback:
    """The feedback on an answer, in at most 25 words a line and 90 seconds in all."""
    refused = material.assessment.refusal
    if refused is not None:
        lines = rubric.feedback.not_assessed[refused.reason]
        return Feedback(strengths=(), improvements=(), next_drill=None, lines=lines)
    return _Composer(material, rubric, lexicon).compose()


class _Composer:
    """Puts one answer's feedback into words."""

    def __init__(self, material: Material, rubric: Rubric, lexicon: Lexicon) -> None:
        self._material = material
        self._texts = rubric.feedback
        self._doubt_below = rubric.checklist.doubt_below
        self._terms = {term.id: term for term in lexicon.term}
        self._turn = zlib.crc32(" ".join(material.words).encode())
        self._advice = {advice.item: advice for advice in self._texts.advice}
        self._praise = {praise.item: praise for praise in self._texts.praise}

    def compose(self) -> Feedback:
        strength = self._strength()
        fixes = self._fixes()
        spoken = [
            *strength,
            *self._length(),
            *(line for number, fix in enumerate(fixes) for line in self._fix_lines(fix, number)),
            self._redo(fixes[0]),
        ]
        return Feedback(
            strengths=(" ".join(strength),),
            improvements=tuple(self._improvement(fix) for fix in fixes),
            next_drill=next((fix.advice.drill for fix in fixes if fix.advice.drill), None),
            lines=tuple(spoken),
        )

    # -- one strength

    def _strength(self) -> list[str]:
        met = [f for f in self._material.assessment.checklist if f.verdict is Verdict.MET]
        if met:
            finding = max(met, key=lambda item: (not item.prompted, item.confidence))
            return self._praised(finding, self._praise[finding.id])
        named = self._favourite()
        if named is None:
            length = spoken_length(self._material.pacing.answer_s)
            return [self._pick(self._texts.strength_only_time).format(length=length)]
        slots = self._heard_slots(named.evidence)
        return [self._pick(self._texts.strength_none).format(**slots)]

    def _praised(self, finding: Finding, praise: Praise) -> list[str]:
        slots = self._heard_slots(finding.heard or finding.evidence[0])
        kind = self._texts.strength_prompted if finding.prompted else self._texts.strength_unprompted
        return [self._pick(self._texts.strength).format(**slots), self._pick(praise.lines), self._pick(kind)]

    # -- the time

    def _length(self) -> list[str]:
        pacing = self._material.pacing
        return [
            self._pick(self._texts.length[pacing.verdict]).format(
                length=spoken_length(pacing.answer_s),
                low=spoken_length(pacing.target_min_s),
                high=spoken_length(pacing.target_max_s),
            )
        ]

    # -- two fixes

    def _fixes(self) -> list[_Fix]:
        return [fix for _, fix in zip(range(FIXES), self._wanted(), strict=False)]

    def _wanted(self) -> Iterator[_Fix]:
        """What to mend, most valuable first: sure gaps, doubtful gaps, how it was spoken, then what was met
        late.
        """
        checklist = self._material.assessment.checklist
        gaps = [finding for finding in checklist if finding.verdict is Verdict.NOT_MET]
        order = [advice.item for advice in self._texts.advice]
        gaps.sort(key=lambda finding: (finding.confidence < self._doubt_below, order.index(finding.id)))
        for finding in gaps:
            yield self._gap(finding)
        yield from self._spoken_faults()
        met = [finding for finding in checklist if finding.verdict is Verdict.MET]
        for finding in sorted(met, key=lambda item: (not item.prompted, item.confidence)):
            yield self._met_fix(finding)

    def _gap(self, finding: Finding) -> _Fix:
        heard = finding.heard or self._anchor(finding.id)
        return _Fix(advice=self._advice[finding.id], finding=finding, heard=heard, slots={})

    def _met_fix(self, finding: Finding) -> _Fix:
        own = self._advice[finding.id]
        base = self._texts.prompted if finding.prompted else self._texts.sharper
        advice = replace(own, missing=base)
        return _Fix(advice=advice, finding=None, heard=finding.heard, slots={})

    def _spoken_faults(self) -> Iterator[_Fix]:
        metrics, limits = self._material.metrics, self._texts.limits
        if metrics.longest_monologue_s > limits.monologue_s:
            slots = {"length": spoken_length(metrics.longest_monologue_s)}
            yield _Fix(advice=self._texts.monologue, finding=None, heard=None, slots=slots)
        if metrics.wpm is not None and not limits.slow_wpm <= metrics.wpm <= limits.fast_wpm:
            slots = {"pace": spoken_number(5 * round(metrics.wpm / 5))}
            yield _Fix(advice=self._texts.pace, finding=None, heard=None, slots=slots)
        minutes = self._material.pacing.answer_s / 60.0
        if metrics.wpm is not None and len(metrics.fillers) > limits.fillers_per_min * max(1.0, minutes):
            slots = {"number": spoken_number(5 * round(len(metrics.fillers) / 5))}
            yield _Fix(advice=self._texts.fillers, finding=None, heard=None, slots=slots)

    def _anchor(self, item: str) -> Evidence | None:
        """The words that a gap without anything near it hangs on; None: the answer's start or end."""
        if item in _AT_START | _AT_END:
            return None
        named = self._favourite()
        return named.evidence if named else None

    def _fix_lines(self, fix: _Fix, number: int) -> list[str]:
        intro = self._texts.first_fix if number == 0 else self._texts.second_fix
        heard = self._heard_line(fix)
        return [
            self._pick(intro),
            *([heard] if heard else []),
            self._missing(fix),
            self._pick(self._texts.say).format(try_saying=self._try_saying(fix)),
        ]

    def _heard_line(self, fix: _Fix) -> str | None:
        if fix.heard is not None:
            return self._pick(self._texts.heard_near).format(**self._heard_slots(fix.heard))
        if fix.finding is None:
            return None
        words = self._material.words
        if fix.finding.id in _AT_END:
            return self._pick(self._texts.heard_end).format(quote=_edged(words[-QUOTED_WORDS:]))
        return self._pick(self._texts.heard_start).format(quote=_edged(words[:QUOTED_WORDS]))

    def _missing(self, fix: _Fix) -> str:
        missing = self._pick(fix.advice.missing).format(**fix.slots)
        is_doubt = fix.finding is not None and fix.finding.confidence < self._doubt_below
        return self._pick(self._texts.doubt).format(missing=missing) if is_doubt else missing

    def _improvement(self, fix: _Fix) -> Improvement:
        heard = self._heard_line(fix)
        text = " ".join(part for part in (heard, self._missing(fix)) if part)
        return Improvement(
            text=text,
            item=fix.advice.item,
            evidence=() if fix.heard is None else (fix.heard,),
            try_saying=self._try_saying(fix),
        )

    # -- one redo

    def _redo(self, fix: _Fix) -> str:
        return self._pick(self._texts.redo).format(goal=self._fill(self._pick(fix.advice.redo), fix))

    # -- words

    def _try_saying(self, fix: _Fix) -> str:
        term = self._term(fix)
        by_category = fix.advice.try_saying
        texts = by_category.get(term.category if term else ANY) or by_category[ANY]
        return self._fill(self._pick(texts), fix)

    def _term(self, fix: _Fix) -> Term | None:
        """The candidate's component that a fix is about: of a category that there is a line for, said
        most.
        """
        fitting = [
            component
            for component in self._material.assessment.components
            if self._terms[component.id].category in fix.advice.try_saying
        ]
        best = max(fitting, key=lambda item: item.mentions, default=None)
        return self._terms[best.id] if best else None

    def _favourite(self) -> Component | None:
        return max(self._material.assessment.components, key=lambda item: item.mentions, default=None)

    def _fill(self, text: str, fix: _Fix) -> str:
        term = self._term(fix)
        noun = _noun(term) if term else self._texts.some_component
        return text.format(component=noun, Component=noun[0].upper() + noun[1:], **fix.slots)

    def _heard_slots(self, heard: Evidence) -> dict[str, str]:
        return {
            "time": spoken_moment(heard.start_s) if heard.start_s >= _START_S else self._texts.at_start,
            "quote": _edged(heard.quote.split()[:QUOTED_WORDS]),
        }

    def _pick(self, variants: Sequence[str]) -> str:
        """One of *variants*, by the answer's words: two lists need not turn together."""
        return variants[zlib.crc32(variants[0].encode(), self._turn) % len(variants)]


def _edged(words: Sequence[str]) -> str:
    """*words* joined, without the punctuation at the edges."""
    return _EDGE.sub("", " ".join(words))


def _noun(term: Term) -> str:
    """How a candidate says *term* in a sentence: "Redis", "the queue"."""
    return term.text if term.text != term.text.lower() else f"the {term.text}"
