"""Requests to a language model, on threads of their own that nothing ever waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from voice_coach.core import events
from voice_coach.core.errors import LanguageModelError
from voice_coach.workers import Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voice_coach.core.commands import AskModel
    from voice_coach.core.model_state import Job
    from voice_coach.core.second_opinion import Opinion
    from voice_coach.core.session_state import SessionState
    from voice_coach.shell import ModelNews
    from voice_coach.workers import Workers

SLOW = "slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What requests came to."""

    tokens: int = 0
    cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came of a request."""

    text: str = ""
    """A line of the coach; empty: there is nothing to say."""
    opinion: Opinion | None = None


class Writer(Protocol):
    """Puts a request into a prompt, asks, and checks the form of the answer."""

    @property
    def name(self) -> str:
        """The model, as shown."""

    def job(self, command: AskModel, state: SessionState) -> Callable[[], Written]:
        """What to run for *command*; *state* is what is known now.

        It raises LanguageModelError.
        """

    def keep(self, opinion: Opinion) -> None:
        """Take the second opinion, which came in time."""

    def bill(self) -> Bill:
        """What all requests came to since the last call, those that are not waited for any more included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    job: Job
    until_s: float


class Desk:
    """Takes requests; of each there is exactly one piece of news."""

    def __init__(self, writer: Writer, workers: Workers, limits_s: Mapping[Job, float]) -> None:
        """*workers* are this desk's own: a request that hangs holds nobody up. *limits_s*: how long each job takes."""
        self._writer = writer
        self._workers = workers
        self._limits_s = limits_s
        self._open: dict[int, _Open] = {}
        self._told: set[str] = set()
        """Kinds of faults that were told."""
        self._is_stopped = False

    def ask(self, command: AskModel, state: SessionState) -> None:
        """See :class:`voice_coach.shell.ModelDesk`."""
        if self._is_stopped:
            return
        until_s = state.at_s + self._limits_s[command.job]
        self._open[command.request] = _Open(job=command.job, until_s=until_s)
        job = _Numbered(
            request=command.request,
            write=self._writer.job(command, state),
            is_awaited=self._open.__contains__,
        )
        self._workers.submit(command.job, command.request, job)

    def news(self, now_s: float) -> list[ModelNews]:
        """See :class:`voice_coach.shell.ModelDesk`."""
        found: list[ModelNews] = []
        for result in self._workers.drain():
            if isinstance(result, _Result):
                found += self._written(result, now_s)
            elif isinstance(result, Failed) and isinstance(result.token, int):
                error = result.error
                kind = error.kind if isinstance(error, LanguageModelError) else type(error).__name__
                reason = str(error) if isinstance(error, LanguageModelError) else kind
                is_final = isinstance(error, LanguageModelError) and error.is_final
                found += self._failed(result.token, kind, reason, now_s, is_final=is_final)
        for request in [number for number, item in self._open.items() if now_s >= item.until_s]:
            found += self._failed(request, SLOW, "it takes too long", now_s)
        return found

    def stop(self) -> None:
        """See :class:`voice_coach.shell.ModelDesk`."""
        self._is_stopped = True
        self._workers.stop()

    def _written(self, result: _Result, now_s: float) -> list[ModelNews]:
        asked = self._open.pop(result.request, None)
        if asked is None:
            return []
        if result.written.opinion is not None:
            self._writer.keep(result.written.opinion)
        bill = self._writer.bill()
        return [
            events.ModelWrote(
                at_s=now_s,
                request=result.request,
                job=asked.job,
                text=result.written.text,
                tokens=bill.tokens,
                cost=bill.cost,
            )
        ]

    def _failed(
        self, request: int, kind: str, reason: str, now_s: float, *, is_final: bool = False
    ) -> list[ModelNews]:
        asked = self._open.pop(request, None)
        if asked is None:
            return []
        bill = self._writer.bill()
        failed = events.ModelFailed(
            at_s=now_s,
            request=request,
            job=asked.job,
            fault=kind,
            is_final=is_final,
            tokens=bill.tokens,
            cost=bill.cost,
        )
        if kind in self._told:
            return [failed]
        self._told.add(kind)
        told = events.EngineFellBack(at_s=now_s, role="model", name=self._writer.name, to=None, reason=reason)
        return [failed, told]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    request: int
    written: Written


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbered:
    request: int
    write: Callable[[], Written]
    is_awaited: Callable[[int], bool]

    def __call__(self) -> _Result | None:
        """None: it was given up while one before it hung, so that it is not even sent."""
        if not self.is_awaited(self.request):
            return None
        return _Result(request=self.request, written=self.write())
