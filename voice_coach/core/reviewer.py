"""Answers what is asked about the feedback, from the analysis and the transcript alone.

A reason is the judge's own, with the words it rests on, as doubt where the judge doubts. What was said is played from
the recording. A verdict is set anew only where words that were heard support it: the candidate's claim points at them,
and proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from voice_coach.core import rubric_ids
from voice_coach.core.amended import GOOD, HELD_AGAINST, all_findings, finding_of
from voice_coach.core.cues import Span
from voice_coach.core.events import Reviewed
from voice_coach.core.feedback import PACING
from voice_coach.core.findings import Verdict
from voice_coach.core.quoting import run_on, short_quote
from voice_coach.core.recall import Recall, cut_out
from voice_coach.core.review_state import Ask
from voice_coach.core.speakable_time import spoken_length, spoken_limit, spoken_moment
from voice_coach.core.transcript import Speaker, Transcript, evidence, turn_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.analysis import Analysis
    from voice_coach.core.commands import LookUp
    from voice_coach.core.cue_index import CueIndex
    from voice_coach.core.detectors import Detected
    from voice_coach.core.features import Encoder
    from voice_coach.core.findings import Finding
    from voice_coach.core.heard import Heard
    from voice_coach.core.judge import Judge
    from voice_coach.core.recall import Found, Stretch
    from voice_coach.core.review_state import Correction, ReviewSettings
    from voice_coach.core.review_texts import ReviewTexts
    from voice_coach.core.shared_words import Alike
    from voice_coach.core.transcript import Evidence, Word

MOST_WORDS = 25
"""Of a line."""
SCORE = "score"
"""What "why that score?" is about."""
_FEW_WORDS = 8
_QUOTED_WORDS = 15
"""Of a quote, with a few words before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a question is answered from."""

    built: Analysis
    """With what was corrected so far."""
    recall: Recall
    """The answer as it was judged, to be looked through."""
    corrections: tuple[Correction, ...] = ()
    """Those."""

    @property
    def heard(self) -> Heard:
        """The answer, line by line."""
        return self.recall.heard


class Reviewer:
    """Answers questions about one analysis after the other; holds nothing of them."""

    def __init__(
        self,
        judge: Judge,
        texts: ReviewTexts,
        settings: ReviewSettings,
        encoder: Encoder | None,
        alike: Alike,
        same: CueIndex,
    ) -> None:
        """*encoder* compares meanings, where there is one; *alike* tells which words sound the same, and *same* which
        stand for one another.
        """
        self._judge = judge
        self._texts = texts
        self._settings = settings
        self._encoder = encoder
        self._alike = alike
        self._plain = frozenset(texts.when.plain)
        self._same = same
        self._nouns = {praise.item: praise.noun for praise in judge.rubric.feedback.praise}

    def answer(self, asked: LookUp, known: Answered) -> Reviewed:
        """What is said to *asked*; its time is set when it is taken."""
        match asked.ask:
            case Ask.WHY:
                return self._why(asked, known)
            case Ask.WHEN:
                return self._when(asked, known)
            case Ask.CLAIM:
                return self._claim(asked, known)
            case Ask.REDO:
                return self._redo(asked, known)
            case Ask.COMPARE:
                return self._compare(asked, known)
            case _:
                assert_never(asked.ask)

    # -- why?

    def _why(self, asked: LookUp, known: Answered) -> Reviewed:
        texts = self._texts.why
        if any(word.bare in self._texts.why.score_words for word in asked.claim):
            return _said(asked, [self._score(known.built)], about=SCORE)
        finding = finding_of(known.built.assessment, asked.about)
        if finding is None:
            return _said(asked, [self._measured(asked.about, known.built)])
        if any(item.item == finding.id for item in known.corrections) and finding.heard is not None:
            return _said(asked, [_fit(texts.corrected, {"quote": _quoted(finding.heard)}, asked.request)])
        shown = self._shown(finding, known.built)
        is_judged = finding.verdict is not Verdict.NOT_ASSESSED
        is_doubt = is_judged and finding.confidence < self._judge.rubric.checklist.doubt_below
        lines = [finding.why]
        if finding.is_doubted:
            return _said(asked, lines)
        if shown is not None:
            slots = {"time": spoken_moment(shown.start_s), "quote": _quoted(_whole_of(shown, known.heard))}
            lines.append(_fit(texts.quote_doubt if is_doubt else texts.quote, slots, asked.request))
        elif is_doubt:
            lines.append(_fit(texts.doubt, {}, asked.request))
        return _said(asked, lines)

    def _measured(self, about: str | None, built: Analysis) -> str:
        texts = self._texts.why
        if about == PACING:
            paced = built.pacing
            slots = {
                "length": spoken_length(paced.answer_s),
                "low": spoken_limit(paced.target_min_s),
                "high": spoken_limit(paced.target_max_s),
            }
            return _fit(texts.length, slots)
        return _fit(texts.several if about is None else texts.measured, {})

    def _score(self, built: Analysis) -> str:
        texts, total = self._texts.why, built.score.total
        if total is None:
            return _fit(texts.score_none, {})
        lost = [part for part in built.score.parts if part.of > part.points and part.id in self._nouns]
        if not lost:
            return _fit(texts.score_full, {"total": str(total)})
        worst = max(lost, key=lambda part: part.of - part.points)
        slots = {"total": str(total), "noun": self._nouns[worst.id], "lost": str(worst.of - worst.points)}
        return _fit(texts.score, slots)

    def _shown(self, finding: Finding, built: Analysis) -> Evidence | None:
        """A few words that it rests on: those that were read out, where some were."""
        read = (
            item.evidence[0]
            for item in built.feedback.improvements
            if item.item == finding.id and item.evidence
        )
        return next(read, finding.heard or (finding.evidence[0] if finding.evidence else None))

    # -- when did I say that?

    def _when(self, asked: LookUp, known: Answered) -> Reviewed:
        texts = self._texts.when
        recall = known.recall
        if not asked.claim:
            finding = finding_of(known.built.assessment, asked.about)
            shown = None if finding is None else self._shown(finding, known.built)
            stretch = None if shown is None else self._stretch_of(shown, known.heard)
            if stretch is not None:
                return _played(
                    asked, [_fit(texts.found, {"time": spoken_moment(stretch.words[0].start_s)})], stretch
                )
            return _said(asked, [finding.why if finding is not None else _fit(texts.unclear, {})])
        places = recall.find(asked.claim)
        found = recall.best_of(places)
        if found is None:
            return _said(asked, [_fit(texts.nothing, {"claim": _claimed(asked.claim)})])
        stretch = recall.stretch(found, goes_on=True)
        variants = texts.found if recall.is_sure(found) else texts.unsure
        line = _fit(variants, {"time": spoken_moment(stretch.words[0].start_s)})
        played = _played(asked, [line], stretch)
        near = recall.other(places)
        if near is None:
            return played
        other = recall.stretch(near, goes_on=True)
        return replace(
            played,
            other_line=_fit(texts.more, {"time": spoken_moment(other.words[0].start_s)}),
            other_start_s=other.start_s,
            other_end_s=other.end_s,
            other_quote=other.quote,
        )

    def recall(self, heard: Heard) -> Recall:
        """With what claims are looked up in *heard*; worth keeping."""
        return Recall(heard, self._encoder, self._alike, self._plain, self._same, self._settings)

    def _stretch_of(self, shown: Evidence, heard: Heard) -> Stretch | None:
        """What is played of the sentence that *shown* is quoted from."""
        for line in heard.lines:
            common = frozenset(
                place for place, word in enumerate(line.words) if shown.start_s <= word.start_s < shown.end_s
            )
            if common:
                return cut_out(heard.words, line.words, common, self._settings)
        return None

    # -- I did say that

    def _claim(self, asked: LookUp, known: Answered) -> Reviewed:
        detected = known.built.assessment.detected
        recall = known.recall
        if not known.heard.lines:
            return _said(asked, [_fit(self._texts.claim.nothing, {})])
        found = recall.best(asked.claim) if asked.claim else None
        if found is not None and not recall.is_said(found):
            found = None
        if asked.claim and found is None:
            return self._nearest(asked, recall)
        item = self._meant(asked, known, found, detected)
        if item is None or detected is None:
            return self._heard_all_right(asked, recall, found)
        if not self._judge.can_speak_for(item.id, detected):
            is_fine = found is not None and item.verdict in GOOD
            return (
                self._heard_all_right(asked, recall, found)
                if is_fine
                else _said(asked, [item.why], about=item.id)
            )
        number = self._best_line(item.id, known.heard, detected) if found is None else found.number
        likely = float(self._judge.support(item.id, known.heard, detected)[number])
        stretch = recall.stretch(found) if found is not None else self._whole(known.heard, number)
        slots = {"time": spoken_moment(stretch.words[0].start_s)}
        if item.verdict in GOOD:
            return _played(asked, [_fit(self._texts.claim.known, slots)], stretch, about=item.id)
        least = self._settings.claim_probability if asked.claim else self._settings.bare_claim_probability
        if likely >= least:
            anew = self._judge.reconsidered(item.id, known.heard, detected, number)
            if anew.verdict in GOOD:
                line = _fit(self._texts.claim.corrected, slots)
                shown = evidence(stretch.words)
                done = _played(asked, [line], stretch, about=item.id)
                return replace(done, quote=shown.quote, before=item.verdict.value, after=anew.verdict.value)
        if found is None:
            return self._nearest(asked, recall, number, why=item.why)
        return _played(asked, [_fit(self._texts.claim.short, slots), item.why], stretch, about=item.id)

    def _meant(
        self, asked: LookUp, known: Answered, found: Found | None, detected: Detected | None
    ) -> Finding | None:
        """What the claim is about: of what was read last and all that is held against the candidate, what the words
        show best; what was read last where they show none of it.
        """
        assessment = known.built.assessment
        read = finding_of(assessment, asked.about)
        if found is None or detected is None:
            return read
        known_of = (*([] if read is None else [read]), *all_findings(assessment))
        open_: list[Finding] = [
            finding
            for finding in known_of
            if finding.verdict in HELD_AGAINST and self._judge.can_speak_for(finding.id, detected)
        ]
        likely = {
            finding.id: float(self._judge.support(finding.id, known.heard, detected)[found.number])
            for finding in open_
        }
        best = max(open_, key=lambda finding: likely[finding.id], default=None)
        if best is not None and likely[best.id] >= self._settings.claim_probability:
            return best
        return read

    def _best_line(self, id_: str, heard: Heard, detected: Detected) -> int:
        return int(self._judge.support(id_, heard, detected).argmax())

    def _whole(self, heard: Heard, number: int) -> Stretch:
        return cut_out(heard.words, heard.lines[number].words, frozenset(), self._settings)

    def _heard_all_right(self, asked: LookUp, recall: Recall, found: Found | None) -> Reviewed:
        """It was said, and nothing was held against it."""
        if found is None:
            return _said(asked, [_fit(self._texts.claim.nothing, {})])
        stretch = recall.stretch(found)
        slots = {"time": spoken_moment(stretch.words[0].start_s)}
        return _played(asked, [_fit(self._texts.claim.known, slots)], stretch)

    def _nearest(self, asked: LookUp, recall: Recall, number: int | None = None, why: str = "") -> Reviewed:
        near = recall.find(asked.claim)
        chosen = next((item for item in near if number is None or item.number == number), None)
        if chosen is None:
            return _said(asked, [_fit(self._texts.claim.nothing, {})])
        stretch = recall.stretch(chosen)
        slots = {"time": spoken_moment(stretch.words[0].start_s)}
        lines = [*([why] if why else []), _fit(self._texts.claim.nearest, slots)]
        return _played(asked, lines, stretch)

    # -- redo

    def _redo(self, asked: LookUp, known: Answered) -> Reviewed:
        built, texts = known.built, self._texts.redo
        if not built.feedback.improvements:
            return _said(asked, [_fit(texts.nothing, {})])
        weakest = built.feedback.improvements[0]
        read = [line.text for line in built.feedback.said if line.about == weakest.item]
        finding = finding_of(built.assessment, weakest.item)
        before = weakest.evidence[0].quote if weakest.evidence else ""
        verdict = Verdict.NOT_ASSESSED if finding is None else finding.verdict
        goal = read[-1] if read else _fit(texts.goal, {"noun": self._nouns.get(weakest.item, weakest.item)})
        return replace(_said(asked, [goal], about=weakest.item), quote_before=before, before=verdict.value)

    def _compare(self, asked: LookUp, known: Answered) -> Reviewed:
        texts, item = self._texts.redo, asked.about or ""
        turn = turn_of(Speaker.CANDIDATE, asked.claim)
        heard = self._judge.listen(Transcript(turns=(turn,)))
        before = self._read_before(item, known.built)
        finding = None
        if item in _ALL_IDS:
            finding = self._judge.alone(item, heard, self._settings.redo_probability)
        shown = finding.heard if finding is not None and finding.heard is not None else None
        if shown is None:
            words = heard.lines[0].words
            shown = short_quote(words, [Span(first=0, end=len(words))])
        earlier = finding_of(known.built.assessment, item)
        was_good = earlier is not None and earlier.verdict in GOOD
        if finding is None:
            now = texts.now_unjudged
        elif finding.verdict in GOOD:
            now = texts.still_met if was_good else texts.now_met
        else:
            now = texts.now_not_met
        first = _fit(texts.before, {"quote": before}) if before else _fit(texts.before_nothing, {})
        lines = [first, _fit(now, {"quote": _quoted(shown)}), _fit(texts.again, {})]
        verdict = Verdict.NOT_ASSESSED if finding is None else finding.verdict
        return replace(
            _said(asked, lines, about=item),
            quote=shown.quote,
            quote_before=before,
            after=verdict.value,
        )

    def _read_before(self, item: str, built: Analysis) -> str:
        quotes = (
            improvement.evidence[0].quote
            for improvement in built.feedback.improvements
            if improvement.item == item and improvement.evidence
        )
        return next(quotes, "").strip(" ,.;:")


_ALL_IDS = frozenset(
    (
        *rubric_ids.CHECKLIST,
        *rubric_ids.MISTAKES,
        *rubric_ids.DELIVERY,
        *rubric_ids.CLARIFICATION,
        *rubric_ids.DEEP_DIVES,
    )
)


def _said(asked: LookUp, lines: Sequence[str], about: str | None = None) -> Reviewed:
    return Reviewed(at_s=0.0, request=asked.request, lines=tuple(lines), about=about or asked.about)


def _played(asked: LookUp, lines: Sequence[str], stretch: Stretch, about: str | None = None) -> Reviewed:
    return replace(
        _said(asked, lines, about), start_s=stretch.start_s, end_s=stretch.end_s, quote=stretch.quote
    )


def _fit(variants: Sequence[str], slots: dict[str, str], turn: int = 0) -> str:
    """One of *variants* with its *slots* filled, by *turn*; the first that is short enough."""
    filled = [variants[(turn + number) % len(variants)].format(**slots) for number in range(len(variants))]
    return next(
        (line for line in filled if len(line.split()) <= MOST_WORDS),
        min(filled, key=lambda line: len(line.split())),
    )


def _whole_of(shown: Evidence, heard: Heard) -> Evidence:
    """*shown* to the end of its clause, if that can still be followed by ear."""
    for line in heard.lines:
        starts = [at for at, word in enumerate(line.words) if word.start_s == shown.start_s]
        ends = [at for at, word in enumerate(line.words, start=1) if word.end_s == shown.end_s]
        if starts and ends and starts[0] < ends[-1]:
            span = run_on(line.words, Span(first=starts[0], end=ends[-1]), _QUOTED_WORDS)
            return evidence(line.words[span.first : span.end])
    return shown


def _quoted(shown: Evidence) -> str:
    return " ".join(shown.quote.split()[:_QUOTED_WORDS]).strip(" ,.;:?!")


def _claimed(claim: Sequence[Word]) -> str:
    return " ".join(word.text for word in claim[:_FEW_WORDS]).strip(" ,.;:?!")
