"""Devices that ask a real NTP server over UDP: whom they follow, what they show, what follows."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest

from agent.adapters import ntp
from agent.adapters.plan import NetworkPlan
from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from tests.wire.clocks import ntp_server
from tests.wire.laboratory import person, plan, switch

pytestmark = pytest.mark.wire

SMART = (
    "license smart transport smart",
    "license smart url default",
    "ntp server 127.0.0.1 iburst",
)


@pytest.fixture(autouse=True)
def often(monkeypatch):
    """Polls come every few milliseconds, and a silent server costs little."""
    monkeypatch.setattr(ntp, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(ntp, "PATIENCE_SECONDS", 0.1)


def lab_of(port, *config, hosts=None):
    of = plan(switch("sw", *config), rate=0.0)
    return replace(of, network=NetworkPlan(hosts or {}, ntp_port=port))


async def until(holds):
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.005)


async def shown(lab, *lines):
    async with person(lab) as somebody:
        return "".join([await somebody.says(line) for line in lines])


async def test_a_server_is_asked_and_followed(run_lab):
    async with ntp_server() as server:
        lab = await run_lab(lab_of(server.port, "ntp server 127.0.0.1"))
        await lab.timeline.advance(3 * MINUTE)
        device = lab.devices["sw"]
        assert server.asked and device.timekeeping.peer == "127.0.0.1"
        assert device.clock_authoritative
        assert device.clock_offset_ms == 0  # a few milliseconds are no step
        text = await shown(lab, "show ntp status", "show clock detail", "show ntp associations")
        assert "Clock is synchronized, stratum 3, reference is 127.0.0.1" in text
        assert re.search(r"^\*~127\.0\.0\.1 +10\.9\.9\.1 +2 +\d+ +64 +3 ", text, re.M)
        assert "Time source is NTP" in text


@pytest.mark.parametrize("how", [{"stratum": 16}, {"stratum": 0}, {"leap": 3}, {"silent": True}])
async def test_one_that_does_not_know_the_time_is_not_followed(run_lab, how):
    async with ntp_server(**how) as server:
        lab = await run_lab(lab_of(server.port, "ntp server 127.0.0.1"))
        await lab.timeline.advance(HOUR)
        assert server.asked
        assert lab.devices["sw"].timekeeping.peer == ""
        text = await shown(lab, "show ntp status", "show ntp associations")
        assert "Clock is unsynchronized, stratum 16, no reference clock" in text
        assert ".INIT." in text


async def test_names_lead_to_servers_and_a_silent_one_is_left_for_another(run_lab):
    """The port behind a name of the lab replaces 123, as for every other protocol."""
    async with ntp_server(stratum=1, reference=0x47505300) as one, ntp_server() as two:
        hosts = {"one.lab": f"127.0.0.1:{one.port}", "two.lab": f"127.0.0.1:{two.port}"}
        config = ("ntp server one.lab prefer", "ntp server two.lab")
        lab = await run_lab(lab_of(123, *config, hosts=hosts))
        device = lab.devices["sw"]
        await lab.timeline.advance(2 * MINUTE)
        text = await shown(lab, "show ntp associations")
        assert re.search(r"^\*~one\.lab +\.GPS\. +1 ", text, re.M)
        assert re.search(r"^\+~two\.lab +10\.9\.9\.1 +2 ", text, re.M)
        one.silent = True
        await until(lambda: device.timekeeping.of("one.lab") is None)
        await lab.timeline.advance(2 * MINUTE)
        assert device.timekeeping.peer == "two.lab"
        assert ".INIT." in await shown(lab, "show ntp associations")


async def test_a_server_two_hours_ahead_costs_the_trust_until_it_is_right(run_lab):
    """Wherever the lab's clock stands: what counts is how far the server's is off."""
    async with ntp_server(seconds=7200) as server:
        lab = await run_lab(lab_of(server.port, *SMART))
        device = lab.devices["sw"]
        log = device.log.text
        await lab.timeline.advance(2 * MINUTE)
        assert "%SMART_LIC-5-SYSTEM_CLOCK_CHANGED" in log()
        await lab.timeline.advance(400 * DAY)
        assert abs(device.clock_offset_ms - 2 * HOUR) < SECOND
        token = (await lab.control({"do": "cssm.token.new"}))["token"]
        await shown(lab, f"license smart trust idtoken {token} local force")
        await lab.timeline.advance(MINUTE)
        assert "TRUST_CODE_INSTALL_FAILED" in log() and "timestamp" in log()
        assert device.agent.state.trust == {}
        server.seconds = 0
        await until(lambda: device.clock_offset_ms == 0)
        await shown(lab, f"license smart trust idtoken {token} local force")
        await lab.timeline.advance(MINUTE)
        assert "TRUST_CODE_INSTALL_SUCCESS" in log()


async def test_a_server_that_is_taken_away_is_asked_no_more(run_lab):
    async with ntp_server() as server:
        lab = await run_lab(lab_of(server.port, "ntp server 127.0.0.1"))
        device = lab.devices["sw"]
        await lab.timeline.advance(2 * MINUTE)
        await shown(lab, "configure terminal", "no ntp server 127.0.0.1", "end")
        assert device.timekeeping.peer == ""
        await asyncio.sleep(0.05)
        before = server.asked
        await asyncio.sleep(0.1)
        assert server.asked == before
        assert "%NTP is not enabled." in await shown(lab, "show ntp status")
