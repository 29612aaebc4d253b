"""What the `show license` commands of the model before SLP print, as one frozen value.

Rendering is in legacy_status (IOS XE) and legacy_cucm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.cli.views.layout import layout_for
from agent.cli.views.licensing import Calendar
from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.engine.config import LicenseConfig, Transport
from agent.engine.legacy.clock import left
from agent.engine.legacy.contact import spoken
from agent.engine.legacy.state import LegacyState
from agent.engine.state import AgentState
from agent.profiles.profile import Profile

if TYPE_CHECKING:
    from agent.device.device import Device


@dataclass(frozen=True, slots=True)
class LegacyRow:
    """A licence: its names, what is used of it, and what the server says of it."""

    feature: str
    tag: str
    display: str
    description: str
    count: int
    compliance: str
    export: str


@dataclass(frozen=True, slots=True)
class LegacyView:
    """All of `show license all`. `rows` are the licences in use, `known` all of the platform's."""

    state: LegacyState
    udi: Udi
    units: tuple[tuple[str, Udi], ...]  # (role as printed, UDI)
    smart_account: str
    virtual_account: str
    config: LicenseConfig
    rows: tuple[LegacyRow, ...]
    known: tuple[LegacyRow, ...]
    evaluation_left: Instant
    agent_version: str
    calendar: Calendar
    now: Instant
    tells_custom_id: bool = False  # of `show license status`

    @property
    def transport(self) -> str:
        return "Smart" if spoken(self.config).transport is Transport.SMART else "Callhome"


def collect(device: Device, now: Instant) -> LegacyView:
    """The view of a device at `now`."""
    calendar = Calendar(device.zone, device.clock_offset_ms)
    version = device.release.agent_version
    view = view_of(device.agent.state, device.profile, version, calendar, now)
    layout = layout_for(device.release, device.profile.kind)
    return replace(view, tells_custom_id=layout.has("custom_id_before_policy"))


def view_of(
    state: AgentState, profile: Profile, agent_version: str, calendar: Calendar, now: Instant
) -> LegacyView:
    """The view of a state on a platform family."""
    known = _known(state, profile)
    return LegacyView(
        state=replace(state.legacy),
        udi=state.udi,
        units=tuple((member.role.value, member.udi) for member in state.members),
        smart_account=state.account.smart_account if state.account else "",
        virtual_account=state.account.virtual_account if state.account else "",
        config=state.config,
        rows=tuple(row for row in known if row.count),
        known=known,
        evaluation_left=left(state.legacy, now),
        agent_version=agent_version,
        calendar=calendar,
        now=now,
    )


def _known(state: AgentState, profile: Profile) -> tuple[LegacyRow, ...]:
    rows = []
    tags = dict.fromkeys(
        [e.tag for e in profile.entitlements[profile.models[state.udi.pid].licences]]
        + list(state.usage)
    )
    for tag in tags:
        entitlement, use = profile.entitlement(tag), state.usage.get(tag)
        if entitlement is None:
            continue
        rows.append(
            LegacyRow(
                feature=entitlement.feature,
                tag=tag,
                display=entitlement.display,
                description=entitlement.description,
                count=use.count if use else 0,
                compliance=state.legacy.entitled.get(tag, "Init"),
                export=entitlement.export,
            )
        )
    return tuple(rows)
