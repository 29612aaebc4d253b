"""A lab's time: one clock, the deadlines of all its nodes, the exchanges in flight.

A node is a device or a counterpart: it answers `next_deadline()` and is woken with `wake(now)`.
The rules of this file:

- At rate 1 real time runs on, and each deadline is played when it has come.
- A clock that is moved (`advance`) or runs faster stands at each deadline until its node has been
  woken and nothing is in flight, so the same advance gives the same result every time.
- Deadlines are played by instant, then by the order in which the nodes joined.

Nothing polls: one task sleeps until the first deadline, and `touched` wakes it when that changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent.core.clock import Instant, RatedClock
from agent.device.fleet import Fleet, Node

# A long advance lets other tasks run after so many nodes.
BREATH = 32


class Timeline:
    """Owns the clock. Driven by three sources: real time, commands, and nodes that were touched."""

    def __init__(
        self, clock: RatedClock, on_fault: Callable[[Node, Exception], None] | None = None
    ) -> None:
        """`on_fault` hears of a node that a bug took out; without it the bug ends the playing."""
        self._clock = clock
        self._rate = clock.rate
        self._held = False
        self._floor: Instant = clock.now()  # what `now` said last stays the least it says
        self._fleet = Fleet(on_fault)
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._changed = asyncio.Event()
        self._playing = asyncio.Lock()
        # set once all that answers is up; no deadline is played before
        self.ready = asyncio.Event()

    # --- the clock ----------------------------------------------------------------------------

    @property
    def rate(self) -> float:
        """The rate that was asked for; the clock may stand for a moment all the same."""
        return self._rate

    @property
    def in_flight(self) -> int:
        """Exchanges whose reply has not come yet."""
        return self._in_flight

    def now(self) -> Instant:
        """The lab's present instant. A fast clock never runs past a deadline not yet played."""
        now = self._clock.now()
        if self._rate > 1 and not self._held:
            first = self._fleet.peek()
            if first is not None and first < now:
                return max(first, self._floor)
        return now

    def set_rate(self, rate: float) -> None:
        """Run `rate` times as fast from now on. Raises ValueError below 0."""
        if rate < 0:
            raise ValueError("a clock's rate is 0 or more")
        now = self.now()
        self._rate = rate
        self._retime(now)

    def _retime(self, now: Instant) -> None:
        standing = self._held or (self._rate > 1 and self._in_flight > 0)
        self._floor = now
        self._clock.set(now)
        self._clock.set_rate(0 if standing else self._rate)
        self._changed.set()

    # --- nodes and exchanges ------------------------------------------------------------------

    def join(self, node: Node) -> None:
        """Take a node in; of two deadlines at one instant the earlier joined goes first."""
        self._fleet.add(node)
        self._changed.set()

    def touched(self, node: Node) -> None:
        """Something reached this node, so its deadline may have changed."""
        first = self._fleet.peek()
        self._fleet.touch(node)
        if self._fleet.peek() != first:
            self._changed.set()

    def present(self) -> Instant:
        """`now`, once all that was due by then is played: what an input from outside carries."""
        now = self.now()
        if self._rate <= 1 and not self._held and self.ready.is_set():
            self._fleet.run_until(now)
        return now

    @contextmanager
    def exchange(self) -> Iterator[None]:
        """An exchange is in flight while the block runs; a moved or fast clock stands meanwhile."""
        self.begin()
        try:
            yield
        finally:
            self.end()

    def begin(self) -> None:
        """An exchange starts. `exchange()` where a block fits."""
        now = self.now()
        self._in_flight += 1
        self._idle.clear()
        if self._rate > 1:
            self._retime(now)

    def end(self) -> None:
        """The exchange that `begin` counted is over."""
        now = self.now()
        self._in_flight -= 1
        if self._in_flight == 0:
            self._idle.set()
            if self._rate > 1:
                self._retime(now)

    async def settled(self) -> None:
        """Wait until nothing is in flight."""
        while self._in_flight:
            await self._idle.wait()

    # --- playing ------------------------------------------------------------------------------

    async def advance(self, ms: int) -> None:
        """Move the clock by `ms`, playing every deadline on the way. Others wait their turn."""
        await self.ready.wait()
        async with self._playing:
            target = self.now() + ms
            self._held = True
            self._retime(self.now())
            try:
                await self._play_until(target)
            finally:
                self._held = False
                self._retime(self._clock.now())

    async def run(self) -> None:
        """Play deadlines as they come, until cancelled."""
        await self.ready.wait()
        while True:
            self._changed.clear()
            first = self._fleet.peek()
            delay = None if first is None else self._clock.real_seconds_until(first)
            if delay is None or delay > 0:
                await _wait(self._changed, delay)
                continue
            async with self._playing:
                if self._rate > 1:
                    await self._play_standing()
                else:
                    self.present()
            await asyncio.sleep(0)

    async def _play_standing(self) -> None:
        """At a high rate: stand at the first deadline until it is played and settled."""
        await self.settled()
        first = self._fleet.peek()
        if first is None or first > self._clock.now():
            return
        self._held = True
        self._retime(max(first, self._floor))
        try:
            await self._play_until(self._clock.now())
        finally:
            self._held = False
            self._retime(self._clock.now())

    async def _play_until(self, target: Instant) -> None:
        """With the clock held: play up to and including `target`, settling after each node."""
        await self.settled()
        played = 0
        while (instant := self._fleet.peek()) is not None and instant <= target:
            self._clock.set(max(instant, self._clock.now()))
            self._fleet.step(target)
            await self.settled()
            played += 1
            if played % BREATH == 0:
                await asyncio.sleep(0)
        self._clock.set(max(target, self._clock.now()))


async def _wait(event: asyncio.Event, seconds: float | None) -> None:
    """Until the event or the time comes. (`wait_for` of Python 3.11 can lose a cancellation.)"""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
