"""C9800-CL: from 17.7.1 the first ACK is mandatory."""

from dataclasses import replace

import pytest

from agent.core.clock import DAY, HOUR, SECOND
from agent.engine.config import LicenseConfig, Transport
from agent.engine.events import FileImported, UsageSaved
from agent.engine.queries import access_point_limit
from agent.engine.records import RumState
from agent.profiles.profile import AckRule
from tests.engine.pair import UDI, Pair, at

BOOT = at("2026-10-01 08:00:00")
BASE = BOOT + 49 * SECOND
NOTICE = "IOSXE_RP_EWLC_NOT.MSGDEVICENOTREG"


def controller(release="17.9.1") -> Pair:
    pair = Pair(release=release, config=LicenseConfig(transport=Transport.OFF))
    rule = AckRule(since="17.7.1..", days=30, access_point_limit=50)
    pair.profile = pair.agent.profile = replace(pair.profile, ack_rule=rule)
    return pair.boot(BOOT)


def limit(pair):
    return access_point_limit(pair.state, pair.profile, pair.release, pair.now)


def test_every_day_a_message_counts_down_to_the_limit():
    pair = controller().advance(BASE + 31 * DAY)
    assert pair.times(NOTICE) == [BASE + n * DAY for n in range(32)]
    said = [fields for _, name, fields in pair.logs if name == NOTICE]
    assert said[0] == {"days": "30", "limit": "50"}
    assert [fields["days"] for fields in said[-3:]] == ["1", "0", "0"]


def test_access_points_are_limited_after_the_deadline_only():
    pair = controller().advance(BASE + 30 * DAY - 1)
    assert limit(pair) is None
    pair.advance(BASE + 30 * DAY)
    assert limit(pair) == 50


def test_an_imported_ack_ends_message_and_limit_for_good():
    pair = controller().advance(BASE + 40 * DAY)
    pair.handle(UsageSaved("usage.txt"))
    saved = [r.signed for r in pair.state.reports.values() if r.state is RumState.UNACK]
    pair.handle(FileImported(pair.server.licence_file(UDI, saved, (), pair.now)))
    assert limit(pair) is None
    before = len(pair.times(NOTICE))
    pair.advance(BASE + 80 * DAY)
    assert len(pair.times(NOTICE)) == before
    assert limit(pair) is None


@pytest.mark.parametrize(("release", "said"), [("17.6.4", 0), ("17.7.1", 2)])
def test_the_rule_holds_from_its_release_on(release, said):
    pair = controller(release).advance(BASE + DAY + HOUR)
    assert len(pair.times(NOTICE)) == said
    assert limit(pair.advance(BASE + 60 * DAY)) == (50 if said else None)


def test_other_platforms_have_no_such_rule():
    pair = Pair(config=LicenseConfig(transport=Transport.OFF)).boot(BOOT).advance(BASE + DAY)
    assert not pair.times(NOTICE)
    assert limit(pair) is None
