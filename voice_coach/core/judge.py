"""The verdicts on an answer, each with a confidence, the candidate's own words and one sentence of reason.

Three things stand behind a verdict. Detectors say of each sentence which rubric elements it shows; a small model
for each element says what the sentences that count amount to; and rules of cues, which ask for several cues
together, are one more thing that this model weighs. The sentences that carried the verdict are its evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from voice_coach.core import gate, rubric_ids
from voice_coach.core.candidate_time import Interval
from voice_coach.core.clarity import is_quotable
from voice_coach.core.content import Lexicon
from voice_coach.core.cues import Span, compile_cue, plain
from voice_coach.core.detectors import Detected, Detectors
from voice_coach.core.features import NAMED_PRODUCT
from voice_coach.core.findings import Assessment, Finding, Verdict
from voice_coach.core.gate import OFF_TOPIC, Refusal, refusal
from voice_coach.core.heard import Heard, Line, quote, quotes_of
from voice_coach.core.own_words import clause, gather
from voice_coach.core.quoting import cut, short_quote
from voice_coach.core.replies import Replies
from voice_coach.core.rubric import Reason, Rubric
from voice_coach.core.rule_judge import RuleJudge
from voice_coach.core.speakable_time import spoken_moment
from voice_coach.core.stages import Transitions, most_likely_stages, stretches_of
from voice_coach.core.transcript import Transcript, evidence
from voice_coach.core.verdict_told import in_doubt
from voice_coach.core.verdicts import Seen, VerdictModel, Where, region

_MOST_QUOTES = 3
_DESIGN = (
    "explicit_requirements",
    "high_level_first",
    "storage_decision",
    "scaling_strategy",
    "failure_mitigation",
    "unjustified_component",
    *rubric_ids.CLARIFICATION,
    *rubric_ids.DEEP_DIVES,
)
"""What talk about a system's design shows."""
_SHOWN_FROM = 0.4
"""A sentence that its detector gives less than this is shown as evidence only if no other is likelier."""
_HALF_UP_TO = 0.2
"""A sentence that its detector gives more may be all that was asked for, and not only half of it."""
_CHECK_FROM = 0.5
_SUREST = 0.98
"""Two careful readers disagree about one verdict in fifty (evaluation/README.md)."""
_SAID_WORDS = 14
_SENTENCE_WORDS = 20
_KEPT_FROM = {
    "ignores_non_functional": ("explicit_requirements", "guarantees", "scale"),
    "no_tradeoffs": ("admits_tradeoffs", "tradeoff_summary"),
    "no_failure_modes": ("failure_mitigation", "reliability"),
}
"""What is shown by who does not make the mistake."""
_COUNTS_AS = 0.9
"""How likely a sentence shows what it was found to support when the candidate pointed at it."""
_REGION = {
    "opening_roadmap": Where.OPENING,
    "tradeoff_summary": Where.CLOSING,
    "defends_first_design": Where.REPLY_TO_CHANGE,
}
"""Where alone the evidence of an element may lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What was learnt from labelled answers (``prompts/judge``)."""

    detectors: Detectors
    models: tuple[VerdictModel, ...]
    """One for each rubric id."""
    transitions: Transitions
    context: NDArray[np.float32]
    """How the sentences around one correct its step."""


class Judge:
    """Judges transcripts; holds nothing of what it has heard."""

    def __init__(self, rules: RuleJudge, trained: Trained) -> None:
        self._rules = rules
        self._trained = trained
        self._models = {model.id: model for model in trained.models}
        self._items = {item.id: item for item in rules.rubric.checklist.item}
        self._reasons = {reason.id: reason for reason in rules.rubric.reasons.reason}
        self._replies = Replies(rules.rubric)
        self._excuses = {
            reason.id: [compile_cue(cue, rules.rubric.sets) for cue in reason.asked_for]
            for reason in rules.rubric.reasons.reason
        }

    @property
    def rubric(self) -> Rubric:
        """What is listened for."""
        return self._rules.rubric

    @property
    def lexicon(self) -> Lexicon:
        """The backend terms."""
        return self._rules.lexicon

    @property
    def replies(self) -> Replies:
        """The reader of the interviewer's turns."""
        return self._replies

    def listen(self, transcript: Transcript, excluded: Sequence[Interval] = (), question: str = "") -> Heard:
        """See :meth:`voice_coach.core.rule_judge.RuleJudge.listen`."""
        return self._rules.listen(transcript, excluded, question)

    def assess(self, transcript: Transcript, excluded: Sequence[Interval] = ()) -> Assessment:
        """All verdicts. *excluded*: stretches in which the session was paused on command."""
        return self.assess_heard(self.listen(transcript, excluded))

    def covered_so_far(self, transcript: Transcript, excluded: Sequence[Interval] = ()) -> frozenset[str]:
        """The checklist items that the rules find met by now, whatever the length of the answer."""
        return self._rules.covered_so_far(transcript, excluded)

    def assess_heard(self, heard: Heard) -> Assessment:
        """All verdicts on what :meth:`listen` gave."""
        refused = refusal(heard, self.rubric.gate)
        if refused is not None and refused.reason is not gate.Reason.OFF_TOPIC:
            return self._refused(heard, refused)
        detected = self._trained.detectors.detect(heard)
        limits = self.rubric.gate
        least = limits.min_design_share if refused is None else limits.min_design_share_off_topic
        is_full_of_topic = gate.topic_per_100(heard) >= limits.sure_topic_per_100
        if not is_full_of_topic and _design_share(heard, detected) < least:
            return self._refused(heard, refused or OFF_TOPIC)
        return self._assessed(heard, detected)

    def detect(self, heard: Heard) -> Detected:
        """What the detectors say of each sentence; at least one line."""
        return self._trained.detectors.detect(heard)

    def not_assessed(self, heard: Heard, why: str) -> Assessment:
        """No verdict on anything, and *why*."""
        return self._refused(heard, Refusal(reason=gate.Reason.TOO_SHORT, why=why))

    def assess_ungated(self, heard: Heard) -> Assessment:
        """All verdicts, whether or not the talk can be judged at all; at least one line."""
        return self._assessed(heard, self._trained.detectors.detect(heard))

    def support(self, id_: str, heard: Heard, detected: Detected) -> NDArray[np.float64]:
        """How likely each line of *heard* shows *id_*, or what would keep that mistake from being made: by the
        detectors, and by the rules, which are sure.
        """
        ids = [name for name in (id_, *_KEPT_FROM.get(id_, ())) if name in detected.columns]
        if id_ in _KEPT_FROM:
            ids = ids[1:]
        likely = detected.most(ids).astype(np.float64)
        for number in range(len(heard.lines)):
            if any(self._rules.spans(name, number, heard) for name in ids if name in self._items):
                likely[number] = 1.0
        return likely

    def can_speak_for(self, id_: str, detected: Detected) -> bool:
        """Whether words can show *id_* in the candidate's favour; of most mistakes they only show that it was made."""
        return id_ in _KEPT_FROM or (id_ in detected.columns and id_ not in rubric_ids.MISTAKES)

    def reconsidered(self, id_: str, heard: Heard, detected: Detected, number: int) -> Finding:
        """The verdict on *id_* where line *number* counts as showing it, by the same model as ever."""
        likely = detected.likely.copy()
        for name in (id_, *_KEPT_FROM.get(id_, ())):
            if name in detected.columns and (name != id_ or id_ not in _KEPT_FROM):
                column = detected.columns[name]
                likely[number, column] = max(float(likely[number, column]), _COUNTS_AS)
        return self._finding(id_, self._seen(heard, replace(detected, likely=likely)))

    def reconsidered_with(
        self, id_: str, heard: Heard, detected: Detected, number: int, least: float
    ) -> tuple[Finding, ...]:
        """:meth:`reconsidered`, and behind it the same of what would contradict it: the mistake that is made by its
        absence, and what else keeps from that mistake and is shown by the line as well, by at least *least*.
        """
        beside = {
            name
            for mistake, kept in _KEPT_FROM.items()
            if id_ in (mistake, *kept)
            for name in (mistake, *kept)
            if name in _KEPT_FROM or float(self.support(name, heard, detected)[number]) >= least
        }
        ids = (id_, *sorted(beside - {id_}))
        return tuple(self.reconsidered(name, heard, detected, number) for name in ids)

    def alone(self, id_: str, heard: Heard, least: float) -> Finding:
        """The verdict on *id_* by *heard*, a short stretch that was to be about it and nothing else.

        An element is met where a sentence shows it by at least *least*; what a mistake amounts to tells its model.
        """
        detected = self._trained.detectors.detect(heard)
        if id_ in rubric_ids.MISTAKES and id_ not in _KEPT_FROM:
            return self._finding(id_, self._seen(heard, detected))
        likely = self.support(id_, heard, detected)
        best = int(likely.argmax())
        is_true = bool(likely[best] >= least)
        is_mistake = id_ in rubric_ids.MISTAKES
        verdict = Verdict.NOT_MADE if is_mistake else Verdict.MET
        if not is_true:
            verdict = Verdict.MADE if is_mistake else Verdict.NOT_MET
        words = heard.lines[best].words
        return Finding(
            id=id_,
            verdict=verdict,
            why=self.why(id_, is_true=is_true is not is_mistake),
            confidence=min(_SUREST, round(float(likely[best] if is_true else 1.0 - likely[best]), 2)),
            evidence=(quote(words, 0, len(words)),),
            heard=short_quote(words, [Span(first=0, end=len(words))]),
        )

    def _assessed(self, heard: Heard, detected: Detected) -> Assessment:
        seen = self._seen(heard, detected)
        stages = seen.stages
        checks = detected.of("checks_alignment") >= _CHECK_FROM
        assessment = self._assessment(
            heard, lambda id_: self._asked_for(id_, heard) or self._finding(id_, seen)
        )
        return replace(
            assessment,
            stretches=stretches_of(heard, stages),
            detected=detected,
            check_ins_s=tuple(
                line.end_s for line, is_check in zip(heard.lines, checks, strict=True) if is_check
            ),
        )

    def _seen(self, heard: Heard, detected: Detected) -> Seen:
        return Seen(
            heard=heard,
            detected=detected,
            rules=self._rules.checklist(heard),
            stages=most_likely_stages(detected, self._trained.context, self._trained.transitions),
            change_turns=self._replies.to_a_change(heard),
        )

    def _refused(self, heard: Heard, refused: Refusal) -> Assessment:
        def find(id_: str) -> Finding:
            return Finding(id=id_, verdict=Verdict.NOT_ASSESSED, why=refused.why)

        return replace(self._assessment(heard, find), refusal=refused)

    def _assessment(self, heard: Heard, find: Callable[[str], Finding]) -> Assessment:
        def all_of(ids: Sequence[str]) -> tuple[Finding, ...]:
            return tuple(find(id_) for id_ in ids)

        return Assessment(
            checklist=all_of(rubric_ids.CHECKLIST),
            mistakes=all_of(rubric_ids.MISTAKES),
            delivery=all_of(rubric_ids.DELIVERY),
            clarification=all_of(rubric_ids.CLARIFICATION),
            deep_dives=all_of(rubric_ids.DEEP_DIVES),
            stretches=(),
            own=gather(heard, self._rules.terms),
        )

    # -- one verdict

    def _asked_for(self, id_: str, heard: Heard) -> Finding | None:
        """The mistake *id_* as not made, where the question asks for what would be one."""
        text = plain(heard.question)
        if not any(cue.find(text) for cue in self._excuses.get(id_, ())):
            return None
        why = self._reasons[id_].excused
        return Finding(id=id_, verdict=Verdict.NOT_MADE, confidence=_SUREST, why=why)

    def _finding(self, id_: str, seen: Seen) -> Finding:
        if id_ == "defends_first_design" and not seen.change_turns:
            why = "The scope was not changed, so there was nothing to adapt to."
            return Finding(id=id_, verdict=Verdict.NOT_ASSESSED, why=why)
        probability = self._models[id_].probability(seen)
        is_true = probability >= 0.5  # noqa: PLR2004 - more likely than not
        is_mistake = id_ in rubric_ids.MISTAKES
        if is_true is is_mistake and (doubted := self._doubted(id_, seen, probability)) is not None:
            return doubted
        if is_true:
            verdict = Verdict.MADE if is_mistake else Verdict.MET
        else:
            verdict = Verdict.NOT_MADE if is_mistake else Verdict.NOT_MET
        finding = Finding(
            id=id_,
            verdict=verdict,
            confidence=min(_SUREST, round(probability if is_true else 1.0 - probability, 2)),
            why=self.why(id_, is_true=is_true),
        )
        if is_true and id_ not in rubric_ids.BY_ABSENCE:
            return self._with_evidence(finding, seen)
        if id_ in self._items and not is_true:
            likely = seen.detected.of(id_)
            finding = replace(finding, likely=float(likely.max()))
            whole = {int(number) for number in np.flatnonzero(likely > _HALF_UP_TO)}
            near = self._rules.near(id_, seen.heard, without=whole)
            return finding if near is None else replace(finding, heard=near.heard, own=near.own)
        return finding

    def _doubted(self, id_: str, seen: Seen, probability: float) -> Finding | None:
        """The verdict on what would be held against the candidate, where words keep from telling it flatly."""
        columns = [name for name in (id_, *_KEPT_FROM.get(id_, ())) if name in seen.detected.columns]
        likely = seen.detected.most(columns)
        named = self._rules.doubts.named(id_, seen.heard, likely.tolist())
        if named is None:
            return None
        is_mistake = id_ in rubric_ids.MISTAKES
        sure = 1.0 if is_mistake else round(1.0 - probability, 2)
        words = seen.heard.lines[named.line].words
        span = cut(words, [named.span])
        shown = words[span.first : span.end]
        said = evidence(shown)
        moment = f"something at {spoken_moment(said.start_s)}"
        return Finding(
            id=id_,
            verdict=Verdict.NOT_MADE if is_mistake else Verdict.NOT_MET,
            confidence=in_doubt(sure, self.rubric.checklist.doubt_below),
            why=named.doubt.why.format(quote=f'"{said.quote}"' if is_quotable(shown) else moment),
            likely=float(likely.max()),
            heard=said,
            is_doubted=True,
        )

    def why(self, id_: str, *, is_true: bool) -> str:
        """Why *id_* is met or was made, or what was looked for; one sentence."""
        if id_ in self._items:
            item = self._items[id_]
            return item.met if is_true else f"I listened for {item.looked_for}, and did not hear it."
        reason: Reason = self._reasons[id_]
        return reason.yes if is_true else reason.no

    def _with_evidence(self, finding: Finding, seen: Seen) -> Finding:
        heard = seen.heard
        numbers = _evidence_lines(finding.id, seen)
        prompted = [
            number for number in numbers if self._replies.is_prompted(finding.id, heard.lines[number])
        ]
        shown = [number for number in numbers if number not in prompted] or numbers
        best = heard.lines[shown[0]]
        keys = self._keys(finding.id, best, shown[0], seen)
        return replace(
            finding,
            prompted=len(prompted) == len(numbers),
            evidence=quotes_of(
                heard.lines,
                (
                    (number, *_around(self._keys(finding.id, heard.lines[number], number, seen)))
                    for number in sorted(shown[: self._places(finding.id)])
                ),
            ),
            heard=short_quote(best.words, keys),
            own=clause(best.words, keys, _SAID_WORDS),
            whole=clause(best.words, keys, _SENTENCE_WORDS),
            place=heard.lines[min(numbers)].words_before / max(1, len(heard.words)),
        )

    def _places(self, id_: str) -> int:
        return self._items[id_].places if id_ in self._items else _MOST_QUOTES

    def _keys(self, id_: str, line: Line, number: int, seen: Seen) -> list[Span]:
        """The words of *line* that matter most: what a rule found, or the backend terms."""
        found = self._rules.spans(id_, number, seen.heard) if id_ in self._items else []
        return found or self._rules.component_spans(line) or [Span(first=0, end=len(line.words))]


def _design_share(heard: Heard, detected: Detected) -> float:
    """The share of the words in sentences that show an element of a design."""
    shows = detected.most(_DESIGN) >= _SHOWN_FROM
    words = [len(line.words) for line in heard.lines]
    return sum(count for count, is_design in zip(words, shows, strict=True) if is_design) / sum(words)


def _evidence_lines(id_: str, seen: Seen) -> list[int]:
    """The sentences that show *id_* best, the best first; at least one."""
    if id_ == "tools_too_early":
        named = np.flatnonzero(seen.detected.shape[NAMED_PRODUCT] > 0.0)
        if len(named):
            return [int(named[0])]
    allowed = np.flatnonzero(region(_REGION.get(id_, Where.ANYWHERE), seen))
    likely = seen.detected.of(id_)
    ranked = sorted((int(number) for number in allowed), key=lambda number: (-likely[number], number))
    return [number for number in ranked if likely[number] >= _SHOWN_FROM] or ranked[:1]


def _around(keys: Sequence[Span]) -> tuple[int, int]:
    return min(key.first for key in keys), max(key.end for key in keys)
