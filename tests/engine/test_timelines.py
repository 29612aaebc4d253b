"""The worked timelines of real devices, to the second."""

from itertools import pairwise

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.engine.config import LicenseConfig
from agent.engine.events import Booted, Failure
from agent.engine.queries import usage_summary
from agent.engine.records import Exchange, TimerName
from agent.engine.statistics import statistics_of
from agent.engine.timers import timer
from agent.protocol.messages import Hello, Poll, UsageReport
from tests.engine.pair import NETWORK, SIXTY_DAYS, Pair, Server, at, policy, settled


def unreachable(message, now):
    return Failure.UNRESOLVED


def test_fresh_store_base_49_s_after_boot_push_120_s_later():
    boot = at("2026-10-06 13:40:00")
    pair = Pair().boot(boot).advance(boot + 49 * SECOND)
    base = boot + 49 * SECOND
    assert pair.usage_reporting.next_ack_deadline == base + 90 * DAY
    assert pair.usage_reporting.next_report_push == base + 120 * SECOND
    assert pair.usage_reporting.reporting_push_interval_days == 30
    assert (pair.usage_reporting.state, pair.usage_reporting.in_policy_days) == (2, 90)
    assert pair.logs[-1] == (base, "SMART_LIC.REPORTING_REQUIRED", {"days": "89"})


def test_perpetual_only_first_deadline_is_a_year_away():
    boot = at("2026-10-06 13:40:00")
    pair = Pair()
    pair.licences = pair.requests(NETWORK)
    pair.boot(boot).advance(boot + MINUTE)
    assert pair.usage_reporting.next_ack_deadline == boot + 49 * SECOND + 365 * DAY
    assert pair.logs[-1][2] == {"days": "364"}


def test_timeline_2_reload_with_trust():
    server = Server(policy=SIXTY_DAYS)
    pair = settled(server, boot_at=at("2023-11-20 08:00:00"))
    deadline = pair.usage_reporting.next_ack_deadline
    assert pair.state.trust
    server.poll_seconds = 299  # the answer was back within 300 s in the capture
    pair.boot(at("2023-11-28 10:58:12"))
    assert pair.usage_reporting.next_ack_deadline == deadline
    pair.advance(at("2023-11-28 11:00:11"))
    assert pair.usage_reporting.next_report_push == at("2023-11-28 11:00:12")
    pair.advance(at("2023-11-28 11:00:12"))
    usage = statistics_of(pair.state, Exchange.USAGE_REPORTING)
    assert usage.last_response == "OK_POLL"
    assert usage.last_response_time == at("2023-11-28 11:00:12")
    assert pair.usage_reporting.next_report_push == at("2023-12-28 11:00:12")
    pair.advance(at("2023-11-28 11:06:00"))
    ack = at("2023-11-28 11:05:11")
    assert pair.usage_reporting.last_ack_received == ack
    assert pair.usage_reporting.next_ack_deadline == ack + 60 * DAY
    assert pair.usage_reporting.next_ack_push_check is None


def test_timeline_3_never_reachable():
    boot = at("2023-12-10 20:53:17")
    pair = Pair(release="17.13.1")
    pair.fate = unreachable
    pair.boot(boot - 5 * DAY).advance(boot - MINUTE)
    pair.boot(boot)
    hellos_before = statistics_of(pair.state, Exchange.HELLO_MESSAGE).total
    pair.advance(at("2023-12-19 01:00:13"))
    assert pair.usage_reporting.next_report_push == at("2023-12-10 20:55:17")
    assert pair.usage_reporting.last_report_push is None
    job = timer(pair.state, TimerName.SEND_UTILITY_RUM_REPORTS)
    # tried every day at that time; each attempt is given up after 9 s
    assert at("2023-12-19 20:55:17") <= job <= at("2023-12-19 20:58:21")
    hello = statistics_of(pair.state, Exchange.HELLO_MESSAGE)
    assert hello.fail == hello.total
    assert 200 <= hello.total - hellos_before <= 215  # 205 in the capture
    assert statistics_of(pair.state, Exchange.USAGE_REPORTING).total == 0
    assert usage_summary(pair.state).waiting == 0
    assert not pair.sent(UsageReport)


def test_timeline_3_hourly_failures_are_3609_s_apart():
    pair = Pair()
    pair.fate = unreachable
    pair.boot(at("2023-12-10 20:53:17")).advance(at("2023-12-11 08:00:00"))
    failures = pair.times("SMART_LIC.COMM_FAILED")[-5:]
    gaps = {late - early for early, late in pairwise(failures)}
    assert gaps == {3609 * SECOND}


def test_timeline_4_lost_poll_waits_a_day():
    push = at("2024-03-14 22:27:41")
    pair = Pair(Server(poll_seconds=300))
    pair.fate = lambda message, now: Failure.TIMED_OUT if isinstance(message, Poll) else None
    pair.boot(push - 169 * SECOND).advance(push)
    assert pair.usage_reporting.last_report_push == push
    assert pair.usage_reporting.next_ack_push_check == at("2024-03-14 22:32:41")
    pair.pass_time(10 * MINUTE)
    lost = at("2024-03-14 22:33:11")  # the poll, and 30 s without an answer
    polling = statistics_of(pair.state, Exchange.RESULT_POLLING)
    assert (polling.last_response, polling.last_response_time) == ("NO REPLY", lost)
    assert pair.usage_reporting.next_ack_push_check == lost + 24 * HOUR
    assert pair.usage_reporting.next_report_push == push + 30 * DAY
    pair.fate = lambda message, now: None
    pair.advance(lost + 24 * HOUR)
    assert pair.usage_reporting.last_ack_received == lost + 24 * HOUR


def test_timeline_5_perpetual_only_owes_nothing_once_the_report_is_out():
    server = Server(poll_seconds=300, policy=policy((30, 0, 90)))
    pair = Pair(server)
    pair.licences = pair.requests(NETWORK)
    boot = at("2026-10-06 13:40:00")
    pair.boot(boot).advance(boot + 169 * SECOND)
    shown = pair.usage_reporting
    assert shown.next_ack_push_check == boot + 469 * SECOND
    for _ in range(2):  # with the poll still open, and after its ACK
        assert shown.reporting_push_interval_days == 0
        assert shown.next_ack_deadline is None
        assert shown.next_report_push is None
        pair.pass_time(10 * MINUTE)
    assert shown.last_ack_received == boot + 469 * SECOND


def test_timeline_6_cslu_ack_sets_the_deadline_from_its_own_second():
    push = at("2022-01-10 20:31:24")
    pair = Pair(Server(poll_seconds=62), release="17.7.1")
    pair.boot(push - 169 * SECOND).advance(push)
    usage = statistics_of(pair.state, Exchange.USAGE_REPORTING)
    assert (usage.last_response, usage.last_response_time) == ("OK_POLL", push)
    pair.advance(at("2022-01-10 20:33:00"))
    polling = statistics_of(pair.state, Exchange.RESULT_POLLING)
    assert (polling.last_response, polling.last_response_time) == (
        "OK",
        at("2022-01-10 20:32:26"),
    )
    assert pair.usage_reporting.last_ack_received == at("2022-01-10 20:32:26")
    assert pair.usage_reporting.next_ack_deadline == at("2022-04-10 20:32:26")
    assert (pair.usage_reporting.state, pair.usage_reporting.in_policy_days) == (4, 90)
    hellos = [now for now, _ in pair.sent(Hello)]
    assert hellos[-2:] == [push, at("2022-01-10 20:32:26")]  # one before each exchange


def test_timeline_7_failures_after_boot_on_a_device_without_dns():
    base = at("2022-11-01 14:54:45.907")
    pair = Pair(release="17.6.4")
    pair.fate = unreachable
    pair.boot(base - 49 * SECOND).advance(base + 65 * MINUTE)
    seen = pair.times("SMART_LIC.COMM_FAILED")
    capture = [
        at(f"2022-11-01 {text}")
        for text in (
            "14:54:55",
            "14:55:34",
            "14:55:43",
            "15:00:43",
            "15:05:53",
            "15:11:02",
            "15:54:56",
        )
    ]
    assert len(seen) == len(capture)
    assert all(abs(ours - theirs) < SECOND for ours, theirs in zip(seen, capture, strict=True))


def test_timeline_7_without_ntp_the_base_is_49_s_after_the_agents_start():
    start = at("2026-04-01 15:38:30.166")
    pair = Pair(release="17.9.5", config=LicenseConfig()).boot(start)
    pair.advance(start + MINUTE)
    messages = [name for _, name, _ in pair.logs]
    assert messages == [
        "SMART_LIC.AGENT_ENABLED",
        "CALL_HOME.CALL_HOME_ENABLED",
        "SMART_LIC.REPORTING_REQUIRED",
    ]
    assert abs(pair.logs[-1][0] - at("2026-04-01 15:39:19.199")) < SECOND


def test_deadline_does_not_move_when_the_clock_jumps():
    boot = at("2015-01-01 00:02:19")
    pair = Pair(release="17.15.6")
    pair.fate = unreachable
    pair.boot(boot).advance(boot + MINUTE)
    deadline = pair.usage_reporting.next_ack_deadline
    assert deadline == at("2015-04-01 00:03:08")
    pair.handle(Booted(pair.config, pair.licences), at("2026-01-01 00:00:00"))
    pair.pass_time(HOUR)
    assert pair.usage_reporting.next_ack_deadline == deadline
