"""The files the agent writes: saved usage, and trust requests of their own.

Saving closes what is open and hands the reports out; it is not a push, so deadline and push times
stay. A usage file says who wrote it and, from 17.7.1 on, asks for the trust codes that are missing.
Everything a file draws from chance is drawn here, inside the event, so a replay writes it again.
Sources: docs/sources.md, entries save-usage, usage-file, trust-request.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.core.clock import DAY
from agent.engine import rum, transport, trust
from agent.engine.actions import Answer, WriteFile
from agent.engine.events import SavedUsage, TrustRequestSaved, UsageSaved
from agent.engine.records import RumReport, RumState, StorageState
from agent.engine.turn import Turn
from agent.protocol.codec import UsageFile, write_usage_file
from agent.protocol.messages import HaMember, SignedReport, TrustRequest

NOT_FOUND = "The requested item was not found"
_UNREPORTED = (RumState.OPEN, RumState.CLOSED)


def save_usage(turn: Turn, event: UsageSaved) -> None:
    """Close what is open and write the reports asked for; nothing to write is an answer."""
    asked_for = _SELECT[event.which]
    reports = turn.state.reports
    wanted = [r.report_id for r in reports.values() if _kept(r) and asked_for(turn, r, event)]
    if not wanted:
        turn.actions.append(Answer(NOT_FOUND))
        return
    rum.close_all(turn, rum.CURRENT_USAGE_REQUESTED)
    # closing may purge the oldest of them
    written = {n: signed for n in wanted if (signed := reports[n].signed) is not None}
    rum.mark_handed_out(turn, written)
    turn.state.usage_reporting.last_report_file_write = turn.now
    asked: tuple[TrustRequest, ...] = ()
    proof = ""
    if turn.release.has("trust_request_in_saved_usage"):
        asked, proof = trust.requests(turn)
    _write(turn, event.path, tuple(written.values()), asked, proof)


def save_trust_request(turn: Turn, event: TrustRequestSaved) -> None:
    """Write the trust requests alone. # assumed: with all codes installed there is no item."""
    asked, proof = trust.requests(turn)
    if asked:
        _write(turn, event.path, (), asked, proof)
    else:
        turn.actions.append(Answer(NOT_FOUND))


def _write(
    turn: Turn,
    path: str,
    reports: tuple[SignedReport, ...],
    asked: tuple[TrustRequest, ...],
    proof: str,
) -> None:
    usage = UsageFile(
        reports=reports,
        sender=transport.sender(turn),
        timestamp=transport.own_time(turn),
        nonce=turn.state.chance.nonce(),
        devices=tuple(HaMember(m.role.value, m.udi) for m in turn.state.members),
        trust_requests=asked,
        trust_signature=proof,
    )
    turn.actions.append(WriteFile(path, write_usage_file(usage)))


def _kept(report: RumReport) -> bool:
    """Is there something to write, now or once it is closed?"""
    return report.state is RumState.OPEN or (
        report.signed is not None and report.storage is StorageState.EXIST
    )


_SELECT: dict[SavedUsage, Callable[[Turn, RumReport, UsageSaved], bool]] = {
    SavedUsage.ALL: lambda turn, report, event: True,
    SavedUsage.UNREPORTED: lambda turn, report, event: report.state in _UNREPORTED,
    SavedUsage.DAYS: lambda turn, report, event: (
        (report.closed or turn.now) >= turn.now - event.number * DAY
    ),
    SavedUsage.RUM_ID: lambda turn, report, event: report.report_id == event.number,
}
