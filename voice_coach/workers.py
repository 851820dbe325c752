"""Where engines do their work: at once, or on a thread for each role.

A job returns a value; what it raises is returned as :class:`Failed`. Results are collected by the session loop,
which alone changes the session.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A job that raised."""

    role: str
    token: object
    """What the job was submitted with, to tell whose result this is."""
    error: Exception


class Workers(Protocol):
    """Runs jobs. Jobs of one role and urgency run one at a time, in order."""

    @property
    def works_ahead(self) -> bool:
        """Whether a job takes no time of the session's, so that work before it is needed is worth while."""

    def submit(self, role: str, token: object, job: Callable[[], object], *, is_urgent: bool = True) -> None:
        """Run *job*. Urgent jobs of a role go first, and their results come out of :meth:`drain`.

        The others are work ahead: what they leave in a cache is all that is wanted of them.
        """

    def drain(self) -> list[object]:
        """The results that have come since the last call, in order."""

    def wait(self) -> list[object]:
        """All results that are still to come; blocks until every urgent job is done."""

    def close(self) -> None:
        """Take no more jobs; those that have not begun are dropped. Returns when the running ones are done."""


class InlineWorkers:
    """Runs each job when it is submitted: the session's clock stands still meanwhile."""

    works_ahead = False

    def __init__(self) -> None:
        self._results: list[object] = []

    def submit(self, role: str, token: object, job: Callable[[], object], *, is_urgent: bool = True) -> None:
        """See :class:`Workers`."""
        del is_urgent
        self._results.append(_run(role, token, job))

    def drain(self) -> list[object]:
        """See :class:`Workers`."""
        results, self._results = self._results, []
        return results

    wait = drain

    def close(self) -> None:
        """See :class:`Workers`."""
        self._results.clear()


@dataclass(frozen=True, slots=True, order=True)
class _Queued:
    """A job in its place: the urgent ones first, then as they came. The last rank ends the thread."""

    rank: int
    number: int
    token: object = field(compare=False, default=None)
    job: Callable[[], object] | None = field(compare=False, default=None)


_URGENT, _AHEAD, _END = range(3)


class ThreadWorkers:
    """A daemon thread for each role, started with its first job."""

    works_ahead = True

    def __init__(self) -> None:
        self._jobs: dict[str, queue.PriorityQueue[_Queued]] = {}
        self._results: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._numbers = count()
        self._open = 0
        self._closing = threading.Event()

    def submit(self, role: str, token: object, job: Callable[[], object], *, is_urgent: bool = True) -> None:
        """See :class:`Workers`."""
        if role not in self._jobs:
            self._jobs[role] = queue.PriorityQueue()
            thread = threading.Thread(target=self._work, args=(role,), name=role, daemon=True)
            self._threads.append(thread)
            thread.start()
        self._open += is_urgent
        rank = _URGENT if is_urgent else _AHEAD
        self._jobs[role].put(_Queued(rank, next(self._numbers), token, job))

    def drain(self) -> list[object]:
        """See :class:`Workers`."""
        results = []
        while not self._results.empty():
            results.append(self._results.get())
        self._open -= len(results)
        return results

    def wait(self) -> list[object]:
        """See :class:`Workers`."""
        results = []
        while self._open:
            results.append(self._results.get())
            self._open -= 1
        return results

    def close(self) -> None:
        """See :class:`Workers`."""
        self._closing.set()
        for jobs in self._jobs.values():
            jobs.put(_Queued(_END, next(self._numbers)))
        # An engine that still computes when the interpreter ends would abort the process.
        for thread in self._threads:
            thread.join()

    def _work(self, role: str) -> None:
        jobs = self._jobs[role]
        while (queued := jobs.get()).job is not None and not self._closing.is_set():
            result = _run(role, queued.token, queued.job)
            if queued.rank == _URGENT:
                self._results.put(result)


def _run(role: str, token: object, job: Callable[[], object]) -> object:
    try:
        return job()
    except Exception as error:  # noqa: BLE001 - the worker boundary: a fault of one job must not end the session
        return Failed(role=role, token=token, error=error)
