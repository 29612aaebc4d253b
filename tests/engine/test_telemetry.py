"""TELEMETRY reports of a controller: a day each, numbered with the others, sent and deleted."""

import json

import pytest
from msgspec import structs

from agent.cli.views.licence_reports import detail, listing
from agent.cli.views.licensing import Calendar
from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.dates import Zone
from agent.engine import queries, telemetry
from agent.engine.events import Booted, ClockChanged, Failure, LicenceRequest, UsageChanged
from agent.engine.records import Exchange, RumState, StorageState
from agent.engine.statistics import statistics_of
from agent.engine.turn import Turn
from agent.protocol.codec import payload_content
from agent.protocol.messages import TelemetryReport, UsageReport
from tests.engine.direct import SMART, Direct, cssm
from tests.engine.pair import Pair, at

__all__ = ["cssm"]

CET = Zone("CET", 60)
BOOT = at("2023-06-03 09:00:00")
CONTROLLER = "C9800-L-F-K9"


def controller(cssm, **changes):
    """A controller with two licences in use that trusts CSSM."""
    changes.setdefault("release", "17.9.5")
    pair = Direct(
        cssm, pid=CONTROLLER, licences=(), config=structs.replace(SMART, zone_minutes=60), **changes
    )
    pair.boot(BOOT).pass_time(MINUTE)
    for feature in ("air-network-advantage", "air-dna-advantage"):
        (request,) = pair.requests(feature, count=3)
        pair.handle(UsageChanged(LicenceRequest(feature, request.entitlement_tag, 3)))
    return pair.trust().pass_time(HOUR)


def closed(pair):
    return [report for report in pair.state.telemetry if report.state is RumState.CLOSED]


def test_a_day_s_report_reads_as_the_one_that_was_seen(cssm):
    pair = controller(cssm).advance(at("2023-06-05 12:00:00"))
    first, second = closed(pair)
    running = pair.state.telemetry[-1]
    assert (first.previous_id, second.previous_id) == (0, first.report_id)
    text = detail([second], pair.state.udi, Calendar(CET))
    assert text.splitlines()[2:] == [
        f"Report Id: {second.report_id}",
        "  Metric Name: TELEMETRY",
        "  UDI: PID:C9800-L-F-K9,SN:FOC0000EMU1",
        f"  Previous Report Id: {first.report_id},    Next Report Id: {running.report_id}",
        "  State: DELETED,      Close Reason: SMART",
        "  Start Time: Jun 04 00:00:01 2023 CET,      End Time: Jun 05 00:00:00 2023 CET",
        "  Storage State: DELETED",
        "  Transaction ID: 0",
        "  Transaction Message: <none>",
    ]
    row = f"{second.report_id:<20}DELETED   N     TELEMETRY"
    assert row in listing(queries.all_reports(pair.state)).splitlines()


def test_its_numbers_come_from_the_counter_of_all_chains(cssm):
    pair = controller(cssm).advance(BOOT + 9 * DAY)
    numbers = [report.report_id for report in queries.all_reports(pair.state)]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers) < pair.state.next_report_id
    assert pair.state.counters.total == len(pair.state.reports)  # telemetry is not usage


def test_it_goes_to_cssm_by_an_exchange_of_its_own(cssm):
    pair = controller(cssm).advance(at("2023-06-06 12:00:00"))
    sent = pair.sent(TelemetryReport)
    assert [now for now, _ in sent] == [at(f"2023-06-0{day} 23:00:01") for day in (3, 4, 5)]
    (report,) = sent[1][1].usage
    content = payload_content(report.payload)
    (line,) = content.measurements
    assert (line.metric, line.termination_reason, line.end - line.start) == (
        "TELEMETRY",
        "SMART",
        DAY - SECOND,
    )
    assert "entitlement_tag" not in json.loads(report.payload)["meta"]
    seen = statistics_of(pair.state, Exchange.TELEMETRY_REPORTING)
    assert (seen.total, seen.success, seen.last_response) == (3, 3, "OK")
    assert not telemetry.on_disk(pair.state)


def test_what_is_not_taken_lies_on_disk_for_the_next_day(cssm):
    pair = controller(cssm)
    pair.fate = lambda message, now: Failure.REFUSED
    pair.advance(at("2023-06-06 12:00:00"))
    assert len(telemetry.on_disk(pair.state)) == 3
    assert statistics_of(pair.state, Exchange.TELEMETRY_REPORTING).fail == 3
    pair.fate = lambda message, now: None
    pair.pass_time(DAY)
    assert not telemetry.on_disk(pair.state)
    assert len(pair.sent(TelemetryReport)[-1][1].usage) == 4


def test_beyond_the_limit_of_the_release_the_oldest_are_deleted(cssm):
    pair = controller(cssm, release="17.12.4")
    pair.fate = lambda message, now: Failure.REFUSED
    pair.state.pushes_wanted = 0
    for _ in range(620):  # the exchange itself is shown above
        pair.now += DAY
        telemetry.day_over(turn_of(pair))
    kept = telemetry.on_disk(pair.state)
    assert len(kept) == 600
    assert kept[0].report_id > pair.state.telemetry[0].report_id
    assert pair.state.telemetry[0].storage is StorageState.DELETED


def turn_of(pair):
    return Turn(pair.profile, pair.release, pair.state, pair.now)


def test_where_no_server_takes_it_nothing_is_stored():
    pair = Pair(pid=CONTROLLER, release="17.9.5", licences=()).boot(BOOT).pass_time(9 * DAY)
    assert len(closed(pair)) == 9
    assert all(report.storage is StorageState.DELETED for report in closed(pair))
    assert not pair.sent(TelemetryReport)


@pytest.mark.parametrize(
    ("pid", "release"), [("C9300-24T", "17.12.4"), (CONTROLLER, "17.8.1"), ("C8000V", "17.12.4")]
)
def test_other_platforms_and_older_releases_have_none(pid, release):
    pair = Pair(pid=pid, release=release, licences=()).boot(BOOT).pass_time(9 * DAY)
    assert pair.state.telemetry == ()


def test_a_reload_ends_the_report_of_the_day(cssm):
    pair = controller(cssm)
    pair.handle(Booted(pair.config, ()))
    first, running = pair.state.telemetry
    assert (first.close_reason, first.closed, running.opened) == (
        "ProductReload",
        pair.now,
        pair.now,
    )


def test_the_day_ends_by_the_calendar_that_was_set(cssm):
    pair = controller(cssm)
    pair.handle(ClockChanged(3 * HOUR))
    assert job_of(pair) == at("2023-06-03 20:00:01")
    pair.configure(zone_minutes=330)
    assert job_of(pair) == at("2023-06-03 15:30:01")


def job_of(pair):
    jobs = {job.name: job.when for job in queries.jobs(pair.state, pair.now)}
    return jobs["Telemetry Reporting"]


def test_telemetry_sent_as_usage_is_refused(cssm):
    pair = controller(cssm)
    pair.fate = lambda message, now: Failure.REFUSED
    pair.advance(at("2023-06-04 12:00:00"))
    (stored,) = telemetry.on_disk(pair.state)
    usage = UsageReport(pair.sent(UsageReport)[-1][1].sender, pair.now, "1", (stored.signed,))
    with cssm.records.transaction():
        text = cssm.take_upload(usage, pair.now).licence_file
    assert "the report is not about a licence" in text


def test_the_licences_are_reported_as_without_it(cssm):
    pair = controller(cssm).advance(BOOT + 3 * DAY)
    assert {r.feature for r in pair.state.reports.values()} == {
        "air-network-advantage",
        "air-dna-advantage",
    }
    assert pair.state.counters.acknowledged
