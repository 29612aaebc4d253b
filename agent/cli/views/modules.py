"""`show module`: the units of a stack, or the modules of a chassis.

Facts: docs/sources.md, entry module-form.
"""

from __future__ import annotations

from agent.cli.views.chassis import chassis_of, modules_of
from agent.cli.views.hardware import dotted, hardware_of, part_serial
from agent.cli.views.platform import Set, unit_table
from agent.core.identity import Udi
from agent.engine.records import Member
from agent.profiles.modules import Module

_CARDS = """\
Mod Ports Card Type                                   Model          Serial No.
---+-----+--------------------------------------+--------------+--------------"""
_ADDRESSES = """\
Mod MAC addresses                    Hw   Fw           Sw                 Status
---+--------------------------------+----+------------+------------------+--------"""
_ROLE = """\
Mod Redundancy Role     Operating Redundancy Mode Configured Redundancy Mode
---+-------------------+-------------------------+---------------------------"""
_ROLES = """\
Mod Redundancy Role     Operating Mode  Configured Mode  Redundancy Status
---+-------------------+---------------+---------------+------------------"""


def module(shown: Set) -> str:
    """The text of `show module`."""
    if shown.profile.texts.get("module_form") != "chassis":
        return "\n".join(unit_table(shown))
    boxes = chassis_of(shown.members)
    lines = [f"Chassis Type: {shown.members[0].udi.pid:<20}", ""]
    ranges = []
    for box in boxes:
        head = f"{box[0].number} " if len(boxes) > 1 else ""
        if head:
            lines += [f"Switch Number {head}", ""]
        lines += [*_chassis(shown, box, alone=len(boxes) == 1), ""]
        ranges += [f"Chassis {head}MAC address range: {_block(shown, box[0].udi)}", ""]
    return "\n".join([*lines, *ranges])


def _chassis(shown: Set, box: tuple[Member, ...], *, alone: bool) -> list[str]:
    """The three tables of one chassis of a set of one or two."""
    udi, paired = box[0].udi, len(shown.members) > 1
    cards = [m for m in modules_of(box, shown.profile, alone=alone) if m.card]
    cards.sort(key=lambda m: m.number)
    roles = [m for m in cards if m.role]
    return [
        _CARDS,
        *(f"{m.number:<4}{m.ports:<5}{m.card:<44}{m.pid:<17}{_serial(udi, m)}" for m in cards),
        "",
        _ADDRESSES,
        *_addresses(shown, udi, cards),
        "",
        _ROLES if paired else _ROLE,
        *(_role(shown, m, paired=paired) for m in roles),
    ]


def _serial(udi: Udi, module: Module) -> str:
    return part_serial(udi, module.name) if module.name else udi.sn


def _addresses(shown: Set, udi: Udi, cards: list[Module]) -> list[str]:
    """Each card's block of addresses, one behind the other, the chassis's own before them."""
    texts, rows = shown.profile.texts_of(udi.pid), []
    first = _first(udi) + (0 if len(cards) == 1 else int(texts["chassis_addresses"]))
    for card in cards:
        size = card.addresses or card.ports
        block = f"{_mac(first).upper()} to {_mac(first + size - 1).upper()}"
        first += size
        rows.append(
            f"{card.number:<4}{block:<33}{'1.0':<5}{texts['firmware']:<14}"
            f"{shown.release.padded:<19}ok"
        )
    return rows


def _role(shown: Set, module: Module, *, paired: bool) -> str:
    standby = module.role == "standby"
    role, status = ("Standby", "Standby Hot") if standby else ("Active", "Active")
    if paired:
        return f"{module.number:<4}{role:<20}{'sso':<16}{'sso':<17}{status}"
    # source: module-form (sso is configured where a second supervisor has a slot)
    pid = shown.members[0].udi.pid
    expects = any(m.role == "standby" for m in shown.profile.models[pid].modules)
    configured = "sso" if expects else "Non-redundant"
    return f"{module.number:<4}{role:<20}{'non-redundant':<26}{configured}"


def _block(shown: Set, udi: Udi) -> str:
    size, first = int(shown.profile.texts["chassis_addresses"]), _first(udi)
    return f"{size} addresses from {_mac(first)} to {_mac(first + size - 1)}"


def _first(udi: Udi) -> int:
    return int(hardware_of(udi).base_mac.replace(":", ""), 16)


def _mac(value: int) -> str:
    return dotted(f"{value:012x}")
