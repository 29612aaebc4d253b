"""`show platform software sl-infra`, `show license tech data` and the test commands of licensing.

No output of sl-infra or tech data is public. # assumed: their layout; what they tell is the
platform's side of the state: handles, stored objects, events. Facts of the test commands:
docs/sources.md, entry test-license.
"""

from __future__ import annotations

from collections.abc import Iterable

from agent.cli.views.licence_reports import eventlog
from agent.cli.views.licence_status import Lines
from agent.cli.views.licensing import Calendar
from agent.core.clock import Instant
from agent.engine.policy import ack_state
from agent.engine.records import RumReport, RumState, StorageState
from agent.engine.state import AgentState

_STATES = {
    RumState.OPEN: "Open",
    RumState.CLOSED: "Closed",
    RumState.PENDING: "Pending",
    RumState.UNACK: "Unacknowledged",
    RumState.ACK: "Acknowledged",
}


def current(state: AgentState, calendar: Calendar) -> Lines:
    """The licences the platform has asked for, by handle."""
    lines = ["SL-INFRA current licenses", "========================="]
    for use in sorted(state.usage.values(), key=lambda use: use.handle):
        lines += [
            f"Handle: {use.handle}",
            f"  Feature Name: {use.feature}",
            f"  Entitlement Tag: {use.entitlement_tag}",
            f"  Count: {use.count}",
            f"  Status: {'IN USE' if use.count else 'NOT IN USE'}",
            f"  Request Time: {calendar.date(use.request_time)}",
        ]
    for tag, request in state.authorizing.waiting.items():
        lines += [
            f"Waiting for authorization: {request.feature}",
            f"  Entitlement Tag: {tag}",
            f"  Count: {request.count}",
        ]
    return lines if len(lines) > 2 else [*lines, "No licenses requested"]


def stored(state: AgentState, calendar: Calendar, now: Instant) -> Lines:
    """What lies in the trusted store."""
    acked = ack_state(state, now)
    lines = ["SL-INFRA stored data", "===================="]
    for member in state.members:
        short = member.udi.short
        code, trust = state.authorizations.get(short), state.trust.get(short)
        lines += [
            f"{member.role.value}: {member.udi}",
            f"  Trust Code: {calendar.date(trust.installed if trust else None)}",
            f"  Authorization Code: {calendar.date(code.installed if code else None)}",
        ]
    kept = sum(report.signed is not None for report in state.reports.values())
    return [
        *lines,
        f"Policy: {state.policy.name or '<none>'}",
        f"RUM Reports: {kept}",
        f"Next Report Id: {state.next_report_id}",
        f"Acknowledgement: {acked.value} ({acked.number})",
    ]


def infra(what: str, state: AgentState, calendar: Calendar, now: Instant) -> str:
    """The text for `current`, `stored`, `debug` or `all`."""
    parts = {
        "current": lambda: current(state, calendar),
        "stored": lambda: stored(state, calendar, now),
        "debug": lambda: [eventlog(state.eventlog, calendar, now, None)],
    }
    wanted = parts if what == "all" else (what,)
    return "\n\n".join("\n".join(parts[name]()) for name in wanted)


def tech_data(reports: Iterable[RumReport]) -> str:
    """One line of JSON for each report that is stored."""
    lines = [report.signed.payload for report in reports if report.signed is not None]
    return "\n".join(["Smart Licensing Tech Support data", "", *lines])


def _state(report: RumReport) -> str:
    """Telemetry that was taken is deleted, which has no state of its own. # assumed: its word"""
    gone = report.storage is StorageState.DELETED and report.state is not RumState.ACK
    return "Deleted" if gone else _STATES[report.state]


def report_states(reports: Iterable[RumReport]) -> str:
    """`test license smart rum-report id`."""
    return "\n".join(
        f"report_id:{report.report_id} state:SmartAgentRumState{_state(report)}"
        for report in reports
    )
