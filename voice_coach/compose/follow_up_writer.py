"""Who else could write follow-ups, besides the interviewer that every session has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from voice_coach.compose.content import Content
    from voice_coach.config import Config
    from voice_coach.core.content import Question
    from voice_coach.core.interview_state import Line, Moment


class FollowUpWriter(Protocol):
    """Writes the next follow-up to what was said so far."""

    @property
    def name(self) -> str:
        """As shown."""

    def write(self, question: Question, moment: Moment, armed: Line | None) -> Line | None:
        """The follow-up to *moment* of an interview about *question*; None where it has none.

        *armed*: what would be asked without it.
        """


def model_writer(_config: Config, _content: Content) -> FollowUpWriter | None:
    """The configured language model; None where none is, which is always so: the configuration names none yet."""
    return None
