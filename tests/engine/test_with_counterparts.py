"""The agent with the real CSLU and CSSM, linked in memory: what each side expects of the other."""

import pytest

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.identity import Udi
from agent.engine.events import (
    Booted,
    LicenceRequest,
    ReplyReceived,
    SyncAsked,
    TimeReached,
    UsageChanged,
)
from agent.engine.machine import SmartAgent
from agent.engine.queries import access_point_limit, usage_summary
from agent.engine.records import Exchange
from agent.engine.statistics import statistics_of
from agent.protocol import codec, signing
from agent.protocol.messages import UsageReport
from counterparts.cslu import Cslu
from counterparts.cssm import Cssm, CssmSettings
from counterparts.direct import LinkedCslu, LocalCssm, exchange
from counterparts.records import IN_MEMORY, SqlCsluRecords, SqlCssmRecords
from counterparts.uplink import CsluSettings
from tests.engine.pair import DNA, UDI, Pair, Server, at

BOOT = at("2026-10-01 08:00:00")


class Linked(Pair):
    """A pair whose server is a real CSLU with a real CSSM behind it."""

    def __init__(self, cslu, cssm, **changes):
        super().__init__(Server(authority=cssm.authority), **changes)
        self.cslu = cslu

    def _carry(self, send):
        body = codec.encode_request(send.message, send.signing_key)
        reply = codec.decode_reply(exchange(self.cslu, body, self.now))
        self.handle(ReplyReceived(send.request_id, reply))

    def advance(self, until):
        while True:
            due = [when for when in (self.agent.next_deadline(), self.cslu.next_deadline()) if when]
            if not due or min(due) > until:
                break
            now = max(self.now, min(due))
            if (theirs := self.cslu.next_deadline()) is not None and theirs <= now:
                self.cslu.wake(now)
            if (ours := self.agent.next_deadline()) is not None and ours <= now:
                self.handle(TimeReached(), now)
            self.now = now
        self.now = until
        return self


@pytest.fixture
def servers():
    cssm_records, cslu_records = SqlCssmRecords(IN_MEMORY), SqlCsluRecords(IN_MEMORY)
    cssm = Cssm(cssm_records, CssmSettings(), "engine tests")
    cslu = LinkedCslu(Cslu(cslu_records, CsluSettings()), LocalCssm(cssm).carry)
    yield cslu, cssm
    cslu_records.close()
    cssm_records.close()


def test_a_fresh_device_gets_trust_policy_account_and_ack_within_minutes(servers):
    pair = Linked(*servers).boot(BOOT).advance(BOOT + 10 * MINUTE)
    state = pair.state
    assert state.trust[UDI.short].installed == pair.usage_reporting.last_ack_received
    assert state.policy.name and state.account is not None
    assert pair.usage_reporting.last_report_push == BOOT + 169 * SECOND
    assert pair.usage_reporting.next_ack_deadline > BOOT + 29 * DAY
    summary = usage_summary(state)
    assert (summary.acknowledged, summary.waiting) == (4, 0)
    assert not pair.times("SMART_LIC.COMM_FAILED")


class Counting(SmartAgent):
    """Counts the signatures that the device has to verify."""

    judged = 0

    def handle(self, event, now):
        before = signing.judgements()
        actions = super().handle(event, now)
        self.judged += signing.judgements() - before
        return actions


def test_an_ack_costs_one_verification(servers):
    """Policy and account come with each ACK and were judged before: only the ACK itself is new."""
    pair = Linked(*servers).boot(BOOT).advance(BOOT + HOUR)
    pair.agent = Counting(pair.agent.profile, pair.agent.release, pair.agent.state)
    for round_trips in range(1, 4):
        pair.handle(SyncAsked())
        pair.pass_time(10 * MINUTE)
        assert usage_summary(pair.state).waiting == 0
        assert pair.agent.judged == round_trips


def test_two_syncs_within_a_minute_are_both_acknowledged(servers):
    pair = Linked(*servers).boot(BOOT).advance(BOOT + HOUR)
    for _ in range(2):
        pair.handle(SyncAsked())
        pair.pass_time(30 * SECOND)
    assert len(pair.sent(UsageReport)) == 3
    pair.pass_time(10 * MINUTE)
    assert usage_summary(pair.state).waiting == 0
    # the short and the running report, those that the policy closed, two for each sync
    assert usage_summary(pair.state).acknowledged == 10
    assert not any(report.flag == "E" for report in pair.state.reports.values())


def test_syncs_before_the_first_answer_are_all_acknowledged(servers):
    """Several pushes ask for the same trust code; reports signed either way are taken."""
    pair = Linked(*servers).boot(BOOT).advance(BOOT + MINUTE)
    for _ in range(4):
        pair.handle(SyncAsked())
        pair.pass_time(SECOND)
    pair.pass_time(HOUR)
    pair.handle(SyncAsked())
    pair.pass_time(HOUR)
    summary = usage_summary(pair.state)
    assert (summary.waiting, summary.waiting_all) == (0, 2)
    assert not any(report.flag == "E" for report in pair.state.reports.values())
    assert not pair.times("SMART_LIC.TRUST_CODE_INSTALL_FAILED")


def test_a_year_of_changes_and_reloads_goes_by_without_a_failure(servers):
    pair = Linked(*servers).boot(BOOT)
    for month in range(12):
        pair.pass_time(11 * DAY)
        pair.handle(UsageChanged(pair.requests(DNA, count=2 + month % 2)[0]))
        pair.pass_time(12 * DAY)
        pair.handle(Booted(pair.config, pair.licences))
        pair.pass_time(7 * DAY)
    usage = statistics_of(pair.state, Exchange.USAGE_REPORTING)
    assert (usage.total, usage.fail) == (1 + 12 + 12, 0)  # first, changes, reloads
    assert statistics_of(pair.state, Exchange.RESULT_POLLING).fail == 0
    summary = usage_summary(pair.state)
    assert (summary.waiting, summary.purged) == (0, 0)
    assert not pair.times("SMART_LIC.USAGE_NO_ACK")
    assert pair.usage_reporting.next_ack_deadline > pair.now


def test_a_c9800_cl_reports_its_access_points_and_satisfies_the_ack_rule(servers):
    pair = Linked(*servers, pid="C9800-CL-K9", release="17.9.5", licences=())
    pair.boot(BOOT).advance(BOOT + HOUR)
    group = next(iter(pair.profile.entitlements.values()))
    dna = next(e for e in group if e.feature == "air-dna-advantage")
    joined = tuple(Udi("C9130AXI-B", f"FOC0000AP{n:02d}") for n in range(3))
    licence = LicenceRequest(dna.feature, dna.tag, len(joined))
    pair.handle(UsageChanged(licence, added=joined, endpoint=True))
    pair.pass_time(3 * DAY)
    assert usage_summary(pair.state).acknowledged > 0
    assert access_point_limit(pair.state, pair.profile, pair.release, pair.now) is None
    pair.pass_time(40 * DAY)
    assert access_point_limit(pair.state, pair.profile, pair.release, pair.now) is None
    assert usage_summary(pair.state).waiting == 0
