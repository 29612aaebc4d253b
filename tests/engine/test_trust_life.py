"""Trust codes that end: renewed in time, acknowledged, and no codes any more afterwards."""

from dataclasses import replace

import pytest

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.engine.events import Booted, FactoryResetAsked, Failure, SyncAsked, UsageSaved
from agent.engine.records import TimerName
from agent.protocol.messages import TrustAcknowledgement, TrustSync, UsageReport
from tests.engine.direct import Direct, cssm
from tests.engine.pair import at, settled

__all__ = ["cssm"]
BOOT = at("2026-10-01 08:00:00")
DAYS = 90


def trusted(cssm, **changes):
    """An agent with a trust code of ninety days by token."""
    pair = Direct(cssm, **changes)
    pair.use(trust_days=DAYS)
    pair.boot(BOOT).advance(BOOT + 10 * MINUTE)
    return pair.trust()


def code(pair):
    return pair.state.trust[pair.state.udi.short]


def test_a_code_for_ever_has_no_timer(cssm):
    pair = Direct(cssm).boot(BOOT).advance(BOOT + HOUR)
    pair.trust()
    assert code(pair).valid_to == 0
    assert TimerName.TRUST_RENEWAL not in pair.state.timers


def test_a_code_is_renewed_by_a_trust_sync_and_acknowledged(cssm):
    pair = trusted(cssm)
    first = code(pair)
    assert first.valid_to - first.valid_from == DAYS * DAY
    pair.pass_time(59 * DAY)
    assert code(pair) == first
    pair.pass_time(2 * DAY)
    second = code(pair)
    assert second.trust_id > first.trust_id
    assert second.private_key != first.private_key
    assert second.valid_to > first.valid_to
    ((_, told),) = pair.sent(TrustAcknowledgement)
    assert told.trust_ids == (second.trust_id,)
    figures = pair.state.statistics["Trust Acknowledgement"]
    assert (figures.total, figures.success, figures.fail) == (1, 1, 0)
    assert pair.state.comm_failed is False


def test_reports_go_on_over_years_of_renewals(cssm):
    pair = trusted(cssm).pass_time(800 * DAY)
    assert pair.state.trust
    assert len(pair.sent(TrustAcknowledgement)) >= 8
    assert pair.state.statistics["Usage Reporting"].fail == 0
    assert pair.usage_reporting.next_ack_deadline > pair.now


def test_a_code_that_is_not_renewed_ends_and_direct_communication_with_it(cssm):
    pair = trusted(cssm)
    pair.fate = lambda message, now: Failure.REFUSED
    pair.pass_time(DAYS * DAY)
    assert not pair.state.trust
    sends = len(pair.sends)
    pair.pass_time(60 * DAY)
    assert len(pair.sends) == sends
    pair.fate = lambda message, now: None
    pair.trust()
    assert pair.state.trust


def test_an_acknowledgement_that_is_lost_comes_again(cssm):
    pair = trusted(cssm)
    lost = []

    def fate(message, now):
        if isinstance(message, TrustAcknowledgement) and not lost:
            lost.append(now)
            return Failure.TIMED_OUT
        return None

    pair.fate = fate
    pair.pass_time(62 * DAY)
    assert len(pair.sent(TrustAcknowledgement)) == 2
    assert pair.state.statistics["Trust Acknowledgement"].success == 1
    assert not pair.state.trust_ack_wanted


def test_a_reload_finds_a_code_that_ended_meanwhile(cssm):
    pair = trusted(cssm)
    later = pair.now + (DAYS + 1) * DAY
    pair.handle(Booted(pair.config, pair.licences), later)
    assert not pair.state.trust


def test_through_a_cslu_the_renewal_rides_with_a_report():
    pair = settled()
    short = pair.state.udi.short
    issue = pair.server.trust_code
    pair.server.trust_code = lambda asked, now: replace(
        issue(asked, now), valid_to=now + DAYS * DAY
    )
    first = replace(code(pair), valid_to=pair.now + 30 * DAY)
    pair.state.trust[short] = first
    pair.pass_time(31 * DAY)
    asked = [m.trust_requests for _, m in pair.sent(UsageReport)]
    assert len(asked[-1]) == 1
    assert code(pair).trust_id != first.trust_id
    assert not pair.sent(TrustSync)


@pytest.mark.parametrize("minutes", [1, 30, 59])
def test_within_an_hour_of_a_factory_reset_no_report_is_produced(minutes):
    pair = settled()
    pair.handle(FactoryResetAsked())
    reset = pair.now
    pair.handle(Booted(pair.config, pair.licences), reset + SECOND)
    assert not pair.state.trust
    sent = len(pair.sent(UsageReport))
    pair.advance(reset + minutes * MINUTE)
    pair.handle(SyncAsked())
    pair.handle(UsageSaved("flash:usage"))
    assert len(pair.sent(UsageReport)) == sent
    assert pair.texts
    pair.advance(reset + HOUR + MINUTE)
    assert len(pair.sent(UsageReport)) == sent + 1
