"""`show license rum ...` and `show license eventlog`: reports and events, one after the other.

Facts: docs/sources.md, entries rum-listing and eventlog-form.
"""

from __future__ import annotations

from collections.abc import Iterable

from agent.cli.views.licence_status import Lines
from agent.cli.views.licensing import Calendar
from agent.core.clock import DAY, Instant
from agent.core.dates import event_stamp
from agent.core.identity import Udi
from agent.engine.records import LoggedEvent, RumReport, RumState, StorageState
from agent.engine.rum import CURRENT_USAGE_REQUESTED
from agent.protocol.messages import ENTITLEMENT, TELEMETRY

NOT_FOUND = "% Error: Report ID not found"  # assumed: the sentence for an unknown id is not known
_LIST_HEAD = [
    "Smart Licensing Usage Report:",
    "====================================",
    "Report Id,          State,    Flag, Feature Name",
]
# source: rum-detail (the word a parser names of a report closed to be reported)
_REASONS = {CURRENT_USAGE_REQUESTED: "REPORTING"}
_DETAIL_HEAD = ["Smart Licensing Usage Report Detail:", "===================================="]


def listing(reports: Iterable[RumReport]) -> str:
    """The text of `show license rum id all`."""
    rows = (f"{r.report_id:<20}{_state(r):<10}{r.flag:<6}{r.feature}" for r in reports)
    return "\n".join([*_LIST_HEAD, *rows])


def detail(reports: Iterable[RumReport], udi: Udi, calendar: Calendar) -> str:
    """The text of `show license rum id <id> detail`; an empty line between reports."""
    whose = str(udi)
    bodies = ("\n".join(_detail_lines(report, whose, calendar)) for report in reports)
    return "\n".join(_DETAIL_HEAD) + "\n" + "\n\n".join(bodies)


def eventlog(
    events: Iterable[LoggedEvent], calendar: Calendar, now: Instant, days: int | None
) -> str:
    """The text of `show license eventlog [days]`, oldest event first; without any one line alone.

    # source: eventlog-form
    """
    since = None if days is None else now - days * DAY
    rows = [_event(e, calendar) for e in events if since is None or e.time >= since]
    return "\n".join(["**** Event Log ****", "", *rows]) if rows else " No EventLog Found."


def _state(report: RumReport) -> str:
    gone = report.storage is StorageState.DELETED and report.state is not RumState.ACK
    return "DELETED" if gone else report.state.value


def _detail_lines(report: RumReport, udi: str, calendar: Calendar) -> Lines:
    acked = report.state is RumState.ACK
    reason = "ACKED" if acked else _REASONS.get(report.close_reason, report.close_reason) or "None"
    return [
        f"Report Id: {report.report_id}",
        *_metric(report),
        f"  UDI: {udi}",
        f"  Previous Report Id: {report.previous_id},    Next Report Id: {report.next_id}",
        f"  State: {_state(report)},      {_reason_label(report)}: {reason}",
        f"  Start Time: {calendar.date(report.opened)},      "
        f"End Time: {calendar.date(report.closed)}",
        f"  Storage State: {report.storage.value}",
        "  Transaction ID: 0",
        "  Transaction Message: <none>",
    ]


def _metric(report: RumReport) -> Lines:
    """Telemetry is about no licence. # source: telemetry-reports"""
    if not report.entitlement_tag:
        return [f"  Metric Name: {TELEMETRY}"]
    return [
        f"  Metric Name: {ENTITLEMENT}",
        f"  Feature Name: {report.feature}",
        f"  Metric Value: {report.entitlement_tag}",
    ]


def _reason_label(report: RumReport) -> str:
    """# source: telemetry-reports (two samples, one of each metric)"""
    return "State Change Reason" if report.entitlement_tag else "Close Reason"


def _event(event: LoggedEvent, calendar: Calendar) -> str:
    stamp = event_stamp(event.time + calendar.offset_ms, calendar.zone)
    fields = "".join(f' {key}="{value}"' for key, value in event.fields)
    return f"{stamp} SAEVT_{event.name.removeprefix('SAEVT_')}{fields}"
