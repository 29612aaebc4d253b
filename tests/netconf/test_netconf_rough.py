"""Rough clients over real SSH: silent, slow, greedy, many at once. Others are unharmed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import asyncssh
import pytest

from agent.adapters.lab import Lab
from tests.netconf.conformance import (
    BASES,
    NOTIFICATION,
    World,
    chunked,
    edit,
    error_of,
    get_config,
    name,
    plans,
)
from tests.wire.laboratory import START, opened, plan

pytestmark = pytest.mark.wire
SUBSCRIBE = f'<create-subscription xmlns="{NOTIFICATION}"/>'


@pytest.fixture
async def world():
    lab = await opened(Lab(plan(plans()[0]), START))
    made = World(lab)
    yield made
    for connection in made.connections.values():
        connection.abort()
    await lab.close()


def server(world: World):
    return world.lab.netconf.server(world.lab.devices["plain"])


async def test_who_says_no_hello_is_sent_away(world):
    server(world).limits = replace(server(world).limits, hello_seconds=0.05)
    silent = await world.raw()
    await silent.marked()
    assert await silent.gone() == b""
    assert await (await world.session()).hostname() == "Switch"


async def test_who_is_idle_too_long_is_sent_away_where_there_is_a_limit(world):
    server(world).limits = replace(server(world).limits, idle_seconds=0.3)
    watcher, idle = await world.session(), await world.session()
    await watcher.ok(SUBSCRIBE)
    for _ in range(4):
        await asyncio.sleep(0.1)
        await watcher.hostname()
    await idle.gone()
    while "session-end" not in (told := (await watcher.notification())[1]).tag:
        pass
    assert told[-1].text == "timeout"


@pytest.mark.long
async def test_message_beyond_the_cap_ends_its_session_alone(world):
    good, bad = await world.session(), await world.session()
    piece = b"\n#%d\n" % (1 << 20) + b" " * (1 << 20)
    try:
        for _ in range(50):
            bad.raw(piece)
            await bad.process.stdin.drain()
    except (BrokenPipeError, ConnectionError):
        pass
    await bad.gone()
    assert await good.hostname() == "Switch"


@pytest.mark.long
async def test_long_edit_is_refused_whole(world):
    s = await world.session()
    rows = "<description>x</description>" * 100_000
    body = edit(f"<native><ip><host>{rows}</host></ip></native>")
    error_of(await s.rpc(body), "too-big", "unknown-element")
    assert await s.hostname() == "Switch"


async def test_greedy_client_that_does_not_read_gets_its_answers_later(world):
    """Hundreds of requests of 92 kB answers, unread: what waits here stays small."""
    good, greedy = await world.session(), await world.session()
    rpc = (
        f'<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="1">{get_config()}</rpc>'
    )
    for _ in range(300):
        greedy.raw(chunked(rpc.encode()))
    for _ in range(20):
        assert await good.hostname() == "Switch"
    for _ in range(300):
        assert (await greedy.reply()).get("message-id") == "1"


async def test_subscriber_that_does_not_read_hinders_nobody(world):
    unread, reader, other = [await world.session() for _ in range(3)]
    await reader.ok(SUBSCRIBE)
    await unread.ok(SUBSCRIBE)
    for number in range(20):
        await other.edit(name(f"n{number}"))
    for number in range(20):
        told = (await reader.notification())[1]
        assert told.tag.endswith("netconf-config-change"), number
    assert await unread.hostname() == "n19"


@pytest.mark.long
async def test_half_a_hundred_sessions_at_once(world):
    first = await world.session()
    sessions = [first, *await asyncio.gather(*(world.session() for _ in range(49)))]
    found = await asyncio.gather(*(s.hostname() for s in sessions))
    assert found == ["Switch"] * 50
    world.connections["plain"].abort()
    await world.connections.pop("plain").wait_closed()
    assert await (await world.session()).hostname() == "Switch"
    async with asyncio.timeout(10):
        while len(server(world).sessions) > 1:
            await asyncio.sleep(0.01)


async def test_slow_sender_blocks_nobody(world):
    slow, good = await world.session(bases=BASES), await world.session()
    for byte in b"\n#5\n<rpc ":
        slow.raw(bytes([byte]))
        assert await good.hostname() == "Switch"


async def test_no_more_sessions_than_the_limit_however_they_rush_in(world):
    good = await world.session()
    server(world).limits = replace(server(world).limits, sessions=3)
    rushing = (world.session() for _ in range(12))
    found = await asyncio.gather(*rushing, return_exceptions=True)
    assert sum(isinstance(one, asyncssh.ChannelOpenError) for one in found) == 10
    assert len(server(world).sessions) == 3
    assert await good.hostname() == "Switch"
