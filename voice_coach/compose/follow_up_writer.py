"""Who else could write follow-ups, besides the interviewer that every session has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from voice_coach.compose.consent import is_agreed
from voice_coach.compose.language_model import make_writer
from voice_coach.config import model_key
from voice_coach.core.commands import AskModel
from voice_coach.core.errors import LanguageModelError
from voice_coach.core.events import Intent
from voice_coach.core.interview_state import Line
from voice_coach.core.model_state import Job
from voice_coach.core.session_state import SessionState

if TYPE_CHECKING:
    from voice_coach.compose.content import Content
    from voice_coach.config import Config
    from voice_coach.core.content import Question
    from voice_coach.core.interview_state import Moment
    from voice_coach.ports import LanguageModel


class FollowUpWriter(Protocol):
    """Writes the next follow-up to what was said so far."""

    @property
    def name(self) -> str:
        """As shown."""

    def write(self, question: Question, moment: Moment, armed: Line | None) -> Line | None:
        """The follow-up to *moment* of an interview about *question*; None where it has none.

        *armed*: what would be asked without it.
        """


class ModelFollowUps:
    """What a session would ask with the language model *model*, did it always come in time."""

    def __init__(self, config: Config, content: Content, model: LanguageModel) -> None:
        self._config = config
        self._content = content
        self._model = model

    @property
    def name(self) -> str:
        """See :class:`FollowUpWriter`."""
        return self._model.name

    def write(self, question: Question, moment: Moment, armed: Line | None) -> Line | None:
        """See :class:`FollowUpWriter`. What fails, or may not be said, leaves what is *armed*, as in a session."""
        if armed is None:
            return None
        writer = make_writer(self._config, self._content, question, self._model)
        last = moment.transcript.turns[-1:]
        state = SessionState(
            at_s=last[0].end_s if last else 0.0,
            transcript=moment.transcript,
            covered=moment.covered,
            interview=moment.state,
            armed=armed.text,
        )
        ask = AskModel(request=1, job=Job.FOLLOW_UP, about=armed.text, gap=armed.about)
        try:
            text = writer.job(ask, state)().text
        except LanguageModelError:
            return armed
        is_unfit = writer.guard.follow_up(text, armed.about, state) is not None
        return armed if is_unfit else Line(text=text, intent=Intent.FOLLOW_UP, about=armed.about)


def model_writer(config: Config, content: Content) -> FollowUpWriter | None:
    """The configured language model; None where there is none, or what is sent was never agreed to.

    Raises LanguageModelError where it cannot be asked at all.
    """
    if not config.llm.base_url or not is_agreed(config.llm.base_url):
        return None
    from voice_coach.adapters.openai_model import OpenAiModel

    return ModelFollowUps(config, content, OpenAiModel(config.llm, model_key(config)))
