"""TELEMETRY reports: a chain of their own beside those of the licences, one report for each day.

Platforms that have them (`telemetry = true` of a profile) make them from 17.9.1 on. A report runs
from 00:00:01 to 00:00:00 by the device's own calendar, takes its number from the counter of all
chains and closes with the word SMART. It leaves by an exchange of its own: directly, with trust,
to a server that names TELEMETRY among what it can. A report that is taken, or that nobody could
take when it closed, is deleted and its row stays. One whose exchange failed lies on disk for the
next day's; beyond the limit of the release the oldest go.
Sources: docs/sources.md, entry telemetry-reports.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.core.clock import DAY, MINUTE, SECOND, Instant
from agent.engine import rum
from agent.engine.records import RumReport, RumState, StorageState, TimerName, changed
from agent.engine.routes import is_direct, talks
from agent.engine.state import AgentState
from agent.engine.timers import set_timer
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn
from agent.protocol.messages import TELEMETRY

SMART = "SMART"


def makes_reports(turn: Turn) -> bool:
    """Do this platform and this release have telemetry reports?"""
    return turn.profile.telemetry and turn.release.has("telemetry_reports")


def on_disk(state: AgentState) -> tuple[RumReport, ...]:
    """The closed reports that are stored, oldest first."""
    return tuple(r for r in state.telemetry if r.signed is not None)


def at_boot(turn: Turn) -> None:
    """What ran before the start is closed; the report of this day begins."""
    if not makes_reports(turn):
        return
    _close(turn, turn.now, rum.PRODUCT_RELOAD)
    _open(turn)


def day_over(turn: Turn) -> None:
    """The job `Telemetry Reporting`: close the day's report, begin the next, send what is there."""
    if not makes_reports(turn):
        return
    _close(turn, turn.now - SECOND, SMART)
    _open(turn)
    turn.state.telemetry_wanted = bool(on_disk(turn.state))


def clock_moved(turn: Turn) -> None:
    """Another calendar or zone: the day ends at another instant."""
    if turn.state.telemetry and makes_reports(turn):
        set_timer(turn.state, TimerName.TELEMETRY_REPORTING, _end_of_day(turn))


def to_send(turn: Turn) -> tuple[RumReport, ...]:
    """Take what is stored into an exchange."""
    reports = on_disk(turn.state)
    ids = {report.report_id for report in reports}
    _change(turn.state, ids, lambda report: changed(report, state=RumState.PENDING))
    return reports


def take_back(state: AgentState) -> None:
    """The exchange brought nothing: as before."""
    under_way = {r.report_id for r in state.telemetry if r.state is RumState.PENDING}
    _change(state, under_way, lambda r: changed(r, state=RumState.CLOSED))


def taken(turn: Turn, report_ids: tuple[int, ...]) -> None:
    """A server has them: their storage is deleted, the rows stay."""
    _change(turn.state, set(report_ids), _deleted)


def text_of(turn: Turn, report: RumReport) -> str:
    """The payload of a report, of an open one as it would be closed now; empty once deleted."""
    signed = report.signed
    if report.state is RumState.OPEN:
        line = rum.current_line(report, turn.now, "", TELEMETRY)
        signed = rum.signed(turn, report, (line,))
    return "" if signed is None else signed.payload


def _channel_is_there(state: AgentState) -> bool:
    peer = state.peer
    known = peer is not None and TELEMETRY in peer.capabilities
    return known and is_direct(state) and talks(state)


def _open(turn: Turn) -> None:
    state = turn.state
    last = state.telemetry[-1] if state.telemetry else None
    number = rum.next_id(turn)
    since = turn.now - turn.now % SECOND
    if last is not None:
        _change(state, {last.report_id}, lambda r: changed(r, next_id=number))
    report = RumReport(
        report_id=number,
        entitlement_tag="",
        feature=TELEMETRY,
        state=RumState.OPEN,
        opened=since,
        count=sum(use.count for use in state.usage.values()),
        measured_since=since,
        previous_id=last.report_id if last is not None else 0,
    )
    state.telemetry = _bounded((*state.telemetry, report), turn.release.number("telemetry_on_disk"))
    set_timer(state, TimerName.TELEMETRY_REPORTING, _end_of_day(turn))


def _close(turn: Turn, end: Instant, reason: str) -> None:
    state = turn.state
    if not state.telemetry or state.telemetry[-1].state is not RumState.OPEN:
        return
    report = state.telemetry[-1]
    line = rum.current_line(report, end, reason, TELEMETRY)
    closed = changed(report, state=RumState.CLOSED, closed=line.end, close_reason=reason)
    if _channel_is_there(state):
        closed = changed(closed, signed=rum.signed(turn, report, (line,)))
    else:
        closed = _deleted(closed)
    state.telemetry = (*state.telemetry[:-1], closed)


def _deleted(report: RumReport) -> RumReport:
    return changed(report, state=RumState.CLOSED, storage=StorageState.DELETED, signed=None)


def _bounded(reports: tuple[RumReport, ...], limit: int) -> tuple[RumReport, ...]:
    """No more on disk than the limit, and no more rows of deleted ones than are listed."""
    stored = [r.report_id for r in reports if r.signed is not None]
    surplus = set(stored[: max(0, len(stored) - limit)])
    kept = tuple(_deleted(r) if r.report_id in surplus else r for r in reports)
    gone = [r.report_id for r in kept if r.storage is StorageState.DELETED]
    forgotten = set(gone[: max(0, len(gone) - TIMINGS.limits.index_rows)])
    return tuple(r for r in kept if r.report_id not in forgotten)


def _change(state: AgentState, ids: set[int], change: Callable[[RumReport], RumReport]) -> None:
    state.telemetry = tuple(change(r) if r.report_id in ids else r for r in state.telemetry)


def _end_of_day(turn: Turn) -> Instant:
    """The second after the next midnight of the device's own calendar, in standard time."""
    ahead = turn.state.clock_offset + turn.state.config.zone_minutes * MINUTE
    wall = turn.now + ahead
    return wall - wall % DAY + DAY - ahead + SECOND
