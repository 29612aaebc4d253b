"""What a set of units remembers since it started: whose address it bears, who failed, since when
each unit is there and is what it is. `show redundancy`, `show switch` and `show version` tell it.

Numbers are those of `agent.engine.places`. Source: docs/sources.md, entry unit-numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.engine.records import Member
from agent.profiles.profile import Profile

# assumed: the words behind `Last switchover reason`
FORCED, FAILED, REMOVED = "user forced", "active unit failed", "active unit removed"


@dataclass(frozen=True, slots=True)
class Redundancy:
    """Instants are by number of the unit; who is not named is what it is since the start."""

    mac_of: Udi | None = None  # whose address the stack bears; None: the active unit's
    switchovers: int = 0
    standby_failures: int = 0
    reason: str = "none"
    joined: Mapping[int, Instant] = field(default_factory=dict)
    in_role: Mapping[int, Instant] = field(default_factory=dict)


NO_HISTORY = Redundancy()  # of a device that was always one unit


def after_change(
    kept: Redundancy, before: Iterable[Member], after: Iterable[Member], failed: bool, now: Instant
) -> Redundancy:
    """Units came or went. A standby that fails is counted."""
    old, new = {m.number: m for m in before}, {m.number: m for m in after}
    fresh = {number: now for number in new if number not in old}
    changed = {n: now for n, m in new.items() if n not in old or old[n].role is not m.role}
    lost = [member for number, member in old.items() if number not in new]
    failures = sum(member.role.value == "Standby" for member in lost) if failed else 0
    return replace(
        kept,
        mac_of=kept.mac_of or next(iter(old.values())).udi,
        standby_failures=kept.standby_failures + failures,
        joined={n: at for n, at in {**kept.joined, **fresh}.items() if n in new},
        in_role={n: at for n, at in {**kept.in_role, **changed}.items() if n in new},
    )


def after_switchover(
    kept: Redundancy, before: Iterable[Member], after: Iterable[Member], reason: str, now: Instant
) -> Redundancy:
    """The standby took over; the old active has started anew."""
    was = next(iter(before))
    changed = after_change(kept, before, after, False, now)
    return replace(
        changed,
        switchovers=kept.switchovers + 1,
        reason=reason,
        joined={**changed.joined, was.number: now},
    )


def has_room(profile: Profile, units: tuple[Udi, ...], new: Udi) -> bool:
    """May this unit join those? Another processor of a chassis has the chassis' own UDI."""
    chassis = set(units)
    if new.pid not in profile.models:
        return False
    if new in chassis:
        return len(chassis) == 1 and len(units) < profile.processors
    return len(units) == len(chassis) < profile.chassis


def most_units(profile: Profile) -> int:
    """How many units a set of this family has at most."""
    return max(profile.chassis, profile.processors)
