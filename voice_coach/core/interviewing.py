"""What the session asks of whoever interviews: in a rehearsal :class:`~voice_coach.core.interview.Interviewer`, in a
drill :class:`~voice_coach.core.drill_interview.DrillInterviewer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.events import CommandName
    from voice_coach.core.fact_finder import FactFinder
    from voice_coach.core.feedback_line import FeedbackLine
    from voice_coach.core.interview_state import InterviewState, Line, Moment, Reply
    from voice_coach.core.steering import Due, Talk
    from voice_coach.core.transcript import Word
    from voice_coach.core.turn_taking import Asks, Mode


class Interviewing(Protocol):
    """Decides what is said; a function of the moment."""

    @property
    def finder(self) -> FactFinder | None:
        """Finds the facts that answer the candidate; None where questions are about several products, or none."""

    @property
    def apart_s(self) -> float:
        """From one interruption to the next."""

    def opening(self, state: InterviewState) -> Reply:
        """The first words."""

    def known_ahead(self, state: InterviewState) -> tuple[str, ...]:
        """What will probably be said some time."""

    def asks(self, words: Sequence[Word]) -> Asks:
        """Whether *words*, the open turn, end with a question to the interviewer."""

    def unanswered(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """The first question in *words* that a language model may be asked; else none."""

    def reply(self, moment: Moment) -> Reply:
        """What to say at the end of the candidate's turn *moment*."""

    def due(self, talk: Talk, state: InterviewState) -> Due | None:
        """Why *talk* is to be interrupted, or None."""

    def interrupt(self, moment: Moment, due: Due) -> Reply:
        """What to say to a candidate who is talking, since something is *due*."""

    def go_on(self, state: InterviewState) -> Reply:
        """Says on what was talked over, but not by words."""

    def obey(self, command: CommandName, moment: Moment) -> Reply:
        """What to do when *command* is given by key or voice."""

    def bridged(self, reply: Reply) -> Reply:
        """*reply* behind a word that is said while the rest is being composed."""

    def remark(self, kind: str, state: InterviewState) -> tuple[Line, InterviewState]:
        """A line of *kind* about what befell the session itself, and the state that remembers it."""

    def close(self, state: InterviewState) -> Reply:
        """Thanks, and the end."""

    def is_covered(
        self, covered: frozenset[str], state: InterviewState, mode: Mode, elapsed_s: float
    ) -> bool:
        """Whether what is expected now has been said."""

    def next_follow_up(self, moment: Moment) -> Line | None:
        """The follow-up that would be asked now."""

    def feedback(self, sentences: Sequence[FeedbackLine], state: InterviewState) -> Reply:
        """Reads out *sentences*."""
