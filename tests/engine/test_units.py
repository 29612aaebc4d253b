"""Stacks and pairs: counting per model, one trust code per unit, members that come and go."""

import pytest

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.identity import Udi
from agent.device.boot import licences_in_use
from agent.engine.events import Booted, Scope, SwitchedOver, SyncAsked, UnitsChanged
from agent.engine.queries import usage_summary
from agent.engine.records import Role, RumState
from agent.protocol import codec
from agent.protocol.messages import TrustSync, UsageReport
from counterparts.cslu import Cslu
from counterparts.cssm import Cssm, CssmSettings
from counterparts.direct import LinkedCslu, LocalCssm
from counterparts.records import IN_MEMORY, SqlCsluRecords, SqlCssmRecords
from counterparts.uplink import CsluSettings
from tests.engine.direct import Direct, cssm
from tests.engine.pair import PID, UDI, at
from tests.engine.test_with_counterparts import Linked

__all__ = ["cssm"]

BOOT = at("2026-10-06 08:00:00")
TWO, THREE = Udi(PID, "FOC0000EMU2"), Udi(PID, "FOC0000EMU3")
BIG = Udi("C9300-48T", "FOC0000EMU4")
SUCCESS = "SMART_LIC.TRUST_CODE_INSTALL_SUCCESS"


def used(pair, *units):
    return licences_in_use(pair.profile, units, pair.profile.default_level, "", 0)


class Stack:
    """What can happen to the units of a pair."""

    def set_units(self, *units):
        self.handle(UnitsChanged(units, used(self, *units)))

    def switch_over(self):
        units = tuple(member.udi for member in self.state.members)
        self.handle(SwitchedOver(used(self, *units)))


class CsluStack(Stack, Linked):
    pass


class SmartStack(Stack, Direct):
    pass


@pytest.fixture
def cslu_stack(cssm):
    records = SqlCsluRecords(IN_MEMORY)
    cslu = LinkedCslu(Cslu(records, CsluSettings()), LocalCssm(cssm).carry)
    pair = CsluStack(cslu, cssm)
    pair.licences = used(pair, UDI)
    yield pair.boot(BOOT).advance(BOOT + HOUR)
    records.close()


@pytest.fixture
def smart_stack(cssm):
    pair = SmartStack(cssm)
    pair.licences = used(pair, UDI)
    pair.boot(BOOT).advance(BOOT + HOUR)
    pair.trust()
    return pair.pass_time(HOUR)


def counts(pair):
    return {use.feature: use.count for use in pair.state.usage.values()}


def contents(request):
    return [codec.payload_content(signed.payload) for signed in request.usage]


def test_units_of_one_model_are_counted_together_others_by_themselves(cslu_stack):
    before = counts(cslu_stack)
    assert set(before.values()) == {1}
    cslu_stack.set_units(UDI, TWO, BIG)
    rows = [(u.feature, u.count) for u in cslu_stack.state.usage.values()]
    for feature in before:
        assert sorted(count for name, count in rows if name == feature) == [1, 2]


def test_roles_follow_the_order(cslu_stack):
    cslu_stack.set_units(UDI, TWO, THREE)
    roles = [member.role for member in cslu_stack.state.members]
    assert roles == [Role.ACTIVE, Role.STANDBY, Role.MEMBER]


def test_a_newcomer_gets_its_code_with_the_next_report_through_a_cslu(cslu_stack):
    assert cslu_stack.times(SUCCESS) != []
    cslu_stack.set_units(UDI, TWO)
    cslu_stack.handle(SyncAsked())
    cslu_stack.pass_time(10 * MINUTE)
    last = [fields["udi"] for _, name, fields in cslu_stack.logs if name == SUCCESS][-1]
    assert last == str(TWO)
    assert set(cslu_stack.state.trust) == {UDI.short, TWO.short}


def test_reports_name_all_units_and_come_from_the_active_one(cslu_stack):
    cslu_stack.set_units(UDI, TWO)
    cslu_stack.handle(SyncAsked())
    message = cslu_stack.sent(UsageReport)[-1][1]
    assert message.sender.udi == UDI
    newest = contents(message)[-1]
    assert [(unit.role, unit.udi) for unit in newest.ha_udi] == [("Active", UDI), ("Standby", TWO)]


def test_a_change_of_members_plans_a_push_in_30_seconds(cslu_stack):
    cslu_stack.set_units(UDI, TWO)
    assert cslu_stack.usage_reporting.next_report_push == cslu_stack.now + 30 * SECOND
    cslu_stack.pass_time(2 * 24 * HOUR)
    assert usage_summary(cslu_stack.state).waiting == 0


def test_a_switchover_goes_on_in_the_name_of_the_new_active(cslu_stack):
    cslu_stack.set_units(UDI, TWO, THREE)
    cslu_stack.handle(SyncAsked())
    cslu_stack.pass_time(10 * MINUTE)
    ids = list(cslu_stack.state.reports)
    cslu_stack.pass_time(HOUR)
    cslu_stack.switch_over()
    assert [m.udi for m in cslu_stack.state.members] == [TWO, THREE, UDI]
    (fields,) = [f for _, name, f in cslu_stack.logs if name == "SMART_LIC.HA_ROLE_CHANGED"]
    assert fields == {"role": "Active"}
    assert cslu_stack.usage_reporting.next_report_push == cslu_stack.now + 30 * SECOND
    cslu_stack.handle(SyncAsked())
    cslu_stack.pass_time(10 * MINUTE)
    assert cslu_stack.sent(UsageReport)[-1][1].sender.udi == TWO
    assert usage_summary(cslu_stack.state).waiting == 0
    assert not any(report.flag == "E" for report in cslu_stack.state.reports.values())
    assert list(cslu_stack.state.reports)[: len(ids)] == ids


def test_what_was_in_flight_at_a_switchover_is_said_again_and_acknowledged(cslu_stack):
    cslu_stack.set_units(UDI, TWO)
    cslu_stack.handle(SyncAsked())  # accepted, its result is still owed to the old active
    assert cslu_stack.state.poll_id
    cslu_stack.switch_over()
    assert not cslu_stack.state.poll_id
    cslu_stack.handle(SyncAsked())
    cslu_stack.pass_time(HOUR)
    left = [r for r in cslu_stack.state.reports.values() if r.state is RumState.UNACK]
    assert left == []
    assert not any(report.flag == "E" for report in cslu_stack.state.reports.values())


def test_a_member_that_leaves_takes_its_code_and_licences(cslu_stack):
    cslu_stack.set_units(UDI, TWO)
    cslu_stack.handle(SyncAsked())
    cslu_stack.pass_time(10 * MINUTE)
    cslu_stack.set_units(UDI)
    assert set(cslu_stack.state.trust) == {UDI.short}
    assert set(counts(cslu_stack).values()) == {1}


def test_a_single_unit_has_nobody_to_switch_over_to(cslu_stack):
    before = cslu_stack.state.members
    cslu_stack.switch_over()
    assert cslu_stack.state.members == before
    assert "SMART_LIC.HA_ROLE_CHANGED" not in [name for _, name, _ in cslu_stack.logs]


def test_a_reload_asks_for_the_licences_of_all_units(cslu_stack):
    cslu_stack.set_units(UDI, TWO)
    cslu_stack.handle(Booted(cslu_stack.config, used(cslu_stack, UDI, TWO)))
    assert set(counts(cslu_stack).values()) == {2}


# --- directly to CSSM ----------------------------------------------------------------------------


def test_a_trust_sync_brings_a_newcomer_its_code(smart_stack):
    smart_stack.set_units(UDI, TWO)
    joined = smart_stack.now
    smart_stack.pass_time(20 * SECOND)
    when, message = smart_stack.sent(TrustSync)[-1]
    assert when == joined + 20 * SECOND
    assert [(unit.role, unit.udi) for unit in message.devices] == [
        ("Active", UDI),
        ("Standby", TWO),
    ]
    assert [asked.udi for asked in message.trust_requests] == [TWO]
    assert set(smart_stack.state.trust) == {UDI.short, TWO.short}
    assert smart_stack.times(SUCCESS)[-1] == when


def test_after_a_switchover_cssm_hears_the_new_active_under_the_same_identifier(smart_stack):
    smart_stack.set_units(UDI, TWO)
    smart_stack.pass_time(HOUR)
    identifier = smart_stack.state.product_instance_identifier
    smart_stack.switch_over()
    smart_stack.handle(SyncAsked())
    smart_stack.pass_time(HOUR)
    message = smart_stack.sent(UsageReport)[-1][1]
    assert message.sender.udi == TWO
    assert message.sender.product_instance_identifier == identifier
    assert usage_summary(smart_stack.state).waiting == 0
    assert not any(report.flag == "E" for report in smart_stack.state.reports.values())
    assert not smart_stack.times("SMART_LIC.COMM_FAILED")


def test_all_by_token_gives_each_unit_a_code(cssm):
    pair = SmartStack(cssm).boot(BOOT).advance(BOOT + HOUR)
    pair.set_units(UDI, TWO, THREE)
    pair.trust(scope=Scope.ALL)
    assert [fields["udi"] for _, name, fields in pair.logs if name == SUCCESS] == [
        str(UDI),
        str(TWO),
        str(THREE),
    ]


@pytest.fixture
def perpetual_pair():
    """Two units with perpetual licences alone, acknowledged: nothing has to be reported."""
    cssm_records, cslu_records = SqlCssmRecords(IN_MEMORY), SqlCsluRecords(IN_MEMORY)
    cssm = Cssm(cssm_records, CssmSettings(policy="Custom Policy"), "perpetual")
    cslu = LinkedCslu(Cslu(cslu_records, CsluSettings()), LocalCssm(cssm).carry)
    pair = CsluStack(cslu, cssm)
    pair.licences = used(pair, UDI)[:1]
    pair.boot(BOOT).advance(BOOT + HOUR)
    pair.handle(UnitsChanged((UDI, TWO), used(pair, UDI, TWO)[:1]))
    pair.pass_time(100 * DAY)
    yield pair
    cssm_records.close()
    cslu_records.close()


@pytest.mark.parametrize("what", ["added", "removed", "switchover", "reload"])
def test_a_set_reports_what_happens_to_it_where_nothing_else_has_to_be(perpetual_pair, what):
    """source: ha-rules"""
    pair, nothing = perpetual_pair, (0, None)
    reporting = pair.usage_reporting
    assert (reporting.reporting_push_interval_days, reporting.next_report_push) == nothing
    pushed, here = reporting.last_report_push, tuple(m.udi for m in pair.state.members)
    count = used(pair, *here)[:1]
    match what:
        case "added":  # a unit that counts for nothing, so that no use changes
            pair.handle(UnitsChanged((*here, THREE), count))
        case "removed":
            pair.handle(UnitsChanged(here[:1], count))
        case "switchover":
            pair.handle(SwitchedOver(count))
        case "reload":
            pair.handle(Booted(pair.config, count))
    pair.pass_time(HOUR)
    assert reporting.last_report_push > pushed
    assert (reporting.reporting_push_interval_days, reporting.next_report_push) == nothing
