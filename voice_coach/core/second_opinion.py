"""A second opinion on the verdicts, by a language model: what of it counts.

Where the candidate spoke to a model, nothing of it counts. Else a claim counts only with a quote that stands word for
word in what the candidate said, and even then it only tips what is in doubt already (docs/adr/0013):

* no verdict changes that was drawn with confidence, or is told as doubt for the candidate's words alone;
* to ``met`` or ``made`` only where our own detector finds the quoted sentence somewhat likely to show just that;
* to ``not_met`` only where the quote is from a sentence that our verdict rests on;
* a mistake is never taken back: what was not said cannot be quoted.

A verdict on which both disagree is left in doubt: it is said as one, and a mistake in doubt costs no points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from voice_coach.core.findings import Assessment, Finding, Verdict
from voice_coach.core.heard import Heard
from voice_coach.core.model_guard import ModelGuard
from voice_coach.core.model_state import LanguageModelSettings
from voice_coach.core.transcript import Evidence, Word, evidence

IN_DOUBT = 0.5
"""The confidence of a verdict on which both disagree."""
FEWEST_QUOTED = 4
MOST_QUOTED = 40
MOST_SENTENCES = 3
_TO = {Verdict.MET: Verdict.NOT_MET, Verdict.MADE: Verdict.NOT_MADE, Verdict.NOT_MET: Verdict.MET}
"""What a claim says, and what stands before it where that changes something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is said of one id."""

    id: str
    verdict: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A sentence of feedback."""

    id: str
    text: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """All that it says, unchecked."""

    claims: tuple[Claim, ...]
    sentences: tuple[Proposal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of feedback that rests on the candidate's words."""

    id: str
    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A verdict that was tipped."""

    id: str
    before: Verdict
    after: Verdict
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What of an opinion counts."""

    changes: tuple[Change, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    agreed: int = 0
    """Claims that say what we say."""
    dropped: Mapping[str, int] = field(default_factory=dict)
    """By reason, how many claims and sentences did not count."""


@dataclass(frozen=True, slots=True)
class _Quoted:
    evidence: Evidence
    lines: tuple[int, ...]


class SecondOpinion:
    """Combines an opinion with our own verdicts."""

    def __init__(
        self,
        opinion: Opinion,
        guard: ModelGuard,
        settings: LanguageModelSettings,
        why: Callable[[str, Verdict], str],
    ) -> None:
        """*why*: why an id got a verdict, one sentence."""
        self._opinion = opinion
        self._guard = guard
        self._settings = settings
        self._why = why

    def combined(self, assessment: Assessment, heard: Heard) -> tuple[Assessment, Counted]:
        """The verdicts with what counts of the opinion, and what that is."""
        if assessment.refusal is not None or assessment.detected is None:
            return assessment, self._none("nothing was judged")
        if any(self._guard.is_to_model(" ".join(word.text for word in line.words)) for line in heard.lines):
            return assessment, self._none("somebody spoke to the model")
        found = {
            finding.id: finding
            for group in (
                assessment.checklist,
                assessment.mistakes,
                assessment.delivery,
                assessment.clarification,
                assessment.deep_dives,
            )
            for finding in group
        }
        dropped: dict[str, int] = {}
        changes: dict[str, Change] = {}
        agreed = 0
        for claim in self._opinion.claims:
            change, reason = self._change(claim, found, heard, assessment)
            if change is not None and change.id not in changes:
                changes[change.id] = change
            elif reason == _AGREED:
                agreed += 1
            else:
                dropped[reason] = dropped.get(reason, 0) + 1
        sentences: list[Sentence] = []
        for proposal in self._opinion.sentences:
            sentence, reason = self._sentence(proposal, found, heard)
            if sentence is not None and len(sentences) < MOST_SENTENCES:
                sentences.append(sentence)
            else:
                reason = reason or "too many"
                dropped[reason] = dropped.get(reason, 0) + 1
        counted = Counted(
            changes=tuple(changes.values()), sentences=tuple(sentences), agreed=agreed, dropped=dropped
        )

        def tipped(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
            return tuple(self._tipped(item, changes.get(item.id)) for item in findings)

        after = replace(
            assessment,
            checklist=tipped(assessment.checklist),
            mistakes=tipped(assessment.mistakes),
            delivery=tipped(assessment.delivery),
            clarification=tipped(assessment.clarification),
            deep_dives=tipped(assessment.deep_dives),
        )
        return after, counted

    def _none(self, reason: str) -> Counted:
        count = len(self._opinion.claims) + len(self._opinion.sentences)
        return Counted(dropped={reason: count} if count else {})

    def _change(
        self, claim: Claim, found: Mapping[str, Finding], heard: Heard, assessment: Assessment
    ) -> tuple[Change | None, str]:
        finding = found.get(claim.id)
        if finding is None or claim.verdict not in tuple(_TO):
            return None, "no such id or verdict"
        quoted, reason = self._quoted(claim.quote, heard)
        if quoted is None:
            return None, reason
        after = Verdict(claim.verdict)
        if finding.verdict is after:
            return None, _AGREED
        if finding.verdict is not _TO[after]:
            return None, "no such id or verdict"
        if finding.is_doubted or finding.confidence >= self._settings.unsure_below:
            return None, "our verdict is sure"
        if after is Verdict.NOT_MET:
            if not any(_overlap(quoted.evidence, shown) for shown in finding.evidence):
                return None, "not what our verdict rests on"
        elif not self._is_likely(claim.id, quoted, assessment):
            return None, "an unlikely quote"
        return (
            Change(id=claim.id, before=finding.verdict, after=after, evidence=quoted.evidence),
            "a second claim",
        )

    def _is_likely(self, id_: str, quoted: _Quoted, assessment: Assessment) -> bool:
        detected = assessment.detected
        if detected is None or id_ not in detected.columns:
            return False
        likely = detected.of(id_)
        return any(float(likely[line]) >= self._settings.likely_from for line in quoted.lines)

    def _sentence(
        self, proposal: Proposal, found: Mapping[str, Finding], heard: Heard
    ) -> tuple[Sentence | None, str]:
        if proposal.id not in found:
            return None, "no such id or verdict"
        quoted, reason = self._quoted(proposal.quote, heard)
        if quoted is None:
            return None, reason
        text = " ".join(proposal.text.split())
        unfit = self._guard.advice(text)
        if unfit is not None:
            return None, unfit
        return Sentence(id=proposal.id, text=text, evidence=quoted.evidence), ""

    def _quoted(self, quote: str, heard: Heard) -> tuple[_Quoted | None, str]:
        """Where the candidate said *quote*, or why it is no evidence."""
        wanted = [bare for word in quote.split() if (bare := _bare(word))]
        if not FEWEST_QUOTED <= len(wanted) <= MOST_QUOTED:
            return None, "no usable quote"
        words = [
            (number, word) for number, line in enumerate(heard.lines) for word in line.words if word.bare
        ]
        said = [word.bare for _, word in words]
        for first in range(len(said) - len(wanted) + 1):
            if said[first : first + len(wanted)] == wanted:
                run = words[first : first + len(wanted)]
                lines = tuple(dict.fromkeys(number for number, _ in run))
                if len({heard.lines[number].turn for number in lines}) > 1:
                    return None, "not in the candidate's words"
                return _Quoted(evidence([word for _, word in run]), lines), ""
        return None, "not in the candidate's words"

    def _tipped(self, finding: Finding, change: Change | None) -> Finding:
        if change is None:
            return finding
        is_shown = change.after is not Verdict.NOT_MET
        return replace(
            finding,
            verdict=change.after,
            confidence=IN_DOUBT,
            evidence=(change.evidence,) if is_shown else (),
            why=self._why(change.id, change.after),
            heard=None,
            is_doubted=False,
            own=None,
            whole=None,
            prompted=False if not is_shown else finding.prompted,
        )


_AGREED = "agreed"


def _bare(word: str) -> str:
    return Word(text=word, start_s=0.0, end_s=0.0).bare


def _overlap(one: Evidence, other: Evidence) -> bool:
    return one.start_s < other.end_s and other.start_s < one.end_s
