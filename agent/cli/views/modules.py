"""`show module`: the units of a stack, or the modules of a chassis.

Facts: docs/sources.md, entry module-form (the columns are those that a client's parser names).
"""

from __future__ import annotations

from agent.cli.views.hardware import dotted, hardware_of
from agent.cli.views.platform import Set, unit_table
from agent.engine.records import Member

_CARDS = """\
Mod Ports Card Type                                   Model          Serial No.
---+-----+--------------------------------------+--------------+--------------"""
_ADDRESSES = """\
Mod MAC addresses                    Hw   Fw           Sw                 Status
---+--------------------------------+----+------------+------------------+--------"""
_ROLES = """\
Mod Redundancy Role     Operating Redundancy Mode Configured Redundancy Mode
---+-------------------+-------------------------+---------------------------"""
_CHASSIS_BLOCK = 512  # addresses of a chassis
_MODULE_BLOCK = 126  # addresses of a module


def module(shown: Set) -> str:
    """The text of `show module`."""
    if shown.profile.texts.get("module_form") != "chassis":
        return "\n".join(unit_table(shown))
    members = tuple(enumerate(shown.members, 1))
    mode = "sso" if len(members) > 1 else "non-redundant"
    first = int(hardware_of(shown.members[0].udi).base_mac.replace(":", ""), 16)
    lines = [f"Chassis Type: {shown.members[0].udi.pid}", "", _CARDS]
    lines += [_card(shown, number, member) for number, member in members]
    lines += ["", _ADDRESSES, *(_address(shown, n, m) for n, m in members), "", _ROLES]
    lines += [f"{number:<4}{member.role.value:<20}{mode:<26}{mode}" for number, member in members]
    span = f"from {_mac(first)} to {_mac(first + _CHASSIS_BLOCK - 1)}"
    return "\n".join(
        [*lines, "", f"Chassis MAC address range: {_CHASSIS_BLOCK} addresses {span}", ""]
    )


def _card(shown: Set, number: int, member: Member) -> str:
    pid = member.udi.pid
    ports = shown.profile.texts_of(pid)["ports"]
    card = f"Cisco Catalyst {pid.removeprefix('C')} Switch"
    return f"{number:<4}{ports:<5}{card:<44}{pid:<17}{member.udi.sn}"


def _address(shown: Set, number: int, member: Member) -> str:
    first = int(hardware_of(member.udi).base_mac.replace(":", ""), 16)
    block = f"{_mac(first).upper()} to {_mac(first + _MODULE_BLOCK - 1).upper()}"
    release = shown.release
    return f"{number:<4}{block:<33}{'1.0':<5}{'17.12.1r':<14}{release.padded:<19}ok"


def _mac(value: int) -> str:
    return dotted(f"{value:012x}")
