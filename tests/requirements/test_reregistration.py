"""Requirements S1-97 and W-25: the next report, and how a device that was reset comes back."""

from __future__ import annotations

import aiohttp
import pytest

from agent.core.dates import licence_date
from tests.requirements.desk import DAY, FIRST_PUSH, HOUR, MINUTE, Desk, open_desk

pytestmark = pytest.mark.wire


async def instances(desk: Desk) -> list[dict[str, object]]:
    """The product instances that CSSM knows."""
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{desk.lab.servers['cssm'].url}/product-instances") as response,
    ):
        found: list[dict[str, object]] = (await response.json())["product_instances"]
        return found


async def test_s1_97_next_report_push_is_the_time_of_the_next_report() -> None:
    async with open_desk() as desk:
        await desk.advance(MINUTE)
        shown = await desk.field("Next report push", "show license all")
        await desk.advance(FIRST_PUSH)
        assert shown == licence_date(desk.reports[0].at, desk.device.zone)


async def test_w_25_a_reset_device_registers_anew_and_its_old_instance_stays() -> None:
    async with open_desk() as desk:
        await desk.advance(DAY)
        (before,) = await instances(desk)
        assert await desk.field("Trust Code Installed") != "<none>"
        reports = len(desk.reports)
        assert "reload required" in await desk.type("license smart factory reset")
        await desk.type("write memory", "reload", "")
        assert await desk.field("Trust Code Installed") == "<none>"
        assert await instances(desk) == [before]  # nobody told CSSM
        await desk.advance(DAY)
        assert len(desk.reports) > reports
        assert await desk.field("Trust Code Installed") != "<none>"
        (after,) = await instances(desk)
        assert after["udi"] == before["udi"]
        assert after["first_contact"] == before["first_contact"]
        assert int(str(after["last_contact"])) > int(str(before["last_contact"])) + HOUR
