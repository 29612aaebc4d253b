"""A lab whose servers misbehave on demand: what the device logs, and that nothing is lost."""

import pytest

from agent.adapters.lab import Lab
from agent.core.clock import DAY, HOUR, MINUTE
from agent.core.errors import InputError
from agent.engine.events import SyncAsked
from tests.wire.laboratory import START, opened, plan, switch

pytestmark = pytest.mark.wire


async def in_trouble(name: str, script: str, then: int):
    """A fresh lab after `then` ms with this misbehaviour from its start, and what was logged."""
    lab = await opened(Lab(plan(switch()), START))
    log = []
    lab.devices["sw"].log.listeners.append(lambda line: log.append(line.text))
    await lab.control({"do": "behave", "name": name, "script": script})
    await lab.timeline.advance(then)
    return lab, lab.devices["sw"], log


async def heals(lab, device) -> None:
    """All is well again a day after the trouble ends, and no report was lost."""
    for name in lab.servers:
        await lab.control({"do": "behave", "name": name, "script": "ok"})
    await lab.timeline.advance(2 * DAY)
    state = device.agent.state
    assert state.trust
    assert state.usage_reporting.last_ack_received is not None
    # those that the first policy closed go with the next push
    device.handle(SyncAsked(), lab.timeline.now())
    await lab.timeline.advance(HOUR)
    assert not [r for r in state.reports.values() if r.state.value in ("CLOSED", "UNACK")]
    await lab.close()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("down", "Received empty response from server"),
        ("status=500", "HTTP Server Error 500"),
        ("garbage", "Fail to parse response data from SSM server"),
    ],
)
async def test_a_cslu_in_trouble_is_logged_and_nothing_is_lost(script, reason):
    lab, device, log = await in_trouble("cslu", script, HOUR)
    assert sum(f"(CSLU) : {reason}" in line for line in log) >= 3
    assert not device.agent.state.trust
    await heals(lab, device)
    assert any("COMM_RESTORED" in line for line in log)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            "wrong-udi-ack",
            "%SMART_LIC-3-TRUST_CODE_INSTALL_FAILED: The install of a new licensing trust code has "
            "failed on PID:C9300-24T,SN:FOC0000EMU1: the file is for another device.",
        ),
        ("tampered-ack", "(CSLU) : Signature Verification failed"),
    ],
)
async def test_a_false_ack_is_not_taken_and_logged(script, message):
    lab, device, log = await in_trouble("cssm", script, HOUR)
    assert any(message in line for line in log)
    assert device.agent.state.usage_reporting.last_ack_received is None
    await lab.close()


async def test_cssm_down_delays_the_ack():
    lab, device, _ = await in_trouble("cssm", "down", 30 * MINUTE)
    assert device.agent.state.usage_reporting.last_report_push is not None
    assert device.agent.state.usage_reporting.last_ack_received is None
    await heals(lab, device)


async def test_unknown_names_and_words_are_answered():
    lab = await opened(Lab(plan(switch()), START))
    with pytest.raises(InputError, match="cssm, cslu"):
        await lab.control({"do": "behave", "name": "cslu2", "script": "down"})
    with pytest.raises(InputError, match="slow=SECONDS"):
        await lab.control({"do": "behave", "name": "cslu", "script": "sleepy"})
    await lab.close()
