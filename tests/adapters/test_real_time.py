from __future__ import annotations

from dataclasses import dataclass, field

from voice_coach.adapters.real_time import RealTime


@dataclass
class Watch:
    """A clock that moves only when something waits on it."""

    at_s: float = 100.0
    waits: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at_s

    def wait(self, seconds: float) -> None:
        self.waits.append(round(seconds, 6))
        self.at_s += seconds


def test_frames_come_when_they_are_due() -> None:
    watch = Watch()
    pace = RealTime(watch.now, watch.wait)
    for frame in range(3):
        pace((frame + 1) * 0.02)
    assert watch.waits == [0.02, 0.02, 0.02]


def test_overdue_frames_come_at_once_and_the_clock_does_not_slip() -> None:
    watch = Watch()
    pace = RealTime(watch.now, watch.wait)
    pace(0.02)
    watch.at_s += 0.05
    for frame in range(1, 5):
        pace((frame + 1) * 0.02)
    assert watch.waits == [0.02, 0.01, 0.02]
    assert round(watch.at_s, 6) == 100.1


def test_by_default_it_really_waits() -> None:
    pace = RealTime()
    pace(0.01)
    pace(0.02)
