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


async def test_s1_26_air_licence_level_is_measured_and_reported() -> None:
    async with open_desk("C9800-CL-K9", "17.12.4") as desk:
        await desk.type("emulator ap join 3")
        await desk.advance(FIRST_PUSH + HOUR)
        (first,) = reported_tags(desk)
        assert len(first) == 2  # network and DNA advantage
        await desk.configure("license air level air-network-essentials addon air-dna-essentials")
        await desk.type("write memory", "reload", "")
        await desk.advance(DAY)
        summary = await desk.show("show license summary")
        assert "air-network-essentials" in summary
        assert "air-dna-essentials" in summary
        assert reported_tags(desk)[-1] - first, "no report of the new licences"


NOT_REGISTERED = "EWLC_NOT"
OFF = ("license smart transport off",)


async def test_s1_27_a_virtual_controller_without_ack_warns() -> None:
    async with open_desk("C9800-CL-K9", "17.9.5", config=OFF) as desk:
        await desk.type("emulator ap join 10")
        await desk.advance(2 * DAY)
        assert NOT_REGISTERED in await desk.show("show logging")


async def test_s1_27_a_virtual_controller_without_ack_limits_access_points() -> None:
    async with open_desk("C9800-CL-K9", "17.9.5", config=OFF) as desk:
        await desk.type("emulator ap join 10")
        await desk.advance(42 * DAY)
        assert "% 20 of them cannot join" in await desk.type("emulator ap join 60")
        assert len(desk.device.access_points) == 50


async def test_s1_27_access_points_above_the_limit_leave_at_the_deadline() -> None:
    async with open_desk("C9800-CL-K9", "17.9.5", config=OFF) as desk:
        await desk.type("emulator ap join 60")
        await desk.advance(29 * DAY)
        assert len(desk.device.access_points) == 60
        await desk.advance(3 * DAY)
        assert len(desk.device.access_points) == 50


async def test_s1_27_an_ack_clears_warning_and_limit() -> None:
    async with open_desk("C9800-CL-K9", "17.9.5") as desk:
        await desk.type("emulator ap join 10")
        await desk.advance(2 * DAY)
        await desk.type("clear logging", "")
        await desk.advance(40 * DAY)
        assert NOT_REGISTERED not in await desk.show("show logging")
        await desk.type("emulator ap join 60")
        assert len(desk.device.access_points) == 70


@pytest.mark.parametrize(
    ("platform", "release"), [("C9800-CL-K9", "17.6.4"), ("C9300-24T", "17.9.5")]
)
async def test_s1_27_rule_is_of_the_virtual_controller_from_17_7_1(
    platform: str, release: str
) -> None:
    async with open_desk(platform, release, config=OFF) as desk:
        await desk.advance(40 * DAY)
        assert NOT_REGISTERED not in await desk.show("show logging")
