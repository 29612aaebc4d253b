"""Trust by ID token, and reporting directly to CSSM."""

import pytest

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.engine.config import Transport
from agent.engine.events import (
    Booted,
    ClockChanged,
    Failure,
    LicenceRequest,
    Scope,
    SyncAsked,
    TokenEntered,
    UsageChanged,
)
from agent.engine.queries import communication_level, overall_state
from agent.engine.records import Exchange, RumState, TimerName
from agent.engine.statistics import statistics_of
from agent.protocol.messages import Hello, Poll, TrustEstablishment, TrustSync, UsageReport
from tests.engine.direct import Direct, cssm, unit
from tests.engine.pair import DNA, UDI, at

__all__ = ["cssm"]

SUCCESS, FAILED = "SMART_LIC.TRUST_CODE_INSTALL_SUCCESS", "SMART_LIC.TRUST_CODE_INSTALL_FAILED"
# timeline 1 of the fact sheet: first use, and the moment of trust
USED, TRUSTED = at("2025-04-22 04:53:59"), at("2025-04-22 05:01:33")
BOOT = USED - 49 * SECOND


@pytest.fixture
def pair(cssm):
    return Direct(cssm).boot(BOOT).advance(TRUSTED)


def reasons(pair):
    return [fields["reason"] for _, name, fields in pair.logs if name == FAILED]


def test_before_trust_nothing_is_sent_and_the_state_says_why(pair):
    assert pair.sends == []
    assert communication_level(pair.state) == "INDIRECT"
    assert overall_state(pair.state) == "Insufficient trust for direct communication"


def test_the_first_timeline(pair):
    """Timeline 1: everything the token brings, to the second."""
    assert pair.usage_reporting.next_ack_deadline == USED + 90 * DAY
    pair.trust(now=TRUSTED)
    assert pair.texts == []
    assert pair.times(SUCCESS) == [TRUSTED] == pair.times("SMART_LIC.POLICY_INSTALL_SUCCESS")
    reporting = pair.usage_reporting
    assert pair.state.trust[UDI.short].installed == TRUSTED == pair.state.policy.installed
    assert reporting.last_ack_received == TRUSTED
    assert reporting.next_ack_deadline == TRUSTED + 30 * DAY
    assert (reporting.state, reporting.in_policy_days) == (2, 30)
    assert abs(reporting.next_report_push - at("2025-04-22 05:02:02")) <= SECOND
    pair.advance(at("2025-04-22 05:02:24"))
    assert [now for now, _ in pair.sent(TrustSync)] == [at("2025-04-22 05:02:12")]
    assert pair.sent(UsageReport) == [] and reporting.last_report_push is None
    job = pair.state.timers[TimerName.SEND_UTILITY_RUM_REPORTS]
    assert abs(job - at("2025-04-22 05:03:01")) <= 2 * SECOND
    job = pair.state.timers[TimerName.AUTHORIZATION_CODE_PROCESS]
    assert job == at("2025-04-22 05:02:42")
    assert reporting.last_ack_received == TRUSTED


def test_the_report_follows_is_polled_after_300_seconds_and_moves_the_deadline(pair):
    pair.trust().advance(TRUSTED + HOUR)
    (pushed, report), (polled, _) = pair.sent(UsageReport)[0], pair.sent(Poll)[0]
    assert (pushed, polled - pushed) == (TRUSTED + 90 * SECOND, 300 * SECOND)
    assert {signed.signing_type for signed in report.usage} <= {"builtin", "trust"}
    assert report.usage[-1].signing_type == "trust"
    reporting = pair.usage_reporting
    assert reporting.last_ack_received == polled
    assert reporting.next_ack_deadline == polled + 60 * DAY
    assert reporting.next_report_push == pushed + 30 * DAY
    assert not [r for r in pair.state.reports.values() if r.state is RumState.UNACK]
    assert pair.sent(Hello) == []
    assert pair.state.account.smart_account == "Example Lab"
    assert pair.state.peer.name == "SSM"
    assert communication_level(pair.state) == "DIRECT"


def test_nothing_to_authorize_counts_as_a_success(pair):
    pair.trust().advance(TRUSTED + HOUR)
    found = statistics_of(pair.state, Exchange.AUTHORIZATION_REQUEST)
    assert (found.success, found.last_response) == (1, "NO DATA TO PROCESS")


def test_a_reload_with_trust_pushes_after_two_minutes_and_syncs_after_five(pair):
    pair.trust().advance(TRUSTED + 3 * DAY)
    pair.sends.clear()
    boot = pair.now
    pair.handle(Booted(pair.config, pair.licences))
    pair.advance(boot + HOUR)
    assert [now - boot for now, _ in pair.sent(UsageReport)] == [120 * SECOND]
    assert [now - boot for now, _ in pair.sent(TrustSync)] == [279 * SECOND]
    assert pair.sent(Hello) == []


def test_a_trust_sync_moves_last_ack_once_a_report_was_acknowledged(pair):
    pair.trust().advance(TRUSTED + 3 * DAY)
    boot = pair.now
    pair.handle(Booted(pair.config, pair.licences))
    pair.advance(boot + 279 * SECOND)
    assert pair.usage_reporting.last_ack_received == boot + 279 * SECOND


def test_a_usage_change_syncs_trust_after_20_seconds(pair):
    pair.trust().advance(TRUSTED + 3 * DAY)
    pair.sends.clear()
    changed = pair.now
    tag = next(u.entitlement_tag for u in pair.state.usage.values() if u.feature == DNA)
    pair.handle(UsageChanged(LicenceRequest(DNA, tag, 0)))
    pair.advance(changed + MINUTE)
    assert [now - changed for now, _ in pair.sent(TrustSync)] == [20 * SECOND]
    assert [now - changed for now, _ in pair.sent(UsageReport)] == [30 * SECOND]


# --- a second code ----------------------------------------------------------------------------


def test_a_second_code_is_refused_without_force(pair):
    pair.trust()
    before = pair.state.trust[UDI.short]
    pair.pass_time(HOUR)
    sent = len(pair.sent(TrustEstablishment))
    pair.trust()
    assert reasons(pair) == ["a trust code is already installed"]
    assert len(pair.sent(TrustEstablishment)) == sent
    assert pair.state.trust[UDI.short] == before


def test_force_brings_a_second_code_with_another_key(pair):
    pair.trust()
    before = pair.state.trust[UDI.short]
    pair.pass_time(HOUR)
    pair.trust(force=True)
    code = pair.state.trust[UDI.short]
    assert code.trust_id == before.trust_id + 1
    assert code.private_key != before.private_key
    assert reasons(pair) == []
    pair.handle(SyncAsked())
    pair.pass_time(HOUR)
    assert pair.usage_reporting.last_ack_received > TRUSTED + HOUR
    assert not any(report.flag == "E" for report in pair.state.reports.values())


# --- tokens -----------------------------------------------------------------------------------


def test_an_unknown_token(pair):
    pair.trust("no-such-token")
    assert reasons(pair) == ["""{"token":["The token 'no-such-token' is not valid."]}"""]
    found = statistics_of(pair.state, Exchange.TRUST_ESTABLISHMENT)
    assert (found.fail, found.ongoing_overall, found.ongoing_communication) == (1, 1, 0)
    assert found.failure_reason.startswith('{"token"')
    pair.pass_time(DAY)
    assert len(pair.sent(TrustEstablishment)) == 1
    assert pair.texts == []


def test_an_expired_token(pair):
    token = pair.portal.new_token(1, 1, "", TRUSTED - DAY).token
    pair.trust(token)
    assert "has expired" in reasons(pair)[0]


def test_a_token_serves_as_many_units_as_it_has_uses(cssm):
    pair = Direct(cssm, others=(unit(2), unit(3))).boot(BOOT).advance(TRUSTED)
    token = pair.portal.new_token(1, 2, "", pair.now).token
    pair.trust(token, Scope.ALL)
    assert len(reasons(pair)) == 3
    assert "no uses left" in reasons(pair)[0]
    pair.trust(token, Scope.LOCAL)
    assert pair.portal.tokens()[-1].used == 1


def test_all_units_get_a_code_each(cssm):
    pair = Direct(cssm, others=(unit(2), unit(3))).boot(BOOT).advance(TRUSTED)
    pair.trust(scope=Scope.ALL)
    assert len(pair.times(SUCCESS)) == 3
    codes = pair.state.trust.values()
    assert len({code.trust_id for code in codes}) == 3
    assert len({code.product_instance_identifier for code in codes}) == 1


def test_the_transport_must_be_a_direct_one(pair):
    pair.configure(transport=Transport.CSLU)
    pair.handle(TokenEntered(pair.token))
    assert pair.texts == ["The transport type needed is not configured"]


# --- trouble ----------------------------------------------------------------------------------


def test_a_lost_trust_request_is_repeated_after_five_minutes(pair):
    pair.fate = lambda message, now: Failure.TIMED_OUT if now < TRUSTED + MINUTE else None
    pair.trust()
    assert pair.state.trust == {}
    pair.advance(TRUSTED + 6 * MINUTE)
    assert len(pair.times("SMART_LIC.COMM_FAILED")) == 1
    assert pair.times(SUCCESS) == [TRUSTED + 5 * MINUTE + 30 * SECOND]
    assert pair.times("SMART_LIC.COMM_RESTORED") == pair.times(SUCCESS)


def test_a_reply_that_cssm_did_not_sign_is_none(pair):
    pair.forged = lambda body: body.replace(b'\\"OK\\"', b'\\"OK_POLL\\"')
    pair.trust()
    assert pair.state.trust == {}
    (fields,) = [f for _, name, f in pair.logs if name == "SMART_LIC.COMM_FAILED"]
    assert fields["reason"] == "Fail to parse response data from SSM server"


def test_an_unsigned_reply_is_none(pair):
    pair.trust().advance(TRUSTED + HOUR)
    pair.forged = lambda body: b'{"signature":null' + body[body.index(b',"response"') :]
    last = pair.usage_reporting.last_report_push
    pair.handle(SyncAsked())
    pair.pass_time(MINUTE)
    assert pair.usage_reporting.last_report_push == last


@pytest.mark.parametrize("hours", [-2, 2])
def test_clocks_two_hours_apart_give_no_trust(pair, hours):
    pair.use(skew_ms=hours * HOUR)
    pair.trust()
    assert reasons(pair) == ["timestamp"]
    assert pair.state.trust == {}


def test_a_device_whose_own_clock_is_wrong_gets_no_trust_until_it_is_set(pair):
    deadline = pair.usage_reporting.next_ack_deadline
    pair.handle(ClockChanged(3 * HOUR))
    assert pair.usage_reporting.next_ack_deadline + 3 * HOUR == deadline, "its date stays"
    pair.trust()
    assert reasons(pair) == ["timestamp"]
    pair.handle(ClockChanged(0))
    pair.trust()
    assert pair.times(SUCCESS) == [TRUSTED]


def test_a_trusted_device_whose_clock_is_wrong_says_so_with_each_report(pair):
    pair.trust().advance(TRUSTED + HOUR)
    acknowledged = pair.usage_reporting.last_ack_received
    pair.handle(ClockChanged(2 * HOUR))
    pair.handle(SyncAsked())
    said = [f["reason"] for _, name, f in pair.logs if name == "SMART_LIC.POLICY_INSTALL_FAILED"]
    assert said == ["timestamp mismatch"]
    assert pair.usage_reporting.last_ack_received == acknowledged - 2 * HOUR, "its date stays"
    pair.handle(ClockChanged(0))
    pair.handle(SyncAsked())
    pair.pass_time(10 * MINUTE)
    assert pair.usage_reporting.last_ack_received > acknowledged


def test_an_on_prem_that_is_too_old_takes_no_reports_and_says_so_once(pair):
    pair.trust().advance(TRUSTED + HOUR)
    pair.use(down_rev=True)
    for _ in range(2):
        pair.handle(SyncAsked())
        pair.pass_time(10 * MINUTE)
    assert len(pair.times("SMART_LIC.REPORTING_NOT_SUPPORTED")) == 1
    waiting = [r for r in pair.state.reports.values() if r.state is RumState.CLOSED]
    pair.use(down_rev=False)
    pair.handle(SyncAsked())
    pair.pass_time(10 * MINUTE)
    assert waiting
    assert all(pair.state.reports[r.report_id].state is RumState.ACK for r in waiting)


def test_clocks_less_than_an_hour_apart_do(pair):
    pair.use(skew_ms=HOUR - SECOND)
    pair.trust()
    assert pair.times(SUCCESS) == [TRUSTED]


def test_bytes_said_twice_are_refused_and_said_again_with_a_new_nonce(pair):
    """A restarted emulator sends what was in flight again; CSSM may have had it already."""
    pair.lost_answers = 1
    pair.trust()
    assert pair.state.trust == {}
    pair.lost_answers = 0
    pair.pass_time(6 * MINUTE)
    assert pair.times(SUCCESS) == [TRUSTED + 5 * MINUTE]
    assert reasons(pair) == []
    for message in (UsageReport, Poll):
        pair.handle(SyncAsked())
        pair.lost_answers = 1 if message is UsageReport else 0
        pair.pass_time(SECOND)
        pair.lost_answers = 1
        pair.pass_time(300 * SECOND)
        pair.lost_answers = 0
        pair.pass_time(HOUR)
    assert not [r for r in pair.state.reports.values() if r.state is RumState.UNACK]
    assert not any(report.flag == "E" for report in pair.state.reports.values())


def test_another_transport_keeps_trust_and_drops_the_wish(pair):
    pair.fate = lambda message, now: Failure.REFUSED
    pair.trust()
    assert pair.state.trust_wanted is not None
    pair.configure(transport=Transport.OFF)
    assert pair.state.trust_wanted is None
    pair.fate = lambda message, now: None
    pair.configure(transport=Transport.SMART)
    pair.trust()
    pair.configure(transport=Transport.OFF)
    assert UDI.short in pair.state.trust
    pair.sends.clear()
    pair.pass_time(40 * DAY)
    assert pair.sends == []


def test_a_product_instance_cssm_does_not_know_stops_reporting_until_new_trust(pair):
    pair.trust().advance(TRUSTED + DAY)
    pair.state.product_instance_identifier = "00000000-0000-4000-8000-000000000000"
    pair.handle(SyncAsked())
    found = statistics_of(pair.state, Exchange.USAGE_REPORTING)
    assert "Please re-register the instance." in found.failure_reason
    assert found.last_response == "INVALID STATUS CODE"
    assert TimerName.SEND_UTILITY_RUM_REPORTS not in pair.state.timers


def test_smart_without_a_licence_in_use_leaves_last_ack_alone(cssm):
    pair = Direct(cssm, licences=()).boot(BOOT).advance(TRUSTED)
    pair.trust()
    assert pair.times(SUCCESS) == [TRUSTED]
    assert pair.usage_reporting.last_ack_received is None
    assert pair.usage_reporting.next_report_push is None
