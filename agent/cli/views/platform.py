"""`show inventory`, `show platform`, `show switch`: the units of a set.

Facts: docs/sources.md, entries inventory-form, platform-form. Forms without a capture are recalled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.cli.views.chassis import Part, chassis_parts, slots
from agent.cli.views.hardware import dotted, hardware_of
from agent.core.clock import Instant
from agent.core.release import Release
from agent.device.redundancy import NO_HISTORY, Redundancy
from agent.engine.records import Member, Role
from agent.profiles.profile import Profile


@dataclass(frozen=True, slots=True)
class Set:
    """The units that make up a device; `members[0]` is the active one."""

    members: tuple[Member, ...]
    profile: Profile
    release: Release
    uptime_ms: Instant = 0
    history: Redundancy = NO_HISTORY
    now: Instant = 0

    @property
    def stacked(self) -> bool:
        """Are its units switches of a stack, each with a number of its own?"""
        return _stacked(self.profile)

    def since(self, instants: Mapping[int, Instant], member: Member) -> Instant:
        """How long ago, in ms, that instant of a unit was; the start where it has none."""
        at = instants.get(member.number)
        return self.uptime_ms if at is None else self.now - at


def _stacked(profile: Profile) -> bool:
    return "stack" in profile.texts


def by_number(members: Sequence[Member]) -> tuple[Member, ...]:
    """The units in the order of their numbers."""
    return tuple(sorted(members, key=lambda member: member.number))


# --- show inventory -------------------------------------------------------------------------


def inventory(members: Sequence[Member], profile: Profile) -> str:
    """Each unit with its parts; an empty line ends each entry."""
    return "\n".join(str(part) for part in parts(members, profile))


def parts(members: Sequence[Member], profile: Profile) -> Iterator[Part]:
    """The units and what is in them."""
    return (_stack_parts if _stacked(profile) else chassis_parts)(by_number(members), profile)


def _stack_parts(members: Sequence[Member], profile: Profile) -> Iterator[Part]:
    version = profile.texts["version_id"]
    if members:
        stack, first = profile.texts["stack"], members[0].udi
        yield Part(stack, stack, first.pid, version, first.sn)
    for number, udi in ((member.number, member.udi) for member in members):
        texts, serials = profile.texts_of(udi.pid), hardware_of(udi)
        bay = f"Switch {number} - Power Supply A"
        yield Part(f"Switch {number}", udi.pid, udi.pid, version, udi.sn)
        yield Part(bay, bay, texts["power_supply"], version, serials.power_supply_serial)
        if "uplink_pid" in texts:
            yield Part(
                f"Switch {number} FRU Uplink Module 1",
                texts["uplink_description"],
                texts["uplink_pid"],
                version,
                serials.uplink_serial,
            )


# --- show platform, show switch -------------------------------------------------------------

_PLATFORM_HEAD = """\
Switch  Ports    Model                Serial No.   MAC address     Hw Ver.       Sw Ver.
------  -----   ---------             -----------  --------------  -------       --------"""
_ROLES_HEAD = """\
                                   Current
Switch#   Role        Priority      State
-------------------------------------------"""
_RING_HEAD = """\
         Stack Port Status             Neighbors    \x20
Switch#  Port 1     Port 2           Port 1   Port 2\x20
--------------------------------------------------------"""
_SWITCH_HEAD = """\
                                             H/W   Current
Switch#   Role    Mac Address     Priority Version  State\x20
-------------------------------------------------------------------------------------"""


def platform(shown: Set) -> str:
    """`show platform`: the stack's units, or the slots of a box."""
    if shown.stacked:
        return _stack_platform(shown)
    if shown.profile.texts.get("platform_form") == "unit":
        return "\n".join(unit_table(shown))
    return slots(shown.members, shown.profile, shown.uptime_ms)


def switch(shown: Set) -> str:
    """`show switch`. # source: platform-form"""
    lines = [*_address(shown), _SWITCH_HEAD]
    for member in by_number(shown.members):
        mac = dotted(hardware_of(member.udi).base_mac)
        lines.append(
            f"{_mark(member)}{member.number:<8}{member.role.value:<9}{mac:<19}"
            f"{_priority(member):<7}{'V01':<8}{'Ready':<36}"
        )
    return "\n".join([*lines, "", ""])


def _address(shown: Set) -> list[str]:
    """The stack keeps the address of its first active unit until it starts again."""
    active = shown.members[0].udi
    bearer = shown.history.mac_of or active
    whose = "Local" if bearer == active else "Foreign"
    return [
        f"Switch/Stack Mac Address : {dotted(hardware_of(bearer).base_mac)} - {whose} Mac Address",
        "Mac persistency wait time: Indefinite",
    ]


def _mark(member: Member) -> str:
    return "*" if member.role is Role.ACTIVE else " "


def switch_detail(shown: Set) -> str:
    """`show switch detail`: the units, then the ring of their stack ports.

    # source: platform-form (one unit); assumed: the ring of several
    """
    numbers = [member.number for member in by_number(shown.members)]
    lines = [switch(shown).rstrip("\n"), "", "", _RING_HEAD]
    for at, number in enumerate(numbers):
        after, before = numbers[(at + 1) % len(numbers)], numbers[at - 1]
        ring = ("OK", after, before) if len(numbers) > 1 else ("DOWN", "None", "None")
        state, first, second = ring
        lines.append(f"{number:>3}{'':7}{state:^7}{'':4}{state:^7}{first!s:>14}{second!s:>9} ")
    return "\n".join([*lines, ""])


def unit_table(shown: Set) -> list[str]:
    """The units of a stack with their ports and numbers."""
    lines = [_PLATFORM_HEAD]
    for member in by_number(shown.members):
        udi, number = member.udi, member.number
        ports = shown.profile.texts_of(udi.pid)["ports"]
        mac = dotted(hardware_of(udi).base_mac)
        lines.append(
            f" {number:<8}{ports:<7}{udi.pid:<22}{udi.sn:<13}{mac:<16}{'V01':<14}"
            f"{shown.release.padded}"
        )
    return lines


def _stack_platform(shown: Set) -> str:
    lines = [*unit_table(shown), *_address(shown), _ROLES_HEAD]
    for member in by_number(shown.members):
        lines.append(
            f"{_mark(member)}{member.number:<8}{member.role.value:<16}{_priority(member):<11}Ready"
        )
    return "\n".join(lines)


def _priority(member: Member) -> int:
    """# assumed: the first unit was given the highest priority, the others have the default"""
    return 15 if member.number == 1 else 1
