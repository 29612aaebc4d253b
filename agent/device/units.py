"""The units of a stack or of a high-availability pair: who joins, leaves, fails, is replaced.

`members[0]` is the active unit, `members[1]` its standby. Source: docs/sources.md, entry ha-rules.
"""

from __future__ import annotations

from agent.core.clock import MINUTE, Instant
from agent.core.identity import Udi
from agent.device.away import units_of
from agent.device.device import Device
from agent.engine.records import Member, Role

__all__ = ["MOST_UNITS", "fail", "join", "leave", "replace_unit", "units_of", "with_roles"]

# source: ha-rules (a stack of eight switches, a pair of anything else)
MOST_UNITS = {"switch": 8, "wlc": 2, "router": 2}
# assumed: how long a unit takes to start again; a C9300 is said to take about six minutes
START_TAKES = 6 * MINUTE


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


def leave(device: Device, udi: Udi, now: Instant, back: Instant | None = None) -> bool:
    """A unit leaves, the active one after a switchover; False where it is not one of several."""
    if udi not in units_of(device) or len(units_of(device)) < 2:
        return False
    if udi == device.udi:
        device.switch_over(now)
    device.change_members(tuple(unit for unit in units_of(device) if unit != udi), now, back)
    return True


def fail(device: Device, udi: Udi, now: Instant) -> bool:
    """A unit fails, or is reloaded by itself: it leaves and is back when it has started again."""
    return leave(device, udi, now, now + START_TAKES)


def replace_unit(device: Device, old: Udi, new: Udi, now: Instant) -> bool:
    """Another unit of the same family takes the place of one; False where that cannot be.

    A device of one unit goes on in another chassis, with the store that came along.
    """
    units = units_of(device)
    if old not in units or new in units or new.pid not in device.profile.models:
        return False
    if len(units) > 1:
        return leave(device, old, now) and join(device, new, now)
    device.change_members((new,), now)
    return True
