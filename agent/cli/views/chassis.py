"""A box with slots: its part of `show platform` and `show inventory`.

Two units of one UDI are two supervisors of a chassis; two of different UDIs are two chassis of a
StackWise Virtual, whose parts carry the switch number.
Facts: docs/sources.md, entries platform-form and inventory-form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.cli.views.hardware import part_serial
from agent.core.clock import DAY, HOUR, Instant
from agent.core.identity import Udi
from agent.profiles.modules import Module
from agent.profiles.profile import Profile

SLOTS_HEAD = """\
Slot      Type                State                 Insert time (ago)\x20
--------- ------------------- --------------------- -----------------\x20"""
FIRMWARE_HEAD = """\
Slot      CPLD Version        Firmware Version                       \x20
--------- ------------------- ---------------------------------------\x20"""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a device; `version` and `serial` are empty where it has none."""

    name: str
    description: str
    pid: str
    version: str
    serial: str

    def __str__(self) -> str:
        return (
            f'NAME: "{self.name}", DESCR: "{self.description}"\n'
            f"PID: {self.pid:<18}, VID: {self.version:<5}, SN: {self.serial}\n"
        )


def chassis_parts(units: tuple[Udi, ...], profile: Profile) -> Iterator[Part]:
    """Each chassis and what is in it; `units` may name one chassis twice."""
    several = len(dict.fromkeys(units)) > 1
    for number, udi in enumerate(dict.fromkeys(units), 1):
        texts = profile.texts_of(udi.pid)
        head = f"Switch {number} " if several else ""
        version = texts["version_id"]
        yield Part(f"{head}Chassis", _chassis_text(udi, texts), udi.pid, version, udi.sn)
        for module in modules_of(udi, profile, paired=units.count(udi) > 1):
            if module.name:
                yield _part(module, udi, head, version)


def _part(module: Module, udi: Udi, head: str, version: str) -> Part:
    serials = {"own": part_serial(udi, module.name), "chassis": udi.sn}
    shown = "" if module.serial == "none" else version
    serial = serials.get(module.serial, "")
    return Part(f"{head}{module.name}", module.text, module.pid, shown, serial)


def modules_of(udi: Udi, profile: Profile, *, paired: bool) -> tuple[Module, ...]:
    """What is in a chassis: a standby supervisor only with a second unit."""
    modules = profile.models[udi.pid].modules
    return tuple(module for module in modules if paired or module.role != "standby")


def _chassis_text(udi: Udi, texts: Mapping[str, str]) -> str:
    return texts.get("chassis_text") or f"Cisco {short(udi.pid)} Chassis"


def short(pid: str) -> str:
    """`ISR4451-X/K9` is an ISR4451, `C9800-CL-K9` a C9800-CL."""
    return pid.removesuffix("/K9").removesuffix("-K9").removesuffix("-X")


def slots(units: tuple[Udi, ...], profile: Profile, uptime_ms: Instant) -> str:
    """`show platform`: each chassis with its slots and their firmware."""
    distinct = tuple(dict.fromkeys(units))
    if len(distinct) == 1:
        return "\n".join(_chassis(units[0], profile, uptime_ms, paired=len(units) > 1))
    lines = []
    for number, udi in enumerate(distinct, 1):
        # assumed: headed as in `show module`; a capture of a StackWise Virtual would show it
        body = _chassis(udi, profile, uptime_ms, standby=number > 1)
        lines += [f"Switch Number {number} ", "", *body, ""]
    return "\n".join(lines[:-1])


def _chassis(
    udi: Udi, profile: Profile, uptime_ms: Instant, *, paired: bool = False, standby: bool = False
) -> list[str]:
    """One chassis: `paired` has two supervisors, `standby` is the second of two chassis."""
    since, texts = age(uptime_ms), profile.texts_of(udi.pid)
    listed = [m for m in modules_of(udi, profile, paired=paired) if m.slot]
    lines = [f"Chassis type: {udi.pid:<20}", "", SLOTS_HEAD]
    for module in sorted(listed, key=lambda m: m.place):
        slot = f" {module.slot}" if module.is_subslot else module.slot
        role = "standby" if standby else module.role
        state = f"ok, {role}" if module.role else "ok"
        lines.append(f"{slot:<10}{module.pid:<20}{state:<22}{since:<14}")
    if "cpld" not in texts:
        return lines
    firmware = f"{texts['cpld']:<20}{texts['firmware']:<36}"
    programmed = [m for m in listed if m.slot[0] != "P" and m.slot[:2] != "FT" and not m.is_subslot]
    rows = (f"{m.slot:<10}{firmware}" for m in sorted(programmed, key=lambda m: m.place))
    return [*lines, "", FIRMWARE_HEAD, *rows]


def age(ms: Instant) -> str:
    """`00:05:12`, from a day on `2d03h`, from a week on `1w2d`, from a year on `5y13w`."""
    if ms < DAY:
        seconds = ms // 1000
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    days = ms // DAY
    if days < 7:
        return f"{days}d{ms % DAY // HOUR:02d}h"
    return f"{days // 7}w{days % 7}d" if days < 365 else f"{days // 365}y{days % 365 // 7}w"
