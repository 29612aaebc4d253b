"""The policy in force, and the day-counts that follow from it and the licences in use.

A received policy is laid over the Cisco default cell by cell; a cell it leaves out keeps the
default. A licence that counts 0 asks for nothing. 0 days means no requirement of that kind.
Sources: docs/sources.md, entries policy-default, policy-merge, push-interval.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from agent.core.clock import Instant
from agent.engine.records import AckState, Cell, LicenceUse, Policy, ReportingRule, Source
from agent.engine.state import AgentState
from agent.engine.timings import TIMINGS
from agent.protocol.messages import LicenseClass, PolicyData, RuleCells

FIRST_REPORT_OWED = 2  # State(n) of tech support
ONGOING = 4

_DEFAULT_DAYS = {  # first report, frequency, on change
    LicenseClass.PERPETUAL: (365, 0, 90),
    LicenseClass.SUBSCRIPTION: (90, 90, 90),
    LicenseClass.ENFORCED: (0, 0, 0),
    LicenseClass.EXPORT: (0, 0, 0),
}


_DEFAULT = Policy(
    ack_required=True,
    ack_source=Source.CISCO_DEFAULT,
    classes={
        group: ReportingRule(*(Cell(days) for days in row)) for group, row in _DEFAULT_DAYS.items()
    },
)


def default_policy() -> Policy:
    """The Cisco default: ACK required, 365/0/90, 90/90/90, 0/0/0, 0/0/0."""
    return _DEFAULT


def merged(data: PolicyData, now: Instant) -> Policy:
    """The default overlaid with a received policy, installed now."""
    return Policy(
        ack_required=data.ack_required,
        ack_source=Source.CUSTOMER_POLICY,
        classes=_overlaid_classes(tuple(data.classes.items())),
        name=data.name,
        installed=now,
        version=data.version,
        datestamp=data.datestamp,
    )


def says_the_same(data: PolicyData, policy: Policy) -> bool:
    """Is a received policy the one in force, whenever that was installed?"""
    return (
        data.version == policy.version
        and data.datestamp == policy.datestamp
        and data.name == policy.name
        and data.ack_required == policy.ack_required
        and _overlaid_classes(tuple(data.classes.items())) == policy.classes
    )


def supersedes(data: PolicyData, policy: Policy) -> bool:
    """May a received policy replace the one in force? Higher version or later datestamp."""
    if policy.installed is None:
        return True
    return data.version > policy.version or data.datestamp > policy.datestamp


def first_report_days(state: AgentState) -> int:
    return _smallest(state, lambda rule: rule.first_report)


def frequency_days(state: AgentState) -> int:
    return _smallest(state, lambda rule: rule.frequency)


def on_change_days(state: AgentState, group: LicenseClass) -> int:
    """Report on change is a matter of the licence that changed, in use or not."""
    return state.policy.classes[group].on_change.days


def ack_state(state: AgentState, now: Instant) -> AckState:
    """How it stands with the acknowledgement. # source: ack-state (assumed: in this order)"""
    deadline = state.usage_reporting.next_ack_deadline
    if state.base is None and state.usage_reporting.last_ack_received is None:
        return AckState.INVALID
    if not state.policy.ack_required:
        return AckState.ACK_NOT_REQUIRED
    if deadline is None:
        return AckState.REPORT_NOT_REQUIRED
    if deadline <= now:
        return AckState.EXPIRED
    owed = state.usage_reporting.state == FIRST_REPORT_OWED
    return AckState.NOT_RECEIVED if owed else AckState.RECEIVED


def push_interval_days(state: AgentState) -> int:
    """`Reporting push interval`; 0 prints `0 (no reporting)`."""
    frequency = frequency_days(state)
    reporting = state.usage_reporting
    first_owed = reporting.state == FIRST_REPORT_OWED and first_report_days(state) > 0
    if not (first_owed or frequency or reporting.next_ack_deadline is not None):
        return 0
    configured = state.config.usage_interval_days
    wanted = TIMINGS.push.default_interval_days if configured is None else configured
    # assumed: a policy below 30 days shortens the default interval too; a capture would show it
    return min(wanted, frequency) if frequency else wanted


def reserved(state: AgentState, use: LicenceUse) -> bool:
    """Does a reservation from before SLP cover it? # source: migration-licences (then only a
    change of consumption is reported)"""
    reservation = state.legacy.reservation
    return reservation.installed is not None and reservation.covers(use.entitlement_tag, use.count)


def licences_in_use(state: AgentState) -> bool:
    return any(use.count for use in state.usage.values())


def _smallest(state: AgentState, cell: Callable[[ReportingRule], Cell]) -> int:
    """The smallest day-count that asks for something, of the classes in use."""
    classes, least = state.policy.classes, 0
    has_reservation = state.legacy.reservation.installed is not None
    for use in state.usage.values():
        if use.count and not (has_reservation and reserved(state, use)):
            days = cell(classes[use.licence_class]).days
            if days and not 0 < least <= days:
                least = days
    return least


@lru_cache(maxsize=256)
def _overlaid_classes(
    received: tuple[tuple[LicenseClass, RuleCells], ...],
) -> dict[LicenseClass, ReportingRule]:
    """The default with what was received; all devices that got the same share it."""
    cells = dict(received)
    return {
        group: _overlaid(rule, cells.get(group, RuleCells()))
        for group, rule in _DEFAULT.classes.items()
    }


def _overlaid(rule: ReportingRule, cells: RuleCells) -> ReportingRule:
    return ReportingRule(
        _cell(rule.first_report, cells.first_report),
        _cell(rule.frequency, cells.frequency),
        _cell(rule.on_change, cells.on_change),
    )


def _cell(default: Cell, received: int | None) -> Cell:
    return default if received is None else Cell(received, Source.CUSTOMER_POLICY)
