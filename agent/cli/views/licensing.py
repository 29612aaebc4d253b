"""What the `show license` commands print, as one frozen value taken from the agent's state.

`collect` reads a device, `view_of` the parts of one. Times stay instants; `Calendar` turns them
into the device's own dates. Rendering is in licence_status, licence_usage and licence_all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agent.core.clock import Instant
from agent.core.dates import UTC_ZONE, Zone, licence_date
from agent.core.identity import Account, Udi
from agent.engine.application_ha import ApplicationHa
from agent.engine.config import LicenseConfig
from agent.engine.queries import UsageSummary, usage_summary
from agent.engine.records import (
    NO_CONVERSION,
    AuthorizationCode,
    Conversion,
    LicenceUse,
    Policy,
    TrustCode,
)
from agent.engine.state import AgentState, History, UsageReporting
from agent.engine.telemetry import on_disk
from agent.profiles.profile import Entitlement, Profile
from agent.protocol.messages import LicenseClass

if TYPE_CHECKING:
    from agent.device.device import Device


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a device shows instants: its zone, and how far its calendar was set off."""

    zone: Zone = UTC_ZONE
    offset_ms: int = 0

    def date(self, instant: Instant | None) -> str:
        """`Apr 05 21:10:49 2023 UTC`; `<none>` where there is no date."""
        return licence_date(None if instant is None else instant + self.offset_ms, self.zone)

    def stated(self, instant: Instant) -> str:
        """A date that somebody else has written, such as CSSM: as it is."""
        return licence_date(instant, self.zone)


@dataclass(frozen=True, slots=True)
class LicenceRow:
    """One licence as `summary` and `usage` show it."""

    name: str
    display: str
    description: str
    count: int
    export: str
    enforcement: str
    license_type: str
    application: ApplicationHa | None = None
    authorized: bool = True
    named: bool = True  # has anything asked for it by a name?

    @property
    def status(self) -> str:
        if not self.authorized:
            return "NOT AUTHORIZED"
        return "IN USE" if self.count else "NOT IN USE"


@dataclass(frozen=True, slots=True)
class Node:
    """A unit of the set: its role as printed, its UDI, its codes if it has any."""

    role: str
    udi: Udi
    trust: TrustCode | None
    authorization: AuthorizationCode | None = None
    last_return_code: str = ""


@dataclass(frozen=True, slots=True)
class AuthorizedRow:
    """A licence that codes of one or more units stand for; `terms` are (node, type, count)."""

    name: str
    display: str
    description: str
    terms: tuple[tuple[Node, str, int], ...]
    enforcement: str = "EXPORT RESTRICTED"

    @property
    def count(self) -> int:
        return sum(count for _, _, count in self.terms)


@dataclass(frozen=True, slots=True)
class LicensingView:
    """All of `show license all`. `nodes[0]` is the product instance itself."""

    nodes: tuple[Node, ...]
    account: Account | None
    config: LicenseConfig
    policy: Policy
    reporting: UsageReporting
    licences: tuple[LicenceRow, ...]
    reports: UsageSummary
    agent_version: str
    calendar: Calendar
    data_channel: bool = True
    makes_telemetry: bool = False
    telemetry_on_disk: int = 0
    automatic_conversion: bool = False
    conversion: Conversion = NO_CONVERSION
    history: History = field(default_factory=History)
    authorized: tuple[AuthorizedRow, ...] = ()
    derived: tuple[str, ...] = ()

    @property
    def trusted(self) -> bool:
        return any(node.trust for node in self.nodes)


def collect(device: Device, now: Instant) -> LicensingView:
    """The view of a device at `now`."""
    calendar = Calendar(device.zone, device.clock_offset_ms)
    return view_of(device.agent.state, device.profile, device.release.agent_version, calendar)


def view_of(
    state: AgentState, profile: Profile, agent_version: str, calendar: Calendar
) -> LicensingView:
    """The view of a state on a platform family."""
    nodes = _nodes(state)
    return LicensingView(
        nodes=nodes,
        account=state.account,
        config=state.config,
        policy=state.policy,
        reporting=replace(state.usage_reporting),
        licences=(
            *_rows(state.usage.values(), profile, state.applications.high_availability),
            *_waiting(state, profile),
            *_held(state, profile),
        ),
        derived=_derived(state, profile),
        reports=usage_summary(state),
        agent_version=agent_version,
        calendar=calendar,
        data_channel=not state.development,  # assumed: the one output without it has such a root
        makes_telemetry=bool(state.telemetry),
        telemetry_on_disk=len(on_disk(state)),
        automatic_conversion=profile.automatic_conversion,
        conversion=state.conversion,
        authorized=_authorized(nodes, profile),
        history=History(dict(state.history.messages), dict(state.history.imports)),
    )


def _nodes(state: AgentState) -> tuple[Node, ...]:
    return tuple(
        Node(
            role=member.role.value,
            udi=member.udi,
            trust=state.trust.get(member.udi.short),
            authorization=state.authorizations.get(member.udi.short),
            last_return_code=state.last_return_codes.get(member.udi.short, ""),
        )
        for member in state.members
    )


def _authorized(nodes: tuple[Node, ...], profile: Profile) -> tuple[AuthorizedRow, ...]:
    """Each licence that is authorized on some unit, named as the platform names it."""
    held = [
        (licence, node)
        for node in nodes
        if node.authorization is not None
        for licence in node.authorization.data.licences
    ]
    known = {row.tag: row for row in profile.enforced}
    rows = []
    for tag, licence in {licence.tag: licence for licence, _ in held}.items():
        names, own = known.get(tag), profile.entitlement(tag)
        # a licence that is not enforced comes from a reservation and has its everyday names
        display = own.display if own else licence.display_name
        rows.append(
            AuthorizedRow(
                name=(names.name if names else "") or (own.feature if own else display),
                display=(names.display if names else "") or display,
                description=(names.description if names else "")
                or (own.description if own else licence.description),
                enforcement="EXPORT RESTRICTED" if names or not own else own.enforcement,
                terms=tuple((n, x.license_type, x.count) for x, n in held if x.tag == tag),
            )
        )
    return tuple(rows)


def _derived(state: AgentState, profile: Profile) -> tuple[str, ...]:
    """The tags a router derives of the licences of its level: that of the network stack's first
    step at this throughput, or of the one licence of the older levels.

    # source: derived-licences (two captures)
    """
    if profile.throughput is None:
        return ()
    tags = []
    for use in state.usage.values():
        display = _display_of(use, profile)
        if use.count and display.startswith(("ESR_", "NWSTACK_", "ax_")):
            first = f"{display[:-1]}E" if display[-2:] in ("_A", "_P") else display
            tags += [e.tag for g in profile.entitlements.values() for e in g if e.display == first]
    return tuple(dict.fromkeys(tags))


def _display_of(use: LicenceUse, profile: Profile) -> str:
    entitlement = profile.entitlement(use.entitlement_tag)
    return "" if entitlement is None else entitlement.display


def _rows(
    uses: Iterable[LicenceUse], profile: Profile, application: ApplicationHa | None
) -> tuple[LicenceRow, ...]:
    """Rows in use first, then those given up; a licence never asked for shows in neither.

    A licence given up goes by its description: nothing in use gives it a name.
    # source: show-layouts (rows NOT IN USE of a C9400)
    """
    asked = [use for use in uses if use.count or use.request_time is not None]
    ordered = sorted(asked, key=lambda use: (use.count == 0, use.handle))
    return tuple(
        _row(use, profile.entitlement(use.entitlement_tag), application) for use in ordered
    )


def _waiting(state: AgentState, profile: Profile) -> tuple[LicenceRow, ...]:
    """Licences that are wanted and have no code. # assumed: words recalled, the row's count is 0"""
    rows = []
    for tag, request in state.authorizing.waiting.items():
        use = LicenceUse(0, request.feature, tag, 1, 0, None, LicenseClass.EXPORT)
        row = _row(use, profile.entitlement(tag), None)
        rows.append(replace(row, count=0, export="RESTRICTED - NOT ALLOWED", authorized=False))
    return tuple(rows)


def _held(state: AgentState, profile: Profile) -> tuple[LicenceRow, ...]:
    """Enforced licences that a code allows and nothing has asked for. # source: held-codes"""
    tags = (licence.tag for code in state.authorizations.values() for licence in code.data.licences)
    known = {row.tag: row for row in profile.enforced}
    shown = {*state.usage, *state.authorizing.waiting}
    return tuple(
        LicenceRow(
            name=known[tag].name or known[tag].feature,
            display=known[tag].entitlement.display,
            description=known[tag].entitlement.description,
            count=0,
            export=known[tag].entitlement.export,
            enforcement=known[tag].entitlement.enforcement,
            license_type=known[tag].entitlement.license_type,
            named=not known[tag].bare,
        )
        for tag in dict.fromkeys(tags)
        if tag in known and tag not in shown
    )


def _row(
    use: LicenceUse, entitlement: Entitlement | None, application: ApplicationHa | None
) -> LicenceRow:
    if entitlement is None:
        raise LookupError(f"{use.entitlement_tag} is in use, yet no profile row names it")
    return LicenceRow(
        name=use.feature if use.count else entitlement.description,
        display=entitlement.display,
        description=entitlement.description,
        count=use.count,
        export=entitlement.export,
        enforcement=entitlement.enforcement,
        license_type=entitlement.license_type,
        application=application if entitlement.application else None,
    )
