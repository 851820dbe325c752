"""Where engines do their work: at once, or on a thread for each role.

A job returns a value; what it raises is returned as :class:`Failed`. Results are collected by the session loop,
which alone changes the session.
"""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A job that raised."""

    role: str
    token: object
    """What the job was submitted with, to tell whose result this is."""
    error: Exception


class Workers(Protocol):
    """Runs jobs. Jobs of one role run one at a time, in order."""

    def submit(self, role: str, token: object, job: Callable[[], object]) -> None:
        """Run *job*; its result comes out of :meth:`drain`."""

    def drain(self) -> list[object]:
        """The results that have come since the last call, in order."""

    def wait(self) -> list[object]:
        """All results that are still to come; blocks until every job is done."""

    def close(self) -> None:
        """Take no more jobs; those that have not begun are dropped. Returns when the running ones are done."""


class InlineWorkers:
    """Runs each job when it is submitted: the session's clock stands still meanwhile."""

    def __init__(self) -> None:
        self._results: list[object] = []

    def submit(self, role: str, token: object, job: Callable[[], object]) -> None:
        """See :class:`Workers`."""
        self._results.append(_run(role, token, job))

    def drain(self) -> list[object]:
        """See :class:`Workers`."""
        results, self._results = self._results, []
        return results

    wait = drain

    def close(self) -> None:
        """See :class:`Workers`."""
        self._results.clear()


class ThreadWorkers:
    """A daemon thread for each role, started with its first job."""

    def __init__(self) -> None:
        self._jobs: dict[str, queue.SimpleQueue[tuple[object, Callable[[], object]] | None]] = {}
        self._results: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._open = 0
        self._closing = threading.Event()

    def submit(self, role: str, token: object, job: Callable[[], object]) -> None:
        """See :class:`Workers`."""
        if role not in self._jobs:
            self._jobs[role] = queue.SimpleQueue()
            thread = threading.Thread(target=self._work, args=(role,), name=role, daemon=True)
            self._threads.append(thread)
            thread.start()
        self._open += 1
        self._jobs[role].put((token, job))

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
            jobs.put(None)
        # An engine that still computes when the interpreter ends would abort the process.
        for thread in self._threads:
            thread.join()

    def _work(self, role: str) -> None:
        jobs = self._jobs[role]
        while (item := jobs.get()) is not None and not self._closing.is_set():
            token, job = item
            self._results.put(_run(role, token, job))


def _run(role: str, token: object, job: Callable[[], object]) -> object:
    try:
        return job()
    except Exception as error:  # noqa: BLE001 - the worker boundary: a fault of one job must not end the session
        return Failed(role=role, token=token, error=error)
