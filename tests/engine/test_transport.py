"""Contacts: Hello first, retries, status codes, what is logged, what a change of address does."""

from dataclasses import replace

import pytest

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.engine import queries
from agent.engine.config import LicenseConfig, Transport
from agent.engine.events import (
    Booted,
    EventlogCleared,
    Failure,
    ReplyReceived,
    SendFailed,
    SyncAsked,
    TimeReached,
)
from agent.engine.machine import SmartAgent
from agent.engine.records import Exchange, RumState, TimerName
from agent.engine.statistics import statistics_of
from agent.engine.timers import timer
from agent.engine.transport import resend
from agent.protocol.messages import Hello, Poll, StatusCode, UsageReport
from tests.engine.pair import CSLU, Pair, Server, at, settled

BOOT = at("2026-10-01 08:00:00")
BASE = BOOT + 49 * SECOND
PEER = "Cisco Smart License Utility (CSLU)"


def lost(kind, failure=Failure.REFUSED):
    return lambda message, now: failure if isinstance(message, kind) else None


def answered(message, now):
    return None


# --- Hello ----------------------------------------------------------------------------------


def test_the_first_hello_is_at_the_base_and_tells_who_is_there():
    pair = Pair().boot(BOOT).advance(BASE)
    assert [now for now, _ in pair.sent(Hello)] == [BASE]
    assert pair.state.connected
    assert pair.state.peer == CSLU
    assert not pair.times("SMART_LIC.COMM_RESTORED")  # nothing had failed


def test_without_hello_nothing_else_is_sent():
    pair = Pair()
    pair.fate = lost(Hello)
    pair.boot(BOOT).advance(BOOT + 3 * DAY)
    assert not pair.sent(UsageReport) and not pair.sent(Poll)
    assert statistics_of(pair.state, Exchange.USAGE_REPORTING).total == 0


def test_when_communication_is_restored_the_owed_push_follows_at_once():
    pair = Pair()
    pair.fate = lost(Hello)
    pair.boot(BOOT).advance(BOOT + 5 * HOUR)
    pair.fate = answered
    back = timer(pair.state, TimerName.DATA_SYNCHRONIZATION)
    pair.advance(back)
    assert pair.times("SMART_LIC.COMM_RESTORED") == [back]
    assert pair.usage_reporting.last_report_push == back
    assert timer(pair.state, TimerName.DATA_SYNCHRONIZATION) is None
    hello = statistics_of(pair.state, Exchange.HELLO_MESSAGE)
    assert (hello.ongoing_overall, hello.ongoing_communication) == (0, 0)


def test_after_a_loss_three_tries_5_minutes_apart_then_hourly():
    pair = settled()
    pair.fate = lost(Hello)
    pair.handle(SyncAsked())
    start = pair.now
    pair.pass_time(3 * HOUR)
    failures = [when - start for when in pair.times("SMART_LIC.COMM_FAILED")]
    five = 5 * MINUTE
    assert failures == [0, five, 2 * five, 3 * five, 3 * five + HOUR, 3 * five + 2 * HOUR]


def test_a_name_that_does_not_resolve_is_given_up_after_9_s():
    pair = Pair()
    pair.fate = lost(Hello, Failure.UNRESOLVED)
    pair.boot(BOOT).advance(BASE + 8 * SECOND)
    assert not pair.times("SMART_LIC.COMM_FAILED")
    pair.advance(BASE + 9 * SECOND)
    reason = "Unable to resolve server hostname/domain name "
    assert pair.logs[-1] == (
        BASE + 9 * SECOND,
        "SMART_LIC.COMM_FAILED",
        {"peer": PEER, "reason": reason},
    )


@pytest.mark.parametrize(
    ("failure", "detail", "reason", "response"),
    [
        (Failure.REFUSED, "", "Communications failure", "NO REPLY"),
        (Failure.EMPTY_REPLY, "", "Received empty response from server", "NO REPLY"),
        (Failure.HTTP_STATUS, "404", "HTTP Server Error 404", "INVALID STATUS CODE"),
        (Failure.HTTP_STATUS, "500", "HTTP Server Error 500", "NO REPLY"),
    ],
)
def test_each_failure_has_its_reason(failure, detail, reason, response):
    pair = Pair()
    pair.hold = True
    pair.boot(BOOT).advance(BASE)
    pair.handle(SendFailed(pair.held[0].request_id, failure, detail))
    assert pair.logs[-1][2]["reason"] == reason
    hello = statistics_of(pair.state, Exchange.HELLO_MESSAGE)
    assert (hello.last_response, hello.fail, hello.ongoing_communication) == (response, 1, 1)


# --- status codes ---------------------------------------------------------------------------


def test_ok_at_once_needs_no_poll():
    server = Server()
    server.usage_status = StatusCode.OK
    pair = Pair(server).boot(BOOT).advance(BOOT + 5 * MINUTE)
    assert not pair.sent(Poll)
    assert pair.usage_reporting.last_ack_received == pair.usage_reporting.last_report_push
    assert pair.usage_reporting.next_ack_push_check is None


def test_a_poll_that_is_not_ready_is_repeated_after_the_servers_interval():
    server = Server(poll_seconds=60)
    server.poll_status = StatusCode.OK_POLL
    pair = Pair(server).boot(BOOT).advance(BOOT + 169 * SECOND + 200 * SECOND)
    push = BOOT + 169 * SECOND
    assert [now - push for now, _ in pair.sent(Poll)] == [60_000, 120_000, 180_000]
    assert pair.usage_reporting.next_ack_push_check == push + 240 * SECOND


def test_try_again_repeats_the_push_after_the_servers_time():
    server = Server(poll_seconds=120)
    server.usage_status = StatusCode.OK_TRY_AGAIN
    server.message = "LS_LICENGINE_FAIL_TO_CONNECT"
    pair = Pair(server).boot(BOOT).advance(BOOT + 170 * SECOND)
    usage = statistics_of(pair.state, Exchange.USAGE_REPORTING)
    assert (usage.last_response, usage.failure_reason) == ("OK_TRY_AGAIN", server.message)
    assert (usage.ongoing_overall, usage.ongoing_communication) == (1, 0)
    assert pair.usage_reporting.last_report_push is None
    assert timer(pair.state, TimerName.SEND_UTILITY_RUM_REPORTS) == BOOT + 289 * SECOND
    server.usage_status = StatusCode.OK_POLL
    pair.advance(BOOT + 289 * SECOND)
    assert pair.usage_reporting.last_report_push == BOOT + 289 * SECOND


def test_a_refused_report_is_tried_next_day():
    server = Server()
    server.usage_status, server.message = StatusCode.FAILED, "signature"
    pair = Pair(server).boot(BOOT).advance(BOOT + HOUR)
    assert statistics_of(pair.state, Exchange.USAGE_REPORTING).last_response == (
        "INVALID STATUS CODE"
    )
    due = BOOT + 169 * SECOND
    assert timer(pair.state, TimerName.SEND_UTILITY_RUM_REPORTS) == due + DAY
    assert not [r for r in pair.state.reports.values() if r.state is RumState.PENDING]
    assert not pair.times("SMART_LIC.COMM_FAILED")


def test_a_server_that_forgot_the_instance_stops_the_pushes():
    server = Server()
    server.usage_status = StatusCode.FAILED
    server.message = '{"product_instance_identifier":["The identity is not valid."]}'
    pair = Pair(server).boot(BOOT).advance(BOOT + 40 * DAY)
    assert len(pair.sent(UsageReport)) == 1
    job = next(j for j in queries.jobs(pair.state, pair.now) if j.name.startswith("Send"))
    assert (job.when, job.word) == (None, "Expired Not Rescheduled")


def test_a_poll_the_server_does_not_know_sends_the_reports_again_next_day():
    server = Server()
    server.poll_status = StatusCode.FAILED
    pair = Pair(server).boot(BOOT).advance(BOOT + HOUR)
    assert pair.usage_reporting.next_ack_push_check is None
    server.poll_status = StatusCode.OK
    pair.advance(BOOT + 2 * DAY)
    first, second = (m.usage for _, m in pair.sent(UsageReport))
    assert set(first) < set(second)
    assert not [r for r in pair.state.reports.values() if r.sent and not r.acked]


def test_a_reply_with_another_nonce_is_no_reply():
    pair = Pair()
    pair.hold = True
    pair.boot(BOOT).advance(BASE)
    send = pair.held.pop()
    reply = replace(pair.server.answer(send.message, pair.now), nonce="1")
    pair.handle(ReplyReceived(send.request_id, reply))
    assert not pair.state.connected
    assert pair.logs[-1][2]["reason"] == "Fail to parse response data from SSM server"


def test_an_ack_that_comes_with_a_hello_ends_the_poll():
    server = Server(poll_seconds=3600)
    pair = Pair(server).boot(BOOT).advance(BOOT + 5 * MINUTE)
    assert pair.state.poll_id == "1"
    server.files_with_hello = [server.files["1"]]
    pair.hold = False
    pair.fate = lost(UsageReport)
    pair.handle(SyncAsked())
    assert pair.usage_reporting.last_ack_received == pair.now
    acked = [r for r in pair.state.reports.values() if r.state is RumState.ACK]
    assert len(acked) == 4
    assert (pair.state.poll_id, pair.usage_reporting.next_ack_push_check) == ("", None)


# --- a contact in flight --------------------------------------------------------------------


def test_a_request_in_flight_can_be_sent_again_after_a_restart():
    pair = settled()
    pair.hold = True
    pair.handle(SyncAsked())
    assert resend(pair.state) == (pair.held[0],)
    restarted = SmartAgent(pair.profile, pair.release, pair.state)
    reply = pair.server.answer(pair.held[0].message, pair.now)
    actions = restarted.handle(ReplyReceived(pair.held[0].request_id, reply), pair.now)
    assert isinstance(actions[-1].message, UsageReport)


def test_late_replies_find_nothing():
    pair = settled()
    pair.hold = True
    pair.handle(SyncAsked())
    old = pair.held.pop()
    pair.handle(Booted(pair.config, pair.licences))
    assert not pair.state.pending
    pair.handle(ReplyReceived(old.request_id, pair.server.answer(old.message, pair.now)))
    assert not pair.state.pending


# --- transport ------------------------------------------------------------------------------


def test_another_address_starts_over_with_a_hello():
    pair = settled()
    pair.configure(url_cslu="http://127.0.0.1:8182/cslu/v1/pi")
    changed = pair.now
    pair.pass_time(5 * SECOND)
    assert pair.sends[-1][0] == changed + SECOND
    assert pair.sends[-1][1].route.urls == ("http://127.0.0.1:8182/cslu/v1/pi",)


def test_discovery_tries_the_plain_name_then_the_domain():
    pair = Pair(config=LicenseConfig(domain_name="lab.example.com")).boot(BOOT).advance(BASE)
    assert pair.sends[0][1].route.urls == (
        "http://cslu-local:8182/cslu/v1/pi",
        "http://cslu-local.lab.example.com:8182/cslu/v1/pi",
    )


def test_off_stops_everything_and_keeps_the_data():
    pair = settled()
    shown = replace(pair.usage_reporting)
    sends = len(pair.sends)
    pair.configure(transport=Transport.OFF)
    pair.handle(SyncAsked())
    pair.pass_time(60 * DAY)
    assert len(pair.sends) == sends
    assert pair.usage_reporting == shown
    assert pair.state.trust and pair.state.reports
    assert queries.overall_state(pair.state) == "Device configured for Offline transport"
    pair.configure(transport=Transport.CSLU)
    pair.pass_time(MINUTE)
    assert pair.sent(UsageReport)[-1][0] > shown.next_report_push


@pytest.mark.parametrize("transport", [Transport.SMART, Transport.CALLHOME])
def test_direct_transports_without_trust_send_nothing(transport):
    pair = Pair(config=LicenseConfig(transport=transport)).boot(BOOT)
    pair.handle(SyncAsked())
    pair.advance(BOOT + 100 * DAY)
    assert not pair.sends
    text = "Insufficient trust for direct communication"
    assert queries.overall_state(pair.state) == text
    assert queries.communication_level(pair.state) == "INDIRECT"
    assert pair.usage_reporting.next_report_push == BASE + 120 * SECOND  # shown all the same
    assert pair.usage_reporting.next_ack_deadline == BASE + 90 * DAY


def test_a_push_in_flight_when_the_address_changes_is_repeated_at_the_new_one():
    pair = settled()
    pair.hold = True
    pair.handle(SyncAsked())
    send = pair.held.pop()
    pair.handle(ReplyReceived(send.request_id, pair.server.answer(send.message, pair.now)))
    assert isinstance(pair.held.pop().message, UsageReport)
    pair.hold = False
    pair.configure(url_cslu="http://10.0.0.1:8182/cslu/v1/pi")
    pair.pass_time(5 * SECOND)
    assert isinstance(pair.sends[-1][1].message, UsageReport)
    assert pair.sends[-1][1].route.urls == ("http://10.0.0.1:8182/cslu/v1/pi",)


def test_privacy_leaves_out_the_hostname():
    pair = Pair(config=LicenseConfig(hostname="SW-1", hostname_privacy=True)).boot(BOOT)
    pair.advance(BOOT + 3 * MINUTE)
    message = pair.sent(UsageReport)[0][1]
    assert message.sender.hostname == ""
    assert message.trust_requests[0].hostname == ""


# --- event log ------------------------------------------------------------------------------


def test_the_event_log_is_bounded_and_can_be_cleared():
    pair = Pair()
    for _ in range(100):
        pair.boot(BOOT)
    assert len(pair.state.eventlog) == 300
    assert pair.state.eventlog[-1].name == "SAEVT_LICENSE_USAGE"
    pair.handle(EventlogCleared())
    assert pair.state.eventlog == []


def test_an_outage_is_one_line_of_the_event_log():
    pair = Pair()
    pair.fate = lost(Hello)
    pair.boot(BOOT).advance(BOOT + 30 * DAY)
    names = [event.name for event in pair.state.eventlog]
    assert names.count("SAEVT_COMM_FAILED") == 1
    pair.handle(TimeReached())
    assert len(pair.times("SMART_LIC.COMM_FAILED")) > 700  # every failure is in the log


@pytest.mark.parametrize(("release", "extra"), [("17.9.1", [28_839, 57_639]), ("17.12.4", [])])
def test_each_announcement_of_endpoints_costs_a_hello_beside_the_hourly_ones(release, extra):
    """A switch of 17.9 announces every 8 hours, pushes 30 s later, and gives up after 9 s."""
    pair = Pair(release=release)
    pair.fate = lambda message, now: Failure.UNRESOLVED
    boot = at("2026-10-01 08:00:00")
    pair.boot(boot).advance(boot + 20 * HOUR)
    failed = [(when - boot) // SECOND for when in pair.times("SMART_LIC.COMM_FAILED")]
    hourly = range(failed[6], 72_000, 3609)  # an hour from one failure to the next attempt, and 9 s
    assert [when for when in failed[6:] if when not in hourly] == extra
    assert set(hourly) <= set(failed)
