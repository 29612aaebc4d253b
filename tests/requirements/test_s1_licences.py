"""Requirements S1-26 and S1-27: a change of licences, and platforms that insist on ACKs."""

from __future__ import annotations

import pytest

from agent.protocol.codec import payload_content
from agent.protocol.messages import UsageReport
from tests.requirements.desk import DAY, FIRST_PUSH, HOUR, MINUTE, Desk, open_desk

pytestmark = pytest.mark.wire


def reported_tags(desk: Desk) -> list[set[str]]:
    """The entitlement tags of each usage report the servers took."""
    return [
        {payload_content(report.payload).entitlement_tag for report in exchange.request.usage}
        for exchange in desk.reports
        if isinstance(exchange.request, UsageReport)
    ]


async def test_s1_26_another_licence_level_is_measured_and_reported() -> None:
    async with open_desk() as desk:
        await desk.advance(FIRST_PUSH + HOUR)
        (first,) = reported_tags(desk)
        await desk.configure("license boot level network-essentials addon dna-essentials")
        await desk.type("write memory", "reload", "")
        changed = desk.now
        await desk.advance(5 * MINUTE)
        summary = await desk.show("show license summary")
        assert "network-essentials" in summary
        assert "dna-essentials" in summary
        state = desk.device.agent.state
        deadline = state.usage_reporting.next_ack_deadline
        days = [
            rule.on_change.days for rule in state.policy.classes.values() if rule.on_change.days
        ]
        assert deadline is not None
        assert deadline <= changed + min(days) * DAY + 5 * MINUTE
        await desk.advance(DAY)
        later = reported_tags(desk)[-1]
        assert later - first, "no report of the new licences"
