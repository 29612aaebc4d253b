"""`show inventory`, `show platform`, `show switch`, `show redundancy`: the units of a set.

Facts: docs/sources.md, entries inventory-form, platform-form. Forms without a capture are recalled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.cli.views.chassis import Part, chassis_parts, slots
from agent.cli.views.hardware import dotted, hardware_of
from agent.cli.views.uptime import uptime_words
from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.core.release import Release
from agent.engine.records import Member
from agent.profiles.profile import Profile


@dataclass(frozen=True, slots=True)
class Set:
    """The units that make up a device; `members[0]` is the active one."""

    members: tuple[Member, ...]
    profile: Profile
    release: Release
    uptime_ms: Instant = 0

    @property
    def stacked(self) -> bool:
        """Are its units switches of a stack, each with a number of its own?"""
        return _stacked(self.profile)


def _stacked(profile: Profile) -> bool:
    return "stack" in profile.texts


# --- show inventory -------------------------------------------------------------------------


def inventory(units: Sequence[Udi], profile: Profile) -> str:
    """Each unit with its parts; an empty line ends each entry."""
    return "\n".join(str(part) for part in parts(units, profile))


def parts(units: Sequence[Udi], profile: Profile) -> Iterator[Part]:
    """The units and what is in them."""
    return (_stack_parts if _stacked(profile) else chassis_parts)(tuple(units), profile)


def _stack_parts(units: tuple[Udi, ...], profile: Profile) -> Iterator[Part]:
    version = profile.texts["version_id"]
    if units:
        stack = profile.texts["stack"]
        yield Part(stack, stack, units[0].pid, version, units[0].sn)
    for number, udi in enumerate(units, 1):
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
    units = tuple(member.udi for member in shown.members)
    return slots(units, shown.profile, shown.uptime_ms)


def switch(shown: Set) -> str:
    """`show switch`. # source: platform-form"""
    own = dotted(hardware_of(shown.members[0].udi).base_mac)
    lines = [
        f"Switch/Stack Mac Address : {own} - Local Mac Address",
        "Mac persistency wait time: Indefinite",
        _SWITCH_HEAD,
    ]
    for number, member in enumerate(shown.members, 1):
        mac = dotted(hardware_of(member.udi).base_mac)
        mark = "*" if number == 1 else " "
        lines.append(
            f"{mark}{number:<8}{member.role.value:<9}{mac:<19}{_priority(number):<7}{'V01':<8}{'Ready':<36}"
        )
    return "\n".join([*lines, "", ""])


def unit_table(shown: Set) -> list[str]:
    """The units of a stack with their ports and numbers."""
    lines = [_PLATFORM_HEAD]
    for number, member in enumerate(shown.members, 1):
        udi = member.udi
        ports = shown.profile.texts_of(udi.pid)["ports"]
        mac = dotted(hardware_of(udi).base_mac)
        lines.append(
            f" {number:<8}{ports:<7}{udi.pid:<22}{udi.sn:<13}{mac:<16}{'V01':<14}"
            f"{shown.release.padded}"
        )
    return lines


def _stack_platform(shown: Set) -> str:
    lines = unit_table(shown)
    own = dotted(hardware_of(shown.members[0].udi).base_mac)
    lines += [
        f"Switch/Stack Mac Address : {own} - Local Mac Address",
        "Mac persistency wait time: Indefinite",
        _ROLES_HEAD,
    ]
    for number, member in enumerate(shown.members, 1):
        mark = "*" if number == 1 else " "
        lines.append(f"{mark}{number:<8}{member.role.value:<16}{_priority(number):<11}Ready")
    return "\n".join(lines)


def _priority(number: int) -> int:
    """# assumed: the active unit has the highest priority, the others the default"""
    return 15 if number == 1 else 1


# --- show redundancy ------------------------------------------------------------------------


def redundancy(shown: Set, banner: str) -> str:
    """`show redundancy`; `banner` is what the device says of its software. # assumed: recalled"""
    paired = len(shown.members) > 1
    uptime = uptime_words(shown.uptime_ms)
    mode = "sso" if paired else "Non-redundant"
    texts = shown.profile.texts
    lines = [
        "Redundant System Information :",
        "------------------------------",
        f"       Available system uptime = {uptime}",
        "Switchovers system experienced = 0",
        "              Standby failures = 0",
        "        Last switchover reason = none",
        "",
        f"                 Hardware Mode = {'Duplex' if paired else 'Simplex'}",
        f"    Configured Redundancy Mode = {'sso' if paired else 'Non-redundant'}",
        f"     Operating Redundancy Mode = {mode}",
        "              Maintenance Mode = Disabled",
        f"                Communications = {'Up' if paired else 'Down      Reason: Failure'}",
        "",
        "Current Processor Information :",
        "-------------------------------",
        *_processor("Active", _supervisor(shown, "active"), "ACTIVE", uptime, banner, texts),
        "",
    ]
    if not paired:
        peer = "Peer (slot: 0) information is not available because it is in 'DISABLED' state"
        return "\n".join([*lines, peer, ""])
    slot = _supervisor(shown, "standby")
    standby = _processor("Standby", slot, "STANDBY HOT ", uptime, banner, texts)
    head = ["Peer Processor Information :", "----------------------------"]
    return "\n".join([*lines, *head, *standby, ""])


def _supervisor(shown: Set, role: str) -> int:
    """The slot of a supervisor; units of a stack and chassis are numbered from 1."""
    units = [member.udi for member in shown.members]
    one_box = len(set(units)) == 1
    modules = shown.profile.models[units[0].pid].modules if one_box else ()
    found = (m.number for m in modules if m.role == role and m.number)
    return next(found, 1 if role == "active" else 2)


def _processor(
    where: str, slot: int, state: str, uptime: str, banner: str, texts: Mapping[str, str]
) -> list[str]:
    return [
        f"{f'{where} Location':>30} = slot {slot}",
        f"        Current Software state = {state}",
        f"       Uptime in current state = {uptime}",
        f"                 Image Version = {banner}",
        f"                          BOOT = {texts['image_file']};",
        "                   CONFIG_FILE = ",
        f"        Configuration register = {texts['config_register']}",
    ]


def redundancy_states(shown: Set) -> str:
    """`show redundancy states`. # source: platform-form (first line), the rest recalled"""
    paired = len(shown.members) > 1
    peer = "8  -STANDBY HOT" if paired else "1  -DISABLED"
    mode = "sso" if paired else "Non-redundant"
    return "\n".join(
        [
            "       my state = 13 -ACTIVE ",
            f"     peer state = {peer} ",
            f"           Mode = {'Duplex' if paired else 'Simplex'}",
            "           Unit = Primary",
            "        Unit ID = 1",
            "",
            f"Redundancy Mode (Operational) = {mode}",
            f"Redundancy Mode (Configured)  = {'sso' if paired else 'Non-redundant'}",
            f"Redundancy State              = {mode}",
            "     Maintenance Mode = Disabled",
            f"    Manual Swact = {'enabled' if paired else 'disabled (peer unknown)'}",
            f" Communications = {'Up' if paired else 'Down      Reason: Failure'}",
            "",
            "   client count = 76",
            " client_notification_TMR = 30000 milliseconds",
            "           RF debug mask = 0x0",
            "",
        ]
    )
