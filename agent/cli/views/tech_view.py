"""What `show license tech support` prints beyond `show license all`, as one frozen value.

`collect` reads a device, `view_of` the parts of one. Rendering is in tech_support, tech_jobs and
tech_info; what a release always prints stands in tech_support.toml.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.cli.views import licensing
from agent.cli.views.licensing import LicensingView
from agent.cli.views.tech_rows import licences_found
from agent.core.clock import Instant
from agent.core.release import Release
from agent.device.boot import air_licences
from agent.engine import queries
from agent.engine.config import Transport
from agent.engine.records import Exchange, ExchangeStatistics, LicenceUse, RumReport
from agent.engine.state import AgentState
from agent.profiles.profile import Entitlement, Profile
from agent.protocol.messages import ConnectInfo

if TYPE_CHECKING:
    from agent.device.device import Device

_EVENT_BYTES = 128  # assumed: what one event takes up in the event log


@dataclass(frozen=True, slots=True)
class Handle:
    """One licence handle: its use, what the platform knows of it, its newest two reports."""

    use: LicenceUse
    description: str
    export: str
    enforcement: str
    license_type: str
    current_report: int
    previous_report: int


@dataclass(frozen=True, slots=True)
class Enforced:
    """Licences a unit's platform enforces, as `name: tag (number)`."""

    unit: str
    licences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TechView:
    """All of the command. `jobs` are instants by name; a job without one is over."""

    licensing: LicensingView
    release: Release
    now: Instant
    handles: tuple[Handle, ...]
    jobs: Mapping[str, Instant | None]
    facts: frozenset[str]
    statistics: Mapping[str, ExchangeStatistics]  # by Exchange.value
    level_allowed: str
    overall_state: str
    software_id: str
    peer: ConnectInfo | None
    event_log_size: str
    pending_trust: frozenset[str]  # Udi.short
    clock_synced: bool
    enforced: tuple[Enforced, ...]
    licences_found: int  # that the platform knows
    not_required: tuple[str, ...]  # tags of licences given up: their last report is not required
    production: bool = True
    config_persist: bool = False


def collect(device: Device, now: Instant) -> TechView:
    """The view of a device at `now`."""
    state, profile = device.agent.state, device.profile
    shown = licensing.collect(device, now)
    view = view_of(shown, state, profile, device.release, now, synced=device.clock_authoritative)
    unused = air_licences(profile, device.model, device.air_level)
    booted = now if device.booted is None else device.booted
    saved = device.datastore.saved
    return replace(
        view,
        handles=(*view.handles, *_unused(view.handles, unused, booted)),
        # assumed: the agent hears that the configuration was stored; three captures say True
        config_persist=saved is not None and saved.at >= booted,
    )


def view_of(
    shown: LicensingView,
    state: AgentState,
    profile: Profile,
    release: Release,
    now: Instant,
    *,
    synced: bool = False,
) -> TechView:
    """The view of a state on a platform family."""
    size = len(state.eventlog) * _EVENT_BYTES // 1024
    return TechView(
        production=not state.development,
        licensing=shown,
        release=release,
        now=now,
        handles=_handles(state, profile),
        jobs={job.name: job.when for job in queries.jobs(state, now)},
        facts=facts_of(state),
        statistics=dict(state.statistics),
        level_allowed=queries.communication_level(state),
        overall_state=queries.overall_state(state),
        software_id=state.software_tag,
        peer=state.peer,
        event_log_size=f"{size} KB",
        pending_trust=frozenset(state.pending_trust),
        clock_synced=synced,
        enforced=_enforced(state, profile, release),
        licences_found=licences_found(release, profile.family),
        not_required=_given_up(state.reports.values(), state.usage),
    )


def facts_of(state: AgentState) -> frozenset[str]:
    """What has happened since the start, by the names that the rows of jobs use."""

    def tried(exchange: Exchange) -> bool:
        return state.statistics.get(exchange.value, _NEVER).total > 0

    def got(exchange: Exchange) -> bool:
        return state.statistics.get(exchange.value, _NEVER).success > 0

    known = {
        "trusted": bool(state.trust),
        "trust_asked_for": tried(Exchange.TRUST_ESTABLISHMENT),
        "telemetry": bool(state.telemetry),
        # source: scheduled-jobs (over cslu trust alone does not start this job)
        "trusted_directly": got(Exchange.TRUST_ESTABLISHMENT)
        and state.config.transport is Transport.SMART,
        "polled": tried(Exchange.RESULT_POLLING),
        "greeted": tried(Exchange.HELLO_MESSAGE),
    }
    return frozenset(name for name, holds in known.items() if holds)


_NEVER = ExchangeStatistics()


def _handles(state: AgentState, profile: Profile) -> tuple[Handle, ...]:
    uses = sorted(state.usage.values(), key=lambda use: use.handle)
    return tuple(_handle(state, profile, use) for use in uses)


def _handle(state: AgentState, profile: Profile, use: LicenceUse) -> Handle:
    entitlement = profile.entitlement(use.entitlement_tag)
    if entitlement is None:
        raise LookupError(f"{use.entitlement_tag} is in use, yet no profile row names it")
    return _handle_of(
        use, entitlement, *queries.current_and_previous_report(state, use.entitlement_tag)
    )


def _handle_of(use: LicenceUse, licence: Entitlement, current: int, previous: int) -> Handle:
    return Handle(
        use=use,
        description=licence.description,
        export=licence.export,
        enforcement=licence.enforcement,
        license_type=licence.license_type,
        current_report=current,
        previous_report=previous,
    )


def _unused(
    handles: tuple[Handle, ...], licences: tuple[Entitlement, ...], since: Instant
) -> Iterator[Handle]:
    """Handles of a controller's air licences while no access point has joined.

    # source: tech-support (a C9800 lists them at count 0)
    """
    seen = {handle.use.entitlement_tag for handle in handles}
    last = max((handle.use.handle for handle in handles), default=0)
    for number, licence in enumerate((e for e in licences if e.tag not in seen), last + 1):
        use = LicenceUse(
            number, licence.feature, licence.tag, 0, since, None, licence.licence_class, True
        )
        yield _handle_of(use, licence, 0, 0)


def _enforced(state: AgentState, profile: Profile, release: Release) -> tuple[Enforced, ...]:
    """One entry a unit; two supervisors of one chassis are one unit."""
    units = dict.fromkeys(member.udi for member in state.members)
    return tuple(
        Enforced(
            unit.short,
            tuple(
                f"{row.feature}: {row.tag} ({row.number})"
                for row in profile.enforced_on(release, unit.pid)
            ),
        )
        for unit in units
    )


def _given_up(reports: Iterable[RumReport], usage: Mapping[str, LicenceUse]) -> tuple[str, ...]:
    """Tags that were reported once and that nothing uses since the start."""
    return tuple(
        dict.fromkeys(r.entitlement_tag for r in reports if r.entitlement_tag not in usage)
    )
