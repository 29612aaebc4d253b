"""`show version`, in the form of a switch, a wireless controller and a router.

What never changes on a device of one model and release is filled in once (`_static`) and shared;
what does change is added at each call. The legal notices are our own short ones.
Facts: docs/sources.md, entries show-version-form and platform-texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from agent.cli.views.hardware import hardware_of, port_counts
from agent.cli.views.layout import Layout, layout_for
from agent.cli.views.uptime import uptime_words
from agent.cli.views.version_levels import levels
from agent.core.clock import MINUTE, Instant
from agent.core.dates import config_date
from agent.core.identity import Udi
from agent.core.release import Release
from agent.device import config
from agent.device.throughput import enforced
from agent.profiles.profile import Profile
from yang.tree import get

if TYPE_CHECKING:
    from agent.device.device import Device

# the control processor runs before the Smart Agent starts
# source: show-version-form (1 to 2 minutes more)
START_OF_PROCESSOR = 90_000

_HEAD = """\
Cisco IOS XE Software, Version {version}
{banner}


Cisco IOS-XE software, Copyright (c) 2005-{year} by cisco Systems, Inc.
This device is emulated. It carries no vendor software; only what it
prints and how its licensing behaves follow the software named above.


ROM: {rommon}
{bootldr}"""

_RUNNING = """\
{hostname} uptime is {uptime}
Uptime for this control processor is {processor_uptime}
System returned to ROM by {reason}
{restarted}System image file is "{image_file}"
Last reload reason: {reason}



This emulated product speaks cryptographic protocols. Local law on
their import, export and use applies.

"""

_UNIT = """\
Base Ethernet MAC Address          : {mac}
Motherboard Assembly Number        : {motherboard}
Motherboard Serial Number          : {motherboard_serial}
Model Revision Number              : {revision}
Motherboard Revision Number        : {board_revision}
Model Number                       : {pid}
System Serial Number               : {sn}
"""

_TABLE_HEAD = """\
Switch Ports Model              SW Version        SW Image              Mode  \x20
------ ----- -----              ----------        ----------            ----  \x20
"""


@dataclass(frozen=True, slots=True)
class VersionView:
    """What of `show version` changes while a device lives. Levels are boot level texts."""

    hostname: str
    uptime_ms: int
    reload_reason: str
    restarted: str  # the instant as printed; empty while the clock is not authoritative
    members: tuple[tuple[int, Udi], ...]  # by number, the active one first
    level: str
    next_level: str
    air_level: str
    next_air_level: str
    virtual_interfaces: int
    throughput_kbps: int = 0  # 0 where show version does not tell it
    registration: str = ""  # of the model before SLP
    right: str = ""  # of the add-on on a switch with Right-To-Use licences
    ages: Mapping[int, int] = field(default_factory=dict)  # ms since a later unit came, by number


def collect(device: Device, now: Instant) -> VersionView:
    """The view of a device at `now`."""
    root = device.datastore.running
    booted = now if device.booted is None else device.booted
    next_level, next_air_level = config.levels(root, device.profile)
    restarted = ""
    if device.clock_authoritative:
        restarted = config_date(device.local_time(booted), device.zone)
    return VersionView(
        hostname=config.hostname(root, device.profile),
        uptime_ms=now - booted,
        reload_reason=device.reload_reason,
        restarted=restarted,
        members=_units(device),
        ages=_ages(device, booted, now),
        level=device.level,
        next_level=next_level,
        air_level=device.air_level,
        next_air_level=next_air_level,
        virtual_interfaces=len(get(root, ("native", "interface", "Vlan"), ())),
        throughput_kbps=_throughput(device),
        registration=_registration(device),
        right=device.agent.state.right_to_use.right if device.agent.licensing == "rtu" else "",
    )


def _throughput(device: Device) -> int:
    known = device.profile.throughput
    if known is None or not known.in_version:
        return 0
    return known.told(enforced(device, known).kbps, device.release)


def _units(device: Device) -> tuple[tuple[int, Udi], ...]:
    """Numbers and UDIs, the active first; of the processors of one chassis the first alone."""
    found: dict[Udi, int] = {}
    for member in device.agent.state.members:
        found.setdefault(member.udi, member.number)
    return tuple((number, udi) for udi, number in found.items())


def _ages(device: Device, booted: int, now: Instant) -> dict[int, int]:
    return {number: now - at for number, at in device.redundancy.joined.items() if at > booted}


def _registration(device: Device) -> str:
    """`UNREGISTERED/EVAL MODE`: what releases before SLP say. # assumed: recalled"""
    legacy = device.agent.state.legacy
    return f"{legacy.registration}/{legacy.authorization}" if device.agent.is_legacy else ""


def render(view: VersionView, profile: Profile, release: Release) -> str:
    """The text; `view.members[0]` is the active unit."""
    head, body, tail = _static(profile, release, view.members, view.virtual_interfaces)
    running = _RUNNING.format(
        hostname=view.hostname,
        uptime=uptime_words(view.uptime_ms),
        processor_uptime=uptime_words(view.uptime_ms + START_OF_PROCESSOR),
        reason=view.reload_reason,
        restarted=f"System restarted at {view.restarted}\n" if view.restarted else "",
        image_file=profile.texts["image_file"],
    )
    layout = layout_for(release, profile.kind)
    others = ""
    if layout.has("unit_block"):
        others = "".join(_other_unit(view, *unit, profile) for unit in sorted(view.members[1:]))
    return head + running + levels(view, profile, layout) + body + others + tail


@lru_cache(maxsize=1024)
def _static(
    profile: Profile,
    release: Release,
    members: tuple[tuple[int, Udi], ...],
    virtual_interfaces: int,
) -> tuple[str, str, str]:
    """What stands before the running part, behind the levels, and at the end."""
    texts = profile.texts
    banner = config.software_banner(profile, release)
    head = _HEAD.format(
        version=release.padded,
        banner=banner,
        year=banner.split("1986-")[1][:4],
        rommon=texts["rommon"],
        bootldr=_boot_loader(texts),
    )
    layout = layout_for(release, profile.kind)
    active = members[0][1]
    body = _machine(profile, layout, active, virtual_interfaces)
    if layout.has("unit_block"):
        body += "\n" + _unit(profile, active)
        if stacked(profile):
            body += "CLEI Code Number                   : \n\n\n" + _TABLE_HEAD
            body += "".join(
                _table_row(profile, release, number, udi, "*" if udi == active else " ")
                for number, udi in sorted(members)
            )
            body += "\n"
    return head, body, f"\nConfiguration register is {texts['config_register']}\n"


def stacked(profile: Profile) -> bool:
    """Has it the form of a stack: a table of units, each with its uptime?"""
    return profile.texts.get("unit_form") == "stack"


def _boot_loader(texts: Mapping[str, str]) -> str:
    """What stands before the running part. # source: show-version-form (a line with a boot loader
    is followed by an empty one on stacks alone)"""
    if "bootloader" not in texts:
        return "\n"
    return f"BOOTLDR: {texts['bootloader']}\n" + ("\n" if texts.get("unit_form") else "")


def _machine(profile: Profile, layout: Layout, udi: Udi, virtual_interfaces: int) -> str:
    """Processor, interfaces and memory of the active unit."""
    texts = profile.texts_of(udi.pid)
    memory = texts["memory"]
    if layout.has("wireless_level_lines"):
        memory = texts.get("memory_recent", memory)
    name = texts.get("processor_name", udi.pid)
    lines = [
        f"cisco {name} ({texts['processor']}) processor{texts.get('processor_revision', '')} "
        f"with {memory} bytes of memory.",
        f"Processor board ID {udi.sn}",
    ]
    if "operating_mode" in texts:
        lines.append(f"Router operating mode: {texts['operating_mode']}")
    counts = (("Virtual Ethernet", virtual_interfaces), *port_counts(profile.models[udi.pid]))
    lines += [f"{n} {words} interface{'s' if n != 1 else ''}" for words, n in counts if n]
    lines.append(f"{texts['nvram']} bytes of non-volatile configuration memory.")
    lines.append(f"{texts['physical_memory']} bytes of physical memory.")
    for key, words in _STORES.items():
        if key in texts:
            lines.append(f"{texts[key]} bytes of {words}.")
    if stacked(profile) and layout.has("cloud_storage_line"):
        lines.append("0K bytes of Cloud S3 Storage at cloudfs:.")
    if layout.has("installation_mode"):
        lines += [f"Installation mode is {texts['mode']} ", ""]
    return "\n".join(lines) + "\n"


_STORES = {
    "boot_device": "Bootflash at bootflash:",
    "crash_files": "Crash Files at crashinfo:",
    "crash_info": "crashinfo at crashinfo:",
    "flash": "Flash at flash:",
    "disk0": "SATA hard disk at disk0:",
    "bootflash": "flash memory at bootflash:",
    "disk": "virtual hard disk at bootflash:",
}


def _unit(profile: Profile, udi: Udi) -> str:
    numbers, texts = hardware_of(udi), profile.texts_of(udi.pid)
    return _UNIT.format(
        mac=numbers.base_mac,
        motherboard=texts["motherboard"],
        revision=texts.get("revision", "A0"),
        board_revision=texts.get("board_revision", "3" if "revision" in texts else "A0"),
        motherboard_serial=numbers.motherboard_serial,
        pid=udi.pid,
        sn=udi.sn,
    )


def _table_row(profile: Profile, release: Release, number: int, udi: Udi, mark: str) -> str:
    texts = profile.texts_of(udi.pid)
    ports = texts["ports"]
    return (
        f"{mark}{number:5d} {ports:<5} {udi.pid:<18} {release.padded:<17} "
        f"{texts['image']:<21} {texts['mode']:<7}\n"
    )


def _other_unit(view: VersionView, number: int, udi: Udi, profile: Profile) -> str:
    """The block of a further unit.

    # source: show-version-form (two chassis); assumed: uptime and reason of a unit of a stack
    """
    head = f"\nSwitch {number:02d}\n---------\n"
    if not stacked(profile):
        return head + _unit(profile, udi)
    uptime = view.ages.get(number, view.uptime_ms + MINUTE)
    return (
        f"{head}"
        f"Switch uptime                      : {uptime_words(uptime)} \n\n"
        f"{_unit(profile, udi)}"
        f"Last reload reason                 : {view.reload_reason}\n"
        "CLEI Code Number                   : \n"
    )
