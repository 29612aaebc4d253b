"""The units of a stack or of a high-availability pair: who may join, who may leave.

`members[0]` is the active unit, `members[1]` its standby. Source: docs/sources.md, entry ha-rules.
"""

from __future__ import annotations

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.device.device import Device
from agent.engine.records import Member, Role

# source: ha-rules (a stack of eight switches, a pair of anything else)
MOST_UNITS = {"switch": 8, "wlc": 2, "router": 2}


def units_of(device: Device) -> tuple[Udi, ...]:
    """All units, the active first."""
    return tuple(member.udi for member in device.agent.state.members)


def with_roles(others: tuple[Udi, ...]) -> tuple[Member, ...]:
    """The units beside the active one: its standby, then members."""
    return tuple(
        Member(udi, Role.MEMBER if number else Role.STANDBY) for number, udi in enumerate(others)
    )


def join(device: Device, udi: Udi, now: Instant) -> bool:
    """A unit joins; False where there is no room, the model is another family's, or it is there."""
    units = units_of(device)
    full = len(units) >= MOST_UNITS.get(device.profile.kind, 1)
    if full or udi in units or udi.pid not in device.profile.models:
        return False
    device.change_members((*units, udi), now)
    return True


def leave(device: Device, udi: Udi, now: Instant) -> bool:
    """A unit leaves, the active one after a switchover; False where it is not one of several."""
    if udi not in units_of(device) or len(units_of(device)) < 2:
        return False
    if udi == device.udi:
        device.switch_over(now)
    device.change_members(tuple(unit for unit in units_of(device) if unit != udi), now)
    return True
