"""Inventory as clients read it by model: the parts of `show inventory`, and the system itself.

Sources: docs/sources.md, entries oper-models, inventory-form.
"""

from __future__ import annotations

import re

from agent.cli.views.chassis import Part
from agent.cli.views.platform import by_number, parts
from agent.cli.views.version import START_OF_PROCESSOR
from agent.core.clock import Instant
from agent.core.dates import UTC_ZONE
from agent.device.config import software_banner
from agent.device.device import Device
from agent.netconf.server import yang_time
from yang.tree import Rows, Tree

_MAKER = "Cisco Systems Inc"  # assumed: the words
_SWITCH = re.compile(r"Switch \d+ (?=.)")  # before a part of one of two chassis
# how a part's name begins: its kind in both models, and can it be taken out?
_KINDS = (
    ("Power Supply", "hw-type-pem", "comp-power-supply", True),
    ("module ", "hw-type-unknown", "comp-module", True),
    ("Slot ", "hw-type-unknown", "comp-module", True),
    ("Supervisor", "hw-type-unknown", "comp-module", True),
    ("NIM subslot ", "hw-type-pim", "comp-module", True),
    ("SPA subslot ", "hw-type-pim", "comp-module", True),
    ("Fan Tray", "hw-type-fantray", "comp-module", True),  # assumed: our cut has no other kind
    ("Chassis", "hw-type-chassis", "comp-chassis", False),
)


def device_hardware(device: Device, now: Instant) -> Tree:
    """`device-hardware-data` of Cisco-IOS-XE-device-hardware-oper."""
    rows = Rows()
    for number, part in enumerate(_parts(device), 1):
        kind, _, removable = _kind(part.name)
        rows[f"{kind},{number}"] = _told(
            {
                "version": part.version,
                "part-number": part.pid,
                "serial-number": part.serial,
                "hw-description": part.description,
                "dev-name": part.name,
                "field-replaceable": removable,
                "hw-class": "hw-class-physical",
            }
        )
    hardware = Tree({"device-inventory": rows, "device-system-data": _system(device, now)})
    return Tree({"device-hardware": hardware})


def components(device: Device) -> Tree:
    """`components` of Cisco-IOS-XE-platform-oper."""
    rows = Rows()
    for part in _parts(device):
        _, kind, removable = _kind(part.name)
        state: dict[str, str | bool] = {
            "type": kind,
            "id": part.pid,
            "description": part.description,
            "mfg-name": _MAKER,
            "version": part.version,
            "serial-no": part.serial,
            "part-no": part.pid,
            "location": part.name,
            "removable": removable,
        }
        name = part.name if part.name not in rows else f"{part.name} {len(rows)}"
        rows[name] = Tree(state=_told(state))
    return Tree(component=rows)


def _told(leaves: dict[str, str | bool]) -> Tree:
    """The leaves that say something."""
    return Tree({name: value for name, value in leaves.items() if value != ""})


def _system(device: Device, now: Instant) -> Tree:
    offset = device.clock_offset_ms
    booted = now if device.booted is None else device.booted
    return _told(
        {
            "current-time": yang_time(now, UTC_ZONE, offset),
            "boot-time": yang_time(booted - START_OF_PROCESSOR, UTC_ZONE, offset),
            "software-version": software_banner(device.profile, device.release),
            "rommon-version": device.profile.texts.get("rommon", ""),
            "last-reboot-reason": device.reload_reason,
            "reason-severity": "normal",
            "unsaved-config": device.has_unsaved_changes(),
        }
    )


def _parts(device: Device) -> list[Part]:
    return list(parts(by_number(device.agent.state.members), device.profile))


def _kind(name: str) -> tuple[str, str, bool]:
    """A unit is a chassis; what stands behind its name is a part of it."""
    behind = _SWITCH.sub("", name.rpartition(" - ")[2])
    for start, hardware, component, removable in _KINDS:
        if behind.startswith(start):
            return hardware, component, removable
    if "FRU" in name:
        return "hw-type-pim", "comp-module", True
    return "hw-type-chassis", "comp-chassis", False
