"""RUM reports: ids, chains, lines, limits."""

from dataclasses import replace
from itertools import pairwise

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.identity import Udi
from agent.engine import queries
from agent.engine.config import LicenseConfig, Transport
from agent.engine.events import POWER_ON, Booted, SyncAsked, UsageChanged, UsageSaved
from agent.engine.records import RumState, StorageState
from agent.engine.rum import samples
from agent.protocol.codec import payload_content
from agent.protocol.messages import UsageReport
from tests.engine.pair import DNA, NETWORK, UDI, Pair, Server, at, settled

BOOT = at("2026-10-01 08:00:00.250")


def off(**changes) -> Pair:
    return Pair(config=LicenseConfig(transport=Transport.OFF, **changes))


def chain(pair, feature):
    return [r for r in pair.state.reports.values() if r.feature == feature]


def contents(pair):
    return [payload_content(r.signed.payload) for r in pair.state.reports.values() if r.signed]


def test_ids_start_at_the_epoch_second_and_one_counter_serves_all_chains():
    pair = off().boot(BOOT).advance(BOOT + HOUR)
    first = BOOT // 1000
    assert list(pair.state.reports) == [first, first + 1, first + 2, first + 3]
    network = chain(pair, NETWORK)
    assert [r.report_id for r in network] == [first, first + 2]
    assert [(r.previous_id, r.next_id) for r in network] == [(0, first + 2), (first, 0)]


def test_ids_go_on_after_a_reload():
    pair = off().boot(BOOT).advance(BOOT + HOUR)
    pair.handle(Booted(pair.config, pair.licences), BOOT + DAY)
    ids = list(pair.state.reports)
    assert ids == list(range(ids[0], ids[0] + len(ids)))


def test_each_boot_makes_a_short_report_of_each_chain():
    pair = off().boot(BOOT).advance(BOOT + HOUR)
    short = [r for r in pair.state.reports.values() if r.state is RumState.CLOSED]
    assert [(r.closed - r.opened) // SECOND for r in short] == [20, 20]
    assert {r.close_reason for r in short} == {"SystemRestart"}


def test_a_reload_closes_what_is_open():
    pair = off().boot(BOOT).advance(BOOT + HOUR)
    pair.handle(Booted(pair.config, pair.licences))
    assert [r.close_reason for r in chain(pair, DNA)] == ["SystemRestart", "ProductReload", ""]


def test_a_line_holds_a_sample_every_15_minutes_and_its_span():
    assert [samples(s * 1000) for s in (374401, 40500, 1336, 1)] == [417, 46, 2, 1]
    pair = off().boot(BOOT).advance(BOOT + 20 * SECOND + 40500 * SECOND)
    pair.handle(UsageSaved("usage.txt"))
    line = contents(pair)[-1].measurements[0]
    assert (line.end - line.start, line.samples) == (40500 * SECOND, 46)
    assert line.termination_reason == "CurrentUsageRequested"


def test_the_payload_says_what_the_device_is():
    pair = off(custom_id="lab 7", customer_tags=(("tag1", "x"),)).boot(BOOT).advance(BOOT + HOUR)
    content = contents(pair)[0]
    assert content.udi == UDI
    assert content.software_version == "17.12.04"
    assert [(member.role, member.udi) for member in content.ha_udi] == [("Active", UDI)]
    assert (content.custom_id, content.customer_tags) == ("lab 7", (("tag1", "x"),))


def test_version_privacy_leaves_the_version_out():
    pair = off(version_privacy=True).boot(BOOT).advance(BOOT + HOUR)
    assert contents(pair)[0].software_version == ""


def test_reports_change_their_layout_at_17_9():
    for release, layout_2 in (("17.8.1", False), ("17.9.1", True)):
        pair = Pair(config=LicenseConfig(transport=Transport.OFF), release=release)
        pair.boot(BOOT).advance(BOOT + HOUR)
        assert ('"version":"2.0"' in next(iter(pair.state.reports.values())).signed.payload) == (
            layout_2
        )


def test_a_count_change_closes_the_report_and_opens_the_next():
    pair = off().boot(BOOT).advance(BOOT + HOUR)
    pair.handle(UsageChanged(pair.requests(DNA, count=2)[0]))
    assert [(r.count, r.state) for r in chain(pair, DNA)][-2:] == [
        (1, RumState.CLOSED),
        (2, RumState.OPEN),
    ]
    assert chain(pair, NETWORK)[-1].opened < chain(pair, DNA)[-1].opened


def test_a_released_licence_has_no_open_report_and_keeps_its_handle():
    pair = off().boot(BOOT).advance(BOOT + HOUR)
    pair.handle(UsageChanged(pair.requests(DNA, count=0)[0]))
    assert chain(pair, DNA)[-1].close_reason == "LicenseReleased"
    use = next(use for use in pair.state.usage.values() if use.feature == DNA)
    assert (use.count, queries.licence_status(use)) == (0, "NOT IN USE")
    before = use.handle
    pair.handle(UsageChanged(pair.requests(DNA)[0]))
    use = next(use for use in pair.state.usage.values() if use.feature == DNA)
    assert (use.handle, queries.licence_status_number(use)) == (before, 15)


def test_two_closes_in_one_second_still_make_lines_that_join():
    pair = settled()
    for _ in range(3):
        pair.handle(SyncAsked())
    lines = [
        line
        for report in pair.sent(UsageReport)[-1][1].usage
        for line in payload_content(report.payload).measurements
    ]
    assert all(line.start < line.end for line in lines)
    rows = chain(pair, DNA)
    assert all(a.closed <= b.opened for a, b in pairwise(rows))


def test_beyond_300_unreported_reports_the_oldest_are_purged():
    pair = off().boot(BOOT).advance(BOOT + HOUR)
    for _ in range(200):
        pair.pass_time(MINUTE)
        pair.handle(UsageSaved("usage.txt"))
    kept = [r for r in pair.state.reports.values() if r.signed]
    summary = queries.usage_summary(pair.state)
    assert len(kept) == 300
    assert summary.purged == 402 - 300
    assert summary.total == 404
    assert summary.in_storage == 302
    assert len(pair.state.reports) <= 300 + 100 + 2  # rows of purged reports go in the end
    oldest = next(iter(pair.state.reports.values()))
    assert (oldest.storage, oldest.flag) == (StorageState.PURGED, "P")


def test_the_summary_of_a_new_device_and_of_one_that_waits_for_its_ack():
    pair = Pair(Server(poll_seconds=3600)).boot(BOOT)
    new = queries.usage_summary(pair.state)
    assert (new.total, new.acknowledged, new.waiting, new.waiting_all) == (2, 0, 0, 2)
    assert (new.available, new.collecting) == (2, 2)
    pair.advance(BOOT + 5 * MINUTE)
    sent = queries.usage_summary(pair.state)
    assert (sent.total, sent.waiting, sent.available, sent.collecting) == (6, 4, 2, 2)
    pair.advance(BOOT + 2 * HOUR)
    done = queries.usage_summary(pair.state)
    assert (done.total, done.acknowledged, done.waiting, done.waiting_all) == (6, 4, 0, 2)


def test_current_and_previous_report_of_a_handle():
    pair = off().boot(BOOT).advance(BOOT + HOUR)
    rows = chain(pair, DNA)
    tag = rows[0].entitlement_tag
    expected = (rows[-1].report_id, rows[-2].report_id)
    assert queries.current_and_previous_report(pair.state, tag) == expected
    assert queries.current_and_previous_report(pair.state, "no such tag") == (0, 0)


def test_jobs_that_repeat_are_always_ahead():
    pair = off().boot(BOOT)
    for span in (0, MINUTE, HOUR, 40 * DAY):
        pair.pass_time(span)
        rows = {job.name: job for job in queries.jobs(pair.state, pair.now)}
        for name, period in (
            ("Daily", DAY),
            ("Start Utility Measurements", 15 * MINUTE),
            ("Save unreported RUM Reports", HOUR),
            ("Process Utility RUM reports", DAY),
        ):
            assert 0 < rows[name].when - pair.now <= period
        assert rows["Data Synchronization"].when is None
        assert rows["Send Utility RUM reports"].word == "Expired Not Rescheduled"


def test_a_report_that_grows_too_long_is_closed_and_the_chain_goes_on():
    pair = Pair(pid="C9800-L-F-K9", licences=(), config=LicenseConfig(transport=Transport.OFF))
    pair.boot(BOOT).advance(BOOT + HOUR)
    (air,) = pair.requests("air-network-advantage")
    for number in range(1, 121):
        point = Udi("AIR-AP1815I-B-K9", f"EMU{number:08d}")
        pair.handle(UsageChanged(replace(air, count=number), (point,)))
        pair.pass_time(MINUTE)
    first, second = chain(pair, "air-network-advantage")[-2:]
    assert first.close_reason == "MaxSize"
    assert len(payload_content(first.signed.payload).measurements) == 100
    assert len(first.signed.payload) < 40 * 1024
    assert (second.state, second.count, second.previous_id) == (
        RumState.OPEN,
        120,
        first.report_id,
    )
    assert second.opened == first.closed


def test_what_was_not_saved_when_the_power_went_is_missing():
    pair = Pair(config=LicenseConfig(transport=Transport.OFF)).boot(BOOT)
    pair.pass_time(90 * MINUTE)  # saved after an hour
    pair.handle(Booted(pair.config, pair.licences))  # closed and saved by a reload
    kept = set(pair.state.reports)
    pair.pass_time(30 * MINUTE)
    pair.handle(Booted(pair.config, pair.licences, POWER_ON))
    missing = [r for r in pair.state.reports.values() if r.storage is StorageState.MISSING]
    assert (
        len(missing) == pair.state.counters.missing == 4
    )  # two chains: a short one, a running one
    assert {r.report_id for r in missing}.isdisjoint(list(kept)[:-2])
    opened = [r for r in pair.state.reports.values() if r.state is RumState.OPEN]
    assert [r.entitlement_tag for r in opened] == [use.entitlement_tag for use in pair.licences]
    assert queries.usage_summary(pair.state).missing == 4
