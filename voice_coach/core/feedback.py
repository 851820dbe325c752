"""What is said after the answer: one strength, two things to work on, one redo.

Every line is a measured fact or a verdict with the candidate's own words or a time. Nothing is graded, and a verdict
below the rubric's confidence is said as doubt. Where less than two things are missing, nothing is invented: what was
there is carried further. The words are data (``prompts/rubric/feedback.toml``); which variant is used depends on the
answer alone, so the same answer gets the same feedback.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from voice_coach.core.adaptation import DEFENDS, Adaptation
from voice_coach.core.content import Lexicon
from voice_coach.core.faults import Faults, Fix, Kind
from voice_coach.core.feedback_line import FeedbackLine
from voice_coach.core.findings import Assessment, Verdict
from voice_coach.core.own_words import capital
from voice_coach.core.pacing import Length, Pacing
from voice_coach.core.phrasing import Phrasing
from voice_coach.core.quotes import Quotes, overlap
from voice_coach.core.rubric import Rubric
from voice_coach.core.sayings import Sayings, listed
from voice_coach.core.speakable_time import spoken_length, spoken_limit, spoken_moment
from voice_coach.core.speech_faults import easy_pace, speech_faults
from voice_coach.core.speech_metrics import SpeechMetrics
from voice_coach.core.strengths import Strength, Strengths
from voice_coach.core.transcript import Evidence
from voice_coach.core.verdicts import CLOSING_SHARE

MOST_WORDS = 180
"""Of all lines: with the line before them about 90 s at the pace of the voice."""
PACING, PACE = "pacing", "pace"
"""What lines are about that are about no rubric id."""
_MOST_ITEMS = 3
_EDGE = re.compile(r"^\W+|\W+$")
_START_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything that is known about an answer."""

    assessment: Assessment
    metrics: SpeechMetrics
    pacing: Pacing
    words: Sequence[str]
    """The candidate's words in order, as shown."""
    adaptation: Sequence[Adaptation] = ()
    """How each change of scope was taken up."""


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
    said: tuple[FeedbackLine, ...]
    """What is read out, line by line, each with what it is about."""

    @property
    def lines(self) -> tuple[str, ...]:
        """What is read out, line by line."""
        return tuple(line.text for line in self.said)

    @property
    def spoken(self) -> str:
        """All that is read out."""
        return " ".join(self.lines)


def compose(material: Material, rubric: Rubric, lexicon: Lexicon) -> Feedback:
    """The feedback on an answer, in at most 25 words a line and 90 seconds in all."""
    refused = material.assessment.refusal
    if refused is not None:
        said = tuple(FeedbackLine(text=line) for line in rubric.feedback.not_assessed[refused.reason])
        return Feedback(strengths=(), improvements=(), next_drill=None, said=said)
    return _Composer(material, rubric, lexicon).compose()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    """A line, and how soon it is left out where all of them take too long (0: never)."""

    text: str
    about: str | None = None
    dropped: int = 0


class _Composer:
    """Puts one answer's feedback into words."""

    def __init__(self, material: Material, rubric: Rubric, lexicon: Lexicon) -> None:
        self._material = material
        self._texts = rubric.feedback
        self._doubt_below = rubric.checklist.doubt_below
        assessment = material.assessment
        self._quotes = Quotes(assessment.own.lines)
        self._sayings = Sayings(assessment, self._texts, lexicon, self._quotes)
        self._faults = Faults(assessment, self._texts, self._sayings, self._quotes)
        self._strengths = Strengths(assessment, self._texts, self._quotes)
        self._phrasing = Phrasing(material.words)
        self._about = "" if material.metrics.is_measured else "about "
        """Stands before what is told of times that were laid out by rule."""
        self._asked = rubric.asked.keys()
        """What interviewers ask for, so that it is worth saying that it came unasked."""

    def compose(self) -> Feedback:
        speech = list(speech_faults(self._material.metrics, self._texts.limits))
        fixes = self._faults.chosen(speech, self._doubt_below)
        themes = {fix.advice.theme for fix in fixes}
        quotes = [fix.heard for fix in fixes if fix.heard is not None]
        best = self._strengths.best(themes, quotes, self._phrasing.turn)
        strength = self._strength(best)
        spoken = [*strength, *self._also(best, themes), *self._adapted(fixes, best), self._length()]
        improvements: list[Improvement] = []
        for number, fix in enumerate(fixes):
            improvement, lines = self._improvement(fix, number)
            improvements.append(improvement)
            spoken += lines
        spoken.append(self._redo(fixes[0]))
        return Feedback(
            strengths=(" ".join(line.text for line in strength),),
            improvements=tuple(improvements),
            next_drill=next((fix.advice.drill for fix in fixes if fix.advice.drill), None),
            said=_within(spoken, MOST_WORDS),
        )

    # -- one strength

    def _strength(self, best: Strength | None) -> list[_Spoken]:
        texts, line = self._texts, self._phrasing.line
        if best is None:
            return [self._kind_word()]
        moment = best.heard or best.finding.evidence[0]
        slots = {**self._heard(moment), "noun": best.praise.noun}
        opening = texts.strength if best.heard is not None else texts.strength_bare
        effect = self._phrasing.part(best.praise.lines, {})
        is_due = best.finding.prompted and self._faults.was_announced(best.finding.id)
        if best.finding.id not in self._asked or is_due:
            frames = texts.strength_plain
        else:
            frames = texts.strength_prompted if best.finding.prompted else texts.strength_unprompted
        about = best.finding.id
        return [
            _Spoken(text=line(opening, slots), about=about),
            _Spoken(text=line(frames, {"line": effect}), about=about),
        ]

    def _kind_word(self) -> _Spoken:
        """A measured fact, where nothing was met: nothing is praised that was not there."""
        pace = easy_pace(self._material.metrics, self._texts.limits)
        if pace is not None:
            return _Spoken(text=self._phrasing.line(self._texts.strength_pace, {"pace": pace}), about=PACE)
        length = {"length": self._took()}
        return _Spoken(text=self._phrasing.line(self._texts.strength_time, length), about=PACING)

    def _also(self, best: Strength | None, themes: set[str]) -> list[_Spoken]:
        nouns = self._strengths.others(best, themes)[:_MOST_ITEMS]
        if not nouns:
            return []
        return [_Spoken(text=self._phrasing.line(self._texts.also, {"items": listed(nouns)}), dropped=5)]

    def _adapted(self, fixes: Sequence[Fix], best: Strength | None) -> list[_Spoken]:
        """How the change of scope was taken up, in one line; none where that is what to work on anyway."""
        if not self._material.adaptation or any(fix.advice.item == DEFENDS for fix in fixes):
            return []
        change = self._material.adaptation[0]
        texts, slots = self._texts.adaptation, {"time": f"{self._about}{spoken_moment(change.at_s)}"}
        if change.taken_up is Verdict.NOT_ASSESSED:
            return []
        if change.taken_up is Verdict.NOT_MET:
            lines = texts.not_taken_up
        elif self._was_slow(change):
            lines, slots["seconds"] = texts.slow, spoken_length(change.first_content_s or 0.0)
        elif change.revisited:
            said = change.revisited[0].heard
            quoted = [fix.heard for fix in fixes if fix.heard is not None]
            quoted += [best.heard] if best is not None and best.heard is not None else []
            if not self._quotes.may_quote(said) or any(overlap(said, other) for other in quoted):
                return []
            lines, slots["quote"] = texts.revisited, self._heard(said)["quote"]
        else:
            lines = texts.taken_up
        return [_Spoken(text=self._phrasing.line(lines, slots), about=DEFENDS, dropped=1)]

    def _was_slow(self, change: Adaptation) -> bool:
        """Whether it took long to the first word about it; nobody knows where no times were measured."""
        after_s = change.first_content_s if self._material.metrics.is_measured else None
        return after_s is not None and after_s > self._texts.limits.adapting_s

    def _length(self) -> _Spoken:
        pacing = self._material.pacing
        length = spoken_length(pacing.answer_s)
        if not self._material.metrics.is_measured:
            text = self._phrasing.line(self._texts.length_estimated, {"length": length})
            return _Spoken(text=text, about=PACING, dropped=2)
        low_s, high_s = pacing.target_min_s, pacing.target_max_s
        is_edge = (pacing.verdict is Length.SHORT and length == spoken_length(low_s)) or (
            pacing.verdict is Length.LONG and length == spoken_length(high_s)
        )
        if (
            pacing.verdict is Length.WITHIN
            and not low_s <= _HALF_S * round(pacing.answer_s / _HALF_S) <= high_s
        ):
            length = spoken_limit(pacing.answer_s)
        slots = {"length": length, "low": spoken_limit(low_s), "high": spoken_limit(high_s)}
        texts = self._texts.length_edge if is_edge else self._texts.length
        return _Spoken(text=self._phrasing.line(texts[pacing.verdict], slots), about=PACING, dropped=2)

    # -- what to work on

    def _improvement(self, fix: Fix, number: int) -> tuple[Improvement, list[_Spoken]]:
        slots = self._slots(fix)
        point = self._point(fix, slots)
        lines = self._opened(fix, number, point)
        why = self._why(fix)
        saying, frames = self._saying(fix)
        about = fix.advice.item
        improvement = Improvement(
            text=self._written(fix, point),
            item=about,
            evidence=() if fix.heard is None else (fix.heard,),
            try_saying=capital(saying),
        )
        if why:
            lines.append(_Spoken(text=self._phrasing.line(why, {}), about=about, dropped=4 if number else 3))
        say = self._phrasing.line(frames, {"try_saying": capital(saying)})
        return improvement, [*lines, _Spoken(text=say, about=about)]

    def _slots(self, fix: Fix) -> dict[str, str]:
        """What lines about *fix* may hold."""
        slots = self._sayings.slots(fix.heard_part, fix.finding)
        slots["length"] = self._took()
        slots["closing"] = f"{self._about}{spoken_moment(self._closing_s())}"
        if fix.heard is not None:
            slots |= self._heard(fix.heard)
        elif fix.at_s is not None:
            slots["time"] = self._moment(fix.at_s)
        elif fix.finding is not None and fix.finding.evidence:
            slots["time"] = self._moment(_shown_s(fix, fix.finding.evidence[0]))
        elif fix.heard_part is not None:
            slots["time"] = self._moment(fix.heard_part.said_s)
        return slots | fix.slots

    def _took(self) -> str:
        """How long the answer was, as well as that is known."""
        return f"{self._about}{spoken_length(self._material.pacing.answer_s)}"

    def _moment(self, at_s: float) -> str:
        return f"{self._about}{spoken_moment(at_s)}" if at_s >= _START_S else self._texts.at_start

    def _heard(self, heard: Evidence) -> dict[str, str]:
        return {"time": self._moment(heard.start_s), "quote": _EDGE.sub("", heard.quote)}

    def _closing_s(self) -> float:
        words = [word for line in self._material.assessment.own.lines for word in line.words]
        return words[int((1.0 - CLOSING_SHARE) * len(words))].start_s

    def _point(self, fix: Fix, slots: dict[str, str]) -> str:
        """What is said about it, to follow an opener."""
        part = self._phrasing.part
        match fix.kind:
            case Kind.STRONGER:
                return part(fix.advice.stronger, slots)
            case Kind.PROMPTED | Kind.LATE:
                variants = self._texts.prompted if fix.kind is Kind.PROMPTED else self._texts.late
                noun = self._strengths.noun(fix.advice.item)
                return part(variants, {**slots, "noun": noun}, _POINT_WORDS)
            case _ if fix.finding is not None and fix.finding.is_doubted:
                lines = fix.advice.doubted_alone if fix.heard is None else fix.advice.doubted
                return part(lines or fix.advice.alone, slots, _POINT_WORDS)
            case _ if fix.is_near and fix.advice.near:
                return part(fix.advice.near, slots, _POINT_WORDS)
            case _ if fix.heard is not None and fix.advice.missing:
                return part(fix.advice.missing, slots, _POINT_WORDS)
            case _:
                return part(fix.advice.alone, slots, _POINT_WORDS)

    def _opened(self, fix: Fix, number: int, point: str) -> list[_Spoken]:
        """The lines that say what it is."""
        texts, line, about = self._texts, self._phrasing.line, fix.advice.item
        heard = self._heard(fix.heard) if fix.heard is not None else None
        if fix.kind is Kind.STRONGER:
            frames = texts.second_stronger if number else texts.first_stronger
            return [_Spoken(text=line(frames, {"stronger": point}), about=about)]
        if heard is not None and fix.kind is not Kind.PROMPTED and fix.kind is not Kind.LATE:
            opener = line(texts.second_heard if number else texts.first_heard, heard)
            said = line(texts.doubt_heard if fix.is_doubt else ("{missing}",), {"missing": point})
            return [_Spoken(text=opener, about=about), _Spoken(text=said, about=about)]
        if fix.is_doubt:
            frames = texts.second_doubt if number else texts.first_doubt
        else:
            frames = texts.second_fix if number else texts.first_fix
        return [_Spoken(text=line(frames, {"missing": point}), about=about)]

    def _written(self, fix: Fix, point: str) -> str:
        """The same, to be read."""
        if fix.is_doubt:
            point = self._phrasing.part(self._texts.doubt_heard, {"missing": point})
        if fix.heard is None:
            return capital(point)
        heard = self._phrasing.part(self._texts.heard, self._heard(fix.heard))
        return f"{heard} {capital(point)}"

    def _why(self, fix: Fix) -> Sequence[str]:
        match fix.kind:
            case Kind.STRONGER:
                return ()
            case Kind.PROMPTED:
                return self._texts.why_unasked
            case Kind.LATE:
                return self._texts.why_early
            case _ if fix.finding is not None and fix.finding.is_doubted:
                return ()
            case _:
                return fix.advice.why

    def _saying(self, fix: Fix) -> tuple[str, Sequence[str]]:
        """What to say, and the lines that introduce it."""
        said = fix.finding.whole or fix.finding.own if fix.finding else None
        if fix.kind in (Kind.PROMPTED, Kind.LATE) and said:
            return f"{said}.", self._texts.say_unasked
        if fix.finding is not None and fix.kind is Kind.STRONGER:
            return self._sayings.next_saying(fix.advice, fix.finding, self._phrasing), self._texts.say
        saying = self._sayings.try_saying(fix.advice, fix.part, fix.finding, self._phrasing)
        return saying, self._texts.say_unasked if fix.kind is Kind.PROMPTED else self._texts.say

    def _redo(self, fix: Fix) -> _Spoken:
        goals = self._texts.redo_met if fix.kind is Kind.STRONGER else fix.advice.redo
        goal = self._phrasing.part(goals, self._sayings.slots(fix.part, fix.finding), _GOAL_WORDS)
        return _Spoken(text=self._phrasing.line(self._texts.redo, {"goal": goal}), about=fix.advice.item)


_HALF_S = 30.0
_POINT_WORDS, _GOAL_WORDS = 18, 21


def _shown_s(fix: Fix, shown: Evidence) -> float:
    """When what *fix* rests on was said: the part in it, or its beginning."""
    part = fix.heard_part
    return part.said_s if part is not None and shown.start_s <= part.said_s <= shown.end_s else shown.start_s


def _within(spoken: Sequence[_Spoken], most: int) -> tuple[FeedbackLine, ...]:
    """*spoken* in at most so many words: what can best be spared is left out."""
    kept = list(spoken)
    for dropped in sorted({line.dropped for line in spoken} - {0}, reverse=True):
        if sum(len(line.text.split()) for line in kept) > most:
            kept = [line for line in kept if line.dropped != dropped]
    return tuple(FeedbackLine(text=line.text, about=line.about) for line in kept)
