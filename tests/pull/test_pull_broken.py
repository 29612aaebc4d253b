"""Pull where the way breaks: a device that dies in the middle, several devices, a stack.

A relay stands between the CSLU and a device and cuts the connection after a number of bytes. What
is said then stands on the row, and the next visit brings what an undisturbed one would have.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from agent.adapters.lab import Lab
from agent.core.identity import Udi
from tests.pull.test_pull_methods import HOUR, METHODS, again, collected, switch
from tests.wire.laboratory import START, opened, plan

pytestmark = pytest.mark.wire
# bytes from the device: in the greeting, between the requests, in the reports themselves
CUTS = (900, 5_000)


@asynccontextmanager
async def labs(*devices):
    lab = await opened(Lab(plan(*devices, rate=0.0), START))
    for front in (lab.front, lab.netconf, lab.http):
        front.failure_seconds = 0
    try:
        yield lab
    finally:
        await lab.close()


@asynccontextmanager
async def relay(to_port: int, cut: int):
    """A port that passes everything on, and breaks off once `cut` bytes came from the device."""
    left = cut
    tasks: set[asyncio.Task[None]] = set()

    async def pump(source, sink, counted: bool) -> None:
        nonlocal left
        try:
            while data := await source.read(256):
                if counted:
                    left -= len(data)
                    if left < 0:
                        break
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            pass
        sink.transport.abort()

    async def serve(reader, writer) -> None:
        up, down = await asyncio.open_connection("127.0.0.1", to_port)
        for task in (pump(reader, down, False), pump(up, writer, True)):
            tasks.add(asyncio.create_task(task))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()


def whole(lab: Lab) -> list[tuple[int, str]]:
    """Number and hash of each report at CSSM, where none may stand twice."""
    cssm = lab.cssm(None)
    with cssm.records.transaction():
        found = [(row.report_id, row.payload_sha256) for row in cssm.records.all_usage()]
    assert len({number for number, _ in found}) == len(found) > 0
    return found


async def settled(lab: Lab, name: str = "sw") -> dict:
    """The row once CSSM has answered and the ACK was handed over."""
    await lab.control({"do": "clock.advance", "ms": HOUR})
    rows = (await lab.control({"do": "cslu.list"}))["instances"]
    return next(row for row in rows if row["address"] == name)


async def undisturbed(method: str) -> list[dict]:
    async with labs(switch()) as lab:
        await lab.control({"do": "clock.advance", "ms": 2 * HOUR})
        assert not (await collected(lab, method))["failed"]
        await settled(lab)
        return whole(lab)


def place(lab: Lab, method: str) -> int:
    listening = {
        "rest": lab.restconf_endpoints,
        "restconf": lab.restconf_endpoints,
        "netconf": lab.netconf_endpoints,
        "cli": lab.endpoints,
    }
    return listening[method]["sw"].port


@pytest.mark.parametrize("method", METHODS)
async def test_a_device_that_dies_in_the_middle_loses_nothing_and_sends_nothing_twice(method):
    await cut_off(method, CUTS)


@pytest.mark.long
@pytest.mark.parametrize("method", METHODS)
async def test_wherever_it_dies(method):
    await cut_off(method, range(0, 15_000, 400))


async def cut_off(method, cuts) -> None:
    wanted = await undisturbed(method)
    failures = 0
    for cut in cuts:
        async with labs(switch()) as lab:
            await lab.control({"do": "clock.advance", "ms": 2 * HOUR})
            async with relay(place(lab, method), cut) as port:
                row = await collected(lab, method, port=port)
                assert row["failed"] or cut, row["status"]
                failures += row["failed"]
                words = ("dropped the connection", "cannot be reached", "cannot be copied", "Lost")
                assert not row["failed"] or any(w in row["status"] for w in words), row["status"]
            await lab.control({"do": "cslu.remove", "address": "sw"})
            assert not (await collected(lab, method))["failed"]
            assert (await settled(lab))["status"] == "Acknowledgement handed to product instance"
            # each visit closes what is open, so a second one brings a little more
            assert all(row in whole(lab) for row in wanted), cut
            state = lab.devices["sw"].agent.state
            assert state.trust
            assert state.usage_reporting.last_ack_received is not None
    assert failures


@pytest.mark.parametrize("method", METHODS)
async def test_an_ack_that_was_cut_off_comes_again(method):
    async with labs(switch()) as lab:
        await lab.control({"do": "clock.advance", "ms": 2 * HOUR})
        async with relay(place(lab, method), 10**9) as port:
            assert not (await collected(lab, method, port=port))["failed"]
        row = await settled(lab)  # the relay is gone: nobody took the ACK
        assert row["failed"] and "cannot be reached" in row["status"]
        assert not lab.devices["sw"].agent.state.trust
        usage = whole(lab)
        await lab.control({"do": "cslu.remove", "address": "sw"})
        assert not (await collected(lab, method))["failed"]
        await settled(lab)
        assert lab.devices["sw"].agent.state.trust
        assert all(row in whole(lab) for row in usage)


async def test_several_devices_by_several_methods():
    plans = [
        replace(switch(), name=f"sw{n}", serial=f"FOC0000EMU{n}", config=switch().config)
        for n in range(1, 5)
    ]
    async with labs(*plans) as lab:
        await lab.control({"do": "clock.advance", "ms": 2 * HOUR})
        for one, method in zip(plans, METHODS, strict=True):
            await lab.control({"do": "cslu.add", "host": one.name, "method": method})
        rows = (await lab.control({"do": "cslu.collect"}))["instances"]
        assert [row["failed"] for row in rows] == [False] * 4
        assert {row["udi"] for row in rows} == {
            f"PID:C9300-24T,SN:FOC0000EMU{n}" for n in range(1, 5)
        }
        for one in plans:
            assert not (await settled(lab, one.name))["failed"]
            state = lab.devices[one.name].agent.state
            assert state.trust
            assert state.usage_reporting.last_ack_received is not None


@pytest.mark.parametrize("method", METHODS)
async def test_a_stack_gets_trust_for_every_unit(method):
    standby = Udi("C9300-24T", "FOC0000EMU9")
    async with labs(replace(switch(), members=(standby,))) as lab:
        await lab.control({"do": "clock.advance", "ms": 2 * HOUR})
        assert not (await collected(lab, method))["failed"]
        assert not (await settled(lab))["failed"]
        state = lab.devices["sw"].agent.state
        assert set(state.trust) == {state.udi.short, standby.short}
        assert not (await again(lab))["failed"]  # nothing new: nothing goes wrong
