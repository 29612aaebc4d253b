"""The files the agent writes: saved usage, and trust requests of their own.

Saving closes what is open and hands the reports out; it is not a push, so deadline and push times
stay. A usage file says who wrote it, and asks for the authorization codes that are still wanted
and, from 17.7.1 on, for the trust codes that are missing.
Everything a file draws from chance is drawn here, inside the event, so a replay writes it again.
Sources: docs/sources.md, entries save-usage, usage-file, trust-request.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.core.clock import DAY
from agent.engine import conversion, reporting, rum, transport, trust
from agent.engine.actions import Answer, WriteFile
from agent.engine.authorizing import requests_of
from agent.engine.events import (
    ReportsClosed,
    SavedUsage,
    TrustRequestSaved,
    UsageRead,
    UsageSaved,
)
from agent.engine.records import RumReport, RumState, StorageState
from agent.engine.turn import Turn
from agent.protocol.codec import UsageFile, write_usage_file
from agent.protocol.messages import AuthorizationRequest, HaMember, SignedReport, TrustRequest

# source: trust-request (from 17.7.1; from 17.9.1 where a server collects)
_SAVED, _PULLED = "trust_request_in_saved_usage", "trust_request_in_pulled_usage"
NOT_FOUND = "The requested item was not found"
_UNREPORTED = (RumState.OPEN, RumState.CLOSED)


def save_usage(turn: Turn, event: UsageSaved) -> None:
    """Close what is open and write the reports asked for; nothing to write is an answer."""
    asked_for = _SELECT[event.which]
    if reporting.reset_hour_ends(turn) > turn.now:
        turn.actions.append(Answer(NOT_FOUND))
        return
    reports = turn.state.reports
    wanted = [r.report_id for r in reports.kept.values() if _kept(r) and asked_for(turn, r, event)]
    if not wanted:
        turn.actions.append(Answer(NOT_FOUND))
        return
    rum.close_all(turn, rum.CURRENT_USAGE_REQUESTED)
    rule = _PULLED if event.pulled else _SAVED
    turn.actions.append(WriteFile(event.path, _handed_out(turn, wanted, rule, event.room)))


def close_reports(turn: Turn, event: ReportsClosed) -> None:
    """Close what is open, as saving does, and write nothing."""
    rum.close_all(turn, rum.CURRENT_USAGE_REQUESTED)


def read_usage(turn: Turn, event: UsageRead) -> None:
    """Hand closed reports out to who reads them; the answer is what a saved file would hold.

    # assumed: for the agent this is what writing a file is, its time included
    """
    asked_for = _SELECT[event.which]
    kept = turn.state.reports.kept.values()
    wanted = [r.report_id for r in kept if _is_stored(r) and asked_for(turn, r, event)]
    turn.actions.append(Answer(_handed_out(turn, wanted, _PULLED) if wanted else ""))


def _handed_out(turn: Turn, wanted: list[int], rule: str, room: int | None = None) -> str:
    """The text of a usage file with these reports, which count as handed out from now on.

    `rule` is the one of releases.toml by which missing trust codes are asked for along with it.

    They do not where the file has no room: then it is not written.
    """
    reports = turn.state.reports
    # closing may have purged the oldest of them
    written = {n: signed for n in wanted if (signed := reports[n].signed) is not None}
    asked: tuple[TrustRequest, ...] = ()
    proof = ""
    if turn.release.has(rule):
        asked, proof = trust.requests(turn)
    state = turn.state
    codes = requests_of((m.udi for m in state.members), state.authorization_requests)
    text = _file(turn, tuple(written.values()), asked, proof, codes)
    if room is None or len(text.encode()) <= room:
        rum.mark_handed_out(turn, written)
        turn.state.usage_reporting.last_report_file_write = turn.now
        conversion.exported(turn)
    return text


def save_trust_request(turn: Turn, event: TrustRequestSaved) -> None:
    """Write the trust requests alone. # assumed: with all codes installed there is no item."""
    asked, proof = trust.requests(turn)
    if asked:
        turn.actions.append(WriteFile(event.path, _file(turn, (), asked, proof)))
    else:
        turn.actions.append(Answer(NOT_FOUND))


def _file(
    turn: Turn,
    reports: tuple[SignedReport, ...],
    asked: tuple[TrustRequest, ...],
    proof: str,
    codes: tuple[AuthorizationRequest, ...] = (),
) -> str:
    usage = UsageFile(
        reports=reports,
        sender=transport.sender(turn),
        timestamp=transport.own_time(turn),
        nonce=turn.state.chance.nonce(),
        devices=tuple(HaMember(m.role, m.udi) for m in turn.state.members),
        trust_requests=asked,
        trust_signature=proof,
        authorization_requests=codes,
    )
    return write_usage_file(usage)


def _kept(report: RumReport) -> bool:
    """Is there something to write, now or once it is closed?"""
    return report.state is RumState.OPEN or _is_stored(report)


def _is_stored(report: RumReport) -> bool:
    return report.signed is not None and report.storage is StorageState.EXIST


_SELECT: dict[SavedUsage, Callable[[Turn, RumReport, UsageSaved | UsageRead], bool]] = {
    SavedUsage.ALL: lambda turn, report, event: True,
    SavedUsage.UNREPORTED: lambda turn, report, event: report.state in _UNREPORTED,
    SavedUsage.DAYS: lambda turn, report, event: (
        (report.closed or turn.now) >= turn.now - event.number * DAY
    ),
    SavedUsage.RUM_ID: lambda turn, report, event: report.report_id == event.number,
}
