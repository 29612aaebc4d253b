"""RUM reports: how usage is measured, closed, signed, purged. Nothing here knows transports.

Each licence in use has one chain of reports, its last one OPEN; ids come from one counter for
all chains. A report's payload is fixed and signed when it is closed and never changes again.
OPEN -> CLOSED -> (sending) PENDING -> UNACK -> ACK; an ACK deletes the storage, the row stays.
Lines are computed from spans: nothing wakes up every 15 minutes.
Sources: docs/sources.md, entries rum-states, rum-ids, rum-limits, rum-lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agent.core.clock import HOUR, SECOND, Instant
from agent.core.identity import Udi
from agent.engine.records import (
    ACK,
    CLOSED,
    OPEN,
    PENDING,
    UNACK,
    LicenceUse,
    RumReport,
    StorageState,
    changed,
)
from agent.engine.state import AgentState
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn
from agent.protocol.codec import report_payload, sign_report
from agent.protocol.codec_reports import BUILTIN
from agent.protocol.messages import (
    ENTITLEMENT,
    HaMember,
    Measurement,
    ReportContent,
    SignedReport,
)

CURRENT_USAGE_REQUESTED = "CurrentUsageRequested"
PRODUCT_RELOAD = "ProductReload"
# the words below are ours: no capture names them
LICENSE_RELEASED = "LicenseReleased"
USAGE_CHANGED = "UsageChanged"
SYSTEM_RESTART = "SystemRestart"
MEMBERS_CHANGED = "MembersChanged"
SWITCHOVER = "RoleChange"
MAX_SIZE = "MaxSize"
POLICY_INTERVAL = "PolicyInterval"
CLOCK_CHANGED = "SystemClockChanged"
CLOSE_REASONS = (
    CURRENT_USAGE_REQUESTED,
    PRODUCT_RELOAD,
    LICENSE_RELEASED,
    USAGE_CHANGED,
    SYSTEM_RESTART,
    MEMBERS_CHANGED,
    SWITCHOVER,
    MAX_SIZE,
    POLICY_INTERVAL,
    CLOCK_CHANGED,
)

UNACKNOWLEDGED = (CLOSED, PENDING, UNACK)
# assumed: half of what clocks may differ by, so that the server's may differ by the other half
_AHEAD = HOUR // 2
REJECTED_FLAG = "E"
PURGED_FLAG = "P"


def last_report(turn: Turn, tag: str) -> RumReport | None:
    """The newest report of a licence's chain."""
    return turn.state.reports.last_of(tag)


def last_of(state: AgentState, tag: str) -> RumReport | None:
    """The newest report of a licence's chain in a state that is only read."""
    return state.reports.last_of(tag)


def open_report(turn: Turn, tag: str) -> RumReport | None:
    """The chain's open report, if it has one."""
    last = last_report(turn, tag)
    return last if last is not None and last.state is OPEN else None


def start(turn: Turn, use: LicenceUse, added: tuple[Udi, ...] = ()) -> None:
    """Open the next report of a licence's chain. Its line joins the previous one's end."""
    _open_after(turn, last_report(turn, use.entitlement_tag), use, added)


def _open_after(
    turn: Turn, previous: RumReport | None, use: LicenceUse, added: tuple[Udi, ...] = ()
) -> None:
    state = turn.state
    since, number = _second(turn.now), next_id(turn)
    if previous is not None:
        if (closed := previous.closed or 0) < since + HOUR:  # else the calendar was set back
            since = max(since, closed)
        state.reports[previous.report_id] = changed(previous, next_id=number)
    report = RumReport(
        report_id=number,
        entitlement_tag=use.entitlement_tag,
        feature=use.feature,
        state=OPEN,
        opened=since,
        count=use.count,
        measured_since=since,
        previous_id=previous.report_id if previous is not None else 0,
        added=added,
    )
    state.reports[report.report_id] = report
    state.counters.total += 1
    forget_old_rows(turn)


def close(turn: Turn, report: RumReport, reason: str) -> None:
    """Close a report: its payload is written and signed now. Purges beyond the storage limit."""
    line = current_line(report, _closing_time(turn), reason)
    lines = (*report.lines, line)
    turn.state.reports[report.report_id] = changed(
        report,
        state=CLOSED,
        lines=(),
        added=(),
        removed=(),
        closed=line.end,
        close_reason=reason,
        signed=signed(turn, report, lines),
    )
    _purge(turn)


def _closing_time(turn: Turn) -> Instant:
    """Now; with a trust code no sooner than a report was closed without one.

    Lines of a second at least can run ahead of the clock where much changes in one instant, and
    a report without trust that ended after one with trust is refused. # source: trust-downgrade
    """
    now = turn.now
    if turn.state.trust_code is None:
        return now
    for report in turn.state.reports.kept.values():
        sealed = report.signed
        if sealed is not None and sealed.signing_type == BUILTIN:
            closed = report.closed or 0
            if now < closed < now + HOUR:  # else the calendar was set back
                now = closed
    return now


def signed(turn: Turn, report: RumReport, lines: tuple[Measurement, ...]) -> SignedReport:
    """The report with these lines as it travels, signed with what the device has now."""
    state = turn.state
    content = content_of(turn, report, lines)
    payload = report_payload(content, version_2=turn.release.has("rum_payload_version_2"))
    trust = state.trust_code
    key = None if trust is None else (trust.trust_id, trust.private_key)
    return sign_report(payload, state.udi, state.software_tag, key)


def next_id(turn: Turn) -> int:
    """Take the next number of the one counter of all chains."""
    state = turn.state
    if not state.next_report_id:  # source: rum-ids (an empty store: epoch seconds)
        state.next_report_id = _second(turn.now) // SECOND
    state.next_report_id += 1
    return state.next_report_id - 1


def close_all(turn: Turn, reason: str) -> None:
    """Close what is open and, for licences in use, open the next report at once."""
    for report in tuple(turn.state.reports.kept.values()):
        if report.state is OPEN:
            close(turn, report, reason)
    for use in turn.state.usage.values():
        if use.count:
            last = last_report(turn, use.entitlement_tag)
            if last is None or last.state is not OPEN:
                _open_after(turn, last, use)


def new_line(
    turn: Turn, report: RumReport, count: int, added: tuple[Udi, ...], removed: tuple[Udi, ...]
) -> None:
    """The count or the consumers changed: end the current line, the report stays open."""
    line = current_line(report, turn.now, "")
    if len(report.lines) + 2 > TIMINGS.limits.report_lines:
        close(turn, report, MAX_SIZE)
        start(turn, turn.state.usage[report.entitlement_tag], added)
        return
    turn.state.reports[report.report_id] = changed(
        report,
        lines=(*report.lines, line),
        count=count,
        measured_since=line.end,
        added=added,
        removed=removed,
    )


def to_send(turn: Turn) -> list[RumReport]:
    """Closed reports without ACK, oldest first. One the server rejected is not sent again; one
    that was closed while the calendar was ahead waits until its date is there."""
    latest = turn.now + _AHEAD
    return [
        r
        for r in turn.state.reports.kept.values()
        if r.state in UNACKNOWLEDGED and r.flag != REJECTED_FLAG and (r.closed or 0) <= latest
    ]


def mark_sending(turn: Turn, reports: list[RumReport]) -> None:
    for report in reports:
        turn.state.reports[report.report_id] = changed(report, state=PENDING)


def mark_sent(turn: Turn, report_ids: tuple[int, ...]) -> None:
    """The server took them: they wait for their ACK."""
    for report in _pending(turn, report_ids):
        turn.state.reports[report.report_id] = changed(
            report, state=UNACK, sent=report.sent or turn.now
        )


def take_back(turn: Turn, report_ids: tuple[int, ...]) -> None:
    """The attempt failed: as before."""
    for report in _pending(turn, report_ids):
        before = UNACK if report.sent is not None else CLOSED
        turn.state.reports[report.report_id] = changed(report, state=before)


def mark_handed_out(turn: Turn, report_ids: Iterable[int]) -> None:
    """Closed reports were written to a file: handed out, not sent."""
    for report_id in report_ids:
        report = turn.state.reports[report_id]
        if report.state is CLOSED:
            turn.state.reports[report_id] = changed(report, state=UNACK)


def acknowledge(turn: Turn, report: RumReport) -> None:
    """An ACK fits: count it, delete the storage, keep the row."""
    turn.state.reports[report.report_id] = changed(
        report,
        state=ACK,
        acked=turn.now,
        flag="N",
        storage=StorageState.DELETED,
        signed=None,
    )
    turn.state.counters.acknowledged += 1


def reject(turn: Turn, report: RumReport) -> None:
    """The server refused it: kept and flagged, not sent again."""
    turn.state.reports[report.report_id] = changed(report, flag=REJECTED_FLAG)


def offer_again(turn: Turn) -> None:
    """What was refused is sent again: the calendar, which its dates are from, was wrong."""
    for report in _stored(turn):
        if report.flag == REJECTED_FLAG:
            turn.state.reports[report.report_id] = changed(report, flag="N")


def text_of(turn: Turn, report: RumReport) -> str:
    """The payload of a report, of an open one as it stands at its last sample; else empty."""
    if report.state is not OPEN:
        return report.signed.payload if report.signed is not None else ""
    taken = (turn.now - report.measured_since) // TIMINGS.jobs.measurement
    end = report.measured_since + max(0, taken) * TIMINGS.jobs.measurement
    line = changed(current_line(report, end, ""), end=end, samples=taken + 1)
    content = content_of(turn, report, (*report.lines, line))
    return report_payload(content, version_2=turn.release.has("rum_payload_version_2"))


def samples(span: Instant) -> int:
    """How many 15-minute samples a span holds, its first moment included."""
    return span // TIMINGS.jobs.measurement + 1


def current_line(
    report: RumReport, now: Instant, reason: str, metric: str = ENTITLEMENT
) -> Measurement:
    """An open report's line as it ends now."""
    start = report.measured_since
    end = max(_second(now), start + SECOND)  # a line is never empty
    return Measurement(
        start=start,
        end=end,
        count=report.count,
        samples=samples(end - start),
        log_time=start,
        metric=metric,
        termination_reason=reason,
        added=report.added,
        removed=report.removed,
    )


def content_of(turn: Turn, report: RumReport, lines: tuple[Measurement, ...]) -> ReportContent:
    state = turn.state
    return ReportContent(
        report_id=report.report_id,
        software_tag=state.software_tag,
        udi=state.udi,
        entitlement_tag=report.entitlement_tag,
        software_version="" if state.config.version_privacy else turn.release.padded,
        ha_udi=tuple([HaMember(m.role, m.udi) for m in state.members]),
        measurements=_dated(lines, state.clock_offset),
        product_instance_identifier=state.product_instance_identifier,
        utility_enabled=state.config.utility,
        customer_info=state.config.customer_info if state.config.utility else (),
        custom_id=state.config.custom_id or "",
        customer_tags=state.config.customer_tags,
    )


def _dated(lines: tuple[Measurement, ...], ahead: Instant) -> tuple[Measurement, ...]:
    """The lines with the dates of the device's own calendar, in whole seconds."""
    if not ahead:
        return lines
    ahead -= ahead % SECOND
    return tuple(
        changed(x, start=x.start + ahead, end=x.end + ahead, log_time=x.log_time + ahead)
        for x in lines
    )


def _purge(turn: Turn) -> None:
    """Beyond the storage limit the oldest unacknowledged reports go; older releases have none.

    # source: rum-limits (reports pile up there, and at about a thousand they load the device)
    """
    if not turn.release.has("rum_store_bound"):
        _warn_of_load(turn)
        return
    limit = TIMINGS.limits.stored_reports
    if len(turn.state.reports.kept) <= limit:
        return
    stored = _stored(turn)
    for report in stored[: max(0, len(stored) - limit)]:
        turn.state.reports[report.report_id] = changed(
            report, storage=StorageState.PURGED, flag=PURGED_FLAG, signed=None
        )
        turn.state.counters.purged += 1


def lose_unsaved(turn: Turn, booted: Instant) -> None:
    """The power went: what began or was closed after the last hourly save is missing.

    # source: scheduled-jobs (Save unreported RUM Reports); assumed: that this is how they get lost
    """
    since, period = booted + TIMINGS.boot.save, TIMINGS.jobs.save
    saved = since + (turn.now - since) // period * period if turn.now >= since else booted
    for report in list(turn.state.reports.kept.values()):
        if max(report.opened, report.closed or 0) > saved:
            state = CLOSED if report.state is OPEN else report.state
            turn.state.reports[report.report_id] = changed(
                report, state=state, storage=StorageState.MISSING, signed=None
            )
            turn.state.counters.missing += 1


def _warn_of_load(turn: Turn) -> None:
    """# assumed: the agent calls itself unhealthy, once for every so many reports"""
    kept = len(turn.state.reports.kept)
    if kept and kept % TIMINGS.limits.unhealthy_reports == 0:
        turn.log("SMART_LIC.UNHEALTHY", reason=f"{kept} RUM reports are not acknowledged")


def forget_old_rows(turn: Turn) -> None:
    """Rows of acknowledged and purged reports go, oldest first, when there are too many of them."""
    surplus = turn.state.reports.done.count - TIMINGS.limits.index_rows
    if surplus > 0:
        turn.state.reports.forget(surplus)


def _stored(turn: Turn) -> list[RumReport]:
    """Closed reports without ACK that are still there, oldest first."""
    return [r for r in turn.state.reports.kept.values() if r.state in UNACKNOWLEDGED]


def _pending(turn: Turn, report_ids: tuple[int, ...]) -> Iterator[RumReport]:
    for report_id in report_ids:
        report = turn.state.reports.get(report_id)
        if report is not None and report.state is PENDING:
            yield report


def _second(now: Instant) -> Instant:
    return now - now % SECOND
