"""Where a device's licensing stands, put there at once: for who knows a state and not its history.

A Standing is values of the engine's records: account, policy, codes, dates, reports. `settle` puts
it on a device as one input, so a journal has it and the agent lives on from there: reports are
pushed and acknowledgements asked for when its dates say. What configuration, platform and units
say stays theirs; commands set those.

    device = new_device("sw1", "C9300-24T", Release.parse("17.12.4"), "FOC0000EMU1")
    device.boot(now)
    settle(device, Standing(account=Account("SA", "VA", now)), now)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.core.identity import Account
from agent.engine.policy import default_policy
from agent.engine.records import (
    AuthorizationCode,
    ExchangeStatistics,
    LicenceUse,
    Policy,
    RumReport,
    TimerName,
    TrustCode,
)
from agent.engine.reports import Reports
from agent.engine.state import AgentState, Counters, UsageReporting
from agent.engine.timers import set_timer
from agent.protocol import signing
from agent.protocol.messages import ConnectInfo, LicenseClass

if TYPE_CHECKING:
    from agent.device.device import Device


# what a device may have planned, by its name
JOBS: tuple[str, ...] = tuple(job for name, job in vars(TimerName).items() if name.isupper())


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it replaces what was. Without a policy the release's own is in force.

    `trust` and `authorizations` are by `Udi.short`, `statistics` by `Exchange.value`. `usage`
    are the licences in use (or given up since the start), each with the handle it has; `jobs` are
    due then, by the names of JOBS, where they do not follow from the dates of `reporting`. Open
    reports are closed and sent with the next push; closed ones without their signed text stay.
    """

    account: Account | None = None
    policy: Policy | None = None
    reporting: UsageReporting = field(default_factory=UsageReporting)
    trust: Mapping[str, TrustCode] = field(default_factory=dict)
    authorizations: Mapping[str, AuthorizationCode] = field(default_factory=dict)
    usage: tuple[LicenceUse, ...] = ()
    reports: tuple[RumReport, ...] = ()
    counters: Counters = field(default_factory=Counters)
    statistics: Mapping[str, ExchangeStatistics] = field(default_factory=dict)
    peer: ConnectInfo | None = None
    jobs: Mapping[str, Instant] = field(default_factory=dict)


def settle(device: Device, standing: Standing, now: Instant) -> None:
    """Put the device's licensing where it stands. The device must be up.

    Raises InputError, with nothing changed, for what this device cannot hold: codes of a unit it
    does not have, licences its platform does not know, a policy that lacks a class of licences,
    what is to have happened later than `now`.
    """
    _check(device, standing, now)
    device.settle(standing, now)


def put(state: AgentState, standing: Standing) -> None:
    """Carry it out: the parts of a Standing take the place of a state's."""
    state.account = standing.account
    state.policy = standing.policy or default_policy()
    state.usage_reporting = reporting = standing.reporting
    state.trust = {unit: _keyed(state, code) for unit, code in standing.trust.items()}
    state.authorizations = dict(standing.authorizations)
    state.usage = {use.entitlement_tag: use for use in standing.usage}
    state.reports = Reports.of(sorted(standing.reports, key=lambda report: report.report_id))
    state.counters = standing.counters
    state.statistics = dict(standing.statistics)
    state.peer = standing.peer
    state.next_handle = max((use.handle for use in standing.usage), default=0) + 1
    newest = max((report.report_id for report in standing.reports), default=0)
    state.next_report_id = max(state.next_report_id, newest + 1)
    set_timer(state, TimerName.SEND_UTILITY_RUM_REPORTS, reporting.next_report_push)
    set_timer(state, TimerName.RETRIEVE_DATA_PROCESSING_RESULT, reporting.next_ack_push_check)
    for name, due in standing.jobs.items():
        set_timer(state, name, due)


def _keyed(state: AgentState, code: TrustCode) -> TrustCode:
    """A code that comes without its key gets one; servers know it by no certificate then."""
    if code.private_key:
        return code
    key = signing.scalar(state.chance.digest(f"trust key {code.udi.short}"))
    return replace(code, private_key=key)


def _check(device: Device, standing: Standing, now: Instant) -> None:
    units = [member.udi.short for member in device.agent.state.members]
    for unit in (*standing.trust, *standing.authorizations):
        if unit not in units:
            raise InputError(f"{unit} is no unit of {device.name}", allowed=", ".join(units))
    tags = [use.entitlement_tag for use in standing.usage]
    tags += [report.entitlement_tag for report in standing.reports]
    for tag in tags:
        if device.profile.entitlement(tag) is None:
            raise InputError(f"{device.model} has no licence {tag}")
    if standing.policy is not None and set(standing.policy.classes) != set(LicenseClass):
        raise InputError(
            f"policy {standing.policy.name!r} lacks a class of licences",
            allowed=", ".join(LicenseClass),
        )
    for name in standing.jobs:
        if name not in JOBS:
            raise InputError(f"{name} is no job", allowed=", ".join(JOBS))
    reporting = standing.reporting
    past = {
        "the last ACK": reporting.last_ack_received,
        "the last push": reporting.last_report_push,
        "the policy's installation": standing.policy.installed if standing.policy else None,
        **{f"trust of {unit}": code.installed for unit, code in standing.trust.items()},
    }
    for what, when in past.items():
        if when is not None and when > now:
            raise InputError(f"{what} is later than the present")
