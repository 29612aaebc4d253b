"""`show license tech support`: the scheduled jobs and the communication statistics.

Facts: docs/sources.md, entries scheduled-jobs, communication-statistics, tech-support.
"""

from __future__ import annotations

from agent.cli.views.layout import Layout
from agent.cli.views.licence_status import Lines
from agent.cli.views.tech_rows import job_rows
from agent.cli.views.tech_view import TechView
from agent.core.clock import Instant
from agent.core.dates import remaining
from agent.engine.queries import EXPIRED
from agent.engine.records import Exchange, ExchangeStatistics


def jobs(view: TechView, layout: Layout) -> Lines:
    """`Upcoming Scheduled Jobs`."""
    date = view.licensing.calendar.date
    lines = [
        "Upcoming Scheduled Jobs",
        "=======================",
        f"Current time: {date(view.now)}",
    ]
    for row in job_rows(view.release):
        when = view.jobs.get(row.name)
        if when is not None or not row.when or row.when in view.facts:
            lines.append(f"{row.name}: {row.always or _when(view, when)}")
    return lines


def _when(view: TechView, instant: Instant | None) -> str:
    """A job's date and how far off it is, both in whole seconds; the word when it is over."""
    if instant is None:
        return EXPIRED
    date = view.licensing.calendar.date(instant)
    left = instant // 1000 - view.now // 1000
    return f"{date} ({remaining(left * 1000)})" if left > 0 else f"{date}  (Expired)"


def communication(view: TechView, layout: Layout) -> Lines:
    """`Communication Statistics:`; its underline is two short, as the device prints it."""
    lines = [
        "Communication Statistics:",
        "=======================",
        f"Communication Level Allowed: {view.level_allowed}",
        f"Overall State: {_overall_state(view, layout)}",
    ]
    for exchange in Exchange:
        if exchange is Exchange.TELEMETRY_REPORTING and not layout.has("telemetry_exchange"):
            continue
        figures = view.statistics.get(exchange.value, ExchangeStatistics())
        lines += [f"{exchange.value}:", *_figures(view, figures)]
    return lines


def _overall_state(view: TechView, layout: Layout) -> str:
    if layout.has("untrusted_is_offline") and view.overall_state == _UNTRUSTED:
        return "Device configured for Offline transport"
    return view.overall_state


_UNTRUSTED = "Insufficient trust for direct communication"


def _figures(view: TechView, seen: ExchangeStatistics) -> Lines:
    date = view.licensing.calendar.date
    at = f" on {date(seen.last_response_time)}" if seen.last_response_time is not None else ""
    return [
        f"  Attempts: Total={seen.total}, Success={seen.success}, Fail={seen.fail}  "
        f"Ongoing Failure: Overall={seen.ongoing_overall} "
        f"Communication={seen.ongoing_communication}",
        f"  Last Response: {seen.last_response}{at}",
        f"    Failure Reason: {seen.failure_reason}",
        f"  Last Success Time: {date(seen.last_success)}",
        f"  Last Failure Time: {date(seen.last_failure)}",
    ]
