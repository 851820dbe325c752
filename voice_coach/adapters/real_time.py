"""How fast a file or a simulated room is read."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

Pace = Callable[[float], object]
"""Called with the session second at which a frame is complete; returns when it may be handed on."""


def at_once(due_s: float) -> None:
    """Does not wait: ``--speed max``."""


class RealTime:
    """Waits like a sound card would: ``--speed realtime``. Second 0 is the first call.

    After a delay elsewhere the frames that are overdue come at once, as they would from a card's buffer.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        """*wait* takes seconds; by default it really waits."""
        self._now = now
        self._wait = wait or threading.Event().wait
        self._origin_s: float | None = None

    def __call__(self, due_s: float) -> None:
        """Return when *due_s* seconds have passed since the first call."""
        if self._origin_s is None:
            self._origin_s = self._now()
        rest_s = self._origin_s + due_s - self._now()
        if rest_s > 0:
            self._wait(rest_s)
