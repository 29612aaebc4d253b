"""What holds in every topology: by a CSLU, directly, with files alone."""

import copy
from dataclasses import replace
from itertools import pairwise

import pytest
from msgspec import structs

from agent.core.clock import DAY, HOUR, MINUTE
from agent.core.identity import Udi
from agent.engine.config import LicenseConfig, Transport
from agent.engine.events import FileImported, SyncAsked, UsageSaved
from agent.engine.queries import access_point_limit
from agent.engine.records import Member, RumState
from agent.profiles.profile import AckRule
from agent.protocol.messages import UsageReport
from tests.engine.direct import SMART, Direct, cssm
from tests.engine.pair import PID, UDI, Pair, at

__all__ = ["cssm"]
BOOT = at("2026-10-01 08:00:00")
RULE = AckRule(since="17.7.1..", days=30, access_point_limit=50)


def made(topology, cssm, **config):
    """A product instance of this topology, booted; a direct one has trust."""
    if topology == "direct":
        pair = Direct(cssm, config=structs.replace(SMART, **config))
    else:
        transport = Transport.OFF if topology == "files" else Transport.CSLU
        pair = Pair(config=LicenseConfig(transport=transport, **config))
    pair.profile = pair.agent.profile = replace(pair.profile, ack_rule=RULE)
    pair.boot(BOOT).pass_time(2 * MINUTE)
    return pair.trust() if topology == "direct" else pair


def limit(pair):
    return access_point_limit(pair.state, pair.profile, pair.release, pair.now)


@pytest.mark.parametrize("topology", ["cslu", "direct", "files"])
def test_an_ack_ends_the_rule_of_the_virtual_controller(topology, cssm):
    """S1-113"""
    pair = made(topology, cssm)
    silent = copy.deepcopy(pair.state)
    pair.pass_time(HOUR)
    if topology == "files":
        pair.handle(UsageSaved("usage.txt"))
        saved = [r.signed for r in pair.state.reports.values() if r.state is RumState.UNACK]
        pair.handle(FileImported(pair.server.licence_file(UDI, saved, (), pair.now)))
    pair.pass_time(40 * DAY)
    assert pair.state.counters.acknowledged and limit(pair) is None
    assert access_point_limit(silent, pair.profile, pair.release, pair.now) == 50


@pytest.mark.parametrize("topology", ["cslu", "direct"])
@pytest.mark.parametrize("days", [7, 45])
def test_the_interval_is_shown_and_obeyed_in_the_same_way(topology, days, cssm):
    """S1-114, S1-95: the smaller of the policy's and the configured one."""
    pair = made(topology, cssm, usage_interval_days=days).pass_time(100 * DAY)
    shown = pair.usage_reporting.reporting_push_interval_days
    assert shown == days
    pushes = [now for now, _ in pair.sent(UsageReport)]
    assert {later - earlier for earlier, later in pairwise(pushes)} == {days * DAY}
    assert pair.usage_reporting.next_report_push == pushes[-1] + days * DAY


def test_each_product_instance_of_an_account_takes_the_policy_at_its_next_exchange(cssm):
    """S1-45"""
    pairs = []
    for number in (1, 2):
        pair = Direct(cssm, seed=f"seed {number}")
        pair.state.members = (Member(Udi(PID, f"FOC0000EMU{number}")),)
        pairs.append(pair.boot(BOOT).pass_time(HOUR).trust().pass_time(HOUR))
    assert {pair.state.policy.name for pair in pairs} == {"SLE Policy"}
    pairs[0].portal.use_policy("Custom Policy", pairs[0].now)
    for pair in pairs:
        pair.pass_time(MINUTE)
        assert pair.state.policy.name == "SLE Policy"
        pair.handle(SyncAsked())
        pair.pass_time(HOUR)
        assert pair.state.policy.name == "Custom Policy"
