"""Where a device's licensing stands, as values of the engine's records. See settling.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from agent.core.clock import Instant
from agent.core.identity import Account
from agent.engine.application_ha import ApplicationHa
from agent.engine.policy import default_policy
from agent.engine.records import (
    NO_CONVERSION,
    AuthorizationCode,
    Conversion,
    ExchangeStatistics,
    LicenceUse,
    LoggedEvent,
    PendingTrust,
    Policy,
    RumReport,
    TimerName,
    TrustCode,
    TrustWanted,
)
from agent.engine.reporting import plan_warnings
from agent.engine.reports import Reports
from agent.engine.state import AgentState, Counters, UsageReporting
from agent.engine.timers import set_timer, timer
from agent.engine.timings import TIMINGS
from agent.protocol import signing
from agent.protocol.messages import ConnectInfo

# these only repeat, in the phase of the start
_PHASES = (
    TimerName.DAILY,
    TimerName.START_UTILITY_MEASUREMENTS,
    TimerName.SAVE_UNREPORTED_RUM_REPORTS,
)
# what a device may have planned, by its name
JOBS: tuple[str, ...] = tuple(
    job for name, job in vars(TimerName).items() if name.isupper() and job not in _PHASES
)


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it replaces what was. Without a policy the release's own is in force.

    `trust`, `pending_trust`, `authorizations` and return codes are by `Udi.short`, `statistics` by
    `Exchange.value`. `usage` are the licences in use (or given up since the start), each with the
    handle it has; `jobs` are due then (None: not planned), by the names of JOBS, where they do not
    follow from `reporting`.
    Open reports are closed and sent with the next push, closed ones with the text they get now.
    `eventlog` and `telemetry` are oldest first; None leaves what is there.
    """

    account: Account | None = None
    policy: Policy | None = None
    reporting: UsageReporting = field(default_factory=UsageReporting)
    trust: Mapping[str, TrustCode] = field(default_factory=dict)
    authorizations: Mapping[str, AuthorizationCode] = field(default_factory=dict)
    last_return_codes: Mapping[str, str] = field(default_factory=dict)
    usage: tuple[LicenceUse, ...] = ()
    reports: tuple[RumReport, ...] = ()
    counters: Counters = field(default_factory=Counters)
    statistics: Mapping[str, ExchangeStatistics] = field(default_factory=dict)
    peer: ConnectInfo | None = None
    jobs: Mapping[str, Instant | None] = field(default_factory=dict)
    eventlog: tuple[LoggedEvent, ...] | None = None
    telemetry: tuple[RumReport, ...] | None = None
    pending_trust: Mapping[str, PendingTrust] = field(default_factory=dict)
    trust_wanted: TrustWanted | None = None
    high_availability: ApplicationHa | None = None  # of CUBE
    conversion: Conversion = NO_CONVERSION


def put(state: AgentState, standing: Standing, now: Instant) -> None:
    """Carry it out: the parts of a Standing take the place of a state's. The start is over then:
    no first short reports are ended, no first deadline is set."""
    state.account = standing.account
    state.policy = standing.policy or default_policy()
    state.usage_reporting = reporting = standing.reporting
    state.trust = {unit: _keyed(state, code) for unit, code in standing.trust.items()}
    state.pending_trust = dict(standing.pending_trust)
    state.trust_wanted = standing.trust_wanted
    state.authorizations = dict(standing.authorizations)
    state.last_return_codes = dict(standing.last_return_codes)
    state.conversion = standing.conversion
    state.applications.high_availability = standing.high_availability
    state.usage = {use.entitlement_tag: use for use in standing.usage}
    state.reports = Reports.of(sorted(standing.reports, key=lambda report: report.report_id))
    if standing.telemetry is not None:
        state.telemetry = tuple(sorted(standing.telemetry, key=lambda report: report.report_id))
    state.counters = standing.counters
    state.statistics = dict(standing.statistics)
    state.peer = standing.peer
    state.next_handle = max((use.handle for use in standing.usage), default=0) + 1
    newest = max((report.report_id for report in (*standing.reports, *state.telemetry)), default=0)
    state.next_report_id = max(state.next_report_id, newest + 1)
    if state.base is None and reporting.next_ack_deadline is not None:
        state.base = state.booted
    set_timer(state, TimerName.START_UTILITY_MEASUREMENTS, None)
    plan_warnings(state, now)
    for name, shown in (
        (TimerName.SEND_UTILITY_RUM_REPORTS, reporting.next_report_push),
        (TimerName.RETRIEVE_DATA_PROCESSING_RESULT, reporting.next_ack_push_check),
    ):
        set_timer(state, name, None if shown is None else max(shown, now))
    _let_pass(state, now)
    for name, due in standing.jobs.items():
        set_timer(state, name, due)
    if standing.eventlog is not None:
        state.eventlog.clear()
        for event in standing.eventlog:
            state.eventlog.add(event.time, event.name, event.fields, len(standing.eventlog))


def _let_pass(state: AgentState, now: Instant) -> None:
    """Announcements that were due before have happened; they go on at their distance."""
    due, period = timer(state, TimerName.ENDPOINT_ANNOUNCEMENT), TIMINGS.jobs.endpoint
    if due is not None and due <= now:
        again = due + ((now - due) // period + 1) * period
        set_timer(state, TimerName.ENDPOINT_ANNOUNCEMENT, again)


def _keyed(state: AgentState, code: TrustCode) -> TrustCode:
    """A code that comes without its key gets one; servers know it by no certificate then."""
    if code.private_key:
        return code
    key = signing.scalar(state.chance.digest(f"trust key {code.udi.short}"))
    return replace(code, private_key=key)
