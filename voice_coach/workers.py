"""Where engines do their work: at once, or on a thread for each role.

A job returns a value; what it raises is returned as :class:`Failed`. Results are collected by the session loop,
which alone changes the session.
"""

from __future__ import annotations

import heapq
import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple, Protocol

from voice_coach import interruption


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
        """Run *job*; its result comes out of :meth:`drain`. Urgent jobs of a role go first.

        The others are work ahead: one that fails leaves nothing, and is not waited for.
        """

    def drain(self) -> list[object]:
        """The results that have come since the last call, in order."""

    def wait(self) -> list[object]:
        """All results that are still to come; blocks until every urgent job is done."""

    def stop(self) -> None:
        """Begin no more jobs; those that wait are dropped. Returns at once, while running ones go on."""

    def close(self) -> None:
        """Stop, and return when the running jobs are done."""


class InlineWorkers:
    """Runs each job when it is submitted: the session's clock stands still meanwhile."""

    works_ahead = False

    def __init__(self) -> None:
        self._results: list[object] = []

    def submit(self, role: str, token: object, job: Callable[[], object], *, is_urgent: bool = True) -> None:
        """See :class:`Workers`."""
        del is_urgent
        result = done(role, token, job)
        if isinstance(result, Failed) and interruption.has_come():
            # A library that was being imported has made an error of Ctrl-C.
            raise interruption.Interrupted from result.error
        self._results.append(result)

    def drain(self) -> list[object]:
        """See :class:`Workers`."""
        results, self._results = self._results, []
        return results

    wait = drain

    def stop(self) -> None:
        """See :class:`Workers`. Nothing waits here."""

    def close(self) -> None:
        """See :class:`Workers`."""
        self._results.clear()


_TURN_S = 0.1
_URGENT, _MARK, _AHEAD, _END = range(4)


class _Queued(NamedTuple):
    """A job in its place: the urgent ones first, then as they came. The last rank ends the thread."""

    rank: int
    number: int
    token: object
    job: Callable[[], object]


class _Jobs:
    """What a thread has to do.

    Ctrl-C may come between any two lines of who adds a job. A lock of Python's own queues would then stay closed; here
    each line is one call into C, and a job that was not announced is done with the next one.
    """

    def __init__(self) -> None:
        self._heap: list[_Queued] = []
        self._announced: queue.SimpleQueue[None] = queue.SimpleQueue()

    def put(self, queued: _Queued) -> None:
        """Add *queued*. Its number is its own, so that no further field is ever compared."""
        heapq.heappush(self._heap, queued)
        self._announced.put(None)

    def get(self) -> _Queued:
        """The next one, waiting for it."""
        while not self._heap:
            self._announced.get()
        return heapq.heappop(self._heap)


@dataclass(frozen=True, slots=True)
class _Worker:
    """A thread and what it has to do."""

    jobs: _Jobs
    thread: threading.Thread


class ThreadWorkers:
    """A daemon thread for each role, started with its first job.

    Ctrl-C may break into any line that runs on the main thread, so nothing here is counted: whether all is done
    is asked of the queues themselves.
    """

    works_ahead = True

    def __init__(self) -> None:
        self._workers: dict[str, _Worker] = {}
        self._results: deque[object] = deque()
        self._numbers = count()
        self._closing = threading.Event()

    def submit(self, role: str, token: object, job: Callable[[], object], *, is_urgent: bool = True) -> None:
        """See :class:`Workers`."""
        if role not in self._workers:
            jobs = _Jobs()
            thread = threading.Thread(target=self._work, args=(role, jobs), name=role, daemon=True)
            thread.start()
            self._workers[role] = _Worker(jobs, thread)
        rank = _URGENT if is_urgent else _AHEAD
        self._workers[role].jobs.put(_Queued(rank, next(self._numbers), token, job))

    def drain(self) -> list[object]:
        """See :class:`Workers`."""
        results = []
        while self._results:
            results.append(self._results.popleft())
        return results

    def wait(self) -> list[object]:
        """See :class:`Workers`."""
        for worker in tuple(self._workers.values()):
            reached = threading.Event()
            worker.jobs.put(_Queued(_MARK, next(self._numbers), None, reached.set))
            # In turns: a Ctrl-C that comes right before Python blocks is answered only when it wakes.
            while not reached.wait(_TURN_S):
                pass
        return self.drain()

    def stop(self) -> None:
        """See :class:`Workers`. Idle threads end."""
        self._closing.set()
        for worker in tuple(self._workers.values()):
            worker.jobs.put(_Queued(_END, next(self._numbers), None, _nothing))

    def close(self) -> None:
        """See :class:`Workers`."""
        self.stop()
        # An engine that still computes when the interpreter ends would abort the process.
        for worker in self._workers.values():
            worker.thread.join()

    def _work(self, role: str, jobs: _Jobs) -> None:
        while (queued := jobs.get()).rank != _END and not self._closing.is_set():
            result = done(role, queued.token, queued.job)
            if queued.rank == _URGENT or (queued.rank == _AHEAD and not isinstance(result, Failed)):
                self._results.append(result)


def _nothing() -> None:
    """What is to do at the end."""


def done(role: str, token: object, job: Callable[[], object]) -> object:
    """What *job* returns, or :class:`Failed` with what it raised."""
    try:
        return job()
    except Exception as error:  # noqa: BLE001 - the worker boundary: a fault of one job must not end the session
        return Failed(role=role, token=token, error=error)
