"""What the interviewer says next: answers from the facts, follow-ups about the gaps, and the clock.

Nothing here knows about sound. :class:`Interviewer` is a function of the moment: who said what so far, what is
covered, what was already asked. Choices among equals rotate with the seed, so a session can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from voice_coach.core.asking import Asked, AskedKind, answer_facts, find_questions
from voice_coach.core.cues import Span, compile_cue, plain_text
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.lexicon import TermFinder
from voice_coach.core.speakable_time import spoken_length
from voice_coach.core.transcript import Speaker, Transcript, turn_of
from voice_coach.core.turn_taking import Asks, Heard, Mode, Tail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voice_coach.core.clock import PaceSettings
    from voice_coach.core.content import FollowUp, FollowUpBank, Lexicon, Lines, Question, Term, TurnCues
    from voice_coach.core.transcript import Word

_STRICT = {"extra": "forbid"}

PART_ITEMS: Mapping[str, frozenset[str]] = {
    "clarify": frozenset({"explicit_requirements"}),
    "outline": frozenset({"high_level_first"}),
    "deepen": frozenset({"storage_decision", "scaling_strategy"}),
    "evaluate": frozenset({"failure_mitigation"}),
}
"""The checklist items that make a phase's part of the answer covered (rubric.md, stages and checklist)."""

COVERED_WITH: Mapping[str, str] = {
    "no_failure_modes": "failure_mitigation",
    "reliability": "failure_mitigation",
    "scaling": "scaling_strategy",
    "ignores_non_functional": "explicit_requirements",
    "no_tradeoffs": "tradeoff_summary",
}
"""What is not judged by itself yet, and the checklist item with which it counts as covered."""

SAID_AT_ONCE = (
    "unknown_fact",
    "thinking_granted",
    "soft_prompt",
    "go_on",
    "nothing_heard",
    "wrap_up",
    "thanks",
    "feedback_intro",
)
"""Kinds of lines that are rendered before they are needed, the most pressing first."""

REJECTIONS = frozenset(
    {"not", "no", "never", "without", "than", "instead", "over", "unlike", "avoid", "skip"}
)
"""Words that turn a term down when they stand right before it …"""
REJECTION_REACH = 3
"""… or up to so many words before."""
SAID_AS_OVER_S = 30.0
"""Less time than this is none worth naming."""

NEVER_ASKED = frozenset({"opening_roadmap", "tradeoff_summary"})
"""Items that a follow-up cannot mend: the opening is past, and the summary is what the wrap-up asks for."""


class Pressure(StrEnum):
    """How hard the interviewer pushes."""

    GENTLE = "gentle"
    """No time cue unless asked."""
    NORMAL = "normal"
    TOUGH = "tough"
    """Follow-ups from the start in place of invitations to go on."""


class Stage(StrEnum):
    """Where the rehearsal is."""

    OPENING = "opening"
    ANSWERING = "answering"
    WRAPPING_UP = "wrapping_up"
    CLOSING = "closing"
    ASSESSING = "assessing"
    FEEDBACK = "feedback"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewSettings:
    """How the interviewer behaves."""

    __pydantic_config__ = _STRICT

    unanswered_prompts: int = 2
    """After this many prompts that drew no word the interviewer moves on to the wrap-up, then ends."""
    asked_about_once: int = 2
    """A gap is asked about at most so often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something for the coach to say."""

    text: str
    intent: Intent
    about: str | None = None
    """The rubric, fact, follow-up or command id that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewState:
    """What the interviewer remembers having said."""

    said: Mapping[str, int] = field(default_factory=dict)
    """How often each kind of line was spoken, to rotate its variants."""
    asked: tuple[str, ...] = ()
    """Follow-up ids, in order."""
    gaps: tuple[str, ...] = ()
    """What those follow-ups were about, in order."""
    unanswered: int = 0
    """Prompts in a row that drew no word."""
    was_prompted: bool = False
    """The last thing said was an invitation to go on."""
    time_cues: int = 0
    is_done: bool = False
    """The candidate said that the answer is over."""
    last: tuple[Line, ...] = ()
    """What was said last, time cues left out: what "say that again" repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The end of a candidate's turn."""

    stage: Stage
    elapsed_s: float
    """The candidate's time so far."""
    transcript: Transcript
    words: tuple[Word, ...]
    """What the candidate said since the coach last spoke."""
    heard: Heard
    covered: frozenset[str]
    state: InterviewState


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the coach does at the end of a turn."""

    state: InterviewState
    lines: tuple[Line, ...] = ()
    stage: Stage | None = None
    """The stage from here on; None: as before."""
    mode: Mode | None = Mode.MONOLOGUE
    """What kind of talk is expected next; None: the same as before."""
    pauses: bool | None = None
    """True: the clock and the recording stop; False: they go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The content that an interviewer works from."""

    question: Question
    bank: FollowUpBank
    lines: Lines
    cues: TurnCues
    lexicon: Lexicon


class Interviewer:
    """Decides what is said. Holds compiled content and no state of the session."""

    def __init__(
        self,
        script: Script,
        pace: PaceSettings,
        settings: InterviewSettings,
        *,
        pressure: Pressure,
        seed: int,
    ) -> None:
        self._script = script
        self._pace = pace
        self._settings = settings
        self._pressure = pressure
        self._seed = seed
        self._terms = TermFinder(script.lexicon)
        self._follow_ups = (*script.question.follow_ups, *script.bank.follow_up)
        self._covered_cues = {
            item.id: tuple(compile_cue(cue) for cue in item.covered) for item in self._follow_ups
        }

    def opening(self, state: InterviewState) -> Reply:
        """The question and its one-line rules."""
        minutes = spoken_length(self._pace.target_s)
        rules, state = self._line("rules", Intent.QUESTION, "rules", state, minutes=minutes)
        question = Line(
            text=self._script.question.asked, intent=Intent.QUESTION, about=self._script.question.id
        )
        return _remembered(Reply(state=state, lines=(question, rules)))

    def known_ahead(self, state: InterviewState) -> tuple[str, ...]:
        """What will probably be said some time: the next variant of each line without slots, and the facts."""
        texts = [self._next_variant(kind, state) for kind in SAID_AT_ONCE]
        facts = [fact.answer for fact in self._script.question.facts]
        return (*texts, *facts)

    def asks(self, words: Sequence[Word]) -> Asks:
        """Whether *words*, the open turn, end with a question to the interviewer."""
        asked = self._asked(words)
        answers = answer_facts(asked, self._script.question)
        if any(item.kind is AskedKind.CHECK for item in asked) or any(answer.fact for answer in answers):
            return Asks.SURELY
        return Asks.PERHAPS if answers else Asks.NOT

    def _asked(self, words: Sequence[Word]) -> tuple[Asked, ...]:
        if not words:
            return ()
        turn = Transcript(turns=(turn_of(Speaker.CANDIDATE, words),))
        return find_questions(turn.sentences(), self._script.cues, self._script.question)

    def reply(self, moment: Moment) -> Reply:
        """What to say at the end of the candidate's turn *moment*."""
        return _remembered(self._reply(moment))

    def _reply(self, moment: Moment) -> Reply:
        if moment.heard.command is not None:
            return self._obey(CommandName(moment.heard.command), moment)
        if not moment.words:
            return self._prompt(moment)
        state = replace(moment.state, unanswered=0)
        moment = replace(
            moment, state=replace(state, is_done=state.is_done or moment.heard.tail is Tail.DONE)
        )
        is_wrapping_up = moment.stage is Stage.WRAPPING_UP
        answers = self._answers(moment)
        if answers is not None and not (is_wrapping_up and moment.heard.tail is not Tail.QUESTION):
            return answers
        return self.close(moment.state) if is_wrapping_up else self._lead(moment)

    def obey(self, command: CommandName, moment: Moment) -> Reply:
        """What to do when *command* is given by key."""
        return _remembered(self._obey(command, moment))

    def close(self, state: InterviewState) -> Reply:
        """Thanks, and the end."""
        line, state = self._line("thanks", Intent.REPLY, None, state)
        return Reply(state=state, lines=(line,), stage=Stage.CLOSING)

    def is_covered(
        self, covered: frozenset[str], state: InterviewState, mode: Mode, elapsed_s: float
    ) -> bool:
        """Whether what is expected now has been said: the gap asked about, or the part that it is time for."""
        if mode is Mode.SHORT and state.gaps:
            gap = state.gaps[-1]
            return gap in covered or COVERED_WITH.get(gap) in covered
        return PART_ITEMS[self._pace.phase_at(elapsed_s)] <= covered

    def next_follow_up(self, moment: Moment) -> Line | None:
        """The follow-up that would be asked now; None when no gap is left that one could mend."""
        chosen = self._choose(moment)
        return None if chosen is None else chosen[1]

    def feedback(self, sentences: Sequence[str], state: InterviewState) -> Reply:
        """Reads out *sentences*."""
        intro, state = self._line("feedback_intro", Intent.FEEDBACK, None, state)
        lines = tuple(Line(text=text, intent=Intent.FEEDBACK) for text in sentences)
        return Reply(state=state, lines=(intro, *lines), stage=Stage.FEEDBACK)

    # -- commands ----------------------------------------------------------------------------------------------

    def _obey(self, command: CommandName, moment: Moment) -> Reply:
        state = moment.state
        match command:
            case CommandName.REPEAT_QUESTION:
                question = Line(
                    text=self._script.question.asked, intent=Intent.QUESTION, about=self._script.question.id
                )
                return Reply(state=state, lines=(question,), mode=None)
            case CommandName.SAY_AGAIN:
                again = tuple(replace(line, intent=Intent.REPLY, about=command) for line in state.last)
                again = again or (Line(text=self._script.question.asked, intent=Intent.REPLY, about=command),)
                return Reply(state=state, lines=again, mode=None)
            case CommandName.TIME:
                line, state = self._time(moment)
                return Reply(state=state, lines=(line,), mode=None)
            case CommandName.THINK:
                line, state = self._line("thinking_granted", Intent.REPLY, command, state)
                return Reply(state=state, lines=(line,), mode=Mode.THINKING)
            case CommandName.PAUSE:
                line, state = self._line("paused", Intent.REPLY, command, state)
                return Reply(state=state, lines=(line,), pauses=True)
            case CommandName.RESUME:
                line, state = self._line("resumed", Intent.REPLY, command, state)
                return Reply(state=state, lines=(line,), pauses=False)
            case CommandName.SKIP | CommandName.DONE if moment.stage is Stage.WRAPPING_UP:
                return self.close(state)
            case CommandName.SKIP:
                return self._lead(moment, skips=True)
            case CommandName.DONE:
                return self._lead(replace(moment, state=replace(state, is_done=True)))
            case CommandName.STOP:
                return self.close(state)
            case _:
                assert_never(command)

    def _time(self, moment: Moment) -> tuple[Line, InterviewState]:
        elapsed = spoken_length(_rounded(moment.elapsed_s))
        left_s = self._pace.target_s - moment.elapsed_s
        if left_s < SAID_AS_OVER_S:
            left_s = self._pace.range_s[1] - moment.elapsed_s
        if left_s < SAID_AS_OVER_S:
            return self._line("time_over", Intent.REPLY, CommandName.TIME, moment.state, elapsed=elapsed)
        return self._line(
            "time_left",
            Intent.REPLY,
            CommandName.TIME,
            moment.state,
            elapsed=elapsed,
            left=spoken_length(_rounded(left_s)),
        )

    # -- nothing was said --------------------------------------------------------------------------------------

    def _prompt(self, moment: Moment) -> Reply:
        state = replace(moment.state, unanswered=moment.state.unanswered + 1)
        if moment.stage is Stage.WRAPPING_UP:
            return self.close(state)
        if state.unanswered > self._settings.unanswered_prompts:
            return self._wrap_up(replace(state, unanswered=0))
        line, state = self._line("nothing_heard", Intent.CHECK, None, state)
        return Reply(state=replace(state, was_prompted=True), lines=(line,))

    # -- answers -----------------------------------------------------------------------------------------------

    def _answers(self, moment: Moment) -> Reply | None:
        answers = answer_facts(self._asked(moment.words), self._script.question)
        if not answers:
            return None
        state = moment.state
        lines: list[Line] = []
        for answer in answers:
            if answer.text is None:
                line, state = self._line("unknown_fact", Intent.ANSWER, None, state)
            else:
                line = Line(text=answer.text, intent=Intent.ANSWER, about=answer.fact)
            lines.append(line)
        return Reply(state=replace(state, was_prompted=False), lines=tuple(lines))

    # -- leading on --------------------------------------------------------------------------------------------

    def _lead(self, moment: Moment, *, skips: bool = False) -> Reply:
        if self._is_time_to_wrap_up(moment):
            return self._wrap_up(moment.state)
        cue, state = self._time_cue(moment)
        if not skips and self._is_early(moment) and self._is_check(moment):
            return self._invite("go_on", cue, state)
        if not skips and self._wants_to_go_on(moment):
            return self._invite("soft_prompt", cue, state)
        chosen = self._choose(moment)
        if chosen is None:
            is_over = state.is_done or state.was_prompted
            return self._wrap_up(state) if is_over else self._invite("go_on", cue, state)
        follow_up, line = chosen
        state = replace(
            state,
            asked=(*state.asked, follow_up.id),
            gaps=(*state.gaps, follow_up.about),
            was_prompted=False,
        )
        return Reply(state=state, lines=(*cue, line), mode=Mode.SHORT)

    def _invite(self, kind: str, cue: tuple[Line, ...], state: InterviewState) -> Reply:
        line, state = self._line(kind, Intent.CHECK, None, state)
        return Reply(state=replace(state, was_prompted=True), lines=(*cue, line))

    def _is_time_to_wrap_up(self, moment: Moment) -> bool:
        low_s, _ = self._pace.range_s
        is_done = moment.state.is_done and (moment.elapsed_s >= low_s or self._choose(moment) is None)
        return moment.elapsed_s >= self._pace.wrap_up_at_s or is_done

    def _wants_to_go_on(self, moment: Moment) -> bool:
        """Early on, with the part unfinished, an invitation leads less than a question would."""
        is_unfinished = (
            moment.heard.tail in (Tail.COMPLETE, Tail.HOLD) and self._pressure is not Pressure.TOUGH
        )
        return is_unfinished and self._is_early(moment) and not moment.state.was_prompted

    def _is_early(self, moment: Moment) -> bool:
        """Whether the design has not been outlined yet, and there is time for it."""
        is_time = self._pace.phase_at(moment.elapsed_s) in ("clarify", "outline")
        return is_time and not moment.state.is_done and not PART_ITEMS["outline"] <= moment.covered

    def _is_check(self, moment: Moment) -> bool:
        """Whether the candidate asks whether all is well so far."""
        return any(item.kind is AskedKind.CHECK for item in self._asked(moment.words))

    def _choose(self, moment: Moment) -> tuple[FollowUp, Line] | None:
        """The most valuable gap that can be asked about: by the bank's order, own components first."""
        words = tuple(moment.transcript.by(Speaker.CANDIDATE))
        named = [mention.term for mention in self._terms.find(words) if not _is_rejected(words, mention.span)]
        text = plain_text(words)
        fitting = [
            (self._rank(item, moment.state, noun, position), item, noun)
            for position, item in enumerate(self._follow_ups)
            if self._may_ask(item, moment) and (noun := self._noun(item, named)) is not None
        ]
        for _, item, noun in sorted(fitting, key=lambda found: found[0]):
            # Asked last, because it reads the whole answer.
            if not any(cue.find(text) for cue in self._covered_cues[item.id]):
                return item, Line(text=_filled(item.text, noun), intent=Intent.FOLLOW_UP, about=item.about)
        return None

    def _may_ask(self, item: FollowUp, moment: Moment) -> bool:
        return (
            item.about not in NEVER_ASKED
            and item.about not in moment.covered
            and COVERED_WITH.get(item.about) not in moment.covered
            and item.id not in moment.state.asked
            and moment.state.gaps.count(item.about) < self._settings.asked_about_once
        )

    def _rank(self, item: FollowUp, state: InterviewState, noun: str, position: int) -> tuple[int, ...]:
        order = self._script.bank.order
        value = order.index(item.about) if item.about in order else len(order)
        is_repeat = bool(state.gaps) and state.gaps[-1] == item.about
        is_foreign = position >= len(self._script.question.follow_ups)
        rotation = (position + self._seed) % len(self._follow_ups)
        return (state.gaps.count(item.about), int(is_repeat), value, int(not noun), int(is_foreign), rotation)

    def _noun(self, item: FollowUp, named: Sequence[Term]) -> str | None:
        """The candidate's noun for *item*, the latest first; "" where it needs none; None where there is none."""
        if not item.components:
            return ""
        for term in reversed(named):
            if term.id in item.components or term.category in item.components:
                return term.spoken or f"your {term.text}"
        return None

    # -- the clock ---------------------------------------------------------------------------------------------

    def _time_cue(self, moment: Moment) -> tuple[tuple[Line, ...], InterviewState]:
        marks, state = self._pace.time_cues, moment.state
        if self._pressure is Pressure.GENTLE or state.time_cues >= len(marks):
            return (), state
        passed = sum(moment.elapsed_s >= mark * self._pace.target_s for mark in marks)
        left_s = self._pace.target_s - moment.elapsed_s
        if passed <= state.time_cues or left_s < 60.0:  # noqa: PLR2004 - the wrap-up is near enough
            return (), replace(state, time_cues=max(passed, state.time_cues))
        line, state = self._line(
            "time_cue", Intent.TIME_CUE, None, state, left=spoken_length(_rounded(left_s))
        )
        return (line,), replace(state, time_cues=passed)

    def _wrap_up(self, state: InterviewState) -> Reply:
        line, state = self._line("wrap_up", Intent.WRAP_UP, "tradeoff_summary", state)
        return Reply(state=replace(state, was_prompted=False), lines=(line,), stage=Stage.WRAPPING_UP)

    def _line(
        self, kind: str, intent: Intent, about: str | None, state: InterviewState, **slots: str
    ) -> tuple[Line, InterviewState]:
        text = self._next_variant(kind, state)
        for name, value in slots.items():
            text = text.replace("{" + name + "}", value)
        said = {**state.said, kind: state.said.get(kind, 0) + 1}
        return Line(text=text, intent=intent, about=about), replace(state, said=said)

    def _next_variant(self, kind: str, state: InterviewState) -> str:
        variants: tuple[str, ...] = getattr(self._script.lines, kind)
        return variants[(self._seed + state.said.get(kind, 0)) % len(variants)]


def _remembered(reply: Reply) -> Reply:
    last = tuple(line for line in reply.lines if line.intent is not Intent.TIME_CUE)
    return replace(reply, state=replace(reply.state, last=last)) if last else reply


def _is_rejected(words: Sequence[Word], span: Span) -> bool:
    """Whether the term at *span* is one that the candidate does not want: "not Mongo", "rather than Mongo"."""
    for word in reversed(words[max(0, span.first - REJECTION_REACH) : span.first]):
        if word.text[-1] in ".,;:?!":
            return False
        if word.bare in REJECTIONS or word.bare.endswith("n't"):
            return True
    return False


def _filled(text: str, noun: str) -> str:
    filled = text.replace("{component}", noun)
    return filled[0].upper() + filled[1:]


def _rounded(seconds: float) -> float:
    """To half minutes from two minutes on, to ten seconds below: what a person would say."""
    step_s = 30.0 if seconds >= 120.0 else 10.0  # noqa: PLR2004
    return max(step_s, round(seconds / step_s) * step_s)
