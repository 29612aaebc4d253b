"""What show commands need computed from the state. Nothing here changes anything.

Counters follow the device's own words; they are not always consistent there and nobody should
assert an identity between them. Jobs that only repeat have their times computed here.
Sources: docs/sources.md, entries usage-summary, scheduled-jobs, communication-level.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agent.core.clock import Instant
from agent.engine.ack_rule import access_point_limit as access_point_limit
from agent.engine.config import Transport
from agent.engine.records import LicenceUse, RumReport, RumState, TimerName
from agent.engine.routes import is_direct, talks
from agent.engine.rum import last_of, samples
from agent.engine.state import AgentState
from agent.engine.timers import timer
from agent.engine.timings import TIMINGS

EXPIRED = "Expired Not Rescheduled"


@dataclass(frozen=True, slots=True)
class UsageSummary:
    """`Usage Report Summary:`. `waiting` are sent reports, `waiting_all` all without ACK."""

    total: int
    purged: int
    acknowledged: int
    waiting: int
    waiting_all: int
    available: int
    collecting: int
    maximum_display: int
    in_storage: int
    missing: int


def usage_summary(state: AgentState) -> UsageSummary:
    """The counters of the block, at this moment."""
    kept = state.reports.kept.values()
    waiting_all = [r for r in kept if r.state is not RumState.ACK]
    return UsageSummary(
        total=state.counters.total,
        purged=state.counters.purged,
        acknowledged=state.counters.acknowledged,
        waiting=sum(r.sent is not None for r in waiting_all),
        waiting_all=len(waiting_all),
        available=sum(r.sent is None for r in waiting_all),
        collecting=sum(r.state is RumState.OPEN for r in kept),
        maximum_display=len(state.reports),
        in_storage=len(kept),
        missing=state.counters.missing,
    )


# --- jobs -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Job:
    """A line of `Upcoming Scheduled Jobs`: its next time, or the word that stands there."""

    name: str
    when: Instant | None
    word: str = EXPIRED


def jobs(state: AgentState, now: Instant) -> tuple[Job, ...]:
    """The scheduled jobs in the order printed; a job without a time has a word."""
    return tuple(Job(name, when(state, now)) for name, when in _JOBS)


def _timer(name: str) -> Callable[[AgentState, Instant], Instant | None]:
    return lambda state, now: timer(state, name)


def _repeating(offset: Instant, period: Instant) -> Callable[[AgentState, Instant], Instant | None]:
    def when(state: AgentState, now: Instant) -> Instant | None:
        if state.booted is None:
            return None
        return _next_of(state.booted + offset, period, now)

    return when


def _once(offset: Instant) -> Callable[[AgentState, Instant], Instant | None]:
    def when(state: AgentState, now: Instant) -> Instant | None:
        due = None if state.booted is None else state.booted + offset
        return due if due is not None and due > now else None

    return when


_RENEWAL = 100_000  # source: scheduled-jobs (behind the first Daily; never again)


def _process(state: AgentState, now: Instant) -> Instant | None:
    planned = timer(state, TimerName.PROCESS_UTILITY_RUM_REPORTS)
    if planned is not None or state.process_anchor is None:
        return planned
    return _next_of(state.process_anchor, TIMINGS.jobs.day, now)


def _never(state: AgentState, now: Instant) -> Instant | None:
    return None


def _next_of(anchor: Instant, period: Instant, now: Instant) -> Instant:
    """The first instant after `now` of those that repeat from `anchor` on."""
    return anchor if anchor > now else anchor + ((now - anchor) // period + 1) * period


_JOBS: tuple[tuple[str, Callable[[AgentState, Instant], Instant | None]], ...] = (
    ("Daily", _repeating(TIMINGS.boot.daily, TIMINGS.jobs.day)),
    ("Authorization Renewal", _once(TIMINGS.boot.daily + TIMINGS.jobs.day + _RENEWAL)),
    ("Init Flag Check", _never),
    ("Reservation configuration mismatch between nodes in HA mode", _never),
    (
        "Retrieve data processing result",
        _timer(TimerName.RETRIEVE_DATA_PROCESSING_RESULT),
    ),
    (
        "Start Utility Measurements",
        _repeating(TIMINGS.boot.measurements, TIMINGS.jobs.measurement),
    ),
    ("Send Utility RUM reports", _timer(TimerName.SEND_UTILITY_RUM_REPORTS)),
    ("Save unreported RUM Reports", _repeating(TIMINGS.boot.save, TIMINGS.jobs.save)),
    ("Process Utility RUM reports", _process),
    ("Data Synchronization", _timer(TimerName.DATA_SYNCHRONIZATION)),
    ("Telemetry Reporting", _timer(TimerName.TELEMETRY_REPORTING)),
    (
        "Register Period Expiration Check",
        _timer(TimerName.REGISTER_PERIOD_EXPIRATION_CHECK),
    ),
    ("Authorization Code Process", _timer(TimerName.AUTHORIZATION_CODE_PROCESS)),
    ("External Event", _timer(TimerName.EXTERNAL_EVENT)),
    ("Operational Model", _repeating(0, TIMINGS.jobs.operational_model)),
    ("Hello Message", _timer(TimerName.HELLO_MESSAGE)),
)


# --- communication --------------------------------------------------------------------------


def communication_level(state: AgentState) -> str:
    """`Communication Level Allowed`: DIRECT once a trust code is installed."""
    return "DIRECT" if state.udi.short in state.trust else "INDIRECT"


def overall_state(state: AgentState) -> str:
    """`Overall State` of the communication statistics; empty while a token is being tried.

    # source: communication-level
    """
    if state.config.transport is Transport.OFF:
        return "Device configured for Offline transport"
    if is_direct(state) and not state.trust and state.trust_wanted is None:
        return "Insufficient trust for direct communication"
    return "<empty>"


def is_silent(state: AgentState) -> bool:
    """Does the agent send nothing at all with this transport?"""
    return not talks(state)


def all_reports(state: AgentState) -> tuple[RumReport, ...]:
    """The reports of licences and of telemetry, by their numbers."""
    if not state.telemetry:
        return tuple(state.reports.values())
    found = (*state.reports.values(), *state.telemetry)
    return tuple(sorted(found, key=lambda report: report.report_id))


# --- licences and reports -------------------------------------------------------------------


def licence_status(use: LicenceUse) -> str:
    """`IN USE` or `NOT IN USE`."""
    return "IN USE" if use.count else "NOT IN USE"


def licence_status_number(use: LicenceUse) -> int:
    """The number tech support prints behind it."""
    return 15 if use.count else 1


def current_and_previous_report(state: AgentState, tag: str) -> tuple[int, int]:
    """`Current Report: n  Previous: n` of a licence handle; 0 where there is none."""
    last = last_of(state, tag)
    if last is None or last.state is not RumState.OPEN:
        return 0, 0 if last is None else last.report_id
    return last.report_id, last.previous_id


def sample_count(report: RumReport, now: Instant) -> int:
    """How many samples an open report's current line holds at `now`."""
    return samples(max(0, now - report.measured_since))
