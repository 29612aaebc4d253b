"""Which unit of a set has which number and role.

Units are listed with the active one first, its standby second. A number is the unit's own: it keeps
it through switchovers, and takes it again after it was away, if nobody has it by then; a new unit
gets the lowest free one. Two processors of one chassis have one UDI and two numbers.
Source: docs/sources.md, entries ha-rules, unit-numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agent.core.identity import Udi
from agent.engine.records import Member, Role


def arranged(
    units: Iterable[Udi], before: Iterable[Member] = (), absent: Mapping[str, int] | None = None
) -> tuple[Member, ...]:
    """The units in the order given, with roles, and with the numbers they had `before`.

    `absent` are the numbers of units that were away, by `Udi.short`.
    """
    known = list(before)
    kept: list[tuple[Udi, int]] = []
    for udi in units:
        member = next((m for m in known if m.udi == udi), None)
        if member is not None:
            known.remove(member)
        kept.append((udi, member.number if member is not None else 0))
    taken = {number for _, number in kept if number}
    placed = []
    for place, (udi, number) in enumerate(kept):
        own = number or _free((absent or {}).get(udi.short, 0), taken)
        taken.add(own)
        placed.append(Member(udi, _role(place), own))
    return tuple(placed)


def handed_over(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """After a switchover: the standby is the active one, the old active comes behind the others."""
    active, *others = members
    return tuple(
        Member(member.udi, _role(place), member.number)
        for place, member in enumerate((*others, active))
    )


def gone(before: Iterable[Member], after: Iterable[Member]) -> tuple[Member, ...]:
    """Those of `before` that are not there any more, by their numbers."""
    there = {member.number for member in after}
    return tuple(member for member in before if member.number not in there)


def _free(wanted: int, taken: set[int]) -> int:
    if wanted and wanted not in taken:
        return wanted
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def _role(place: int) -> Role:
    return (Role.ACTIVE, Role.STANDBY)[place] if place < 2 else Role.MEMBER
