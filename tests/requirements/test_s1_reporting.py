"""Requirements S1-17 to S1-25, S1-47 and S1-107: reports, trust, ACKs, and their dates."""

from __future__ import annotations

import aiohttp
import pytest

from agent.core.dates import licence_date
from agent.protocol.messages import UsageReport
from counterparts.records import SqlCsluRecords
from tests.requirements.desk import DAY, FIRST_PUSH, HOUR, MINUTE, SECOND, Desk, open_desk

pytestmark = pytest.mark.wire

CSLU_POLL = 60 * SECOND


def trust_requests(desk: Desk) -> list[int]:
    """How many trust requests each report carried."""
    return [
        len(exchange.request.trust_requests)
        for exchange in desk.reports
        if isinstance(exchange.request, UsageReport)
    ]


async def test_s1_17_first_report_goes_out_by_itself() -> None:
    async with open_desk() as desk:
        await desk.advance(FIRST_PUSH - SECOND)
        assert desk.reports == []
        await desk.advance(2 * SECOND)
        assert len(desk.reports) == 1
        (report,) = desk.reports
        assert isinstance(report.request, UsageReport)
        assert report.request.usage


async def test_s1_18_first_report_asks_for_a_trust_code_and_later_ones_do_not() -> None:
    async with open_desk() as desk:
        await desk.advance(FIRST_PUSH + 10 * MINUTE)
        request = desk.reports[0].request
        assert isinstance(request, UsageReport)
        assert [asked.udi for asked in request.trust_requests] == [desk.device.udi]
        await desk.type("license smart sync all")
        await desk.advance(10 * MINUTE)
        assert trust_requests(desk) == [1, 0]


async def test_s1_19_cslu_forwards_and_keeps_the_ack_for_the_device() -> None:
    async with open_desk() as desk, aiohttp.ClientSession() as client:
        cssm, cslu = desk.lab.servers["cssm"], desk.lab.servers["cslu"]

        async def in_use() -> dict[str, int]:
            async with client.get(f"{cssm.url}/usage") as response:
                rows = (await response.json())["usage"]
            return {row["entitlement_tag"]: row["in_use"] for row in rows}

        def waiting() -> int:
            assert isinstance(cslu.records, SqlCsluRecords)
            with cslu.records.transaction():
                return len(cslu.records.undelivered(desk.device.udi))

        assert (await in_use(), waiting()) == ({}, 0)
        await desk.advance(FIRST_PUSH + CSLU_POLL - 5 * SECOND)
        tags = {use.entitlement_tag: 1 for use in desk.device.agent.state.usage.values()}
        assert len(tags) == 2
        assert (await in_use(), waiting()) == (tags, 1)
        await desk.advance(10 * SECOND)
        assert waiting() == 0


async def test_s1_20_ack_brings_the_trust_code() -> None:
    async with open_desk() as desk:
        await desk.advance(FIRST_PUSH + 10 * MINUTE)
        files = [file for exchange in desk.exchanges for file in exchange.licence_files]
        (file,) = files
        assert file.ack and file.trust
        assert [trust.udi for trust in file.trust.data] == [desk.device.udi]
        assert [ack.udi for ack in file.ack.data] == [desk.device.udi]


async def test_s1_21_ack_is_applied_at_the_next_contact() -> None:
    async with open_desk() as desk:
        await desk.advance(FIRST_PUSH + CSLU_POLL - 5 * SECOND)
        assert len(desk.reports) == 1
        assert await desk.field("Trust Code Installed") == "<none>"
        assert await desk.field("Last ACK received") == "<none>"
        await desk.advance(10 * SECOND)
        assert await desk.field("Trust Code Installed") != "<none>"
        assert await desk.field("Last ACK received") != "<none>"


@pytest.mark.parametrize(
    ("release", "reports"),
    [
        ("17.3.2a", 2),
        ("17.3.6", 1),
        ("17.6.3", 2),
        ("17.6.4", 1),
        ("17.7.1", 2),
        ("17.8.1", 2),
        ("17.9.1", 1),
        ("17.12.4", 1),
    ],
)
async def test_s1_22_one_report_a_day(release: str, reports: int) -> None:
    """A change of usage an hour after the first report: a second one the same day, or not."""
    async with open_desk(release=release) as desk:
        await desk.advance(FIRST_PUSH + HOUR)
        assert len(desk.reports) == 1
        await desk.type("emulator usage dna-advantage 0")
        await desk.advance(22 * HOUR)
        assert len(desk.reports) == reports
        await desk.advance(2 * HOUR)
        assert len(desk.reports) == 2


async def test_s1_23_sync_overrides_the_daily_limit() -> None:
    async with open_desk() as desk:
        await desk.advance(FIRST_PUSH + HOUR)
        before = len(desk.reports)
        for _ in range(2):
            await desk.type("license smart sync all")
            await desk.advance(30 * SECOND)
        assert len(desk.reports) == before + 2


async def test_s1_24_next_report_push_is_shown() -> None:
    async with open_desk() as desk:
        await desk.advance(MINUTE)
        first = await desk.field("Next report push", "show license all")
        due = desk.device.agent.state.usage_reporting.next_report_push
        assert due is not None
        assert first == licence_date(due, desk.device.zone)
        await desk.advance(HOUR)
        assert await desk.field("Next report push", "show license all") != first


async def test_s1_25_trust_code_installed_is_dated() -> None:
    async with open_desk() as desk:
        assert await desk.field("Trust Code Installed") == "<none>"
        await desk.advance(FIRST_PUSH + CSLU_POLL + MINUTE)
        assert (await desk.field("Trust Code Installed")).startswith("Oct 06 12:0")


async def test_s1_47_usage_interval_shortens_the_time_to_the_next_report() -> None:
    async with open_desk() as desk:
        await desk.advance(FIRST_PUSH + HOUR)
        pushed = desk.device.agent.state.usage_reporting.last_report_push
        assert pushed is not None
        assert (await desk.field("Reporting push interval")).split() == ["30", "days"]
        await desk.configure("license smart usage interval 7")
        assert (await desk.field("Reporting push interval")).split() == ["7", "days"]
        await desk.advance(7 * DAY - 2 * HOUR)
        assert len(desk.reports) == 1
        await desk.advance(2 * HOUR)
        assert len(desk.reports) == 2
        assert desk.reports[1].at - pushed <= 7 * DAY + MINUTE


async def test_s1_107_last_ack_received_moves() -> None:
    async with open_desk() as desk:
        assert await desk.field("Last ACK received") == "<none>"
        await desk.advance(FIRST_PUSH + HOUR)
        first = await desk.field("Last ACK received")
        assert first.startswith("Oct 06 12:0")
        await desk.type("license smart sync all")
        await desk.advance(5 * MINUTE)
        second = await desk.field("Last ACK received")
        assert second.startswith("Oct 06 13:0")
        assert second != first
