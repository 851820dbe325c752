"""Who leads a drill: asks the rounds one after the other, keeps their time, and obeys commands.

A session of a drill is a rehearsal with this interviewer in it: turns, pauses, barge-in, outages and feedback are those
of any session.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from voice_coach.core.asking import Asked, AskedKind, answer_facts, find_questions
from voice_coach.core.events import CommandName, Intent
from voice_coach.core.interview_state import InterviewState, Line, Moment, Reply, RoundStart
from voice_coach.core.session_stage import Stage
from voice_coach.core.speakable_time import spoken_length, spoken_number
from voice_coach.core.steering import Due, Why
from voice_coach.core.talked_over import FEW_WORDS, rest
from voice_coach.core.transcript import Speaker, Transcript, turn_of
from voice_coach.core.turn_taking import Asks, Mode, Tail
from voice_coach.core.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.coach_speed import SpeedSettings
    from voice_coach.core.content import Lines, TurnCues
    from voice_coach.core.drill import Drill, DrillLines, DrillRound, DrillSettings
    from voice_coach.core.fact_finder import FactFinder
    from voice_coach.core.feedback_line import FeedbackLine
    from voice_coach.core.steering import Talk
    from voice_coach.core.transcript import Word

PROMPTS = 1
"""A round that drew no word after so many prompts is left."""
_NONE_LEFT_S = 5.0
_LONGEST_TAG = 5
"""Words: "have I understood that correctly"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillScript:
    """The content that a drill works from."""

    drill: Drill
    """Its rounds already drawn."""
    texts: DrillLines
    lines: Lines
    """What is said in every session: pauses, speed, devices."""
    cues: TurnCues
    why: str = ""
    """Why this drill was chosen; said first."""
    finders: Mapping[str, FactFinder]
    """By question pack, for the rounds in which questions are asked."""


class DrillInterviewer:
    """Decides what is said in a drill. Holds no state of the session."""

    finder: FactFinder | None = None
    apart_s = 0.0
    """Each round may be ended as soon as its time is over."""

    def __init__(
        self,
        script: DrillScript,
        settings: DrillSettings,
        speed: SpeedSettings,
        *,
        is_strict: bool = True,
        seed: int,
    ) -> None:
        """*is_strict*: a round is ended when its time is over, and not only where the candidate falls silent."""
        self.drill = script.drill
        self._why = script.why
        self._texts = Wording(script.texts, seed)
        self._lines = Wording(script.lines, seed)
        self._cues = script.cues
        self._finders = script.finders
        self._settings = settings
        self._speed = speed
        self._is_strict = is_strict

    # -- the session asks --------------------------------------------------------------------------------------

    def opening(self, state: InterviewState) -> Reply:
        """What the drill is, and the first round."""
        told = (self._why, self.drill.intro) if self._why else (self.drill.intro,)
        intro = tuple(Line(text=text, intent=Intent.QUESTION, about=self.drill.kind) for text in told)
        first = self._round_lines(self.drill.round[0])
        state = replace(state, rounds=(RoundStart(at_s=0.0, elapsed_s=0.0),))
        return _remembered(Reply(state=state, lines=(*intro, *first), mode=Mode.SHORT))

    def known_ahead(self, state: InterviewState) -> tuple[str, ...]:
        """Everything that is asked, in order, and what is said between."""
        asked = [line.text for item in self.drill.round[1:] for line in self._round_lines(item)]
        kinds = ("acknowledged", "time_up", "nothing_heard", "thanks")
        return (*asked[:2], *(self._texts.text(kind, state) for kind in kinds), *asked[2:])

    def asks(self, words: Sequence[Word]) -> Asks:
        """Whether *words* end with a question to the interviewer; only where questions are wanted."""
        asked = [(self._asked(words, finder), finder) for finder in self._finders.values()]
        answered = any(
            item.kind is not AskedKind.FACT or any(answer.fact for answer in answer_facts((item,), finder))
            for found, finder in asked
            for item in found
        )
        if answered:
            return Asks.SURELY
        return Asks.PERHAPS if any(found for found, _ in asked) else Asks.NOT

    def unanswered(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """None: a drill asks no language model."""
        del words
        return ()

    def reply(self, moment: Moment) -> Reply:
        """What to say at the end of the candidate's turn *moment*."""
        if moment.heard.command is not None:
            return self.obey(CommandName(moment.heard.command), moment)
        owed = moment.state.owed
        if owed and not moment.words:
            return self.go_on(moment.state)
        missed = tuple(item.line for item in owed if item.is_needed or item.line.intent is Intent.FOLLOW_UP)
        moment = replace(moment, state=replace(moment.state, owed=()))
        if missed and len(moment.words) < FEW_WORDS and not any(item.was_heard for item in owed):
            return _remembered(Reply(state=moment.state, lines=missed, mode=Mode.SHORT))
        return _remembered(self._reply(moment))

    def due(self, talk: Talk, state: InterviewState) -> Due | None:
        """The round's time is over."""
        over_s = talk.elapsed_s - state.rounds[-1].elapsed_s - self._round(state).limit_s
        if over_s < 0.0 or not self._is_strict:
            return None
        return Due(why=Why.OVER_TIME, held_s=over_s, is_pressing=over_s >= self._settings.patience_s)

    def interrupt(self, moment: Moment, due: Due) -> Reply:
        """Says that the time is over, and goes on to the next round."""
        line, state = self._texts.line("time_up", Intent.INTERRUPTION, due.why, moment.state)
        return _remembered(self._next(replace(moment, state=state), (line,)))

    def go_on(self, state: InterviewState) -> Reply:
        """Says on what was talked over, but not by words."""
        lines = tuple(item.line for item in state.owed)
        return Reply(state=replace(state, owed=()), lines=lines, mode=Mode.SHORT)

    def obey(self, command: CommandName, moment: Moment) -> Reply:
        """What to do when *command* is given by key or voice. What it broke off is said after it."""
        owed, state = moment.state.owed, moment.state
        more: tuple[Line, ...] = ()
        match command:
            case CommandName.PAUSE | CommandName.THINK:
                pass
            case (
                CommandName.SKIP
                | CommandName.DONE
                | CommandName.STOP
                | CommandName.REPEAT_QUESTION
                | CommandName.SAY_AGAIN
                | CommandName.SAY_SLOWER
            ):
                state = replace(state, owed=())
            case _:
                more, state = rest(owed), replace(state, owed=())
        reply = self._obey(command, replace(moment, state=state))
        return _remembered(replace(reply, lines=(*reply.lines, *more)))

    def bridged(self, reply: Reply) -> Reply:
        """*reply* as it is: all that a drill says is known ahead."""
        return reply

    def remark(self, kind: str, state: InterviewState) -> tuple[Line, InterviewState]:
        """A line of *kind* about what befell the session itself, and the state that remembers it."""
        return self._lines.line(kind, Intent.REPLY, kind, state)

    def close(self, state: InterviewState) -> Reply:
        """Thanks, and the end."""
        line, state = self._texts.line("thanks", Intent.REPLY, None, state)
        return Reply(state=state, lines=(line,), stage=Stage.CLOSING)

    def is_covered(
        self, covered: frozenset[str], state: InterviewState, mode: Mode, elapsed_s: float
    ) -> bool:
        """Whether everything was heard that this round listens for."""
        del mode, elapsed_s
        item = self._round(state)
        return all(f"{item.id}/{one.id}" in covered for one in item.item if not one.is_absent)

    def next_follow_up(self, moment: Moment) -> None:
        """None: what comes next is known ahead."""
        del moment

    def feedback(self, sentences: Sequence[FeedbackLine], state: InterviewState) -> Reply:
        """Reads out *sentences*; then offers another attempt, unless the candidate said "stop"."""
        lines = tuple(Line(text=said.text, intent=Intent.FEEDBACK, about=said.about) for said in sentences)
        kind = "offer_passed" if any(said.about == PASSED for said in sentences) else "offer_missed"
        offer: tuple[Line, ...] = ()
        if not state.is_done:
            line, state = self._texts.line(kind, Intent.FEEDBACK, "offer", state)
            offer = (line,)
        return Reply(state=replace(state, offer=offer), lines=lines, stage=Stage.FEEDBACK)

    # -- rounds ------------------------------------------------------------------------------------------------

    def _round(self, state: InterviewState) -> DrillRound:
        return self.drill.round[max(0, len(state.rounds) - 1)]

    def _round_lines(self, item: DrillRound) -> tuple[Line, ...]:
        """What is read out and asked; the last line tells what is answered."""
        lines = [Line(text=text, intent=Intent.QUESTION, about=item.id) for text in item.read_out]
        if item.ask:
            lines.append(Line(text=item.ask, intent=Intent.FOLLOW_UP, about=item.id))
        if item.scope_change is not None:
            change = item.scope_change
            lines.append(Line(text=change.text, intent=Intent.SCOPE_CHANGE, about=change.id))
        return tuple(lines)

    def _next(self, moment: Moment, said: tuple[Line, ...] = ()) -> Reply:
        """The next round, or the end, behind what is *said* first."""
        state = moment.state
        number = len(state.rounds)
        if number >= len(self.drill.round):
            closing = self.close(state)
            return replace(closing, lines=(*said, *closing.lines))
        begun = RoundStart(at_s=moment.at_s, elapsed_s=moment.elapsed_s)
        state = replace(
            state,
            rounds=(*state.rounds, begun),
            unanswered=0,
            questions_at_steer=state.questions,
            was_prompted=False,
        )
        lines = (*said, *self._round_lines(self.drill.round[number]))
        return Reply(state=state, lines=lines, mode=Mode.SHORT)

    def _left_s(self, moment: Moment) -> float:
        state = moment.state
        return self._round(state).limit_s - (moment.elapsed_s - state.rounds[-1].elapsed_s)

    # -- the candidate's turn ----------------------------------------------------------------------------------

    def _reply(self, moment: Moment) -> Reply:
        if not moment.words:
            return self._unsaid(moment)
        moment = replace(moment, state=replace(moment.state, unanswered=0))
        if self._round(moment.state).kind.asks:
            return self._to_questions(moment)
        return self._acknowledged(moment)

    def _acknowledged(self, moment: Moment) -> Reply:
        if len(moment.state.rounds) >= len(self.drill.round):
            return self._next(moment)
        line, state = self._texts.line("acknowledged", Intent.REPLY, None, moment.state)
        return self._next(replace(moment, state=state), (line,))

    def _unsaid(self, moment: Moment) -> Reply:
        """Nothing was said for a while: one prompt, then the next round."""
        state = moment.state
        has_asked = self._has_asked(state)
        if state.unanswered >= PROMPTS or self._left_s(moment) <= 0.0:
            return self._next(moment)
        kind = "play_back" if has_asked else "nothing_heard"
        line, state = self._texts.line(kind, Intent.CHECK, None, state)
        return Reply(state=replace(state, unanswered=state.unanswered + 1), lines=(line,), mode=Mode.SHORT)

    def _to_questions(self, moment: Moment) -> Reply:
        """Answers; a statement behind the questions is the scope played back, with which the round ends."""
        finder = self._finders[self._round(moment.state).pack]
        asked, rest, is_asking = self._sorted(moment.words, finder)
        state = moment.state
        is_over = self._left_s(moment) <= 0.0 or moment.heard.tail is Tail.DONE
        is_checked = bool(asked) and asked[-1].kind is AskedKind.CHECK
        has_asked = len(asked) > 1 or self._has_asked(state)
        is_played_back = is_checked and has_asked and _ahead_of_tag(moment.words) >= FEW_WORDS
        if is_asking and rest < FEW_WORDS and not is_played_back:
            lines, state = self._answers(asked, finder, state)
            state = replace(state, questions=state.questions + max(1, len(asked)))
            if not is_over:
                return Reply(state=state, lines=lines, mode=Mode.SHORT)
            return self._next(replace(moment, state=state), lines)
        if asked and asked[-1].kind is not AskedKind.FACT:
            line, state = self._texts.line("agreed", Intent.REPLY, None, state)
            return self._next(replace(moment, state=state), (line,))
        if not is_over and not is_asking and not self._has_asked(state) and not state.was_prompted:
            line, state = self._texts.line("ask_me", Intent.CHECK, None, state)
            return Reply(state=replace(state, was_prompted=True), lines=(line,), mode=Mode.SHORT)
        return self._acknowledged(moment)

    def _answers(
        self, asked: Sequence[Asked], finder: FactFinder, state: InterviewState
    ) -> tuple[tuple[Line, ...], InterviewState]:
        """What the pack says to what was *asked*; that all is well so far needs no more than a word."""
        lines: list[Line] = []
        for answer in answer_facts(asked, finder):
            if answer.text is None:
                line, state = self._texts.line("noted", Intent.ANSWER, None, state)
            else:
                line = Line(text=answer.text, intent=Intent.ANSWER, about=answer.fact)
            lines.append(line)
        if not lines:
            kind, intent = ("agreed", Intent.REPLY) if asked else ("noted", Intent.ANSWER)
            line, state = self._texts.line(kind, intent, None, state)
            lines.append(line)
        return tuple(lines), state

    def _sorted(self, words: Sequence[Word], finder: FactFinder) -> tuple[tuple[Asked, ...], int, bool]:
        """The questions in *words*, wherever they stand; how many words were said after the last one; and whether
        anything was asked, understood or not.
        """
        turn = Transcript(turns=(turn_of(Speaker.CANDIDATE, words),))
        asked: list[Asked] = []
        rest, is_asking = 0, False
        for sentence in turn.sentences():
            found = find_questions([sentence], self._cues, finder)
            asked += found
            if found or sentence.words[-1].text.endswith("?"):
                rest, is_asking = 0, True
            else:
                rest += len(sentence.words)
        return tuple(asked), rest, is_asking

    def _has_asked(self, state: InterviewState) -> bool:
        """Whether a question was asked in this round."""
        return state.questions > state.questions_at_steer

    def _asked(self, words: Sequence[Word], finder: FactFinder) -> tuple[Asked, ...]:
        if not words:
            return ()
        turn = Transcript(turns=(turn_of(Speaker.CANDIDATE, words),))
        return find_questions(turn.sentences(), self._cues, finder)

    # -- commands ----------------------------------------------------------------------------------------------

    def _obey(self, command: CommandName, moment: Moment) -> Reply:
        state = moment.state
        match command:
            case CommandName.SKIP:
                line, state = self._texts.line("skipped", Intent.REPLY, command, state)
                return self._next(replace(moment, state=state), (line,))
            case CommandName.DONE:
                return self._next(moment)
            case CommandName.STOP:
                return self.close(replace(state, is_done=True))
            case CommandName.THINK:
                line, state = self._lines.line("thinking_granted", Intent.REPLY, command, state)
                return Reply(state=state, lines=(line,), mode=Mode.THINKING)
            case CommandName.PAUSE:
                line, state = self._lines.line("paused", Intent.REPLY, command, state)
                return Reply(state=state, lines=(line,), pauses=True, mode=None)
            case CommandName.RESUME:
                line, state = self._lines.line("resumed", Intent.REPLY, command, state)
                return Reply(state=state, lines=(line,), mode=None, pauses=False)
            case CommandName.REPEAT_QUESTION | CommandName.SAY_AGAIN | CommandName.SAY_SLOWER:
                return self._again(command, state)
            case CommandName.SLOWER | CommandName.FASTER:
                kind, state = self._speed.changed(command, state)
                line, state = self._lines.line(kind, Intent.REPLY, command, state)
                return Reply(state=state, lines=(line,), mode=None)
            case _:
                return self._told(command, moment)

    def _again(self, command: CommandName, state: InterviewState) -> Reply:
        """The round's prompt, or what was said last."""
        if command is CommandName.REPEAT_QUESTION:
            return Reply(state=state, lines=self._round_lines(self._round(state)), mode=None)
        lines = tuple(replace(line, intent=Intent.REPLY, about=command) for line in state.last)
        if command is CommandName.SAY_SLOWER:
            _, state = self._speed.changed(CommandName.SLOWER, state)
        return Reply(state=state, lines=lines, mode=None)

    def _told(self, command: CommandName, moment: Moment) -> Reply:
        """The time that is left of the round, and which one it is; nothing of how good it was."""
        left_s, state = self._left_s(moment), moment.state
        if command not in {CommandName.TIME, CommandName.HOW_AM_I_DOING}:
            return Reply(state=state, mode=None)
        if left_s < _NONE_LEFT_S:
            line, state = self._texts.line("round_over", Intent.REPLY, command, state)
        else:
            left = spoken_length(left_s)
            line, state = self._texts.line("round_left", Intent.REPLY, command, state, left=left)
        if command is CommandName.TIME:
            return Reply(state=state, lines=(line,), mode=None)
        number, count = spoken_number(max(1, len(state.rounds))), spoken_number(len(self.drill.round))
        which, state = self._texts.line("status", Intent.REPLY, command, state, number=number, count=count)
        return Reply(state=state, lines=(which, line), mode=None)


PASSED = "passed"
"""What the first line of the feedback on a drill is about where the attempt passed."""


def _ahead_of_tag(words: Sequence[Word]) -> int:
    """How many words are stated ahead of the "is that right?" with which *words* end; 0 where they end otherwise."""
    *before, last = Transcript(turns=(turn_of(Speaker.CANDIDATE, words),)).sentences()
    tag = next((at for at in range(len(last.words) - 1, 0, -1) if last.words[at - 1].text.endswith(",")), 0)
    if len(last.words) - tag > _LONGEST_TAG:
        return 0
    stated = takewhile(lambda sentence: not sentence.words[-1].text.endswith("?"), reversed(before))
    return tag + sum(len(sentence.words) for sentence in stated)


def _remembered(reply: Reply) -> Reply:
    last = tuple(line for line in reply.lines if line.about not in tuple(CommandName))
    return replace(reply, state=replace(reply.state, last=last)) if last else reply
