"""Instants, durations and the clocks that give them.

An Instant is the number of milliseconds since 1970-01-01 UTC. Pure code receives `now` as an
argument; only the runner of a lab holds a Clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Instant = int

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock(Protocol):
    """A source of the present instant."""

    def now(self) -> Instant: ...


class ManualClock:
    """A clock that stands until it is set; it never runs backwards."""

    def __init__(self, now: Instant = 0) -> None:
        self._now = now

    def now(self) -> Instant:
        return self._now

    def set(self, now: Instant) -> None:
        """Move to `now`. Raises ValueError when that lies in the past."""
        if now < self._now:
            raise ValueError(f"a clock cannot move back from {self._now} to {now}")
        self._now = now


class RatedClock:
    """A clock that runs `rate` times as fast as the given source of real seconds.

    A rate of 1 is real time, 86400 shows a day each second, 0 stands still.
    """

    def __init__(
        self, start: Instant, real_seconds: Callable[[], float], rate: float = 1.0
    ) -> None:
        self._real_seconds = real_seconds
        self._anchor = start
        self._anchor_real = real_seconds()
        self._rate = rate

    @property
    def rate(self) -> float:
        return self._rate

    def now(self) -> Instant:
        elapsed = self._real_seconds() - self._anchor_real
        return self._anchor + int(elapsed * 1000 * self._rate)

    def set(self, now: Instant) -> None:
        """Continue from `now`; the rate stays."""
        self._anchor = now
        self._anchor_real = self._real_seconds()

    def set_rate(self, rate: float) -> None:
        """Run at `rate` from the present instant on. Raises ValueError below 0."""
        if rate < 0:
            raise ValueError("a clock's rate is 0 or more")
        self.set(self.now())
        self._rate = rate

    def real_seconds_until(self, instant: Instant) -> float | None:
        """Real seconds until `instant`; None when the clock stands."""
        if self._rate == 0:
            return None
        return max(0.0, (instant - self.now()) / 1000 / self._rate)
