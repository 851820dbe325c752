"""The analysis of one answer: everything that is measured, judged and said about it, and its JSON form.

The JSON is the program's outside: keys, their order and rounding are fixed, and the same answer gives the
same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from voice_coach.core import feedback, pacing, score, speech_metrics
from voice_coach.core.adaptation import Adaptation, AdaptationEar
from voice_coach.core.candidate_time import Interval
from voice_coach.core.clock import PaceSettings
from voice_coach.core.content import ScopeChange
from voice_coach.core.feedback import Feedback, Material
from voice_coach.core.findings import Assessment, Finding
from voice_coach.core.judge import Judge
from voice_coach.core.pacing import Pacing
from voice_coach.core.rounding import seconds
from voice_coach.core.score import Total
from voice_coach.core.second_opinion import Counted, SecondOpinion
from voice_coach.core.speech_json import speech_json
from voice_coach.core.speech_metrics import SpeechEar, SpeechMetrics
from voice_coach.core.speech_norms import Norm
from voice_coach.core.transcript import Evidence, Speaker, Transcript, Turn, Word

SCHEMA = 1
JUDGE_NAME = "offline 2"
Json = dict[str, object]


class SourceKind(StrEnum):
    """Where the transcript came from."""

    AUDIO = "audio"
    TRANSCRIPT = "transcript"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The recording or file. *duration_s* None: until the last word; *sample_rate_hz* None: there is no
    sound.
    """

    kind: SourceKind
    duration_s: float | None = None
    sample_rate_hz: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """What heard and judged the answer."""

    stt: str | None = None
    judge: str = JUDGE_NAME
    llm: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is to be analysed."""

    transcript: Transcript
    source: Source
    engines: Engines
    question: str | None = None
    """A pack's id, or the question's words."""
    asked: str = ""
    """The question's words, where more is known of them than the interviewer says first."""
    changes: tuple[ScopeChange, ...] = ()
    """The changes of scope that the question's pack knows."""
    excluded: tuple[Interval, ...] = ()
    """Stretches in which the session was paused on command."""
    earlier: tuple[Mapping[str, object], ...] = ()
    """The ``speech`` of this speaker's earlier sessions, for their medians."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Everything that is known about an answer."""

    answer: Answer
    speech: SpeechMetrics
    norms: tuple[Norm, ...]
    """What the speech is shown beside."""
    pacing: Pacing
    assessment: Assessment
    adaptation: tuple[Adaptation, ...]
    """How each change of scope was taken up."""
    score: Total
    feedback: Feedback
    counted: Counted | None = None
    """What of a second opinion counts; None where there was none."""


def build(
    answer: Answer,
    judge: Judge,
    settings: PaceSettings,
    ear: SpeechEar | None = None,
    opinion: SecondOpinion | None = None,
    assessment: Assessment | None = None,
) -> Analysis:
    """Measures (as *ear* hears fillers and repairs), judges, hears the second *opinion* and words the feedback.

    *assessment*: the verdicts, where they are drawn already.
    """
    ear = ear or SpeechEar()
    transcript, excluded = answer.transcript, answer.excluded
    heard = judge.listen(transcript, excluded, answer.asked)
    assessment = judge.assess_heard(heard) if assessment is None else assessment
    counted = None
    if opinion is not None:
        assessment, counted = opinion.combined(assessment, heard)
    metrics = speech_metrics.measure(transcript, ear, check_ins=assessment.check_ins_s, excluded=excluded)
    paced = pacing.review(transcript, assessment.stretches, settings, excluded)
    adaptation = AdaptationEar(judge.rubric, judge.lexicon, judge.replies).measure(
        transcript, assessment, answer.changes
    )
    material = Material(
        assessment=assessment,
        metrics=metrics,
        pacing=paced,
        words=[word.text for word in heard.words],
        adaptation=adaptation,
    )
    return Analysis(
        answer=answer,
        speech=metrics,
        norms=ear.norms,
        pacing=paced,
        assessment=assessment,
        adaptation=adaptation,
        score=score.total(assessment, paced.verdict if metrics.is_measured else None, judge.rubric.score),
        feedback=feedback.compose(material, judge.rubric, judge.lexicon),
        counted=counted,
    )


def to_json(analysis: Analysis) -> Json:
    """The analysis as it is printed and kept; times in seconds, rounded to 10 ms."""
    answer, assessment = analysis.answer, analysis.assessment
    return {
        "schema": SCHEMA,
        "question": answer.question,
        "source": _source(answer),
        "engines": {"stt": answer.engines.stt, "judge": answer.engines.judge, "llm": answer.engines.llm},
        "transcript": {"turns": [_turn(turn) for turn in answer.transcript.turns]},
        "speech": speech_json(analysis.speech, analysis.norms, answer.earlier),
        "pacing": _pacing(analysis.pacing),
        "checklist": [_finding(finding, has_prompted=True) for finding in assessment.checklist],
        "mistakes": [_finding(finding) for finding in assessment.mistakes],
        "delivery": [_finding(finding) for finding in assessment.delivery],
        "clarification": [_finding(finding) for finding in assessment.clarification],
        "deep_dives": [_finding(finding, has_prompted=True) for finding in assessment.deep_dives],
        "adaptation": [_adaptation(item, answer.transcript) for item in analysis.adaptation],
        "score": {
            "total": analysis.score.total,
            "parts": [{"id": part.id, "points": part.points, "of": part.of} for part in analysis.score.parts],
        },
        "feedback": _feedback(analysis.feedback),
        **({} if analysis.counted is None else {"second_opinion": _counted(analysis.counted)}),
    }


def _source(answer: Answer) -> Json:
    last_s = max((turn.end_s for turn in answer.transcript.turns), default=0.0)
    duration_s = last_s if answer.source.duration_s is None else answer.source.duration_s
    source: Json = {
        "kind": answer.source.kind.value,
        "duration_s": seconds(duration_s),
        "sample_rate": answer.source.sample_rate_hz,
    }
    return {**source, "times": "estimated"} if answer.transcript.times_estimated else source


def _turn(turn: Turn) -> Json:
    item: Json = {
        "speaker": turn.speaker.value,
        "start": seconds(turn.start_s),
        "end": seconds(turn.end_s),
        "text": turn.text,
    }
    if turn.speaker is Speaker.CANDIDATE and any(word.heard is not None for word in turn.words):
        heard = (word.text if word.heard is None else word.heard for word in turn.words)
        item["heard"] = " ".join(text for text in heard if text)
    return {**item, "words": [_word(word) for word in turn.words]}


def _word(word: Word) -> Json:
    item: Json = {
        "text": word.text,
        "start": seconds(word.start_s),
        "end": seconds(word.end_s),
        "p": None if word.p is None else round(word.p, 2),
        "filler": word.filler,
    }
    return item if word.heard is None else {**item, "heard": word.heard}


def _pacing(paced: Pacing) -> Json:
    return {
        "target_min_s": seconds(paced.target_min_s),
        "target_max_s": seconds(paced.target_max_s),
        "answer_s": seconds(paced.answer_s),
        "verdict": paced.verdict.value,
        "phases": [
            {
                "id": phase.id,
                "seconds": seconds(phase.seconds),
                "share": round(phase.share, 3),
                "budget_share": phase.budget_share,
                "verdict": phase.verdict.value,
            }
            for phase in paced.phases
        ],
        "stages": [
            {"id": stretch.stage, "start": seconds(stretch.start_s), "end": seconds(stretch.end_s)}
            for stretch in paced.stretches
        ],
    }


def _finding(finding: Finding, *, has_prompted: bool = False) -> Json:
    item: Json = {"id": finding.id, "verdict": finding.verdict.value, "confidence": finding.confidence}
    if has_prompted:
        item["prompted"] = finding.prompted
    return {**item, "evidence": _evidence(finding.evidence), "why": finding.why}


def _adaptation(item: Adaptation, transcript: Transcript) -> Json:
    first_s = None if transcript.times_estimated else item.first_content_s
    return {
        "change": item.change,
        "text": item.said,
        "at": seconds(item.at_s),
        "first_content_s": None if first_s is None else seconds(first_s),
        "first_content": _evidence(() if item.first_content is None else (item.first_content,)),
        "taken_up": {"verdict": item.taken_up.value, "evidence": _evidence(item.named)},
        "touched": [
            {"area": touched.area, "evidence": _evidence((touched.heard,))} for touched in item.touched
        ],
        "revisited": [
            {
                "part": revisited.part,
                "before": _evidence((revisited.before,)),
                "after": _evidence((revisited.after,)),
            }
            for revisited in item.revisited
        ],
        "defended": {
            "verdict": item.defended.verdict.value,
            "confidence": item.defended.confidence,
            "evidence": _evidence(item.defended.evidence),
        },
    }


def _feedback(given: Feedback) -> Json:
    return {
        "strengths": list(given.strengths),
        "improvements": [
            {
                "text": improvement.text,
                "item": improvement.item,
                "evidence": _evidence(improvement.evidence),
                "try_saying": improvement.try_saying,
            }
            for improvement in given.improvements
        ],
        "next_drill": given.next_drill,
        "spoken": given.spoken,
        "lines": list(given.lines),
    }


def _counted(counted: Counted) -> Json:
    return {
        "changes": [
            {
                "id": change.id,
                "before": change.before.value,
                "after": change.after.value,
                "evidence": _evidence((change.evidence,)),
            }
            for change in counted.changes
        ],
        "sentences": [
            {"text": sentence.text, "item": sentence.id, "evidence": _evidence((sentence.evidence,))}
            for sentence in counted.sentences
        ],
        "agreed": counted.agreed,
        "dropped": dict(sorted(counted.dropped.items())),
    }


def _evidence(quotes: Sequence[Evidence]) -> list[Mapping[str, object]]:
    return [
        {"start": seconds(item.start_s), "end": seconds(item.end_s), "quote": item.quote} for item in quotes
    ]
