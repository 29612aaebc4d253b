"""The device's calendar is set: what was written down keeps its date, jobs keep their distance.

Every instant of the state lies on the lab's time; what is printed is that plus `clock_offset`. When
the offset changes, records of the past and the deadline of the acknowledgement are moved the other
way, so that they say what they said. Jobs are armed again after the same span, and the push and the
poll that are shown move with them. Across a step of an hour or more a measurement would mean
nothing: the open reports end by the old calendar, and new ones begin by the new one. What a server
refused as of the future is sent again once the calendar was set back and its date is there.
Sources: docs/sources.md, entries deadline, clock-steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from agent.core.clock import HOUR, SECOND, Instant
from agent.engine import reporting, rum, telemetry, trust_life
from agent.engine.past_messages import PastMessages
from agent.engine.records import RumReport, RumState, changed
from agent.engine.state import AgentState
from agent.engine.tables import no_rows
from agent.engine.turn import Turn

# the instants of each kind of record that say when something was; jobs are not among them
_USAGE_REPORTING = (
    "last_ack_received",
    "next_ack_deadline",
    "last_report_push",
    "last_report_file_write",
)
_REPORT = ("opened", "measured_since", "closed", "sent", "acked")
_LINE = ("start", "end", "log_time")


def stepped(turn: Turn, offset: Instant) -> None:
    """The calendar is ahead of the lab's time by `offset` from now on."""
    state = turn.state
    step = offset - state.clock_offset
    if abs(step) >= HOUR:
        for report in tuple(state.reports.kept.values()):
            if report.state is RumState.OPEN:
                rum.close(turn, report, rum.CLOCK_CHANGED)
    state.clock_offset = offset
    keep_dates(state, -step)
    if step < 0:
        rum.offer_again(turn)
    for use in state.usage.values():
        if (
            use.count
            and state.booted is not None
            and rum.open_report(turn, use.entitlement_tag) is None
        ):
            rum.start(turn, use)
    reporting.arm_warnings(turn)
    telemetry.clock_moved(turn)
    trust_life.plan(turn)


def keep_dates(state: AgentState, by: Instant) -> None:
    """Move what was written down against the calendar, so that it says what it said."""
    shown = state.usage_reporting
    for name in _USAGE_REPORTING:
        setattr(shown, name, _moved(getattr(shown, name), by))
    state.base = _moved(state.base, by)
    if state.account is not None:
        state.account = _shifted(state.account, by, "as_of")
    state.policy = _shifted(state.policy, by, "installed")
    state.conversion = _shifted(state.conversion, by, "pushed", "exported")
    state.trust = _installed(state.trust, by)
    state.absent_trust = _installed(state.absent_trust, by) or no_rows()
    state.authorizations = _installed(state.authorizations, by) or no_rows()
    for tag, use in list(state.usage.items()):
        state.usage[tag] = _shifted(use, by, "status_time", "request_time")
    for name, found in list(state.statistics.items()):
        times = ("last_response_time", "last_success", "last_failure")
        state.statistics[name] = _shifted(found, by, *times)
    _move_history(state, by)
    _move_reports(state, by)


def _installed(codes: Mapping[str, Any], by: Instant) -> dict[str, Any]:
    return {unit: _shifted(code, by, "installed") for unit, code in codes.items()}


def _move_history(state: AgentState, by: Instant) -> None:
    messages, imports = state.history.messages, state.history.imports
    for name, rows in list(messages.items()):
        messages[name] = PastMessages.of(_shifted(row, by, "sent", "answered") for row in rows)
    state.history.imports = {
        kind: tuple(_shifted(row, by, "imported") for row in files)
        for kind, files in imports.items()
    }
    state.eventlog.since += by
    state.eventlog.newest += by


def _move_reports(state: AgentState, by: Instant) -> None:
    for number, report in list(state.reports.kept.items()):
        state.reports[number] = _moved_report(report, by)
    state.reports.first_opened += round(by / SECOND)  # rows of the others count from there
    state.telemetry = tuple(_moved_report(report, by) for report in state.telemetry)


def _moved_report(report: RumReport, by: Instant) -> RumReport:
    times = {name: _moved(getattr(report, name), by) for name in _REPORT}
    lines = tuple(_shifted(line, by, *_LINE) for line in report.lines)
    return changed(report, lines=lines, **times)


def _moved(instant: Instant | None, by: Instant) -> Instant | None:
    return None if instant is None else instant + by


def _shifted(record: Any, by: Instant, *names: str) -> Any:
    moved = {name: _moved(getattr(record, name), by) for name in names}
    of_struct = isinstance(record, msgspec.Struct)
    return msgspec.structs.replace(record, **moved) if of_struct else replace(record, **moved)
