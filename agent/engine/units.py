"""High availability: units that join and leave, and the switchover to another one.

The active unit, `members[0]`, reports for all of them; licences are counted per model and each
unit has a trust code of its own. A change closes the open reports, whose list of units is fixed
when they are closed, and plans a push. After a switchover the new active goes on with the reports
as they are; what was in flight is said again in its own name.
Sources: docs/sources.md, entries ha-rules, trust-sync, ha-role.
"""

from __future__ import annotations

from agent.core.clock import MINUTE, SECOND
from agent.engine import polling, reporting, rum, transport, trust_life
from agent.engine.events import LicenceRequest, SwitchedOver, UnitsChanged, UsageChanged
from agent.engine.places import arranged, gone, handed_over
from agent.engine.records import Role, RumState, TimerName
from agent.engine.routes import is_direct, talks
from agent.engine.timers import set_timer, timer
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn

_REMEMBERED = 16


def units_changed(turn: Turn, event: UnitsChanged) -> None:
    """Units joined or left. A trust code goes with its unit; a new unit asks for one."""
    state = turn.state
    before = state.members
    active = state.udi
    state.members = arranged(event.units, before, state.absent_numbers)
    away = {member.udi.short: member.number for member in gone(before, state.members)}
    numbers = {**state.absent_numbers, **away}
    back = {member.udi.short for member in state.members}
    left = [(s, number) for s, number in numbers.items() if s not in back]
    state.absent_numbers = dict(left[-_REMEMBERED:])
    present = {udi.short for udi in event.units}
    known = {**state.absent_trust, **state.trust}
    state.trust = {s: code for s, code in known.items() if s in present}
    absent = [(s, code) for s, code in known.items() if s not in present]
    state.absent_trust = dict(absent[-_REMEMBERED:])
    trust_life.plan(turn)
    if active not in event.units:
        _another_chassis(turn)
    state.pending_trust = {s: asked for s, asked in state.pending_trust.items() if s in present}
    for member in gone(state.members, before):
        turn.note("SAEVT_HA_UDI", udi=str(member.udi))
    _follow(turn, event.licences, rum.MEMBERS_CHANGED)


def switched_over(turn: Turn, event: SwitchedOver) -> None:
    """The standby unit is the active one now; the old one comes back behind the others."""
    state = turn.state
    if len(state.members) < 2:  # nobody is there to take over
        active, standby = Role.ACTIVE, Role.STANDBY
        turn.log("SMART_LIC.INVALID_ROLE_STATE", current=active, new=standby)
        return
    state.members = handed_over(state.members)
    if _not_yet_in_sync(turn):
        turn.log("SMART_LIC.HOT_STANDBY_OUT_OF_SYNC")
    turn.log("SMART_LIC.HA_ROLE_CHANGED", role=Role.ACTIVE)
    turn.log("SMART_LIC.HA_CHASSIS_ROLE_CHANGED", role=Role.ACTIVE)
    turn.note("SAEVT_HA_ROLE", udi=str(state.udi), haRole=Role.ACTIVE)
    polling.end(turn)  # CSSM owes the result to the old active; the reports are sent again
    transport.restart(turn)
    _follow(turn, event.licences, rum.SWITCHOVER)


def _not_yet_in_sync(turn: Turn) -> bool:
    """Did the new active join a moment ago? # assumed: a standby is in sync after a minute"""
    named = (e for e in turn.state.eventlog if e.name == "SAEVT_HA_UDI")
    since = turn.now - MINUTE
    return any(e.time > since and dict(e.fields)["udi"] == str(turn.state.udi) for e in named)


def _another_chassis(turn: Turn) -> None:
    """The store came into another chassis: nobody at CSSM knows it, and what is owed is not its.

    # assumed: trust code, identity and account are another device's; policy and reports stay
    """
    turn.state.product_instance_identifier = ""
    turn.state.account = None
    polling.end(turn)
    transport.restart(turn)


def _follow(turn: Turn, licences: tuple[LicenceRequest, ...], reason: str) -> None:
    """Count again, close what is open, and report soon."""
    state = turn.state
    _count_again(turn, licences)
    _close_older(turn, reason)
    if state.base is None or timer(state, TimerName.PROCESS_UTILITY_RUM_REPORTS) is not None:
        return  # the base is still to come and plans everything
    reporting.push_of_the_set(turn, turn.now + TIMINGS.push.change)
    if is_direct(state) and talks(state):
        set_timer(state, TimerName.TRUST_SYNC, turn.now + TIMINGS.trust.change_sync)


def _count_again(turn: Turn, licences: tuple[LicenceRequest, ...]) -> None:
    """Another number of units is a usage change of the licences they use."""
    usage = turn.state.usage
    wanted = {licence.entitlement_tag: licence for licence in licences}
    for tag, use in usage.items():
        if use.count and tag not in wanted:
            wanted[tag] = LicenceRequest(use.feature, tag, 0)
    for tag, licence in wanted.items():
        known = usage.get(tag)
        counted = known is not None and (known.endpoint or known.count == licence.count)
        if not counted:
            reporting.usage_changed(turn, UsageChanged(licence))


def _close_older(turn: Turn, reason: str) -> None:
    """Reports that ran across the change are closed; a line has at least a second."""
    state = turn.state
    for report in tuple(state.reports.kept.values()):
        if report.state is RumState.OPEN and report.opened <= turn.now - SECOND:
            rum.close(turn, report, reason)
            use = state.usage[report.entitlement_tag]
            if use.count:
                rum.start(turn, use)
