"""The units of a stack or of a high-availability pair: who joins, leaves, fails, is replaced.

Units are meant by their numbers. The active one is first of `members`, its standby second.
Source: docs/sources.md, entries ha-rules, unit-numbers.
"""

from __future__ import annotations

from agent.core.clock import MINUTE, Instant
from agent.core.identity import Udi
from agent.device.away import units_of
from agent.device.device import Device
from agent.device.redundancy import FAILED, REMOVED, has_room
from agent.engine.records import Member, Role

__all__ = ["fail", "join", "leave", "numbers_of", "replace_unit", "units_of", "with_roles"]

# assumed: how long a unit takes to start again; a C9300 is said to take about six minutes
START_TAKES = 6 * MINUTE


def with_roles(others: tuple[Udi, ...]) -> tuple[Member, ...]:
    """The units beside the active one: its standby, then members."""
    return tuple(
        Member(udi, Role.MEMBER if place else Role.STANDBY) for place, udi in enumerate(others)
    )


def numbers_of(device: Device) -> tuple[int, ...]:
    """The numbers of all units, the active's first."""
    return tuple(member.number for member in device.agent.state.members)


def join(device: Device, udi: Udi, now: Instant) -> bool:
    """A unit joins; False where there is no room, the model is another family's, or it is there."""
    units = units_of(device)
    if not has_room(device.profile, units, udi):
        return False
    device.change_members((*units, udi), now)
    return True


def leave(device: Device, number: int, now: Instant, back: Instant | None = None) -> bool:
    """A unit leaves, the active one after a switchover; False where it is not one of several."""
    if number not in numbers_of(device) or len(units_of(device)) < 2:
        return False
    if number == numbers_of(device)[0]:
        device.switch_over(now, REMOVED if back is None else FAILED)
    stay = (member for member in device.agent.state.members if member.number != number)
    device.change_members(tuple(member.udi for member in stay), now, back)
    return True


def fail(device: Device, number: int, now: Instant) -> bool:
    """A unit fails, or is reloaded by itself: it leaves and is back when it has started again."""
    return leave(device, number, now, now + START_TAKES)


def replace_unit(device: Device, number: int, serial: str, now: Instant) -> bool:
    """Another unit of the same model takes the place of one; False where that cannot be.

    A device of one unit goes on in another chassis, with the store that came along.
    """
    old = next((m.udi for m in device.agent.state.members if m.number == number), None)
    if old is None:
        return False
    units, new = units_of(device), Udi(old.pid, serial)
    if new in units:
        return False
    if len(set(units)) > 1:
        return leave(device, number, now) and join(device, new, now)
    device.change_members(tuple(new for _ in units), now)
    return True
