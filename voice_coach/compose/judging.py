"""From a transcript to the analysis, and the analysis to disk."""

from __future__ import annotations

import json
from copy import copy
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from voice_coach.adapters.known_vectors import KnownVectors
from voice_coach.adapters.minilm import MiniLm
from voice_coach.adapters.session_folder import SessionFolder, write_whole
from voice_coach.adapters.term_matcher import TermMatcher
from voice_coach.adapters.word_sounds import alike
from voice_coach.compose.drill_document import NOT_ASSESSED, Drilled, drill_document
from voice_coach.compose.earlier import COMPARED_SESSIONS, earlier_rehearsals
from voice_coach.compose.engines import model_store
from voice_coach.compose.language_model import usage
from voice_coach.core import analysis
from voice_coach.core.amended import GROUPS, amended, review_json
from voice_coach.core.analysis import Answer, Engines, Source, SourceKind
from voice_coach.core.audio import RATE_HZ
from voice_coach.core.detectors import Detectors
from voice_coach.core.drill import PREFIX
from voice_coach.core.events import Reviewed
from voice_coach.core.findings import Finding, Verdict
from voice_coach.core.judge import Judge, Trained
from voice_coach.core.reviewer import Answered, Reviewer
from voice_coach.core.rule_judge import RuleJudge
from voice_coach.core.same_words import same_index
from voice_coach.core.second_opinion import SecondOpinion
from voice_coach.core.speech_metrics import SpeechEar
from voice_coach.core.transcript import Speaker, turn_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voice_coach.compose.content import Content
    from voice_coach.compose.language_model import ModelWriter
    from voice_coach.config import Config
    from voice_coach.core.clock import PaceSettings
    from voice_coach.core.commands import LookUp
    from voice_coach.core.events import EngineFellBack
    from voice_coach.core.features import Encoder
    from voice_coach.core.feedback_line import FeedbackLine
    from voice_coach.core.findings import Assessment
    from voice_coach.core.heard import Heard
    from voice_coach.core.recall import Recall
    from voice_coach.core.review_state import Correction, ReviewState
    from voice_coach.core.session_state import SessionState
    from voice_coach.core.transcript import Transcript


SENTENCE_MODEL = "minilm-l6"
_AS_LIKELY_AS_NOT = 0.5


def sentence_encoder(config: Config) -> MiniLm:
    """The sentence model, its files checked; it is read when first asked. EngineError where it is missing."""
    return MiniLm(model_store(config).path(SENTENCE_MODEL))


def known_wordings(content: Content, encoder: Encoder) -> KnownVectors:
    """*encoder*, with the vectors of the wordings that come with the program. Raises EngineError."""
    return KnownVectors(content.wordings_file, encoder)


def trained(content: Content, encoder: Encoder) -> Trained:
    """What was learnt from labelled answers, ready to judge. Raises PromptError."""
    weights, verdicts = content.learnt.weights, content.learnt.verdicts
    return Trained(
        detectors=Detectors(weights, encoder, content.rubric, content.lexicon),
        models=verdicts.model,
        transitions=verdicts.transitions,
        context=weights.context,
    )


class Judging:
    """The judge with the configured plan."""

    def __init__(self, config: Config, content: Content) -> None:
        """Reads all files that it judges by, so that a broken one is told before a session. Raises PromptError.

        EngineError where the sentence model is missing; that is read when the first answer is judged.
        """
        _ = content.learnt, content.speech
        self.pace = config.pace
        """What answers are measured against."""
        self._lexicon = content.lexicon
        self._content = content
        self._review = config.review
        encoder = sentence_encoder(config)
        self.encoder = known_wordings(content, encoder)
        """What compares the candidate's questions."""
        self.rules = RuleJudge(content.rubric, content.lexicon)
        # Built when the first answer is judged: a session speaks before that.
        self._judge = cache(lambda: Judge(self.rules, trained(content, encoder)))
        self._ear = cache(lambda: SpeechEar(content.speech, content.lexicon))
        self.last: dict[str, Any] = {}
        """The analysis that was written last; empty before."""
        self._built: analysis.Analysis | None = None
        """The same, as it was judged …"""
        self._recall: Recall | None = None
        """… and with what it is looked through, once something was asked about it."""
        self._reviewer = cache(
            lambda: Reviewer(
                self.judge,
                content.review,
                config.review,
                encoder,
                alike,
                same_index(content.same_words, content.lexicon),
            )
        )

    @property
    def judge(self) -> Judge:
        """What the verdicts are drawn with."""
        return self._judge()

    def with_pace(self, pace: PaceSettings) -> Judging:
        """The same judge with another plan; what was built is shared."""
        other = copy(self)
        other.pace, other.last = pace, {}
        return other

    def document(self, answer: Answer, fell_back: Sequence[EngineFellBack] = ()) -> dict[str, Any]:
        """The analysis as the contract spells it, with the engines that failed."""
        return _document(self._judged(answer), fell_back)

    def write(
        self,
        folder: SessionFolder,
        state: SessionState,
        *,
        question: str,
        stt: str,
        fell_back: Sequence[EngineFellBack],
        model: ModelWriter | None = None,
    ) -> tuple[FeedbackLine, ...]:
        """Judges the session and writes its session.json; gives what is to be read out. Raises StorageError.

        *model*: the language model that was asked, with its second opinion.
        """
        answer = Answer(
            transcript=state.transcript,
            source=Source(kind=SourceKind.SESSION, duration_s=state.at_s, sample_rate_hz=RATE_HZ),
            engines=Engines(stt=stt, llm=None if model is None else model.name),
            question=question,
            excluded=state.clock.all_holds(state.at_s),
            earlier=_earlier_speech(folder),
        )
        built = self._judged(answer, None if model is None else self._second(model))
        told = {} if model is None else {"language_model": usage(model, state.model)}
        self._built, self._recall = built, None
        document = {**_document(self._amended(built, state.review), fell_back), **told}
        self._keep(folder, {**document, **review_json(state.review)})
        return built.feedback.said

    def amend(self, folder: SessionFolder, state: SessionState) -> None:
        """Writes the analysis anew with what was corrected and said again since. Raises StorageError."""
        if self._built is None:
            return
        document = analysis.to_json(self._amended(self._built, state.review))
        kept = {key: value for key, value in document.items() if key in (*GROUPS, "score")}
        self._keep(folder, {**self.last, **kept, **review_json(state.review)})

    def reviewed(self, asked: LookUp, state: SessionState) -> Reviewed:
        """What is said to a question about the analysis that was written last."""
        built = self._built
        if built is None:
            return Reviewed(at_s=0.0, request=asked.request, has_failed=True)
        known = Answered(
            built=self._amended(built, state.review),
            recall=self._recall_of(built.answer),
            corrections=state.review.corrections,
        )
        return self._reviewer().answer(asked, known)

    def prepare_review(self) -> None:
        """What the first question about the analysis would have to wait for."""
        if self._built is not None:
            self._recall_of(self._built.answer).prepare()

    def _recall_of(self, answer: Answer) -> Recall:
        if self._recall is None:
            heard = self.judge.listen(answer.transcript, answer.excluded, answer.asked)
            self._recall = self._reviewer().recall(heard)
        return self._recall

    def _amended(self, built: analysis.Analysis, review: ReviewState) -> analysis.Analysis:
        if not review.corrections:
            return built
        recall = self._recall_of(built.answer)
        return amended(
            built,
            review.corrections,
            self._content.rubric,
            lambda item: self._anew(built.assessment, item, recall.heard),
        )

    def _anew(self, assessment: Assessment, correction: Correction, heard: Heard) -> tuple[Finding, ...]:
        """What the words of *correction* show, of its item and of what would contradict it."""
        verdict = Verdict(correction.after)
        why = self.judge.why(correction.item, is_true=verdict in (Verdict.MET, Verdict.MADE))
        given = Finding(id=correction.item, verdict=verdict, why=why, confidence=_AS_LIKELY_AS_NOT)
        middle_s = (correction.start_s + correction.end_s) / 2
        at = (number for number, line in enumerate(heard.lines) if line.end_s > middle_s)
        number = next(at, None)
        if assessment.detected is None or number is None:
            return (given,)
        least = self._review.claim_probability
        own, *beside = self.judge.reconsidered_with(
            correction.item, heard, assessment.detected, number, least
        )
        # Another judge drew it, where the verdict is not the same: its own confidence is not known.
        return (own if own.verdict is verdict else given, *beside)

    def write_drill(
        self,
        folder: SessionFolder,
        state: SessionState,
        drilled: Drilled,
        *,
        stt: str,
        fell_back: Sequence[EngineFellBack],
    ) -> tuple[FeedbackLine, ...]:
        """Writes the session.json of an attempt at a drill; gives what is to be read out. Raises StorageError."""
        changes = [part.scope_change for part in drilled.drill.round if part.scope_change is not None]
        answer = Answer(
            transcript=state.transcript,
            source=Source(kind=SourceKind.SESSION, duration_s=state.at_s, sample_rate_hz=RATE_HZ),
            engines=Engines(stt=stt),
            question=PREFIX + drilled.drill.kind,
            changes=tuple(changes),
            excluded=state.clock.all_holds(state.at_s),
            earlier=_earlier_speech(folder),
        )
        starts_s = [start.at_s for start in state.interview.rounds]
        result = drilled.judge(self.judge).judge(state.transcript, starts_s, seed=drilled.attempt - 1)
        heard = self.judge.listen(state.transcript, answer.excluded)
        unjudged = self.judge.not_assessed(heard, NOT_ASSESSED)
        built = analysis.build(answer, self.judge, self.pace, self._ear(), assessment=unjudged)
        document = drill_document(
            _document(built, fell_back), drilled, result, answer_s=built.pacing.answer_s
        )
        self._keep(folder, document)
        return result.said

    def complete(self, folder: SessionFolder, duration_s: float) -> None:
        """Lets the analysis that was written before the feedback was read out tell how long the session was.

        Raises StorageError.
        """
        source = {**self.last["source"], "duration_s": round(duration_s, 2)}
        if source != self.last["source"]:
            self._keep(folder, {**self.last, "source": source})

    def _keep(self, folder: SessionFolder, document: dict[str, Any]) -> None:
        text = json.dumps(document, ensure_ascii=False, indent=1)
        write_whole(folder.analysis_path, text + "\n")
        self.last = document

    def corrected(self, transcript: Transcript) -> Transcript:
        """*transcript* with the candidate's backend terms put right, as the recogniser's are."""
        matcher = TermMatcher(self._lexicon)
        turns = tuple(
            turn_of(turn.speaker, matcher.correct(turn.words)) if turn.speaker is Speaker.CANDIDATE else turn
            for turn in transcript.turns
        )
        return replace(transcript, turns=turns)

    def _second(self, model: ModelWriter) -> SecondOpinion | None:
        if model.opinion is None:
            return None
        return SecondOpinion(
            model.opinion,
            model.guard,
            model.settings,
            lambda id_, verdict: self.judge.why(id_, is_true=verdict in (Verdict.MET, Verdict.MADE)),
        )

    def _judged(self, answer: Answer, opinion: SecondOpinion | None = None) -> analysis.Analysis:
        pack = None if answer.question is None else self._content.questions.get(answer.question)
        if pack is not None:
            answer = replace(answer, changes=pack.scope_change)
        return analysis.build(answer, self.judge, self.pace, self._ear(), opinion)


def _earlier_speech(folder: SessionFolder) -> tuple[Mapping[str, object], ...]:
    """The measures of speech of the latest rehearsals before this one, oldest first; of imported ones none."""
    spoken = (
        dict(earlier["speech"])
        for earlier in earlier_rehearsals(folder)
        if earlier["source"].get("kind") == SourceKind.SESSION
    )
    return tuple(reversed(list(islice(spoken, COMPARED_SESSIONS))))


def _document(built: analysis.Analysis, fell_back: Sequence[EngineFellBack]) -> dict[str, Any]:
    document: dict[str, Any] = analysis.to_json(built)
    document["engines"]["fell_back"] = [
        {"role": item.role, "name": item.name, "to": item.to, "reason": item.reason} for item in fell_back
    ]
    return document
