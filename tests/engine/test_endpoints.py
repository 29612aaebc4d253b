"""Switches of 17.6 to 17.9 announce every 8 hours that no access point uses a licence."""

import pytest

from agent.core.clock import DAY, HOUR, SECOND
from agent.protocol.messages import UsageReport
from tests.engine.pair import Pair, at, settled

BOOT = at("2026-10-01 08:00:00")
AIR = ["air-network-advantage", "air-dna-advantage"]


@pytest.mark.parametrize(
    ("release", "announces"),
    [("17.3.2a", False), ("17.6.1", True), ("17.9.5", True), ("17.10.1", False)],
)
def test_the_releases_that_announce(release, announces):
    pair = Pair(release=release).boot(BOOT).advance(BOOT + DAY + HOUR)
    found = [e for e in pair.state.eventlog if e.name == "SAEVT_ENDPOINT_USAGE"]
    assert [e.time for e in found[::2]] == (
        [BOOT + n * 8 * HOUR for n in (1, 2, 3)] if announces else []
    )
    reset = ("eventName", "INFRA_SL_EVLOG_ERM_RESET")
    resets = [e for e in pair.state.eventlog if reset in e.fields]
    assert len(resets) == len(found) // 2
    assert all(
        dict(e.fields)["MSG"]
        == "ERM-Reset: Client 0, AP-GROUP group, 2 features air-network-advantage,air-dna-advantage"
        for e in resets
    )
    handles = [use for use in pair.state.usage.values() if use.endpoint]
    assert [use.feature for use in handles] == (AIR if announces else [])
    assert not any(use.count or use.request_time for use in handles)


@pytest.mark.parametrize(("release", "pushes"), [("17.7.1", 9), ("17.9.5", 3)])
def test_an_announcement_moves_the_push_and_older_releases_send(release, pushes):
    """Without the daily limit each announcement sends; with it the field moves, one a day goes."""
    pair = settled(release=release)
    announced = max(e.time for e in pair.state.eventlog if e.name == "SAEVT_ENDPOINT_USAGE")
    pair.advance(announced + 8 * HOUR + 10 * SECOND)
    assert pair.usage_reporting.next_report_push == announced + 8 * HOUR + 30 * SECOND
    sent = len(pair.sent(UsageReport))
    pair.pass_time(3 * DAY)
    assert len(pair.sent(UsageReport)) - sent == pushes
    assert all(r.feature not in AIR for r in pair.state.reports.values())
