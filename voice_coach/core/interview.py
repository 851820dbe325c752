"""What the interviewer says next: answers from the facts, follow-ups about the gaps, and the clock.

Nothing here knows about sound. :class:`Interviewer` is a function of the moment: who said what so far, what is
covered, what was already asked. Choices among equals rotate with the seed, so a session can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, assert_never

from voice_coach.core.asking import Asked, AskedKind, answer_facts, find_questions
from voice_coach.core.coach_speed import SpeedSettings
from voice_coach.core.content import Level
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.follow_ups import FollowUpChoice
from voice_coach.core.gap_content import GapBook, GapSettings
from voice_coach.core.interview_state import InterviewState, Line, Moment, Reply
from voice_coach.core.next_question import NextQuestion
from voice_coach.core.pressure import Pressure
from voice_coach.core.risks import RiskBook, RiskEar
from voice_coach.core.said_state import SaidEar
from voice_coach.core.session_stage import Stage
from voice_coach.core.speakable_time import spoken_length
from voice_coach.core.status_told import status
from voice_coach.core.steering import PART_ITEMS, Due, Steering, SteeringSettings, Talk, Why, after
from voice_coach.core.talked_over import FEW_WORDS, Owed, needed, rest, settled
from voice_coach.core.time_told import time_asked_for, time_cue
from voice_coach.core.transcript import Speaker, Transcript, turn_of
from voice_coach.core.turn_taking import Asks, Mode, Tail
from voice_coach.core.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.clock import PaceSettings
    from voice_coach.core.content import FollowUp, FollowUpBank, Lexicon, Lines, Question, TurnCues
    from voice_coach.core.fact_finder import FactFinder
    from voice_coach.core.feedback_line import FeedbackLine
    from voice_coach.core.transcript import Word

_STRICT = {"extra": "forbid"}

SAID_AT_ONCE = (
    "bridge",
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
INTERRUPTING = ("sorry", "over_budget", "off_point", "long_talk", "over_time")
"""The same of an interviewer who interrupts."""
QUESTIONS_TO_GO_ON = 4
"""Who goes on asking is led on to the design again after so many."""


ABOUT_THE_TALK = frozenset(
    {
        CommandName.SLOWER,
        CommandName.FASTER,
        CommandName.THINK,
        CommandName.PAUSE,
        CommandName.RESUME,
    }
)
"""Who asks to hear it again does not mean the answer to one of these."""


_Told = Literal[
    CommandName.REPEAT_QUESTION,
    CommandName.SAY_AGAIN,
    CommandName.SAY_SLOWER,
    CommandName.SLOWER,
    CommandName.FASTER,
    CommandName.HOW_AM_I_DOING,
    CommandName.TIME,
]


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
    speed: SpeedSettings = field(default_factory=SpeedSettings)
    gaps: GapSettings = field(default_factory=GapSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The content that an interviewer works from."""

    question: Question
    bank: FollowUpBank
    lines: Lines
    cues: TurnCues
    lexicon: Lexicon
    finder: FactFinder
    """Finds what *question* answers."""
    level: Level = Level.SENIOR
    """Whom the follow-ups are for."""
    gaps: GapBook = field(default_factory=GapBook)
    """How what the candidate left open is asked about."""
    risks: RiskBook = field(default_factory=RiskBook)
    """Which claims have a known price."""


class Interviewer:
    """Decides what is said. Holds compiled content and no state of the session."""

    def __init__(
        self,
        script: Script,
        pace: PaceSettings,
        settings: InterviewSettings,
        steering: SteeringSettings,
        *,
        pressure: Pressure,
        seed: int,
    ) -> None:
        self._question = script.question
        self.finder = script.finder
        """Finds the facts that answer the candidate."""
        self._cues = script.cues
        self._pace = pace
        self._settings = settings
        self._pressure = pressure
        self._wording = Wording(script.lines, seed)
        ear = SaidEar(script.gaps, script.bank.reason, script.lexicon, settings.gaps, script.question.nouns)
        ladder = FollowUpChoice(
            script.question,
            script.bank,
            script.lexicon,
            asked_about_once=settings.asked_about_once,
            noun_probability=settings.noun_probability,
            seed=seed,
            is_sceptical=pressure is Pressure.TOUGH,
            level=script.level,
            mentions=ear.mentions,
        )
        self._follow_ups = NextQuestion(
            ladder,
            ear,
            RiskEar(script.risks, script.question.id),
            script.gaps,
            settings.gaps,
            pace,
            asked_about_once=settings.asked_about_once,
            seed=seed,
        )
        self.steering = Steering(script.question, pace, steering, pressure=pressure, seed=seed)
        """When there is a reason to interrupt."""
        self.apart_s = steering.apart_s(pressure)
        """From one interruption to the next."""
        self._many_questions = steering.question_limit
        self._questions_until_s = steering.question_share * pace.target_s

    def opening(self, state: InterviewState) -> Reply:
        """The question and its one-line rules."""
        minutes = spoken_length(self._pace.target_s)
        rules, state = self._wording.line("rules", Intent.QUESTION, "rules", state, minutes=minutes)
        return _remembered(Reply(state=state, lines=(self._asked_question(), rules)))

    def known_ahead(self, state: InterviewState) -> tuple[str, ...]:
        """What will probably be said some time: the next variant of each line without slots, and the facts."""
        kinds = SAID_AT_ONCE if self._pressure is Pressure.GENTLE else (*SAID_AT_ONCE, *INTERRUPTING)
        texts = [self._wording.text(kind, state) for kind in kinds]
        facts = [fact.answer for fact in self._question.facts]
        return (*texts, *facts, *self.steering.planned)

    def asks(self, words: Sequence[Word]) -> Asks:
        """Whether *words*, the open turn, end with a question to the interviewer."""
        asked = self._asked(words)
        answers = answer_facts(asked, self.finder)
        if any(item.kind is not AskedKind.FACT for item in asked) or any(answer.fact for answer in answers):
            return Asks.SURELY
        # No fact answers it, and it did not sound like a question: "Was a fellow who wanted to know".
        sounds_so = any(item.words[-1].text.rstrip("\"')]").endswith("?") for item in asked)
        return Asks.PERHAPS if answers and sounds_so else Asks.NOT

    def unanswered(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """The first question to the interviewer in *words*, the open turn, that no fact answers; else none."""
        for asked in self._asked(words):
            if any(answer.fact is None for answer in answer_facts((asked,), self.finder)):
                return asked.words
        return ()

    def reply(self, moment: Moment) -> Reply:
        """What to say at the end of the candidate's turn *moment*."""
        if moment.heard.command is not None:
            return self.obey(CommandName(moment.heard.command), moment)
        owed = moment.state.owed
        if owed and not moment.words:
            return self.go_on(moment.state)
        moment = replace(moment, state=settled(moment.state))
        return _remembered(self._with_needed(owed, moment) or self._reply(moment))

    def interrupt(self, moment: Moment, due: Due) -> Reply:
        """What to say to a candidate who is talking, since something is *due*."""
        sorry, state = self._wording.line("sorry", Intent.INTERRUPTION, due.why, moment.state)
        moment = replace(moment, state=state)
        if due.why is Why.SCOPE_CHANGE:
            reply = self._change_scope(moment)
        elif due.why is Why.OVER_TIME:
            steer, state = self._wording.line("over_time", Intent.INTERRUPTION, due.why, state)
            reply = self._wrap_up(replace(moment, state=state))
            reply = replace(reply, lines=(steer, *reply.lines))
        else:
            reply = self._steer(moment, due)
        return _remembered(replace(reply, lines=(sorry, *reply.lines)))

    def due(self, talk: Talk, state: InterviewState) -> Due | None:
        """Why *talk* is to be interrupted, or None."""
        del state
        return self.steering.due(talk)

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
            case CommandName.SAY_AGAIN | CommandName.SAY_SLOWER:
                more, state = (), replace(state, owed=())
            case CommandName.SKIP | CommandName.DONE | CommandName.STOP:
                more, state = (), settled(state)
            case (
                CommandName.TIME
                | CommandName.HOW_AM_I_DOING
                | CommandName.SLOWER
                | CommandName.FASTER
                | CommandName.RESUME
                | CommandName.REPEAT_QUESTION
                | CommandName.WHY
                | CommandName.WHEN
                | CommandName.CLAIM
                | CommandName.REDO
                | CommandName.READ_AGAIN
                | CommandName.NEXT_POINT
            ):
                more, state = rest(owed), replace(state, owed=())
            case _:
                assert_never(command)
        reply = self._obey(command, replace(moment, state=state))
        said = {line.about for line in reply.lines}
        lines = (*reply.lines, *(line for line in more if line.about not in said))
        return _remembered(replace(reply, lines=lines))

    def bridged(self, reply: Reply) -> Reply:
        """*reply* behind a word that is said while the rest is being composed."""
        line, state = self._wording.line("bridge", Intent.BRIDGE, None, reply.state)
        return replace(reply, state=state, lines=(line, *reply.lines))

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
        if moment.elapsed_s >= self._pace.wrap_up_at_s:
            # Too late to change anything.
            lines = tuple(line for line in lines if line.intent is not Intent.SCOPE_CHANGE)
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
            return self._in_time(answers, moment)
        return self.close(moment.state) if is_wrapping_up else self._lead(moment)

    # -- commands ----------------------------------------------------------------------------------------------

    def _obey(self, command: CommandName, moment: Moment) -> Reply:
        state = moment.state
        match command:
            case CommandName.SKIP | CommandName.DONE if moment.stage is Stage.WRAPPING_UP:
                return self.close(state)
            case CommandName.SKIP:
                skipped = state.skipped.union(state.gaps[-1:])
                return self._lead(replace(moment, state=replace(state, skipped=skipped)), skips=True)
            case CommandName.DONE:
                return self._lead(replace(moment, state=replace(state, is_done=True)))
            case CommandName.STOP:
                return self.close(state)
            case CommandName.THINK:
                line, state = self._wording.line("thinking_granted", Intent.REPLY, command, state)
                return Reply(state=state, lines=(line,), mode=Mode.THINKING)
            case CommandName.PAUSE:
                line, state = self._wording.line("paused", Intent.REPLY, command, state)
                return Reply(state=state, lines=(line,), pauses=True)
            case CommandName.RESUME:
                line, state = self._wording.line("resumed", Intent.REPLY, command, state)
                return Reply(state=state, lines=(line,), mode=None, pauses=False)
            case (
                CommandName.WHY
                | CommandName.WHEN
                | CommandName.CLAIM
                | CommandName.REDO
                | CommandName.READ_AGAIN
                | CommandName.NEXT_POINT
            ):
                return Reply(state=state, mode=None)
            case _:
                return self._told(command, moment)

    def _told(self, command: _Told, moment: Moment) -> Reply:
        """What is said to a command that changes nothing of the interview."""
        state = moment.state
        lines: tuple[Line, ...]
        match command:
            case CommandName.REPEAT_QUESTION:
                lines = (self._asked_question(),)
            case CommandName.SAY_AGAIN:
                lines = self._again(command, state)
            case CommandName.SAY_SLOWER:
                lines = self._again(command, state)
                _, state = self._settings.speed.changed(CommandName.SLOWER, state)
            case CommandName.SLOWER | CommandName.FASTER:
                kind, state = self._settings.speed.changed(command, state)
                line, state = self._wording.line(kind, Intent.REPLY, command, state)
                lines = (line,)
            case CommandName.HOW_AM_I_DOING:
                lines, state = status(moment, self._pace, self._wording)
            case CommandName.TIME:
                line, state = time_asked_for(moment, self._pace, self._wording)
                lines = (line,)
            case _:
                assert_never(command)
        ahead = self.known_ahead(state) if state.speed != moment.state.speed else ()
        return Reply(state=state, lines=lines, mode=None, ahead=ahead)

    def _again(self, command: CommandName, state: InterviewState) -> tuple[Line, ...]:
        lines = state.last or (self._asked_question(),)
        return tuple(replace(line, intent=Intent.REPLY, about=command) for line in lines)

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
        answers = answer_facts(self._asked(moment.words), self.finder)
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
        state = replace(state, was_prompted=False, questions=state.questions + len(answers))
        if self._asks_too_much(state, moment):
            line, state = self._wording.line("enough_questions", Intent.CHECK, None, state)
            lines.append(line)
            state = replace(state, questions_at_steer=state.questions)
        return Reply(state=state, lines=tuple(lines))

    def _asks_too_much(self, state: InterviewState, moment: Moment) -> bool:
        """Whether it is time to leave the questions and design: a few are wanted, not twenty."""
        if moment.stage is not Stage.ANSWERING or PART_ITEMS["outline"] <= moment.covered:
            return False
        before = state.questions_at_steer
        if before:
            return state.questions - before >= QUESTIONS_TO_GO_ON
        is_late = moment.elapsed_s >= self._questions_until_s
        return state.questions >= (QUESTIONS_TO_GO_ON if is_late else self._many_questions)

    def _in_time(self, answers: Reply, moment: Moment) -> Reply:
        """The *answers*, and what is due then: who only asks never hands over."""
        moment = replace(moment, state=answers.state)
        if moment.stage is Stage.WRAPPING_UP:
            is_over = moment.elapsed_s >= self._pace.range_s[1]
            after = self.close(answers.state) if is_over else None
        else:
            after = self._wrap_up(moment) if moment.elapsed_s >= self._pace.wrap_up_at_s else None
        return answers if after is None else replace(after, lines=(*answers.lines, *after.lines))

    def _asked(self, words: Sequence[Word]) -> tuple[Asked, ...]:
        if not words:
            return ()
        turn = Transcript(turns=(turn_of(Speaker.CANDIDATE, words),))
        return find_questions(turn.sentences(), self._cues, self.finder)

    def _hands_over(self, moment: Moment) -> AskedKind | None:
        """Whether the candidate asks last whether all is well so far, or where to go."""
        asked = self._asked(moment.words)
        return asked[-1].kind if asked and asked[-1].kind is not AskedKind.FACT else None

    # -- leading on --------------------------------------------------------------------------------------------

    def _lead(self, moment: Moment, *, skips: bool = False) -> Reply:
        if self._is_time_to_wrap_up(moment):
            return self._wrap_up(moment)
        handed = None if skips else self._hands_over(moment)
        changed = None if skips else self._changed_scope(moment)
        if changed is not None and handed is not None:
            yes, state = self._wording.line("agreed", Intent.REPLY, None, changed.state)
            return replace(changed, state=state, lines=(yes, *changed.lines))
        if changed is not None:
            return changed
        cue, state = self._time_cue(moment)
        if handed is AskedKind.CHOICE:
            return self._take_offer(moment, cue, state)
        if handed is AskedKind.CHECK:
            agreed, state = self._wording.line("agreed", Intent.REPLY, None, state)
            cue = (agreed, *cue)
            if self._is_early(moment):
                return self._invite("go_on", cue, state)
        if not skips and self._wants_to_go_on(moment):
            return self._invite("soft_prompt", cue, state)
        chosen = self._follow_ups.next(moment)
        if chosen is None:
            is_over = state.is_done or state.was_prompted or skips
            return self._wrap_up(moment) if is_over else self._invite("go_on", cue, state)
        follow_up, line = chosen
        led = None if cue else self._follow_ups.lead_in(follow_up, moment)
        if led is not None:
            lead, state = led
            cue = (lead,)
        return Reply(state=_with_asked(state, follow_up), lines=(*cue, line), mode=Mode.SHORT)

    def _take_offer(self, moment: Moment, cue: tuple[Line, ...], state: InterviewState) -> Reply:
        """Takes what was offered, where it is known and still open; else the candidate chooses."""
        taken = self._follow_ups.taken(self._asked(moment.words)[-1].words, moment)
        if taken is None:
            return self._invite("your_choice", cue, state)
        follow_up, line = taken
        return Reply(state=_with_asked(state, follow_up), lines=(*cue, line), mode=Mode.SHORT)

    def _steer(self, moment: Moment, due: Due) -> Reply:
        """To the part that comes next, or whatever gap there is; in the candidate's own nouns where they fit."""
        steer, state = self._wording.line(due.why, Intent.INTERRUPTION, due.why, moment.state)
        next_part = None if due.part is None else after(due.part)
        chosen = self._follow_ups.next(moment, next_part) or self._follow_ups.next(moment)
        if chosen is None:
            ask, state = self._wording.line("what_next", Intent.CHECK, None, state)
            return Reply(state=replace(state, was_prompted=True), lines=(steer, ask))
        follow_up, line = chosen
        return Reply(state=_with_asked(state, follow_up), lines=(steer, line), mode=Mode.SHORT)

    def _changed_scope(self, moment: Moment) -> Reply | None:
        """A change of scope at the end of a turn, where it is time for one."""
        if not self.steering.is_time_for_change(moment.elapsed_s, moment.state.changes):
            return None
        return self._change_scope(moment)

    def _change_scope(self, moment: Moment) -> Reply:
        change = self.steering.next_change(moment.transcript)
        line = Line(text=change.text, intent=Intent.SCOPE_CHANGE, about=change.id)
        state = replace(
            moment.state, changes=(*moment.state.changes, change.id), was_prompted=False, is_done=False
        )
        return Reply(state=state, lines=(line,))

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


def _with_asked(state: InterviewState, follow_up: FollowUp) -> InterviewState:
    return replace(
        state, asked=(*state.asked, follow_up.id), gaps=(*state.gaps, follow_up.about), was_prompted=False
    )


def _remembered(reply: Reply) -> Reply:
    last = tuple(
        line
        for line in reply.lines
        if line.intent is not Intent.TIME_CUE and line.about not in ABOUT_THE_TALK
    )
    return replace(reply, state=replace(reply.state, last=last)) if last else reply
