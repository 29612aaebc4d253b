"""A table of what a server can answer wrong: each ends in its message and an unchanged store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from tests.wire.laboratory import person, plan, switch

pytestmark = pytest.mark.wire

UNREADABLE = "Fail to parse response data from SSM server"
ROWS = [
    *((f"status={code}", f"HTTP Server Error {code}") for code in (201, 204, 301, 304, 400, 401)),
    *((f"status={code}", f"HTTP Server Error {code}") for code in (403, 404, 407, 408, 410, 413)),
    *((f"status={code}", f"HTTP Server Error {code}") for code in (415, 418, 429, 451, 500, 501)),
    *((f"status={code}", f"HTTP Server Error {code}") for code in (502, 503, 504, 511, 599)),
    ("redirect", "HTTP Server Error 302"),
    ("endless", UNREADABLE),
    ("html", UNREADABLE),
    ("shape", UNREADABLE),
    ("garbage", UNREADABLE),
    ("down", "Received empty response from server"),
]
KEPT = ("trust", "policy", "account", "usage", "reports", "authorizations", "usage_reporting")


@pytest.fixture
async def settled(run_lab):
    """A lab whose device has trust, a policy and an ACK; and what it logs from now on."""
    lab = await run_lab(plan(switch(), rate=0.0))
    await lab.timeline.advance(HOUR)
    log = []
    lab.devices["sw"].log.listeners.append(lambda line: log.append(line.text))
    return lab, lab.devices["sw"], log


def store(device):
    """What licensing keeps; times of attempts and the open reports' own course are not in it."""
    state = device.agent.state
    kept = {name: getattr(state, name) for name in KEPT}
    kept["reports"] = {n: (r.state, r.signed) for n, r in state.reports.items() if r.acked}
    kept["usage_reporting"] = replace(state.usage_reporting, next_report_push=None)
    return kept


async def test_every_wrong_answer_has_its_message_and_changes_nothing(settled):
    lab, device, log = settled
    before = store(device)
    for script, reason in ROWS:
        log.clear()
        await lab.control({"do": "behave", "name": "cslu", "script": script})
        async with person(lab) as somebody:
            await somebody.says("license smart sync all")
        await lab.timeline.advance(SECOND)
        wanted = "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart License "
        assert any(f"{wanted}Utility (CSLU) : {reason}" in line for line in log), (script, log)
        assert store(device) == before, script
    await lab.control({"do": "behave", "name": "cslu", "script": "ok"})
    await lab.timeline.advance(2 * DAY)
    assert any("COMM_RESTORED" in line for line in log)
    assert not [r for r in device.agent.state.reports.values() if r.state.value == "UNACK"]


async def test_every_wrong_answer_of_cssm_itself_too(run_lab):
    """Transport smart: a 404 there is a server of another kind."""
    config = ("license smart transport smart", "license smart url default")
    lab = await run_lab(plan(switch("sw", *config), rate=0.0))
    device, log = lab.devices["sw"], []
    await lab.timeline.advance(10 * MINUTE)
    token = (await lab.control({"do": "cssm.token.new"}))["token"]
    async with person(lab) as somebody:
        await somebody.says(f"license smart trust idtoken {token} local")
    await lab.timeline.advance(HOUR)
    device.log.listeners.append(lambda line: log.append(line.text))
    before = store(device)
    assert before["trust"]
    for script, reason in ROWS:
        log.clear()
        await lab.control({"do": "behave", "name": "cssm", "script": script})
        async with person(lab) as somebody:
            await somebody.says("license smart sync all")
        await lab.timeline.advance(SECOND)
        if script == "status=404":
            reason = "Received empty response from server"
        wanted = "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software "
        assert any(f"{wanted}Manager (CSSM) : {reason}" in line for line in log), (script, log)
        assert store(device) == before, script
    await lab.control({"do": "behave", "name": "cssm", "script": "ok"})
    async with person(lab) as somebody:  # nothing repeats what was only asked for
        await somebody.says("license smart sync all")
    await lab.timeline.advance(HOUR)
    assert any("COMM_RESTORED" in line for line in log)
    assert not [r for r in device.agent.state.reports.values() if r.state.value == "UNACK"]


async def test_a_server_two_hours_ahead_gives_no_trust_until_its_clock_is_right(run_lab):
    lab = await run_lab(plan(switch(), rate=0.0))
    log = []
    lab.devices["sw"].log.listeners.append(lambda line: log.append(line.text))
    await lab.control({"do": "behave", "name": "cssm", "script": "skew=7200"})
    await lab.timeline.advance(30 * MINUTE)
    state = lab.devices["sw"].agent.state
    assert any("TRUST_CODE_INSTALL_FAILED" in line for line in log)
    assert any("POLICY_INSTALL_FAILED" in line for line in log)
    assert (state.trust, state.policy.installed, state.account) == ({}, None, None)
    assert state.usage_reporting.last_ack_received is None
    await lab.control({"do": "behave", "name": "cssm", "script": "ok"})
    async with person(lab) as somebody:
        await somebody.says("license smart sync all")
    await lab.timeline.advance(DAY)
    assert state.trust and state.policy.installed and state.account
    assert state.usage_reporting.last_ack_received is not None
