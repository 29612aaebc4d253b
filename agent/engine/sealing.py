"""Reports that a Standing put there closed get the text that they travel with.

A report that closes by itself is signed then (rum.py); a Standing's has counts and dates alone.
"""

from __future__ import annotations

from agent.engine import rum
from agent.engine.records import StorageState, changed
from agent.engine.turn import Turn


def seal(turn: Turn) -> None:
    """Sign what has to be sent and has no text, with what the device has now."""
    reports = turn.state.reports
    for report in tuple(reports.kept.values()):
        waits = report.state in rum.UNACKNOWLEDGED and report.storage is StorageState.EXIST
        if waits and report.signed is None:
            reason = report.close_reason or rum.CURRENT_USAGE_REQUESTED
            line = rum.current_line(report, report.closed or turn.now, reason)
            lines = (*report.lines, line)
            reports[report.report_id] = changed(
                report,
                lines=(),
                closed=report.closed or line.end,
                signed=rum.signed(turn, report, lines),
            )
