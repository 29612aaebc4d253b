"""The timeline: order of deadlines, a clock that stands while exchanges are in flight."""

from __future__ import annotations

import asyncio

import pytest

from agent.adapters.timeline import Timeline
from agent.core.clock import DAY, HOUR, MINUTE, SECOND, RatedClock

START = 1_790_086_400_000


class Real:
    """Real seconds that stand until a test moves them."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Ticker:
    """A node due every `every` ms; each wake-up is written down, and may start an exchange."""

    def __init__(self, name, every, played, exchange=None):
        self.name, self.every, self.played, self.exchange = name, every, played, exchange
        self.due = START + every

    def next_deadline(self):
        return self.due

    def wake(self, now):
        self.played.append((now - START, self.name))
        self.due = now + self.every
        if self.exchange:
            self.exchange(now)


def timeline(rate=1.0):
    real = Real()
    line = Timeline(RatedClock(START, real, rate))
    line.ready.set()
    return line, real


async def test_advance_plays_every_deadline_in_order_and_ends_at_its_target():
    line, _ = timeline()
    played = []
    line.join(Ticker("slow", 2 * HOUR, played))
    line.join(Ticker("fast", HOUR, played))
    await line.advance(4 * HOUR)
    assert played == [
        (1 * HOUR, "fast"),
        (2 * HOUR, "slow"),
        (2 * HOUR, "fast"),
        (3 * HOUR, "fast"),
        (4 * HOUR, "slow"),
        (4 * HOUR, "fast"),
    ]
    assert line.now() == START + 4 * HOUR


async def test_clock_stands_while_an_exchange_is_in_flight():
    line, _ = timeline()
    played, answered = [], asyncio.Event()
    seen = []

    def exchange(now):
        line.begin()

        async def reply():
            await answered.wait()
            seen.append(line.now() - START)
            line.end()

        tasks.append(asyncio.ensure_future(reply()))

    tasks = []
    line.join(Ticker("asks", HOUR, played, exchange))
    line.join(Ticker("other", HOUR + SECOND, played))
    moving = asyncio.ensure_future(line.advance(2 * HOUR - MINUTE))
    for _ in range(20):
        await asyncio.sleep(0)
    assert played == [(HOUR, "asks")]
    assert line.now() == START + HOUR
    answered.set()
    await moving
    assert seen == [HOUR]
    assert played == [(HOUR, "asks"), (HOUR + SECOND, "other")]


async def test_two_advances_at_once_take_turns():
    line, _ = timeline()
    line.join(Ticker("n", HOUR, []))
    await asyncio.gather(line.advance(DAY), line.advance(DAY))
    assert line.now() == START + 2 * DAY


async def test_nothing_is_played_before_the_lab_is_ready():
    line, _ = timeline()
    line.ready.clear()
    played = []
    line.join(Ticker("n", HOUR, played))
    moving = asyncio.ensure_future(line.advance(HOUR))
    for _ in range(5):
        await asyncio.sleep(0)
    assert played == []
    line.ready.set()
    await moving
    assert played == [(HOUR, "n")]


async def test_fast_clock_never_passes_a_deadline_that_was_not_played():
    line, real = timeline(rate=3600)
    played = []
    line.join(Ticker("n", HOUR, played))
    real.seconds = 5.0
    assert line.now() == START + HOUR
    runner = asyncio.ensure_future(line.run())
    for _ in range(20):
        await asyncio.sleep(0)
    assert played == [(HOUR, "n")]
    real.seconds = 5.5
    assert line.now() == START + HOUR + 30 * MINUTE
    runner.cancel()


async def test_fast_clock_stands_during_an_exchange_and_real_time_does_not():
    fast, real = timeline(rate=60)
    with fast.exchange():
        before = fast.now()
        real.seconds += 10
        assert fast.now() == before
    real.seconds += 1
    assert fast.now() == before + MINUTE
    plain, real = timeline()
    with plain.exchange():
        real.seconds += 10
    assert plain.now() == START + 10 * SECOND


async def test_runner_sleeps_until_a_touched_node_is_due():
    line = Timeline(RatedClock(START, asyncio.get_running_loop().time))
    line.ready.set()
    played = []
    node = Ticker("n", DAY, played)
    line.join(node)
    runner = asyncio.ensure_future(line.run())
    await asyncio.sleep(0)
    woken = asyncio.Event()
    node.exchange = lambda now: woken.set()
    node.due = line.now() + 5
    line.touched(node)
    await asyncio.wait_for(woken.wait(), 2)
    assert len(played) == 1
    runner.cancel()


async def test_input_from_outside_comes_after_what_was_due():
    line, real = timeline()
    played = []
    line.join(Ticker("n", SECOND, played))
    real.seconds = 2.5
    assert line.present() == START + 2500
    assert played == [(1000, "n"), (2000, "n")]


async def test_rate_below_zero_is_refused_and_changes_nothing():
    line, real = timeline()
    with pytest.raises(ValueError, match="0 or more"):
        line.set_rate(-1)
    real.seconds = 1
    assert (line.rate, line.now()) == (1, START + SECOND)
