"""What is required of a device in front of an SSM On-Prem or a controller, with real sockets.

The On-Prem here is a CSLU behind HTTPS and the path of an account: for a device they speak alike.
"""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from agent.cli.session import CliSession, Line
from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.identity import Udi
from agent.device.link import UNPLUGGED
from agent.protocol.messages import UsageReport
from counterparts.cslu import Cslu
from counterparts.records import IN_MEMORY, SqlCsluRecords
from counterparts.server import CsluServer
from counterparts.server_tls import server_tls
from counterparts.uplink import CsluSettings
from tests.pull.test_pull_methods import a_lab, collected
from tests.requirements.desk import Desk, open_desk

pytestmark = pytest.mark.wire
ON_PREM = "onprem.lab"
TENANT = "/cslu/v1/pi/lab-1"


@asynccontextmanager
async def on_prem(desk: Desk):
    """An On-Prem for the account lab-1, in the time of the desk's lab, in front of its CSSM."""
    lab, records = desk.lab, SqlCsluRecords(IN_MEMORY)
    server = CsluServer(
        Cslu(records, CsluSettings()),
        lab.timeline.present,
        cssm_url=lab.servers["cssm"].url,
        exchange=lab.timeline.exchange,
        touched=lab.timeline.touched,
        path=TENANT,
        tls=server_tls(lab.cssm(None).authority, [ON_PREM]),
    )
    await server.start()
    lab.timeline.join(server)
    try:
        yield server
    finally:
        await server.stop()
        records.close()


async def test_s1_88_a_device_reports_to_an_on_prem_by_its_url():
    async with open_desk(hosts={ON_PREM: "127.0.0.1"}) as desk, on_prem(desk) as server:
        await desk.configure(
            "license smart transport cslu",
            f"license smart url cslu https://{ON_PREM}:{server.port}{TENANT}",
            "license smart usage interval 20",
        )
        await desk.advance(HOUR)
        assert {e.urls for e in desk.reports} == {(f"https://{ON_PREM}:{server.port}{TENANT}",)}
        assert [str(row.udi) for row in server.core.instances()] == [str(desk.device.udi)]
        shown = await desk.show("show license all")
        assert f"Cslu address: https://{ON_PREM}:{server.port}{TENANT}" in shown
        assert "Type: cslu" in shown
        assert (await desk.field("Last ACK received")) != "<none>"
        # the interval of the command counts from the push
        assert await desk.field("Next report push") == "Oct 26 12:02:49 2026 UTC"
        assert desk.device.agent.state.trust


async def test_s0_31_usage_goes_up_with_the_servers_sync_and_the_ack_comes_at_the_next_contact():
    async with open_desk() as desk:
        await desk.configure("license smart usage interval 300")
        await desk.lab.control({"do": "behave", "name": "cssm", "script": "down"})
        await desk.advance(HOUR)
        cssm = desk.lab.cssm(None)
        assert desk.reports, "the server between took it"
        await desk.lab.control({"do": "behave", "name": "cssm", "script": "ok"})
        # the device stays away while the server hands on what it has
        link, desk.device.link = desk.device.link, UNPLUGGED
        await desk.advance(DAY)
        with cssm.records.transaction():
            assert cssm.records.all_usage(), "it is at CSSM"
        assert await desk.field("Last ACK received") == "<none>"
        desk.device.link = link
        desk.device.resend()
        await desk.type("license smart sync all")
        await desk.advance(5 * MINUTE)
        assert (await desk.field("Last ACK received")).startswith("Oct 07 13:0")


def trust_asked(desk: Desk) -> list[set[Udi]]:
    """For which units each report since the last look asked for a code."""
    sent = [e.request for e in desk.exchanges if isinstance(e.request, UsageReport)]
    desk.exchanges.clear()
    return [{asked.udi for asked in message.trust_requests} for message in sent]


@pytest.mark.parametrize("platform", ["C9300-24T"])
async def test_s1_89_sync_local_is_for_the_active_unit_and_all_for_every_member(platform):
    async with open_desk(platform) as desk:
        await desk.advance(MINUTE)
        one, two = desk.device.udi, Udi(platform, "FOC0000EMU2")
        await desk.type("license smart sync local")
        await desk.advance(SECOND)
        assert trust_asked(desk) == [{one}], "alone"
        desk.device.change_members((one, two), desk.now)
        await desk.type("license smart sync local")
        await desk.advance(SECOND)
        assert trust_asked(desk) == [{one}]
        await desk.type("license smart sync all")
        await desk.advance(SECOND)
        assert trust_asked(desk) == [{one, two}]
        await desk.advance(10 * MINUTE)
        assert set(desk.device.agent.state.trust) == {one.short, two.short}


@pytest.mark.parametrize("method", ["rest", "netconf"])
async def test_s1_106_s2_19_what_collects_brings_the_ack_back_by_itself(method):
    """S1-106 an On-Prem by REST, S2-19 a controller by NETCONF: nobody touches the device again."""
    async with a_lab() as lab:
        await lab.control({"do": "clock.advance", "ms": 2 * HOUR})
        device = lab.devices["sw"]
        session = CliSession(device, Line(privilege=15), width=0, length=0)
        session.start(lab.now())
        assert "Last ACK received: <none>" in session.feed("show license status\r", lab.now())
        row = await collected(lab, method)
        assert not row["failed"]
        await lab.control({"do": "clock.advance", "ms": HOUR})
        shown = session.feed("show license status\r", lab.now())
        assert "Last ACK received: Oct 06 14:0" in shown
        assert "Last report push: <none>" in shown, "it did not send anything itself"
        row = (await lab.control({"do": "cslu.list"}))["instances"][0]
        assert row["status"] == "Acknowledgement handed to product instance"
