"""What the interviewer says next: answers from the facts, follow-ups about the gaps, and the clock.

Nothing here knows about sound. :class:`Interviewer` is a function of the moment: who said what so far, what is
covered, what was already asked. Choices among equals rotate with the seed, so a session can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from voice_coach.core.asking import Asked, AskedKind, answer_facts, find_questions
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.follow_ups import FollowUpChoice
from voice_coach.core.interview_state import InterviewState, Line, Moment, Reply
from voice_coach.core.session_stage import Stage
from voice_coach.core.speakable_time import spoken_length
from voice_coach.core.talked_over import FEW_WORDS, Owed, needed, rest, settled
from voice_coach.core.time_told import time_asked_for, time_cue
from voice_coach.core.transcript import Speaker, Transcript, turn_of
from voice_coach.core.turn_taking import Asks, Mode, Tail
from voice_coach.core.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voice_coach.core.clock import PaceSettings
    from voice_coach.core.content import FollowUpBank, Lexicon, Lines, Question, TurnCues
    from voice_coach.core.feedback_line import FeedbackLine
    from voice_coach.core.transcript import Word

_STRICT = {"extra": "forbid"}

PART_ITEMS: Mapping[str, frozenset[str]] = {
    "clarify": frozenset({"explicit_requirements"}),
    "outline": frozenset({"high_level_first"}),
    "deepen": frozenset({"storage_decision", "scaling_strategy"}),
    "evaluate": frozenset({"failure_mitigation"}),
}
"""The checklist items that make a phase's part of the answer covered (rubric.md, stages and checklist)."""

SAID_AT_ONCE = (
    "unknown_fact",
    "thinking_granted",
    "soft_prompt",
    "agreed",
    "go_on",
    "your_choice",
    "confirmed",
    "nothing_heard",
    "wrap_up",
    "wrap_up_summed_up",
    "thanks",
    "feedback_intro",
    "microphone_lost",
)
"""Kinds of lines that are rendered before they are needed, the most pressing first."""


class Pressure(StrEnum):
    """How hard the interviewer pushes."""

    GENTLE = "gentle"
    """No time cue unless asked."""
    NORMAL = "normal"
    TOUGH = "tough"
    """Follow-ups from the start in place of invitations to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewSettings:
    """How the interviewer behaves."""

    __pydantic_config__ = _STRICT

    unanswered_prompts: int = 2
    """After this many prompts that drew no word the interviewer moves on to the wrap-up, then ends."""
    asked_about_once: int = 2
    """A gap is asked about at most so often."""
    noun_probability: float = 0.3
    """A noun with a word under this was probably not said: no follow-up is about it."""


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
        self._question = script.question
        self._cues = script.cues
        self._pace = pace
        self._settings = settings
        self._pressure = pressure
        self._wording = Wording(script.lines, seed)
        self._follow_ups = FollowUpChoice(
            script.question,
            script.bank,
            script.lexicon,
            asked_about_once=settings.asked_about_once,
            noun_probability=settings.noun_probability,
            seed=seed,
        )

    def opening(self, state: InterviewState) -> Reply:
        """The question and its one-line rules."""
        minutes = spoken_length(self._pace.target_s)
        rules, state = self._wording.line("rules", Intent.QUESTION, "rules", state, minutes=minutes)
        return _remembered(Reply(state=state, lines=(self._asked_question(), rules)))

    def known_ahead(self, state: InterviewState) -> tuple[str, ...]:
        """What will probably be said some time: the next variant of each line without slots, and the facts."""
        texts = [self._wording.text(kind, state) for kind in SAID_AT_ONCE]
        facts = [fact.answer for fact in self._question.facts]
        return (*texts, *facts)

    def asks(self, words: Sequence[Word]) -> Asks:
        """Whether *words*, the open turn, end with a question to the interviewer."""
        asked = self._asked(words)
        answers = answer_facts(asked, self._question)
        if any(item.kind is not AskedKind.FACT for item in asked) or any(answer.fact for answer in answers):
            return Asks.SURELY
        return Asks.PERHAPS if answers else Asks.NOT

    def reply(self, moment: Moment) -> Reply:
        """What to say at the end of the candidate's turn *moment*."""
        if moment.heard.command is not None:
            return self.obey(CommandName(moment.heard.command), moment)
        owed = moment.state.owed
        if owed and not moment.words:
            return self.go_on(moment.state)
        moment = replace(moment, state=settled(moment.state))
        return _remembered(self._with_needed(owed, moment) or self._reply(moment))

    def go_on(self, state: InterviewState) -> Reply:
        """Says on what was talked over, but not by words."""
        lines = tuple(item.line for item in state.owed)
        is_asked = any(line.intent is Intent.FOLLOW_UP for line in lines)
        return Reply(state=replace(state, owed=()), lines=lines, mode=Mode.SHORT if is_asked else None)

    def obey(self, command: CommandName, moment: Moment) -> Reply:
        """What to do when *command* is given by key or voice. What it broke off is said after it."""
        owed, state = moment.state.owed, moment.state
        match command:
            case CommandName.PAUSE | CommandName.THINK:
                more: tuple[Line, ...] = ()
            case CommandName.SAY_AGAIN:
                more, state = (), replace(state, owed=())
            case CommandName.SKIP | CommandName.DONE | CommandName.STOP:
                more, state = (), settled(state)
            case CommandName.TIME | CommandName.RESUME | CommandName.REPEAT_QUESTION:
                more, state = rest(owed), replace(state, owed=())
            case _:
                assert_never(command)
        reply = self._obey(command, replace(moment, state=state))
        said = {line.about for line in reply.lines}
        lines = (*reply.lines, *(line for line in more if line.about not in said))
        return _remembered(replace(reply, lines=lines))

    def remark(self, kind: str, state: InterviewState) -> tuple[Line, InterviewState]:
        """A line of *kind* about what befell the session itself, and the state that remembers it."""
        return self._wording.line(kind, Intent.REPLY, kind, state)

    def close(self, state: InterviewState) -> Reply:
        """Thanks, and the end."""
        line, state = self._wording.line("thanks", Intent.REPLY, None, state)
        return Reply(state=state, lines=(line,), stage=Stage.CLOSING)

    def is_covered(
        self, covered: frozenset[str], state: InterviewState, mode: Mode, elapsed_s: float
    ) -> bool:
        """Whether what is expected now has been said: the gap asked about, or the part that it is time for."""
        if mode is Mode.SHORT and state.gaps:
            return self._follow_ups.is_covered(state.gaps[-1], covered)
        return PART_ITEMS[self._pace.phase_at(elapsed_s)] <= covered

    def next_follow_up(self, moment: Moment) -> Line | None:
        """The follow-up that would be asked now; None when no gap is left that one could mend."""
        chosen = self._follow_ups.next(moment)
        return None if chosen is None else chosen[1]

    def feedback(self, sentences: Sequence[FeedbackLine], state: InterviewState) -> Reply:
        """Reads out *sentences*."""
        intro, state = self._wording.line("feedback_intro", Intent.FEEDBACK, None, state)
        lines = tuple(Line(text=said.text, intent=Intent.FEEDBACK, about=said.about) for said in sentences)
        return Reply(state=state, lines=(intro, *lines), stage=Stage.FEEDBACK)

    def _asked_question(self) -> Line:
        return Line(text=self._question.asked, intent=Intent.QUESTION, about=self._question.id)

    def _with_needed(self, owed: Sequence[Owed], moment: Moment) -> Reply | None:
        """What was talked over and is needed, with the answers to what was asked meanwhile; None where nothing is.

        Who begins to answer needs no question any more, and who is done no answers.
        """
        answers = self._answers(moment)
        lines = needed(owed, self._question.id)
        is_underway = answers is None and len(moment.words) >= FEW_WORDS
        if moment.heard.tail is Tail.DONE or is_underway:
            lines = tuple(line for line in lines if line.intent is not Intent.QUESTION)
        if moment.heard.tail is Tail.DONE:
            lines = tuple(line for line in lines if line.intent is Intent.WRAP_UP)
        if not lines:
            return None
        state = moment.state if answers is None else answers.state
        known = {line.about for line in lines if line.about is not None}
        more = () if answers is None else answers.lines
        merged = (*lines, *(line for line in more if line.about not in known))
        return Reply(state=replace(state, unanswered=0), lines=merged)

    def _reply(self, moment: Moment) -> Reply:
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

    # -- commands ----------------------------------------------------------------------------------------------

    def _obey(self, command: CommandName, moment: Moment) -> Reply:
        state = moment.state
        match command:
            case CommandName.REPEAT_QUESTION:
                return Reply(state=state, lines=(self._asked_question(),), mode=None)
            case CommandName.SAY_AGAIN:
                lines = state.last or (self._asked_question(),)
                again = tuple(replace(line, intent=Intent.REPLY, about=command) for line in lines)
                return Reply(state=state, lines=again, mode=None)
            case CommandName.TIME:
                line, state = time_asked_for(moment, self._pace, self._wording)
                return Reply(state=state, lines=(line,), mode=None)
            case CommandName.THINK:
                line, state = self._wording.line("thinking_granted", Intent.REPLY, command, state)
                return Reply(state=state, lines=(line,), mode=Mode.THINKING)
            case CommandName.PAUSE:
                line, state = self._wording.line("paused", Intent.REPLY, command, state)
                return Reply(state=state, lines=(line,), pauses=True)
            case CommandName.RESUME:
                line, state = self._wording.line("resumed", Intent.REPLY, command, state)
                return Reply(state=state, lines=(line,), mode=None, pauses=False)
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

    # -- nothing was said --------------------------------------------------------------------------------------

    def _prompt(self, moment: Moment) -> Reply:
        state = replace(moment.state, unanswered=moment.state.unanswered + 1)
        if moment.stage is Stage.WRAPPING_UP:
            return self.close(state)
        if state.unanswered > self._settings.unanswered_prompts:
            return self._wrap_up(replace(moment, state=replace(state, unanswered=0)))
        line, state = self._wording.line("nothing_heard", Intent.CHECK, None, state)
        return Reply(state=replace(state, was_prompted=True), lines=(line,))

    # -- answers -----------------------------------------------------------------------------------------------

    def _answers(self, moment: Moment) -> Reply | None:
        answers = answer_facts(self._asked(moment.words), self._question)
        if not answers:
            return None
        state = moment.state
        lines: list[Line] = []
        for answer in answers:
            if answer.text is None:
                line, state = self._wording.line("unknown_fact", Intent.ANSWER, None, state)
            else:
                line = Line(text=answer.text, intent=Intent.ANSWER, about=answer.fact)
            if answer.is_confirmed:
                yes, state = self._wording.line("confirmed", Intent.REPLY, None, state)
                lines.append(yes)
            lines.append(line)
        return Reply(state=replace(state, was_prompted=False), lines=tuple(lines))

    def _asked(self, words: Sequence[Word]) -> tuple[Asked, ...]:
        if not words:
            return ()
        turn = Transcript(turns=(turn_of(Speaker.CANDIDATE, words),))
        return find_questions(turn.sentences(), self._cues, self._question)

    def _hands_over(self, moment: Moment) -> AskedKind | None:
        """Whether the candidate asks last whether all is well so far, or where to go."""
        asked = self._asked(moment.words)
        return asked[-1].kind if asked and asked[-1].kind is not AskedKind.FACT else None

    # -- leading on --------------------------------------------------------------------------------------------

    def _lead(self, moment: Moment, *, skips: bool = False) -> Reply:
        if self._is_time_to_wrap_up(moment):
            return self._wrap_up(moment)
        cue, state = self._time_cue(moment)
        handed = None if skips else self._hands_over(moment)
        if handed is AskedKind.CHOICE:
            return self._invite("your_choice", cue, state)
        if handed is AskedKind.CHECK:
            agreed, state = self._wording.line("agreed", Intent.REPLY, None, state)
            cue = (agreed, *cue)
            if self._is_early(moment):
                return self._invite("go_on", cue, state)
        if not skips and self._wants_to_go_on(moment):
            return self._invite("soft_prompt", cue, state)
        chosen = self._follow_ups.next(moment)
        if chosen is None:
            is_over = state.is_done or state.was_prompted
            return self._wrap_up(moment) if is_over else self._invite("go_on", cue, state)
        follow_up, line = chosen
        state = replace(
            state,
            asked=(*state.asked, follow_up.id),
            gaps=(*state.gaps, follow_up.about),
            was_prompted=False,
        )
        return Reply(state=state, lines=(*cue, line), mode=Mode.SHORT)

    def _time_cue(self, moment: Moment) -> tuple[tuple[Line, ...], InterviewState]:
        if self._pressure is Pressure.GENTLE:
            return (), moment.state
        return time_cue(moment, self._pace, self._wording)

    def _invite(self, kind: str, cue: tuple[Line, ...], state: InterviewState) -> Reply:
        line, state = self._wording.line(kind, Intent.CHECK, None, state)
        return Reply(state=replace(state, was_prompted=True), lines=(*cue, line))

    def _is_time_to_wrap_up(self, moment: Moment) -> bool:
        low_s, _ = self._pace.range_s
        is_done = moment.state.is_done and (
            moment.elapsed_s >= low_s or self._follow_ups.next(moment) is None
        )
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

    def _wrap_up(self, moment: Moment) -> Reply:
        """Asks for the tradeoffs, unless they have just been summed up."""
        if "tradeoff_summary" in moment.covered:
            kind, about = "wrap_up_summed_up", None
        else:
            kind, about = "wrap_up", "tradeoff_summary"
        line, state = self._wording.line(kind, Intent.WRAP_UP, about, moment.state)
        return Reply(state=replace(state, was_prompted=False), lines=(line,), stage=Stage.WRAPPING_UP)


def _remembered(reply: Reply) -> Reply:
    last = tuple(line for line in reply.lines if line.intent is not Intent.TIME_CUE)
    return replace(reply, state=replace(reply.state, last=last)) if last else reply
