"""A stack of three from a lab file: codes for all units, one report for all, a switchover."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.clock import MINUTE, SECOND
from agent.core.identity import Udi
from agent.engine.queries import usage_summary
from tests.wire.laboratory import person, plan, switch

pytestmark = pytest.mark.wire

MEMBERS = (Udi("C9300-24T", "FOC0001EMU1"), Udi("C9300-48T", "FOC0002EMU1"))


async def test_a_stack_reports_as_one_and_goes_on_after_a_switchover(run_lab):
    lab = await run_lab(plan(replace(switch(), members=MEMBERS), rate=0.0))
    device = lab.devices["sw"]
    await lab.timeline.advance(10 * MINUTE)
    async with person(lab) as somebody:
        await somebody.says("terminal length 0")
        log = await somebody.says("show logging | include TRUST.CODE")
        assert log.count("installed on PID:") == 3
        usage = await somebody.says("show license summary")
        assert usage.count("network-advantage") == 2
        await somebody.says("redundancy force-switchover", "[confirm]")
        await somebody.says("")
        await lab.timeline.advance(SECOND)
        status = await somebody.says("show license udi")
        assert "Active:PID:C9300-24T,SN:FOC0001EMU1" in status.replace("Active: ", "Active:")
        await somebody.says("license smart sync all")
        await lab.timeline.advance(10 * MINUTE)
        assert "HA role changed" in await somebody.says("show logging | include HA.ROLE")
        assert "FAILED" not in await somebody.says("show logging | include SMART.*-3-")
    assert usage_summary(device.agent.state).waiting == 0
    assert not any(report.flag == "E" for report in device.agent.state.reports.values())
