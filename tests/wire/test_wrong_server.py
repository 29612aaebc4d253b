"""A URL that leads to another kind of server: one sentence, whatever that server makes of it."""

from __future__ import annotations

import pytest

from agent.core.clock import HOUR, MINUTE
from tests.wire.laboratory import person, plan, switch

pytestmark = pytest.mark.wire

EMPTY = "Received empty response from server"
CSSM_SAYS = f"Communications failure with the Cisco Smart Software Manager (CSSM) : {EMPTY}"
CSLU_SAYS = f"Communications failure with the Cisco Smart License Utility (CSLU) : {EMPTY}"


async def told(run_lab, kind, url):
    """A lab whose device has this transport and URL for an hour; the device and its log."""
    lab = await run_lab(plan(switch("sw", "license smart transport off"), rate=0.0))
    ports = {name: server.url.split("/")[2] for name, server in lab.servers.items()}
    device, log = lab.devices["sw"], []
    device.log.listeners.append(lambda line: log.append(line.text))
    word = "smart " if kind == "smart" else "cslu "
    async with person(lab) as somebody:
        await somebody.says("configure terminal")
        await somebody.says(f"license smart transport {kind}")
        await somebody.says(f"license smart url {word}{url.format(**ports)}")
        await somebody.says("end")
        if kind == "smart":
            token = (await lab.control({"do": "cssm.token.new"}))["token"]
            await somebody.says(f"license smart trust idtoken {token} local")
        await lab.timeline.advance(HOUR)
        await somebody.says("license smart sync all")
    await lab.timeline.advance(MINUTE)
    return device, log


@pytest.mark.parametrize(
    ("kind", "url", "says"),
    [
        ("smart", "http://{cslu}/cslu/v1/pi", CSSM_SAYS),
        ("smart", "http://{cslu}/licservice/license", CSSM_SAYS),
        ("smart", "http://{cssm}/cslu/v1/pi", CSSM_SAYS),
        ("smart", "http://{cssm}/nothing/here", CSSM_SAYS),
        ("cslu", "http://{cssm}/licservice/license", CSLU_SAYS),
        ("cslu", "http://{cssm}/cslu/v1/pi", CSLU_SAYS),
    ],
)
async def test_the_wrong_kind_of_server_has_said_nothing(run_lab, kind, url, says):
    device, log = await told(run_lab, kind, url)
    assert any(says in line for line in log), log
    state = device.agent.state
    kept = (state.trust, state.policy.installed, state.account, state.authorizations)
    assert kept == ({}, None, None, {})
    assert state.usage_reporting.last_report_push is None
    assert all(report.sent is None for report in state.reports.values())
