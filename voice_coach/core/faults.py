"""Chooses what to work on: two things of different themes, by what they help and how sure the verdict is.

What may be worth working on is a gap (something was not met), a mistake that was made, a fault of speech, something
that came only when asked or late, and at last something that was met and could carry more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import inf

from voice_coach.core import rubric_ids
from voice_coach.core.advice import Advice
from voice_coach.core.cues import compile_cue, plain
from voice_coach.core.findings import Assessment, Finding, Verdict
from voice_coach.core.own_words import Part
from voice_coach.core.quotes import Quotes, overlap
from voice_coach.core.rubric import FeedbackTexts
from voice_coach.core.sayings import Sayings
from voice_coach.core.speech_faults import SpeechFault
from voice_coach.core.transcript import Evidence
from voice_coach.core.verdict_told import in_doubt
from voice_coach.core.verdicts import CLOSING_SHARE, OPENING_S

_EARLY_SHARE = 0.4
"""Where an overview would have been."""


_ANNOUNCING = frozenset({"opening_roadmap", "signposts", "scope_summary"})
"""What is said there is only named, and not yet gone into."""


_ROADMAP = "opening_roadmap"
_MORE_LIKELY_THAN_NOT = 0.5
_SEVERAL = frozenset({"explicit_requirements"})
"""One sentence alone does not meet them."""
_NEEDLESS = "unjustified_component"
"""It is not said of a part behind which something like a reason stands."""


class Kind(StrEnum):
    """Why something is worth working on."""

    GAP = "gap"
    MISTAKE = "mistake"
    SPEECH = "speech"
    PROMPTED = "prompted"
    LATE = "late"
    STRONGER = "stronger"
    """It was there and can go further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A fix before it is put into words."""

    kind: Kind
    advice: Advice
    worth: float
    finding: Finding | None = None
    heard: Evidence | None = None
    """The words it hangs on."""
    part: Part | None = None
    """The part that it is about."""
    heard_part: Part | None = None
    """The part that is named in *heard*."""
    is_near: bool = False
    """Whether *heard* is half of what was looked for."""
    is_doubt: bool = False
    at_s: float | None = None
    """When it was, where neither words nor a part tell."""
    slots: dict[str, str] = field(default_factory=dict)
    """What was measured."""


class Faults:
    """What there is to work on in one answer."""

    def __init__(
        self, assessment: Assessment, texts: FeedbackTexts, sayings: Sayings, quotes: Quotes
    ) -> None:
        self._assessment = assessment
        self._advice = {advice.item: advice for advice in texts.advice}
        self._weighing = texts.weighing
        self._sayings = sayings
        self._quotes = quotes
        self._announced = [
            evidence
            for finding in (*assessment.checklist, *assessment.delivery, *assessment.clarification)
            if finding.id in _ANNOUNCING
            for evidence in finding.evidence
        ]
        self._roadmap = [
            plain(evidence.quote)
            for finding in assessment.checklist
            if finding.id == _ROADMAP and finding.verdict is Verdict.MET
            for evidence in finding.evidence
        ]

    def was_announced(self, id_: str) -> bool:
        """Whether the roadmap names what *id_* is about, as a step that was still to come."""
        cues = self._advice[id_].announced if id_ in self._advice else ()
        return any(compile_cue(cue).find(text) for cue in cues for text in self._roadmap)

    def chosen(self, speech: Sequence[SpeechFault], doubt_below: float) -> list[Fix]:
        """The two that are worth most, of different themes; no words are quoted for both."""
        ranked = sorted(self._all(speech, doubt_below), key=lambda fix: -fix.worth)
        best = {fix.advice.theme: fix for fix in reversed(ranked)}
        first, second = sorted(best.values(), key=lambda fix: -fix.worth)[:2]
        if first.heard is not None and second.heard is not None and overlap(first.heard, second.heard):
            second = replace(second, heard=None, is_near=False)
        return [first, second]

    def _all(self, speech: Sequence[SpeechFault], doubt_below: float) -> Iterator[Fix]:
        assessment = self._assessment
        for finding in (*assessment.checklist, *assessment.delivery, *assessment.clarification):
            if finding.verdict is Verdict.NOT_MET:
                yield self._gap(finding, doubt_below)
        for finding in assessment.mistakes:
            if finding.verdict is Verdict.MADE:
                fix = self._mistake(finding, doubt_below)
                if not (finding.id == _NEEDLESS and fix.part and fix.part.has_reason):
                    yield fix
        deep = [finding for finding in assessment.deep_dives if finding.verdict is Verdict.MET]
        if len(deep) < self._weighing.few_deep_dives:
            for finding in assessment.deep_dives:
                if finding.verdict is Verdict.NOT_MET:
                    yield self._gap(finding, doubt_below)
        for fault in speech:
            yield self._spoken(fault)
        for finding in assessment.checklist:
            if finding.verdict is Verdict.MET:
                yield self._met(finding, doubt_below)

    def _gap(self, finding: Finding, doubt_below: float) -> Fix:
        advice = self._advice[finding.id]
        if finding.is_doubted:
            return self._fix(
                Kind.GAP, finding, self._quotes.near(finding, ()), finding.confidence, doubt_below
            )
        near = self._quotes.near(finding, advice.keys) if advice.keys else None
        if near is not None and any(overlap(near, other) for other in self._announced):
            near = None
        confidence = finding.confidence - self._unheard(finding.id)
        if near is not None and self._quotes.goes_on(near, advice.goes_on):
            near, confidence = None, in_doubt(confidence, doubt_below)
        if finding.likely >= _MORE_LIKELY_THAN_NOT and finding.id not in _SEVERAL:
            confidence = in_doubt(confidence, doubt_below)
        return self._fix(Kind.GAP, finding, near, confidence, doubt_below)

    def _mistake(self, finding: Finding, doubt_below: float) -> Fix:
        advice = self._advice[finding.id]
        cues = self._sayings.names if advice.is_of_part else advice.keys
        heard = self._quotes.best(finding, cues, must_hold=bool(cues))
        return self._fix(Kind.MISTAKE, finding, heard, finding.confidence, doubt_below)

    def _fix(
        self, kind: Kind, finding: Finding, heard: Evidence | None, confidence: float, doubt_below: float
    ) -> Fix:
        advice = self._advice[finding.id]
        shown = heard or (finding.evidence[0] if finding.evidence else None)
        is_near = kind is Kind.GAP and heard is not None
        named = self._sayings.named_in(shown, advice) if shown is not None else None
        part = named
        if kind is Kind.GAP or shown is None:
            part = named or self._sayings.part(advice)
        if shown is None and part is not None and advice.is_quoted and not finding.is_doubted:
            heard, named = part.quote, part
        return Fix(
            kind=kind,
            advice=advice,
            worth=self._worth(advice, confidence, heard),
            finding=finding,
            heard=heard,
            part=part,
            heard_part=named if shown is not None or heard is not None else part,
            is_near=is_near,
            is_doubt=confidence < doubt_below,
            at_s=finding.heard.start_s if finding.is_doubted and finding.heard is not None else None,
        )

    def _spoken(self, fault: SpeechFault) -> Fix:
        advice = self._advice[fault.item]
        slots = dict(fault.slots)
        if fault.about is not None and self._quotes.may_quote(fault.about):
            slots["quote"] = fault.about.quote
        part = self._sayings.part(advice)
        return Fix(
            kind=Kind.SPEECH, advice=advice, worth=advice.value, part=part, at_s=fault.at_s, slots=slots
        )

    def _met(self, finding: Finding, doubt_below: float) -> Fix:
        """What was met only when asked or late, or can go further; last of all where it may not have been met."""
        advice = self._advice[finding.id]
        heard = self._quotes.near(finding, ()) or self._quotes.best(finding, ())
        if finding.prompted and not advice.is_asked_anyway and not self.was_announced(finding.id):
            kind, worth = Kind.PROMPTED, self._weighing.prompted
        elif advice.late_after is not None and finding.place > advice.late_after:
            kind, worth = Kind.LATE, self._weighing.late
        else:
            kind, worth = Kind.STRONGER, self._weighing.stronger * (2.0 - finding.confidence)
        if finding.confidence < doubt_below:
            worth = -inf
        part = (self._sayings.named_in(heard, advice) if heard else None) or self._sayings.part(advice)
        return Fix(
            kind=kind, advice=advice, worth=worth, finding=finding, heard=heard, part=part, heard_part=part
        )

    def _worth(self, advice: Advice, confidence: float, heard: Evidence | None) -> float:
        """What it helps if it is right, less what it costs if it is wrong."""
        weighing = self._weighing
        gain = confidence - weighing.wrong_costs * (1.0 - confidence)
        return advice.value * gain + (weighing.quoted if heard is not None else 0.0)

    def _unheard(self, id_: str) -> float:
        """How much less sure it is that something was not said, since words there may have been other words."""
        words = [word for line in self._assessment.own.lines for word in line.words]
        start_s, end_s = words[0].start_s, words[-1].end_s + 1.0
        places = {
            "opening_roadmap": (start_s, start_s + OPENING_S),
            "high_level_first": (start_s, start_s + _EARLY_SHARE * (end_s - start_s)),
            "tradeoff_summary": (words[int((1.0 - CLOSING_SHARE) * len(words))].start_s, end_s),
        }
        weighing = self._weighing
        share, worst = self._quotes.unsure_shares(*places.get(id_, (start_s, end_s)))
        return weighing.unsure_costs * max(
            0.0, share - weighing.unsure_share, worst - weighing.unsure_stretch
        )


IDS = (
    *rubric_ids.CHECKLIST,
    *rubric_ids.MISTAKES,
    *rubric_ids.DELIVERY,
    *rubric_ids.CLARIFICATION,
    *rubric_ids.DEEP_DIVES,
)
"""What advice is needed for, beside the faults of speech."""
