"""When reports are pushed, when they are owed, what warns of it."""

from dataclasses import replace

import pytest

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.engine.config import LicenseConfig, Transport
from agent.engine.events import (
    Booted,
    FactoryResetAsked,
    Failure,
    LicenceRequest,
    SyncAsked,
    UsageChanged,
    UsageSaved,
)
from agent.engine.policy import ack_state
from agent.engine.queries import jobs
from agent.engine.records import AckState, Exchange, RumState, TimerName
from agent.engine.statistics import statistics_of
from agent.engine.timers import timer
from agent.protocol.codec import payload_content
from agent.protocol.messages import UsageReport
from tests.engine.pair import DNA, NETWORK, Pair, Server, at, policy, settled

BOOT = at("2026-10-01 08:00:00")
AIR = LicenceRequest("air-dna-advantage", "regid.2017-08.com.cisco.AIR-DNA-A,1.0_b6308627", 5)


def job(pair, name):
    return next(j.when for j in jobs(pair.state, pair.now) if j.name == name)


def unreachable(message, now):
    return Failure.REFUSED


# --- push times -----------------------------------------------------------------------------


def test_a_usage_change_pushes_after_30_s_where_there_is_no_daily_limit():
    pair = settled(release="17.6.1")
    before = len(pair.sent(UsageReport))
    pair.handle(UsageChanged(pair.requests(DNA, count=2)[0]))
    assert pair.usage_reporting.next_report_push == pair.now + 30 * SECOND
    pair.pass_time(MINUTE)
    assert len(pair.sent(UsageReport)) == before + 1


def test_a_usage_change_on_the_same_day_waits_for_the_daily_limit():
    pair = Pair(Server(), release="17.12.4").boot(BOOT).advance(BOOT + HOUR)
    push = pair.usage_reporting.last_report_push
    pair.handle(UsageChanged(pair.requests(DNA, count=2)[0]))
    changed = pair.now
    assert pair.usage_reporting.next_report_push == changed + 30 * SECOND
    assert job(pair, "Send Utility RUM reports") == push + 24 * HOUR
    pair.advance(push + 24 * HOUR - 1)
    assert pair.usage_reporting.last_report_push == push
    assert pair.usage_reporting.next_report_push == changed + 30 * SECOND  # left in the past
    pair.advance(push + 24 * HOUR)
    assert pair.usage_reporting.last_report_push == push + 24 * HOUR


@pytest.mark.parametrize(
    ("release", "limited"),
    [("17.3.2a", False), ("17.3.6", True), ("17.6.3", False), ("17.6.4", True), ("17.9.1", True)],
)
def test_the_daily_limit_is_a_matter_of_the_release(release, limited):
    pair = Pair(Server(), release=release).boot(BOOT).advance(BOOT + HOUR)
    pair.handle(UsageChanged(pair.requests(DNA, count=2)[0]))
    pair.pass_time(MINUTE)
    assert len(pair.sent(UsageReport)) == (1 if limited else 2)


def test_two_syncs_within_a_minute_make_two_exchanges():
    pair = settled()
    before = len(pair.sent(UsageReport))
    pair.handle(SyncAsked())
    pair.pass_time(20 * SECOND)
    pair.handle(SyncAsked())
    both = pair.sent(UsageReport)[before:]
    assert len(both) == 2
    ids = [[payload_content(r.payload).report_id for r in m.usage] for _, m in both]
    assert max(ids[1]) > max(ids[0]), "an open report was closed and sent each time"


def test_two_syncs_while_the_first_hello_is_in_flight_make_two_exchanges():
    pair = settled()
    before = len(pair.sent(UsageReport))
    pair.hold = True
    pair.handle(SyncAsked())
    pair.handle(SyncAsked())
    pair.release_held()
    assert len(pair.sent(UsageReport)) == before + 2


def test_a_failed_push_leaves_the_field_and_tries_next_day():
    pair = settled()
    due = pair.usage_reporting.next_report_push
    pair.fate = lambda message, now: Failure.REFUSED if isinstance(message, UsageReport) else None
    pair.advance(due)
    assert pair.usage_reporting.next_report_push == due
    assert job(pair, "Send Utility RUM reports") == due + 24 * HOUR
    pair.fate = lambda message, now: None
    pair.advance(due + 24 * HOUR)
    assert pair.usage_reporting.last_report_push == due + 24 * HOUR
    assert pair.usage_reporting.next_report_push == due + 31 * DAY


def test_the_process_job_moves_to_ten_minutes_after_a_push():
    pair = Pair(Server()).boot(BOOT).advance(BOOT + 49 * SECOND)
    assert job(pair, "Process Utility RUM reports") == BOOT + 49 * SECOND + DAY
    pair.pass_time(2 * MINUTE)
    push = pair.usage_reporting.last_report_push
    assert job(pair, "Process Utility RUM reports") == push + 10 * MINUTE


# --- interval -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("configured", "frequency", "shown"),
    [(None, 90, 30), (7, 90, 7), (365, 90, 90), (None, 20, 20), (0, 90, 0)],
)
def test_the_smaller_of_policy_and_configured_interval_wins(configured, frequency, shown):
    server = Server(policy=policy((365, 0, 90), (90, frequency, 90)))
    pair = settled(server, config=LicenseConfig(usage_interval_days=configured))
    if configured == 0:
        assert not pair.sent(UsageReport)
    assert pair.usage_reporting.reporting_push_interval_days == shown


def test_a_shorter_interval_moves_the_next_push_from_the_last_one():
    pair = settled()
    last = pair.usage_reporting.last_report_push
    pair.configure(usage_interval_days=7)
    assert pair.usage_reporting.next_report_push == last + 7 * DAY
    pair.configure(usage_interval_days=None)
    assert pair.usage_reporting.next_report_push == last + 30 * DAY


def test_an_interval_that_has_run_out_already_pushes_soon():
    pair = settled().pass_time(20 * DAY)
    pair.configure(usage_interval_days=7)
    assert pair.usage_reporting.next_report_push == pair.now + 30 * SECOND


def test_no_licence_in_use_owes_nothing():
    pair = Pair(Server(), licences=()).boot(BOOT).advance(BOOT + DAY)
    shown = pair.usage_reporting
    assert (shown.next_ack_deadline, shown.next_report_push) == (None, None)
    assert shown.reporting_push_interval_days == 0
    assert not pair.state.reports


def test_the_first_licence_in_use_starts_the_clock():
    pair = Pair(Server(), licences=()).boot(BOOT).advance(BOOT + DAY)
    pair.handle(UsageChanged(pair.requests(DNA)[0]))
    assert pair.usage_reporting.next_ack_deadline == pair.now + 90 * DAY
    assert pair.usage_reporting.next_report_push == pair.now + 120 * SECOND
    assert pair.logs[-1][1:] == ("SMART_LIC.REPORTING_REQUIRED", {"days": "89"})


# --- deadline -------------------------------------------------------------------------------


def test_a_new_licence_brings_the_deadline_to_report_on_change():
    pair = Pair(Server(), licences=())
    pair.fate = unreachable
    pair.licences = pair.requests(NETWORK)
    pair.boot(BOOT).advance(BOOT + HOUR)
    assert pair.usage_reporting.in_policy_days == 365
    pair.handle(UsageChanged(pair.requests(NETWORK, count=2)[0]))
    assert pair.usage_reporting.next_ack_deadline == pair.now + 90 * DAY
    assert pair.usage_reporting.in_policy_days == 0
    assert pair.logs[-1][1:] == ("SMART_LIC.REPORTING_REQUIRED", {"days": "89"})


def test_a_change_never_moves_the_deadline_away():
    pair = settled().pass_time(10 * DAY)
    deadline = pair.usage_reporting.next_ack_deadline
    pair.handle(UsageChanged(pair.requests(DNA, count=2)[0]))
    assert pair.usage_reporting.next_ack_deadline == deadline


def test_sending_does_not_move_the_deadline():
    server = Server()
    server.poll_seconds = 10_000_000
    pair = Pair(server).boot(BOOT).advance(BOOT + HOUR)
    assert pair.usage_reporting.last_report_push is not None
    assert pair.usage_reporting.next_ack_deadline == BOOT + 49 * SECOND + 90 * DAY


def test_reminders_60_and_30_days_before_then_daily_warnings():
    pair = Pair(Server())
    pair.fate = unreachable
    pair.boot(BOOT).advance(BOOT + 93 * DAY)
    deadline = BOOT + 49 * SECOND + 90 * DAY
    assert pair.times("SMART_LIC.REPORTING_REQUIRED")[1:] == [
        deadline - 60 * DAY,
        deadline - 30 * DAY,
    ]
    assert pair.times("SMART_LIC.USAGE_NO_ACK") == [deadline + n * DAY for n in range(3)]
    days = [f["days"] for _, name, f in pair.logs if name == "SMART_LIC.USAGE_NO_ACK"]
    assert days == ["90", "91", "92"]
    assert job(pair, "External Event") is None  # Expired Not Rescheduled
    assert pair.usage_reporting.next_ack_deadline == deadline  # stays in the past
    assert all(use.count for use in pair.state.usage.values())  # features keep working


def test_a_policy_without_ack_requirement_does_not_warn():
    server = Server(policy=policy(ack_required=False))
    pair = settled(server)
    pair.fate = unreachable
    pair.pass_time(200 * DAY)
    assert not pair.times("SMART_LIC.USAGE_NO_ACK")


# --- boot and reset -------------------------------------------------------------------------


def test_a_reload_keeps_the_deadline_and_says_how_many_days_are_left():
    pair = Pair(Server())
    pair.fate = unreachable
    pair.boot(BOOT).advance(BOOT + 10 * DAY)
    deadline = pair.usage_reporting.next_ack_deadline
    pair.handle(Booted(pair.config, pair.licences))
    pair.pass_time(MINUTE)
    assert pair.usage_reporting.next_ack_deadline == deadline
    said = [fields for _, name, fields in pair.logs if name == "SMART_LIC.REPORTING_REQUIRED"]
    assert said == [{"days": "89"}, {"days": "79"}]


def test_a_reload_pushes_120_s_after_boot_unless_the_daily_limit_holds_it():
    pair = settled()
    last = pair.usage_reporting.last_report_push
    pair.handle(Booted(pair.config, pair.licences), last + HOUR)
    assert pair.usage_reporting.next_report_push == last + HOUR + 120 * SECOND
    assert job(pair, "Send Utility RUM reports") == last + 24 * HOUR


def test_a_reload_with_another_licence_is_a_usage_change():
    pair = settled().pass_time(30 * DAY)
    pair.licences = pair.requests(NETWORK)
    pair.handle(Booted(pair.config, pair.licences))
    dna = next(use for use in pair.state.usage.values() if use.feature == DNA)
    assert dna.count == 0
    opened = [r.feature for r in pair.state.reports.values() if r.state is RumState.OPEN]
    assert opened == [NETWORK]


def test_factory_reset_wipes_all_but_configuration_and_starts_new_ids():
    pair = settled(config=LicenseConfig(usage_interval_days=7))
    pair.handle(FactoryResetAsked())
    state = pair.state
    assert not (state.trust or state.reports or state.account or state.poll_id)
    assert state.policy.installed is None
    assert state.config.usage_interval_days == 7
    pair.handle(Booted(pair.config, pair.licences), pair.now + 5 * MINUTE)
    assert min(pair.state.reports) == pair.now // SECOND
    reset = pair.state.factory_reset
    pair.pass_time(MINUTE)
    assert pair.usage_reporting.next_report_push == reset + HOUR


def test_saving_usage_hands_out_what_is_closed():
    pair = Pair(Server(), config=LicenseConfig(transport=Transport.OFF))
    pair.boot(BOOT).advance(BOOT + HOUR)
    pair.handle(UsageSaved("bootflash:usage.txt"))
    states = {report.state for report in pair.state.reports.values()}
    assert states == {RumState.UNACK, RumState.OPEN}
    assert pair.usage_reporting.last_report_file_write == pair.now
    assert pair.usage_reporting.last_report_push is None


# --- endpoints ------------------------------------------------------------------------------


def test_endpoint_usage_is_announced_every_8_hours_and_pushes():
    pair = settled(release="17.3.2a")
    event = UsageChanged(LicenceRequest(AIR.feature, AIR.entitlement_tag, 0), endpoint=True)
    pair.handle(event)
    start = pair.now
    assert pair.usage_reporting.next_report_push == start + 30 * SECOND
    pair.advance(start + 8 * HOUR)
    assert pair.usage_reporting.next_report_push == start + 8 * HOUR + 30 * SECOND
    seen = [e.time for e in pair.state.eventlog if e.name == "SAEVT_ENDPOINT_USAGE"]
    assert seen == [start, start + 8 * HOUR]
    use = pair.state.usage[AIR.entitlement_tag]
    assert (use.count, use.request_time) == (0, None)
    assert AIR.entitlement_tag not in {r.entitlement_tag for r in pair.state.reports.values()}


def test_more_access_points_make_a_new_line_in_the_same_report():
    pair = settled()
    pair.fate = unreachable
    pair.handle(UsageChanged(AIR, endpoint=True))
    deadline = pair.usage_reporting.next_ack_deadline
    pair.pass_time(HOUR)
    more = LicenceRequest(AIR.feature, AIR.entitlement_tag, 6)
    joined = (pair.state.udi,)
    pair.handle(UsageChanged(more, added=joined, endpoint=True))
    pair.pass_time(HOUR)
    assert pair.usage_reporting.next_ack_deadline == deadline
    pair.handle(UsageSaved("bootflash:usage.txt"))
    chain = [r for r in pair.state.reports.values() if r.entitlement_tag == AIR.entitlement_tag]
    lines = payload_content(chain[0].signed.payload).measurements
    assert [(line.count, line.samples) for line in lines] == [(5, 5), (6, 5)]
    assert lines[0].end == lines[1].start
    assert lines[1].added == joined


def test_an_event_that_names_access_points_is_an_endpoint_event():
    pair = settled()
    pair.handle(UsageChanged(AIR, added=(pair.state.udi,)))
    assert pair.state.usage[AIR.entitlement_tag].endpoint
    assert timer(pair.state, TimerName.ENDPOINT_ANNOUNCEMENT) == pair.now + 8 * HOUR


def test_pushes_count_as_usage_reporting_attempts():
    pair = settled()
    usage = statistics_of(pair.state, Exchange.USAGE_REPORTING)
    assert (usage.total, usage.success, usage.fail) == (1, 1, 0)
    assert timer(pair.state, TimerName.RETRIEVE_DATA_PROCESSING_RESULT) is None


def test_how_it_stands_with_the_acknowledgement():
    pair = Pair(Server(policy=policy()))
    assert ack_state(pair.state, 0) is AckState.INVALID
    pair.boot(BOOT).pass_time(MINUTE)
    assert ack_state(pair.state, pair.now) is AckState.NOT_RECEIVED
    noted = [dict(e.fields) for e in pair.state.eventlog if e.name == "SAEVT_ACK_STATE"]
    assert noted == [{"state": "notReceived", "number": "4"}]
    late = pair.now + 91 * DAY
    assert (ack_state(pair.state, late), AckState.EXPIRED.number) == (AckState.EXPIRED, 5)
    pair.pass_time(DAY)
    assert ack_state(pair.state, pair.now) is AckState.RECEIVED
    pair.state.policy = replace(pair.state.policy, ack_required=False)
    assert ack_state(pair.state, pair.now) is AckState.ACK_NOT_REQUIRED
    perpetual = Pair(licences=Pair().requests(NETWORK)).boot(BOOT).pass_time(DAY)
    assert ack_state(perpetual.state, perpetual.now) is AckState.REPORT_NOT_REQUIRED


def test_without_a_required_ack_a_missed_deadline_is_not_told():
    pair = Pair(config=LicenseConfig(transport=Transport.OFF)).boot(BOOT).pass_time(HOUR)
    pair.state.policy = replace(pair.state.policy, ack_required=False)
    pair.pass_time(100 * DAY)
    assert not pair.times("SMART_LIC.USAGE_NO_ACK")
