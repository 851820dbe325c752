"""The language model of a session: its prompts, its budget, and the form of its answers."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, assert_never

from pydantic import TypeAdapter, ValidationError

from voice_coach.core.errors import LanguageModelError
from voice_coach.core.model_budget import Prices, counted, estimated, most_sent
from voice_coach.core.model_guard import ModelGuard
from voice_coach.core.model_prompt import Setting, document
from voice_coach.core.model_state import Job
from voice_coach.core.replies import Replies
from voice_coach.core.second_opinion import Opinion
from voice_coach.model_desk import Bill, Desk, Written
from voice_coach.ports import ModelRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voice_coach.compose.content import Content
    from voice_coach.config import Config
    from voice_coach.core.commands import AskModel
    from voice_coach.core.content import Question
    from voice_coach.core.model_prompt import ModelPrompts
    from voice_coach.core.model_state import LanguageModelSettings, ModelState
    from voice_coach.core.rubric import Rubric
    from voice_coach.core.session_state import SessionState
    from voice_coach.ports import LanguageModel, ModelAnswer
    from voice_coach.workers import Workers

MOST_TOKENS: Mapping[Job, int] = {Job.FOLLOW_UP: 400, Job.ANSWER: 400, Job.OPINION: 4000}
"""Of an answer: the longest that is of use, and room for a model that thinks first."""


@dataclass(frozen=True, slots=True)
class FollowUpReply:
    """The form of an answer about a follow-up."""

    question: str


@dataclass(frozen=True, slots=True)
class AnswerReply:
    """The form of an answer for the candidate."""

    is_known: bool
    answer: str


_FORMS: Mapping[Job, TypeAdapter[Any]] = {
    Job.FOLLOW_UP: TypeAdapter(FollowUpReply),
    Job.ANSWER: TypeAdapter(AnswerReply),
    Job.OPINION: TypeAdapter(Opinion),
}


class Purse:
    """What a session may still spend. Used by several threads."""

    def __init__(self, settings: LanguageModelSettings) -> None:
        self._prices = Prices(sent=settings.input_price, received=settings.output_price)
        self._most_tokens, self._most_cost = settings.tokens_per_session, settings.cost_per_session
        self._lock = threading.Lock()
        self._held = Bill()
        """For requests that are on their way."""
        self._spent = Bill()
        self._billed = Bill()

    @property
    def spent(self) -> Bill:
        """By the session so far."""
        return self._spent

    @property
    def committed(self) -> Bill:
        """The same, and what is on its way still may come to at most."""
        with self._lock:
            return _sum(self._spent, self._held)

    def hold(self, sent: int, received: int) -> Bill:
        """Puts aside what a request may come to at most. Raises LanguageModelError where there is not so much left."""
        bill = self._bill(sent, received)
        with self._lock:
            tokens = self._spent.tokens + self._held.tokens + bill.tokens
            cost = self._spent.cost + self._held.cost + bill.cost
            if tokens > self._most_tokens or cost > self._most_cost:
                raise LanguageModelError("budget", "the budget of this session is used up", is_final=True)
            self._held = _sum(self._held, bill)
        return bill

    def pay(self, held: Bill, sent: int, received: int) -> None:
        """In place of what was *held*."""
        with self._lock:
            self._held = _sum(self._held, Bill(tokens=-held.tokens, cost=-held.cost))
            self._spent = _sum(self._spent, self._bill(sent, received))

    def bill(self) -> Bill:
        """What was spent since the last call."""
        with self._lock:
            since = _sum(self._spent, Bill(tokens=-self._billed.tokens, cost=-self._billed.cost))
            self._billed = self._spent
        return since

    def _bill(self, sent: int, received: int) -> Bill:
        return Bill(tokens=sent + received, cost=self._prices.of(sent, received))


def _sum(one: Bill, other: Bill) -> Bill:
    return Bill(tokens=one.tokens + other.tokens, cost=one.cost + other.cost)


class ModelWriter:
    """Asks the model of one session."""

    def __init__(
        self,
        model: LanguageModel,
        prompts: ModelPrompts,
        setting: Setting,
        settings: LanguageModelSettings,
        guard: ModelGuard,
    ) -> None:
        self._model = model
        self.prompts = prompts
        self._setting = setting
        self._limits_s = limits_s(settings)
        self.settings = settings
        self.guard = guard
        """What checks its words."""
        self.purse = Purse(settings)
        """What it spends."""
        self.opinion: Opinion | None = None
        """The second opinion, where it came in time."""

    @property
    def name(self) -> str:
        """The model, as shown."""
        return self._model.name

    def bill(self) -> Bill:
        """See :class:`voice_coach.model_desk.Writer`."""
        return self.purse.bill()

    def keep(self, opinion: Opinion) -> None:
        """See :class:`voice_coach.model_desk.Writer`."""
        self.opinion = opinion

    def job(self, command: AskModel, state: SessionState) -> Callable[[], Written]:
        """See :class:`voice_coach.model_desk.Writer`."""
        form = _FORMS[command.job]
        request = ModelRequest(
            instructions=self.prompts.of(command.job).instructions,
            data=document(command, state, self._setting),
            schema_name=command.job.value,
            schema=strict(form.json_schema()),
            most_tokens=MOST_TOKENS[command.job],
            limit_s=self._limits_s[command.job],
        )
        return lambda: _written(validated(form, self._asked(request).text))

    def _asked(self, request: ModelRequest) -> ModelAnswer:
        sent = estimated(len(request.instructions) + len(request.data))
        held = self.purse.hold(sent, request.most_tokens)
        received, reported = 0, sent
        try:
            answer = self._model.answer(request)
            received = counted(answer.tokens_out, estimated(len(answer.text)), request.most_tokens)
            reported = counted(answer.tokens_in, sent, most_sent(sent))
        except LanguageModelError as failure:
            written = failure.received
            received = request.most_tokens if written is None else counted(written, 0, request.most_tokens)
            raise
        finally:
            self.purse.pay(held, reported, received)
        return answer


def _written(reply: FollowUpReply | AnswerReply | Opinion) -> Written:
    """As the coach would say it."""
    match reply:
        case FollowUpReply():
            return Written(text=" ".join(reply.question.split()))
        case AnswerReply():
            return Written(text=" ".join(reply.answer.split()) if reply.is_known else "")
        case Opinion():
            return Written(opinion=reply)
        case _:
            assert_never(reply)


def validated(form: TypeAdapter[Any], text: str) -> Any:  # noqa: ANN401 - what *form* is of
    """The answer in *text*. Raises LanguageModelError."""
    try:
        return form.validate_json(unfenced(text))
    except ValidationError:
        raise LanguageModelError("wrong form", "its answer has another form than was asked for") from None


def unfenced(text: str) -> str:
    """*text* without the fence of Markdown that some models put around JSON."""
    bare = text.strip()
    return bare.split("\n", 1)[-1].rsplit("```", 1)[0] if bare.startswith("```") else bare


def strict(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """*schema* as OpenAI's strict mode wants it: each object whole, and nothing more in it."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    tight = {key: strict(value) for key, value in schema.items() if key not in ("default", "title")}
    if tight.get("type") == "object":
        tight |= {"additionalProperties": False, "required": sorted(tight.get("properties", {}))}
    return tight


def limits_s(settings: LanguageModelSettings) -> Mapping[Job, float]:
    """How long each job may take."""
    return {
        Job.FOLLOW_UP: settings.follow_up_s,
        Job.ANSWER: settings.answer_s,
        Job.OPINION: settings.opinion_s,
    }


def _elements(rubric: Rubric) -> Mapping[str, str]:
    """What is listened for, by rubric id."""
    told = {item.id: f"I listened for {item.looked_for}." for item in rubric.checklist.item}
    return {**{reason.id: reason.no for reason in rubric.reasons.reason}, **told}


def make_guard(content: Content, question: Question) -> ModelGuard:
    """What checks the model's words. Raises PromptError."""
    return ModelGuard(question, content.guard_cues, Replies(content.rubric).asks_about)


def usage(writer: ModelWriter, state: ModelState) -> dict[str, object]:
    """What a session made of its language model, as ``session.json`` tells it."""
    spent, settings = writer.purse.committed, writer.settings
    has_prices = settings.input_price > 0.0 or settings.output_price > 0.0
    return {
        "requests": state.requests,
        "tokens": spent.tokens,
        "tokens_allowed": settings.tokens_per_session,
        "cost": round(spent.cost, 4) if has_prices else None,
        "cost_allowed": settings.cost_per_session if has_prices else None,
        "said": {job.value: state.used.get(job, 0) for job in (Job.FOLLOW_UP, Job.ANSWER)},
        "left_alone": state.is_off,
        "prompts": {job.value: writer.prompts.of(job).version for job in Job},
    }


def make_writer(config: Config, content: Content, question: Question, model: LanguageModel) -> ModelWriter:
    """What asks *model* in a session about *question*. Raises PromptError."""
    setting = Setting(
        question=question,
        level=config.candidate.asked_as,
        role=config.candidate.role,
        style=config.candidate.company_style,
        lately_s=config.llm.lately_s,
        elements=_elements(content.rubric),
    )
    return ModelWriter(model, content.model_prompts, setting, config.llm, make_guard(content, question))


def make_desk(writer: ModelWriter, workers: Workers, settings: LanguageModelSettings) -> Desk:
    """Where a session asks *writer*; *workers* are its own."""
    return Desk(writer, workers, limits_s(settings))
